/**
 * Enums that a batch makes anew, the way drizzle-kit does it when a value goes: columns to text, DROP TYPE, CREATE TYPE, columns back. Or the type is renamed away,
 * made anew, and the columns move over. All statements of it are one thing.
 */
import type { Batch, BatchStep, Move } from '../changes/batch.ts'
import { columnOn } from '../changes/found-by.ts'
import { userTypeName } from '../changes/types.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { QualifiedName } from '../model/name.ts'
import { type ColumnPlace, columnBefore, movesAfter, movesOf } from './origins.ts'

export type EnumRebuild = {
  /** The type that columns had before the batch, and the one that they have after it. */
  readonly from: QualifiedName
  readonly to: QualifiedName
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** The columns that move over, by their names before the batch. */
  readonly columns: readonly ColumnPlace[]
  /** All changes of the rebuild. */
  readonly parts: ReadonlySet<Change>
  /** The first statement that changes the type of a column. */
  readonly at: BatchStep
}

const rebuilds = new WeakMap<Batch, readonly EnumRebuild[]>()

const labelsOf = (catalog: Catalog, name: QualifiedName): readonly string[] | undefined => {
  const type = catalog.types.get(name)
  return type?.kind === 'enum' ? type.labels : undefined
}

type Retyped = Move<Change<'set-column-type'>>
const isRetyped = (move: Move): move is Retyped => move.change.kind === 'set-column-type' && !move.change.implied

/** The enum that a column had before the batch. */
const enumBefore = (batch: Batch, move: Retyped): QualifiedName | undefined => {
  const old = columnBefore(batch, move, move.change.on, move.change.column)
  const attribute = old && columnOn(batch.before, old.on, old.column)
  const name = attribute && userTypeName(attribute.type)
  return name !== undefined && labelsOf(batch.before, name) ? name : undefined
}

const rebuildOf = (batch: Batch, made: Move<Change<'create-type'>>): EnumRebuild | undefined => {
  const to = made.change.name
  const after = labelsOf(batch.after, to)
  const casts = movesAfter(batch, made).filter((move): move is Retyped => isRetyped(move) && userTypeName(move.change.to) === to)
  const from = casts.map((move) => enumBefore(batch, move)).find((name) => name !== undefined && (name === to || !batch.after.types.has(name)))
  const before = from === undefined ? undefined : labelsOf(batch.before, from)
  if (from === undefined || !after || !before) return undefined
  const moved = casts.filter((move) => enumBefore(batch, move) === from)
  const isOfColumn = (change: { readonly on: string; readonly column: string }): boolean =>
    moved.some((cast) => cast.change.on === change.on && cast.change.column === change.column)
  const parts = new Set<Change>([
    made.change,
    ...movesOf(batch).flatMap(({ change }): readonly Change[] =>
      (change.kind === 'drop-type' && (change.name === from || change.name === to)) ||
      (change.kind === 'rename-type' && change.name === from) ||
      (change.kind === 'set-column-type' && isOfColumn(change))
        ? [change]
        : [],
    ),
  ])
  const at = batch.steps.find(({ moves }) => moves.some(({ change }) => change.kind === 'set-column-type' && parts.has(change)))
  return at && { from, to, before, after, columns: moved.flatMap((move) => columnBefore(batch, move, move.change.on, move.change.column) ?? []), parts, at }
}

/** The enums that a batch makes anew. */
export const enumRebuilds = (batch: Batch): readonly EnumRebuild[] => {
  const known = rebuilds.get(batch)
  if (known) return known
  const found = movesOf(batch).flatMap((move): readonly EnumRebuild[] => {
    const { change } = move
    if (change.kind !== 'create-type' || change.implied || change.type.kind !== 'enum') return []
    const rebuild = rebuildOf(batch, { ...move, change })
    return rebuild ? [rebuild] : []
  })
  rebuilds.set(batch, found)
  return found
}

/** True for a change that is a part of such a rebuild. */
export const isPartOfRebuild = (batch: Batch, change: Change): boolean => enumRebuilds(batch).some(({ parts }) => parts.has(change))
