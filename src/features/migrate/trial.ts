/** Migrations, or their way back, tried in the environment itself, in one transaction that is rolled back. */
import type { Migration } from '../../model/history.ts'
import { StatementFailed } from './failed.ts'
import { type Failure, type Outcome, type RanStatement, type Running, timeOf } from './running.ts'
import type { Act, Open, Segment } from './segments.ts'
import { send, sendSql } from './send.ts'
import { limitsSql } from './transactions.ts'

/** What was tried, and what PostgreSQL takes in no transaction and was left out. */
export type Trial = {
  readonly outcome: Outcome
  readonly leftOut: readonly { readonly migration: Migration; readonly line: number; readonly words: string }[]
}

type Tools = Pick<Running, 'session' | 'watch' | 'limits' | 'pace' | 'told' | 'signal'>

type Ran = Map<Migration, RanStatement[]>

/** What is asked waits under the run's limits. */
const open = async (tools: Tools, { migration, sql, asking }: Open): Promise<void> => {
  await sendSql(tools, [...sql, ...limitsSql(tools.limits, tools.limits.lockTimeout)].join(';\n'), { migration })
  for (const each of asking) await sendSql(tools, each, { migration })
}

const runActs = async (tools: Tools, acts: readonly Act[], ran: Ran): Promise<void> => {
  for (const act of acts) {
    if (act.type === 'open') await open(tools, act)
    if (act.type === 'run') ran.set(act.migration, [...(ran.get(act.migration) ?? []), await send(tools, act, act.step.statement.text)])
  }
}

const failureIn = async (work: () => Promise<void>, migration: Migration | undefined): Promise<Failure | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    const culprit = error instanceof StatementFailed ? (error.failed.migration ?? migration) : undefined
    if (!(error instanceof StatementFailed) || culprit === undefined) throw error
    return { ...error.failed, migration: culprit, done: 0 }
  }
}

/** Runs all segments but those that stand alone, and takes everything back. The locks are held until the end, so the time-out is the caller's first care. */
export const tryInPlace = async (tools: Tools, segments: readonly Segment[]): Promise<Trial> => {
  const ran: Ran = new Map()
  const acts = segments.flatMap((segment) => (segment.type === 'transaction' ? segment.acts : []))
  const leftOut = segments.flatMap((segment) =>
    segment.type === 'alone' ? [{ migration: segment.act.migration, line: segment.act.step.statement.start.line, words: segment.words }] : [],
  )
  await tools.session.script(['BEGIN', ...limitsSql(tools.limits, tools.limits.lockTimeout)].join(';\n'))
  try {
    const failure = await failureIn(() => runActs(tools, acts, ran), acts[0]?.migration)
    const finished = [...ran].map(([migration, statements]) => ({ migration, statements, milliseconds: timeOf(statements), resumed: false }))
    return { outcome: { finished, retries: [], ...(failure ? { failure } : {}) }, leftOut }
  } finally {
    await tools.session.script('ROLLBACK').catch(() => undefined)
  }
}
