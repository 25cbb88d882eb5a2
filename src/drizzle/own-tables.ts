/** pgstrata's own tables beside Drizzle's ledger: what a user may do with them, for another one may have made them. */
import { ownSchema } from '../model/name.ts'
import type { Session } from '../model/session.ts'

export type OwnTable = 'schema_versions' | 'unfinished_migrations'

/** `absent`: it has never been made. `hidden`: it is there, and this user may not read it. */
export type Access = 'absent' | 'hidden' | 'readable' | 'writable'

/** Asks the catalog, which everybody may read: `to_regclass` fails where the schema may not be used. */
export const accessTo = async (session: Session, table: OwnTable): Promise<Access> => {
  const [row] = await session.query(
    `SELECT c.oid IS NOT NULL AS there, has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS reads,
  has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE') AS writes
FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = $1 LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = $2`,
    [ownSchema, table],
  )
  if (row?.there !== true) return 'absent'
  if (row.reads !== true) return 'hidden'
  return row.writes === true ? 'writable' : 'readable'
}
