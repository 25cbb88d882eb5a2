/** `drift` over real databases that Drizzle's own migrator has worked on. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Config } from '../../src/model/config.ts'
import { type Report, verdictOf } from '../../src/model/report.ts'
import type { World } from '../../src/model/world.ts'
import { check } from '../../src/operations/check.ts'
import { drift } from '../../src/operations/drift.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { options } from '../renderers/report.ts'
import { type DriftFlags, noFlags } from './drift-flags.ts'
import { type Entry, makePlace, type Place, startServer } from './place.ts'

type Change = {
  readonly kind: string
  readonly object: { readonly type: string; readonly name: string }
  readonly from: string | null
  readonly to: string | null
  readonly risk: string
  readonly since?: { readonly migration: string; readonly what: string }
}
type Data = {
  readonly changes: readonly Change[]
  readonly leftOut: { readonly [what: string]: number }
  readonly fingerprints: { readonly a: string; readonly b: string }
  readonly sql: readonly string[]
  readonly repair?: { readonly proof: { readonly state: string }; readonly without: readonly { readonly what: string }[] }
}

const entries: readonly Entry[] = [
  {
    tag: '0000_start',
    sql: `CREATE TABLE "users" ("id" serial PRIMARY KEY, "mail" text NOT NULL, "age" integer);
CREATE TABLE "orders" ("id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "user_id" integer NOT NULL, "total" numeric(10, 2) DEFAULT 0 NOT NULL, "note" text);
ALTER TABLE "orders" ADD CONSTRAINT "orders_user_fk" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE;`,
  },
  {
    tag: '0001_index',
    sql: 'CREATE INDEX "orders_user_idx" ON "orders" ("user_id");\nALTER TABLE "orders" ADD CONSTRAINT "total_is_positive" CHECK ("total" >= 0);',
  },
  {
    tag: '0002_view',
    sql: 'CREATE VIEW "totals" AS SELECT "user_id", sum("total") AS "total" FROM "orders" GROUP BY "user_id";\nALTER TABLE "users" DROP COLUMN "age";',
  },
]

let server: Awaited<ReturnType<typeof startServer>>
let place: Place
type Database = Awaited<ReturnType<typeof server.database>>

/** What is kept between runs: a folder that was built once is not built again. */
const kept = new Map<string, Uint8Array>()
const cache: World['cache'] = { get: async (key) => kept.get(key), put: async (key, bytes) => void kept.set(key, Buffer.concat([bytes].flat())) }

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(() => {
  place = makePlace()
  place.migrations(entries)
})
afterEach(() => place.remove())

const migrated = async (): Promise<Database> => {
  const database = await server.database()
  await database.migrate(join(place.path, 'drizzle'))
  return database
}

const run = async (given: readonly string[], flags: Partial<DriftFlags> = {}, config: Config = {}, env = {}): Promise<Report> => {
  await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config, env: { ...process.env, ...env } })
  return await drift.run(
    { ...world, cache },
    {
      arguments: given,
      flags: { ...noFlags, ...flags },
    },
  )
}

const dataOf = (report: Report): Data => report.data as unknown as Data
const changesOf = (report: Report): readonly string[] => dataOf(report).changes.map(({ kind, object }) => `${kind} ${object.type} ${object.name}`)

describe('a database against the folder', () => {
  test('that has run every migration: no difference, and one fingerprint', async () => {
    const { url } = await migrated()
    const report = await run([url])
    expect(changesOf(report)).toEqual([])
    expect(verdictOf(report)).toBe('clean')
    expect(dataOf(report).fingerprints.a).toBe(dataOf(report).fingerprints.b)
    expect(report.analysed.objects).toBeGreaterThan(20)
  })

  test('hand-made differences: each told once, with what it means and since when the folder has had it; the SQL mends them', async () => {
    const { url, session } = await migrated()
    await session.script(`DROP INDEX orders_user_idx; ALTER TABLE orders DROP CONSTRAINT total_is_positive; ALTER TABLE users ADD age integer;
      CREATE TABLE scratch (id integer PRIMARY KEY, note text); ALTER TABLE orders ALTER note SET DEFAULT 'x'; CREATE OR REPLACE VIEW totals AS SELECT user_id, max(total) AS total FROM orders GROUP BY user_id`)
    const report = await run([url], { sql: true })
    expect(changesOf(report).toSorted()).toEqual([
      'changed column public.orders.note',
      'changed view public.totals',
      'extra column public.users.age',
      'extra table public.scratch',
      'missing constraint public.orders.total_is_positive',
      'missing index public.orders_user_idx',
    ])
    const since = Object.fromEntries(dataOf(report).changes.map(({ object, since: told }) => [object.name, told && `${told.what} ${told.migration}`]))
    expect(since).toMatchObject({
      'public.orders_user_idx': 'made 0001_index',
      'public.totals': 'made 0002_view',
      'public.users.age': 'gone 0002_view',
      'public.orders.note': 'made 0000_start',
    })
    expect(report.findings.find(({ message }) => message.includes('orders_user_idx'))).toMatchObject({
      rule: 'drift-missing',
      severity: 'error',
      migration: '0001_index',
      file: 'drizzle/0001_index.sql',
    })
    expect(verdictOf(report)).toBe('findings')
    expect(dataOf(report).repair).toMatchObject({ proof: { state: 'proven' }, without: [] })
    await session.script(dataOf(report).sql.join(';\n'))
    expect(changesOf(await run([url]))).toEqual([])
  })

  test('a renamed column is hinted at, and with --rename nothing is lost', async () => {
    const { url, session } = await migrated()
    await session.script(`INSERT INTO users (mail) VALUES ('a@b'); ALTER TABLE users RENAME mail TO email`)
    const report = await run([url], { sql: true })
    expect(report.findings.map(({ help }) => help)).toContainEqual(expect.stringContaining("--rename 'users.email to mail'"))
    expect(dataOf(report).sql.join()).toContain('DROP COLUMN')
    const told = await run([url], { sql: true, rename: ['users.email to mail'] })
    expect(dataOf(told).sql).toEqual(['ALTER TABLE "public"."users" RENAME COLUMN "email" TO "mail"'])
    expect(dataOf(told).repair?.proof.state).toBe('proven')
    await expect(run([url], { sql: true, rename: ['users.nothing to mail'] })).rejects.toThrow('names no table or column')
  })

  test('an index and a constraint with another name are renamed, not built again', async () => {
    const { url, session } = await migrated()
    await session.script('ALTER INDEX orders_user_idx RENAME TO other; ALTER TABLE orders RENAME CONSTRAINT orders_user_fk TO other_fk')
    const { sql, repair } = dataOf(await run([url], { sql: true }))
    expect(sql.toSorted()).toEqual([
      'ALTER INDEX "public"."other" RENAME TO "orders_user_idx"',
      'ALTER TABLE "public"."orders" RENAME CONSTRAINT "other_fk" TO "orders_user_fk"',
    ])
    expect(repair?.proof.state).toBe('proven')
  })

  test('an INVALID index and a NOT VALID constraint are told apart, and mended without building what is there', async () => {
    const { url, session } = await migrated()
    await session.script(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_user_idx'::regclass;
      ALTER TABLE orders DROP CONSTRAINT total_is_positive; ALTER TABLE orders ADD CONSTRAINT total_is_positive CHECK (total >= 0) NOT VALID`)
    const report = await run([url], { sql: true })
    expect(changesOf(report).toSorted()).toEqual(['changed constraint public.orders.total_is_positive', 'changed index public.orders_user_idx'])
    expect(report.findings.map(({ message }) => message).join()).toMatch(/Older rows were never looked at.*|Queries do not use it/)
    expect(dataOf(report).sql.toSorted()).toEqual([
      'ALTER TABLE "public"."orders" VALIDATE CONSTRAINT "total_is_positive"',
      'REINDEX INDEX CONCURRENTLY "public"."orders_user_idx"',
    ])
    expect(dataOf(report).repair?.proof.state).toBe('proven')
  })

  test('facets are counted, and compared when they are asked for', async () => {
    const { url, session } = await migrated()
    await session.script(`COMMENT ON TABLE users IS 'x'; GRANT SELECT ON users TO PUBLIC; ALTER TABLE users SET (fillfactor = 70)`)
    const report = await run([url])
    expect(dataOf(report)).toMatchObject({ changes: [], leftOut: { comments: 1, grants: 1, storage: 1 } })
    expect(pretty.render(report, options)).toContain('--facets')
    expect(changesOf(await run([url], { facets: 'comments,storage' })).toSorted()).toEqual(['extra comment public.users', 'extra storage public.users'])
    expect(changesOf(await run([url], { facets: 'all' }))).toContain('extra privileges public.users')
    expect(changesOf(await run([url], {}, { drift: { facets: ['grants'] } }))).toEqual(['extra privileges public.users'])
    await expect(run([url], { facets: 'coments' })).rejects.toThrow('does not know "coments"')
  })

  test('kinds and names can be chosen and left out', async () => {
    const { url, session } = await migrated()
    await session.script('DROP INDEX orders_user_idx; CREATE TABLE audit_one (a integer); CREATE TABLE audit_two (a integer)')
    expect(changesOf(await run([url], { include: ['index'] }))).toEqual(['missing index public.orders_user_idx'])
    expect(changesOf(await run([url], { exclude: ['audit_*'] }))).toEqual(['missing index public.orders_user_idx'])
    expect(changesOf(await run([url], { include: ['public.audit_one'] }))).toEqual(['extra table public.audit_one'])
    expect(changesOf(await run([url], {}, { drift: { exclude: ['index', 'audit_*'] } }))).toEqual([])
  })

  test('a schema that no migration manages warns; the order of columns and new partitions are counted', async () => {
    const { url, session } = await migrated()
    await session.script(
      'CREATE SCHEMA jobs; CREATE TABLE jobs.queue (id integer); ALTER TABLE orders DROP note; ALTER TABLE orders DROP total CASCADE; ALTER TABLE orders ADD note text, ADD total numeric(10,2) DEFAULT 0 NOT NULL, ADD CONSTRAINT total_is_positive CHECK (total >= 0); CREATE VIEW totals AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id',
    )
    const report = await run([url])
    expect(changesOf(report)).toEqual(['extra schema jobs'])
    expect(report.findings.map(({ severity }) => severity)).toEqual(['warning'])
    expect(dataOf(report).leftOut).toMatchObject({ order: 1 })
    const ordered = await run([url], { facets: 'order', sql: true, exclude: ['jobs'] })
    expect(changesOf(ordered)).toEqual(['changed column order public.orders'])
    expect(dataOf(ordered).repair).toMatchObject({ proof: { state: 'not run' }, without: [{ what: 'column order orders' }] })
  })

  test('partitions that time makes are counted, one that changed is not', async () => {
    place.migrations([
      {
        tag: '0000_events',
        sql: `CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);\nCREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');`,
      },
    ])
    const { url, session } = await migrated()
    await session.script(`CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`)
    const report = await run([url])
    expect(changesOf(report)).toEqual([])
    expect(dataOf(report).leftOut.partitions).toBeGreaterThan(0)
    expect(changesOf(await run([url], { facets: 'partitions' }))).toEqual(['extra table public.events_2'])
    await session.script(`ALTER TABLE events DETACH PARTITION events_1`)
    expect(changesOf(await run([url]))).toEqual(['changed table public.events_1'])
  })

  test('what Supabase has made itself is recognised; policies and triggers that the project adds to it are compared', async () => {
    place.migrations([{ tag: '0000_profiles', sql: 'CREATE TABLE profiles (id uuid PRIMARY KEY)' }])
    const { url, session } = await migrated()
    await session.script(`CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY); CREATE SCHEMA storage; CREATE TABLE storage.objects (id uuid);
      DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'supabase_admin') THEN CREATE ROLE supabase_admin; END IF; END $$;
      ALTER SCHEMA auth OWNER TO supabase_admin; CREATE POLICY mine ON storage.objects FOR SELECT USING (true)`)
    const report = await run([url])
    expect(changesOf(report)).toEqual(['extra policy storage.objects.mine'])
    expect(dataOf(report).leftOut.platform).toBeGreaterThan(3)
    expect(pretty.render(report, options)).toContain('supabase (found by itself)')
  })
})

describe('any two sources', () => {
  test('two databases: privileges count', async () => {
    const [a, b] = [await migrated(), await migrated()]
    await b.session.script('GRANT SELECT ON users TO PUBLIC; ALTER TABLE users ADD nick text')
    const report = await run(
      ['staging', 'production'],
      { sql: true },
      { environments: { staging: { url: { from: 'env', name: 'A' } }, production: { url: { from: 'env', name: 'B' } } } },
      { A: a.url, B: b.url },
    )
    expect(changesOf(report).toSorted()).toEqual(['extra column public.users.nick', 'extra privileges public.users'])
    expect(report.findings.map(({ message }) => message).join()).toContain('only in production')
    expect(dataOf(report).sql).toEqual([
      'ALTER TABLE "public"."users" DROP COLUMN "nick"',
      expect.stringContaining('REVOKE SELECT ON TABLE "public"."users" FROM PUBLIC'),
    ])
    expect(dataOf(report).repair?.proof.state).toBe('proven')
  })

  test('a tag, a git ref and a dump against the folder', async () => {
    place.git('init')
    place.git('add', '.')
    place.git('commit', '-qm', 'start')
    place.migrations([...entries, { tag: '0003_more', sql: 'ALTER TABLE "users" ADD COLUMN "nick" text' }])
    place.write({ 'dump.sql': `SET client_encoding = 'UTF8';\n${entries.map(({ sql }) => sql).join('\n')}\n` })
    for (const source of ['git:HEAD', 'folder@0002_view', 'dump.sql'])
      expect(changesOf(await run([source, 'folder'])), source).toEqual(['extra column public.users.nick'])
  }, 120_000)

  test('without arguments: the folder and production', async () => {
    const { url, session } = await migrated()
    await session.script('DROP INDEX orders_user_idx')
    const config: Config = { environments: { staging: { url: { from: 'env', name: 'NONE' } }, production: { url: { from: 'env', name: 'B' } } } }
    expect(changesOf(await run([], {}, config, { B: url }))).toEqual(['missing index public.orders_user_idx'])
    await expect(run([])).rejects.toMatchObject({ code: 'usage' })
    await expect(run(['a', 'b', 'c'])).rejects.toMatchObject({ code: 'usage' })
  })

  test('a database that cannot be asked is unknown, and no password is told', async () => {
    const { host } = await server.database()
    const secret = 'hunter2secret'
    const url = `postgres://nobody:${secret}@localhost/nothing?host=${encodeURIComponent(host)}`
    const error = await run([url]).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ exit: 3 })
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(secret)
  })

  test('a history that PostgreSQL refuses is unknown', async () => {
    place.migrations([{ tag: '0000_bad', sql: 'ALTER TABLE nowhere ADD a integer' }])
    const { url } = await server.database()
    await expect(run([url])).rejects.toMatchObject({ code: 'refused', exit: 3 })
  })
})

describe('accepted drift', () => {
  const until = '2999-12-31'
  const file = (): string => join(place.path, 'drift.accepted.json')

  test('is written, holds for this difference only, and is told when it is gone', async () => {
    const { url, session } = await migrated()
    const config: Config = { environments: { production: { url: { from: 'env', name: 'B' } } } }
    const on = (flags = {}) => run(['production'], flags, config, { B: url })
    await session.script('CREATE INDEX by_hand ON users (mail); ALTER TABLE users ADD nick text')
    const accepted = await on({ accept: 'made by the DBA, ticket 12', until, include: ['index'] })
    expect(accepted.findings).toMatchObject([{ waived: { reason: 'made by the DBA, ticket 12', until } }])
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({
      schema: 'pgstrata/accepted-drift@1',
      accepted: [{ drift: 'extra index public.by_hand', between: 'folder → production' }],
    })
    const again = await on()
    expect(again.findings.filter(({ waived }) => !waived).map(({ message }) => message)).toEqual([expect.stringContaining('users.nick')])
    await session.script('DROP INDEX by_hand; CREATE INDEX by_hand ON users (id)')
    expect((await on()).findings.map(({ rule }) => rule).toSorted()).toEqual(['drift-acceptance-unused', 'drift-extra', 'drift-extra'])
    await session.script('DROP INDEX by_hand')
    expect((await on()).findings.map(({ rule }) => rule).toSorted()).toEqual(['drift-acceptance-unused', 'drift-extra'])
  })

  test('ends on its day', async () => {
    const { url, session } = await migrated()
    const config: Config = { environments: { production: { url: { from: 'env', name: 'B' } } } }
    await session.script('CREATE INDEX by_hand ON users (mail)')
    await run(['production'], { accept: 'for now', until }, config, { B: url })
    writeFileSync(file(), readFileSync(file(), 'utf8').replace(until, '2020-01-01'))
    const report = await run(['production'], {}, config, { B: url })
    expect(report.findings.map(({ rule, waived }) => [rule, waived === undefined])).toEqual([
      ['drift-extra', true],
      ['drift-acceptance-expired', true],
    ])
    await expect(run(['production'], { accept: 'x', until: '2020-01-01' }, config, { B: url })).rejects.toThrow('is past')
    await expect(run(['production'], { accept: 'x' }, config, { B: url })).rejects.toThrow('belong together')
  })

  test('a file that is none says which entry is wrong', async () => {
    const { url } = await migrated()
    place.write({
      'drift.accepted.json': '{"schema":"pgstrata/accepted-drift@1","accepted":[{"drift":"x","fingerprint":"y","between":"z","until":"2999-01-01"}]}',
    })
    await expect(run([url])).rejects.toThrow('entry 1 (x) has no reason')
  })
})

describe('check compares the configured environments', () => {
  test('one that drifted is found, one that is down is unknown, and neither hides the other', async () => {
    const { url, session, host } = await migrated()
    await session.script('DROP INDEX orders_user_idx')
    const config: Config = { environments: { production: { url: { from: 'env', name: 'A' } }, staging: { url: { from: 'env', name: 'B' } } } }
    const env = { ...process.env, A: url, B: `postgres://localhost/nothing?host=${encodeURIComponent(host)}` }
    await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config, env })
    const report = await check.run(world, { arguments: [], flags: { only: 'drift', root: '.', every: false } })
    expect(report.findings.map(({ rule }) => rule)).toEqual(['drift-missing'])
    expect(report.unknown.map(({ what }) => what)).toEqual(['drift of staging'])
    expect(report.data).toMatchObject({
      drift: { verdict: 'findings', environments: { production: { changes: [{ kind: 'missing' }] }, staging: { changes: [], unknown: 1 } } },
    })
  })

  test('without environments nothing is compared, and asking for it is wrong usage', async () => {
    await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config: {} })
    const report = await check.run(world, { arguments: [], flags: { only: undefined, root: '.', every: false } })
    expect(report.data).not.toHaveProperty('drift')
    await expect(check.run(world, { arguments: [], flags: { only: 'drift', root: '.', every: false } })).rejects.toMatchObject({ code: 'usage' })
  })
})
