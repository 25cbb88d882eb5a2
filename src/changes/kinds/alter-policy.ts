import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { editTable } from '../edit.ts'
import { equal } from '../equal.ts'
import { locking } from '../footprint.ts'
import { policyOf, policyTable, printPolicy, readParts, refuseUseless } from '../policies.ts'
import { printPolicyBody } from '../print.ts'
import type { Reading } from '../reading.ts'
import { altersTemporary } from '../temporary.ts'

const read = (reading: Reading, node: Tree): void => {
  const range = child(node, 'table') ?? {}
  if (altersTemporary(reading, range)) return
  const on = policyTable(reading, range)
  const name = text(node, 'policy_name') ?? ''
  const before = policyOf(reading.catalog, on, name)
  const to = { ...before, ...readParts(reading, node, on) }
  refuseUseless(to)
  if (!equal(before, to)) reading.emit({ kind: 'alter-policy', on, name, to })
}

export const alterPolicy = defineChange({
  kind: 'alter-policy',
  summary: 'The roles or conditions of a policy are changed.',
  reads: { AlterPolicyStmt: read },
  apply({ on, name, to }, catalog) {
    policyOf(catalog, on, name)
    return editTable(catalog, on, (table) => ({ ...table, policies: new Map(table.policies).set(name, to) }))
  },
  invert: ({ on, name }, before) => [{ kind: 'alter-policy', on, name, to: policyOf(before, on, name) }],
  /** No ALTER POLICY takes a condition away or changes the command: the policy is then made again. */
  toSql({ on, name, to }, before) {
    const old = policyOf(before, on, name)
    const altered = old.permissive === to.permissive && old.command === to.command && !(old.using && !to.using) && !(old.check && !to.check)
    const policy = quoteIdentifier(name)
    return altered ? [`ALTER POLICY ${policy} ON ${on} ${printPolicyBody(to)}`] : [`DROP POLICY ${policy} ON ${on}`, printPolicy(on, name, to)]
  },
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, name }) => `policy ${displayIdentifier(name)} of table ${display(on)} is changed`,
  touches: ({ on, name }) => [keyOf('policy', member(on, name))],
  examples: [
    { given: `CREATE TABLE a (id int); CREATE POLICY p ON a FOR SELECT USING (id > 0)`, sql: `ALTER POLICY p ON a TO CURRENT_USER USING (id > 1)` },
    { given: `CREATE TABLE a (id int); CREATE POLICY p ON a`, sql: `ALTER POLICY p ON a USING (true) WITH CHECK (id > 1)` },
  ],
})
