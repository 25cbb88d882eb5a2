/** What information_schema and pg_catalog would show of a catalog in memory: just enough to answer the conditions of DO blocks. */
import type { Catalog } from '../model/catalog.ts'
import { informationSchema } from './system-tables/information-schema.ts'
import type { Maker } from './system-tables/maker.ts'
import { pgCatalog } from './system-tables/pg-catalog.ts'
import type { Row } from './system-tables/row.ts'

export { systemSchemas } from './system-tables/maker.ts'
export { isOid, namespaceOid, parseOid, relationOid, typeOid } from './system-tables/oids.ts'
export { type Known, present, type Row, unknown, type Value } from './system-tables/row.ts'

const makers: Readonly<Record<string, Maker>> = { ...informationSchema, ...pgCatalog }

const made = new WeakMap<Catalog, Map<string, readonly Row[]>>()

/** The rows of a table of information_schema or pg_catalog; undefined for one that memory does not show. `schema` is undefined when it was not written. */
export const systemTable = (catalog: Catalog, schema: string | undefined, name: string): readonly Row[] | undefined => {
  const key = `${schema ?? 'pg_catalog'}.${name}`
  const maker = makers[key]
  if (!maker) return undefined
  const tables = made.get(catalog) ?? new Map<string, readonly Row[]>()
  made.set(catalog, tables)
  const rows = tables.get(key) ?? maker(catalog)
  tables.set(key, rows)
  return rows
}
