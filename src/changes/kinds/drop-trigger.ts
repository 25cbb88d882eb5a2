import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange } from '../define.ts'
import { droppedKey } from '../drop-change.ts'
import { dropFactsOf } from '../edit.ts'
import { locking } from '../footprint.ts'
import { dropsMember, hostOf, setMember } from '../hosts.ts'
import { triggerOf } from '../triggers.ts'

export const dropTrigger = defineChange({
  kind: 'drop-trigger',
  summary: 'A trigger is dropped.',
  reads: { 'DropStmt OBJECT_TRIGGER': dropsMember('trigger', (catalog, on, name) => hostOf(catalog, on).triggers.has(name)) },
  apply({ on, name }, catalog) {
    triggerOf(catalog, on, name)
    return dropFactsOf(setMember(catalog, on, 'triggers', name, undefined), keyOf('trigger', member(on, name)))
  },
  invert: ({ on, name }, before) => [
    { kind: 'create-trigger', on, name, trigger: triggerOf(before, on, name) },
    ...recreateFactsOf(before, keyOf('trigger', member(on, name))),
  ],
  toSql: ({ on, name }) => [`DROP TRIGGER ${quoteIdentifier(name)} ON ${on}`],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, name }) => `trigger ${displayIdentifier(name)} of ${display(on)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f(); COMMENT ON TRIGGER t ON a IS 'x'`,
      sql: `DROP TRIGGER t ON a`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f(); ALTER TABLE a ENABLE ALWAYS TRIGGER t`,
      sql: `DROP TRIGGER IF EXISTS t ON public.a CASCADE`,
    },
  ],
})
