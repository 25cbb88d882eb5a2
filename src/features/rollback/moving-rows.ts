/** What stands in the way where a rollback moves rows: triggers that fire, and policies that hide some. */
import type { Catalog, Table } from '../../model/catalog.ts'
import { quoteIdentifier, type RelationName } from '../../model/name.ts'

/** Each trigger that fires, quoted, with what makes it fire again. By name, which the table's owner may do. */
export const firing = ({ triggers }: Table): readonly (readonly [name: string, enable: string])[] =>
  [...triggers].flatMap(([name, { enabled }]) =>
    enabled === 'disabled' ? [] : [[quoteIdentifier(name), enabled === 'origin' ? 'ENABLE TRIGGER' : `ENABLE ${enabled.toUpperCase()} TRIGGER`] as const],
  )

/** Whether policies may hide rows from who reads a table. */
export const hidesRows = (catalog: Catalog, table: RelationName | undefined): boolean => table !== undefined && catalog.tables.get(table)?.rowSecurity === true

/** A policy would hide rows from the statements without a word: off, it is refused instead. */
export const seeingAll = (catalog: Catalog, tables: readonly (RelationName | undefined)[], statements: readonly string[]): readonly string[] =>
  statements.length > 0 && tables.some((table) => hidesRows(catalog, table))
    ? ['SET LOCAL row_security = off', ...statements, 'SET LOCAL row_security = on']
    : statements
