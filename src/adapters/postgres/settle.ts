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

const end = (session: Session, how: 'COMMIT' | 'ROLLBACK') => session.script(how)

const attempt = async (session: Session, sql: string, raw: string, beside: string): Promise<Reading> => {
  try {
    const rows = await session.script(`${begin};SELECT set_config('${beforeSetting}', (${raw}), true);${refreshCaches};${sql}`)
    const [more = {}] = await session.script(`SELECT current_setting('${beforeSetting}') = (${raw}) AS whole${beside}`)
    await end(session, 'COMMIT')
    return { rows, whole: more.whole === true, more }
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
  const rows = await session.script(`${begin};${raw}`)
  await end(session, 'COMMIT')
  return String(rows[0]?.raw)
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

const settled = async (session: Session, sql: string, raw: string, beside: string): Promise<Reading> => {
  let last: Refused | undefined
  for (const pause of pauses) {
    await sleep(pause)
    const answer = await attempt(session, sql, raw, beside).catch((error: unknown) => refusedOf(session, error, raw))
    if ('rows' in answer && answer.whole) return answer
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
  try {
    return await settled(session, sql, rawQuery({ ...query, of: 'moved' }), beside)
  } catch (error) {
    throw readingFailure(error)
  }
}

/** One digest of the catalog's rows. Throws as `readSettled` does. */
export const readDigest = async (session: Session, query: RawQuery): Promise<string> => {
  try {
    return await digestOf(session, rawQuery(query))
  } catch (error) {
    await end(session, 'ROLLBACK').catch(() => undefined)
    throw readingFailure(error)
  }
}
