/** What is noted beside the ledger's row, in the same transaction. Nothing stands on it: where it is refused, the rest goes on. */
import { PostgresRefusal } from '../../model/error.ts'
import type { Session } from '../../model/session.ts'
import { quoteLiteral } from '../../sql/print.ts'

/** So long it may wait for a lock that somebody holds on our own table. */
const longest = '100ms'

/** Writes it in the caller's transaction, as whoever that is by now; answers why it could not. Throws what is no refusal, and the refusal of a run that is stopped. */
export const noted = async (session: Session, statements: readonly string[], signal: AbortSignal): Promise<string | undefined> => {
  if (statements.length === 0) return undefined
  const [before] = await session.query("SELECT pg_catalog.current_setting('lock_timeout') AS timeout")
  const setBack = `SELECT pg_catalog.set_config('lock_timeout', ${quoteLiteral(String(before?.timeout ?? '0'))}, true)`
  try {
    await session.script(
      ['SAVEPOINT pgstrata_note', `SET LOCAL lock_timeout = '${longest}'`, ...statements, setBack, 'RELEASE SAVEPOINT pgstrata_note'].join(';\n'),
    )
    return undefined
  } catch (error) {
    if (!(error instanceof PostgresRefusal) || signal.aborted) throw error
    await session.script('ROLLBACK TO SAVEPOINT pgstrata_note; RELEASE SAVEPOINT pgstrata_note')
    return error.message
  }
}
