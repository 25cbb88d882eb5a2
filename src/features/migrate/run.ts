/** Runs pending migrations in an environment: each segment in its transaction, with the ledger's row in it; what fails, waits too long or is killed leaves nothing that the next run does not finish. */
import { ledgerRowSql, ledgerTable } from '../../drizzle/ledger-write.ts'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Layout, LedgerName, Migration } from '../../model/history.ts'
import type { Row, Session } from '../../model/session.ts'
import type { Statement } from '../../model/statement.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { flag, text } from '../../sql/tree.ts'
import { becameOf, type Facts, factsBefore, invalidIndex, type Verdict } from './alone.ts'
import { doneSql, progressSql, type Unfinished } from './progress.ts'
import type { Act, Run, Segment } from './segments.ts'
import { type Blocker, type Pace, type Waited, type Watch, watched } from './watch.ts'

export type Limits = {
  /** Milliseconds that a transaction may wait for locks, all in all. */
  readonly lockTimeout: number
  /** Milliseconds for one statement; undefined leaves the server's own setting. */
  readonly statementTimeout?: number
  /** How often a segment is tried again that could not get its locks. */
  readonly retries: number
}

export type RanStatement = { readonly statement: Statement; readonly milliseconds: number; readonly waited: number }

export type Applied = {
  readonly migration: Migration
  readonly milliseconds: number
  readonly statements: readonly RanStatement[]
  /** An earlier run had begun it. */
  readonly resumed: boolean
}

export type Retry = { readonly migration: Migration; readonly attempt: number; readonly milliseconds: number; readonly blockers: readonly Blocker[] }

export type Failure = {
  readonly migration: Migration
  /** Absent where it was not a statement of the migration. */
  readonly statement?: Statement
  readonly message: string
  readonly sqlstate?: string
  readonly position?: number
  readonly help?: string
  readonly why: 'refused' | 'locked' | 'stopped' | 'lost' | 'undecided'
  readonly blockers: readonly Blocker[]
  /** Statements of the migration that are done all the same, because they could not stand in its transaction. */
  readonly done: number
}

export type Outcome = { readonly applied: readonly Applied[]; readonly retries: readonly Retry[]; readonly failure?: Failure }

export type Event =
  | { readonly type: 'statement'; readonly migration: Migration; readonly statement: Statement }
  | { readonly type: 'retry'; readonly retry: Retry; readonly pause: number }
  | { readonly type: 'applied'; readonly migration: Migration }

/** The ledger is no longer as it was planned on: another migrator has written to it. */
export class LedgerMoved extends Error {}

/** The rows that the ledger is planned on. */
export type LedgerMark = { readonly rows: number; readonly last: number }

const markSql = (ledger: LedgerName): string => `SELECT count(*)::int AS rows, coalesce(max(id), 0)::int AS last FROM ${ledgerTable(ledger)}`

const markOf = ([row]: readonly Row[]): LedgerMark => ({ rows: Number(row?.rows), last: Number(row?.last) })

export type Running = {
  readonly session: Session
  readonly watch: Watch | undefined
  readonly ledger: LedgerName
  /** Of the ledger's table, and of the folder. */
  readonly layouts: { readonly ledger: Layout; readonly folder: Layout }
  readonly mark: LedgerMark
  /** Whether the user may lock the ledger against other migrators. */
  readonly locksLedger: boolean
  readonly limits: Limits
  readonly pace: Pace
  readonly signal: AbortSignal
  readonly unfinished: readonly Unfinished[]
  /** What is done where nobody can tell whether a statement has run. */
  readonly undecided: 'stop' | 'again' | 'done'
  readonly told: (event: Event) => void
  /** What is written beside the ledger's row, in the same transaction. */
  readonly besides?: (migration: Migration) => readonly string[]
}

/** Somebody else held what was waited for: it is worth another try. */
const isLocked = ({ sqlstate }: PostgresRefusal): boolean => sqlstate === '55P03' || sqlstate === '40P01'

const firstPause = 250
const longestPause = 15_000
const pauseBefore = (attempt: number): number => Math.min(longestPause, firstPause * 2 ** (attempt - 1))

const milliseconds = (value: number): string => quoteLiteral(`${Math.max(1, Math.round(value))}ms`)

const setsLockTimeout = ({ node, tree }: Statement): boolean => node === 'VariableSetStmt' && text(tree, 'name') === 'lock_timeout'

/** A setting that stays with the session: what a resumed migration has set before. */
const setsSession = ({ node, tree }: Statement): boolean => node === 'VariableSetStmt' && !flag(tree, 'is_local')

/** They wait in a mode that no reader or writer waits behind. */
const waitsForNobody = ({ node, text: sql }: Statement): boolean =>
  node === 'IndexStmt' || node === 'DropStmt' || (node === 'ReindexStmt' && /\bCONCURRENTLY\b/i.test(sql))

type Failed = Omit<Failure, 'done' | 'migration'>

const failedBy = (error: unknown, statement: Statement | undefined, waited: Waited, stopped: boolean): Failed => {
  const at = statement === undefined ? {} : { statement }
  if (stopped && (error instanceof PostgresRefusal || error instanceof ToolError))
    return { ...at, message: 'The run was stopped', help: 'Run migrate again: it goes on from there.', why: 'stopped', blockers: waited.blockers }
  if (error instanceof PostgresRefusal)
    return {
      ...at,
      message: error.message,
      sqlstate: error.sqlstate,
      ...(error.position === undefined ? {} : { position: error.position }),
      ...(error.hint === undefined ? {} : { help: error.hint }),
      why: isLocked(error) ? 'locked' : 'refused',
      blockers: waited.blockers,
    }
  if (error instanceof ToolError) return { ...at, message: error.message, ...(error.help === undefined ? {} : { help: error.help }), why: 'lost', blockers: [] }
  throw error
}

/** Thrown inside of an attempt: the statement that failed, and what is known of it. */
class StatementFailed extends Error {
  readonly failed: Failed
  constructor(failed: Failed) {
    super(failed.message)
    this.failed = failed
  }
}

const invalidFailure = (statement: Statement, index: string): Failed => ({
  statement,
  message: `There is an index ${index} already, and it is not valid: somebody is building it, or a build has failed`,
  help: `If nobody is building it: DROP INDEX CONCURRENTLY ${index}; then run this again.`,
  why: 'refused',
  blockers: [],
})

const undecidedFailure = (statement: Statement): Failed => ({
  statement,
  message: 'An earlier run ended while this statement ran outside of a transaction, and nothing tells whether it is done',
  help: 'Look at what it does, then run migrate with --undecided again or --undecided done.',
  why: 'undecided',
  blockers: [],
})

const noWait: Waited = { milliseconds: 0, blockers: [] }

class MigrationRun {
  readonly #of: Running
  #mark: LedgerMark
  readonly #applied: Applied[] = []
  readonly #retries: Retry[] = []
  /** What of the current migration has run, and is committed. */
  readonly #ran = new Map<Migration, RanStatement[]>()
  readonly #done = new Map<Migration, number>()
  #ownTimeout = false

  constructor(of: Running) {
    this.#of = of
    this.#mark = of.mark
  }

  async run(segments: readonly Segment[]): Promise<Outcome> {
    for (const segment of segments) {
      const failed = segment.type === 'alone' ? await this.#alone(segment.act) : await this.#transaction(segment.acts)
      if (failed) return this.#outcome(failed)
    }
    return this.#outcome(undefined)
  }

  #outcome(failure: Failure | undefined): Outcome {
    return { applied: this.#applied, retries: this.#retries, ...(failure ? { failure } : {}) }
  }

  #unfinished(migration: Migration): Unfinished | undefined {
    return this.#of.unfinished.find(({ tag }) => tag === migration.tag)
  }

  #isDone({ migration, step }: Run): boolean {
    const begun = this.#unfinished(migration)
    return begun !== undefined && step.statement.index < begun.statements
  }

  #failure(migration: Migration, failed: Failed): Failure {
    return { ...failed, migration, done: this.#done.get(migration) ?? this.#unfinished(migration)?.statements ?? 0 }
  }

  /** A transaction, tried again while others hold its locks. */
  async #transaction(all: readonly Act[]): Promise<Failure | undefined> {
    const acts = all.filter((act) => act.type === 'record' || !this.#isDone(act))
    const resumed = all.flatMap((act) => (act.type === 'run' && this.#isDone(act) && setsSession(act.step.statement) ? [act.step.statement.text] : []))
    for (const sql of resumed) await this.#of.session.script(sql)
    const migration = acts[0]?.migration
    if (migration === undefined) return undefined
    return this.#retrying(migration, () => this.#attempt(acts))
  }

  async #retrying(migration: Migration, attempt: () => Promise<void>): Promise<Failure | undefined> {
    const { limits, pace, told, signal } = this.#of
    for (let tried = 1; ; tried++) {
      const start = pace.now()
      try {
        await attempt()
        return undefined
      } catch (error) {
        if (error instanceof LedgerMoved) throw error
        const failed = error instanceof StatementFailed ? error.failed : failedBy(error, undefined, noWait, signal.aborted)
        if (failed.why !== 'locked' || tried > limits.retries) return this.#failure(migration, failed)
        const retry = { migration, attempt: tried, milliseconds: pace.now() - start, blockers: failed.blockers }
        this.#retries.push(retry)
        const pause = pauseBefore(tried)
        told({ type: 'retry', retry, pause })
        try {
          await pace.wait(pause)
        } catch {
          return this.#failure(migration, { ...failed, why: 'stopped' })
        }
      }
    }
  }

  /** Begins; nobody else writes the ledger from here on, and nobody has since the plan was made. */
  async #begin(): Promise<void> {
    const { session, ledger, locksLedger, limits, watch, pace, signal } = this.#of
    const sql = [
      'BEGIN',
      `SET LOCAL lock_timeout = ${milliseconds(limits.lockTimeout)}`,
      ...(limits.statementTimeout === undefined ? [] : [`SET LOCAL statement_timeout = ${milliseconds(limits.statementTimeout)}`]),
      ...(locksLedger ? [`LOCK TABLE ${ledgerTable(ledger)} IN SHARE ROW EXCLUSIVE MODE`] : []),
      markSql(ledger),
    ].join(';\n')
    const { result, waited } = await watched(watch, pace, () => session.script(sql))
    if (result.status === 'rejected') throw new StatementFailed(failedBy(result.reason, undefined, waited, signal.aborted))
    const now = markOf(result.value)
    if (now.rows !== this.#mark.rows || now.last !== this.#mark.last) throw new LedgerMoved()
  }

  async #attempt(acts: readonly Act[]): Promise<void> {
    const { session } = this.#of
    const ran = new Map<Migration, RanStatement[]>()
    const recorded: Migration[] = []
    this.#ownTimeout = false
    try {
      await this.#begin()
      await this.#acts(acts, ran, recorded)
      const last = acts.at(-1)
      const far = last?.type === 'run' ? [progressSql(this.#of.ledger, last.migration, last.step.statement.index + 1)] : []
      const results = await session.results([...far, markSql(this.#of.ledger), 'COMMIT'].join(';\n'))
      this.#mark = markOf(results.at(-2) ?? [])
      this.#keep(ran, recorded, last)
    } catch (error) {
      await session.script('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  async #acts(acts: readonly Act[], ran: Map<Migration, RanStatement[]>, recorded: Migration[]): Promise<void> {
    let left = this.#of.limits.lockTimeout
    for (const act of acts) {
      if (act.type === 'record') {
        await this.#record(act.migration)
        recorded.push(act.migration)
        continue
      }
      const { waited, ...done } = await this.#send(act, act.step.statement.text)
      ran.set(act.migration, [...(ran.get(act.migration) ?? []), { ...done, waited }])
      // What one statement has waited for, the transaction's other locks have been held for: all of it counts once.
      if (waited > 0 && !this.#ownTimeout) {
        left -= waited
        await this.#of.session.script(`SET LOCAL lock_timeout = ${milliseconds(left)}`)
      }
    }
  }

  async #send({ migration, step }: Run, sql: string): Promise<RanStatement> {
    const { session, watch, pace, signal, told } = this.#of
    const { statement } = step
    if (signal.aborted) throw new StatementFailed({ statement, message: 'The run was stopped', why: 'stopped', blockers: [] })
    told({ type: 'statement', migration, statement })
    const start = pace.now()
    const { result, waited } = await watched(watch, pace, () => session.script(sql))
    if (result.status === 'rejected') throw new StatementFailed(failedBy(result.reason, statement, waited, signal.aborted))
    if (setsLockTimeout(statement)) this.#ownTimeout = true
    return { statement, milliseconds: pace.now() - start, waited: waited.milliseconds }
  }

  async #record(migration: Migration): Promise<void> {
    const { session, ledger, layouts, besides } = this.#of
    const begun = this.#done.has(migration) || this.#unfinished(migration) !== undefined
    await session.script(
      [
        ledgerRowSql(ledger, layouts.ledger, layouts.folder, migration),
        ...(begun ? [doneSql(ledger, migration)] : []),
        ...(besides?.(migration) ?? []),
        `SELECT pg_catalog.pg_notify('pgstrata', ${quoteLiteral(JSON.stringify({ applied: migration.tag, hash: migration.hash }))})`,
      ].join(';\n'),
    )
  }

  #keep(ran: ReadonlyMap<Migration, readonly RanStatement[]>, recorded: readonly Migration[], last: Act | undefined): void {
    for (const [migration, statements] of ran) this.#ran.set(migration, [...(this.#ran.get(migration) ?? []), ...statements])
    if (last?.type === 'run') this.#done.set(last.migration, last.step.statement.index + 1)
    for (const migration of recorded) {
      const statements = this.#ran.get(migration) ?? []
      const spent = statements.reduce((sum, each) => sum + each.milliseconds, 0)
      this.#applied.push({ migration, milliseconds: spent, statements, resumed: this.#unfinished(migration) !== undefined })
      this.#of.told({ type: 'applied', migration })
    }
  }

  /** Says in a transaction of its own how far a migration has come. */
  async #progress(migration: Migration, statements: number, sent?: Facts): Promise<void> {
    const { session, ledger } = this.#of
    try {
      await this.#begin()
      await session.script(`${progressSql(ledger, migration, statements, sent)};\nCOMMIT`)
      this.#done.set(migration, statements)
    } catch (error) {
      await session.script('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  /** A statement outside of any transaction: said before it is sent, and after it is done. */
  async #alone(act: Run): Promise<Failure | undefined> {
    if (this.#isDone(act)) return undefined
    const { session } = this.#of
    const { migration, step } = act
    const { statement } = step
    const begun = this.#unfinished(migration)
    let sent = begun?.statements === statement.index ? begun.sent : undefined
    const invalid = sent === undefined ? await invalidIndex(session, statement) : undefined
    if (invalid !== undefined) return this.#failure(migration, invalidFailure(statement, invalid))
    return this.#retrying(migration, async () => {
      const decided = sent && this.#decided(statement, await becameOf(session, statement, sent))
      if (decided?.state === 'done') return this.#progress(migration, statement.index + 1)
      for (const first of decided?.first ?? []) await session.script(first)
      const facts = await factsBefore(session, statement)
      await this.#progress(migration, statement.index, facts)
      sent = facts
      await this.#sendAlone(act, decided?.instead ?? statement.text, facts)
    })
  }

  #decided(statement: Statement, became: Verdict): Exclude<Verdict, { readonly state: 'ask' }> {
    if (became.state !== 'ask') return became
    const { undecided } = this.#of
    if (undecided === 'stop') throw new StatementFailed(undecidedFailure(statement))
    return undecided === 'again' ? { state: 'again', first: [] } : { state: 'done' }
  }

  async #sendAlone(act: Run, sql: string, facts: Facts): Promise<void> {
    const { session, limits, signal } = this.#of
    const { migration, step } = act
    const { statement } = step
    const [before] = await session.query("SELECT current_setting('lock_timeout') AS timeout")
    await session.query("SELECT set_config('lock_timeout', $1, false)", [waitsForNobody(statement) ? '0' : `${limits.lockTimeout}ms`])
    try {
      const ran = await this.#send(act, sql)
      await this.#progress(migration, statement.index + 1)
      this.#ran.set(migration, [...(this.#ran.get(migration) ?? []), ran])
    } catch (error) {
      if (error instanceof StatementFailed && error.failed.why !== 'lost' && !signal.aborted) await this.#clean(migration, statement, facts)
      throw error
    } finally {
      await session.query("SELECT set_config('lock_timeout', $1, false)", [String(before?.timeout ?? '0')]).catch(() => undefined)
    }
  }

  /** What a statement that was refused has left behind is taken away at once; where that cannot be done, the next run does it. */
  async #clean(migration: Migration, statement: Statement, facts: Facts): Promise<void> {
    const { session } = this.#of
    try {
      const became = await becameOf(session, statement, facts)
      if (became.state !== 'again' || became.instead !== undefined) return
      for (const first of became.first) await session.script(first)
      await this.#progress(migration, statement.index)
    } catch (error) {
      if (!(error instanceof PostgresRefusal) && !(error instanceof ToolError) && !(error instanceof LedgerMoved)) throw error
    }
  }
}

/** Runs segments in their order until one fails. Throws `LedgerMoved` where another migrator has written the ledger meanwhile: nothing of the segment is left then. */
export const runSegments = (running: Running, segments: readonly Segment[]): Promise<Outcome> => new MigrationRun(running).run(segments)
