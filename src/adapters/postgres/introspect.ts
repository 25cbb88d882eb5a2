/** A live catalog, printed by its server. */
import { hash } from 'node:crypto'
import type { PrintedCatalog } from '../../model/printed.ts'
import type { Session } from '../../model/session.ts'
import { type CatalogQuery, type CatalogReading, catalogReading } from './catalog-query.ts'
import { printingInside, printingSettings } from './printing.ts'
import { rawReading } from './raw-query.ts'
import { digestIn, type Read, type Reading, type Remember, readDigest, readSettled, readUnless } from './settle.ts'

export type IntrospectOptions = Pick<CatalogQuery, 'exclude' | 'shared'> & {
  /** The session's transaction is open, and stays so: settings are changed for the reading and put back. It is read once, whatever others do. */
  readonly inTransaction?: boolean
  /** Nobody else changes the database: it is read once. */
  readonly alone?: boolean
}

/** What is made of a reading. */
type Receive<T> = (printed: PrintedCatalog) => T

const asPrinted: Receive<PrintedCatalog> = (printed) => printed
/** Another one where something is hidden from the user. */
const asFingerprint: Receive<string> = ({ fingerprint, hidden }) => (hidden ? hash('sha256', `${fingerprint} ${JSON.stringify(hidden)}`) : fingerprint)

/** One text for each of the reading's steps, `before` at the start and `after` at the end. */
const readBetween = async <T>(session: Session, reading: CatalogReading, receive: Receive<T>, before: string, after: string): Promise<T> => {
  const looked = await session.results([before, ...reading.first].join(';'))
  const { statements, take, printed } = reading.second(looked.slice(looked.length - reading.first.length))
  return receive(printed(await session.results([...statements, after].join(';'), take)))
}

const readAlone = async <T>(session: Session, reading: CatalogReading, receive: Receive<T>): Promise<T> => {
  try {
    return await readBetween(session, reading, receive, `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;${printingSettings}`, 'COMMIT')
  } catch (error) {
    await session.script('ROLLBACK').catch(() => undefined)
    throw error
  }
}

const settling = <T>(query: CatalogQuery, receive: Receive<T>): Reading<T> => {
  const reading = catalogReading(query)
  return {
    first: reading.first,
    second: (first) => {
      const { statements, take, printed } = reading.second(first)
      return { statements, take, receive: (answers) => receive(printed(answers)) }
    },
  }
}

/** Read once in a transaction or a database of one's own, and until it is settled anywhere else. */
const read = async <T>(session: Session, { inTransaction = false, alone = false, ...options }: IntrospectOptions, receive: Receive<T>): Promise<Read<T>> => {
  const query = { version: session.version, ...options }
  if (inTransaction) return { read: await readBetween(session, catalogReading(query), receive, printingInside.before, printingInside.after) }
  if (alone) return { read: await readAlone(session, catalogReading(query), receive) }
  return readSettled(session, settling(query, receive), query)
}

/**
 * Reads the whole catalog at one moment, and again when it changed meanwhile. What the user may not see is named in `hidden`. Throws `ToolError` with exit 3:
 * `catalog-changing`, `statement-timeout`, `lock-timeout`, `standby-conflict`, `no-permission`, `catalog-unreadable`, `connection-lost`. With `inTransaction` or
 * `alone` it throws what `Session` throws.
 */
export const introspect = async (session: Session, options: IntrospectOptions = {}): Promise<PrintedCatalog> => (await read(session, options, asPrinted)).read

/** What was read, and the digest of the rows that it was read from; or what is remembered of that digest. */
export type Recalled<T> = { readonly known: T } | { readonly read: T; readonly digest: string }

type LiveOptions = Pick<IntrospectOptions, 'exclude' | 'shared'>

const unless = async <T>(session: Session, options: LiveOptions, receive: Receive<T>, remember: Remember<T>): Promise<Recalled<T>> => {
  const query = { version: session.version, ...options }
  const answer = await readUnless(session, settling(query, receive), query, remember)
  return 'known' in answer ? answer : { read: answer.read, digest: String(answer.digest) }
}

/** As `introspect`, where nothing is remembered of the catalog's rows as they are. */
export const introspectUnless = (session: Session, options: LiveOptions, remember: Remember<PrintedCatalog>): Promise<Recalled<PrintedCatalog>> =>
  unless(session, options, asPrinted, remember)

/** The fingerprint of `introspectUnless`; another one where something is hidden from the user. */
export const fingerprintUnless = (session: Session, options: LiveOptions, remember: Remember<string>): Promise<Recalled<string>> =>
  unless(session, options, asFingerprint, remember)

/** The fingerprint of what `introspect` gives. Throws what it throws. */
export const fingerprintOf = async (session: Session, options: IntrospectOptions = {}): Promise<string> => (await read(session, options, asFingerprint)).read

/**
 * Says cheaply whether a catalog moved: 64 hexadecimal digits, made of the rows of the system catalogs and not of what they mean. Two of the same database, user
 * and options that are equal mean that `introspect` answers the same; two that differ mean nothing yet. Beside DDL these may change it: VACUUM FULL and REINDEX of
 * system catalogs, a rewrite that clears missing values, an upgrade of the server, a role that is made or renamed. ANALYZE, VACUUM (FULL too), REINDEX, TRUNCATE,
 * REFRESH MATERIALIZED VIEW and temporary tables do not (measured on 18). Throws what `introspect` throws.
 */
export const rawFingerprint = async (
  session: Session,
  { shared = false, inTransaction = false }: Pick<IntrospectOptions, 'shared' | 'inTransaction'> = {},
): Promise<string> => {
  const query = { version: session.version, shared, of: 'content' } as const
  return inTransaction ? digestIn(session, rawReading(query)) : readDigest(session, query)
}
