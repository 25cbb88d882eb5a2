import type { Catalog, Index } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, type RelationName } from '../../model/name.ts'
import { child as childNode, list, text } from '../../sql/tree.ts'
import { attachments, joined } from '../children.ts'
import { defineChange } from '../define.ts'
import { put, tableOf } from '../edit.ts'
import { columnsIn } from '../expressions.ts'
import { indexesOf, locking, scanning, scanningRows, together } from '../footprint.ts'
import { constraintsOn, defaultPartition } from '../found-by.ts'
import { readAttach } from '../partitions.ts'
import { printBound } from '../print.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const withIndexes = (catalog: Catalog, child: RelationName, parent: RelationName): Catalog => {
  let next = catalog
  for (const [own, above] of attachments(catalog, child, parent)) {
    const index = next.indexes.get(own)
    if (index) next = put(next, 'indexes', own, { ...index, attachedTo: above } satisfies Index)
  }
  return next
}

/** True where a valid check of the table is on the columns of the partition key: it is taken to say what the bound says, which spares the scan. */
const saysItsBound = (catalog: Catalog, parent: RelationName, child: RelationName): boolean => {
  const key = list(catalog.tables.get(parent)?.partitionBy, 'partParams').map((part) => text(childNode(part, 'PartitionElem'), 'name') ?? '')
  return constraintsOn(catalog, child).some(
    (constraint) => constraint.type === 'check' && constraint.state === 'valid' && key.every((column) => columnsIn(constraint.expression).has(column)),
  )
}

export const attachPartition = defineChange({
  kind: 'attach-partition',
  summary: 'A table becomes a partition of another one.',
  alters: { AT_AttachPartition: (reading: Reading, command: Tree, on: RelationName) => readAttach(reading, command, on) },
  apply({ parent, child, bound }, catalog) {
    if (tableOf(catalog, parent).kind !== 'partitioned') refuse('42P17', `"${localName(parent)}" is not partitioned`)
    if (tableOf(catalog, child).partitionOf) refuse('42809', `"${localName(child)}" is already a partition`)
    const table = joined(catalog, child, parent) ?? tableOf(catalog, child)
    return withIndexes(put(catalog, 'tables', child, { ...table, partitionOf: { parent, bound } }), child, parent)
  },
  invert: ({ parent, child }) => [{ kind: 'detach-partition', parent, child }],
  toSql: ({ parent, child, bound }) => [`ALTER TABLE ${parent} ATTACH PARTITION ${child} ${printBound(bound)}`],
  footprint({ parent, child, created }, before) {
    const rest = defaultPartition(before, parent)
    return together(
      locking(created ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE', parent),
      // A foreign partition gets no indexes.
      locking('SHARE UPDATE EXCLUSIVE', ...(before.tables.get(child)?.foreign ? [] : indexesOf(before, parent))),
      locking('ACCESS EXCLUSIVE', child, ...rest),
      saysItsBound(before, parent, child) ? scanning() : scanningRows(before, child),
      ...rest.map((each) => scanningRows(before, each)),
    )
  },
  describe: ({ parent, child }) => `table ${display(child)} becomes a partition of ${display(parent)}`,
  touches: ({ parent, child }) => [keyOf('table', parent), keyOf('table', child)],
  examples: [
    {
      given: `CREATE TABLE p (a int, b text) PARTITION BY RANGE (a); CREATE TABLE c (a int, b text)`,
      sql: `ALTER TABLE p ATTACH PARTITION c FOR VALUES FROM (1) TO (MAXVALUE)`,
    },
    {
      given: `CREATE TABLE p (a int PRIMARY KEY, b text CHECK (b <> '')) PARTITION BY LIST (a); CREATE INDEX i ON p (b)`,
      sql: `CREATE TABLE c PARTITION OF p FOR VALUES IN (1, 2)`,
    },
    {
      given: `CREATE TABLE p (a int, b text) PARTITION BY HASH (a)`,
      sql: `CREATE TABLE c PARTITION OF p (b DEFAULT 'x') FOR VALUES WITH (MODULUS 2, REMAINDER 0)`,
    },
    {
      given: `CREATE TABLE p (a int, b text) PARTITION BY LIST (b); CREATE TABLE c PARTITION OF p DEFAULT`,
      sql: `CREATE TABLE d PARTITION OF p FOR VALUES IN ('d')`,
    },
  ],
})
