
import { display, keyOf, localName, type RelationName } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { put, withFields } from '../edit.ts'
import { locking } from '../footprint.ts'
import { refuse } from '../refusal.ts'
import type { Catalog, Index } from '../../model/catalog.ts'

const indexOf = (catalog: Catalog, name: RelationName): Index => catalog.indexes.get(name) ?? refuse('42704', `index "${localName(name)}" does not exist`)

export const attachIndex = defineChange({
  kind: 'attach-index',
  summary: 'An index of a partition becomes part of its parent’s index.',
  apply: ({ parent, child }, catalog) => put(catalog, 'indexes', child, { ...indexOf(catalog, child), attachedTo: parent }),
  /** Nothing detaches an index: it is made anew. */
  invert({ child }, before) {
    const index = indexOf(before, child)
    return [{ kind: 'drop-index', name: child, concurrently: false }, { kind: 'create-index', name: child, index: withFields(index, {}), concurrently: false }]
  },
  toSql: ({ parent, child }) => [`ALTER INDEX ${parent} ATTACH PARTITION ${child}`],
  footprint: ({ parent, child }, before) => locking('ACCESS EXCLUSIVE', child, ...[before.indexes.get(parent)?.relation ?? parent]),
  describe: ({ parent, child }) => `index ${display(child)} becomes part of index ${display(parent)}`,
  touches: ({ parent, child }) => [keyOf('index', parent), keyOf('index', child)],
  examples: [
    { given: `CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p FOR VALUES IN (1); CREATE INDEX i ON ONLY p (a); CREATE INDEX j ON c (a)`, sql: `ALTER INDEX i ATTACH PARTITION j` },
  ],
})
