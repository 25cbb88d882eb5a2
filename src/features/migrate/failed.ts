/** Why a statement failed, or what was sent beside it. */
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Failure } from './running.ts'
import type { Waited } from './watch.ts'

/** What failed, as far as it is known: of several migrations in one transaction, this one. */
export type Culprit = Partial<Pick<Failure, 'migration' | 'statement'>>

export type Failed = Omit<Failure, 'done' | 'migration'> & Culprit

export const noWait: Waited = { milliseconds: 0, blockers: [] }

/** Somebody else held what was waited for: it is worth another try. */
const isLocked = ({ sqlstate }: PostgresRefusal): boolean => sqlstate === '55P03' || sqlstate === '40P01'

const saidBy = ({ message, help }: ToolError): Pick<Failed, 'message' | 'help'> => ({ message, ...(help === undefined ? {} : { help }) })

/** Throws what is neither the server's refusal nor a lost connection. */
export const failedBy = (error: unknown, at: Culprit, waited: Waited, stopped: boolean): Failed => {
  if (stopped && (error instanceof PostgresRefusal || error instanceof ToolError))
    return { ...at, message: 'The run was stopped', why: 'stopped', blockers: waited.blockers }
  if (error instanceof PostgresRefusal)
    return {
      ...at,
      message: error.message,
      sqlstate: error.sqlstate,
      ...(error.position === undefined ? {} : { position: error.position }),
      ...(error.hint === undefined ? {} : { help: error.hint }),
      why: isLocked(error) ? 'locked' : 'refused',
      blockers: waited.blockers,
    }
  if (error instanceof ToolError && error.code === 'disk-full') return { ...at, ...saidBy(error), sqlstate: '53100', why: 'refused', blockers: [] }
  if (error instanceof ToolError) return { ...at, ...saidBy(error), why: 'lost', blockers: [] }
  throw error
}

/** Thrown inside of an attempt: the statement that failed, and what is known of it. */
export class StatementFailed extends Error {
  readonly failed: Failed
  constructor(failed: Failed) {
    super(failed.message)
    this.failed = failed
  }
}
