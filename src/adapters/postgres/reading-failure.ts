/** Why a catalog could not be read, by the SQLSTATE of the refusal (manual, appendix A). */
import { PostgresRefusal, ToolError } from '../../model/error.ts'

/** On a standby, replay cancels queries that stand in its way (manual 26.4.2). */
const conflicts = new Set(['40001', '40P01'])

/** What `pg_get_*` say of an object that is gone meanwhile: cache lookup failed, could not open relation, undefined table, object, column, function, schema. */
const vanished = new Set(['XX000', '42P01', '42704', '42703', '42883', '3F000'])

export const isConflict = ({ sqlstate }: PostgresRefusal): boolean => conflicts.has(sqlstate)

/** Whether another attempt may succeed. */
export const mayPass = (refusal: PostgresRefusal): boolean => isConflict(refusal) || vanished.has(refusal.sqlstate)

type Words = { readonly code: string; readonly why: string; readonly help: string }

const byState: { readonly [sqlstate: string]: Words } = {
  '57014': {
    code: 'statement-timeout',
    why: 'the server ended the query',
    help: 'Read when the server has less to do, or raise the limit.',
  },
  '55P03': {
    code: 'lock-timeout',
    why: 'somebody holds a lock on one of its relations',
    help: 'Run the command again when the migration or maintenance that holds the lock is done (pg_locks names it).',
  },
  '42501': {
    code: 'no-permission',
    why: 'this user may not read all of it',
    help: 'GRANT SELECT on the named system catalog to this user: by default everybody may read it.',
  },
}

const unreadable: Words = {
  code: 'catalog-unreadable',
  why: 'the server refused it',
  help: 'Look the SQLSTATE up in the server’s log; the catalog may be damaged.',
}

const standby: Words = {
  code: 'standby-conflict',
  why: 'the standby kept ending the query, for replay comes first',
  help: 'Raise max_standby_streaming_delay or set hot_standby_feedback on the standby, or read the primary.',
}

/** The failure of a reading as a `ToolError` with exit 3; what is one already, and a bug, stay what they are. */
export const readingFailure = (error: unknown): unknown => {
  if (!(error instanceof PostgresRefusal)) return error
  const { code, why, help } = byState[error.sqlstate] ?? (isConflict(error) ? standby : unreadable)
  return new ToolError(code, `The catalog cannot be read: ${why} (${error.message}, SQLSTATE ${error.sqlstate}).`, { help, cause: error, exit: 3 })
}
