/** What the rows of tables say, in numbers: a count and a sum for each column, so that a lost value is seen and named. */
import type { Catalog, Table } from '../../model/catalog.ts'
import { quoteIdentifier, type RelationName } from '../../model/name.ts'
import type { Session } from '../../model/session.ts'
import { primaryKeyOf } from './columns.ts'

/** By table: the number of rows, and by column a sum over its values, each bound to its row's key where there is one. */
export type Sums = ReadonlyMap<RelationName, { readonly rows: string; readonly columns: ReadonlyMap<string, string> }>

const keyOf = (table: Table): string => {
  const columns = primaryKeyOf(table)
  return columns.length === 0 ? `''` : columns.map((column) => `${quoteIdentifier(column)}::text`).join(` || ',' || `)
}

const sumOf = (column: string, key: string): string =>
  `coalesce(sum(hashtextextended(${key} || '|' || coalesce(${quoteIdentifier(column)}::text, '∅'), 0)::numeric), 0)::text`

const query = (on: RelationName, table: Table): string => {
  const key = keyOf(table)
  const columns = table.columns.map(({ name }) => sumOf(name, key))
  return `SELECT ARRAY[${['count(*)::text', ...columns].join(', ')}] AS sums FROM ${on}`
}

/** Sums over tables of the catalog that the session's database has. */
export const sumsOf = async (session: Session, { tables }: Catalog, names: Iterable<RelationName>): Promise<Sums> => {
  const known = [...names].flatMap((on) => {
    const table = tables.get(on)
    return table && table.kind !== 'foreign' ? [{ on, table }] : []
  })
  if (known.length === 0) return new Map()
  const answers = await session.results(known.map(({ on, table }) => query(on, table)).join(';\n'))
  return new Map(
    known.map(({ on, table }, at) => {
      const [rows = '0', ...sums] = (answers[at]?.[0]?.sums ?? []) as readonly string[]
      return [on, { rows, columns: new Map(table.columns.map(({ name }, column) => [name, sums[column] ?? ''])) }] as const
    }),
  )
}

/** A table whose rows, or a column whose values, are not what they were. */
export type Changed = { readonly table: RelationName; readonly column?: string }

/** Every column of a table with another number of rows is another one: then the table is named alone. */
export const changedIn = (before: Sums, after: Sums): readonly Changed[] =>
  [...before].flatMap(([table, { rows, columns }]): readonly Changed[] => {
    const now = after.get(table)
    if (!now || now.rows !== rows) return [{ table }]
    return [...columns].filter(([column, sum]) => now.columns.get(column) !== sum).map(([column]) => ({ table, column }))
  })
