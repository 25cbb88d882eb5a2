import type { RelationName } from './name.ts'

/** The eight table-level lock modes, by the manual's names, weakest first (manual 13.3.1). */
export const lockModes = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const
export type LockMode = (typeof lockModes)[number]

/** What running a change does to relations that exist before it. Source: reference measurements on PostgreSQL 15 and the manual, 13.3.1. */
export type Footprint = {
  /** Locks taken, one entry for each relation and mode; a relation made in the same transaction is left out. */
  readonly locks: readonly { readonly relation: RelationName; readonly mode: LockMode }[]
  /** Relations whose files are written anew. */
  readonly rewrites: readonly RelationName[]
  /** Relations that are read from end to end while the lock is held. */
  readonly scans: readonly RelationName[]
}
