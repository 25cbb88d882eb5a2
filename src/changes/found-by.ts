/** What belongs to a relation, found without walking over the catalog. */
import type { Catalog, Index, Sequence, Table } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import type { RelationName } from '../model/name.ts'
import { isTree } from '../sql/tree.ts'
import { Lookup } from './versioned-map.ts'

const indexesByRelation = new Lookup<RelationName, Index>(({ relation }) => new Set([relation]))
const sequencesByOwner = new Lookup<RelationName, Sequence>(({ ownedBy }) => new Set(ownedBy ? [ownedBy.table] : []))
const tablesByParent = new Lookup<RelationName, Table>(({ inherits, partitionOf }) => new Set([...inherits, ...(partitionOf ? [partitionOf.parent] : [])]))
const tablesByReferenced = new Lookup<RelationName, Table>(
  (table) => new Set([...table.constraints.values()].flatMap((constraint) => (constraint.type === 'foreign key' ? [constraint.references] : []))),
)

/** The indexes of a table or materialised view, without those that its constraints own. */
export const indexesOn = (catalog: Catalog, relation: RelationName): readonly (readonly [RelationName, Index])[] =>
  indexesByRelation.find(catalog.indexes, relation)

/** The sequences that columns of a table own. */
export const sequencesOwnedBy = (catalog: Catalog, table: RelationName): readonly (readonly [RelationName, Sequence])[] =>
  sequencesByOwner.find(catalog.sequences, table)

/** Partitions of a table, and the tables that inherit from it. */
export const childrenOf = (catalog: Catalog, table: RelationName): readonly RelationName[] => tablesByParent.find(catalog.tables, table).map(([name]) => name)

/** The partition that takes what no other does, if there is one: a list of at most one. */
export const defaultPartition = (catalog: Catalog, parent: RelationName): readonly RelationName[] =>
  childrenOf(catalog, parent).filter((child) => isDefaultBound(catalog.tables.get(child)?.partitionOf?.bound))

const isDefaultBound = (bound: Tree | undefined): boolean => {
  const specification = bound?.PartitionBoundSpec ?? bound
  return isTree(specification) && specification.is_default === true
}

/** Tables with a foreign key to a table. */
export const referringTables = (catalog: Catalog, table: RelationName): readonly (readonly [RelationName, Table])[] =>
  tablesByReferenced.find(catalog.tables, table)
