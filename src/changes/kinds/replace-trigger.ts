import { display, displayIdentifier, keyOf, member } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { locking } from '../footprint.ts'
import { setMember } from '../hosts.ts'
import { refuse } from '../refusal.ts'
import { isConstraint, printTrigger, triggerOf } from '../triggers.ts'

/** Read by CREATE OR REPLACE TRIGGER. */
export const replaceTrigger = defineChange({
  kind: 'replace-trigger',
  summary: 'The definition of a trigger is replaced.',
  apply({ on, name, trigger }, catalog) {
    if (isConstraint(triggerOf(catalog, on, name)) || isConstraint(trigger))
      refuse('42710', `trigger "${name}" for relation "${display(on)}" is a constraint trigger`)
    return setMember(catalog, on, 'triggers', name, trigger)
  },
  invert: ({ on, name }, before) => [{ kind: 'replace-trigger', on, name, trigger: triggerOf(before, on, name) }],
  toSql: ({ on, name, trigger }) => printTrigger(on, name, trigger, true),
  footprint: ({ on }) => locking('SHARE ROW EXCLUSIVE', on),
  describe: ({ on, name }) => `trigger ${displayIdentifier(name)} of ${display(on)} is replaced`,
  touches: ({ on, name }) => [keyOf('trigger', member(on, name))],
  examples: [
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f()`,
      sql: `CREATE OR REPLACE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f('x')`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f(); ALTER TABLE a DISABLE TRIGGER t; COMMENT ON TRIGGER t ON a IS 'x'`,
      sql: `CREATE OR REPLACE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()`,
    },
  ],
})
