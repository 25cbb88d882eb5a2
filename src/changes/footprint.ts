/** Footprints by name. What they say is measured on PostgreSQL 14 to 18: docs/lock-facts.md. */
import type { Catalog } from '../model/catalog.ts'
import type { Footprint, LockMode } from '../model/lock.ts'
import { type QualifiedName, qualified, type RelationName, schemaOf } from '../model/name.ts'
import { childrenOf, indexesOn, isPartitioned, sequencesOwnedBy } from './found-by.ts'
import { constraintIndexes } from './names.ts'

/** Locks of one mode, nothing read or written. */
export const locking = (mode: LockMode, ...relations: readonly RelationName[]): Footprint => ({
  locks: relations.map((relation) => ({ relation, mode })),
  rewrites: [],
  scans: [],
})

/** Several footprints as one. */
export const together = (...footprints: readonly Footprint[]): Footprint => ({
  locks: footprints.flatMap(({ locks }) => locks),
  rewrites: footprints.flatMap(({ rewrites }) => rewrites),
  scans: footprints.flatMap(({ scans }) => scans),
})

/** A scan of a relation, without a lock of its own. */
export const scanning = (...scans: readonly RelationName[]): Footprint => ({ locks: [], rewrites: [], scans })

/** Partitions of a table, and tables that inherit from it, at every depth. */
export const descendantsOf = (catalog: Catalog, on: RelationName): readonly RelationName[] =>
  childrenOf(catalog, on).flatMap((child) => [child, ...descendantsOf(catalog, child)])

/** The partitions of a partitioned table, at every depth; tables that inherit are none. */
export const partitionsOf = (catalog: Catalog, on: RelationName): readonly RelationName[] => (isPartitioned(catalog, on) ? descendantsOf(catalog, on) : [])

/** A scan of a table's own rows; those of a partitioned table are its partitions'. */
export const scanningRows = (catalog: Catalog, on: RelationName): Footprint =>
  scanning(...(isPartitioned(catalog, on) ? descendantsOf(catalog, on).filter((child) => !isPartitioned(catalog, child)) : [on]))

/** All indexes of a table, constraints' included. */
export const indexesOf = (catalog: Catalog, on: RelationName): readonly QualifiedName[] => {
  const table = catalog.tables.get(on)
  return [...[...(table ? constraintIndexes(table) : [])].map((name) => qualified(schemaOf(on), name)), ...indexesOn(catalog, on).map(([name]) => name)]
}

/** The sequences that go with a table, or with one column of it. */
export const sequencesOf = (catalog: Catalog, on: RelationName, column?: string): readonly RelationName[] =>
  sequencesOwnedBy(catalog, on).flatMap(([name, { ownedBy }]) => (column === undefined || ownedBy?.column === column ? [name] : []))

/** A rewrite of the table and all its indexes, under ACCESS EXCLUSIVE. A partitioned table has no file: its partitions are rewritten, by changes of their own. */
export const rewriting = (catalog: Catalog, on: RelationName): Footprint => {
  if (isPartitioned(catalog, on)) return locking('ACCESS EXCLUSIVE', on)
  const indexes = indexesOf(catalog, on)
  return { locks: locking('ACCESS EXCLUSIVE', on, ...indexes).locks, rewrites: [on, ...indexes], scans: [on] }
}
