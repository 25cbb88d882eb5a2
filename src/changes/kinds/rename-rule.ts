import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { locking } from '../footprint.ts'
import { hostOf, moveFacts, setMember } from '../hosts.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { alteredRelation } from '../temporary.ts'
import { renamedMember, ruleOf } from '../triggers.ts'

const read = (reading: Reading, node: Tree): void => {
  const on = alteredRelation(reading, node)
  if (on !== undefined) reading.emit({ kind: 'rename-rule', on, from: text(node, 'subname') ?? '', to: text(node, 'newname') ?? '' })
}

export const renameRule = defineChange({
  kind: 'rename-rule',
  summary: 'A rewrite rule is renamed.',
  reads: { 'RenameStmt OBJECT_RULE': read },
  apply({ on, from, to }, catalog) {
    const rule = ruleOf(catalog, on, from)
    if (hostOf(catalog, on).rules.has(to)) refuse('42710', `rule "${to}" for relation "${localName(on)}" already exists`)
    const renamed = setMember(setMember(catalog, on, 'rules', from, undefined), on, 'rules', to, renamedMember(rule, to))
    return moveFacts(renamed, keyOf('rule', member(on, from)), keyOf('rule', member(on, to)))
  },
  invert: ({ on, from, to }) => [{ kind: 'rename-rule', on, from: to, to: from }],
  toSql: ({ on, from, to }) => [`ALTER RULE ${quoteIdentifier(from)} ON ${on} RENAME TO ${quoteIdentifier(to)}`],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, from, to }) => `rule ${displayIdentifier(from)} of ${display(on)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ on, from, to }) => [keyOf('rule', member(on, from)), keyOf('rule', member(on, to))],
  examples: [
    {
      given: `CREATE TABLE a (id int); CREATE RULE r AS ON INSERT TO a DO INSTEAD NOTHING; COMMENT ON RULE r ON a IS 'x'`,
      sql: `ALTER RULE r ON a RENAME TO s`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a; CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING`,
      sql: `ALTER RULE r ON v RENAME TO "no rows"`,
    },
  ],
})
