/** A live catalog, printed by its server. */
import { createHash } from 'node:crypto'
import type { Json } from '../../model/json.ts'
import { fingerprintText, type PrintedCatalog, type PrintedObject } from '../../model/printed.ts'
import type { Row, Session } from '../../model/session.ts'
import { type CatalogQuery, catalogQuery, fingerprintQuery } from './catalog-query.ts'

export type IntrospectOptions = Pick<CatalogQuery, 'exclude' | 'shared'> & {
  /** The session's transaction is open, and stays so: its search_path is set for the query and put back. */
  readonly inTransaction?: boolean
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const alone = { before: `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ''; SET LOCAL jit = off`, after: 'COMMIT' }

const inside = {
  before: `SELECT set_config('pgstrata.search_path', current_setting('search_path'), true), set_config('pgstrata.jit', current_setting('jit'), true),
    set_config('search_path', '', true), set_config('jit', 'off', true)`,
  after: `SELECT set_config('search_path', current_setting('pgstrata.search_path'), true), set_config('jit', current_setting('pgstrata.jit'), true)`,
}

/** One round trip for the answer; the second only ends the transaction. */
const read = async (session: Session, sql: string, inTransaction: boolean): Promise<readonly Row[]> => {
  const { before, after } = inTransaction ? inside : alone
  try {
    const rows = await session.script(`${before};${sql}`)
    await session.script(after)
    return rows
  } catch (error) {
    if (!inTransaction) await session.script('ROLLBACK').catch(() => undefined)
    throw error
  }
}

const objectOf = ({ kind, identity, value }: Row): PrintedObject => {
  const text = String(value)
  return { kind: String(kind), identity: String(identity), value: JSON.parse(text) as { [key: string]: Json }, hash: sha256(text) }
}

/**
 * Reads the whole catalog with one query. Without `inTransaction` it runs in its own REPEATABLE READ READ ONLY transaction. Throws what `Session` throws.
 */
export const introspect = async (session: Session, { inTransaction = false, ...query }: IntrospectOptions = {}): Promise<PrintedCatalog> => {
  const rows = await read(session, catalogQuery({ version: session.version, ...query }), inTransaction)
  const objects = rows.map(objectOf)
  return { objects, fingerprint: sha256(fingerprintText(objects)), version: session.version }
}

/** The fingerprint that `introspect` would give, computed in the server. */
export const fingerprintOf = async (session: Session, { inTransaction = false, ...query }: IntrospectOptions = {}): Promise<string> => {
  const [row] = await read(session, fingerprintQuery({ version: session.version, ...query }), inTransaction)
  return String(row?.fingerprint)
}
