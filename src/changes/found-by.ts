/** What belongs to a relation, found without walking over the catalog. */
import type { Catalog, Index, Sequence, Table } from '../model/catalog.ts'
import type { RelationName } from '../model/name.ts'
import { lookup } from './versioned-map.ts'

const indexesByRelation = lookup<RelationName, Index>(({ relation }) => [relation])
const sequencesByOwner = lookup<RelationName, Sequence>(({ ownedBy }) => (ownedBy ? [ownedBy.table] : []))
const tablesByParent = lookup<RelationName, Table>(({ inherits, partitionOf }) => [...inherits, ...(partitionOf ? [partitionOf.parent] : [])])
const tablesByReferenced = lookup<RelationName, Table>((table) => [...table.constraints.values()].flatMap((constraint) => (constraint.type === 'foreign key' ? [constraint.references] : [])))

/** The indexes of a table or materialised view, without those that its constraints own. */
export const indexesOn = (catalog: Catalog, relation: RelationName): readonly (readonly [RelationName, Index])[] => indexesByRelation(catalog.indexes, relation)

/** The sequences that columns of a table own. */
export const sequencesOwnedBy = (catalog: Catalog, table: RelationName): readonly (readonly [RelationName, Sequence])[] => sequencesByOwner(catalog.sequences, table)

/** Partitions of a table, and the tables that inherit from it. */
export const childrenOf = (catalog: Catalog, table: RelationName): readonly RelationName[] => tablesByParent(catalog.tables, table).map(([name]) => name)

/** Tables with a foreign key to a table. */
export const referringTables = (catalog: Catalog, table: RelationName): readonly (readonly [RelationName, Table])[] => tablesByReferenced(catalog.tables, table)
