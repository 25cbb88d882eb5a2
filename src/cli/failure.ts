/** What is said when a run could not end with a report. */
import { PostgresRefusal, ToolError } from '../model/error.ts'

export type Failure = { readonly text: string; readonly exit: 2 | 3 | 4 }

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? String(error)
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`
}

/** A message may end in what another program said, which ends as it likes. */
const sentence = (message: string): string => (['.', '?', '!', '…'].some((mark) => message.endsWith(mark)) ? message : `${message}.`)

const toolFailure = (error: ToolError, verbose: boolean): Failure => ({
  text: `pgstrata: ${sentence(error.message)} [${error.code}]\n${error.help ? `  ${error.help}\n` : ''}${verbose ? `${stackOf(error)}\n` : ''}`,
  exit: error.exit,
})

const bug = (error: unknown, version: string): Failure => {
  const refusal = error instanceof PostgresRefusal ? ` (PostgreSQL ${error.sqlstate})` : ''
  return { text: `pgstrata ${version} has a bug${refusal}. Please report it with this text:\n${stackOf(error)}\n`, exit: 4 }
}

/** A `ToolError` in words with its next step; anything else as a bug, with its stack. */
export const describeFailure = (error: unknown, { verbose, version }: { readonly verbose: boolean; readonly version: string }): Failure =>
  error instanceof ToolError ? toolFailure(error, verbose) : bug(error, version)
