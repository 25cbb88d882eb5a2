/** Where the tables and columns from before a migration stand after it, and what its statements on rows have done to them. */
import type { Attribute, Catalog } from '../../../model/catalog.ts'
import type { RelationName } from '../../../model/name.ts'
import { child, list, text } from '../../../sql/tree.ts'
import type { Made } from '../inverse.ts'
import { Names } from '../names.ts'

/** A table's name after the migration, and its columns': those that are not there any more are missing. */
export type Place = { readonly table: RelationName; readonly columns: ReadonlyMap<string, Attribute> }

/** What statements have done to the rows of a table that was there before. */
export type Written = {
  /** Columns that an UPDATE sets, by the names from before. */
  readonly sets: Set<string>
  /** Something else than an UPDATE: rows may have come or gone. */
  rows: boolean
  /** Rows may be gone, and with them what refers to them. */
  removes: boolean
}

export type Places = {
  /** By names from before; a table that is gone is missing. */
  readonly tables: ReadonlyMap<RelationName, Place>
  readonly written: ReadonlyMap<RelationName, Written>
}

const placesIn = (names: Names, after: Catalog): ReadonlyMap<RelationName, Place> =>
  new Map(
    [...after.tables].flatMap(([table, { columns }]) => {
      const original = names.table(table)
      const known = columns.flatMap((attribute) => {
        const column = names.column(table, attribute.name)
        return column === undefined ? [] : [[column, attribute] as const]
      })
      return original === undefined ? [] : [[original, { table, columns: new Map(known) }] as const]
    }),
  )

/** An INSERT, UPDATE … that does nothing beside that. */
const isPlain = ({ change, step: { statement } }: Made, node: string): boolean =>
  change.kind === 'change-data' && change.relations.length === 1 && statement.node === node && !('withClause' in statement.tree)

const setBy = (each: Made): readonly string[] =>
  isPlain(each, 'UpdateStmt') ? list(each.step.statement.tree, 'targetList').flatMap((target) => text(child(target, 'ResTarget'), 'name') ?? []) : []

/** Follows a migration from the catalog before it to the one after it. */
export const placesOf = (made: readonly Made[], after: Catalog): Places => {
  const names = new Names()
  const written = new Map<RelationName, Written>()
  for (const each of made) {
    const { change } = each
    for (const relation of change.kind === 'change-data' ? change.relations : []) {
      const table = names.table(relation)
      if (table === undefined) continue
      const known = written.get(table) ?? { sets: new Set<string>(), rows: false, removes: false }
      for (const column of setBy(each).flatMap((name) => names.column(relation, name) ?? [])) known.sets.add(column)
      known.rows ||= !isPlain(each, 'UpdateStmt')
      known.removes ||= !isPlain(each, 'UpdateStmt') && !isPlain(each, 'InsertStmt')
      written.set(table, known)
    }
    names.follow(change)
  }
  return { tables: placesIn(names, after), written }
}
