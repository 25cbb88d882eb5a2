/** Which server answers: what can be read, and what is refused by name. */
import { ToolError } from '../../model/error.ts'
import type { Row } from '../../model/session.ts'
import { markSetting } from './limits.ts'

const oldest = 14
const newest = 18

/** Others that speak PostgreSQL's protocol, by what their `version()` says. They have no catalog of PostgreSQL's to read, or one that only looks like it. */
const others: readonly (readonly [RegExp, string])[] = [
  [/CockroachDB/i, 'CockroachDB'],
  [/Redshift/i, 'Amazon Redshift'],
  [/-YB-|Yugabyte/i, 'YugabyteDB'],
  [/Greenplum/i, 'Greenplum'],
  [/Materialize/i, 'Materialize'],
  [/RisingWave/i, 'RisingWave'],
  [/QuestDB/i, 'QuestDB'],
  [/CrateDB/i, 'CrateDB'],
  [/DuckDB/i, 'DuckDB'],
  [/PgBouncer/i, 'the console of PgBouncer'],
]

export const versionQuery = 'SELECT version() AS text'

/** Asked once of each new connection. */
export const factsQuery = `SELECT version() AS text, current_setting('server_version_num')::int AS version, pg_backend_pid() AS backend,
  current_setting('${markSetting}', true) AS mark, current_setting('default_transaction_read_only') AS read_only`

export const otherServer = (text: string): ToolError | undefined => {
  const name = others.find(([pattern]) => pattern.test(text))?.[1]
  return name === undefined
    ? undefined
    : new ToolError('not-postgresql', `The server is ${name}, not PostgreSQL: its catalog cannot be read.`, {
        help: `Point the connection URL at a PostgreSQL ${oldest} to ${newest}.`,
        exit: 3,
      })
}

/** 90624 is 9.6, 130014 is 13. */
const nameOf = (version: number): string =>
  version < 100_000 ? `${Math.floor(version / 10_000)}.${Math.floor(version / 100) % 100}` : `${Math.floor(version / 10_000)}`

/**
 * What a server's facts mean: caveats of one that is newer than what is known. Throws `ToolError` `not-postgresql` or `server-too-old`, exit 3.
 */
export const caveatsOf = ({ text, version }: Row): readonly string[] => {
  const other = otherServer(String(text))
  if (other) throw other
  const number = Number(version)
  if (number < oldest * 10_000)
    throw new ToolError('server-too-old', `The server is PostgreSQL ${nameOf(number)}, which is too old to be read.`, {
      help: `PostgreSQL ${oldest} to ${newest} can be read.`,
      exit: 3,
    })
  if (number < (newest + 1) * 10_000) return []
  return [`The server is PostgreSQL ${nameOf(number)}: ${oldest} to ${newest} are known, and what is new in it is not read.`]
}
