/** What belongs to a relation, found without walking over the catalog. */
import type { Attribute, Catalog, Constraint, Index, Sequence, Table } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import type { RelationName } from '../model/name.ts'
import { isTree } from '../sql/tree.ts'
import { newConstraints } from './table-parts.ts'
import { Lookup } from './versioned-map.ts'

const none: ReadonlySet<RelationName> = new Set()

const indexesByRelation = new Lookup<RelationName, Index>({ words: ({ relation }) => new Set([relation]) })
const sequencesByOwner = new Lookup<RelationName, Sequence>({ words: ({ ownedBy }) => (ownedBy ? new Set([ownedBy.table]) : none) })
const tablesByParent = new Lookup<RelationName, Table>({
  words: ({ inherits, partitionOf }) => (partitionOf ? new Set([...inherits, partitionOf.parent]) : inherits.length > 0 ? new Set(inherits) : none),
})

const referencedBy = (constraints: Iterable<readonly [string, Constraint]>): ReadonlySet<RelationName> => {
  const found = new Set<RelationName>()
  for (const [, constraint] of constraints) if (constraint.type === 'foreign key') found.add(constraint.references)
  return found
}

const tablesByReferenced = new Lookup<RelationName, Table>({
  words: ({ constraints }) => referencedBy(constraints),
  newWords: (table, _name, other) => referencedBy(newConstraints(table, other)),
})

/** The constraints of a table; none where there is no such table. */
export const constraintsOn = (catalog: Catalog, table: RelationName): readonly Constraint[] => [...(catalog.tables.get(table)?.constraints.values() ?? [])]

/** A column of a table; undefined where the table or the column is not there. */
export const columnOn = (catalog: Catalog, table: RelationName, column: string | undefined): Attribute | undefined =>
  catalog.tables.get(table)?.columns.find(({ name }) => name === column)

/** True when the first table has a foreign key to the second. */
export const refersTo = (catalog: Catalog, table: RelationName, referenced: RelationName): boolean =>
  constraintsOn(catalog, table).some((constraint) => constraint.type === 'foreign key' && constraint.references === referenced)

export const isPartitioned = (catalog: Catalog, table: RelationName): boolean => catalog.tables.get(table)?.kind === 'partitioned'

/** The table that rows of a partition are read and written through; any other table is its own. */
export const rootOf = (catalog: Catalog, table: RelationName): RelationName => {
  const parent = catalog.tables.get(table)?.partitionOf?.parent
  return parent === undefined ? table : rootOf(catalog, parent)
}

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
