/** Opens a connection as libpq does: TLS by `sslmode`, start-up options only where they are taken. */
import { readFile } from 'node:fs/promises'
import type { Client, ClientConfig } from 'pg'
import { ToolError } from '../../model/error.ts'
import { driver } from './driver.ts'
import type { Target } from './url.ts'
import { valueTypes } from './values.ts'

const applicationName = 'pgstrata'

/** A connection, and how it was made. */
export type Opened = { readonly client: Client; readonly config: ClientConfig }

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

/** The driver's configuration; `timeout` in milliseconds. Throws `ToolError` `tls-file`. */
export const configOf = async (target: Target, timeout: number): Promise<ClientConfig> => {
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

const open = async (config: ClientConfig): Promise<Opened> => {
  const pg = driver()
  const client = new pg.Client(config)
  // Without a listener a lost connection would end the whole process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return { client, config }
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

const withoutTls = (config: ClientConfig): ClientConfig => ({ ...config, ssl: false })
const withTls = (config: ClientConfig): ClientConfig => ({ ...config, ssl: { rejectUnauthorized: false, checkServerIdentity: () => undefined } })
const wantsTls = (error: unknown) => /no encryption|SSL off|SSL required/i.test(String((error as Error).message))
const hasNoTls = (error: unknown) => /does not support SSL/i.test(String((error as Error).message))

/** libpq's sslmode: `prefer` falls back to plain text, `allow` and none go over to TLS when the server insists on it. */
const openAs = async (mode: Target['sslMode'], config: ClientConfig): Promise<Opened> => {
  try {
    return await open(config)
  } catch (error) {
    if (mode === 'prefer' && hasNoTls(error)) return open(withoutTls(config))
    if ((mode === undefined || mode === 'allow') && wantsTls(error)) return open(withTls(config))
    throw error
  }
}

/** Refusals that have nothing to do with start-up options: credentials (28…), no such database (3D…), privileges, too many connections, starting up. */
const ofOtherCauses = /^(28|3D|42501|53|57)/

/** A pooler refuses the start-up parameter `options` in words of its own (PgBouncer: 08P01, Amazon RDS Proxy: 0A000). */
const mayRefuseOptions = (error: unknown): boolean => {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') && !ofOtherCauses.test(code)
}

/** Those of the environment stand before ours, and ours win. */
const withOptions = (config: ClientConfig, options: string): ClientConfig => ({
  ...config,
  options: [process.env.PGOPTIONS, options].filter(Boolean).join(' '),
})

/** Connects with the start-up options, or without them where something between us and the server refuses them. Throws what the driver throws. */
export const openWith = async (mode: Target['sslMode'], config: ClientConfig, options: string | undefined): Promise<Opened> => {
  if (options === undefined) return openAs(mode, config)
  try {
    return await openAs(mode, withOptions(config, options))
  } catch (error) {
    if (mayRefuseOptions(error) && !wantsTls(error)) return openAs(mode, config)
    throw error
  }
}
