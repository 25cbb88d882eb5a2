/** Footprints by name. */
import type { Catalog } from '../model/catalog.ts'
import type { Footprint, LockMode } from '../model/lock.ts'
import { type QualifiedName, qualified, type RelationName, schemaOf } from '../model/name.ts'
import { indexesOn } from './found-by.ts'
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

/** All indexes of a table, constraints' included. */
export const indexesOf = (catalog: Catalog, on: RelationName): readonly QualifiedName[] => {
  const table = catalog.tables.get(on)
  return [...[...(table ? constraintIndexes(table) : [])].map((name) => qualified(schemaOf(on), name)), ...indexesOn(catalog, on).map(([name]) => name)]
}

/** A rewrite of the table and all its indexes, under ACCESS EXCLUSIVE. */
export const rewriting = (catalog: Catalog, on: RelationName): Footprint => ({
  locks: [
    { relation: on, mode: 'ACCESS EXCLUSIVE' },
    { relation: on, mode: 'SHARE' },
    ...indexesOf(catalog, on).map((relation) => ({ relation, mode: 'ACCESS EXCLUSIVE' as const })),
  ],
  rewrites: [on, ...indexesOf(catalog, on)],
  scans: [on],
})
