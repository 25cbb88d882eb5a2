/** Where a table's rows are. */
import { childrenOf } from '../changes/found-by.ts'
import type { Catalog } from '../model/catalog.ts'
import type { RelationName } from '../model/name.ts'

const withChildren = (catalog: Catalog, relation: RelationName): readonly RelationName[] => [
  relation,
  ...childrenOf(catalog, relation).flatMap((child) => withChildren(catalog, child)),
]

/** The tables that are read or written when all rows of a table are: its partitions or itself, and what inherits from it. */
export const storesOf = (catalog: Catalog, relation: RelationName): readonly RelationName[] =>
  [...new Set(withChildren(catalog, relation))].filter((name) => catalog.tables.get(name)?.kind === 'table')

export const isPartitioned = (catalog: Catalog, relation: RelationName): boolean => catalog.tables.get(relation)?.kind === 'partitioned'

/** The partition that takes what no other takes. */
export const defaultPartition = (catalog: Catalog, parent: RelationName): RelationName | undefined =>
  childrenOf(catalog, parent).find((child) => catalog.tables.get(child)?.partitionOf?.bound.is_default === true)
