/** What a batch drops and makes anew under another name: a rename that was written as two statements. */
import type { Batch, Move } from '../changes/batch.ts'
import { columnOn } from '../changes/found-by.ts'
import { displayType } from '../changes/types.ts'
import type { Attribute } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { localName, type RelationName } from '../model/name.ts'
import { columnAfter, columnBefore, movesOf, relationAfter, relationBefore } from './origins.ts'

const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)

const sharedOf = (a: readonly string[], b: readonly string[]): number => a.filter((word) => b.includes(word)).length

/** True for names that differ in spelling only, of which one has all words of the other, or that share most of their words. */
const alike = (a: string, b: string): boolean => {
  const [left, right] = [wordsOf(a), wordsOf(b)]
  if (left.join('') === right.join('')) return true
  const shared = sharedOf(left, right)
  return shared > 0 && (shared === Math.min(left.length, right.length) || shared / (left.length + right.length - shared) >= 0.5)
}

/** True when the batch writes rows of the table: values may have moved over before they are dropped. */
const isWritten = (batch: Batch, on: RelationName): boolean =>
  movesOf(batch).some(({ change }) => change.kind === 'change-data' && change.command !== 'TRUNCATE' && change.relations.includes(on))

/** How many columns of a table the batch drops that were there before it. */
const droppedColumns = (batch: Batch, on: RelationName): number =>
  movesOf(batch).filter(
    ({ change }) => change.kind === 'drop-column' && !change.implied && change.on === on && columnBefore(batch, { change }, on, change.column) !== undefined,
  ).length

/** Columns that the batch adds to a table and keeps. */
const addedColumns = (batch: Batch, on: RelationName): readonly Attribute[] =>
  movesOf(batch).flatMap(({ change }) =>
    change.kind === 'add-column' && !change.implied && change.on === on && columnAfter(batch, { change }, on, change.attribute.name) !== undefined
      ? [change.attribute]
      : [],
  )

/**
 * The column that seems to be a dropped one under a new name: of the same type, added to the same table by the same batch, with a name like it; or with a word
 * in common, where no other column is dropped or added. Undefined where the batch writes the table's rows: then values may have moved over.
 */
export const renamedColumn = (batch: Batch, { change, before }: Move<Change<'drop-column'>>): string | undefined => {
  const attribute = columnOn(before, change.on, change.column)
  if (!attribute || isWritten(batch, change.on)) return undefined
  const type = displayType(attribute.type)
  const added = addedColumns(batch, change.on)
  const typed = added.filter((each) => displayType(each.type) === type)
  const like = typed.filter(({ name }) => alike(name, change.column))
  if (like.length === 1) return like[0]?.name
  const [only] = typed
  return only && added.length === 1 && droppedColumns(batch, change.on) === 1 && sharedOf(wordsOf(only.name), wordsOf(change.column)) > 0
    ? only.name
    : undefined
}

const names = (columns: readonly Attribute[]): readonly string[] => columns.map(({ name }) => name)

/** The share of column names that two tables have in common. */
const likeness = (a: readonly string[], b: readonly string[]): number => {
  const shared = sharedOf(a, b)
  return shared < 2 ? 0 : shared / (a.length + b.length - shared)
}

/** The table, made by the same batch and not filled by it, that seems to be a dropped one under a new name: it has most of its columns. */
export const renamedTable = (batch: Batch, { change, before }: Move<Change<'drop-table'>>): RelationName | undefined => {
  const dropped = before.tables.get(change.name)
  if (!dropped || dropped.kind === 'foreign') return undefined
  const candidates = movesOf(batch).flatMap((move) => {
    const made = move.change
    if (made.kind !== 'create-table' || made.table.partitionOf || isWritten(batch, made.name) || relationAfter(batch, move, made.name) === undefined) return []
    return [{ name: made.name, likeness: likeness(names(dropped.columns), names(made.table.columns)) }]
  })
  const [best] = candidates.sort((a, b) => b.likeness - a.likeness)
  return best && best.likeness >= 0.6 ? best.name : undefined
}

/** True when rows of a relation that the batch drops may have been copied to one that it makes. */
export const isCopied = (batch: Batch, { change }: Move<Change<'drop-table'>>): boolean => {
  const local = localName(change.name)
  return movesOf(batch).some(
    (move) =>
      move.change.kind === 'change-data' &&
      /\b(?:insert|merge|with)\b/i.test(move.change.sql) &&
      move.change.sql.includes(local) &&
      move.change.relations.some((relation) => relation !== change.name && relationBefore(batch, move, relation) === undefined),
  )
}
