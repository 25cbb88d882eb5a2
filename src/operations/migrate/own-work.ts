/** What we write for ourselves, a ledger or a table of our own, in a transaction of its own. */
import type { Session } from '../../model/session.ts'

/** All or nothing; it waits for no lock longer than a moment. */
export const inTransaction = async (session: Session, statements: readonly string[]): Promise<void> => {
  try {
    await session.script(['BEGIN', "SET LOCAL lock_timeout = '5s'", ...statements, 'COMMIT'].join(';\n'))
  } catch (error) {
    await session.script('ROLLBACK').catch(() => undefined)
    throw error
  }
}
