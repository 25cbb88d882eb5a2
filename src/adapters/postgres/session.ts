/** Connections to a PostgreSQL over the npm package `pg`. */
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { QueryArrayResult, QueryResult } from 'pg'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Json } from '../../model/json.ts'
import type { Row, Session, Told } from '../../model/session.ts'
import { cancelOn, keysOf } from './cancel.ts'
import { driver } from './driver.ts'
import { connectFailure, lost, queryFailure } from './failure.ts'
import { isLimited, type Limits, startupOptions, transactionLimits } from './limits.ts'
import { configOf, type Opened, openWith } from './open.ts'
import { caveatsOf, factsQuery, otherServer, versionQuery } from './server.ts'
import { parseUrl, type Target } from './url.ts'
import { Wrapping } from './wrapping.ts'

export type ConnectOptions = (Target | { readonly url: string }) &
  Limits & {
    /** Milliseconds until the connection must stand. */
    readonly connectTimeout?: number
    /** Milliseconds until each text must be answered; then the connection is taken for lost. Default: the server's own time limits. */
    readonly answerTimeout?: number
    /** What a lost connection is due to, when somebody knows. */
    readonly explainLoss?: () => string | undefined
    /** What to speak over, instead of a socket. */
    readonly stream?: () => Duplex
  }

/** A session that also says which backend serves it. */
export interface PostgresSession extends Session {
  /** Process id of the server's backend; through a pooler, of the one that answered first. */
  readonly backend: number
  /** The next transaction may be served by another backend, which others use too. */
  readonly pooled: boolean
  /** Ends the connection; the same as disposing it. */
  close(): Promise<void>
}

const defaultConnectTimeout = 10_000

const targetOf = (options: ConnectOptions): Target => ('url' in options ? parseUrl(options.url) : options)

/** The rows of each statement: the driver answers one result, or a list of them for a text of several statements. */
const rowsOf = (result: QueryResult | readonly QueryResult[]): readonly (readonly Row[])[] => [result].flat().map(({ rows }: QueryResult) => rows)

/** Runs a text and tells each row as it comes. Throws what `told` throws, when all is answered. */
const tellingRows = (client: Opened['client'], text: string, told: Told): Promise<QueryResult> =>
  new Promise((resolve, reject) => {
    let failure: Error | undefined
    const { Query } = driver()
    const query = new Query(text, (error: Error | undefined, result: unknown) => {
      const failed = error ?? failure
      if (failed) reject(failed)
      else resolve(result as QueryResult)
    })
    query.on('row', (row: Row) => {
      try {
        if (!failure) told(row)
      } catch (error) {
        failure = error as Error
      }
    })
    client.query(query)
  })

type Facts = { readonly version: number; readonly backend: number; readonly caveats: readonly string[]; readonly pooled: boolean }

/** What a session needs to tell its failures. */
type Telling = { readonly secrets: readonly string[]; readonly explain: () => string | undefined }

class PgSession implements PostgresSession {
  readonly version: number
  readonly backend: number
  readonly caveats: readonly string[]
  readonly pooled: boolean
  readonly #opened: Opened
  readonly #telling: Telling
  readonly #wrapping: Wrapping | undefined
  #closed = false
  #underway = 0

  constructor(opened: Opened, { version, backend, caveats, pooled }: Facts, telling: Telling, wrapping: Wrapping | undefined) {
    this.version = version
    this.backend = backend
    this.caveats = caveats
    this.pooled = pooled
    this.#opened = opened
    this.#telling = telling
    this.#wrapping = wrapping
  }

  async query(sql: string, parameters: readonly Json[] = []): Promise<readonly Row[]> {
    const { client } = this.#opened
    const results = await this.#run(sql, (text) => client.query(parameters.length > 0 ? { text, values: [...parameters] } : text))
    return results.at(-1) ?? []
  }

  async script(sql: string): Promise<readonly Row[]> {
    return (await this.results(sql)).at(-1) ?? []
  }

  results(sql: string, told?: Told): Promise<readonly (readonly Row[])[]> {
    return this.#run(sql, (text) => (told ? tellingRows(this.#opened.client, text, told) : this.#opened.client.query(text)))
  }

  async cancel(): Promise<void> {
    await cancelOn(this.#opened).catch((error) => Promise.reject(connectFailure(error)))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    // The server goes on with a statement whose client is gone: it is told to stop.
    if (this.#underway > 0) await cancelOn(this.#opened).catch(() => undefined)
    await this.#opened.client.end().catch(() => undefined)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #run(sql: string, send: (sql: string) => Promise<QueryResult | QueryArrayResult>): Promise<readonly (readonly Row[])[]> {
    if (this.#closed) throw lost('it had been closed')
    this.#underway++
    try {
      return rowsOf((await (this.#wrapping?.run(sql, send) ?? send(sql))) as QueryResult)
    } catch (error) {
      throw queryFailure(error, this.#telling.secrets, this.#telling.explain)
    } finally {
      this.#underway--
    }
  }
}

/** A server that does not know what PostgreSQL knows may still say its name. */
const factsOf = async ({ client }: Opened, { secrets, explain }: Telling): Promise<Row> => {
  try {
    return rowsOf(await client.query(factsQuery))[0]?.[0] ?? {}
  } catch (error) {
    const failure = queryFailure(error, secrets, explain)
    if (!(failure instanceof PostgresRefusal)) throw failure
    const [rows] = await client.query(versionQuery).then(rowsOf, () => [])
    throw (
      otherServer(String(rows?.[0]?.text)) ?? new ToolError('not-postgresql', `The server does not answer as PostgreSQL does: ${failure.message}.`, { exit: 3 })
    )
  }
}

/** Behind a pooler a writer's limits would have to be left on a server that others use. */
const unlimited = (): ToolError =>
  new ToolError('pooled-connection', 'The connection goes through a pooler that does not keep time limits.', {
    help: 'Give a connection URL that leads to the server itself.',
    exit: 3,
  })

/** No SET is ever sent outside a transaction: through a pooler in transaction mode it would stay on a server that others get next. */
const startSession = async (opened: Opened, options: ConnectOptions, mark: string, forced: boolean, telling: Telling): Promise<PgSession> => {
  const row = await factsOf(opened, telling)
  const caveats = caveatsOf(row)
  const backend = Number(row.backend)
  const pooled = forced || backend !== keysOf(opened.client).processID
  const kept = !forced && row.mark === mark && (!options.readOnly || row.read_only === 'on')
  const plain = !isLimited(options) || (kept && !(pooled && options.readOnly))
  if (!plain && !options.readOnly) throw unlimited()
  const wrapping = plain ? undefined : new Wrapping(opened.client, transactionLimits(options))
  return new PgSession(opened, { version: Number(row.version), backend, caveats, pooled }, telling, wrapping)
}

/**
 * Opens one connection and holds it to the limits: by start-up options, or, where a pooler stands between us and the server, by a transaction around each text.
 * Throws `ToolError` with exit 3 when the server cannot be reached, lets nobody in, is no PostgreSQL or one too old, or when a writer's limits would not hold.
 * No message, stack or cause of it holds the URL, a user name or a password. `query` and `script` throw `PostgresRefusal` for what the server refuses.
 */
export const connect = async (options: ConnectOptions): Promise<PostgresSession> => {
  const target = targetOf(options)
  const timeout = options.connectTimeout ?? (target.connectTimeout === undefined ? defaultConnectTimeout : target.connectTimeout * 1000)
  const config = {
    ...(await configOf(target, timeout)),
    ...(options.answerTimeout !== undefined && { query_timeout: options.answerTimeout }),
    ...(options.stream && { stream: options.stream }),
  }
  const mark = randomBytes(8).toString('hex')
  const forced = target.pooled === true
  const asked = isLimited(options) && !forced ? startupOptions(options, mark) : undefined
  const opened = await openWith(target.sslMode, config, asked).catch((error) => Promise.reject(connectFailure(error)))
  const secrets = target.password ? [target.password, encodeURIComponent(target.password)] : []
  try {
    return await startSession(opened, options, mark, forced, { secrets, explain: options.explainLoss ?? (() => undefined) })
  } catch (error) {
    await opened.client.end().catch(() => undefined)
    throw error
  }
}
