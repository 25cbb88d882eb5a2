import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { editTable, tableOf } from '../edit.ts'
import { locking } from '../footprint.ts'
import { policyTable, printPolicy, readPolicy } from '../policies.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { altersTemporary } from '../temporary.ts'

const read = (reading: Reading, node: Tree): void => {
  const range = child(node, 'table') ?? {}
  if (altersTemporary(reading, range)) return
  const on = policyTable(reading, range)
  reading.emit({ kind: 'create-policy', on, name: text(node, 'policy_name') ?? '', policy: readPolicy(reading, node, on) })
}

export const createPolicy = defineChange({
  kind: 'create-policy',
  summary: 'A row-level security policy is made.',
  reads: { CreatePolicyStmt: read },
  apply({ on, name, policy }, catalog) {
    if (tableOf(catalog, on).policies.has(name)) refuse('42710', `policy "${name}" for table "${localName(on)}" already exists`)
    return editTable(catalog, on, (table) => ({ ...table, policies: new Map(table.policies).set(name, policy) }))
  },
  invert: ({ on, name }) => [{ kind: 'drop-policy', on, name }],
  toSql: ({ on, name, policy }) => [printPolicy(on, name, policy)],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, name }) => `policy ${displayIdentifier(name)} is made on table ${display(on)}`,
  touches: ({ on, name }) => [keyOf('policy', member(on, name))],
  examples: [
    {
      given: `CREATE TABLE a (id int, owner text)`,
      sql: `CREATE POLICY "own rows" ON a AS RESTRICTIVE FOR UPDATE TO CURRENT_USER USING (owner = current_user) WITH CHECK (a.owner = current_user)`,
    },
    {
      given: `CREATE TABLE teams (id int, name text); CREATE TABLE members (team_id int, id int)`,
      sql: `CREATE POLICY p ON teams USING (EXISTS (SELECT 1 FROM members m WHERE m.team_id = teams.id AND name IS NOT NULL))`,
    },
    { given: `CREATE TABLE a (id int)`, sql: `CREATE POLICY p ON a` },
  ],
})
