/** What holds labels of an enum: types, columns, and the references to columns that stand in a tree. */
import type { Catalog, Table, TypeReference } from '../../model/catalog.ts'
import type { Json } from '../../model/json.ts'
import { type QualifiedName, qualified, type RelationName } from '../../model/name.ts'
import { child, text, walk } from '../../sql/tree.ts'
import { isRangeVar } from '../expressions.ts'
import { userTypeName } from '../types.ts'

/** A value of the enum, or an array of them. */
export type Holding = 'one' | 'many'
/** What a column reference holds, by its fields. */
export type Typing = (fields: readonly string[]) => Holding | undefined

/** What a type holds: the enum itself, an array of it, a domain over either. */
export const holdingOf = (catalog: Catalog, type: TypeReference, wanted: QualifiedName): Holding | undefined => {
  const name = userTypeName(type)
  if (name === undefined) return undefined
  if (name === wanted) return type.array ? 'many' : 'one'
  const known = catalog.types.get(name)
  const base = known?.kind === 'domain' ? holdingOf(catalog, known.base, wanted) : undefined
  return base === 'one' && type.array ? 'many' : base
}

/** The columns of one table that hold the enum, by name. */
export type Columns = ReadonlyMap<string, Holding>

/** No columns. */
export const none: Columns = new Map()

/** The columns of a table that hold the enum `type`. */
export const columnsHolding = (catalog: Catalog, table: Table, type: QualifiedName): Columns => {
  const found = new Map<string, Holding>()
  for (const column of table.columns) {
    const holding = holdingOf(catalog, column.type, type)
    if (holding) found.set(column.name, holding)
  }
  return found
}

/** The tables with columns that hold the enum. */
export type Held = ReadonlyMap<RelationName, Columns>

/** Columns of a tree's ranges, and of the table that it belongs to (bare, or as OLD and NEW). */
export const typingIn = (tree: Json, held: Held, own: Columns): Typing => {
  const ranges = new Map<string, Columns[]>([
    ['new', [own]],
    ['old', [own]],
  ])
  walk(tree, (node) => {
    if (!isRangeVar(node)) return undefined
    const name = text(child(node, 'alias'), 'aliasname') ?? text(node, 'relname') ?? ''
    const columns = held.get(qualified(text(node, 'schemaname') ?? '', text(node, 'relname') ?? ''))
    if (columns) ranges.set(name, [...(ranges.get(name) ?? []), columns])
    return undefined
  })
  return (fields) => {
    const column = fields.at(-1) ?? ''
    if (fields.length === 1)
      return (
        own.get(column) ??
        [...ranges.values()]
          .flat()
          .map((columns) => columns.get(column))
          .find(Boolean)
      )
    return (ranges.get(fields.at(-2) ?? '') ?? [own]).map((columns) => columns.get(column)).find(Boolean)
  }
}
