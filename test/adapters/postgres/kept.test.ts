/** A live catalog that is kept is never answered where the database has moved, or is another one. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connect, fingerprintKept, introspect, introspectKept } from '../../../src/adapters/postgres/index.ts'
import type { Session } from '../../../src/model/session.ts'
import type { Cache } from '../../../src/model/world.ts'
import { startServer } from '../../operations/place.ts'

let server: Awaited<ReturnType<typeof startServer>>
let admin: Session
let store: Map<string, Uint8Array>
let cache: Cache

beforeAll(async () => {
  server = await startServer()
  admin = (await server.database()).session
})
afterAll(() => server.stop())
beforeEach(() => {
  store = new Map()
  cache = { get: async (key) => store.get(key), put: async (key, bytes) => void store.set(key, Buffer.concat([bytes].flat())) }
})

/** The session, and how often it printed the catalog. */
const counted = (session: Session): { readonly session: Session; prints(): number } => {
  let prints = 0
  const results: Session['results'] = (sql) => {
    if (sql.includes('pg_get_indexdef')) prints += 1
    return session.results(sql)
  }
  const own: Session = {
    version: session.version,
    query: (sql, parameters) => session.query(sql, parameters),
    script: (sql) => session.script(sql),
    results,
    cancel: () => session.cancel(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
  return { session: own, prints: () => prints }
}

const made = async (sql = 'CREATE TABLE a (id integer PRIMARY KEY, note text)'): Promise<Session> => {
  const { session } = await server.database()
  await session.script(sql)
  return session
}

const read = (session: Session, options = {}) => introspectKept(session, options, cache, 'somewhere:5432')

test('a catalog that has not moved is printed once', async () => {
  const { session, prints } = counted(await made())
  const first = await read(session)
  expect(await read(session)).toEqual(first)
  expect(first).toEqual(await introspect(session))
  expect(prints()).toBe(2)
})

test.each([
  'ALTER TABLE a ADD more integer',
  'CREATE INDEX ON a (note)',
  'ALTER TABLE a ALTER note SET NOT NULL',
  `COMMENT ON TABLE a IS 'x'`,
  'GRANT SELECT ON a TO PUBLIC',
  'ALTER TABLE a SET (fillfactor = 70)',
  'ALTER TABLE a RENAME TO b',
  'ALTER TABLE a SET UNLOGGED',
  'DROP TABLE a',
])('%s is seen', async (sql) => {
  const session = await made()
  const before = await read(session)
  await session.script(sql)
  const after = await read(session)
  expect(after.fingerprint).not.toBe(before.fingerprint)
  expect(after).toEqual(await introspect(session))
})

test('there and back again is read again, not answered by what was between', async () => {
  const session = await made()
  const before = await read(session)
  await session.script('ALTER TABLE a RENAME TO b')
  await read(session)
  await session.script('ALTER TABLE b RENAME TO a')
  expect((await read(session)).fingerprint).toBe(before.fingerprint)
})

test('what is asked for is part of the key', async () => {
  const session = await made('CREATE TABLE a (id integer); CREATE SCHEMA drizzle; CREATE TABLE drizzle.ledger (id integer)')
  const all = await read(session)
  const without = await read(session, { exclude: [{ schema: 'drizzle', table: 'ledger' }] })
  const shared = await read(session, { shared: true })
  expect(new Set([all, without, shared].map(({ fingerprint }) => fingerprint)).size).toBe(3)
})

test('a database that was dropped and made again under its name is another one', async () => {
  const { host } = await server.database()
  const visit = async (sql: string): Promise<string> => {
    await using session = await connect({ host, port: 5432, user: 'postgres', database: 'again' })
    await session.script(sql)
    return (await read(session)).fingerprint
  }
  await admin.query('CREATE DATABASE again TEMPLATE template0')
  const first = await visit('CREATE TABLE a (id integer)')
  await admin.query('DROP DATABASE again WITH (FORCE)')
  await admin.query('CREATE DATABASE again TEMPLATE template0')
  expect(await visit('CREATE TABLE a (id bigint)')).not.toBe(first)
  expect(await visit('SELECT 1')).toBe(await visit('SELECT 1'))
})

test('a fingerprint holds for a copy of the database until one of both moves', async () => {
  const { host } = await server.database()
  await admin.query('CREATE DATABASE origin TEMPLATE template0')
  const open = (database: string) => connect({ host, port: 5432, user: 'postgres', database })
  {
    await using origin = await open('origin')
    await origin.script('CREATE TABLE a (id integer)')
  }
  await admin.query('CREATE DATABASE copied TEMPLATE origin')
  await using origin = await open('origin')
  await using copied = await open('copied')
  const [one, other] = [counted(origin), counted(copied)]
  const ask = (session: Session, options = {}) => fingerprintKept(session, options, cache, 'somewhere:5432')
  const first = await ask(one.session)
  expect(await ask(other.session)).toBe(first)
  expect([one.prints(), other.prints()]).toEqual([1, 0])
  await copied.script('ALTER TABLE a ADD more integer')
  await origin.script('ALTER TABLE a ADD more bigint')
  expect(await ask(other.session)).toBe((await introspect(copied)).fingerprint)
  expect(await ask(one.session)).toBe((await introspect(origin)).fingerprint)
  // Not the cluster's objects: each database has settings of its own.
  await ask(one.session, { shared: true })
  await origin.script('ALTER DATABASE origin SET work_mem = 4567')
  expect(await ask(one.session, { shared: true })).not.toBe(await ask(other.session, { shared: true }))
})

test('no key tells where the database is', async () => {
  const session = await made()
  await introspectKept(session, {}, cache, 'secret-host:5432')
  expect([...store.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
})
