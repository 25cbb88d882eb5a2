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

/** What running a change does to relations that exist before it, on PostgreSQL 18. Measured: docs/lock-facts.md says it, and where older majors differ. */
export type Footprint = {
  /** Locks taken; of several on one relation all count. What every query takes (ACCESS SHARE) may be missing; TOAST and relations that the change makes are. */
  readonly locks: readonly { readonly relation: RelationName; readonly mode: LockMode }[]
  /** Tables, materialised views and indexes whose files are written anew. A partitioned table has none: its partitions are named. */
  readonly rewrites: readonly RelationName[]
  /** Tables that are read from end to end while the lock is held, whatever the planner thinks. */
  readonly scans: readonly RelationName[]
}
