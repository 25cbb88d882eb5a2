/** What a run is given, and what it tells: migrations that are applied, or taken back. */
import { ledgerTable } from '../../drizzle/ledger.ts'
import type { Ledger, LedgerName, Migration } from '../../model/history.ts'
import type { Row, Session } from '../../model/session.ts'
import type { Statement } from '../../model/statement.ts'
import type { Direction, Unfinished } from './progress.ts'
import type { Blocker, Pace, Watch } from './watch.ts'

export type Limits = {
  /** Milliseconds that a transaction may wait for locks, all in all. */
  readonly lockTimeout: number
  /** Milliseconds for one statement; undefined leaves the server's own setting. */
  readonly statementTimeout?: number
  /** How often a segment is tried again that could not get its locks. */
  readonly retries: number
}

export type RanStatement = { readonly statement: Statement; readonly milliseconds: number; readonly waited: number }

/** Their own work, and what they waited for. */
export const timeOf = (statements: readonly RanStatement[]): number => statements.reduce((sum, { milliseconds }) => sum + milliseconds, 0)

/** A migration that is applied now, or taken back. */
export type Finished = {
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

export type Outcome = {
  readonly finished: readonly Finished[]
  readonly retries: readonly Retry[]
  readonly failure?: Failure
  /** Why something could not be noted beside the ledger. */
  readonly unrecorded?: string
}

export type Event =
  | { readonly type: 'statement'; readonly migration: Migration; readonly statement: Statement }
  | { readonly type: 'retry'; readonly retry: Retry; readonly pause: number }
  | { readonly type: 'finished'; readonly migration: Migration }

export const nothingRun: Outcome = { finished: [], retries: [] }

/** What two runs have done, one behind the other. */
export const joined = (first: Outcome, { finished, retries, ...end }: Outcome): Outcome => ({
  ...(first.unrecorded === undefined ? {} : { unrecorded: first.unrecorded }),
  ...end,
  finished: [...first.finished, ...finished],
  retries: [...first.retries, ...retries],
})

/** The ledger is no longer as it was planned on: another migrator has written to it. */
export class LedgerMoved extends Error {
  /** What was done before. */
  readonly outcome: Outcome

  constructor(outcome: Outcome = nothingRun) {
    super('The ledger is no longer as it was.')
    this.outcome = outcome
  }
}

/** The rows that the ledger is planned on. */
export type LedgerMark = { readonly rows: number; readonly last: number }

export const markIn = ({ rows }: Ledger): LedgerMark => ({ rows: rows.length, last: Math.max(0, ...rows.map(({ id }) => id)) })

export const markSql = (ledger: LedgerName): string => `SELECT count(*)::int AS rows, coalesce(max(id), 0)::int AS last FROM ${ledgerTable(ledger)}`

export const markOf = ([row]: readonly Row[]): LedgerMark => ({ rows: Number(row?.rows), last: Number(row?.last) })

export type Running = {
  readonly session: Session
  readonly watch: Watch | undefined
  readonly ledger: LedgerName
  readonly direction: Direction
  /** What the ledger learns when a migration is applied, or taken back: written in the transaction of its last statement. */
  readonly record: (migration: Migration) => readonly string[]
  readonly mark: LedgerMark
  /** Whether the user may lock the ledger against other migrators. */
  readonly locksLedger: boolean
  readonly limits: Limits
  readonly pace: Pace
  readonly signal: AbortSignal
  /** What earlier runs have begun in this direction. */
  readonly unfinished: readonly Unfinished[]
  /** The text that is run, where it is not the migration's own: kept with the progress, so that the next run goes on with this one. */
  readonly textOf?: (migration: Migration) => string | undefined
  /** What is done where nobody can tell whether a statement has run. */
  readonly undecided: 'stop' | 'again' | 'done'
  readonly told: (event: Event) => void
  /** What is noted beside the ledger's row, in the same transaction, where that is not refused. */
  readonly besides?: (migration: Migration) => readonly string[]
}
