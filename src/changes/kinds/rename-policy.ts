import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { editTable, tableOf, withEntry } from '../edit.ts'
import { locking } from '../footprint.ts'
import { moveFacts } from '../hosts.ts'
import { policyOf } from '../policies.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { alteredRelation } from '../temporary.ts'

const read = (reading: Reading, node: Tree): void => {
  const on = alteredRelation(reading, node)
  if (on !== undefined) reading.emit({ kind: 'rename-policy', on, from: text(node, 'subname') ?? '', to: text(node, 'newname') ?? '' })
}

export const renamePolicy = defineChange({
  kind: 'rename-policy',
  summary: 'A row-level security policy is renamed.',
  reads: { 'RenameStmt OBJECT_POLICY': read },
  apply({ on, from, to }, catalog) {
    const policy = policyOf(catalog, on, from)
    if (tableOf(catalog, on).policies.has(to)) refuse('42710', `policy "${to}" for table "${localName(on)}" already exists`)
    const next = editTable(catalog, on, (table) => ({ ...table, policies: withEntry(withEntry(table.policies, from, undefined), to, policy) }))
    return moveFacts(next, keyOf('policy', member(on, from)), keyOf('policy', member(on, to)))
  },
  invert: ({ on, from, to }) => [{ kind: 'rename-policy', on, from: to, to: from }],
  toSql: ({ on, from, to }) => [`ALTER POLICY ${quoteIdentifier(from)} ON ${on} RENAME TO ${quoteIdentifier(to)}`],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, from, to }) => `policy ${displayIdentifier(from)} of table ${display(on)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ on, from, to }) => [keyOf('policy', member(on, from)), keyOf('policy', member(on, to))],
  examples: [
    { given: `CREATE TABLE a (id int); CREATE POLICY p ON a USING (id > 0); COMMENT ON POLICY p ON a IS 'x'`, sql: `ALTER POLICY p ON a RENAME TO q` },
    { given: `CREATE TABLE a (id int); CREATE POLICY p ON a`, sql: `ALTER POLICY p ON public.a RENAME TO "only own"` },
  ],
})
