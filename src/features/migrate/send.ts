/** Statements on their way to the server: seen while they wait, and timed. */
import type { Row } from '../../model/session.ts'
import { type Culprit, failedBy, StatementFailed } from './failed.ts'
import type { RanStatement, Running } from './running.ts'
import type { Run } from './segments.ts'
import { watched } from './watch.ts'

type Line = Pick<Running, 'session' | 'watch' | 'pace' | 'signal'>

type Sent = { readonly rows: readonly Row[]; readonly waited: number }

/** Sends SQL; `of` says whose it is. Throws `StatementFailed`. */
export const sendSql = async ({ session, watch, pace, signal }: Line, sql: string, of: Culprit = {}): Promise<Sent> => {
  const { result, waited } = await watched(watch, pace, () => session.script(sql))
  if (result.status === 'rejected') throw new StatementFailed(failedBy(result.reason, of, waited, signal.aborted))
  return { rows: result.value, waited: waited.milliseconds }
}

/** Sends a migration's statement, as `sql`. Throws `StatementFailed`. */
export const send = async (line: Line & Pick<Running, 'told'>, { migration, step: { statement } }: Run, sql: string): Promise<RanStatement> => {
  const { pace, signal, told } = line
  if (signal.aborted) throw new StatementFailed({ migration, statement, message: 'The run was stopped', why: 'stopped', blockers: [] })
  told({ type: 'statement', migration, statement })
  const start = pace.now()
  const { waited } = await sendSql(line, sql, { migration, statement })
  return { statement, milliseconds: pace.now() - start, waited }
}
