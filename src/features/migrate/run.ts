/** Runs migrations in an environment, or takes them back: each segment in its transaction, with what the ledger learns in it; what fails, waits too long or is killed leaves nothing that the next run does not finish. */
import type { Migration } from '../../model/history.ts'
import type { Statement } from '../../model/statement.ts'
import { flag } from '../../sql/tree.ts'
import { attempt } from './attempt.ts'
import { type Failed, failedBy, noWait, StatementFailed } from './failed.ts'
import { LoneStatement } from './lone.ts'
import { type Failure, LedgerMoved, type Outcome, type Retry, type Running } from './running.ts'
import type { Act, Run, Segment } from './segments.ts'
import { Tally } from './tally.ts'
import { Transactions } from './transactions.ts'

const firstPause = 250
const longestPause = 15_000
const pauseBefore = (attempted: number): number => Math.min(longestPause, firstPause * 2 ** (attempted - 1))

/** A setting that stays with the session: what a resumed migration has set before. */
const setsSession = ({ node, tree }: Statement): boolean => node === 'VariableSetStmt' && !flag(tree, 'is_local')

class SegmentsRun {
  readonly #of: Running
  readonly #transactions: Transactions
  readonly #tally: Tally
  readonly #retries: Retry[] = []

  constructor(of: Running) {
    this.#of = of
    this.#transactions = new Transactions(of)
    this.#tally = new Tally(of)
  }

  async run(segments: readonly Segment[]): Promise<Outcome> {
    try {
      for (const segment of segments) {
        const failure = segment.type === 'alone' ? await this.#alone(segment.act) : await this.#transaction(segment.acts)
        if (failure) return { ...this.#outcome(), failure }
      }
      return this.#outcome()
    } catch (error) {
      throw error instanceof LedgerMoved ? new LedgerMoved(this.#outcome()) : error
    }
  }

  #outcome(): Outcome {
    const { finished, unrecorded } = this.#tally
    return { finished, retries: this.#retries, ...(unrecorded === undefined ? {} : { unrecorded }) }
  }

  #failure(migration: Migration, failed: Failed): Failure {
    const at = failed.migration ?? migration
    return { ...failed, migration: at, done: this.#tally.done(at) }
  }

  /** A transaction, tried again while others hold its locks. */
  async #transaction(all: readonly Act[]): Promise<Failure | undefined> {
    const acts = all.filter((act) => act.type !== 'run' || !this.#tally.isDone(act))
    const resumed = all.flatMap((act) => (act.type === 'run' && this.#tally.isDone(act) && setsSession(act.step.statement) ? [act.step.statement.text] : []))
    for (const sql of resumed) await this.#of.session.script(sql)
    const migration = acts[0]?.migration
    if (migration === undefined) return undefined
    return this.#retrying(migration, () => attempt(this.#of, this.#transactions, this.#tally, acts))
  }

  async #alone(act: Run): Promise<Failure | undefined> {
    if (this.#tally.isDone(act)) return undefined
    const statement = new LoneStatement(this.#of, this.#transactions, this.#tally, act)
    const objection = await statement.objection()
    return objection ? this.#failure(act.migration, objection) : this.#retrying(act.migration, () => statement.attempt())
  }

  async #retrying(migration: Migration, once: () => Promise<void>): Promise<Failure | undefined> {
    const { limits, pace, told, signal } = this.#of
    for (let tried = 1; ; tried++) {
      const start = pace.now()
      try {
        await once()
        return undefined
      } catch (error) {
        if (error instanceof LedgerMoved) throw error
        const failed = error instanceof StatementFailed ? error.failed : failedBy(error, {}, noWait, signal.aborted)
        if (failed.why !== 'locked' || tried > limits.retries) return this.#failure(migration, failed)
        const retry = { migration: failed.migration ?? migration, attempt: tried, milliseconds: pace.now() - start, blockers: failed.blockers }
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
}

/** Runs segments in their order until one fails. Throws `LedgerMoved` where another migrator has written the ledger meanwhile: nothing of the segment is left then. */
export const runSegments = (running: Running, segments: readonly Segment[]): Promise<Outcome> => new SegmentsRun(running).run(segments)
