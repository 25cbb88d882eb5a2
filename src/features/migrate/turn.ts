/** One migrator at a time: an advisory lock of the database, which ends with the connection that holds it. */
import type { LedgerName } from '../../model/history.ts'
import type { Session } from '../../model/session.ts'
import { quoteLiteral } from '../../sql/print.ts'
import type { Pace } from './watch.ts'

const key = ({ schema, table }: LedgerName): string => `pg_catalog.hashtextextended(${quoteLiteral(`pgstrata migrate ${schema}.${table}`)}, 0)`

/** Milliseconds between two tries. */
const interval = 250

/** Waits for the turn, `longest` milliseconds at most; false where it did not come. `told` hears once that another one is at work. Rejects when the user stops the run. */
export const takeTurn = async (session: Session, ledger: LedgerName, pace: Pace, longest: number, told: () => void): Promise<boolean> => {
  const start = pace.now()
  for (let first = true; ; first = false) {
    const [row] = await session.query(`SELECT pg_catalog.pg_try_advisory_lock(${key(ledger)}) AS mine`)
    if (row?.mine === true) return true
    if (first) told()
    if (pace.now() - start >= longest) return false
    await pace.wait(interval)
  }
}
