/** A history run in a real PostgreSQL, as Drizzle's migrator runs it. */
import type { Engine } from '../model/engine.ts'
import { PostgresRefusal } from '../model/error.ts'
import type { LedgerName } from '../model/history.ts'
import { quoteIdentifier } from '../model/name.ts'
import type { Session } from '../model/session.ts'
import type { Script } from '../model/statement.ts'

/** The ledger as Drizzle 0.45 makes it before the first migration; migrations may read it. */
export const ledgerSql = ({ schema, table }: LedgerName): string =>
  `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}; CREATE TABLE IF NOT EXISTS ${quoteIdentifier(schema)}.${quoteIdentifier(table)} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`

const aloneNodes = new Set(['TransactionStmt', 'VacuumStmt', 'ReindexStmt'])

/** Statements that end the transaction, or that run in none: each chunk is then sent by itself. */
const leavesTransaction = ({ statements }: Pick<Script, 'statements'>): boolean =>
  statements.some(({ node, tree }) => aloneNodes.has(node) || tree.concurrent === true)

/**
 * Runs one migration in its own transaction, a query for each chunk; in one round trip where nothing in it leaves the transaction. Throws the server's
 * `PostgresRefusal` after taking the migration back as far as it can be.
 */
export const runMigration = async (engine: Engine, session: Session, script: Script): Promise<void> => {
  const chunks = script.chunks.map(({ text }) => engine.adapt(text)).filter((text) => text.trim() !== '')
  try {
    if (!leavesTransaction(script)) {
      await session.script(['BEGIN', ...chunks, 'COMMIT', 'DISCARD TEMP', 'RESET ALL'].join('\n;\n'))
      return
    }
    await session.script('BEGIN')
    for (const chunk of chunks) await session.script(chunk)
    await session.script('COMMIT')
    await session.script('DISCARD TEMP; RESET ALL')
  } catch (error) {
    if (error instanceof PostgresRefusal) await session.script('ROLLBACK')
    throw error
  }
}

export type RunFailure = { readonly migration: number; readonly refusal: PostgresRefusal }

/**
 * Runs all migrations, one after the other, and calls `after` behind each; stops at the first that the server refuses and answers it. `DISCARD TEMP` and
 * `RESET ALL` between two of them give each a session like a fresh one.
 */
export const runHistory = async (
  engine: Engine,
  session: Session,
  scripts: readonly Script[],
  ledger: LedgerName,
  after: (migration: number) => Promise<void> = async () => undefined,
): Promise<RunFailure | undefined> => {
  await session.script(ledgerSql(ledger))
  for (const [migration, script] of scripts.entries()) {
    try {
      await runMigration(engine, session, script)
    } catch (error) {
      if (error instanceof PostgresRefusal) return { migration, refusal: error }
      throw error
    }
    await after(migration)
  }
  return undefined
}
