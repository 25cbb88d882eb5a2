/** PostgreSQL connection URLs as libpq's manual (34.1.1.2) has them, read without ever repeating one in a message. */
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
 * Reads a `postgres://` or `postgresql://` URL. Parameters that libpq or a driver knows and that do not matter here (`channel_binding`, `pgbouncer` …) are
 * left out. Throws `ToolError` `bad-connection-url`; no part of the URL is in the message.
 */
export const parseUrl = (text: string): Target => {
  const url = split(text.trim())
  const parameter = (name: string) => url.searchParams.get(name) || undefined
  const named = url.hostname === noHost ? '' : url.hostname
  const host = decode(named.replace(/^\[|\]$/g, '')) || parameter('host')
  const port = url.port || parameter('port')
  const user = decode(url.username) || parameter('user')
  const password = decode(url.password) || parameter('password')
  const database = decode(url.pathname.slice(1)) || parameter('dbname')
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
  }
}
