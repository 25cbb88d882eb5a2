import type { Catalog, Index } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display, keyOf, localName, type RelationName } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { put } from '../edit.ts'
import { locking, together } from '../footprint.ts'
import { refuse } from '../refusal.ts'

const indexOf = (catalog: Catalog, name: RelationName): Index => catalog.indexes.get(name) ?? refuse('42704', `index "${localName(name)}" does not exist`)

export const attachIndex = defineChange({
  kind: 'attach-index',
  summary: 'An index of a partition becomes part of its parent’s index.',
  apply: ({ parent, child }, catalog) => put(catalog, 'indexes', child, { ...indexOf(catalog, child), attachedTo: parent }),
  /** Nothing detaches an index, and it cannot go without its parent: that one and all that belong to it are made anew. */
  invert({ parent, child }, before) {
    const attached = [...before.indexes].filter(([name, index]) => index.attachedTo === parent && name !== child)
    const make = (name: RelationName): Change => ({ kind: 'create-index', name, index: indexOf(before, name), concurrently: false })
    const names = attached.map(([name]) => name)
    return [...[...names, child, parent].map((name): Change => ({ kind: 'drop-index', name, concurrently: false })), ...[parent, ...names, child].map(make)]
  },
  toSql: ({ parent, child }, before) =>
    before.tables.get(indexOf(before, child).relation)?.partitionOf ? [`ALTER INDEX ${parent} ATTACH PARTITION ${child}`] : [],
  footprint: ({ parent, child }) => together(locking('ACCESS EXCLUSIVE', child), locking('SHARE UPDATE EXCLUSIVE', parent)),
  describe: ({ parent, child }) => `index ${display(child)} becomes part of index ${display(parent)}`,
  touches: ({ parent, child }) => [keyOf('index', parent), keyOf('index', child)],
  examples: [
    {
      given: `CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p FOR VALUES IN (1); CREATE INDEX i ON ONLY p (a); CREATE INDEX j ON c (a)`,
      sql: `ALTER INDEX i ATTACH PARTITION j`,
    },
  ],
})
