/** A history run in a real PostgreSQL, as Drizzle's migrator runs it. */
import type { Engine } from '../model/engine.ts'
import { PostgresRefusal, refusalOf } from '../model/error.ts'
import type { LedgerName } from '../model/history.ts'
import { quoteIdentifier } from '../model/name.ts'
import type { Session } from '../model/session.ts'
import type { Script, Statement } from '../model/statement.ts'
import { mended } from '../sql/mend.ts'
import { rewritten } from '../sql/script.ts'

/** The ledger as Drizzle 0.45 makes it before the first migration; migrations may read it. */
export const ledgerSql = ({ schema, table }: LedgerName): string =>
  `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}; CREATE TABLE IF NOT EXISTS ${quoteIdentifier(schema)}.${quoteIdentifier(table)} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`

const aloneNodes = new Set(['TransactionStmt', 'VacuumStmt', 'ReindexStmt'])

/** Statements that end the transaction, or that run in none: each chunk is then sent by itself. */
const leavesTransaction = ({ statements }: Script): boolean => statements.some(({ node, tree }) => aloneNodes.has(node) || tree.concurrent === true)

/** A chunk that is no SQL by itself may become some beside the next one: `/*` at its end would swallow that, and a quotation mark too. */
const standAlone = ({ faults }: Script): boolean => faults.length === 0

/** True where a migration can be run as one text inside a transaction that is open. */
export const fitsTransaction = (script: Script): boolean => standAlone(script) && !leavesTransaction(script)

/** What the migrator sends, as the engine can run it. */
export const chunksOf = (engine: Engine, script: Script): readonly string[] =>
  script.chunks.map(({ text }) => engine.adapt(text)).filter((text) => text.trim() !== '')

/** A session like a fresh one. */
export const freshSql = ['DISCARD TEMP', 'RESET ALL'] as const

const inOneTransaction = async (engine: Engine, session: Session, script: Script): Promise<void> => {
  const chunks = chunksOf(engine, script)
  if (fitsTransaction(script)) {
    await session.script(['BEGIN', ...chunks, 'COMMIT', ...freshSql].join('\n;\n'))
    return
  }
  await session.script('BEGIN')
  for (const chunk of chunks) await session.script(chunk)
  await session.script('COMMIT')
  await session.script(freshSql.join(';'))
}

/** SQLSTATE of a statement that the server takes in no transaction. */
const insideOfTransaction = '25001'

/** Each statement in the transaction that is open; one that the server takes in none, between two. */
const setApart = async (engine: Engine, session: Session, { statements }: Script): Promise<void> => {
  await session.script('BEGIN')
  for (const { text } of statements) {
    const sql = engine.adapt(text)
    try {
      await session.script(`SAVEPOINT apart;\n${sql};\nRELEASE SAVEPOINT apart`)
    } catch (error) {
      if (!(error instanceof PostgresRefusal) || error.sqlstate !== insideOfTransaction) throw error
      await session.script('ROLLBACK TO SAVEPOINT apart; COMMIT')
      await session.script(sql)
      await session.script('BEGIN')
    }
  }
  await session.script('COMMIT')
  await session.script(freshSql.join(';'))
}

const endsTransactions = ({ statements }: Script): boolean => statements.some(({ node }) => node === 'TransactionStmt')

/**
 * Runs one migration in its own transaction, a query for each chunk; in one round trip where that makes no difference. Statements that the server takes in no transaction run outside of it, as our own
 * runner has them; the refusal that Drizzle's migrator would meet is then the answer. Throws the server's `PostgresRefusal` after taking the migration back as far as it can be.
 */
export const runMigration = async (engine: Engine, session: Session, script: Script): Promise<PostgresRefusal | undefined> => {
  const undo = async (error: unknown): Promise<unknown> => {
    if (error instanceof PostgresRefusal) await session.script('ROLLBACK')
    return error
  }
  try {
    await inOneTransaction(engine, session, script)
    return undefined
  } catch (error) {
    await undo(error)
    if (!(error instanceof PostgresRefusal) || error.sqlstate !== insideOfTransaction || endsTransactions(script)) throw error
    try {
      await setApart(engine, session, script)
      return error
    } catch (second) {
      throw await undo(second)
    }
  }
}

export type RunFailure = { readonly migration: number; readonly refusal: PostgresRefusal }

/**
 * Runs all migrations, one after the other, and calls `after` behind each, with what Drizzle's migrator would have met there; stops at the first that the server refuses and answers it. `DISCARD TEMP` and
 * `RESET ALL` between two of them give each a session like a fresh one.
 */
export const runHistory = async (
  engine: Engine,
  session: Session,
  scripts: readonly Script[],
  ledger: LedgerName,
  after: (migration: number, met: PostgresRefusal | undefined) => Promise<void> = async () => undefined,
): Promise<RunFailure | undefined> => {
  await session.script(ledgerSql(ledger))
  for (const [migration, script] of scripts.entries()) {
    let met: PostgresRefusal | undefined
    try {
      met = await runMigration(engine, session, script)
    } catch (error) {
      if (error instanceof PostgresRefusal) return { migration, refusal: error }
      throw error
    }
    await after(migration, met)
  }
  return undefined
}

/** How the server took a baseline's statements. */
export type BaselineRun = { readonly refused: ReadonlyMap<Statement, PostgresRefusal>; readonly mended: ReadonlyMap<Statement, Statement> }

/** A statement in the form that the server takes, or why it takes none. */
const runMended = async (engine: Engine, session: Session, written: Statement): Promise<Statement | PostgresRefusal> => {
  let statement = written
  for (;;) {
    const refusal = await refusalOf(() => session.script(engine.adapt(statement.text)))
    if (!refusal) return statement
    const text = mended(statement.text, { sqlstate: refusal.sqlstate, position: refusal.position })
    const next = text === undefined || text === statement.text ? undefined : rewritten(statement, text)
    if (!next) return refusal
    statement = next
  }
}

/** Runs each statement by itself, and those that the server refuses again as long as one more of them runs. */
const runEach = async (engine: Engine, session: Session, statements: readonly Statement[]): Promise<BaselineRun> => {
  const better = new Map<Statement, Statement>()
  let left = statements
  for (;;) {
    const refused = new Map<Statement, PostgresRefusal>()
    for (const statement of left) {
      const run = await runMended(engine, session, statement)
      if (run instanceof PostgresRefusal) refused.set(statement, run)
      else if (run !== statement) better.set(statement, run)
    }
    if (refused.size === 0 || refused.size === left.length) return { refused, mended: better }
    left = [...refused.keys()]
  }
}

/** Makes what a database had before its first migration: `held` in one round trip where all of it runs, and of `doubtful` whatever runs. */
export const runBaseline = async (engine: Engine, session: Session, held: readonly Statement[], doubtful: readonly Statement[]): Promise<BaselineRun> => {
  try {
    if (held.length > 0) await session.script(['BEGIN', ...held.map(({ text }) => engine.adapt(text)), 'COMMIT'].join(';\n'))
    return await runEach(engine, session, doubtful)
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    await session.script('ROLLBACK')
    return await runEach(engine, session, [...held, ...doubtful])
  }
}
