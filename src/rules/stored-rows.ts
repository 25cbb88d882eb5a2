/** Where a table's rows are. */
import { descendantsOf } from '../changes/footprint.ts'
import { childrenOf } from '../changes/found-by.ts'
import type { Catalog } from '../model/catalog.ts'
import type { RelationName } from '../model/name.ts'

/** The tables that are read or written when all rows of a table are: its partitions or itself, and what inherits from it. */
export const storesOf = (catalog: Catalog, relation: RelationName): readonly RelationName[] =>
  [...new Set([relation, ...descendantsOf(catalog, relation)])].filter((name) => catalog.tables.get(name)?.kind === 'table')

/** The partition that takes what no other takes. */
export const defaultPartition = (catalog: Catalog, parent: RelationName): RelationName | undefined =>
  childrenOf(catalog, parent).find((child) => catalog.tables.get(child)?.partitionOf?.bound.is_default === true)
