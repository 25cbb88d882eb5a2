import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedEngine } from '../../../src/adapters/engines/index.ts'
import { fingerprintOf, introspect } from '../../../src/adapters/postgres/index.ts'
import type { Engine } from '../../../src/model/engine.ts'
import { partsOf } from '../../../src/model/name.ts'
import { differences, type PrintedCatalog, portable, withoutFacets } from '../../../src/model/printed.ts'
import type { Session } from '../../../src/model/session.ts'
import { base, mutations } from './fixture.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

let engine: Engine
let session: Session

beforeAll(async () => {
  engine = await embeddedEngine({ profile: 'replay', extensions: [] })
  session = await engine.session(await engine.createDatabase())
  await session.script(base)
})
afterAll(async () => engine[Symbol.asyncDispose]())

/** The catalog after some SQL, which is rolled back. */
const after = async <T>(sql: string, read: (session: Session) => Promise<T>): Promise<T> => {
  try {
    await session.script(`BEGIN;${sql}`)
    return await read(session)
  } finally {
    await session.script('ROLLBACK')
  }
}

const fresh = async (sql: string, options: Parameters<typeof introspect>[1] = {}): Promise<PrintedCatalog> => {
  const database = await engine.createDatabase()
  await using own = await engine.session(database)
  await own.script(sql)
  return await introspect(own, options)
}

describe('every change that a catalog can show changes the fingerprint', () => {
  const changed = (sql: string) => after(sql, (each) => fingerprintOf(each, { inTransaction: true }))
  let before: string
  beforeAll(async () => {
    before = await fingerprintOf(session)
  })

  it.each(Object.entries(mutations))('%s', async (_, sql) => expect(await changed(sql)).not.toBe(before))

  it('and none of them is left', async () => {
    expect(await changed('SELECT 1')).toBe(before)
    expect(await fingerprintOf(session)).toBe(before)
  })
})

it('sees the roles and the database when asked, and only then', async () => {
  const shared = (options: object) => (each: Session) => fingerprintOf(each, { inTransaction: true, ...options })
  for (const sql of [
    'CREATE ROLE strata_more',
    'ALTER ROLE strata_reader LOGIN',
    'GRANT strata_reader TO strata_writer',
    `COMMENT ON ROLE strata_reader IS 'x'`,
  ]) {
    expect(await after(sql, shared({}))).toBe(await fingerprintOf(session))
    expect(await after(sql, shared({ shared: true }))).not.toBe(await fingerprintOf(session, { shared: true }))
  }
  const setting = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''5MB''', current_database()); END $$`
  expect(await after(setting, shared({ shared: true }))).not.toBe(await fingerprintOf(session, { shared: true }))
})

it('prints the same for the same DDL, and whatever the order where order does not matter', async () => {
  const [table, text, type, index, comment] = [
    'CREATE TABLE a (id integer PRIMARY KEY);',
    'CREATE TABLE b (x text);',
    `CREATE TYPE mood AS ENUM ('a', 'b');`,
    'CREATE INDEX ON b (x);',
    `COMMENT ON TABLE a IS 'x';`,
  ]
  const first = await fresh(table + text + type + index + comment)
  expect((await fresh(table + text + type + index + comment)).fingerprint).toBe(first.fingerprint)
  expect((await fresh(type + text + index + table + comment)).fingerprint).toBe(first.fingerprint)
  expect((await fresh('CREATE TABLE b (x text, y text)')).fingerprint).not.toBe((await fresh('CREATE TABLE b (y text, x text)')).fingerprint)
})

it('prints every value as jsonb would, without a key that has none', async () => {
  const { objects } = await introspect(session, { shared: true })
  expect(
    await session.query(
      `SELECT kind, identity, text FROM jsonb_to_recordset($1::jsonb) o(kind text, identity text, text text)
      WHERE text::jsonb::text <> text OR jsonb_strip_nulls(text::jsonb) <> text::jsonb`,
      [JSON.stringify(objects)],
    ),
  ).toEqual([])
})

it('counts a column’s place among the living', async () => {
  const places = (sql: string) =>
    after(`CREATE TABLE places (a int, b int, c int, d int); ${sql}`, async (each) => {
      const { objects } = await introspect(each, { inTransaction: true })
      return objects.flatMap(({ kind, identity, value }) =>
        kind === 'column' && identity.includes('places') ? [`${identity.slice(-2, -1)}${value.position}`] : [],
      )
    })
  expect(await places('')).toEqual(['a1', 'b2', 'c3', 'd4'])
  expect(await places('ALTER TABLE places DROP b; ALTER TABLE places ADD e int; ALTER TABLE places DROP a')).toEqual(['c1', 'd2', 'e3'])
})

it('is in the order of bytes, whatever a name is made of', async () => {
  const names = ['a', 'Z', 'é', 'a\nb', 'a\tb', 'a\\b', 'a\\nb', '\u{1F600}', '\uFB01', 'a"b', "a'b", '€']
  const { objects } = await fresh(names.map((name) => `CREATE TABLE "${name.replaceAll('"', '""')}" (id integer)`).join(';'))
  const found = objects.filter(({ kind }) => kind === 'table').map(({ identity }) => partsOf(identity)[1])
  expect(found).toEqual(names.toSorted((a, b) => Buffer.compare(Buffer.from(`"${a.replaceAll('"', '""')}"`), Buffer.from(`"${b.replaceAll('"', '""')}"`))))
})

it('reads a large catalog, which it joins otherwise, as a small one', async () => {
  const many = Array.from({ length: 600 }, (_, at) => `CREATE TABLE many_${at} (id integer PRIMARY KEY)`).join(';')
  const small = await introspect(session)
  const { objects, nestloop } = await after(many, async (each) => {
    const [row] = await each.query(`SELECT pg_relation_size('pg_class') AS bytes`)
    expect(Number(row?.bytes)).toBeGreaterThan(262_144)
    const printed = await introspect(each, { inTransaction: true })
    return { objects: printed.objects, nestloop: await each.query(`SELECT current_setting('enable_nestloop') AS nestloop`) }
  })
  expect(nestloop).toEqual([{ nestloop: 'on' }])
  expect(objects.filter(({ identity }) => !identity.includes('"many_'))).toEqual(small.objects)
  expect(objects.length).toBeGreaterThan(3000)
})

it('names what differs', async () => {
  const before = await introspect(session)
  const now = await after(
    `ALTER TABLE customers ADD age integer; DROP VIEW open_invoices; ALTER TABLE customers ALTER name TYPE text; COMMENT ON TABLE customers IS NULL`,
    (each) => introspect(each, { inTransaction: true }),
  )
  expect(differences(before, before)).toEqual([])
  const names = (from: PrintedCatalog, to: PrintedCatalog) =>
    differences(from, to).map(({ kind, identity, from: had, to: has }) => `${had ? (has ? '~' : '-') : '+'} ${kind} ${identity}`)
  expect(names(before, now)).toEqual([
    '~ column "public"."customers"."name"',
    '- column "public"."open_invoices"."id"',
    '- column "public"."open_invoices"."net"',
    '- comment table "public"."customers"',
    '- owner view "public"."open_invoices"',
    '- view "public"."open_invoices"',
    '+ column "public"."customers"."age"',
  ])
})

describe('facets', () => {
  const cases = {
    owners: 'ALTER TABLE customers OWNER TO strata_writer',
    grants:
      'REVOKE SELECT ON customers FROM PUBLIC; GRANT SELECT (id) ON customers TO strata_reader; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO strata_reader',
    comments: `COMMENT ON COLUMN customers.id IS 'x'; COMMENT ON TABLE customers IS NULL`,
    statistics:
      'ALTER TABLE customers ALTER name SET STATISTICS 500; ALTER STATISTICS net_by_state SET STATISTICS 200; ALTER INDEX billing.invoices_label ALTER COLUMN 1 SET STATISTICS 300',
    storage:
      'ALTER TABLE customers SET (fillfactor = 70); ALTER TABLE customers ALTER name SET STORAGE EXTERNAL; ALTER INDEX billing.invoices_label SET (fillfactor = 50)',
  } as const
  it.each(Object.entries(cases))('%s can be left out, and nothing else goes with it', async (facet, sql) => {
    const before = await introspect(session)
    const now = await after(sql, (each) => introspect(each, { inTransaction: true }))
    const without = (printed: PrintedCatalog) => withoutFacets(printed, [facet as keyof typeof cases], sha256)
    expect(differences(before, now)).not.toEqual([])
    expect(differences(without(before), without(now))).toEqual([])
    expect(without(now).fingerprint).toBe(without(before).fingerprint)
    expect(without(now).fingerprint).not.toBe(now.fingerprint)
  })
})

it('says privileges as they differ from the default, under any owner', async () => {
  const granted = (sql: string) =>
    after(sql, async (each) => {
      const { objects } = await introspect(each, { inTransaction: true })
      return objects.find(({ kind, identity }) => kind === 'privileges' && identity === 'table "billing"."invoices"')?.value
    })
  expect(await granted('SELECT 1')).toBeUndefined()
  expect(await granted('GRANT SELECT, INSERT ON billing.invoices TO strata_reader')).toEqual({ granted: { strata_reader: 'INSERT, SELECT' } })
  expect(await granted('GRANT ALL ON billing.invoices TO strata_reader WITH GRANT OPTION')).toEqual({ granted: { strata_reader: 'ALL*' } })
  expect(await granted('GRANT ALL ON billing.invoices TO strata_reader; ALTER TABLE billing.invoices OWNER TO strata_writer')).toEqual({
    granted: { strata_reader: 'ALL' },
  })
  expect(await granted('REVOKE ALL ON billing.invoices FROM postgres')).toEqual({ revoked: ['(owner)'] })
})

it('never prints a password of a foreign server', async () => {
  const printed = await after(
    `CREATE USER MAPPING FOR PUBLIC SERVER remote OPTIONS (user 'someone', password 'canary-4711'); ALTER SERVER remote OPTIONS (ADD sslpassword 'canary-4711');
     CREATE SUBSCRIPTION incoming CONNECTION 'dbname=nowhere password=canary-4711' PUBLICATION everything WITH (connect = false)`,
    (each) => introspect(each, { inTransaction: true, shared: true }),
  )
  expect(JSON.stringify(printed)).toContain('someone')
  expect(JSON.stringify(printed)).not.toContain('canary-4711')
})

describe('the ledger', () => {
  const exclude = [{ schema: 'drizzle', table: '__drizzle_migrations' }]
  const ledger = 'CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);'

  it('is left out with its schema, sequence, index and constraints', async () => {
    const plain = await fresh('CREATE TABLE a (id integer)')
    expect(differences(plain, await fresh(`${ledger} CREATE TABLE a (id integer)`, { exclude }))).toEqual([])
  })

  it('leaves its schema in when that holds something else', async () => {
    const printed = await fresh(`${ledger} CREATE TABLE drizzle.other (id integer)`, { exclude })
    const names = printed.objects.filter(({ kind }) => kind === 'schema' || kind === 'table').map(({ identity }) => identity)
    expect(names).toEqual(['"drizzle"', '"public"', '"drizzle"."other"'])
  })

  it('in public takes only itself along', async () => {
    const printed = await fresh('CREATE TABLE public.__drizzle_migrations (id serial PRIMARY KEY)', {
      exclude: [{ schema: 'public', table: '__drizzle_migrations' }],
    })
    expect(printed.objects.map(({ kind, identity }) => `${kind} ${identity}`)).toEqual([
      'extension "plpgsql"',
      'extension version "plpgsql"',
      'schema "public"',
    ])
  })
})

it('keeps members of an extension out', async () => {
  const printed = await fresh('CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm; CREATE EXTENSION citext')
  expect([...new Set(printed.objects.map(({ kind }) => kind))]).toEqual(['extension', 'extension version', 'schema'])
})

it('inside a transaction puts the search path back', async () => {
  const path = () => session.query(`SELECT current_setting('search_path') AS path, current_setting('jit') AS jit`)
  await session.script(`BEGIN; SET LOCAL search_path = billing, public; SET LOCAL jit = on`)
  await introspect(session, { inTransaction: true })
  expect(await path()).toEqual([{ path: 'billing, public', jit: 'on' }])
  await session.script('ROLLBACK')
})

it('outside leaves no transaction open, also when it fails', async () => {
  await introspect(session)
  await expect(
    introspect({
      ...session,
      version: 180000,
      script: (sql) => session.script(sql),
      results: (sql) => session.results(sql.replace('pg_namespace', 'pg_nowhere')),
    } as Session),
  ).rejects.toThrow('pg_nowhere')
  expect(await session.query('SELECT pg_current_xact_id_if_assigned() IS NULL AS idle, now() = statement_timestamp() AS own')).toEqual([
    { idle: true, own: true },
  ])
})

it('leaves names of NOT NULL out where majors are compared', async () => {
  const [named, plain] = [await fresh('CREATE TABLE a (x integer CONSTRAINT there NOT NULL)'), await fresh('CREATE TABLE a (x integer NOT NULL)')]
  expect(differences(named, plain).map(({ kind }) => kind)).toEqual(['not-null'])
  expect(differences(portable(named, sha256), portable(plain, sha256))).toEqual([])
})
