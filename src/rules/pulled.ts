/** Refusals in a history whose first migration was pulled from a database. */
import type { PostgresRefusal } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'

/** undefined_object: of these sorts `drizzle-kit pull` reads none. */
const unreadSorts = /^(?:trigger|type|collation|publication|event trigger|text search \w+|operator class|operator family|role) "/

/** undefined_function; and invalid_foreign_key, because drizzle-kit 0.18 did not pull every primary key. */
const unread: ReadonlySet<string> = new Set(['42883', '42830'])

/** What is said otherwise of a refusal, where it depends on what the database has and `pull` does not read. */
export const unreadByPull = ({ sqlstate, message }: Pick<PostgresRefusal, 'sqlstate' | 'message'>): Pick<Finding, 'severity' | 'help'> | undefined =>
  unread.has(sqlstate) || (sqlstate === '42704' && unreadSorts.test(message))
    ? {
        severity: 'warning',
        help: 'The first migration was pulled, and pull reads no functions, triggers, domains and the like (older versions not every primary key either): the database may have it. For a new database, make it in a migration that runs first.',
      }
    : undefined
