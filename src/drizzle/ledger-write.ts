/** Drizzle's ledger, written as its own migrators of both generations write it, so that they see nothing unusual. */
import type { History, Layout, Ledger, LedgerName, Migration } from '../model/history.ts'
import { quoteIdentifier } from '../model/name.ts'
import { quoteLiteral } from '../sql/print.ts'
import { ledgerTable } from './ledger.ts'

const columns: Readonly<Record<Layout, string>> = {
  journal: 'id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint',
  folders: 'id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint, name text, applied_at timestamp with time zone DEFAULT now()',
}

/** Makes an absent ledger as drizzle-orm 0.45.4 (`journal`) and 1.0.0-rc.5 (`folders`) do. */
export const createLedgerSql = (name: LedgerName, layout: Layout): readonly string[] => [
  `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(name.schema)}`,
  `CREATE TABLE IF NOT EXISTS ${ledgerTable(name)} (${columns[layout]})`,
]

/**
 * Makes the ledger of 0.x into that of 1.0, with each row's name as the caller has joined it. drizzle-orm's own upgrade takes a single migration of the same second without
 * looking at its hash, and then runs the other one again.
 */
export const upgradeLedgerSql = (name: LedgerName, named: readonly { readonly id: number; readonly tag: string }[]): readonly string[] => {
  const table = ledgerTable(name)
  return [
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS name text`,
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS applied_at timestamp with time zone DEFAULT now()`,
    `UPDATE ${table} SET applied_at = NULL`,
    ...named.map(({ id, tag }) => `UPDATE ${table} SET name = ${quoteLiteral(tag)} WHERE id = ${id}`),
  ]
}

/** The row of a migration that has run. A ledger of 1.0 that a folder of 0.x is run against gets no name, as from 0.x's own migrator: the folder has no names of 1.0. */
export const ledgerRowSql = (name: LedgerName, ledger: Ledger['layout'], folder: History['layout'], { hash, when, tag }: Migration): string => {
  const values = [quoteLiteral(hash ?? ''), String(when)]
  return ledger === 'folders' && folder === 'folders'
    ? `INSERT INTO ${ledgerTable(name)} (hash, created_at, name) VALUES (${[...values, quoteLiteral(tag)].join(', ')})`
    : `INSERT INTO ${ledgerTable(name)} (hash, created_at) VALUES (${values.join(', ')})`
}

/** Takes one row away: Drizzle runs that migration again. */
export const forgetRowSql = (name: LedgerName, id: number): string => `DELETE FROM ${ledgerTable(name)} WHERE id = ${id}`
