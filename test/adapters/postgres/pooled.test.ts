/** A connection that is told of a pooler: every text is held to the limits in its own transaction, and nothing stays on the server. The pooler itself: test/long/pgbouncer.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedEngine } from '../../../src/adapters/engines/index.ts'
import { type ConnectOptions, connect, introspect, type PostgresSession } from '../../../src/adapters/postgres/index.ts'
import type { Engine } from '../../../src/model/engine.ts'
import type { Session } from '../../../src/model/session.ts'
import { base } from './fixture.ts'

let engine: Engine
let owner: Session
let pooled: PostgresSession
let direct: PostgresSession
let target: ConnectOptions

const limits = { readOnly: true, statementTimeout: 2000, lockTimeout: 100 } as const

beforeAll(async () => {
  engine = await embeddedEngine({ profile: 'replay', extensions: [] })
  const database = await engine.createDatabase()
  owner = await engine.session(database)
  await owner.script(base)
  const [row] = await owner.query(`SELECT current_setting('unix_socket_directories') AS host`)
  target = { host: String(row?.host), user: 'postgres', database }
  pooled = await connect({ ...target, ...limits, pooled: true })
  direct = await connect({ ...target, ...limits })
})
afterAll(async () => {
  await pooled?.close()
  await direct?.close()
  await engine[Symbol.asyncDispose]()
})

const refused = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

const held = `SELECT current_setting('transaction_read_only') AS ro, current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock`

/** What the backend itself holds outside our transactions: asked by somebody who shares the connection. */
const left = async (): Promise<unknown> => {
  const [row] = await owner.query(`SELECT state, query FROM pg_stat_activity WHERE pid = ${pooled.backend}`)
  return row
}

describe.each([
  ['through a pooler', () => pooled],
  ['directly', () => direct],
])('%s', (_, session) => {
  it('every query and script is held to the limits', async () => {
    const limited = [{ ro: 'on', statement: '2s', lock: '100ms' }]
    expect(await session().query(held)).toEqual(limited)
    expect(await session().script(`SELECT 1; ${held} -- the end`)).toEqual(limited)
    expect(await session().query(`${held} WHERE $1::int = 1`, [1])).toEqual(limited)
  })

  it('a transaction of the caller’s own is held to them too, and may go over several texts', async () => {
    expect(await session().script(`/* ours; or not */ -- begin\n BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL search_path = billing; ${held}`)).toEqual([
      { ro: 'on', statement: '2s', lock: '100ms' },
    ])
    expect(await session().query(`SELECT current_setting('search_path') AS path, current_setting('transaction_isolation') AS level`)).toEqual([
      { path: 'billing', level: 'repeatable read' },
    ])
    await session().script('COMMIT')
    expect(await session().query(`SELECT current_setting('search_path') AS path`)).toEqual([{ path: '"$user", public' }])
  })

  it('nothing is written', async () => {
    for (const sql of ['CREATE TABLE no (id integer)', 'SELECT 1; CREATE TABLE no (id integer)', 'BEGIN; CREATE TABLE no (id integer)']) {
      expect(await refused(session().script(sql))).toMatchObject({ sqlstate: '25006' })
      await session().script('ROLLBACK')
    }
  })

  it('an error keeps its position, and the session is usable', async () => {
    expect(await refused(session().query('SELECT wrong FROM pg_class'))).toMatchObject({ sqlstate: '42703', position: 7 })
    expect(await refused(session().query('SELECT $1::int, wrong FROM pg_class', [1]))).toMatchObject({ sqlstate: '42703', position: 16 })
    expect(await refused(session().script('BEGIN; SELECT wrong FROM pg_class'))).toMatchObject({ sqlstate: '42703', position: 14 })
    await session().script('ROLLBACK')
    expect(await refused(session().script('SELECT pg_sleep(5)'))).toMatchObject({ sqlstate: '57014' })
    expect(await session().query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('texts that are asked at once do not mix', async () => {
    const answers = await Promise.all([1, 2, 3].map((n) => session().query('SELECT $1::int AS n, pg_current_xact_id_if_assigned() IS NULL AS reads', [n])))
    expect(answers).toEqual([1, 2, 3].map((n) => [{ n, reads: true }]))
  })

  it('what runs can be cancelled', async () => {
    const running = refused(session().query('SELECT pg_sleep(20) AS long'))
    const waits = () => owner.query(`SELECT 1 FROM pg_stat_activity WHERE pid = ${session().backend} AND query ~ 'AS long' AND state = 'active'`)
    while ((await waits()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await session().cancel()
    expect(await running).toMatchObject({ sqlstate: '57014' })
    expect(await session().query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('the catalog is the same', async () => {
    expect((await introspect(session())).fingerprint).toBe((await introspect(owner)).fingerprint)
  })
})

it('nothing is left on the server: no open transaction, and the last text was no SET', async () => {
  await pooled.query('SELECT 1')
  expect(await left()).toEqual({ state: 'idle', query: 'COMMIT' })
  expect(pooled.pooled).toBe(true)
  expect(direct.pooled).toBe(false)
})

it('a writer whose limits would not hold is refused', async () => {
  expect(await refused(connect({ ...target, lockTimeout: 100, pooled: true }))).toMatchObject({ code: 'pooled-connection', exit: 3 })
  await using writer = await connect({ ...target, pooled: true })
  expect(await writer.script('CREATE TABLE written (id integer); DROP TABLE written')).toEqual([])
})
