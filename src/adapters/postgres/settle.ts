/** A reading that a change of the catalog cannot fall into: `pg_get_*` answer from the catalog as it is now, the query around them from its snapshot. */
import { setTimeout as sleep } from 'node:timers/promises'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Row, Session } from '../../model/session.ts'
import { printingSettings } from './printing.ts'
import { type RawQuery, rawQuery } from './raw-query.ts'
import { isConflict, mayPass, readingFailure } from './reading-failure.ts'

/** Milliseconds before each further attempt. */
const pauses = [0, 20, 100, 300, 800, 1500]

/** Each statement has its own snapshot: the one behind the reading sees what was committed meanwhile. */
const begin = `BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;${printingSettings}`

const beforeSetting = 'pgstrata.before'

/**
 * A relation that the digest does not read, so that locking it is new in the transaction: the backend then takes in what others have committed, and its caches
 * are as young as the digest.
 */
const refreshCaches = 'SELECT FROM pg_catalog.pg_tables WHERE false'

type Reading = { readonly rows: readonly Row[]; readonly whole: boolean; readonly more: Row }

/** What somebody remembers of the catalog behind a digest. */
type Known<T> = { readonly known: T }

/** Asked with the digest, before the reading; undefined: nothing is known, so read. */
export type Remember<T> = (digest: string) => Promise<T | undefined>

const end = (session: Session, how: 'COMMIT' | 'ROLLBACK') => session.script(how)

const opening = (raw: string): string => `${begin};SELECT set_config('${beforeSetting}', (${raw}), true) AS digest`

/** The rows in one round trip; in two where somebody is asked in between. */
const readOr = async <T>(session: Session, sql: string, raw: string, remember: Remember<T> | undefined): Promise<readonly Row[] | Known<T>> => {
  const reading = `${refreshCaches};${sql}`
  if (!remember) return await session.script(`${opening(raw)};${reading}`)
  const [row] = await session.script(opening(raw))
  const known = await remember(String(row?.digest))
  return known === undefined ? await session.script(reading) : { known }
}

const attempt = async <T>(session: Session, sql: string, raw: string, beside: string, remember?: Remember<T>): Promise<Reading | Known<T>> => {
  try {
    const rows = await readOr(session, sql, raw, remember)
    const before = `current_setting('${beforeSetting}')`
    const [more = {}] = 'known' in rows ? [] : await session.script(`SELECT ${before} AS digest, ${before} = (${raw}) AS whole${beside}`)
    await end(session, 'COMMIT')
    return 'known' in rows ? rows : { rows, whole: more.whole === true, more }
  } catch (error) {
    await end(session, 'ROLLBACK').catch(() => undefined)
    throw error
  }
}

const changing = (): ToolError =>
  new ToolError('catalog-changing', `The database’s catalog kept changing while it was read (${pauses.length} attempts).`, {
    help: 'Run the command again when no migration or other DDL is running.',
    exit: 3,
  })

const digestOf = async (session: Session, raw: string): Promise<string> => {
  try {
    const rows = await session.script(`${begin};${raw}`)
    await end(session, 'COMMIT')
    return String(rows[0]?.raw)
  } catch (error) {
    await end(session, 'ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** A refusal that may pass, and the catalog behind it. */
type Refused = { readonly refusal: PostgresRefusal; readonly digest: string }

const refusedOf = async (session: Session, error: unknown, raw: string): Promise<Refused> => {
  if (!(error instanceof PostgresRefusal && mayPass(error))) throw error
  return { refusal: error, digest: await digestOf(session, raw) }
}

/** The same refusal over a catalog that did not move is no race. */
const isLasting = (before: Refused | undefined, { refusal, digest }: Refused): boolean =>
  !isConflict(refusal) && before?.digest === digest && before.refusal.sqlstate === refusal.sqlstate

const settled = async <T>(session: Session, sql: string, raw: string, beside: string, remember?: Remember<T>): Promise<Reading | Known<T>> => {
  let last: Refused | undefined
  for (const pause of pauses) {
    await sleep(pause)
    const answer = await attempt(session, sql, raw, beside, remember).catch((error: unknown) => refusedOf(session, error, raw))
    if ('known' in answer || ('rows' in answer && answer.whole)) return answer
    const refused = 'refusal' in answer ? answer : undefined
    if (refused && isLasting(last, refused)) throw refused.refusal
    last = refused
  }
  throw last && isConflict(last.refusal) ? last.refusal : changing()
}

/**
 * The rows of a query over the catalog, read while nothing in the catalog moved; again, a bounded number of times, when something did. `beside` are further
 * columns (`, (SELECT …) AS name`) that are asked for in the same transaction. Throws `ToolError` with exit 3: `catalog-changing`, or what `readingFailure` says.
 */
export const readSettled = async (session: Session, sql: string, query: Omit<RawQuery, 'of'>, beside = ''): Promise<Omit<Reading, 'whole'>> => {
  const answer = await readUnless<never>(session, sql, query, beside)
  return 'known' in answer ? answer.known : answer
}

/** The same, or what is remembered of the catalog as it is. `more.digest` is that of the rows. */
export const readUnless = async <T>(
  session: Session,
  sql: string,
  query: Omit<RawQuery, 'of'>,
  beside: string,
  remember?: Remember<T>,
): Promise<Omit<Reading, 'whole'> | Known<T>> => {
  try {
    return await settled(session, sql, rawQuery({ ...query, of: 'moved' }), beside, remember)
  } catch (error) {
    throw readingFailure(error)
  }
}

/** One digest of the catalog's rows. Throws as `readSettled` does. */
export const readDigest = async (session: Session, query: RawQuery): Promise<string> => {
  try {
    return await digestOf(session, rawQuery(query))
  } catch (error) {
    throw readingFailure(error)
  }
}
