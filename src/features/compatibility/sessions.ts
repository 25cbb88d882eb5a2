/** Versions of the app as its own sessions say them: `application_name` is `api@VERSION`. */
import type { Session } from '../../model/session.ts'
import { versionOf } from './answer.ts'

/** Every user sees the names of all sessions; PostgreSQL hides only what they run. A rolling deployment has several versions at once. */
const query = `SELECT DISTINCT application_name AS name FROM pg_catalog.pg_stat_activity
  WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND application_name LIKE '%_@_%' ORDER BY 1`

export type Running = { readonly name: string; readonly version: string }

export const runningIn = async (session: Session): Promise<readonly Running[]> =>
  (await session.query(query)).flatMap(({ name }) => {
    const version = versionOf(String(name))
    return version === undefined ? [] : [{ name: String(name), version }]
  })
