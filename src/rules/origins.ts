/** Where a thing of a batch comes from and what becomes of it: names change on the way. */
import type { Batch, Move } from '../changes/batch.ts'
import type { Change } from '../model/change.ts'
import { inSchema, parseKey, type QualifiedName, qualified, type RelationName, schemaOf } from '../model/name.ts'

/** A relation, or a column of one. */
type Place = { readonly on: RelationName; readonly column?: string }
export type ColumnPlace = { readonly on: RelationName; readonly column: string }

/** A change that gives or takes a name, and its position among all changes of the batch. */
type Moving = { readonly change: Change; readonly at: number }

type Walk = {
  readonly moves: readonly Move[]
  readonly positions: ReadonlyMap<Change, number>
  /** Those that `backOver` tells apart, and those that `over` does. */
  readonly giving: readonly Moving[]
  readonly taking: readonly Moving[]
}

const renamingKinds: readonly Change['kind'][] = ['rename-table', 'rename-view', 'rename-column', 'rename-view-column', 'rename-schema', 'set-schema']
/** All other kinds, most of a batch, leave every name as it is. */
const givingKinds: ReadonlySet<Change['kind']> = new Set(['create-table', 'create-view', 'add-column', ...renamingKinds])
const takingKinds: ReadonlySet<Change['kind']> = new Set(['drop-table', 'drop-view', 'drop-column', ...renamingKinds])

const walks = new WeakMap<Batch, Walk>()

const walkOf = (batch: Batch): Walk => {
  const known = walks.get(batch)
  if (known) return known
  const moves = batch.steps.flatMap((step) => step.moves)
  const all = moves.map(({ change }, at) => ({ change, at }))
  const walk = {
    moves,
    positions: new Map(all.map(({ change, at }) => [change, at])),
    giving: all.filter(({ change }) => givingKinds.has(change.kind)),
    taking: all.filter(({ change }) => takingKinds.has(change.kind)),
  }
  walks.set(batch, walk)
  return walk
}

/** All changes of a batch in order, with the catalogs around them. */
export const movesOf = (batch: Batch): readonly Move[] => walkOf(batch).moves

/** Changes of the batch that come before a change. */
export const movesBefore = (batch: Batch, { change }: Pick<Move, 'change'>): readonly Move[] => {
  const { moves, positions } = walkOf(batch)
  return moves.slice(0, positions.get(change) ?? 0)
}

/** Whether a statement of the batch that comes before a change may have written rows of a relation. */
export const isWrittenBefore = (batch: Batch, at: Pick<Move, 'change'>, relation: RelationName): boolean =>
  movesBefore(batch, at).some(
    ({ change }) => change.kind === 'opaque' || (change.kind === 'change-data' && change.command !== 'SELECT' && change.relations.includes(relation)),
  )

/** Changes of the batch that come after a change. */
export const movesAfter = (batch: Batch, { change }: Pick<Move, 'change'>): readonly Move[] => {
  const { moves, positions } = walkOf(batch)
  return moves.slice((positions.get(change) ?? moves.length) + 1)
}

/** Old and new name of the relation that a change moves. */
const renamedRelation = (change: Change): readonly [RelationName, RelationName] | undefined => {
  if (change.kind === 'rename-table' || change.kind === 'rename-view') return [change.name, qualified(schemaOf(change.name), change.to)]
  if (change.kind !== 'set-schema') return undefined
  const { kind, name } = parseKey(change.object)
  return kind === 'table' || kind === 'view' ? [name as QualifiedName, inSchema(name as QualifiedName, change.to)] : undefined
}

/** What a place was called before a change; undefined when the change made it. */
const backOver = (change: Change, place: Place): Place | undefined => {
  const { on, column } = place
  switch (change.kind) {
    case 'create-table':
    case 'create-view':
      return change.name === on ? undefined : place
    case 'add-column':
      return change.on === on && change.attribute.name === column ? undefined : place
    case 'rename-column':
    case 'rename-view-column':
      return change.on === on && change.to === column ? { on, column: change.from } : place
    case 'rename-schema':
      return schemaOf(on) === change.to ? { ...place, on: inSchema(on, change.from) } : place
    default: {
      const moved = renamedRelation(change)
      return moved?.[1] === on ? { ...place, on: moved[0] } : place
    }
  }
}

/** What a place is called after a change; undefined when the change took it away. */
const over = (change: Change, place: Place): Place | undefined => {
  const { on, column } = place
  switch (change.kind) {
    case 'drop-table':
    case 'drop-view':
      return change.name === on ? undefined : place
    case 'drop-column':
      return change.on === on && change.column === column ? undefined : place
    case 'rename-column':
    case 'rename-view-column':
      return change.on === on && change.from === column ? { on, column: change.to } : place
    case 'rename-schema':
      return schemaOf(on) === change.from ? { ...place, on: inSchema(on, change.to) } : place
    default: {
      const moved = renamedRelation(change)
      return moved?.[0] === on ? { ...place, on: moved[1] } : place
    }
  }
}

const followBack = (batch: Batch, { change: from }: Pick<Move, 'change'>, start: Place): Place | undefined => {
  const { giving, positions } = walkOf(batch)
  const end = positions.get(from) ?? 0
  let place: Place | undefined = start
  for (let index = giving.length - 1; index >= 0 && place; index--) {
    const { change, at } = giving[index] as Moving
    if (at < end) place = backOver(change, place)
  }
  return place
}

const follow = (batch: Batch, { change: from }: Pick<Move, 'change'>, start: Place): Place | undefined => {
  const { taking, moves, positions } = walkOf(batch)
  const begin = positions.get(from) ?? moves.length
  let place: Place | undefined = start
  for (const { change, at } of taking) {
    if (at > begin) place = over(change, place)
    if (place === undefined) return undefined
  }
  return place
}

const isColumn = (place: Place | undefined): place is ColumnPlace => place?.column !== undefined

/** The name that a relation had before the batch; undefined for one that the batch made. `at` is the change before which it has this name. */
export const relationBefore = (batch: Batch, at: Pick<Move, 'change'>, on: RelationName): RelationName | undefined => followBack(batch, at, { on })?.on

/** The same for a column. */
export const columnBefore = (batch: Batch, at: Pick<Move, 'change'>, on: RelationName, column: string): ColumnPlace | undefined => {
  const place = followBack(batch, at, { on, column })
  return isColumn(place) ? place : undefined
}

/** The name that a relation has when the batch is done; undefined when a later change of it takes the relation away. */
export const relationAfter = (batch: Batch, at: Pick<Move, 'change'>, on: RelationName): RelationName | undefined => follow(batch, at, { on })?.on

/** The same for a column. */
export const columnAfter = (batch: Batch, at: Pick<Move, 'change'>, on: RelationName, column: string): ColumnPlace | undefined => {
  const place = follow(batch, at, { on, column })
  return isColumn(place) ? place : undefined
}
