import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, type RelationName } from '../../model/name.ts'
import { child as childOf } from '../../sql/tree.ts'
import { parted } from '../children.ts'
import { defineChange } from '../define.ts'
import { mapEntries, put, tableOf, withFields } from '../edit.ts'
import { locking } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const child = reading.relation(childOf(childOf(childOf(command, 'def'), 'PartitionCmd'), 'name') ?? {})
  if (tableOf(reading.catalog, child).partitionOf?.parent !== on)
    refuse('42P01', `relation "${localName(child)}" is not a partition of relation "${localName(on)}"`)
  reading.emit({ kind: 'detach-partition', parent: on, child })
}

const freeIndexes = (catalog: Catalog, child: RelationName): Catalog =>
  mapEntries(catalog, 'indexes', (index, key) => ({
    key,
    value: index.relation === child && index.attachedTo !== undefined ? withFields(index, { attachedTo: undefined }) : index,
  }))

export const detachPartition = defineChange({
  kind: 'detach-partition',
  summary: 'A partition becomes a table of its own; it keeps its columns, constraints and indexes.',
  alters: { AT_DetachPartition: read, AT_DetachPartitionFinalize: read },
  apply: ({ child }, catalog) => freeIndexes(put(catalog, 'tables', child, withFields(parted(tableOf(catalog, child)), { partitionOf: undefined })), child),
  invert({ parent, child }, before) {
    const bound = tableOf(before, child).partitionOf?.bound
    return bound ? [{ kind: 'attach-partition', parent, child, bound }] : []
  },
  toSql: ({ parent, child }) => [`ALTER TABLE ${parent} DETACH PARTITION ${child}`],
  footprint: ({ parent, child }) => locking('ACCESS EXCLUSIVE', parent, child),
  describe: ({ parent, child }) => `table ${display(child)} is no longer a partition of ${display(parent)}`,
  touches: ({ parent, child }) => [keyOf('table', parent), keyOf('table', child)],
  examples: [
    {
      given: `CREATE TABLE p (a int PRIMARY KEY, b text CHECK (b <> '')) PARTITION BY LIST (a); CREATE INDEX i ON p (b); CREATE TABLE c PARTITION OF p FOR VALUES IN (1)`,
      sql: `ALTER TABLE p DETACH PARTITION c`,
    },
    { given: `CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE c PARTITION OF p DEFAULT`, sql: `ALTER TABLE p DETACH PARTITION c` },
  ],
})
