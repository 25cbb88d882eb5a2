/** Transactions in which nobody else writes the ledger, and nobody has since the plan was made. */
import { ledgerTable } from '../../drizzle/ledger.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { type LedgerMark, LedgerMoved, type Limits, markOf, markSql, type Running } from './running.ts'
import { sendSql } from './send.ts'

const milliseconds = (value: number): string => quoteLiteral(`${Math.max(1, Math.round(value))}ms`)

/** `left`: of the time-out, which is one for all locks of a transaction. */
export const lockTimeoutSql = (left: number): string => `SET LOCAL lock_timeout = ${milliseconds(left)}`

/** What holds for a transaction. */
export const limitsSql = ({ statementTimeout }: Limits, left: number): readonly string[] => [
  lockTimeoutSql(left),
  ...(statementTimeout === undefined ? [] : [`SET LOCAL statement_timeout = ${milliseconds(statementTimeout)}`]),
]

export class Transactions {
  readonly #of: Running
  #mark: LedgerMark

  constructor(of: Running) {
    this.#of = of
    this.#mark = of.mark
  }

  /** Does the work in one transaction, and with it what it answers: the statements that end it. Throws `LedgerMoved`, and what fails; nothing is left then. */
  async within(work: () => Promise<readonly string[]>): Promise<void> {
    const { session, ledger } = this.#of
    try {
      await this.#begin()
      const last = await work()
      const results = await session.results([...last, markSql(ledger), 'COMMIT'].join(';\n'))
      this.#mark = markOf(results.at(-2) ?? [])
    } catch (error) {
      await session.script('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  async #begin(): Promise<void> {
    const { ledger, locksLedger, limits } = this.#of
    const lock = locksLedger ? [`LOCK TABLE ${ledgerTable(ledger)} IN SHARE ROW EXCLUSIVE MODE`] : []
    const { rows } = await sendSql(this.#of, ['BEGIN', ...limitsSql(limits, limits.lockTimeout), ...lock, markSql(ledger)].join(';\n'))
    const now = markOf(rows)
    if (now.rows !== this.#mark.rows || now.last !== this.#mark.last) throw new LedgerMoved()
  }
}
