/** Versions of the app as its own sessions say them: `application_name` is `api@VERSION`. */
import type { Session } from '../../model/session.ts'
import { versionOf } from './answer.ts'

/** Every user sees the names of all sessions; PostgreSQL hides only what they run. A rolling deployment has several versions at once. */
const query = `SELECT DISTINCT application_name AS name FROM pg_catalog.pg_stat_activity
  WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND application_name LIKE '%_@%' ORDER BY 1`

/** The versions of those that can be read, and how many call themselves by one that cannot. */
export type Running = { readonly versions: readonly string[]; readonly unread: number }

/** PostgreSQL cuts a name here, in bytes. */
const longestName = 63

/** A hash that is cut is a shorter one; anything else may be cut to the name of another version. */
const readable = (name: string): string | undefined => {
  const version = versionOf(name)
  const isCut = new TextEncoder().encode(name).length >= longestName
  return version !== undefined && (!isCut || /^[0-9a-f]+$/.test(version)) ? version : undefined
}

export const runningIn = async (session: Session): Promise<Running> => {
  const names = (await session.query(query)).map(({ name }) => readable(String(name)))
  const versions = names.filter((version) => version !== undefined)
  return { versions: [...new Set(versions)], unread: names.length - versions.length }
}
