import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { child as childOf, flag } from '../../sql/tree.ts'
import { parted } from '../children.ts'
import { defineChange } from '../define.ts'
import { mapEntries, put, tableOf, withFields } from '../edit.ts'
import { equal } from '../equal.ts'
import { locking, together } from '../footprint.ts'
import { defaultPartition, indexesOn } from '../found-by.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const node = childOf(childOf(command, 'def'), 'PartitionCmd') ?? {}
  const child = reading.relation(childOf(node, 'name') ?? {})
  if (tableOf(reading.catalog, child).partitionOf?.parent !== on)
    refuse('42P01', `relation "${localName(child)}" is not a partition of relation "${localName(on)}"`)
  reading.emit({ kind: 'detach-partition', parent: on, child, ...(flag(node, 'concurrent') ? { concurrently: true as const } : {}) })
}

const freeIndexes = (catalog: Catalog, child: RelationName): Catalog =>
  mapEntries(catalog, 'indexes', (index, key) => ({
    key,
    value: index.relation === child && index.attachedTo !== undefined ? withFields(index, { attachedTo: undefined }) : index,
  }))

/** The partition's indexes that are parts of its parent's. */
const sharedIndexes = (catalog: Catalog, parent: RelationName, child: RelationName): readonly RelationName[] => {
  const keys = [...tableOf(catalog, parent).constraints.values()].flatMap((key) => ('columns' in key && key.type !== 'foreign key' ? [key] : []))
  const own = [...tableOf(catalog, child).constraints].flatMap(([name, constraint]) =>
    keys.some(({ type, columns }) => constraint.type === type && 'columns' in constraint && equal(constraint.columns, columns))
      ? [qualified(schemaOf(child), name)]
      : [],
  )
  return [...own, ...indexesOn(catalog, child).flatMap(([name, { attachedTo }]) => (attachedTo === undefined ? [] : [name]))]
}

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
  footprint({ parent, child, concurrently }, before) {
    if (concurrently) return together(locking('SHARE UPDATE EXCLUSIVE', parent), locking('ACCESS EXCLUSIVE', child))
    return locking(
      'ACCESS EXCLUSIVE',
      parent,
      child,
      ...sharedIndexes(before, parent, child),
      ...defaultPartition(before, parent).filter((name) => name !== child),
    )
  },
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
