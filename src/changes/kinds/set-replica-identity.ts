import type { Table } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, qualified, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { editTable, tableOf, withFields } from '../edit.ts'
import { equal } from '../equal.ts'
import { locking, together } from '../footprint.ts'
import { refuseUnidentifying } from '../index-uses.ts'
import type { Reading } from '../reading.ts'

const identityOf = (reading: Reading, on: RelationName, node: Tree): Table['replicaIdentity'] => {
  switch (text(node, 'identity_type')) {
    case 'f':
      return 'full'
    case 'n':
      return 'nothing'
    case 'i': {
      const index = text(node, 'name') ?? ''
      refuseUnidentifying(reading.catalog, on, index)
      return { index }
    }
    default:
      return undefined
  }
}

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const to = identityOf(reading, on, child(child(command, 'def'), 'ReplicaIdentityStmt') ?? {})
  if (!equal(to, tableOf(reading.catalog, on).replicaIdentity)) reading.emit({ kind: 'set-replica-identity', on, to })
}

export const setReplicaIdentity = defineChange({
  kind: 'set-replica-identity',
  summary: 'What logical replication sends to identify a changed row is set.',
  alters: { AT_ReplicaIdentity: read },
  apply: ({ on, to }, catalog) => editTable(catalog, on, (table) => withFields(table, { replicaIdentity: to })),
  invert: ({ on }, before) => [{ kind: 'set-replica-identity', on, to: tableOf(before, on).replicaIdentity }],
  toSql: ({ on, to }) => [
    `ALTER TABLE ${on} REPLICA IDENTITY ${to === undefined ? 'DEFAULT' : typeof to === 'string' ? to.toUpperCase() : `USING INDEX ${quoteIdentifier(to.index)}`}`,
  ],
  footprint: ({ on, to }) =>
    together(locking('ACCESS EXCLUSIVE', on), locking('SHARE', ...(typeof to === 'object' ? [qualified(schemaOf(on), to.index)] : []))),
  describe: ({ on, to }) =>
    `the replica identity of table ${display(on)} is ${to === undefined ? 'its primary key' : typeof to === 'string' ? to : `index ${to.index}`}`,
  touches: ({ on }) => [keyOf('table', on)],
  examples: [
    { given: `CREATE TABLE a (id int)`, sql: `ALTER TABLE a REPLICA IDENTITY FULL` },
    { given: `CREATE TABLE a (id int NOT NULL UNIQUE)`, sql: `ALTER TABLE a REPLICA IDENTITY USING INDEX a_id_key` },
    { given: `CREATE TABLE a (id int); ALTER TABLE a REPLICA IDENTITY NOTHING`, sql: `ALTER TABLE a REPLICA IDENTITY DEFAULT` },
  ],
})
