import { createServer, type Server } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedEngine } from '../../../src/adapters/engines/index.ts'
import { type ConnectOptions, connect, type PostgresSession } from '../../../src/adapters/postgres/index.ts'
import type { Engine } from '../../../src/model/engine.ts'
import { PostgresRefusal, ToolError } from '../../../src/model/error.ts'
import type { Session } from '../../../src/model/session.ts'

const secret = 'canary-4711'

let engine: Engine
let session: Session
let host: string
let database: string

beforeAll(async () => {
  engine = await embeddedEngine({ profile: 'replay', extensions: [] })
  database = await engine.createDatabase()
  session = await engine.session(database)
  const [row] = await session.query(`SELECT current_setting('unix_socket_directories') AS host`)
  host = String(row?.host)
})
afterAll(async () => engine[Symbol.asyncDispose]())

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

const here = (more: Partial<ConnectOptions> = {}): Promise<PostgresSession> => connect({ host, user: 'postgres', database, ...more })

/** Everything of an error that could reach a screen. */
const everything = (error: unknown) => inspect(error, { depth: 10, showHidden: true }) + String((error as Error).stack) + JSON.stringify(error)

describe('rows', () => {
  it('are JSON where JSON can hold the value, and else PostgreSQL’s text', async () => {
    const [row] =
      await session.query(`SELECT 1::int2 AS small, 2 AS int, 9007199254740993::int8 AS big, 1.50::numeric AS exact, 0.5::float8 AS float, 'NaN'::float8 AS nan,
      true AS yes, NULL AS nothing, '{"a":[1]}'::json AS json, '{"b":null}'::jsonb AS jsonb, '2026-03-01'::date AS date, '2026-03-01 12:00+02'::timestamptz AS moment,
      '1 day'::interval AS span, '\\x01ff'::bytea AS bytes, ARRAY['a', NULL] AS texts, ARRAY[1::int8] AS bigs, 'a'::name AS name, '(1,2)'::point AS point`)
    expect(row).toEqual({
      small: 1,
      int: 2,
      big: '9007199254740993',
      exact: '1.50',
      float: 0.5,
      nan: 'NaN',
      yes: true,
      nothing: null,
      json: { a: [1] },
      jsonb: { b: null },
      date: '2026-03-01',
      moment: '2026-03-01 10:00:00+00',
      span: '1 day',
      bytes: '\\x01ff',
      texts: ['a', null],
      bigs: ['1'],
      name: 'a',
      point: '(1,2)',
    })
  })

  it('take parameters', async () => expect(await session.query('SELECT $1::int + 1 AS n, $2::text AS t', [41, "it's"])).toEqual([{ n: 42, t: "it's" }]))

  it('of a script are those of its last statement', async () => {
    expect(await session.script(`CREATE TEMPORARY TABLE x (n integer); INSERT INTO x VALUES (1), (2); SELECT n FROM x ORDER BY n`)).toEqual([
      { n: 1 },
      { n: 2 },
    ])
    expect(await session.script('SELECT 1; DROP TABLE x')).toEqual([])
    expect(await session.script('-- nothing')).toEqual([])
  })
})

describe('a refusal by the server', () => {
  it('keeps SQLSTATE, detail, hint and position', async () => {
    const error = (await failure(session.query('SELECT wrong FROM pg_class'))) as PostgresRefusal
    expect(error).toBeInstanceOf(PostgresRefusal)
    expect([error.sqlstate, error.message, error.position]).toEqual(['42703', 'column "wrong" does not exist', 7])
    const duplicate = (await failure(session.script('CREATE TEMPORARY TABLE d (n integer UNIQUE); INSERT INTO d VALUES (1), (1)'))) as PostgresRefusal
    expect([duplicate.sqlstate, duplicate.detail]).toEqual(['23505', 'Key (n)=(1) already exists.'])
  })

  it('leaves the session usable', async () => {
    await failure(session.query('SELEC'))
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe('a read session', () => {
  it('says who it is and refuses to write', async () => {
    await using reader = await here({ readOnly: true, statementTimeout: 2000, lockTimeout: 100 })
    const [row] = await reader.query(`SELECT current_setting('application_name') AS name, current_setting('default_transaction_read_only') AS ro,
      current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock`)
    expect(row).toEqual({ name: 'pgstrata', ro: 'on', statement: '2s', lock: '100ms' })
    for (const sql of ['CREATE TABLE no (id integer)', 'CREATE SEQUENCE no', 'GRANT SELECT ON pg_class TO PUBLIC']) {
      expect((await failure(reader.script(sql))) as PostgresRefusal).toMatchObject({ sqlstate: '25006' })
    }
  })

  it('gives up on a lock and on a long statement', async () => {
    await session.script('CREATE TABLE held (id integer)')
    await session.script('BEGIN; LOCK TABLE held')
    await using reader = await here({ readOnly: true, statementTimeout: 300, lockTimeout: 50 })
    expect(await failure(reader.query('SELECT * FROM held'))).toMatchObject({ sqlstate: '55P03' })
    expect(await failure(reader.query('SELECT pg_sleep(5)'))).toMatchObject({ sqlstate: '57014' })
    await session.script('ROLLBACK')
  })
})

it('cancels what runs', async () => {
  const other = await here()
  const running = failure(other.query('SELECT pg_sleep(20)'))
  const waits = () => session.query(`SELECT 1 FROM pg_stat_activity WHERE pid = ${other.backend} AND state = 'active'`)
  while ((await waits()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await other.cancel()
  expect(await running).toMatchObject({ sqlstate: '57014' })
  expect(await other.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await other.close()
})

describe('a lost connection', () => {
  it('is a ToolError, now and later', async () => {
    const other = await here()
    const running = failure(other.query('SELECT pg_sleep(20)'))
    await session.query('SELECT pg_terminate_backend($1)', [other.backend])
    for (const error of [await running, await failure(other.query('SELECT 1'))]) {
      expect(error).toBeInstanceOf(ToolError)
      expect(error).toMatchObject({ code: 'connection-lost', exit: 3 })
    }
    await other.close()
    await other.close()
  })

  it('includes a session that was closed', async () => {
    const other = await here()
    await other.close()
    expect(await failure(other.query('SELECT 1'))).toMatchObject({ code: 'connection-lost' })
  })
})

describe('a server that cannot be asked', () => {
  let silent: Server
  let silentPort: number
  let passwordHost: string
  let passwordEngine: Engine

  beforeAll(async () => {
    silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    silentPort = (silent.address() as { port: number }).port
    passwordEngine = await embeddedEngine({ profile: 'replay', extensions: [] })
    const own = await passwordEngine.session(await passwordEngine.createDatabase())
    await own.script(`CREATE ROLE ann LOGIN PASSWORD 'right'`)
    const [row] = await own.query(`SELECT current_setting('unix_socket_directories') AS host, current_setting('hba_file') AS file`)
    passwordHost = String(row?.host)
    // The server writes its own rules file: it may run as another user.
    await own.script(`COPY (SELECT 'local all postgres trust' UNION ALL SELECT 'local all all scram-sha-256') TO '${row?.file}'; SELECT pg_reload_conf()`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  })
  afterAll(async () => {
    silent.close()
    await passwordEngine[Symbol.asyncDispose]()
  })

  const url = (rest: string) => `postgres://ann:${secret}@${rest}`
  const cases: readonly (readonly [string, string, () => string])[] = [
    ['nothing listens', 'server-down', () => url('127.0.0.1:1/shop')],
    ['an unknown host', 'unknown-host', () => url('no-such-host.invalid/shop')],
    ['no socket', 'server-down', () => url('/shop?host=/nowhere')],
    ['silence', 'connection-timeout', () => url(`127.0.0.1:${silentPort}/shop?connect_timeout=1`)],
    ['a wrong password', 'connection-refused-credentials', () => url(`/postgres?host=${passwordHost}`)],
    ['no such user', 'connection-refused-credentials', () => `postgres://eve:${secret}@/postgres?host=${passwordHost}`],
    ['no such database', 'no-such-database', () => `postgres://postgres:${secret}@/nowhere?host=${passwordHost}`],
    ['no TLS', 'tls-file', () => url('127.0.0.1:1/shop?sslmode=verify-full&sslrootcert=/nowhere.pem')],
  ]

  it.each(cases)('%s is said, with the next step and no secret', async (_, code, target) => {
    const error = await failure(connect({ url: target() }))
    expect(error).toBeInstanceOf(ToolError)
    const { help, message } = error as ToolError
    expect((error as ToolError).code).toBe(code)
    expect(code === 'tls-file' ? 3 : (error as ToolError).exit).toBe(3)
    expect(help).toBeTruthy()
    expect(message).not.toContain('postgres://')
    expect(everything(error)).not.toMatch(new RegExp(`${secret}|\\bann\\b|\\beve\\b`))
  })

  it('lets the right password in', async () => {
    await using own = await connect({ url: `postgres://ann:right@/postgres?host=${passwordHost}` })
    expect(await own.query('SELECT current_user AS name')).toEqual([{ name: 'ann' }])
  })

  it('takes the password out of a server’s own message', async () => {
    await using own = await connect({ url: `postgres://ann:right@/postgres?host=${passwordHost}` })
    const error = await failure(own.query(`SELECT 'postgres://bob:${secret}@h/d'::integer`))
    expect(error).toBeInstanceOf(PostgresRefusal)
    expect(everything(error)).not.toContain(secret)
  })
})
