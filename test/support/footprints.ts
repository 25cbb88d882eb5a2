/** What memory says that a statement locks, writes anew and scans, put as an observation is. */
import { together } from '../../src/changes/footprint.ts'
import { footprint } from '../../src/changes/index.ts'
import type { ChangeKind } from '../../src/model/change.ts'
import { type Footprint, type LockMode, lockModes } from '../../src/model/lock.ts'
import type { RelationName } from '../../src/model/name.ts'
import type { Seen } from './observe.ts'
import type { Played } from './sql.ts'

/** Modes that wait for each mode (manual, table 13.2). */
const conflicts: { readonly [M in LockMode]: readonly LockMode[] } = {
  'ACCESS SHARE': ['ACCESS EXCLUSIVE'],
  'ROW SHARE': ['EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'ROW EXCLUSIVE': ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE UPDATE EXCLUSIVE': ['SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  SHARE: ['ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE ROW EXCLUSIVE': ['ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  EXCLUSIVE: lockModes.slice(1),
  'ACCESS EXCLUSIVE': lockModes,
}

const covers = (a: LockMode, b: LockMode): boolean => a !== b && conflicts[b].every((mode) => conflicts[a].includes(mode))

/** Locks, rewrites and scans by relation, in one order. */
export type Facts = {
  readonly locks: { readonly [relation: string]: readonly LockMode[] }
  readonly rewrites: readonly string[]
  readonly scans: readonly string[]
}

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort()

/**
 * The facts that count: of several modes on one relation those that no other covers, and no ACCESS SHARE: every query takes it, and only who takes
 * ACCESS EXCLUSIVE waits for it.
 */
const factsOf = (locks: Footprint['locks'], rewrites: readonly RelationName[], scans: readonly RelationName[]): Facts => {
  const counted = locks.filter(({ mode }) => mode !== 'ACCESS SHARE')
  const modes = (relation: string): readonly LockMode[] => {
    const all = lockModes.filter((mode) => counted.some((lock) => lock.relation === relation && lock.mode === mode))
    return all.filter((mode) => !all.some((other) => covers(other, mode)))
  }
  return {
    locks: Object.fromEntries(sorted(counted.map(({ relation }) => relation)).map((relation) => [relation, modes(relation)])),
    rewrites: sorted(rewrites),
    scans: sorted(scans),
  }
}

/**
 * What is left out on both sides: the one row of a sequence, which is written anew by most that alters it, and the lock of nextval() on it. What a query
 * scans is for the planner to say: `queries` leaves scans out. Locks on indexes are not seen of what ran outside of a transaction.
 */
const counted = ({ before, outside }: Seen, { locks, rewrites, scans }: Footprint, queries: boolean): Facts => {
  const isSequence = (relation: RelationName): boolean => before.get(relation) === 'S'
  const isHidden = (relation: RelationName): boolean => outside === true && /[iI]/.test(before.get(relation) ?? '')
  return factsOf(
    locks.filter(({ relation, mode }) => before.has(relation) && !(isSequence(relation) && mode === 'ROW EXCLUSIVE') && !isHidden(relation)),
    rewrites.filter((relation) => before.has(relation) && !isSequence(relation)),
    queries ? [] : scans.filter((relation) => before.has(relation)),
  )
}

const runsQuery = (kind: ChangeKind): boolean => kind === 'change-data' || kind === 'create-view' || kind === 'opaque'

/** What PostgreSQL did to relations that were there before. */
export const factsSeen = (seen: Seen, kind: ChangeKind): Facts =>
  counted(seen, { locks: seen.taken, rewrites: seen.rewrites, scans: seen.scans }, runsQuery(kind))

/** What memory says of all changes of a statement. */
export const factsExpected = ({ changes }: Played, seen: Seen, kind: ChangeKind): Facts =>
  counted(seen, together(...changes.map(({ change, before }) => footprint(change, before))), runsQuery(kind))
