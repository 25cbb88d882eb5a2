/** How far a migration has come that does not fit into one transaction, in the database itself: whatever ends the run, the next one knows. */

import { ledgerTable } from '../../drizzle/ledger.ts'
import { accessTo } from '../../drizzle/own-tables.ts'
import { ToolError } from '../../model/error.ts'
import type { LedgerName, Migration } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import { ownSchema } from '../../model/name.ts'
import type { Row, Session } from '../../model/session.ts'
import { quoteLiteral } from '../../sql/print.ts'
import type { Facts } from './alone.ts'

export const progressTable = `${ownSchema}.unfinished_migrations`

/** Whether migrations are applied, or taken back. */
export type Direction = 'migrate' | 'rollback'

/** A migration that has begun and is not in the ledger; or whose rollback has begun, while it still is. */
export type Unfinished = {
  readonly direction: Direction
  readonly tag: string
  readonly hash: string
  /** The text that is run, where it is not the migration's own. */
  readonly text?: string
  /** How many of its statements are done. */
  readonly statements: number
  /** The statement behind them has been sent, outside of any transaction; what was there before it. */
  readonly sent?: Facts
  /** It has begun beside a ledger of that name that is no longer there: `absent`, or another one is in its place (after a reset, or a restore). */
  readonly ledger?: 'absent' | 'another'
}

export const createProgressSql: readonly string[] = [
  `CREATE SCHEMA IF NOT EXISTS ${ownSchema}`,
  `CREATE TABLE IF NOT EXISTS ${progressTable} (ledger text NOT NULL, tag text NOT NULL, direction text NOT NULL, hash text NOT NULL, sql text, statements integer NOT NULL, sent jsonb, began_at timestamptz NOT NULL DEFAULT clock_timestamp(), began_by text NOT NULL DEFAULT session_user, ledger_oid oid, PRIMARY KEY (ledger, tag))`,
  `COMMENT ON TABLE ${progressTable} IS 'Migrations and rollbacks that pgstrata has begun and not finished: pgstrata migrate and pgstrata rollback --apply go on with them.'`,
]

/** For a table that an older version has made. */
export const addLedgerSql = `ALTER TABLE ${progressTable} ADD COLUMN IF NOT EXISTS ledger_oid oid`

const keyOf = ({ schema, table: name }: LedgerName): string => quoteLiteral(`${schema}.${name}`)

/** The ledger as it is: one that is dropped and made again has another. Asked of the catalog, which everybody may read. */
const ledgerOidSql = ({ schema, table: name }: LedgerName): string =>
  `(SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${quoteLiteral(schema)} AND c.relname = ${quoteLiteral(name)})`

/** Says how far a migration has come, in the caller's transaction. */
export const progressSql = (
  { ledger, direction, textOf }: { readonly ledger: LedgerName; readonly direction: Direction; readonly textOf?: (migration: Migration) => string | undefined },
  migration: Migration,
  statements: number,
  sent?: Facts,
): string => {
  const sql = textOf?.(migration)
  const values = [
    keyOf(ledger),
    quoteLiteral(migration.tag),
    quoteLiteral(direction),
    quoteLiteral(migration.hash ?? ''),
    sql === undefined ? 'NULL' : quoteLiteral(sql),
    String(statements),
    sent === undefined ? 'NULL' : `${quoteLiteral(JSON.stringify(sent))}::jsonb`,
    ledgerOidSql(ledger),
  ]
  return `INSERT INTO ${progressTable} (ledger, tag, direction, hash, sql, statements, sent, ledger_oid) VALUES (${values.join(', ')}) ON CONFLICT (ledger, tag) DO UPDATE SET hash = excluded.hash, sql = excluded.sql, statements = excluded.statements, sent = excluded.sent, ledger_oid = excluded.ledger_oid`
}

export const doneSql = (ledger: LedgerName, { tag }: Pick<Migration, 'tag'>): string =>
  `DELETE FROM ${progressTable} WHERE ledger = ${keyOf(ledger)} AND tag = ${quoteLiteral(tag)}`

/** Says that what has begun belongs to the ledger as it is now. */
export const adoptSql = (ledger: LedgerName, { tag }: Pick<Migration, 'tag'>): string =>
  `UPDATE ${progressTable} SET ledger_oid = to_regclass(${quoteLiteral(ledgerTable(ledger))}) WHERE ledger = ${keyOf(ledger)} AND tag = ${quoteLiteral(tag)}`

const sentOf = (value: Json | undefined): { readonly sent?: Facts } =>
  value === null || value === undefined ? {} : { sent: (typeof value === 'string' ? JSON.parse(value) : value) as Facts }

/** Of what an older version has begun, nobody knows in which ledger: where there is one, in that. */
const ledgerOf = ({ began_with: began, now_with: now }: Row): Pick<Unfinished, 'ledger'> => {
  if (now === null || now === undefined) return { ledger: 'absent' }
  return began === null || began === undefined || began === now ? {} : { ledger: 'another' }
}

/** What has begun and is not done, for somebody who may perhaps not read it: undefined where he may not; nothing where the table has never been made. */
export const progressSeen = async (session: Session, ledger: LedgerName): Promise<readonly Unfinished[] | undefined> => {
  const access = await accessTo(session, 'unfinished_migrations')
  if (access === 'absent') return []
  if (access === 'hidden') return undefined
  const rows = await session.query(
    `SELECT tag, direction, hash, sql, statements, sent, (to_jsonb(u) ->> 'ledger_oid')::oid::text AS began_with, ${ledgerOidSql(ledger)}::text AS now_with FROM ${progressTable} u WHERE ledger = ${keyOf(ledger)} ORDER BY began_at, tag`,
  )
  return rows.map((row) => ({
    tag: String(row.tag),
    direction: row.direction === 'rollback' ? 'rollback' : 'migrate',
    hash: String(row.hash),
    statements: Number(row.statements),
    ...(row.sql === null || row.sql === undefined ? {} : { text: String(row.sql) }),
    ...sentOf(row.sent),
    ...ledgerOf(row),
  }))
}

/** The same for whoever must know. Throws `no-permission` (exit 3) where this user may not read it: something may have begun. */
export const readProgress = async (session: Session, ledger: LedgerName): Promise<readonly Unfinished[]> => {
  const seen = await progressSeen(session, ledger)
  if (seen) return seen
  throw new ToolError('no-permission', `Whether a migration has begun and not ended is in ${progressTable}, which this user may not read.`, {
    help: `GRANT USAGE ON SCHEMA ${ownSchema} and SELECT, INSERT, UPDATE, DELETE ON ${progressTable} to this user.`,
    exit: 3,
  })
}
