import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange } from '../define.ts'
import { droppedKey } from '../drop-change.ts'
import { dropFactsOf, editTable, withEntry } from '../edit.ts'
import { locking } from '../footprint.ts'
import { dropsMember } from '../hosts.ts'
import { policyOf } from '../policies.ts'

export const dropPolicy = defineChange({
  kind: 'drop-policy',
  summary: 'A row-level security policy is dropped.',
  reads: { 'DropStmt OBJECT_POLICY': dropsMember('policy', (catalog, on, name) => catalog.tables.get(on)?.policies.has(name) === true) },
  apply({ on, name }, catalog) {
    policyOf(catalog, on, name)
    const next = editTable(catalog, on, (table) => ({ ...table, policies: withEntry(table.policies, name, undefined) }))
    return dropFactsOf(next, keyOf('policy', member(on, name)))
  },
  invert: ({ on, name }, before) => [
    { kind: 'create-policy', on, name, policy: policyOf(before, on, name) },
    ...recreateFactsOf(before, keyOf('policy', member(on, name))),
  ],
  toSql: ({ on, name }) => [`DROP POLICY ${quoteIdentifier(name)} ON ${on}`],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, name }) => `policy ${displayIdentifier(name)} of table ${display(on)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE TABLE a (id int); CREATE POLICY p ON a USING (id > 0); COMMENT ON POLICY p ON a IS 'x'`, sql: `DROP POLICY p ON a` },
    { given: `CREATE TABLE a (id int); CREATE POLICY "p q" ON a`, sql: `DROP POLICY IF EXISTS "p q" ON public.a CASCADE` },
  ],
})
