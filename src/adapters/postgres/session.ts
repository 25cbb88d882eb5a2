/** Connections to a PostgreSQL over the npm package `pg`. */
import { readFile } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import type { Client, ClientConfig, QueryArrayResult, QueryResult } from 'pg'
import { ToolError } from '../../model/error.ts'
import type { Json } from '../../model/json.ts'
import type { Row, Session } from '../../model/session.ts'
import { driver } from './driver.ts'
import { connectFailure, lost, queryFailure } from './failure.ts'
import { parseUrl, type Target } from './url.ts'
import { valueTypes } from './values.ts'

export type ConnectOptions = (Target | { readonly url: string }) & {
  /** Every transaction of the connection is READ ONLY. */
  readonly readOnly?: boolean
  /** Milliseconds; 0 = none. */
  readonly statementTimeout?: number
  /** Milliseconds; 0 = none. */
  readonly lockTimeout?: number
  /** Milliseconds until the connection must stand. */
  readonly connectTimeout?: number
  /** What a lost connection is due to, when somebody knows. */
  readonly explainLoss?: () => string | undefined
  /** What to speak over, instead of a socket. */
  readonly stream?: () => Duplex
}

/** A session that also says which backend serves it. */
export interface PostgresSession extends Session {
  /** Process id of the server's backend. */
  readonly backend: number
  /** Ends the connection; the same as disposing it. */
  close(): Promise<void>
}

const applicationName = 'pgstrata'
const defaultConnectTimeout = 10_000

const pem = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch {
    throw new ToolError('tls-file', 'A certificate file that the connection URL names cannot be read.', { help: 'Check sslrootcert, sslcert and sslkey.' })
  }
}

const tlsOf = async ({ sslMode, sslRootCert, sslCert, sslKey }: Target): Promise<Exclude<ClientConfig['ssl'], undefined>> => {
  if (sslMode === undefined || sslMode === 'disable' || sslMode === 'allow') return false
  const verify = sslMode.startsWith('verify') || sslRootCert !== undefined
  return {
    rejectUnauthorized: verify,
    ...(sslRootCert && sslRootCert !== 'system' && { ca: await pem(sslRootCert) }),
    ...(sslCert && { cert: await pem(sslCert) }),
    ...(sslKey && { key: await pem(sslKey) }),
    ...(sslMode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  }
}

const targetOf = (options: ConnectOptions): Target => ('url' in options ? parseUrl(options.url) : options)

const configOf = async (target: Target, timeout: number): Promise<ClientConfig> => {
  const { types } = driver()
  return {
    ...(target.host && { host: target.host }),
    ...(target.port && { port: target.port }),
    ...(target.user && { user: target.user }),
    ...(target.password !== undefined && { password: target.password }),
    ...(target.database && { database: target.database }),
    application_name: applicationName,
    connectionTimeoutMillis: timeout,
    keepAlive: true,
    ssl: await tlsOf(target),
    types: valueTypes(types),
  }
}

const settings = ({ readOnly, statementTimeout, lockTimeout }: ConnectOptions): string =>
  [
    `SET application_name = '${applicationName}'`,
    readOnly && 'SET default_transaction_read_only = on',
    statementTimeout !== undefined && `SET statement_timeout = ${Math.round(statementTimeout)}`,
    lockTimeout !== undefined && `SET lock_timeout = ${Math.round(lockTimeout)}`,
    `SELECT current_setting('server_version_num')::int AS version, pg_backend_pid() AS backend`,
  ]
    .filter(Boolean)
    .join(';')

/** The rows of the last statement: the driver answers one result, or a list of them for a text of several statements. */
const lastRows = (result: QueryResult | readonly QueryResult[]): readonly Row[] =>
  (Array.isArray(result) ? result.at(-1)?.rows : (result as QueryResult).rows) ?? []

const open = async (config: ClientConfig): Promise<Client> => {
  const pg = driver()
  const client = new pg.Client(config)
  // Without a listener a lost connection would end the whole process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

const withoutTls = (config: ClientConfig): ClientConfig => ({ ...config, ssl: false })
const withTls = (config: ClientConfig): ClientConfig => ({ ...config, ssl: { rejectUnauthorized: false, checkServerIdentity: () => undefined } })
const wantsTls = (error: unknown) => /no encryption|SSL off/i.test(String((error as Error).message))
const hasNoTls = (error: unknown) => /does not support SSL/i.test(String((error as Error).message))

/** libpq's sslmode: `prefer` falls back to plain text, `allow` and none go over to TLS when the server insists on it. */
const openAs = async (mode: Target['sslMode'], config: ClientConfig): Promise<Client> => {
  try {
    return await open(config)
  } catch (error) {
    if (mode === 'prefer' && hasNoTls(error)) return open(withoutTls(config))
    if ((mode === undefined || mode === 'allow') && wantsTls(error)) return open(withTls(config))
    throw error
  }
}

class PgSession implements PostgresSession {
  readonly version: number
  readonly backend: number
  readonly #client: Client
  readonly #secrets: readonly string[]
  readonly #explain: () => string | undefined
  readonly #reopen: () => Promise<Client>
  #closed = false

  constructor(
    client: Client,
    facts: { version: number; backend: number },
    secrets: readonly string[],
    explain: () => string | undefined,
    reopen: () => Promise<Client>,
  ) {
    this.version = facts.version
    this.backend = facts.backend
    this.#client = client
    this.#secrets = secrets
    this.#explain = explain
    this.#reopen = reopen
  }

  async query(sql: string, parameters: readonly Json[] = []): Promise<readonly Row[]> {
    return this.#run(() => this.#client.query(parameters.length > 0 ? { text: sql, values: [...parameters] } : sql))
  }

  async script(sql: string): Promise<readonly Row[]> {
    return this.#run(() => this.#client.query(sql))
  }

  async cancel(): Promise<void> {
    const second = await this.#reopen().catch((error) => Promise.reject(connectFailure(error)))
    try {
      await second.query('SELECT pg_cancel_backend($1)', [this.backend])
    } catch (error) {
      throw queryFailure(error, this.#secrets, this.#explain)
    } finally {
      await second.end().catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#client.end().catch(() => undefined)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #run(send: () => Promise<QueryResult | QueryArrayResult>): Promise<readonly Row[]> {
    if (this.#closed) throw lost('it had been closed')
    try {
      return lastRows((await send()) as QueryResult)
    } catch (error) {
      throw queryFailure(error, this.#secrets, this.#explain)
    }
  }
}

/**
 * Opens one connection. Throws `ToolError` with exit 3 when the server cannot be reached or lets nobody in; no message, stack or cause of it holds the URL,
 * a user name or a password. `query` and `script` throw `PostgresRefusal` for what the server refuses.
 */
export const connect = async (options: ConnectOptions): Promise<PostgresSession> => {
  const target = targetOf(options)
  const timeout = options.connectTimeout ?? (target.connectTimeout === undefined ? defaultConnectTimeout : target.connectTimeout * 1000)
  const config = { ...(await configOf(target, timeout)), ...(options.stream && { stream: options.stream }) }
  const reopen = () => openAs(target.sslMode, config)
  const client = await reopen().catch((error) => Promise.reject(connectFailure(error)))
  const secrets = target.password ? [target.password, encodeURIComponent(target.password)] : []
  const explain = options.explainLoss ?? (() => undefined)
  try {
    const [facts] = lastRows(await client.query(settings(options)))
    return new PgSession(client, { version: Number(facts?.version), backend: Number(facts?.backend) }, secrets, explain, reopen)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw queryFailure(error, secrets, explain)
  }
}
