/** One try of a transaction: all its acts, or none of them. */
import type { Migration } from '../../model/history.ts'
import type { Statement } from '../../model/statement.ts'
import { text } from '../../sql/tree.ts'
import { noted } from './note.ts'
import { doneSql, progressSql } from './progress.ts'
import type { RanStatement, Running } from './running.ts'
import type { Act, Open } from './segments.ts'
import { send, sendSql } from './send.ts'
import type { Tally } from './tally.ts'
import { limitsSql, lockTimeoutSql, type Transactions } from './transactions.ts'

const setsLockTimeout = ({ node, tree }: Statement): boolean => node === 'VariableSetStmt' && text(tree, 'name') === 'lock_timeout'

class Attempt {
  readonly #of: Running
  readonly #tally: Tally
  readonly #ran: { readonly migration: Migration; readonly statement: RanStatement }[] = []
  readonly #recorded: Migration[] = []
  /** Why something could not be noted beside the ledger. */
  #unrecorded: string | undefined
  /** Milliseconds that it may still wait for locks. */
  #left: number
  /** The migration has said itself how long it waits. */
  #ownTimeout = false

  constructor(of: Running, tally: Tally) {
    this.#of = of
    this.#tally = tally
    this.#left = of.limits.lockTimeout
  }

  /** Answers what ends the transaction. */
  async all(acts: readonly Act[]): Promise<readonly string[]> {
    for (const act of acts) await this.#act(act)
    const last = acts.at(-1)
    return last?.type === 'run' ? [progressSql(this.#of, last.migration, last.step.statement.index + 1)] : []
  }

  async #act(act: Act): Promise<void> {
    if (act.type === 'open') return this.#open(act)
    if (act.type === 'record') return this.#record(act.migration)
    const statement = await send(this.#of, act, act.step.statement.text)
    this.#ran.push({ migration: act.migration, statement })
    if (setsLockTimeout(act.step.statement)) this.#ownTimeout = true
    await this.#waited(statement.waited)
  }

  /** What one statement has waited for, the transaction's other locks have been held for: all of it counts once. */
  async #waited(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return
    this.#left -= milliseconds
    if (!this.#ownTimeout) await this.#of.session.script(lockTimeoutSql(this.#left))
  }

  /** What the migration before it has set counts no longer: the run's limits hold for what is asked, each lock of it, and for what follows. */
  async #open({ migration, sql, asking }: Open): Promise<void> {
    this.#ownTimeout = false
    await this.#beside(migration, sql.join(';\n'))
    await this.#of.session.script(limitsSql(this.#of.limits, this.#left).join(';\n'))
    for (const each of asking) await this.#beside(migration, each)
  }

  /** SQL that is no statement of the migration. */
  async #beside(migration: Migration, sql: string): Promise<void> {
    if (sql === '') return
    const { waited } = await sendSql(this.#of, sql, { migration })
    await this.#waited(waited)
  }

  async #record(migration: Migration): Promise<void> {
    const { ledger, record, besides, session, signal } = this.#of
    const known = this.#tally.isKnown(migration) ? [doneSql(ledger, migration)] : []
    await session.script([...record(migration), ...known].join(';\n'))
    this.#unrecorded ??= await noted(session, besides?.(migration) ?? [], signal)
    this.#recorded.push(migration)
  }

  /** It is committed. */
  keep(last: Act | undefined): void {
    for (const { migration, statement } of this.#ran) this.#tally.ran(migration, [statement])
    if (last?.type === 'run') this.#tally.reached(last.migration, last.step.statement.index + 1)
    this.#tally.unrecorded ??= this.#unrecorded
    for (const migration of this.#recorded) this.#tally.finish(migration)
  }
}

/** Throws `StatementFailed`, `LedgerMoved`, and what the server says to the rest; nothing is left then. */
export const attempt = async (running: Running, transactions: Transactions, tally: Tally, acts: readonly Act[]): Promise<void> => {
  const trying = new Attempt(running, tally)
  await transactions.within(() => trying.all(acts))
  trying.keep(acts.at(-1))
}
