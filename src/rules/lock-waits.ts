/** Locks that a batch has to wait for, the time-out under which it does, and the work that is done while they are held. */
import { type Batch, type BatchStep, type HeldLock, isAtLeast, type Setting } from '../changes/batch.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { LockMode } from '../model/lock.ts'
import type { RelationName } from '../model/name.ts'
import { refusedInBlock } from './refused-in-block.ts'

/** A lock that keeps at least writes waiting, taken anew on a table in use; `timeout`: the lock_timeout in force, when the batch has set one. */
export type Wait = { readonly at: BatchStep; readonly relation: RelationName; readonly mode: LockMode; readonly timeout: Setting | undefined }

/** True for what has rows: a table or a materialised view, not an index or a sequence. */
export const hasRows = (catalog: Catalog, relation: RelationName): boolean => catalog.tables.has(relation) || catalog.views.has(relation)

/** The locks that keep writes (SHARE and stronger) or reads waiting, in the order in which the batch takes them. */
export const waitsIn = ({ steps }: Batch): readonly Wait[] =>
  steps.flatMap((at) =>
    at.footprint.locks.flatMap(({ relation, mode }): readonly Wait[] => {
      const held = at.held.get(relation)
      if (!isAtLeast(mode, 'SHARE') || (held && isAtLeast(held, mode)) || !hasRows(at.step.before, relation)) return []
      return [{ at, relation, mode, timeout: at.settings.get('lock_timeout') }]
    }),
  )

const units: { readonly [unit: string]: number } = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** The milliseconds of a time-out as SET takes it; without a unit they are milliseconds. Undefined when it is none. */
export const milliseconds = (value: string): number | undefined => {
  const [, amount, unit = 'ms'] = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(value) ?? []
  const factor = units[unit]
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor
}

/** A statement that sets a setting. */
export type SetStep = { readonly at: BatchStep; readonly change: Change<'set-session'> }

/** The statements that set one of some settings, in order. */
export const setsOf = ({ steps }: Batch, ...settings: readonly string[]): readonly SetStep[] =>
  steps.flatMap((at) => at.moves.flatMap(({ change }) => (change.kind === 'set-session' && settings.includes(change.setting) ? [{ at, change }] : [])))

/** The time-out that a statement sets, in milliseconds. */
export const timeoutSet = ({ change }: SetStep): number | undefined => (change.value === undefined ? undefined : milliseconds(change.value.join(', ')))

/** Waits under the value that one statement has set. */
export const waitsUnder = (batch: Batch, set: SetStep): readonly Wait[] => {
  const next = setsOf(batch, 'lock_timeout').find(({ at }) => at.position > set.at.position)
  const value = set.change.value?.join(', ')
  return waitsIn(batch).filter(
    ({ at, timeout }) => at.position > set.at.position && at.position < (next?.at.position ?? Number.POSITIVE_INFINITY) && timeout?.value === value,
  )
}

/** What is done to a time-out that a wait runs without. */
export type Unguarded = {
  readonly wait: Wait
  /** `zero`: switched off. `late`: set later in the same transaction. `lost`: set with LOCAL, in a transaction that is over. `never`: none of these. */
  readonly because: 'zero' | 'late' | 'lost' | 'never'
  readonly set?: SetStep
}

/** The waits that no lock_timeout ends. Each is one rule's business. */
export const unguardedWaits = (batch: Batch): readonly Unguarded[] => {
  const sets = setsOf(batch, 'lock_timeout')
  return waitsIn(batch).flatMap((wait): readonly Unguarded[] => {
    const { at, timeout } = wait
    const before = sets.findLast((set) => set.at.position < at.position)
    if (timeout) return milliseconds(timeout.value) === 0 ? [{ wait, because: 'zero', ...(before ? { set: before } : {}) }] : []
    if (before?.change.local && isLost(batch, before, at)) return [{ wait, because: 'lost', set: before }]
    const later = sets.find((set) => set.at.position > at.position && set.at.transaction === at.transaction && timeoutSet(set) !== 0)
    return [later ? { wait, because: 'late', set: later } : { wait, because: 'never' }]
  })
}

/** True where a SET LOCAL has no effect any more, although the file (under Drizzle: the batch) goes on. */
export const isLost = ({ runner }: Batch, { at, change }: SetStep, later: BatchStep): boolean =>
  change.local &&
  change.value !== undefined &&
  (!at.inBlock || later.transaction !== at.transaction) &&
  (runner === 'drizzle' || later.step.migration === at.step.migration)

/** `concurrently-in-tx` speaks of these: they end the transaction at once. */
export const isRefused = ({ inBlock, step }: BatchStep): boolean => inBlock && refusedInBlock(step.statement, step.before) !== undefined

/** True for a statement that takes as long as there are rows: it scans, writes anew or indexes a table in use. What a transaction refuses does not. */
export const isWork = (at: BatchStep): boolean => workedOn(at).length > 0 && !isRefused(at)

/** The tables that a statement works through. */
export const workedOn = ({ footprint, step }: BatchStep): readonly RelationName[] =>
  [...new Set([...footprint.rewrites, ...footprint.scans])].filter((relation) => hasRows(step.before, relation))

/** The statements during which a lock is held. */
export const during = ({ steps }: Batch, { from, to }: Pick<HeldLock, 'from' | 'to'>): readonly BatchStep[] => steps.slice(from, to + 1)
