import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { locking } from '../footprint.ts'
import { hostOf, moveFacts, setMember } from '../hosts.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { alteredRelation } from '../temporary.ts'
import { renamedMember, triggerOf } from '../triggers.ts'

const read = (reading: Reading, node: Tree): void => {
  const on = alteredRelation(reading, node)
  if (on === undefined) return
  const [from, to] = [text(node, 'subname') ?? '', text(node, 'newname') ?? '']
  // PostgreSQL takes a trigger's own name for a new one (renametrig_internal).
  if (from === to && hostOf(reading.catalog, on).triggers.has(from)) return
  reading.emit({ kind: 'rename-trigger', on, from, to })
}

export const renameTrigger = defineChange({
  kind: 'rename-trigger',
  summary: 'A trigger is renamed.',
  reads: { 'RenameStmt OBJECT_TRIGGER': read },
  apply({ on, from, to }, catalog) {
    const trigger = triggerOf(catalog, on, from)
    if (hostOf(catalog, on).triggers.has(to)) refuse('42710', `trigger "${to}" for relation "${localName(on)}" already exists`)
    const renamed = setMember(setMember(catalog, on, 'triggers', from, undefined), on, 'triggers', to, renamedMember(trigger, to))
    return moveFacts(renamed, keyOf('trigger', member(on, from)), keyOf('trigger', member(on, to)))
  },
  invert: ({ on, from, to }) => [{ kind: 'rename-trigger', on, from: to, to: from }],
  toSql: ({ on, from, to }) => [`ALTER TRIGGER ${quoteIdentifier(from)} ON ${on} RENAME TO ${quoteIdentifier(to)}`],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, from, to }) => `trigger ${displayIdentifier(from)} of ${display(on)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ on, from, to }) => [keyOf('trigger', member(on, from)), keyOf('trigger', member(on, to))],
  examples: [
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f(); COMMENT ON TRIGGER t ON a IS 'x'`,
      sql: `ALTER TRIGGER t ON a RENAME TO "on insert"`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f()`,
      sql: `ALTER TRIGGER t ON public.a RENAME TO s`,
    },
  ],
})
