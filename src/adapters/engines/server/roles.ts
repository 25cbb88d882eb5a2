/** Roles are the server's, not a database's: those that our sessions make are remembered, to be dropped in the end. */
import type { Json } from '../../../model/json.ts'
import type { Row, Session, Told } from '../../../model/session.ts'

const makesRoles = /\bcreate\s+(role|user|group)\b(?!\s+mapping\b)/i

/** By number: a role of the same name that somebody else makes later is another one. */
export type Role = { readonly oid: number; readonly name: string }

const rolesOf = async (session: Session): Promise<readonly Role[]> =>
  (await session.query('SELECT oid::int8::text AS oid, rolname FROM pg_catalog.pg_roles')).map(({ oid, rolname }) => ({
    oid: Number(oid),
    name: String(rolname),
  }))

/** A session that tells of the roles that its statements make. */
export class WatchedSession implements Session {
  readonly version: number
  readonly #session: Session
  readonly #made: (role: Role) => void

  constructor(session: Session, made: (role: Role) => void) {
    this.version = session.version
    this.#session = session
    this.#made = made
  }

  query(sql: string, parameters?: readonly Json[]): Promise<readonly Row[]> {
    return this.#watch(sql, () => this.#session.query(sql, parameters))
  }

  script(sql: string): Promise<readonly Row[]> {
    return this.#watch(sql, () => this.#session.script(sql))
  }

  results(sql: string, told?: Told): Promise<readonly (readonly Row[])[]> {
    return this.#watch(sql, () => this.#session.results(sql, told))
  }

  cancel(): Promise<void> {
    return this.#session.cancel()
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#session[Symbol.asyncDispose]()
  }

  /** Looked at before and after, in the same transaction: what one that fails has made is gone with it. */
  async #watch<T>(sql: string, run: () => Promise<T>): Promise<T> {
    if (!makesRoles.test(sql)) return run()
    const before = new Set((await rolesOf(this.#session).catch(() => [])).map(({ oid }) => oid))
    if (before.size === 0) return run()
    const result = await run()
    for (const role of await rolesOf(this.#session).catch(() => [])) if (!before.has(role.oid)) this.#made(role)
    return result
  }
}
