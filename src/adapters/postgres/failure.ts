/** What a driver's error means: a refusal by the server, or a reason why the server could not be asked. Never with a secret in it. */
import { PostgresRefusal, ToolError } from '../../model/error.ts'

type DriverError = { readonly code?: unknown; readonly message?: unknown; readonly detail?: unknown; readonly hint?: unknown; readonly position?: unknown }

type Reason = { readonly code: string; readonly why: string; readonly help: string }

const reason = (code: string, why: string, help: string): Reason => ({ code, why, help })

const down = 'Check that the server runs and that host and port are right.'
const access = 'Check user and password, and that the server lets this user in from here (pg_hba.conf).'
const tls = 'Give sslrootcert with the server’s authority, or choose another sslmode in the connection URL.'

/** By SQLSTATE (manual, appendix A), by Node's error codes. */
const reasons: { readonly [code: string]: Reason } = {
  '28P01': reason('connection-refused-credentials', 'the server refused the password', access),
  '28000': reason('connection-refused-credentials', 'the server refused the user', access),
  '3D000': reason('no-such-database', 'the server has no such database', 'Check the database name at the end of the connection URL.'),
  '42501': reason('connection-refused-credentials', 'the user may not connect to this database', 'GRANT CONNECT ON DATABASE, or use another user.'),
  '53300': reason('too-many-connections', 'the server has no free connection', 'Wait, or use a user with reserved connections. One connection is enough.'),
  '57P03': reason('server-not-ready', 'the server is starting up or shutting down', 'Try again in a moment.'),
  ECONNREFUSED: reason('server-down', 'nothing listens at its address', down),
  ENOENT: reason('server-down', 'its Unix socket does not exist', down),
  EACCES: reason('server-down', 'its Unix socket may not be used by this user', 'Check the permissions of the socket’s directory.'),
  ENOTFOUND: reason('unknown-host', 'its host name is unknown', 'Check the host name in the connection URL.'),
  EAI_AGAIN: reason('unknown-host', 'its host name could not be looked up', 'Check the network and the host name in the connection URL.'),
  ETIMEDOUT: reason('connection-timeout', 'it did not answer in time', `${down} A firewall may be in between.`),
  EHOSTUNREACH: reason('server-down', 'its host cannot be reached', down),
  ENETUNREACH: reason('server-down', 'its network cannot be reached', down),
  ECONNRESET: reason('connection-lost', 'it closed the connection', down),
  EPIPE: reason('connection-lost', 'it closed the connection', down),
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const byMessage = (message: string): Reason => {
  if (/does not support SSL/i.test(message))
    return reason('tls-unavailable', 'the server does not speak TLS', 'Use sslmode=disable or sslmode=prefer if that is acceptable.')
  if (/timeout/i.test(message)) return reason('connection-timeout', 'it did not answer in time', down)
  if (/password must be a string|no password supplied/i.test(message))
    return reason('connection-refused-credentials', 'the server wants a password and none was given', access)
  if (/SASL|SCRAM/.test(message)) return reason('connection-refused-credentials', 'the password exchange failed', access)
  if (/certificate|self.signed|altname|\bTLS\b|\bSSL\b/i.test(message)) return reason('tls-failed', 'the TLS connection could not be trusted', tls)
  return reason('connection-lost', 'the connection broke', down)
}

const isTlsCode = (code: string) => /CERT|SIGNATURE|^ERR_(TLS|SSL)|^EPROTO$/.test(code)

/** pg_hba.conf (`hostssl`) and poolers say it in their own words. */
const insistsOnTls = (message: string) => /no encryption|SSL off|SSL required/i.test(message)

const reasonOf = (error: DriverError): Reason => {
  const code = textOf(error.code)
  if (insistsOnTls(textOf(error.message)))
    return reason('tls-required', 'the server lets nobody in without TLS', 'Use sslmode=require, or verify-full with sslrootcert, in the connection URL.')
  if (isTlsCode(code)) return reason('tls-failed', 'the TLS connection could not be trusted', tls)
  return reasons[code] ?? byMessage(textOf(error.message))
}

/** Takes secrets and everything that looks like a URL with a password out of a text. */
export const redact = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret.length > 2)
    .reduce((left, secret) => left.replaceAll(secret, '***'), text)
    .replaceAll(/(\w+:\/\/)[^\s/'"]*:[^\s'"]*@/g, '$1***@')
    .replaceAll(/(password\s*=\s*)('[^']*'|\S+)/gi, '$1***')

/** Why a connection could not be made. The driver's error is not kept as the cause: it may hold what must not be shown. */
export const connectFailure = (error: unknown): ToolError => {
  const { code, why, help } = reasonOf(error as DriverError)
  return new ToolError(code, `Cannot connect to the database: ${why}.`, { help, exit: 3 })
}

/** Five letters that begin with E are a system error of Node's (EPIPE): no class of SQLSTATEs does (manual, appendix A). */
const isSqlState = (code: string) => /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code)

/** Server shut down, crashed, or ended this connection. */
const ended = new Set(['57P01', '57P02', '57P03', '57P05', '08006', '08003'])

/** A lost connection. `explain` may know more than the driver, such as what the server's log says. */
export const lost = (explain?: string): ToolError =>
  new ToolError('connection-lost', `The connection to the database was lost${explain ? `: ${explain}` : '.'}`, {
    help: 'Check that the server still runs, and run the command again.',
    exit: 3,
  })

const isBug = (error: unknown): error is Error => error instanceof TypeError || error instanceof SyntaxError || error instanceof RangeError

/** What a query's error means: `PostgresRefusal`, or `ToolError` when the server or its disk is gone. A bug stays what it is. */
export const queryFailure = (error: unknown, secrets: readonly string[], explain: () => string | undefined): Error => {
  if (isBug(error)) return error
  const driver = error as DriverError
  const code = textOf(driver.code)
  if (/^Query read timeout$/.test(textOf(driver.message)))
    return new ToolError('no-answer', 'The database does not answer in time.', {
      help: 'Look whether its server is at work at all, or give it longer.',
      exit: 3,
    })
  if (!isSqlState(code) || ended.has(code)) return lost(explain())
  const message = redact(textOf(driver.message), secrets)
  if (code === '53100')
    return new ToolError('disk-full', `The database server is out of disk space: ${message}`, { help: 'Free some space and run the command again.', exit: 3 })
  const position = Number(driver.position)
  return new PostgresRefusal(code, message, {
    ...(textOf(driver.detail) && { detail: redact(textOf(driver.detail), secrets) }),
    ...(textOf(driver.hint) && { hint: redact(textOf(driver.hint), secrets) }),
    ...(position > 0 && { position: position - 1 }),
  })
}
