/** "Baseline of an existing database": `migrate --baseline` on a real PostgreSQL. */
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import type { MigrateFlags } from '../../src/operations/migrate/options.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { exampleTime } from '../../src/rules/examples.ts'
import { migrateV1 } from '../support/drizzle-v1.ts'
import { migrateFlags } from './migrate-flags.ts'
import { type Entry, eachInItsPlace } from './place.ts'

const here = eachInItsPlace()

const users: Entry = { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);' }
const seed: Entry = { tag: '0001_seed', sql: "INSERT INTO users VALUES (1, 'ada');" }
const mail: Entry = { tag: '0002_mail', sql: 'ALTER TABLE users ADD COLUMN mail text;' }
const posts: Entry = { tag: '0003_posts', sql: 'CREATE TABLE posts (id bigint PRIMARY KEY);' }
const all = [users, seed, mail, posts]

const run = async (flags: Partial<MigrateFlags>, environment = 'dev', folder = 'drizzle'): Promise<Report> => {
  await using world = await here.world({ folder })
  return await migrate.run(world, { arguments: [environment], flags: { ...migrateFlags, ...flags } })
}
const ledger = () => here.database.session.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id')
const unmanaged = async (): Promise<boolean> => !(await here.has('drizzle.__drizzle_migrations'))
const rules = ({ findings }: Report): readonly string[] => findings.map(({ rule }) => rule)

describe('a database that was made without migrations', () => {
  beforeEach(async () => {
    here.place.migrations(all)
    await here.database.session.script('CREATE TABLE users (id bigint PRIMARY KEY, name text, mail text)')
  })

  it('is taken over where it is what the folder makes; Drizzle then runs the rest', async () => {
    const report = await run({ baseline: '0002' })
    expect(report).toMatchObject({
      findings: [],
      unknown: [],
      data: { marked: ['0000_users', '0001_seed', '0002_mail'], changesRows: ['0001_seed'], pending: ['0003_posts'] },
    })
    await here.database.migrate(join(here.place.path, 'drizzle'))
    expect(await here.database.session.query("SELECT to_regclass('posts') IS NOT NULL AS posts, (SELECT count(*)::int FROM users) AS users")).toEqual([
      { posts: true, users: 0 },
    ])
    const managed = await here.server.database()
    await managed.migrate(join(here.place.path, 'drizzle'))
    expect(await ledger()).toEqual(await managed.session.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id'))
    expect(await here.database.session.query('SELECT migration, version, source FROM pgstrata.schema_versions')).toMatchObject([
      { migration: '0000_users', version: '1.0.0', source: 'baseline' },
      { source: 'baseline' },
      { migration: '0002_mail', source: 'baseline' },
    ])
  })

  it('is left alone where it is not, and each difference is named', async () => {
    for (const [baseline, rule] of [
      ['0001', 'drift-extra'],
      ['0003', 'drift-missing'],
    ] as const) {
      const report = await run({ baseline })
      expect([rules(report), report.data]).toMatchObject([[rule], { marked: [] }])
    }
    expect(await unmanaged()).toBe(true)
    expect((await run({ baseline: '0003', accept: ['drift'] })).data).toMatchObject({ marked: all.map(({ tag }) => tag) })
  })

  it('nothing is written by a dry run, without --yes where it is protected, or for what is no migration', async () => {
    expect((await run({ baseline: '0002', dryRun: 'copy' })).data).toMatchObject({ planned: ['0000_users', '0001_seed', '0002_mail'], marked: [] })
    await expect(run({ baseline: '0002' }, 'production')).rejects.toMatchObject({ code: 'protected' })
    await expect(run({ baseline: '0009' })).rejects.toMatchObject({ code: 'no-such-migration' })
    await expect(run({ baseline: '0002', to: '0002' })).rejects.toMatchObject({ code: 'usage' })
    await expect(run({ accept: ['drift'] })).rejects.toMatchObject({ code: 'usage' })
    expect(await unmanaged()).toBe(true)
    expect((await run({ baseline: '0002', yes: true }, 'production')).data).toMatchObject({ marked: ['0000_users', '0001_seed', '0002_mail'] })
    expect(await run({ baseline: '0002' })).toMatchObject({ findings: [], data: { planned: [] } })
  })

  it('with a folder of 1.0, whose migrator then runs the rest', async () => {
    const folder = (at: number, { tag, sql }: Entry) => ({ [`v1/2030010100000${at}_${tag.slice(5)}/migration.sql`]: sql })
    here.place.write({ ...folder(0, users), ...folder(1, seed), ...folder(2, mail), ...folder(3, posts) })
    expect((await run({ baseline: '20300101000002' }, 'dev', 'v1')).data).toMatchObject({ pending: ['20300101000003_posts'] })
    await here.database.session.script("SET client_min_messages = 'warning'")
    const { default: pg } = await import('pg')
    const client = new pg.Client({ host: here.database.host, port: 5432, user: 'postgres', database: here.database.name })
    await client.connect()
    await migrateV1(client, join(here.place.path, 'v1'))
    await client.end()
    expect(await here.database.session.query("SELECT to_regclass('posts') IS NOT NULL AS posts, (SELECT count(*)::int FROM users) AS users")).toEqual([
      { posts: true, users: 0 },
    ])
  })
})

describe('what has begun', () => {
  const unfinished = () => here.database.session.query('SELECT tag, direction FROM pgstrata.unfinished_migrations')
  const two: Entry = {
    tag: '0001_two',
    sql: 'ALTER TABLE users ADD COLUMN mail text;--> statement-breakpoint\nCREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name);',
  }
  beforeEach(async () => {
    here.place.migrations([users])
    await run({})
    await here.database.session.script("INSERT INTO users VALUES (1, 'ada'), (2, 'ada')")
    here.place.migrations([users, two])
    await run({ accept: ['policy'] })
  })

  it('and was finished by hand is done with the baseline', async () => {
    expect(await unfinished()).toEqual([{ tag: '0001_two', direction: 'migrate' }])
    await here.database.session.script('DELETE FROM users WHERE id = 2; CREATE UNIQUE INDEX users_name ON users (name)')
    expect(await run({ baseline: '0001' })).toMatchObject({ findings: [], data: { marked: ['0001_two'] } })
    expect(await unfinished()).toEqual([])
  })

  it('the other way stops it, and not in the name of the database', async () => {
    await here.database.session.script("UPDATE pgstrata.unfinished_migrations SET direction = 'rollback'")
    const report = await run({ baseline: '0001', accept: ['drift'] })
    expect([rules(report).includes('migration-unfinished'), report.data]).toMatchObject([true, { marked: [] }])
    expect(JSON.stringify(report.blocks)).toContain('Nothing was written: what its ledger says, or what has begun there, stands against it.')
    expect(await ledger()).toHaveLength(1)
  })
})

it('another migrator that writes the ledger meanwhile gives no row twice', async () => {
  here.place.migrations([users])
  await run({})
  here.place.migrations([users, seed])
  await using other = await here.server.connect(here.database.name)
  await other.script("BEGIN; INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('another', 1)")
  const marking = run({ baseline: '0001' }).catch((error: unknown) => error)
  for (let waiting = 0; waiting === 0; ) {
    await new Promise((done) => setTimeout(done, 25))
    waiting = (await here.database.session.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")).length
  }
  await other.script('COMMIT')
  expect(await marking).toMatchObject({ code: 'ledger-moves', exit: 3 })
  expect(await ledger()).toHaveLength(2)
})

it('what could not be compared is told, where differences are accepted', async () => {
  here.place.migrations([users])
  await run({})
  await here.database.session.script(
    "CREATE FOREIGN DATA WRAPPER plain_wrapper; CREATE SERVER far FOREIGN DATA WRAPPER plain_wrapper; CREATE USER MAPPING FOR postgres SERVER far OPTIONS (password 'x')",
  )
  await here.database.session.script(
    'DO $$ BEGIN CREATE ROLE marker LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT USAGE ON SCHEMA drizzle TO marker; GRANT ALL ON ALL TABLES IN SCHEMA drizzle TO marker; GRANT ALL ON ALL SEQUENCES IN SCHEMA drizzle TO marker',
  )
  here.place.migrations([users, seed])
  const asMarker = here.database.url.replace('postgres@', 'marker@')
  const stopped = await run({ baseline: '0001' }, asMarker)
  expect([stopped.data, stopped.unknown.length]).toMatchObject([{ marked: [] }, 1])
  const report = await run({ baseline: '0001', accept: ['drift'] }, asMarker)
  expect([report.data, report.unknown]).toMatchObject([
    { marked: ['0001_seed'], uncompared: [{ what: expect.stringContaining('user mapping') as string }] },
    [],
  ])
  expect(JSON.stringify(report.blocks)).toContain('Not compared: what there is of the kind user mapping')
})

it('what may not be written says which rights it takes', async () => {
  here.place.migrations([users])
  await run({})
  await here.database.session.script(
    'DO $$ BEGIN CREATE ROLE looker LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT USAGE ON SCHEMA drizzle TO looker; GRANT SELECT ON ALL TABLES IN SCHEMA drizzle TO looker',
  )
  here.place.migrations([users, seed])
  const refused: unknown = await run({ baseline: '0001' }, here.database.url.replace('postgres@', 'looker@')).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'ledger-not-written', help: expect.stringContaining('INSERT ON "drizzle"."__drizzle_migrations"') as string })
})

it('a migration that was done by hand, and that Drizzle would skip, is taken as applied', async () => {
  const second = { ...seed, when: exampleTime(1) }
  here.place.migrations([users, second])
  await here.database.migrate(join(here.place.path, 'drizzle'))
  const late: Entry = { tag: '0001_late', sql: 'CREATE INDEX users_name ON users (name);', when: 1 }
  here.place.migrations([users, late, second])
  await here.database.session.script('CREATE INDEX users_name ON users (name)')
  expect(rules(await run({}))).toContain('ledger-skipped')
  expect(await run({ baseline: '0001_seed' })).toMatchObject({ findings: [], data: { marked: ['0001_late'] } })
  expect(await run({})).toMatchObject({ findings: [], data: { applied: [], pending: [] } })
})
