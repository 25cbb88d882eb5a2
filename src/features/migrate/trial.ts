/** The pending migrations tried in the environment itself, in one transaction that is rolled back. */
import { PostgresRefusal } from '../../model/error.ts'
import type { Migration } from '../../model/history.ts'
import { quoteLiteral } from '../../sql/print.ts'
import type { Failure, RanStatement, Running } from './run.ts'
import type { Run, Segment } from './segments.ts'
import { watched } from './watch.ts'

/** What was tried, and what PostgreSQL takes in no transaction and was left out. */
export type Trial = {
  readonly tried: readonly { readonly migration: Migration; readonly statements: readonly RanStatement[] }[]
  readonly leftOut: readonly { readonly migration: Migration; readonly line: number; readonly words: string }[]
  readonly failure?: Failure
}

type Tools = Pick<Running, 'session' | 'watch' | 'limits' | 'pace' | 'told'>

const failureOf = (act: Run, refusal: PostgresRefusal, blockers: Failure['blockers']): Failure => ({
  migration: act.migration,
  statement: act.step.statement,
  message: refusal.message,
  sqlstate: refusal.sqlstate,
  ...(refusal.position === undefined ? {} : { position: refusal.position }),
  why: refusal.sqlstate === '55P03' ? 'locked' : 'refused',
  blockers,
  done: 0,
})

/** Runs all segments but those that stand alone, and takes everything back. The locks are held until the end, so the time-out is the caller's first care. Throws what a lost connection throws. */
export const tryInPlace = async ({ session, watch, limits, pace, told }: Tools, segments: readonly Segment[]): Promise<Trial> => {
  const ran = new Map<Migration, RanStatement[]>()
  const acts = segments.flatMap((segment) => (segment.type === 'transaction' ? segment.acts.flatMap((act) => (act.type === 'run' ? [act] : [])) : []))
  const leftOut = segments.flatMap((segment) =>
    segment.type === 'alone' ? [{ migration: segment.act.migration, line: segment.act.step.statement.start.line, words: segment.words }] : [],
  )
  let failure: Failure | undefined
  await session.script(
    [
      'BEGIN',
      `SET LOCAL lock_timeout = ${quoteLiteral(`${limits.lockTimeout}ms`)}`,
      ...(limits.statementTimeout === undefined ? [] : [`SET LOCAL statement_timeout = ${quoteLiteral(`${limits.statementTimeout}ms`)}`]),
    ].join(';\n'),
  )
  try {
    for (const act of acts) {
      const { statement } = act.step
      told({ type: 'statement', migration: act.migration, statement })
      const start = pace.now()
      const { result, waited } = await watched(watch, pace, () => session.script(statement.text))
      if (result.status === 'rejected') {
        if (!(result.reason instanceof PostgresRefusal)) throw result.reason
        failure = failureOf(act, result.reason, waited.blockers)
        break
      }
      ran.set(act.migration, [...(ran.get(act.migration) ?? []), { statement, milliseconds: pace.now() - start, waited: waited.milliseconds }])
    }
  } finally {
    await session.script('ROLLBACK').catch(() => undefined)
  }
  return { tried: [...ran].map(([migration, statements]) => ({ migration, statements })), leftOut, ...(failure ? { failure } : {}) }
}
