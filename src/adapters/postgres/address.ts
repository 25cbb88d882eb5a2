/** Which database of which server answers: what nobody else's answer may stand for. */
import { PostgresRefusal } from '../../model/error.ts'
import type { Session } from '../../model/session.ts'

export type Address = {
  /** The running server: another one, and the same one started again, is not it. Transactions of one server never share a number. */
  readonly cluster: string
  /** The database in it: one that was dropped and made again under its name is not it. */
  readonly database: string
  /** Equal rows mean equal catalogs in every database of the server. Not where it has subscriptions: they are rows of all databases and objects of one. */
  readonly copies: boolean
}

const query = `SELECT pg_catalog.pg_postmaster_start_time()::text AS started, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()) AS oid,
  current_database() AS name, NOT EXISTS (SELECT s.oid FROM pg_catalog.pg_subscription s) AS copies`

/**
 * `server` is where the connection goes (host and port): a machine that was copied while it ran has all the rest. Undefined where the server does not say it: then
 * nothing may be kept.
 */
export const addressOf = async (session: Session, server: string): Promise<Address | undefined> => {
  try {
    const [row] = await session.query(query)
    const cluster = `${server} ${row?.started}`
    return { cluster, database: `${cluster} ${row?.oid} ${row?.name}`, copies: row?.copies === true }
  } catch (error) {
    if (error instanceof PostgresRefusal) return undefined
    throw error
  }
}
