/** What ends a migration: the ledger's row comes, or goes, and whoever listens hears of it when the transaction is committed. */
import { ledgerTable } from '../../drizzle/ledger.ts'
import { forgetRowSql, ledgerRowSql } from '../../drizzle/ledger-write.ts'
import type { Layout, LedgerName, Migration } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import { quoteLiteral } from '../../sql/print.ts'
import type { Running } from './running.ts'

const notifySql = (news: Json): string => `SELECT pg_catalog.pg_notify('pgstrata', ${quoteLiteral(JSON.stringify(news))})`

/** `layouts`: of the ledger's table, and of the folder. */
export const appliedRecord =
  (ledger: LedgerName, layouts: { readonly ledger: Layout; readonly folder: Layout }): Running['record'] =>
  (migration) => [ledgerRowSql(ledger, layouts.ledger, layouts.folder, migration), notifySql({ applied: migration.tag, hash: migration.hash ?? null })]

/** A policy, a trigger or a rule may keep the row without a word: then nothing is to stay taken back. */
const goneSql = (ledger: LedgerName, { tag }: Migration, id: number): string =>
  `DO $pgstrata$ BEGIN
  IF EXISTS (SELECT FROM ${ledgerTable(ledger)} WHERE id = ${id}) THEN
    RAISE EXCEPTION USING MESSAGE = ${quoteLiteral(`The row of ${tag} stays in ${ledgerTable(ledger)}: a policy or a trigger keeps it.`)};
  END IF;
END $pgstrata$`

/** `rows`: the ids of the rows that stand for the migrations in this database. */
export const rolledBackRecord =
  (ledger: LedgerName, rows: ReadonlyMap<Migration, number>): Running['record'] =>
  (migration) => {
    const id = rows.get(migration)
    if (id === undefined) throw new Error(`${migration.tag} has no row that could go.`)
    return [forgetRowSql(ledger, id), goneSql(ledger, migration, id), notifySql({ rolledBack: migration.tag, hash: migration.hash ?? null })]
  }
