/** PostgreSQL connection URLs as libpq's manual (34.1.1.2) has them, read without ever repeating one in a message. */
import { nearest } from '../../model/config-schema.ts'
import { ToolError } from '../../model/error.ts'

export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'

/** What a connection URL says. */
export type Target = {
  /** A host name, an address, or the directory of a Unix socket. */
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  readonly sslMode?: SslMode
  /** Paths of PEM files. */
  readonly sslRootCert?: string
  readonly sslCert?: string
  readonly sslKey?: string
  /** Seconds. */
  readonly connectTimeout?: number
  /** A pooler in transaction mode stands before the server: known, and not to be found out. */
  readonly pooled?: boolean
}

const sslModes: readonly SslMode[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']
const form =
  'Write it as postgres://user:password@host:5432/database, with special characters in user and password percent-encoded (@ is %40, # is %23, / is %2F).'

const bad = (message: string, help = form) => new ToolError('bad-connection-url', message, { help })

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw bad('The connection URL has a % that is not followed by two hexadecimal digits.')
  }
}

const sslModeOf = (text: string): SslMode => {
  const mode = sslModes.find((each) => each === text)
  if (!mode) throw bad('The connection URL has an unknown sslmode.', `Use one of ${sslModes.join(', ')}.`)
  return mode
}

const whole = (text: string, what: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw bad(`The connection URL's ${what} is not a whole number.`)
  return Number(text)
}

const portOf = (text: string): number => {
  const port = whole(text, 'port')
  if (port < 1 || port > 65535) throw bad('The connection URL has a port outside 1 to 65535.')
  return port
}

/** What is read here. Anything else is let pass (libpq and the drivers know a hundred more) unless it looks like a slip of one of these. */
const readParameters = ['host', 'port', 'user', 'password', 'dbname', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'connect_timeout', 'pgbouncer']
/** Names that others give a meaning, however near they are. */
const alsoKnown = ['hostaddr', 'passfile', 'sslcrl', 'sslcrldir', 'sslsni', 'ssl', 'sslpassword', 'sslidentity', 'sslaccept']

/** A slip in sslmode would be a connection in plain text. */
const refuseSlips = (parameters: URLSearchParams): void => {
  for (const name of parameters.keys()) {
    if (readParameters.includes(name) || alsoKnown.includes(name)) continue
    const meant = nearest(name, readParameters)
    const near = meant !== undefined && Math.abs(meant.length - name.length) <= 2 && meant[0] === name[0]?.toLowerCase()
    if (near) throw bad('The connection URL has a parameter that nobody knows.', `Did you mean ${meant}?`)
  }
}

const noHost = 'none.invalid'

const split = (text: string): URL => {
  if (!/^postgres(ql)?:\/\//.test(text)) throw bad('That is not a PostgreSQL connection URL: it does not start with postgres:// or postgresql://.')
  if (/^[^/]*\/\/([^/?#]*@)?[^/?#@]*,/.test(text)) throw bad('The connection URL names several hosts.', 'Name the one host to read from.')
  try {
    // libpq takes a user without a host (it is in a parameter then), the web's URLs do not.
    return new URL(text.replace(/^(\w+:\/\/[^/?#@]*@)(?=[/?]|$)/, `$1${noHost}`))
  } catch {
    throw bad('The connection URL cannot be read.')
  }
}

/**
 * Reads a `postgres://` or `postgresql://` URL. `pgbouncer=true`, as others write it, says that a pooler stands before the server. Parameters that libpq or a
 * driver knows and that do not matter here (`channel_binding` …) are left out. Throws `ToolError` `bad-connection-url`; no part of the URL is in the message.
 */
export const parseUrl = (text: string): Target => {
  const url = split(text.trim())
  refuseSlips(url.searchParams)
  const parameter = (name: string) => url.searchParams.get(name) || undefined
  const named = url.hostname === noHost ? '' : url.hostname
  // As in libpq, a parameter stands above the same thing in the URL's body.
  const host = parameter('host') ?? decode(named.replace(/^\[|\]$/g, ''))
  const port = parameter('port') ?? url.port
  const user = parameter('user') ?? decode(url.username)
  const password = parameter('password') ?? decode(url.password)
  const database = parameter('dbname') ?? decode(url.pathname.slice(1))
  const sslMode = parameter('sslmode')
  const sslRootCert = parameter('sslrootcert')
  const sslCert = parameter('sslcert')
  const sslKey = parameter('sslkey')
  const timeout = parameter('connect_timeout')
  return {
    ...(host && { host }),
    ...(port && { port: portOf(port) }),
    ...(user && { user }),
    ...(password && { password }),
    ...(database && { database }),
    ...(sslMode && { sslMode: sslModeOf(sslMode) }),
    ...(sslRootCert && { sslRootCert }),
    ...(sslCert && { sslCert }),
    ...(sslKey && { sslKey }),
    ...(timeout && { connectTimeout: whole(timeout, 'connect_timeout') }),
    ...(parameter('pgbouncer') === 'true' && { pooled: true }),
  }
}
