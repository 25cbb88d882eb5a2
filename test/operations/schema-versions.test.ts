/** Our own ledger beside Drizzle's, on a real PostgreSQL: what `migrate` notes, what `version --sync` makes, what the trigger sees. */
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLedgerSql } from '../../src/drizzle/ledger-write.ts'
import { createTriggerSql, type RecordedVersion } from '../../src/features/schema-versions.ts'
import type { Config } from '../../src/model/config.ts'
import type { Report } from '../../src/model/report.ts'
import type { Session } from '../../src/model/session.ts'
import type { World } from '../../src/model/world.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { rollback } from '../../src/operations/rollback.ts'
import type { Asked } from '../../src/operations/version/answer.ts'
import { version } from '../../src/operations/version.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { options } from '../renderers/report.ts'
import { migrateFlags } from './migrate-flags.ts'
import { type Entry, eachInItsPlace } from './place.ts'
import { plainFlags } from './rollback-flags.ts'
import { versionFlags } from './version-flags.ts'

const here = eachInItsPlace()

const users: Entry = { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);' }
const mail: Entry = { tag: '0001_mail', sql: '-- pgstrata: ticket SHOP-12\nALTER TABLE users ADD COLUMN mail text;' }
const drop: Entry = { tag: '0002_drop', sql: 'ALTER TABLE users DROP COLUMN name;' }

const inWorld = async (run: (world: World) => Promise<Report>, more: Config = {}, url = here.database.url): Promise<Report> => {
  await using world = await here.world({
    env: { URL: url, GITHUB_ACTOR: 'ada', XDG_CACHE_HOME: join(here.place.path, '.cache'), PATH: process.env.PATH },
    config: more,
  })
  return await run(world)
}
const migrated = (more: Config = {}, url?: string): Promise<Report> =>
  inWorld((world) => migrate.run(world, { arguments: ['dev'], flags: { ...migrateFlags, accept: ['policy'] } }), more, url)
const asked = (flags: Partial<Asked> = {}, environment = 'dev', url?: string): Promise<Report> =>
  inWorld((world) => version.run(world, { arguments: [environment], flags: { ...versionFlags, ...flags } }), {}, url)
const synced = (flags: Partial<Asked> = {}): Promise<Report> => asked({ sync: true, ...flags })

const recordedIn = ({ data }: Report): readonly RecordedVersion[] => (data as { readonly recorded: readonly RecordedVersion[] }).recorded
const drizzle = (): Promise<void> => here.database.migrate(join(here.place.path, 'drizzle'))
const rows = (session: Session = here.database.session) =>
  session.query(
    'SELECT ledger_id, migration, version, description, change_type, breaking, rollback_class, rollback_proven, rollback_sql, ticket, source, state FROM pgstrata.schema_versions ORDER BY ledger_id',
  )
const noRows = async (): Promise<boolean> => !(await here.has('pgstrata.schema_versions'))

describe('migrate notes what it runs', () => {
  it('with version, class, time, user, ticket and rollback', async () => {
    here.place.migrations([users, mail, drop])
    await migrated()
    const report = await asked({ applied: true })
    expect(recordedIn(report)).toMatchObject([
      { migration: '0000_users', version: '1.0.0', appliedBy: 'ada as postgres', application: 'pgstrata', source: 'migrate', state: 'applied' },
      { migration: '0001_mail', version: '1.1.0', changeType: 'minor', breaking: false },
      { migration: '0002_drop', version: '2.0.0', changeType: 'major', breaking: true },
    ])
    const [first] = recordedIn(report)
    expect(Math.abs(Date.parse(String(first?.appliedAt)) - Date.now())).toBeLessThan(60_000)
    expect(pretty.render(report, { ...options, width: 160 })).toMatch(/0002_drop +major +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +ada as postgres +pgstrata migrate/)
    expect(await rows()).toMatchObject([
      {},
      { description: 'column users.mail (text) is added', ticket: 'SHOP-12', rollback_class: 'lossless', rollback_proven: false },
      { rollback_class: 'lossy', rollback_sql: expect.stringContaining('ADD COLUMN name text') as string },
    ])
  })

  it('nothing where the configuration does not want it', async () => {
    here.place.migrations([users])
    await migrated({ version: { record: false } })
    expect(await noRows()).toBe(true)
    expect(recordedIn(await asked())).toBeNull()
  })

  it('nothing where the user may not, and says so; the migration runs all the same', async () => {
    here.place.migrations([users])
    await drizzle()
    await here.database.session.script(
      `CREATE ROLE plain LOGIN; GRANT ALL ON SCHEMA drizzle, public TO plain; GRANT ALL ON ALL TABLES IN SCHEMA drizzle, public TO plain; GRANT ALL ON ALL SEQUENCES IN SCHEMA drizzle TO plain; ALTER TABLE users OWNER TO plain`,
    )
    here.place.migrations([users, mail])
    const report = await migrated({}, here.database.url.replace('postgres@', 'plain@'))
    expect((report.data as { readonly pending: readonly string[] }).pending).toEqual([])
    expect(pretty.render(report, { ...options, width: 200 })).toContain('not noted in pgstrata.schema_versions: it cannot be made: permission denied')
    expect(await noRows()).toBe(true)
  })
})

describe('nothing stands on what is noted', () => {
  const notedText = (report: Report): string => pretty.render(report, { ...options, width: 300 })
  const pendingIn = ({ data }: Report): readonly string[] => (data as { readonly pending: readonly string[] }).pending
  const timeout: Entry = { tag: '0003_timeout', sql: "CREATE TABLE waits AS SELECT current_setting('lock_timeout') AS lock_timeout;" }

  it('not under the role that a migration takes', async () => {
    here.place.migrations([users])
    await migrated()
    await here.database.session.script(
      `DO $$ BEGIN CREATE ROLE app_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT ALL ON SCHEMA drizzle, public TO app_owner; GRANT ALL ON ALL TABLES IN SCHEMA drizzle TO app_owner; GRANT ALL ON ALL SEQUENCES IN SCHEMA drizzle TO app_owner`,
    )
    here.place.migrations([users, { tag: '0001_role', sql: 'SET LOCAL ROLE app_owner;--> statement-breakpoint\nCREATE TABLE owned (id int);' }])
    const report = await migrated()
    expect(pendingIn(report)).toEqual([])
    expect(notedText(report)).toContain('not noted in pgstrata.schema_versions: permission denied for schema pgstrata')
    expect(await rows()).toMatchObject([{ migration: '0000_users' }])
  })

  it('not while somebody holds the table, either way; the time-out of the rest is as it was', async () => {
    here.place.migrations([users, mail])
    await migrated()
    here.place.migrations([users, mail, drop, timeout])
    await using holder = await here.server.connect(here.database.name)
    await holder.script('BEGIN; LOCK TABLE pgstrata.schema_versions IN SHARE MODE')
    const report = await migrated({ runner: 'drizzle' })
    expect(pendingIn(report)).toEqual([])
    expect(notedText(report)).toContain('not noted in pgstrata.schema_versions: canceling statement due to lock timeout')
    expect(await here.database.session.query('SELECT lock_timeout FROM waits')).toEqual([{ lock_timeout: '1s' }])
    const back = await inWorld((world) => rollback.run(world, { arguments: [], flags: { ...plainFlags, apply: 'dev', unproven: true, acceptLoss: true } }))
    expect(back.data).toMatchObject({ rolledBack: [{ tag: '0003_timeout' }] })
    expect(notedText(back)).toContain('Who took it back is not noted in pgstrata.schema_versions: canceling statement due to lock timeout')
    await holder.script('COMMIT')
    here.place.migrations([users, mail, drop, { ...timeout, tag: '0004_timeout' }])
    await migrated({ runner: 'drizzle' })
    expect(await here.database.session.query('SELECT lock_timeout FROM waits')).toEqual([{ lock_timeout: '1s' }])
  })
})

it('rollback --apply notes who took what back, and a later migrate is a row of its own', async () => {
  here.place.migrations([users, mail])
  await migrated()
  const report = await inWorld((world) => rollback.run(world, { arguments: [], flags: { ...plainFlags, apply: 'dev', unproven: true } }))
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
  const taken = await asked({ applied: true })
  expect(recordedIn(taken)).toMatchObject([
    { state: 'applied' },
    { migration: '0001_mail', state: 'rolled-back', endedBy: 'ada as postgres', endedAt: expect.any(String) as string },
  ])
  expect(pretty.render(taken, { ...options, width: 200 })).toMatch(/rolled back \d{4}-.* by ada as postgres/)
  await migrated()
  expect(recordedIn(await asked()).map(({ migration, state }) => [migration, state])).toEqual([
    ['0000_users', 'applied'],
    ['0001_mail', 'rolled-back'],
    ['0001_mail', 'applied'],
  ])
})

describe('version --sync', () => {
  it('notes what Drizzle has run: of 0.x nobody knows when', async () => {
    here.place.migrations([users, mail])
    await drizzle()
    expect((await asked({ applied: true })).blocks.some((block) => JSON.stringify(block).includes('Nobody has noted'))).toBe(true)
    const report = await synced()
    expect(report.data).toMatchObject({ sync: { rows: 2, added: 2, gone: [], timed: 0, trigger: false } })
    expect(recordedIn(report)).toMatchObject([
      { version: '1.0.0', source: 'unknown' },
      { version: '1.1.0', source: 'unknown' },
    ])
    expect(recordedIn(report).some((each) => each.appliedAt !== undefined)).toBe(false)
    expect((await synced()).data).toMatchObject({ sync: { rows: 2, added: 0 } })
  })

  it('everything is derivable again if it is lost', async () => {
    here.place.migrations([users, mail, drop])
    await migrated()
    const before = await rows()
    await here.database.session.script('DROP SCHEMA pgstrata CASCADE')
    await synced()
    expect(await rows()).toEqual(before.map((row) => ({ ...row, source: 'unknown' })))
  })

  it('keeps the version that a migration had when it was noted, and writes anew what else is derived', async () => {
    here.place.migrations([users, mail])
    await migrated()
    await here.database.session.script("UPDATE pgstrata.schema_versions SET version = '0.9.0', description = 'old' WHERE ledger_id = 2")
    await synced()
    expect(await rows()).toMatchObject([{}, { version: '0.9.0', description: 'column users.mail (text) is added' }])
  })

  it('says of a file that was edited nothing that it does not know', async () => {
    here.place.migrations([users, mail])
    await drizzle()
    here.place.migrations([users, { ...mail, sql: 'ALTER TABLE users ADD COLUMN mail text NOT NULL;' }])
    await synced()
    expect(await rows()).toMatchObject([{ version: '1.0.0' }, { migration: '0001_mail', version: null, change_type: null, rollback_sql: null }])
  })

  it('sees rows that are gone, and ids that begin again', async () => {
    here.place.migrations([users, mail])
    await migrated()
    await here.database.session.script('DELETE FROM drizzle.__drizzle_migrations WHERE id = 2')
    expect((await synced()).data).toMatchObject({ sync: { rows: 1, gone: ['0001_mail'] } })
    expect(await rows()).toMatchObject([{ state: 'applied' }, { state: 'row-gone' }])
    await here.database.session.script('UPDATE drizzle.__drizzle_migrations SET id = 2')
    await synced()
    expect(await rows()).toMatchObject([{ state: 'row-gone' }, { migration: '0000_users', state: 'applied', source: 'unknown' }])
  })

  it('says what the ledger has and nobody has noted; last applied is what the ledger says', async () => {
    here.place.migrations([users])
    await migrated()
    here.place.migrations([users, mail])
    await drizzle()
    const text = pretty.render(await asked({ applied: true }), { ...options, width: 160 })
    expect(text).toContain('last applied  0001_mail, nobody has noted when')
    expect(text).toMatch(/\? +0001_mail +\? +unknown/)
  })

  it('of a ledger that was made anew, times and users of the old one are past', async () => {
    here.place.migrations([users])
    await migrated()
    await here.database.session.script('DROP SCHEMA drizzle CASCADE; DROP TABLE users')
    await drizzle()
    await here.database.session.script('DROP SCHEMA drizzle CASCADE; DROP TABLE users')
    here.place.migrations([{ ...users, sql: `${users.sql}\n-- again` }])
    await migrated()
    expect(await rows()).toMatchObject([{ migration: '0000_users', state: 'applied', source: 'migrate' }])
    await here.database.session.script('DROP SCHEMA drizzle CASCADE; DROP TABLE users')
    here.place.migrations([{ tag: '0000_other', sql: 'SELECT 1;' }])
    await migrated()
    expect(await rows()).toMatchObject([{ migration: '0000_other', state: 'applied' }])
  })

  it('in a database with two ledgers the trigger goes from one of them', async () => {
    here.place.migrations([users])
    await drizzle()
    await synced({ trigger: 'on' })
    await here.database.session.script(
      ['CREATE SCHEMA other', ...createLedgerSql({ schema: 'other', table: 'l' }, 'journal'), ...createTriggerSql({ schema: 'other', table: 'l' })].join(';'),
    )
    expect((await synced({ trigger: 'off' })).data).toMatchObject({ sync: { trigger: false } })
    await here.database.session.script("INSERT INTO other.l (hash) VALUES ('h')")
    expect(await here.database.session.query("SELECT ledger FROM pgstrata.schema_versions WHERE source = 'trigger'")).toEqual([{ ledger: 'other.l' }])
  })

  it('the rollback that is noted takes the row out of the database’s own ledger', async () => {
    here.place.migrations([users])
    await inWorld((world) => migrate.run(world, { arguments: ['dev'], flags: migrateFlags }), {
      environments: { dev: { url: { from: 'env', name: 'URL' }, ledger: { schema: 'my', table: 'Own' } } },
    })
    const [row] = await rows()
    expect(row?.rollback_sql).toContain('DELETE FROM "my"."Own"')
  })

  it('wants --yes in a protected environment, a ledger, a database, and the right to make a table', async () => {
    here.place.migrations([users])
    await expect(asked({ sync: true }, 'dev')).rejects.toMatchObject({ code: 'no-ledger' })
    await drizzle()
    await expect(asked({ sync: true }, 'production')).rejects.toMatchObject({ code: 'protected' })
    expect(await noRows()).toBe(true)
    await expect(asked({ sync: true }, 'folder')).rejects.toMatchObject({ code: 'usage' })
    await expect(asked({ trigger: 'on' })).rejects.toMatchObject({ code: 'usage' })
    await expect(asked({ sync: true, trigger: 'maybe' })).rejects.toMatchObject({ code: 'usage' })
    await here.database.session.script(
      'CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA drizzle TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA drizzle TO reader',
    )
    await expect(asked({ sync: true }, 'dev', here.database.url.replace('postgres@', 'reader@'))).rejects.toMatchObject({ code: 'versions-not-made' })
    await asked({ sync: true, yes: true }, 'production')
    expect(await rows()).toHaveLength(1)
  })

  it('is no drift: the schema pgstrata is part of nobody’s design', async () => {
    here.place.migrations([users])
    await drizzle()
    const before = await here.server.fingerprint(here.database.session)
    await synced({ trigger: 'on' })
    expect(await here.server.fingerprint(here.database.session)).toBe(before)
  })
})

describe('the trigger on Drizzle’s ledger', () => {
  beforeEach(async () => {
    here.place.migrations([users])
    await drizzle()
    expect((await synced({ trigger: 'on' })).data).toMatchObject({ sync: { trigger: true } })
  })

  it('records time and user under Drizzle’s migrator, and the next sync says what it was', async () => {
    here.place.migrations([users, mail])
    await drizzle()
    expect(await rows()).toMatchObject([{ source: 'unknown' }, { migration: null, version: null, source: 'trigger' }])
    const [, second] = recordedIn(await synced())
    expect(second).toMatchObject({ migration: '0001_mail', version: '1.1.0', appliedBy: 'postgres', source: 'trigger' })
    expect(Math.abs(Date.parse(String(second?.appliedAt)) - Date.now())).toBeLessThan(60_000)
  })

  it('is in the same transaction: of a migration that is rolled back nothing is left', async () => {
    await here.database.session.script("BEGIN; INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', 1)")
    expect(await rows()).toHaveLength(2)
    await here.database.session.script('ROLLBACK')
    expect(await rows()).toHaveLength(1)
  })

  it('migrate’s own note is the one that counts', async () => {
    here.place.migrations([users, mail])
    await migrated()
    expect(await rows()).toMatchObject([{}, { migration: '0001_mail', version: '1.1.0', source: 'migrate' }])
  })

  it('never raises: not without its table', async () => {
    await here.database.session.script('DROP TABLE pgstrata.schema_versions')
    here.place.migrations([users, mail])
    await drizzle()
    expect((await synced()).data).toMatchObject({ sync: { rows: 2, added: 2, trigger: true } })
  })

  it('never raises and waits for nobody: not while its table is locked', async () => {
    await using other = await here.server.connect(here.database.name)
    await other.script('BEGIN; LOCK TABLE pgstrata.schema_versions')
    here.place.migrations([users, mail])
    const start = Date.now()
    await drizzle()
    // 100 ms are its own limit; the rest is the migrator and the machine.
    expect(Date.now() - start).toBeLessThan(10_000)
    await other.script('ROLLBACK')
    expect(await rows()).toHaveLength(1)
  })

  it('sees what a user does who may not write to it, and finds no other table on his search path', async () => {
    await here.database.session.script(
      `CREATE ROLE app LOGIN; GRANT USAGE ON SCHEMA drizzle TO app; GRANT INSERT, SELECT ON ALL TABLES IN SCHEMA drizzle TO app; GRANT ALL ON ALL SEQUENCES IN SCHEMA drizzle TO app;
       CREATE SCHEMA app AUTHORIZATION app; CREATE FUNCTION app.to_jsonb(anyelement) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE 'taken over'; END $$; GRANT USAGE ON SCHEMA app TO app`,
    )
    await here.database.session.script(
      "SET ROLE app; SET search_path = app, pg_catalog; INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('y', 2); RESET ROLE; RESET search_path",
    )
    expect(await rows()).toMatchObject([{}, { migration: null, source: 'trigger' }])
  })

  it('is taken away again', async () => {
    expect((await synced({ trigger: 'off' })).data).toMatchObject({ sync: { trigger: false } })
    here.place.migrations([users, mail])
    await drizzle()
    expect(await rows()).toHaveLength(1)
  })
})
