/** pgstrata's own tables beside Drizzle's ledger: what a user may do with them, for another one may have made them. */
import { ownSchema } from '../model/name.ts'
import type { Session } from '../model/session.ts'

export type OwnTable = 'schema_versions' | 'unfinished_migrations'

/** `absent`: it has never been made. `hidden`: it is there, and this user may not read it, or row level security may hide rows from him. */
export type Access = 'absent' | 'hidden' | 'readable' | 'writable'

/** What is done to their rows: of what has begun and is done, the row goes. */
export const privileges: Readonly<Record<OwnTable, readonly string[]>> = {
  schema_versions: ['SELECT', 'INSERT', 'UPDATE'],
  unfinished_migrations: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
}

/** What lets a user do that. */
export const grantsFor = (table: OwnTable): string =>
  `GRANT USAGE ON SCHEMA ${ownSchema} and ${privileges[table].join(', ')} ON ${ownSchema}.${table} to this user`

const createSchema = `CREATE SCHEMA IF NOT EXISTS ${ownSchema}`

/** Statements that make a table, for this database: CREATE SCHEMA wants the right to CREATE in the database even where the schema is there. */
export const makingIn = async (
  session: Session,
  statements: readonly string[],
): Promise<{ readonly statements: readonly string[]; readonly right: string }> => {
  const [row] = await session.query('SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1) AS there', [ownSchema])
  return row?.there === true
    ? { statements: statements.filter((each) => each !== createSchema), right: `GRANT USAGE, CREATE ON SCHEMA ${ownSchema} to this user` }
    : { statements, right: 'GRANT CREATE ON DATABASE … TO this user' }
}

/** Asks the catalog, which everybody may read: `to_regclass` fails where the schema may not be used. */
export const accessTo = async (session: Session, table: OwnTable): Promise<Access> => {
  const [row] = await session.query(
    `SELECT c.oid IS NOT NULL AS there, has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) AS reads,
  has_schema_privilege(n.oid, 'USAGE') AND ${privileges[table].map((each) => `has_table_privilege(c.oid, '${each}')`).join(' AND ')} AS writes
FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = $1 LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = $2`,
    [ownSchema, table],
  )
  if (row?.there !== true) return 'absent'
  if (row.reads !== true) return 'hidden'
  return row.writes === true ? 'writable' : 'readable'
}
