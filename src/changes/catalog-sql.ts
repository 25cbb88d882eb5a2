/** A whole catalog as SQL. */
import type { Catalog } from '../model/catalog.ts'
import { diff } from './diff.ts'
import { emptyCatalog } from './edit.ts'
import { toSql } from './to-sql.ts'

/** Statements that make the catalog in an empty database, in order. Roles are left out: they are the cluster's, and must be there. */
export const catalogSql = (catalog: Catalog): readonly string[] => {
  const start: Catalog = { ...emptyCatalog, roles: catalog.roles }
  return toSql(diff(start, catalog), start)
}
