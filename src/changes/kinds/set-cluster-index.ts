import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, qualified, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { editTable, tableOf, withFields } from '../edit.ts'
import { locking } from '../footprint.ts'
import { refuseUnclusterable } from '../index-uses.ts'
import type { Reading } from '../reading.ts'

const set = (reading: Reading, on: RelationName, to: string | undefined): void => {
  if (to !== undefined) refuseUnclusterable(reading.catalog, on, to)
  if (tableOf(reading.catalog, on).clusterOn !== to) reading.emit({ kind: 'set-cluster-index', on, to })
}

export const setClusterIndex = defineChange({
  kind: 'set-cluster-index',
  summary: 'The index that CLUSTER uses is set or forgotten.',
  alters: {
    AT_ClusterOn: (reading: Reading, command: Tree, on: RelationName) => set(reading, on, text(command, 'name') ?? ''),
    AT_DropCluster: (reading: Reading, _command: Tree, on: RelationName) => set(reading, on, undefined),
  },
  apply: ({ on, to }, catalog) => editTable(catalog, on, (table) => withFields(table, { clusterOn: to })),
  invert: ({ on }, before) => [{ kind: 'set-cluster-index', on, to: tableOf(before, on).clusterOn }],
  toSql: ({ on, to }) => [to === undefined ? `ALTER TABLE ${on} SET WITHOUT CLUSTER` : `ALTER TABLE ${on} CLUSTER ON ${quoteIdentifier(to)}`],
  footprint: ({ on, to }) => locking('SHARE UPDATE EXCLUSIVE', on, ...(to === undefined ? [] : [qualified(schemaOf(on), to)])),
  describe: ({ on, to }) => `table ${display(on)} is clustered on ${to === undefined ? 'no index' : `index ${displayIdentifier(to)}`}`,
  touches: ({ on }) => [keyOf('table', on)],
  examples: [
    { given: `CREATE TABLE a (id int PRIMARY KEY)`, sql: `ALTER TABLE a CLUSTER ON a_pkey` },
    { given: `CREATE TABLE a (id int PRIMARY KEY); ALTER TABLE a CLUSTER ON a_pkey`, sql: `ALTER TABLE a SET WITHOUT CLUSTER` },
  ],
})
