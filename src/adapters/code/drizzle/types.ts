/** Values by the types of drizzle-orm, where the flow gives none: `db: NodePgDatabase<typeof schema>`, `InferSelectModel<typeof users>`. */
import type { Value } from '../value.ts'
import { literal } from '../value.ts'
import { databaseOf } from './database.ts'
import { PgEnum } from './enum.ts'
import type { Registry } from './registry.ts'
import { Table } from './table.ts'
import { each, unionOf } from './values.ts'

const databases = /(Database|Transaction)$/
const others = /mysql|sqlite|singlestore|gel|mssql|cockroach|planetscale|tidb|libsql|sql-js|\/d1$/i

const rowsOf = (tables: Value | undefined, inserted: boolean): Value | undefined => {
  const rows = each(tables).flatMap((table) => (table instanceof Table ? [inserted ? table.rowToInsert() : table.row()] : []))
  return rows.length === 0 ? undefined : unionOf(rows)
}

/** `PgDatabase<Kind, typeof schema>`: whichever argument is a module. */
const schemaIn = (args: readonly Value[]): Value | undefined => args.find(({ kind }) => kind === 'object' || kind === 'model')

export const typeOf = (registry: Registry, from: string, name: string, args: readonly Value[]): Value | undefined => {
  if (others.test(`${from} ${name}`)) return undefined
  if (databases.test(name)) return databaseOf(registry, schemaIn(args))
  if (name === 'InferSelectModel') return rowsOf(args[0], false)
  if (name === 'InferInsertModel') return rowsOf(args[0], true)
  if (name === 'InferModel') return rowsOf(args[0], args[1]?.kind === 'literal' && args[1].value === 'insert')
  if (name !== 'InferEnum' || !(args[0] instanceof PgEnum)) return undefined
  return unionOf(args[0].values.map(literal))
}
