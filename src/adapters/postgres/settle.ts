/** A reading that a change of the catalog cannot fall into: `pg_get_*` answer from the catalog as it is now, the query around them from its snapshot. */
import { setTimeout as sleep } from 'node:timers/promises'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Row, Session, Told } from '../../model/session.ts'
import type { Answers } from './catalog-query.ts'
import { printingSettings } from './printing.ts'
import { type RawQuery, type RawReading, rawReading } from './raw-query.ts'
import { isConflict, mayPass, readingFailure } from './reading-failure.ts'

/** Milliseconds before each further attempt. */
const pauses = [0, 20, 100, 300, 800, 1500]

/** One snapshot for all of a reading's statements. It is taken by a query that reads no relation: what is read after it is at least as young in the backend's caches. */
const begin = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;${printingSettings};SELECT pg_current_snapshot()`

/**
 * Whether no transaction was open when the snapshot was taken, and none has got a number since: then nothing can have changed. `age` counts from the next number
 * to be given, as it is when a transaction first asks (GetStableLatestTransactionId, access/transam/xact.c).
 */
const quiet = `SELECT age(pg_snapshot_xmax(pg_current_snapshot())::xid) = 0 AND pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot()) AS quiet`

/** Statements in two steps of one snapshot, and what their answers mean; `take` is told each row of the second as it comes. */
export type Reading<T> = {
  readonly first: readonly string[]
  second(first: Answers): { readonly statements: readonly string[]; take(row: Row): void; receive(answers: Answers): T }
}

export type Read<T> = { readonly read: T; readonly digest?: string }

/** What somebody remembers of the catalog behind a digest. */
type Known<T> = { readonly known: T }

/** Asked with the digest, before the reading; undefined: nothing is known, so read. */
export type Remember<T> = (digest: string) => Promise<T | undefined>

/** The rows of the last statements of a text. */
const lastOf = async (session: Session, statements: readonly string[], before = '', told?: Told): Promise<Answers> => {
  if (statements.length === 0 && before === '') return []
  const answers = await session.results([...(before === '' ? [] : [before]), ...statements].join(';'), told)
  return answers.slice(answers.length - statements.length)
}

/** The digest of the open transaction's snapshot, or of one that `before` opens. */
export const digestIn = async (session: Session, raw: RawReading, before = ''): Promise<string> => {
  const first = await lastOf(session, raw.first, before)
  return raw.digest(first, await lastOf(session, raw.second(first)))
}

/** What is read, and at the end whether anything can have changed meanwhile. */
const readAll = async <T>(session: Session, { first, second }: Reading<T>, open: boolean): Promise<{ readonly read: T; readonly isQuiet: boolean }> => {
  const { statements, take, receive } = second(await lastOf(session, first, open ? '' : begin))
  const answers = await lastOf(session, [...statements, quiet], '', take)
  return { read: receive(answers.slice(0, -1)), isQuiet: answers.at(-1)?.[0]?.quiet === true }
}

const attempt = async <T, K>(
  session: Session,
  reading: Reading<T>,
  raw: RawReading,
  remember?: Remember<K>,
): Promise<(Read<T> & { readonly whole: boolean }) | Known<K>> => {
  try {
    const before = remember && (await digestIn(session, raw, begin))
    const known = before === undefined ? undefined : await remember?.(before)
    if (known !== undefined) {
      await session.script('COMMIT')
      return { known }
    }
    const { read, isQuiet } = await readAll(session, reading, before !== undefined)
    if (isQuiet) {
      await session.script('COMMIT')
      return { read, whole: true, ...(before === undefined ? {} : { digest: before }) }
    }
    const digest = before ?? (await digestIn(session, raw))
    await session.script('COMMIT')
    return { read, digest, whole: (await digestOf(session, raw)) === digest }
  } catch (error) {
    await session.script('ROLLBACK').catch(() => undefined)
    throw error
  }
}

const changing = (): ToolError =>
  new ToolError('catalog-changing', `The database’s catalog kept changing while it was read (${pauses.length} attempts).`, {
    help: 'Run the command again when no migration or other DDL is running.',
    exit: 3,
  })

const digestOf = async (session: Session, raw: RawReading): Promise<string> => {
  try {
    const digest = await digestIn(session, raw, begin)
    await session.script('COMMIT')
    return digest
  } catch (error) {
    await session.script('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** A refusal that may pass, and the catalog behind it. */
type Refused = { readonly refusal: PostgresRefusal; readonly digest: string }

const refusedOf = async (session: Session, error: unknown, raw: RawReading): Promise<Refused> => {
  if (!(error instanceof PostgresRefusal && mayPass(error))) throw error
  return { refusal: error, digest: await digestOf(session, raw) }
}

/** The same refusal over a catalog that did not move is no race. */
const isLasting = (before: Refused | undefined, { refusal, digest }: Refused): boolean =>
  !isConflict(refusal) && before?.digest === digest && before.refusal.sqlstate === refusal.sqlstate

const settled = async <T, K>(session: Session, reading: Reading<T>, raw: RawReading, remember?: Remember<K>): Promise<Read<T> | Known<K>> => {
  let last: Refused | undefined
  for (const pause of pauses) {
    await sleep(pause)
    const answer = await attempt(session, reading, raw, remember).catch((error: unknown) => refusedOf(session, error, raw))
    if ('known' in answer || ('read' in answer && answer.whole)) return answer
    const refused = 'refusal' in answer ? answer : undefined
    if (refused && isLasting(last, refused)) throw refused.refusal
    last = refused
  }
  throw last && isConflict(last.refusal) ? last.refusal : changing()
}

/**
 * What was read while nothing in the catalog moved; again, a bounded number of times, when something did. Throws `ToolError` with exit 3: `catalog-changing`, or what
 * `readingFailure` says.
 */
export const readSettled = async <T>(session: Session, reading: Reading<T>, query: Omit<RawQuery, 'of'>): Promise<Read<T>> => {
  const answer = await readUnless(session, reading, query)
  return 'known' in answer ? answer.known : answer
}

/** The same, or what is remembered of the catalog as it is; then `digest` is that of the rows that were read. */
export const readUnless = async <T, K = never>(
  session: Session,
  reading: Reading<T>,
  query: Omit<RawQuery, 'of'>,
  remember?: Remember<K>,
): Promise<Read<T> | Known<K>> => {
  try {
    return await settled(session, reading, rawReading({ ...query, of: 'moved' }), remember)
  } catch (error) {
    throw readingFailure(error)
  }
}

/** One digest of the catalog's rows. Throws as `readSettled` does. */
export const readDigest = async (session: Session, query: RawQuery): Promise<string> => {
  try {
    return await digestOf(session, rawReading(query))
  } catch (error) {
    throw readingFailure(error)
  }
}
