/** Copies of what was written since, made by a rollback before it removes it. They stay when it is over. */
import type { Attribute, Catalog } from '../../model/catalog.ts'
import { archivePrefix, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { isKeptAsText, labelsOf, rowsOf } from './archive/kept.ts'
import { schemaFor } from './archive/text.ts'
import { primaryKeyOf } from './columns.ts'
import type { Loss } from './losses.ts'
import { seeingAll } from './moving-rows.ts'

/** `0042_late_dawn`: `pgstrata_archive_0042_since`. */
export const sinceSchemaFor = (tag: string): string => `${schemaFor(tag)}_since`

/** Whether an object stands in such a schema, or is one. */
export const isKeptSince = (identity: string): boolean => new RegExp(`"${archivePrefix}[^"]*_since"`).test(identity)

/** A migration may be rolled back more than once: each row says when, in a column that no table has. */
const moment = 'pgstrata_rolled_back_at'

const written = ({ name, type }: Attribute): string =>
  isKeptAsText(type) ? `${quoteIdentifier(name)}::text AS ${quoteIdentifier(name)}` : quoteIdentifier(name)

type Lost = { readonly table: RelationName; readonly columns: ReadonlySet<string> | 'all' }

/** What goes, table by table: of a table that goes as a whole, its columns are not told again. */
const lostIn = (since: readonly Loss[]): readonly Lost[] => {
  const found = new Map<RelationName, Set<string> | 'all'>()
  for (const { table, columns } of since) {
    const known = found.get(table)
    if (known === 'all') continue
    found.set(table, columns === undefined ? 'all' : new Set([...(known ?? []), ...columns]))
  }
  return [...found].map(([table, columns]) => ({ table, columns }))
}

/** Statements without semicolons, for the rollback's transaction, before anything goes. `after`: the catalog that the migration has made. None where nothing is lost. */
export const keepSince = (tag: string, since: readonly Loss[], after: Catalog): readonly string[] => {
  const lost = lostIn(since)
  if (lost.length === 0) return []
  const schema = quoteIdentifier(sinceSchemaFor(tag))
  const labels = labelsOf(lost.map(({ table }) => table))
  const copies = lost.flatMap(({ table: name, columns }): readonly string[] => {
    const table = after.tables.get(name)
    if (!table) return []
    const wanted = table.columns.filter((column) => columns === 'all' || columns.has(column.name) || primaryKeyOf(table).includes(column.name))
    const copy = `${schema}.${quoteIdentifier(labels.get(name) ?? '')}`
    const select = `SELECT now() AS ${moment}, ${wanted.map(written).join(', ')} FROM ${rowsOf(after, name)}`
    return [`LOCK TABLE ${name} IN SHARE ROW EXCLUSIVE MODE`, `CREATE TABLE IF NOT EXISTS ${copy} AS ${select} WITH NO DATA`, `INSERT INTO ${copy} ${select}`]
  })
  return [
    `CREATE SCHEMA IF NOT EXISTS ${schema}`,
    `COMMENT ON SCHEMA ${schema} IS ${quoteLiteral(`What was written after ${tag} and went with its rollback. Made by pgstrata.`)}`,
    ...seeingAll(
      after,
      lost.map(({ table }) => table),
      copies,
    ),
  ]
}
