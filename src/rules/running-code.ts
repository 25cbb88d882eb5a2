/** What code that runs while a migration does would see, and how a change is spread over deployments for it. */
import type { Catalog } from '../model/catalog.ts'
import type { Remedy } from '../model/finding.ts'
import { display, member, type RelationName } from '../model/name.ts'
import { plainSql } from './plain-sql.ts'

/** A column as a message names it: `users.email`. */
export const displayColumn = (on: RelationName, column: string): string => display(member(on, column))

/** `a, b and 3 more` */
export const listed = (names: readonly string[], most = 5): string => {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** Nothing now: what is dropped goes when no release uses it any more. */
export const dropLater = (what: string, sql: readonly string[]): Remedy => ({
  title: `Stop using ${what} first`,
  steps: [{ when: 'next deployment', sql: sql.map(plainSql), note: `When no running release names ${what}.` }],
})

/** The columns that a query finds under a name; undefined when there is no such table or view. */
export const columnsOf = (catalog: Catalog, relation: RelationName): readonly string[] | undefined =>
  catalog.tables.get(relation)?.columns.map(({ name }) => name) ?? catalog.views.get(relation)?.columns

/** True when a query that names these columns of the relation still finds them. */
export const isFound = (catalog: Catalog, relation: RelationName, columns: readonly string[]): boolean => {
  const there = columnsOf(catalog, relation)
  return there !== undefined && columns.every((column) => there.includes(column))
}
