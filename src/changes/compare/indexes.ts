/** Indexes that stand by themselves. */
import type { Catalog } from '../../model/catalog.ts'
import { keyOf, type RelationName } from '../../model/name.ts'
import { equal } from '../equal.ts'
import { changedEntries, type Unit, unit } from './unit.ts'

/** An index that not every partition has is made when they are attached: attaching makes what is missing. */
const partitionsOf = (b: Catalog, parent: RelationName): readonly string[] =>
  [...b.tables].filter(([, { partitionOf }]) => partitionOf?.parent === parent).map(([name]) => `${keyOf('table', name)} settings`)

/** Indexes that are new, and what is set on those that are there. */
export const indexUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changedEntries(a.indexes, b.indexes).flatMap(([name, old, index]) => {
    const key = keyOf('index', name)
    if (!old) return unit(key, 'index', [{ kind: 'create-index', name, index, concurrently: false }], index.only ? partitionsOf(b, index.relation) : [])
    return unit(key, 'index', [
      ...(equal(old.options, index.options) ? [] : [{ kind: 'set-index-options', name, to: index.options } as const]),
      ...(equal(old.statistics, index.statistics) ? [] : [{ kind: 'set-index-statistics', name, to: index.statistics ?? {} } as const]),
      ...(old.attachedTo === index.attachedTo || index.attachedTo === undefined
        ? []
        : [{ kind: 'attach-index', parent: index.attachedTo, child: name } as const]),
    ])
  })
