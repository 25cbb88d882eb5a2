/** A live catalog, printed by its server. */
import { createHash } from 'node:crypto'
import type { Json } from '../../model/json.ts'
import { fingerprintText, type PrintedCatalog, type PrintedObject } from '../../model/printed.ts'
import type { Row, Session } from '../../model/session.ts'
import { type CatalogQuery, catalogQuery, fingerprintQuery } from './catalog-query.ts'
import { hiddenOf, hiddenQuery } from './hidden.ts'
import { printingInside, printingSettings } from './printing.ts'
import { rawQuery } from './raw-query.ts'
import { type Remember, readDigest, readSettled, readUnless } from './settle.ts'

export type IntrospectOptions = Pick<CatalogQuery, 'exclude' | 'shared'> & {
  /** The session's transaction is open, and stays so: settings are changed for the query and put back. It is read once, whatever others do. */
  readonly inTransaction?: boolean
  /** Nobody else changes the database: it is read once. */
  readonly alone?: boolean
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** One round trip for the answer; the second only puts the settings back. */
const readInside = async (session: Session, sql: string): Promise<readonly Row[]> => {
  const rows = await session.script(`${printingInside.before};${sql}`)
  await session.script(printingInside.after)
  return rows
}

const readAlone = async (session: Session, sql: string): Promise<readonly Row[]> => {
  try {
    const rows = await session.script(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;${printingSettings};${sql}`)
    await session.script('COMMIT')
    return rows
  } catch (error) {
    await session.script('ROLLBACK').catch(() => undefined)
    throw error
  }
}

const objectOf = ({ kind, identity, value }: Row): PrintedObject => {
  const text = String(value)
  return { kind: String(kind), identity: String(identity), value: JSON.parse(text) as { [key: string]: Json }, hash: sha256(text) }
}

const printed = (rows: readonly Row[], version: number): PrintedCatalog => {
  const objects = rows.map(objectOf)
  return { objects, fingerprint: sha256(fingerprintText(objects)), version }
}

const hiddenBeside = `, (${hiddenQuery}) AS hidden`

const withHidden = (read: PrintedCatalog, { hidden: answer }: Row): PrintedCatalog => {
  const hidden = hiddenOf(answer)
  return { ...read, ...(hidden.length > 0 && { hidden }) }
}

/**
 * Reads the whole catalog with one query, and again when it changed meanwhile: what is answered was there at one moment. What the user may not see is named in
 * `hidden`. Throws `ToolError` with exit 3: `catalog-changing`, `statement-timeout`, `lock-timeout`, `standby-conflict`, `no-permission`,
 * `catalog-unreadable`, `connection-lost`. With `inTransaction` or `alone` it throws what `Session` throws.
 */
export const introspect = async (session: Session, { inTransaction = false, alone = false, ...query }: IntrospectOptions = {}): Promise<PrintedCatalog> => {
  const { version } = session
  const sql = catalogQuery({ version, ...query })
  if (inTransaction) return printed(await readInside(session, sql), version)
  if (alone) return printed(await readAlone(session, sql), version)
  const { rows, more } = await readSettled(session, sql, { version, ...query }, hiddenBeside)
  return withHidden(printed(rows, version), more)
}

/** What was read, and the digest of the rows that it was read from; or what is remembered of that digest. */
export type Recalled<T> = { readonly known: T } | { readonly read: T; readonly digest: string }

type LiveOptions = Pick<IntrospectOptions, 'exclude' | 'shared'>

/** As `introspect`, where nothing is remembered of the catalog's rows as they are. */
export const introspectUnless = async (session: Session, options: LiveOptions, remember: Remember<PrintedCatalog>): Promise<Recalled<PrintedCatalog>> => {
  const query = { version: session.version, ...options }
  const answer = await readUnless(session, catalogQuery(query), query, hiddenBeside, remember)
  return 'known' in answer ? answer : { read: withHidden(printed(answer.rows, session.version), answer.more), digest: String(answer.more.digest) }
}

/** As `fingerprintOf`, where nothing is remembered of the catalog's rows as they are; another one where something is hidden from the user. */
export const fingerprintUnless = async (session: Session, options: LiveOptions, remember: Remember<string>): Promise<Recalled<string>> => {
  const query = { version: session.version, ...options }
  const answer = await readUnless(session, fingerprintQuery(query), query, hiddenBeside, remember)
  if ('known' in answer) return answer
  const fingerprint = String(answer.rows[0]?.fingerprint)
  const hidden = hiddenOf(answer.more.hidden)
  return { read: hidden.length > 0 ? sha256(`${fingerprint} ${JSON.stringify(hidden)}`) : fingerprint, digest: String(answer.more.digest) }
}

/** The fingerprint that `introspect` would give, computed in the server. Throws what `introspect` throws. */
export const fingerprintOf = async (session: Session, { inTransaction = false, alone = false, ...query }: IntrospectOptions = {}): Promise<string> => {
  const { version } = session
  const sql = fingerprintQuery({ version, ...query })
  const read = async () =>
    inTransaction ? readInside(session, sql) : alone ? readAlone(session, sql) : (await readSettled(session, sql, { version, ...query })).rows
  return String((await read())[0]?.fingerprint)
}

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
  if (!inTransaction) return readDigest(session, query)
  return String((await session.script(rawQuery(query)))[0]?.raw)
}
