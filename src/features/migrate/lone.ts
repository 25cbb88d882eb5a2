/** A statement that stands in no transaction: said before it is sent, and after it is done, so that whoever comes next knows. */
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Migration } from '../../model/history.ts'
import type { Statement } from '../../model/statement.ts'
import { becameOf, type Facts, factsBefore, invalidIndex, type Verdict } from './alone.ts'
import { type Failed, StatementFailed } from './failed.ts'
import { progressSql } from './progress.ts'
import { LedgerMoved, type Running } from './running.ts'
import type { Run } from './segments.ts'
import { send } from './send.ts'
import type { Tally } from './tally.ts'
import type { Transactions } from './transactions.ts'

/** They wait in a mode that no reader or writer waits behind. */
const waitsForNobody = ({ node, text: sql }: Statement): boolean =>
  node === 'IndexStmt' || node === 'DropStmt' || (node === 'ReindexStmt' && /\bCONCURRENTLY\b/i.test(sql))

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
  help: 'Look at what it does, then run this again with --undecided again or --undecided done.',
  why: 'undecided',
  blockers: [],
})

export class LoneStatement {
  readonly #of: Running
  readonly #transactions: Transactions
  readonly #tally: Tally
  readonly #act: Run
  /** It has been sent, and nobody has heard of its end; what was there before it. */
  #sent: Facts | undefined

  constructor(of: Running, transactions: Transactions, tally: Tally, act: Run) {
    this.#of = of
    this.#transactions = transactions
    this.#tally = tally
    this.#act = act
    const begun = tally.begun(act.migration)
    this.#sent = begun?.statements === act.step.statement.index ? begun.sent : undefined
  }

  get #statement(): Statement {
    return this.#act.step.statement
  }

  get #migration(): Migration {
    return this.#act.migration
  }

  /** Says in a transaction of its own how far the migration has come. */
  async #progress(statements: number, sent?: Facts): Promise<void> {
    await this.#transactions.within(async () => [progressSql(this.#of, this.#migration, statements, sent)])
    this.#tally.reached(this.#migration, statements)
  }

  /** Why it must not be sent; asked once, before the first try. */
  async objection(): Promise<Failed | undefined> {
    const invalid = this.#sent === undefined ? await invalidIndex(this.#of.session, this.#statement) : undefined
    return invalid === undefined ? undefined : invalidFailure(this.#statement, invalid)
  }

  /** One try. Throws `StatementFailed`, `LedgerMoved`, and what the server says to the rest. */
  async attempt(): Promise<void> {
    const { session } = this.#of
    const decided = this.#sent && this.#decided(await becameOf(session, this.#statement, this.#sent))
    if (decided?.state === 'done') return this.#progress(this.#statement.index + 1)
    for (const first of decided?.first ?? []) await session.script(first)
    const facts = await factsBefore(session, this.#statement)
    await this.#progress(this.#statement.index, facts)
    this.#sent = facts
    await this.#send(decided?.instead ?? this.#statement.text, facts)
  }

  #decided(became: Verdict): Exclude<Verdict, { readonly state: 'ask' }> {
    if (became.state !== 'ask') return became
    const { undecided } = this.#of
    if (undecided === 'stop') throw new StatementFailed(undecidedFailure(this.#statement))
    return undecided === 'again' ? { state: 'again', first: [] } : { state: 'done' }
  }

  async #send(sql: string, facts: Facts): Promise<void> {
    const { session, limits, signal } = this.#of
    const [before] = await session.query("SELECT current_setting('lock_timeout') AS timeout")
    await session.query("SELECT set_config('lock_timeout', $1, false)", [waitsForNobody(this.#statement) ? '0' : `${limits.lockTimeout}ms`])
    try {
      const ran = await send(this.#of, this.#act, sql)
      await this.#progress(this.#statement.index + 1)
      this.#tally.ran(this.#migration, [ran])
    } catch (error) {
      if (error instanceof StatementFailed && error.failed.why !== 'lost' && !signal.aborted) await this.#clean(facts)
      throw error
    } finally {
      await session.query("SELECT set_config('lock_timeout', $1, false)", [String(before?.timeout ?? '0')]).catch(() => undefined)
    }
  }

  /** What a statement that was refused has left behind is taken away at once; where that cannot be done, the next run does it. */
  async #clean(facts: Facts): Promise<void> {
    const { session } = this.#of
    try {
      const became = await becameOf(session, this.#statement, facts)
      if (became.state !== 'again' || became.instead !== undefined) return
      for (const first of became.first) await session.script(first)
      await this.#progress(this.#statement.index)
    } catch (error) {
      if (!isExpected(error)) throw error
    }
  }
}

const isExpected = (error: unknown): boolean =>
  error instanceof PostgresRefusal || error instanceof ToolError || error instanceof StatementFailed || error instanceof LedgerMoved
