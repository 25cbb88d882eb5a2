/** Pending migrations as their runner executes them: which statements share a transaction, what is locked meanwhile, and what the batch made itself. */
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Runner } from '../model/config.ts'
import { type Footprint, type LockMode, lockModes } from '../model/lock.ts'
import type { RelationName } from '../model/name.ts'
import { flag, text } from '../sql/tree.ts'
import { possibleChanges } from './batch/conditional.ts'
import { idleFootprint } from './batch/idle.ts'
import { goneBy, madeBy, movedBy } from './batch/relations.ts'
import { afterTransaction, inForce, noSettings, type Setting, type Settings, settingsAfter } from './batch/settings.ts'
import { noFootprint } from './define.ts'
import { apply, footprint as footprintOf } from './index.ts'
import { ownerOfIndex } from './names.ts'
import { freshSession } from './reading.ts'
import type { Step } from './replay.ts'
import { withDeleted, withSet } from './versioned-map.ts'

export type { Setting } from './batch/settings.ts'

/** A set as a map: every move has its own, and they share what they have in common. */
type Fresh = ReadonlyMap<RelationName, true>

/** One change of a statement, with the catalogs around it. */
export type Move<C = Change> = {
  readonly change: C
  readonly before: Catalog
  readonly after: Catalog
  /** Relations that the batch made before this change: empty, and no application knows them. */
  readonly fresh: Fresh
  /** It stands in a DO block, under a condition that rows or variables decide: it may happen, and the catalog after the statement does not know of it. */
  readonly conditional?: true
}

/** One statement of a batch. */
export type BatchStep = {
  readonly step: Step
  /** Position in the batch, from 0. */
  readonly position: number
  /** The transaction that it runs in, from 0. A statement outside of any is one by itself. */
  readonly transaction: number
  /** True inside a transaction block, where locks are held to its end and CONCURRENTLY is refused. */
  readonly inBlock: boolean
  /** Whose transaction block it stands in: the runner's, one that a BEGIN of the batch opened, or the implicit one of several statements that are sent together. */
  readonly block: 'runner' | 'own' | 'implicit' | undefined
  readonly moves: readonly Move[]
  /** What it does to relations that were there before the batch. */
  readonly footprint: Footprint
  /** The strongest lock on each such relation that the transaction holds when the statement begins. */
  readonly held: ReadonlyMap<RelationName, LockMode>
  /** Settings of the session when the statement begins: those that the batch has set. */
  readonly settings: ReadonlyMap<string, Setting>
}

/** A lock that a transaction of the batch holds: taken by the statement at `from`, released after the one at `to`. */
export type HeldLock = { readonly relation: RelationName; readonly mode: LockMode; readonly from: number; readonly to: number }

export type Batch = {
  readonly runner: Runner
  readonly steps: readonly BatchStep[]
  /** By the names that relations have when they are locked. */
  readonly locks: readonly HeldLock[]
  /** The catalogs around the batch. */
  readonly before: Catalog
  readonly after: Catalog
  /** Settings that stay with the session when the batch is done. */
  readonly left: ReadonlyMap<string, Setting>
  /** True when a transaction that the batch began is still open at its end, and no runner ends it. */
  readonly open: boolean
}

const rank = (mode: LockMode): number => lockModes.indexOf(mode)

/** The stronger of two modes. */
export const stronger = (a: LockMode, b: LockMode): LockMode => (rank(a) >= rank(b) ? a : b)

/** True for a mode that is as strong as another, or stronger. */
export const isAtLeast = (mode: LockMode, least: LockMode): boolean => rank(mode) >= rank(least)

const freshAfter = (change: Change, before: Catalog, fresh: Fresh): Fresh => {
  const made = madeBy(change, before)
  if (made.length > 0) return made.reduce((all, relation) => withSet(all, relation, true as const), fresh)
  if (fresh.size === 0) return fresh
  const gone = goneBy(change)
  if (gone !== undefined) return withDeleted(fresh, gone)
  const moved = movedBy(change, before)
  return moved ? new Map([...fresh.keys()].map((relation) => [moved(relation), true])) : fresh
}

const searchPathIn = (settings: Settings): readonly string[] => {
  const path = inForce(settings).get('search_path')?.value
  return path === undefined ? freshSession.searchPath : path.split(', ')
}

/** A statement's changes, each with what surrounds it; behind a piece of a DO block that memory could not follow, what that piece may do. */
const movesOf = ({ changes, before, after: last, statement }: Step, freshBefore: Fresh, settings: Settings): readonly Move[] => {
  const moves: Move[] = []
  let catalog = before
  let fresh = freshBefore
  for (const [at, change] of changes.entries()) {
    const after = at === changes.length - 1 ? last : apply(change, catalog)
    moves.push({ change, before: catalog, after, fresh })
    const possible = change.kind === 'opaque' && statement.node === 'DoStmt' ? possibleChanges(change, catalog, searchPathIn(settings)) : []
    for (const each of possible) {
      moves.push({ ...each, fresh, conditional: true })
      fresh = freshAfter(each.change, each.before, fresh)
    }
    fresh = freshAfter(change, catalog, fresh)
    catalog = after
  }
  return moves
}

/** The table of an index, or the relation itself. */
const tableBehind = (catalog: Catalog, relation: RelationName): RelationName =>
  catalog.indexes.get(relation)?.relation ?? ownerOfIndex(catalog, relation) ?? relation

const union = (footprints: readonly Footprint[]): Footprint => ({
  locks: [...new Map(footprints.flatMap(({ locks }) => locks.map((lock) => [`${lock.relation} ${lock.mode}`, lock] as const))).values()],
  rewrites: [...new Set(footprints.flatMap(({ rewrites }) => rewrites))],
  scans: [...new Set(footprints.flatMap(({ scans }) => scans))],
})

const footprints = new WeakMap<Move, Footprint>()

/** What one change does to relations that others may use. Several rules ask. */
export const footprintOfMove = (move: Move): Footprint => {
  const known = footprints.get(move)
  if (known) return known
  const found = readFootprint(move)
  footprints.set(move, found)
  return found
}

const readFootprint = (move: Move): Footprint => {
  const made = madeBy(move.change, move.before)
  const used = (relation: RelationName): boolean => isUsed(move, relation) && !made.includes(relation)
  const { locks, rewrites, scans } = footprintOf(move.change, move.before)
  return { locks: locks.filter(({ relation }) => used(relation)), rewrites: rewrites.filter(used), scans: scans.filter(used) }
}

/** What a statement does to relations that others may use. */
const footprintOfStep = ({ statement, before, changes }: Step, moves: readonly Move[], { fresh, settings }: State): Footprint => {
  if (changes.length > 0) return union(moves.map(footprintOfMove))
  const { locks } = idleFootprint(statement, before, searchPathIn(settings))
  return { ...noFootprint, locks: locks.filter(({ relation }) => !fresh.has(relation)) }
}

const noLocks: ReadonlyMap<RelationName, LockMode> = new Map()

const heldAfter = (held: ReadonlyMap<RelationName, LockMode>, { locks }: Footprint, moves: readonly Move[]): ReadonlyMap<RelationName, LockMode> => {
  let next = held
  for (const { relation, mode } of locks) {
    const before = next.get(relation)
    if (before === undefined || !isAtLeast(before, mode)) next = withSet(next, relation, mode)
  }
  for (const { change, before } of moves) {
    const moved = movedBy(change, before)
    if (moved) next = new Map([...next].map(([relation, mode]) => [moved(relation), mode]))
  }
  return next
}

type Control = 'begins' | 'ends' | 'chains' | undefined

/** What a statement does to the transaction around it. */
const controlOf = ({ statement: { node, tree } }: Step): Control => {
  if (node !== 'TransactionStmt') return undefined
  switch (text(tree, 'kind')?.replace('TRANS_STMT_', '')) {
    case 'BEGIN':
    case 'START':
      return 'begins'
    case 'COMMIT':
    case 'ROLLBACK':
      return flag(tree, 'chain') ? 'chains' : 'ends'
    case 'PREPARE':
      return 'ends'
    default:
      return undefined
  }
}

const takesBack = ({ statement: { tree } }: Step): boolean => text(tree, 'kind') === 'TRANS_STMT_ROLLBACK'

type State = {
  readonly transaction: number
  /** Whose transaction is open. */
  readonly open: 'runner' | 'own' | undefined
  readonly held: ReadonlyMap<RelationName, LockMode>
  readonly fresh: Fresh
  readonly settings: Settings
  /** The settings when the transaction began. */
  readonly begun: Settings
}

/** A transaction ends here, and perhaps another begins. */
const nextTransaction = (state: State, open: State['open']): State => {
  const settings = afterTransaction(state.settings)
  return { ...state, transaction: state.transaction + 1, open, held: noLocks, settings, begun: settings }
}

/** The state in which a file begins. */
const atFile = (state: State, runner: Runner, first: boolean): State => {
  if (first) return { ...state, open: runner === 'none' ? undefined : 'runner' }
  return runner === 'per-file' ? nextTransaction(state, 'runner') : state
}

/** Statements of one chunk are sent together: outside of a transaction they are one by themselves. */
const sameChunk = (a: Step | undefined, b: Step | undefined): boolean =>
  a !== undefined && b !== undefined && a.migration === b.migration && a.statement.chunk === b.statement.chunk

const stateAfter = (state: State, at: BatchStep, implicit: boolean): State => {
  const { step, moves, footprint } = at
  const control = controlOf(step)
  const settings = moves.reduce((all, { change }) => settingsAfter(all, change, at.inBlock), state.settings)
  const fresh = moves.reduce((all, { change, before }) => freshAfter(change, before, all), state.fresh)
  const after: State = { ...state, held: heldAfter(state.held, footprint, moves), fresh, settings }
  if (control === 'chains') return nextTransaction({ ...after, settings: takesBack(step) ? state.begun : settings }, state.open)
  if (control === 'ends') return nextTransaction({ ...after, settings: takesBack(step) ? state.begun : settings }, undefined)
  return state.open !== undefined || implicit ? after : nextTransaction(after, undefined)
}

const locksOf = (steps: readonly BatchStep[]): readonly HeldLock[] => {
  const found: HeldLock[] = []
  const known = new Map<string, number>()
  for (const { footprint, position, transaction } of steps) {
    for (const { relation, mode } of footprint.locks) {
      const key = `${transaction} ${relation}`
      const at = known.get(key)
      const held = at === undefined ? undefined : found[at]
      if (at !== undefined && held && rank(held.mode) < rank(mode)) found[at] = { ...held, mode, from: position }
      if (at === undefined) known.set(key, found.push({ relation, mode, from: position, to: position }) - 1)
    }
  }
  const last = new Map(steps.map(({ transaction, position }) => [transaction, position]))
  return found.map((lock) => ({ ...lock, to: last.get(steps[lock.from]?.transaction ?? 0) ?? lock.to }))
}

/**
 * The batch of some steps that follow each other in a replay. `runner`: `drizzle` runs all files in one transaction and each chunk in a query, `per-file` each
 * file in a transaction of its own, `none` every statement by itself. A transaction that a file ends itself is over: what follows runs outside of any.
 */
export const simulateBatch = (steps: readonly Step[], runner: Runner, empty: Catalog): Batch => {
  let state: State = { transaction: 0, open: undefined, held: noLocks, fresh: new Map(), settings: noSettings, begun: noSettings }
  const simulated = steps.map((step, position): BatchStep => {
    const [previous, next] = [steps[position - 1], steps[position + 1]]
    if (previous?.migration !== step.migration) state = atFile(state, runner, position === 0)
    if (controlOf(step) === 'begins' && state.open === undefined) state = nextTransaction(state, 'own')
    const together = runner !== 'none' && sameChunk(step, next)
    const block = state.open ?? (together || (runner !== 'none' && sameChunk(previous, step)) ? 'implicit' : undefined)
    const moves = movesOf(step, state.fresh, state.settings)
    const result: BatchStep = {
      step,
      position,
      transaction: state.transaction,
      inBlock: block !== undefined,
      block,
      moves,
      footprint: footprintOfStep(step, moves, state),
      held: state.held,
      settings: inForce(state.settings),
    }
    state = stateAfter(state, result, together)
    return result
  })
  return {
    runner,
    steps: simulated,
    locks: locksOf(simulated),
    before: steps[0]?.before ?? empty,
    after: steps.at(-1)?.after ?? empty,
    left: inForce(afterTransaction(state.settings)),
    open: state.open === 'own' && runner === 'none',
  }
}

/** True for a relation that others may use: neither it nor the table that it is an index of was made by the batch itself. */
export const isUsed = ({ before, after, fresh }: Pick<Move, 'before' | 'after' | 'fresh'>, relation: RelationName): boolean =>
  !fresh.has(relation) && !fresh.has(tableBehind(before, relation)) && !fresh.has(tableBehind(after, relation))
