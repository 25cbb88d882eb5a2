/** A database that walks through a history: behind each migration its rollback is tried, and only that is taken back. */
import { chunksOf, fitsTransaction, freshSql, runMigration } from '../../drizzle/run.ts'
import type { Engine } from '../../model/engine.ts'
import { PostgresRefusal, refusalOf, refusalText } from '../../model/error.ts'
import type { LedgerName } from '../../model/history.ts'
import type { PrintedCatalog } from '../../model/printed.ts'
import type { Session } from '../../model/session.ts'
import type { Script } from '../../model/statement.ts'
import { compared, type RollbackProof, type SchemaProof } from './proof.ts'
import type { RollbackSql } from './rollback-sql.ts'
import { type PassName, passesOf, type RowsPass, type RowsPlan, type RowsTrial, tryRows } from './rows.ts'
import { fullSeeding, lesserSeedings, type Seeding } from './seeding.ts'

/** Runs the statements in the open transaction; the first that the server refuses. */
const firstRefused = async (session: Session, statements: readonly string[]): Promise<SchemaProof | undefined> => {
  for (const sql of statements) {
    const refusal = await refusalOf(() => session.script(sql))
    if (refusal) return { state: 'refused', sql, why: refusalText(refusal) }
  }
  return undefined
}

/** The SQLSTATE of RAISE EXCEPTION. */
const raised = 'P0001'

/** Asks the guards; a table whose rows are in the way is emptied, and no trigger of it fires. What stopped it. */
const passGuards = async (session: Session, guards: RollbackSql['guards']): Promise<readonly string[]> => {
  const stopped: string[] = []
  for (const { what, table, sql } of guards) {
    try {
      await session.script(`SAVEPOINT guard; ${sql}; RELEASE guard`)
    } catch (error) {
      if (!(error instanceof PostgresRefusal) || error.sqlstate !== raised) throw error
      await session.script(`ROLLBACK TO guard; SET LOCAL session_replication_role = replica; DELETE FROM ${table}; SET LOCAL session_replication_role = origin`)
      stopped.push(what)
    }
  }
  return stopped
}

const told = (proof: SchemaProof, stopped: readonly string[]): SchemaProof => (stopped.length > 0 ? { ...proof, stopped } : proof)

/** Rows that the migration itself does not take, or that the server does not come to an end with. */
const isForFewer = (pass: RowsPass): boolean => pass.state === 'not-run' || (pass.state === 'up-refused' && pass.announced)

/** A migration and the statements of its rollback. */
type Attempt = { readonly script: Script; readonly rollback: RollbackSql; readonly rows: RowsPlan | undefined }

/** `own`: the migration's own text, where another one is tried. */
type Rewritten = Attempt & { readonly own: Script }

/** The database that walks through the history. */
export class Walk implements AsyncDisposable {
  readonly #engine: Engine
  readonly #ledger: LedgerName
  readonly #database: string
  #session: Session
  /** The fingerprint of the catalog as it stands; undefined after a migration that was only run. */
  #last: string | undefined

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

  /** Runs the migration, tries the rollback and takes only that back. Throws what the migration throws. */
  async step(attempt: Attempt): Promise<RollbackProof> {
    const inside = fitsTransaction(attempt.script) && attempt.rollback.afterwards.length === 0
    const rows = attempt.rows ? await this.#rows(attempt, attempt.rows, inside) : []
    return { rows, schema: await (inside ? this.#inside(attempt) : this.#beside(attempt)) }
  }

  async #rows({ script, rollback }: Attempt, plan: RowsPlan, inside: boolean): Promise<readonly RowsPass[]> {
    const passes: RowsPass[] = []
    for (const name of passesOf(plan)) {
      const over = (seeding: Seeding): Promise<RowsPass> => this.#pass({ engine: this.#engine, script, rollback, plan, seeding }, name, inside)
      const full = await over(fullSeeding)
      passes.push(isForFewer(full) ? await this.#lesser(full, plan, over) : full)
    }
    return passes
  }

  /** The first pass over fewer rows that the migration takes; else the one over all. */
  async #lesser(full: RowsPass, plan: RowsPlan, over: (seeding: Seeding) => Promise<RowsPass>): Promise<RowsPass> {
    const refused = plan.guards.up.map(({ table }) => table)
    for (const seeding of lesserSeedings(plan.before, plan.tables.before, refused)) {
      const pass = await over(seeding)
      if (!isForFewer(pass) && pass.state !== 'up-refused') return pass
    }
    return full
  }

  #pass(trial: Omit<RowsTrial, 'session'>, name: PassName, inside: boolean): Promise<RowsPass> {
    // A new label of an enum can be used only when its transaction is over (55P04).
    return inside && !trial.plan.addsLabels
      ? tryRows({ ...trial, session: this.#session }, name, true)
      : this.#inCopy((session) => tryRows({ ...trial, session }, name, false))
  }

  /** Tries another text of the migration with its rollback, takes both back and runs the migration's own. Throws what either throws. */
  async instead(attempt: Rewritten): Promise<RollbackProof> {
    const inside = fitsTransaction(attempt.script) && attempt.rollback.afterwards.length === 0
    const rows = attempt.rows ? await this.#rows(attempt, attempt.rows, inside) : []
    const schema = inside ? await this.#tried(attempt) : await this.#inCopy((session) => this.#whole(session, attempt))
    await this.run(attempt.own)
    return { rows, schema }
  }

  /** Another text of a migration, in a transaction of which nothing stays. */
  async #tried(attempt: Attempt): Promise<SchemaProof> {
    try {
      return await this.#attempted(attempt)
    } finally {
      await this.#session.script('ROLLBACK')
    }
  }

  async #whole(session: Session, { script, rollback }: Attempt): Promise<SchemaProof> {
    const before = await this.#print(session, false)
    await runMigration(this.#engine, session, script)
    return this.#back(session, before, rollback)
  }

  async #back(session: Session, before: PrintedCatalog, rollback: RollbackSql): Promise<SchemaProof> {
    await session.script('BEGIN')
    const stopped = await passGuards(session, rollback.guards)
    const refused = await firstRefused(session, [...rollback.inside, 'COMMIT', ...rollback.afterwards])
    return told(refused ?? compared(before, await this.#print(session, false)), stopped)
  }

  /** Runs the migration and tries nothing. */
  async run(script: Script): Promise<void> {
    this.#last = undefined
    await runMigration(this.#engine, this.#session, script)
  }

  /** The migration stays, and its rollback is taken back. */
  async #inside(attempt: Attempt): Promise<SchemaProof> {
    try {
      const proof = await this.#attempted(attempt)
      await this.#session.script('ROLLBACK TO rollback; COMMIT')
      this.#last = await this.fingerprint(false)
      return proof
    } catch (error) {
      await this.#session.script('ROLLBACK')
      throw error
    }
  }

  /** Migration and rollback in a transaction that stays open. */
  async #attempted(attempt: Attempt): Promise<SchemaProof> {
    const before = this.#last ?? (await this.fingerprint(false))
    await this.#open(attempt)
    const stopped = await passGuards(this.#session, attempt.rollback.guards)
    const refused = await firstRefused(this.#session, attempt.rollback.inside)
    return told(refused ?? ((await this.fingerprint(true)) === before ? { state: 'exact' } : await this.#compared(attempt)), stopped)
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
    await passGuards(this.#session, attempt.rollback.guards)
    await this.#session.script(attempt.rollback.inside.join(';\n'))
    return compared(before, await this.#print(this.#session, true))
  }

  #print(session: Session, inTransaction: boolean): Promise<PrintedCatalog> {
    return this.#engine.print(session, { inTransaction, exclude: [this.#ledger] })
  }

  /** A migration that leaves its transaction has run for good: its rollback is tried in a copy. */
  async #beside({ script, rollback }: Attempt): Promise<SchemaProof> {
    this.#last = undefined
    const before = await this.#print(this.#session, false)
    await runMigration(this.#engine, this.#session, script)
    return this.#inCopy((session) => this.#back(session, before, rollback))
  }

  /** A database is copied while nobody is connected to it. */
  async #inCopy<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await this.#session[Symbol.asyncDispose]()
    const copy = await this.#engine.createDatabase(this.#database)
    this.#session = await this.#engine.session(this.#database)
    try {
      await using session = await this.#engine.session(copy)
      return await work(session)
    } finally {
      await this.#engine.dropDatabase(copy)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#session[Symbol.asyncDispose]())
  }
}
