/** Law 4: after a migration and its rollback, PostgreSQL has the catalog from before. One database walks through the history; each rollback is tried and taken back. */

import type { Baseline } from '../../changes/baseline.ts'
import type { Replay } from '../../changes/replay.ts'
import { type Ground, prepare, withBaseline } from '../../changes/run-start.ts'
import { chunksOf, fitsTransaction, freshSql, ledgerSql, type RunFailure, runMigration } from '../../drizzle/run.ts'
import type { Engine } from '../../model/engine.ts'
import { PostgresRefusal } from '../../model/error.ts'
import type { LedgerName } from '../../model/history.ts'
import { differences, type PrintedCatalog, type PrintedDifference } from '../../model/printed.ts'
import type { Session } from '../../model/session.ts'
import type { Script } from '../../model/statement.ts'
import type { RollbackSql } from './script.ts'

/** How the catalog after the rollback compares with the one from before the migration. */
export type SchemaProof =
  | { readonly state: 'exact' }
  /** Columns stand in another order, and nothing else differs. */
  | { readonly state: 'order-only'; readonly columns: readonly string[] }
  | { readonly state: 'differs'; readonly differences: readonly PrintedDifference[] }
  | { readonly state: 'refused'; readonly sql: string; readonly why: string }
  | { readonly state: 'not-run'; readonly why: string }

export type ProofPlan = Ground & {
  readonly scripts: readonly Script[]
  readonly replayed: Replay
  readonly ledger: LedgerName
  readonly baseline?: Baseline
  /** The statements that roll one migration back. */
  rollback(migration: number): RollbackSql
}

export type Proofs = {
  /** By position of the migration; those behind one that does not run are not there. */
  readonly proofs: readonly SchemaProof[]
  /** The history itself does not run. */
  readonly failure?: RunFailure
}

const withoutPosition = (value: PrintedDifference['from']): string => {
  const { position: _position, ...rest } = value ?? {}
  return JSON.stringify(rest)
}

const isOrder = ({ kind, from, to }: PrintedDifference): boolean =>
  kind === 'column' && from !== undefined && to !== undefined && withoutPosition(from) === withoutPosition(to)

const compared = (before: PrintedCatalog, restored: PrintedCatalog): SchemaProof => {
  const found = differences(before, restored)
  if (found.length === 0) return { state: 'exact' }
  return found.every(isOrder) ? { state: 'order-only', columns: found.map(({ identity }) => identity) } : { state: 'differs', differences: found }
}

/** Runs the statements in the open transaction; the first that the server refuses. */
const firstRefused = async (session: Session, statements: readonly string[]): Promise<SchemaProof | undefined> => {
  for (const sql of statements) {
    try {
      await session.script(sql)
    } catch (error) {
      if (!(error instanceof PostgresRefusal)) throw error
      return { state: 'refused', sql, why: `${error.message} (SQLSTATE ${error.sqlstate})` }
    }
  }
  return undefined
}

const adapted = (engine: Engine, { inside, afterwards }: RollbackSql): RollbackSql => ({
  inside: inside.map((sql) => engine.adapt(sql)),
  afterwards: afterwards.map((sql) => engine.adapt(sql)),
})

/** A migration and the statements of its rollback. */
type Attempt = { readonly script: Script; readonly rollback: RollbackSql }

/** The database that walks through the history. */
class Walk implements AsyncDisposable {
  readonly #engine: Engine
  readonly #ledger: LedgerName
  readonly #database: string
  #session: Session

  private constructor(engine: Engine, ledger: LedgerName, database: string, session: Session) {
    this.#engine = engine
    this.#ledger = ledger
    this.#database = database
    this.#session = session
  }

  static async start(engine: Engine, ledger: LedgerName): Promise<Walk> {
    const database = await engine.createDatabase()
    return new Walk(engine, ledger, database, await engine.session(database))
  }

  get session(): Session {
    return this.#session
  }

  fingerprint(inTransaction: boolean): Promise<string> {
    return this.#engine.fingerprint(this.#session, { inTransaction, exclude: [this.#ledger] })
  }

  /** Runs the migration, tries the rollback and takes only that back. `before`: the fingerprint from before the migration. Throws what the migration throws. */
  async step(attempt: Attempt, before: string): Promise<SchemaProof> {
    return fitsTransaction(attempt.script) && attempt.rollback.afterwards.length === 0 ? this.#inside(attempt, before) : this.#beside(attempt)
  }

  async #inside(attempt: Attempt, before: string): Promise<SchemaProof> {
    try {
      await this.#open(attempt)
      const refused = await firstRefused(this.#session, attempt.rollback.inside)
      const proof = refused ?? ((await this.fingerprint(true)) === before ? ({ state: 'exact' } as const) : await this.#compared(attempt))
      await this.#session.script('ROLLBACK TO rollback; COMMIT')
      return proof
    } catch (error) {
      await this.#session.script('ROLLBACK')
      throw error
    }
  }

  /** The migration has run in a transaction that stays open. */
  async #open({ script }: Attempt): Promise<void> {
    await this.#session.script(['BEGIN', ...chunksOf(this.#engine, script), ...freshSql, 'SAVEPOINT rollback'].join('\n;\n'))
  }

  /** What differs: nobody had printed the catalog from before. */
  async #compared(attempt: Attempt): Promise<SchemaProof> {
    await this.#session.script('ROLLBACK')
    const before = await this.#print(this.#session, false)
    await this.#open(attempt)
    await this.#session.script(attempt.rollback.inside.join(';\n'))
    return compared(before, await this.#print(this.#session, true))
  }

  #print(session: Session, inTransaction: boolean): Promise<PrintedCatalog> {
    return this.#engine.print(session, { inTransaction, exclude: [this.#ledger] })
  }

  /** A migration that leaves its transaction has run for good: its rollback is tried in a copy. */
  async #beside({ script, rollback }: Attempt): Promise<SchemaProof> {
    const before = await this.#print(this.#session, false)
    await runMigration(this.#engine, this.#session, script)
    await this.#session[Symbol.asyncDispose]()
    const copy = await this.#engine.createDatabase(this.#database)
    this.#session = await this.#engine.session(this.#database)
    try {
      await using session = await this.#engine.session(copy)
      const refused = await firstRefused(session, ['BEGIN', ...rollback.inside, 'COMMIT', ...rollback.afterwards])
      return refused ?? compared(before, await this.#print(session, false))
    } finally {
      await this.#engine.dropDatabase(copy)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#session[Symbol.asyncDispose]())
  }
}

/**
 * Runs the history in the engine and tries the rollback of each migration right behind it. Needs the engine for itself, as `agreement` does. Stops at a migration that the
 * server refuses.
 */
export const proveRollbacks = async (engine: Engine, plan: ProofPlan, progress: (done: number) => void = () => undefined): Promise<Proofs> => {
  await using walk = await Walk.start(engine, plan.ledger)
  await prepare(walk.session, plan)
  const { scripts } = await withBaseline(engine, walk.session, plan)
  await walk.session.script(ledgerSql(plan.ledger))
  const proofs: SchemaProof[] = []
  let before = await walk.fingerprint(false)
  for (const [migration, script] of scripts.entries()) {
    try {
      proofs.push(await walk.step({ script, rollback: adapted(engine, plan.rollback(migration)) }, before))
    } catch (error) {
      if (error instanceof PostgresRefusal) return { proofs, failure: { migration, refusal: error } }
      throw error
    }
    before = await walk.fingerprint(false)
    progress(migration + 1)
  }
  return { proofs }
}
