/** What is run in one transaction, and what has to stand alone: pending migrations as their runner executes them. */
import type { Step } from '../../changes/replay.ts'
import type { Runner } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { Migration } from '../../model/history.ts'
import { refusedInBlock } from '../../rules/refused-in-block.ts'
import { flag, text } from '../../sql/tree.ts'

/** A statement in the catalog that it meets. */
export type Standing = Pick<Step, 'statement' | 'before'>

/** What is sent before a migration's statements, a statement to be run, or what the ledger has to learn: then the migration is done. */
export type Act =
  | { readonly type: 'open'; readonly migration: Migration; readonly sql: readonly string[]; readonly asking: readonly string[] }
  | { readonly type: 'run'; readonly migration: Migration; readonly step: Standing; readonly path?: string }
  | { readonly type: 'record'; readonly migration: Migration }

export type Open = Extract<Act, { readonly type: 'open' }>
export type Run = Extract<Act, { readonly type: 'run' }>

export type Segment =
  | { readonly type: 'transaction'; readonly acts: readonly Act[] }
  /** PostgreSQL takes it in no transaction; `words` name it. */
  | { readonly type: 'alone'; readonly act: Run; readonly words: string }

/** A migration with the statements that are run. `opening`: what is sent before them, in the same transaction as the first; `asking`: what may wait for locks and read rows, behind that and under the run's limits. `path`: where the statements stand, if not in the migration's own file. */
export type Pending = {
  readonly migration: Migration
  readonly steps: readonly Standing[]
  readonly opening?: readonly string[]
  readonly asking?: readonly string[]
  readonly path?: string
}

type Control = 'begin' | 'commit' | 'inside' | undefined

const refuse = ({ migration, step, path = migration.path }: Run, what: string): ToolError =>
  new ToolError('unsupported-statement', `${path}:${step.statement.start.line}: ${what} is not supported in what pgstrata runs.`, {
    help: 'Take it out, or run this one by other means.',
  })

/** What a statement does to the transaction around it. Throws `unsupported-statement` for what would leave half of it behind. */
const controlOf = (act: Run): Control => {
  const { node, tree } = act.step.statement
  if (node !== 'TransactionStmt') return undefined
  const kind = (text(tree, 'kind') ?? '').replace('TRANS_STMT_', '')
  if (flag(tree, 'chain')) throw refuse(act, 'AND CHAIN')
  switch (kind) {
    case 'BEGIN':
    case 'START':
      return 'begin'
    case 'COMMIT':
      return 'commit'
    case 'SAVEPOINT':
    case 'RELEASE':
    case 'ROLLBACK_TO':
      return 'inside'
    default:
      throw refuse(act, kind === 'ROLLBACK' ? 'ROLLBACK' : kind.toLowerCase().replaceAll('_', ' '))
  }
}

/** A procedure or a DO block may end transactions itself, where it stands in none. */
const mayCommit = ({ node, text: sql }: Standing['statement']): boolean => node === 'CallStmt' || (node === 'DoStmt' && /\b(?:COMMIT|ROLLBACK)\b/i.test(sql))

/** Gathers acts, as they come, into segments. */
class Segments {
  readonly done: Segment[] = []
  readonly #runner: Runner
  #acts: Act[] = []
  /** `runner`: its own transaction; `own`: one that the migration began; undefined: none, each statement by itself. */
  #open: 'runner' | 'own' | undefined

  constructor(runner: Runner) {
    this.#runner = runner
    this.#open = this.#initial()
  }

  #initial(): 'runner' | undefined {
    return this.#runner === 'none' ? undefined : 'runner'
  }

  /** Ends the transaction, if anything stands in it. */
  cut(): void {
    if (this.#acts.length > 0) this.done.push({ type: 'transaction', acts: this.#acts })
    this.#acts = []
  }

  open(act: Open): void {
    this.#acts.push(act)
  }

  run(act: Run): void {
    const control = controlOf(act)
    if (control === 'begin') {
      if (this.#open === undefined) this.#open = 'own'
      return
    }
    if (control === 'commit') {
      this.cut()
      this.#open = undefined
      return
    }
    const words =
      refusedInBlock(act.step.statement, act.step.before) ?? (this.#open === undefined && mayCommit(act.step.statement) ? act.step.statement.node : undefined)
    // All in one transaction means what it says: PostgreSQL refuses such a statement there, as it does under Drizzle's migrator.
    if (words !== undefined && !(this.#runner === 'drizzle' && this.#open !== undefined)) {
      this.cut()
      this.done.push({ type: 'alone', act, words })
      return
    }
    this.#acts.push(act)
    if (this.#open === undefined) this.cut()
  }

  record(migration: Migration): void {
    this.#acts.push({ type: 'record', migration })
    if (this.#runner === 'drizzle' && this.#open !== undefined) return
    this.cut()
    if (this.#runner === 'per-file') this.#open = 'runner'
  }
}

/**
 * The segments of pending migrations, in order. `per-file`: each migration in a transaction of its own, what PostgreSQL takes in none stands alone between two; `drizzle`:
 * all in one; `none`: each statement in its own. A `COMMIT` in a migration ends the transaction as it does under Drizzle: what follows is committed statement by statement.
 * Throws `unsupported-statement` for ROLLBACK, PREPARE TRANSACTION and AND CHAIN.
 */
export const segmentsOf = (pending: readonly Pending[], runner: Runner): readonly Segment[] => {
  const segments = new Segments(runner)
  for (const { migration, steps, opening = [], asking = [], path } of pending) {
    if (opening.length + asking.length > 0) segments.open({ type: 'open', migration, sql: opening, asking })
    for (const step of steps) segments.run({ type: 'run', migration, step, ...(path === undefined ? {} : { path }) })
    segments.record(migration)
  }
  segments.cut()
  return segments.done
}
