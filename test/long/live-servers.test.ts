/** Live databases as they stand in production: behind PgBouncer in transaction mode, on a standby, with TLS. Wants Debian's packages postgresql, pgbouncer and openssl. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConnectOptions, connect, introspect, type PostgresSession, rawFingerprint } from '../../src/adapters/postgres/index.ts'
import { ToolError } from '../../src/model/error.ts'
import { portableBase } from '../adapters/postgres/fixture.ts'
import { type Primary, startPrimary } from '../support/debian-servers.ts'

const secret = 'canary-4711'
const limits = { readOnly: true, statementTimeout: 30_000, lockTimeout: 2000 } as const

let primary: Primary
let owner: PostgresSession

const at = (port: number, more: Partial<ConnectOptions> = {}): Promise<PostgresSession> =>
  connect({ host: primary.directory, port, user: 'postgres', database: 'shop', sslMode: 'disable', ...more })

const refused = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

beforeAll(async () => {
  primary = await startPrimary()
  await using first = await at(primary.port, { database: 'postgres' })
  await first.script(`CREATE ROLE ann LOGIN PASSWORD '${secret}'`)
  await first.script('CREATE DATABASE shop')
  owner = await at(primary.port)
  await owner.script(portableBase)
})
afterAll(async () => {
  await owner?.close()
  await primary?.stop()
})

describe.each([
  ['refuses start-up options', ''],
  ['leaves start-up options out', 'ignore_startup_parameters = options'],
])('PgBouncer in transaction mode, which %s', (name, setting) => {
  let port: number
  beforeAll(async () => {
    port = await primary.pooler(name.replaceAll(' ', '-'), setting)
  })

  it('gives the catalog that the server gives', async () => {
    await using reader = await at(port, limits)
    expect(reader.pooled).toBe(true)
    expect((await introspect(reader)).fingerprint).toBe((await introspect(owner)).fingerprint)
    expect(await rawFingerprint(reader)).toBe(await rawFingerprint(owner))
    expect(await reader.query('SELECT $1::int + 1 AS n', [1])).toEqual([{ n: 2 }])
  })

  it('is held to the limits, and its other clients are not', async () => {
    await using reader = await at(port, limits)
    await using other = await at(port)
    for (const sql of ['CREATE TABLE no (id integer)', 'SELEC', 'BEGIN; CREATE TABLE no (id integer)']) {
      expect(await refused(reader.script(sql))).toMatchObject({ sqlstate: sql === 'SELEC' ? '42601' : '25006' })
      await reader.script('ROLLBACK')
      await introspect(reader)
      expect(
        await other.query(
          `SELECT current_setting('transaction_read_only') AS ro, current_setting('statement_timeout') AS s, current_setting('lock_timeout') AS l, current_setting('search_path') AS p`,
        ),
      ).toEqual([{ ro: 'off', s: '0', l: '0', p: '"$user", public' }])
      await other.script('CREATE TABLE written (id integer); DROP TABLE written')
    }
    const [ours, theirs] = [await reader.query('SELECT pg_backend_pid() AS pid'), await other.query('SELECT pg_backend_pid() AS pid')]
    expect(ours).toEqual(theirs)
  })

  it('cancels what we run, not what others run', async () => {
    await using reader = await at(port, limits)
    await using other = await at(port)
    const theirs = other.query('SELECT pg_sleep(1), 1 AS slept')
    await new Promise((resolve) => setTimeout(resolve, 300))
    await reader.cancel()
    expect(await theirs).toMatchObject([{ slept: 1 }])
    const ours = refused(reader.query('SELECT pg_sleep(20)'))
    await new Promise((resolve) => setTimeout(resolve, 500))
    await reader.cancel()
    expect(await ours).toMatchObject({ sqlstate: '57014' })
    expect(await reader.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe('a standby', () => {
  let port: number
  beforeAll(async () => {
    port = await primary.standby()
  })

  it('gives the catalog that the primary gives', async () => {
    await using reader = await at(port, limits)
    expect(await reader.query('SELECT pg_is_in_recovery() AS standby')).toEqual([{ standby: true }])
    expect((await introspect(reader)).fingerprint).toBe((await introspect(owner)).fingerprint)
    expect(await rawFingerprint(reader)).toBe(await rawFingerprint(owner))
  })

  it('answers while replay ends queries, or says that it cannot', async () => {
    const state = { done: false }
    const busy = (async () => {
      await using other = await at(primary.port)
      while (!state.done) {
        await other.script('CREATE TABLE passing (id serial PRIMARY KEY, x text DEFAULT 0); DROP TABLE passing')
        for (const catalog of ['pg_class', 'pg_attribute', 'pg_type', 'pg_depend', 'pg_attrdef']) await other.query(`VACUUM ${catalog}`)
      }
    })()
    const expected = (await introspect(owner)).fingerprint
    const codes: string[] = []
    for (let n = 0; n < 10; n += 1) {
      await using reader = await at(port, limits)
      const answer = await introspect(reader).catch((error: unknown) => error)
      if (answer instanceof ToolError) expect(answer.exit).toBe(3)
      codes.push(answer instanceof ToolError ? answer.code : (answer as { fingerprint: string }).fingerprint === expected ? 'read' : String(answer))
    }
    state.done = true
    await busy
    console.log(`standby under replay: ${codes.join(', ')}`)
    for (const code of codes) expect(['read', 'catalog-changing', 'standby-conflict', 'connection-lost']).toContain(code)
  })
})

describe('a server that insists on TLS', () => {
  const url = (rest: string) => `postgres://ann:${secret}@localhost:${primary.port}/shop${rest}`

  it.each([
    ['?sslmode=require', undefined],
    ['', undefined],
    ['?sslmode=prefer', undefined],
    ['?sslmode=disable', 'tls-required'],
    ['?sslmode=verify-full', 'tls-failed'],
  ])('%s', async (rest, code) => {
    const answer = await connect({ url: url(rest), ...limits }).catch((error: unknown) => error)
    if (code === undefined) {
      await using session = answer as PostgresSession
      expect(await session.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).toEqual([{ ssl: true }])
      expect((await introspect(session)).fingerprint).toBe((await introspect(owner)).fingerprint)
      return
    }
    expect(answer).toMatchObject({ code, exit: 3 })
    expect(JSON.stringify(answer) + String((answer as Error).stack)).not.toMatch(new RegExp(`${secret}|\\bann\\b`))
  })

  it('is trusted by its certificate, and cancels over TLS', async () => {
    await using session = await connect({ url: url(`?sslmode=verify-full&sslrootcert=${primary.rootCertificate}`), ...limits })
    const running = refused(session.query('SELECT pg_sleep(20)'))
    await new Promise((resolve) => setTimeout(resolve, 300))
    await session.cancel()
    expect(await running).toMatchObject({ sqlstate: '57014' })
  })
})
