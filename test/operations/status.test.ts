/** `status` over many databases of a real PostgreSQL, most brought where they are by Drizzle's own migrators. */
import { readFileSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Config, EnvironmentConfig } from '../../src/model/config.ts'
import { exitCodeOf, type Report, verdictOf } from '../../src/model/report.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { report } from '../../src/operations/report.ts'
import { status } from '../../src/operations/status.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { exampleTime } from '../../src/rules/examples.ts'
import { options } from '../renderers/report.ts'
import { migrateV1 } from '../support/drizzle-v1.ts'
import { startHangingServer } from '../support/hanging-server.ts'
import { migrateFlags } from './migrate-flags.ts'
import { type Entry, makePlace, type Place, startServer } from './place.ts'
import { statusFlags } from './status-flags.ts'

type Server = Awaited<ReturnType<typeof startServer>>
type Database = Awaited<ReturnType<Server['database']>>

let server: Server
let place: Place
const databases: Database[] = []
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(() => {
  place = makePlace()
})
afterEach(async () => {
  place.remove()
  // The server has few connections, and these tests ask many databases at once.
  for (const { session } of databases.splice(0)) await session[Symbol.asyncDispose]()
})

type Urls = { readonly [environment: string]: string | undefined }
type Asked = { readonly flags?: Partial<typeof statusFlags>; readonly config?: Config; readonly extra?: Partial<EnvironmentConfig> }

const variable = (environment: string): string => `URL_${environment.toUpperCase().replaceAll(/\W/g, '_')}`

/** A world with these environments; one without a URL is one whose variable is not set. */
const worldOf = (urls: Urls, { config, extra }: Asked = {}) =>
  createWorld({
    cwd: place.path,
    folder: 'drizzle',
    env: { ...process.env, ...Object.fromEntries(Object.entries(urls).map(([name, url]) => [variable(name), url])) },
    config: {
      environments: Object.fromEntries(Object.keys(urls).map((name) => [name, { url: { from: 'env', name: variable(name) }, ...extra }])),
      ...config,
    },
  })

const run = async (urls: Urls, asked: Asked = {}): Promise<Report> => {
  await using world = await worldOf(urls, asked)
  return await status.run(world, { arguments: [], flags: { ...statusFlags, ...asked.flags } })
}

const observed = async (
  urls: Urls,
  flags: { readonly env: string; readonly drift?: boolean; readonly out?: string },
  extra: Partial<EnvironmentConfig> = {},
): Promise<Report> => {
  await using world = await worldOf(urls, { extra })
  return await report.run(world, { arguments: [], flags: { out: undefined, by: 'ci', drift: false, ...flags } })
}

type Cell = {
  readonly environment: string
  readonly migration: string
  readonly state: string
  readonly appliedAt: string | null
  readonly observedAt: string | null
  readonly after?: string
  readonly last?: string
}
type Environment = {
  readonly name: string
  readonly state: string
  readonly last: string | null
  readonly behind: number
  readonly ahead: number
  readonly begun: readonly { readonly migration: string; readonly direction: string }[] | null
  readonly runsAgain: readonly string[]
  readonly drift: { readonly state: string; readonly differences?: number }
  readonly source: string | null
  readonly why: string | null
  readonly next: {
    readonly run: readonly string[]
    readonly blocked: readonly string[]
    readonly obstacle: { readonly rule: string; readonly migration?: string; readonly how: string } | null
    readonly unsure: readonly string[]
    readonly pgstrataMigrateRuns: boolean
  } | null
}
type Data = { readonly environments: readonly Environment[]; readonly cells: readonly Cell[]; readonly migrations: readonly { readonly tag: string }[] }

const dataOf = ({ data }: Report): Data => data as unknown as Data
const environmentOf = (found: Report, name: string): Environment | undefined => dataOf(found).environments.find((each) => each.name === name)
const cellsOf = (found: Report, name: string): readonly string[] => dataOf(found).cells.flatMap(({ environment, state }) => (environment === name ? state : []))
const told = (found: Report, width = 100): string => pretty.render(found, { ...options, width })

const users: Entry = { tag: '0000_users', sql: "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE users (id bigint PRIMARY KEY, mood mood);" }
const mail: Entry = { tag: '0001_mail', sql: 'ALTER TABLE users ADD COLUMN mail text;' }
const note: Entry = { tag: '0002_note', sql: 'ALTER TABLE users ADD COLUMN note text;' }
const label: Entry = { tag: '0003_label', sql: "ALTER TYPE mood ADD VALUE 'glad';" }
const use: Entry = { tag: '0004_use', sql: "ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'glad';" }

/** The table in which a run of ours says how far it is. */
const unfinished =
  'CREATE SCHEMA pgstrata; CREATE TABLE pgstrata.unfinished_migrations (ledger text, tag text, direction text, hash text, sql text, statements integer, sent jsonb, began_at timestamptz)'

/** A database on which Drizzle's own migrator has run these folders, one after the other. */
const ran = async (...folders: readonly (readonly Entry[])[]): Promise<Database> => {
  const database = await server.database()
  databases.push(database)
  for (const [at, entries] of folders.entries()) {
    const times = entries.map((entry, index) => ({ when: exampleTime(index), ...entry }))
    place.migrations(times, `ran-${at}`)
    await database.migrate(join(place.path, `ran-${at}`))
  }
  return database
}

describe('a journal folder', () => {
  it('every state of a cell, and what it makes of the environment', async () => {
    const late: Entry = { ...note, when: exampleTime(0) + 1_000 }
    const folder = [users, mail, note, { ...label, when: exampleTime(3) }]
    const [same, behind, edited, orphan, empty, ahead] = [
      await ran(folder),
      await ran([users, mail]),
      await ran([users, { ...mail, sql: 'ALTER TABLE users ADD COLUMN mail varchar(80);' }, note, label]),
      await ran([users, mail, { tag: '0002_branch', sql: 'SELECT 1;', when: exampleTime(2) - 5 }]),
      await server.database(),
      await ran([...folder, { tag: '0004_branch', sql: 'SELECT 1;', when: exampleTime(9) }]),
    ]
    place.migrations(folder)
    const urls = {
      same: same.url,
      behind: behind.url,
      edited: edited.url,
      orphan: orphan.url,
      empty: empty.url,
      ahead: ahead.url,
      away: 'postgres://nobody@127.0.0.1:1/none',
    }
    const found = await run(urls)
    expect(cellsOf(found, 'same')).toEqual(['applied', 'applied', 'applied', 'applied'])
    expect(cellsOf(found, 'behind')).toEqual(['applied', 'applied', 'pending', 'pending'])
    expect(cellsOf(found, 'edited')).toEqual(['applied', 'applied-edited', 'applied', 'applied'])
    expect(cellsOf(found, 'orphan')).toEqual(['applied', 'applied', 'pending', 'pending', 'orphan'])
    expect(cellsOf(found, 'empty')).toEqual(['pending', 'pending', 'pending', 'pending'])
    expect(cellsOf(found, 'ahead')).toEqual(['applied', 'applied', 'applied', 'applied', 'orphan'])
    expect(cellsOf(found, 'away')).toEqual(['unknown', 'unknown', 'unknown', 'unknown'])
    expect(dataOf(found).environments.map(({ name, state, behind: b, ahead: a }) => [name, state, b, a])).toEqual([
      ['same', 'in-sync', 0, 0],
      ['behind', 'behind', 2, 0],
      ['edited', 'diverged', 0, 0],
      ['orphan', 'diverged', 2, 1],
      ['empty', 'behind', 4, 0],
      ['ahead', 'ahead', 0, 1],
      ['away', 'unknown', 0, 0],
    ])
    expect(['orphan', 'edited', 'empty', 'behind'].map((name) => environmentOf(found, name)?.next?.unsure)).toEqual([
      ['what 1 row without a file did is not known'],
      ['1 file was edited after being applied'],
      ['it has no ledger, and what else is in it was not looked at'],
      [],
    ])
    expect(dataOf(found).cells.every(({ appliedAt }) => appliedAt === null)).toBe(true)
    expect(verdictOf(found)).toBe('unknown')
    expect(JSON.stringify(found)).not.toContain('127.0.0.1')

    place.migrations([
      users,
      { ...late, tag: '0001_late' },
      { ...mail, tag: '0002_mail', when: exampleTime(1) },
      { ...label, tag: '0003_label', when: exampleTime(3) },
    ])
    const hole = await run({ behind: behind.url, same: same.url })
    expect(cellsOf(hole, 'behind')).toEqual(['applied', 'skipped', 'applied', 'pending'])
    expect(environmentOf(hole, 'behind')).toMatchObject({ state: 'diverged', behind: 2 })
    expect(told(hole)).toContain('diverged (1 skipped)')
  })

  it('a hole whose time is later than its place runs out of order; a renumbered one runs again', async () => {
    const database = await ran([users, { ...note, when: exampleTime(5) }])
    place.migrations([users, { ...mail, when: exampleTime(8) }, { ...note, when: exampleTime(5) }])
    const found = await run({ dev: database.url })
    expect(dataOf(found).cells.map(({ state, after }) => [state, after])).toEqual([
      ['applied', undefined],
      ['out-of-order', '0002_note'],
      ['applied', undefined],
    ])
    expect(environmentOf(found, 'dev')).toMatchObject({ state: 'diverged', next: { run: ['0001_mail'] } })
    place.migrations([users, { ...note, when: exampleTime(9) }])
    const again = await run({ dev: database.url })
    expect(environmentOf(again, 'dev')).toMatchObject({
      state: 'diverged',
      runsAgain: ['0002_note'],
      next: { run: ['0002_note'], obstacle: { rule: 'refused', migration: '0002_note' } },
    })
    await expect(database.migrate(join(place.path, 'drizzle'))).rejects.toMatchObject({ cause: { code: '42701' } })
  })

  it('rows from before a squash are a baseline, also where something is pending, and do not stop migrate', async () => {
    const database = await ran([users, mail])
    const all: Entry = { tag: '0000_all', sql: `${users.sql}\n${mail.sql}`, when: exampleTime(9) }
    place.migrations([all, { ...note, when: exampleTime(10) }])
    await using world = await worldOf({ dev: database.url })
    await database.session.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [world.hash(all.sql), exampleTime(9)])
    const found = await run({ dev: database.url })
    expect(cellsOf(found, 'dev')).toEqual(['applied', 'pending', 'baseline', 'baseline'])
    expect(environmentOf(found, 'dev')).toMatchObject({ state: 'behind', behind: 1, ahead: 0 })
    const migrated = await migrate.run(world, { arguments: ['dev'], flags: migrateFlags })
    expect(migrated.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(environmentOf(await run({ dev: database.url }), 'dev')).toMatchObject({ state: 'in-sync' })
  })

  it('a first migration that was pulled is a baseline', async () => {
    const pulled: Entry = {
      tag: '0000_pulled',
      sql: '-- Current sql file was generated after introspecting the database\n/*\nCREATE TABLE "old" ("id" integer PRIMARY KEY);\n*/',
    }
    const database = await ran([pulled, { ...note, sql: 'SELECT 1;' }])
    place.migrations([pulled, { ...note, sql: 'SELECT 1;' }])
    expect(cellsOf(await run({ dev: database.url }), 'dev')).toEqual(['baseline', 'applied'])
  })

  it('a migration whose file is missing is unknown, and so is the environment', async () => {
    const database = await ran([users, mail])
    place.migrations([users, mail])
    rmSync(join(place.path, 'drizzle/0001_mail.sql'))
    const found = await run({ dev: database.url })
    expect(cellsOf(found, 'dev')).toEqual(['applied', 'unknown', 'orphan'])
    expect(environmentOf(found, 'dev')).toMatchObject({ state: 'unknown', next: { obstacle: { rule: 'journal-missing-file' } } })
    expect(verdictOf(found)).toBe('unknown')
  })
})

describe('our own ledger', () => {
  it('says when and by whom, and what was taken as applied; a report carries it', async () => {
    const database = await server.database()
    place.migrations([users])
    await database.session.script(users.sql)
    const urls = { dev: database.url }
    const migrated = async (flags: Partial<typeof migrateFlags>): Promise<void> => {
      await using world = await worldOf(urls)
      await migrate.run(world, { arguments: ['dev'], flags: { ...migrateFlags, ...flags } })
    }
    await migrated({ baseline: '0000' })
    place.migrations([users, mail])
    await migrated({})
    const live = await run(urls)
    expect(cellsOf(live, 'dev')).toEqual(['baseline', 'applied'])
    const [, second] = dataOf(live).cells
    expect(second).toMatchObject({ appliedAt: expect.any(String) as string, appliedBy: expect.stringMatching(/postgres$/) as string })
    expect(environmentOf(live, 'dev')).toMatchObject({ state: 'in-sync' })
    await observed(urls, { env: 'dev' })
    const seen = await run({ dev: 'postgres://nobody@127.0.0.1:1/none' })
    expect(cellsOf(seen, 'dev')).toEqual(['baseline', 'applied'])
    expect(dataOf(seen).cells[1]?.appliedAt).toBe(second?.appliedAt)
  })
})

describe('a folder of 1.0', () => {
  it('a hole runs out of order by its name, and the ledger says when', async () => {
    const database = await server.database()
    const write = (...entries: readonly (readonly [string, string])[]): void =>
      place.write(Object.fromEntries(entries.map(([tag, sql]) => [`drizzle/${tag}/migration.sql`, sql])))
    write(['20300101000000_users', users.sql], ['20300103000000_note', note.sql])
    const urls = { dev: database.url }
    const before = Date.now()
    {
      await using world = await worldOf(urls)
      await migrate.run(world, { arguments: ['dev'], flags: migrateFlags })
    }
    expect(environmentOf(await run(urls), 'dev')).toMatchObject({ state: 'in-sync' })
    write(['20300102000000_mail', mail.sql])
    const found = await run(urls)
    expect(cellsOf(found, 'dev')).toEqual(['applied', 'out-of-order', 'applied'])
    expect(environmentOf(found, 'dev')).toMatchObject({ state: 'diverged', next: { run: ['20300102000000_mail'], obstacle: null } })
    expect(told(found)).toContain('⇄ X out-of-order')
    const at = Date.parse(dataOf(found).cells[0]?.appliedAt ?? '')
    expect(at).toBeGreaterThan(before - 2_000)
    expect(at).toBeLessThan(Date.now() + 2_000)
    {
      await using world = await worldOf(urls)
      await migrate.run(world, { arguments: ['dev'], flags: migrateFlags })
    }
    const after = await run(urls)
    expect(environmentOf(after, 'dev')).toMatchObject({ state: 'in-sync' })
    expect(dataOf(after).cells[1]).toMatchObject({ state: 'applied', after: '20300103000000_note' })
  })

  it('drizzle-orm 1.0 does with each migration what is said of it', async () => {
    const database = await server.database()
    databases.push(database)
    const write = (entries: { readonly [tag: string]: string }): void =>
      place.write(Object.fromEntries(Object.entries(entries).map(([tag, sql]) => [`drizzle/${tag}/migration.sql`, sql])))
    const deploy = async (): Promise<void> => {
      const client = new pg.Client({ host: database.host, port: 5432, user: 'postgres', database: database.name })
      await client.connect()
      try {
        await migrateV1(client, join(place.path, 'drizzle'))
      } finally {
        await client.end()
      }
    }
    const urls = { dev: database.url }
    write({ '20300101000000_users': users.sql, '20300103000000_note': note.sql })
    await deploy()
    write({ '20300102000000_mail': mail.sql, '20300104000000_label': label.sql })
    const found = await run(urls)
    expect(cellsOf(found, 'dev')).toEqual(['applied', 'out-of-order', 'applied', 'pending'])
    expect(environmentOf(found, 'dev')?.next).toMatchObject({ run: ['20300102000000_mail', '20300104000000_label'], obstacle: null })
    await deploy()
    const after = await run(urls)
    expect(environmentOf(after, 'dev')).toMatchObject({ state: 'in-sync' })
    expect(dataOf(after).cells.every(({ appliedAt }) => appliedAt !== null)).toBe(true)
    write({ '20300105000000_again': note.sql })
    expect(environmentOf(await run(urls), 'dev')?.next).toMatchObject({ obstacle: { migration: '20300105000000_again', how: 'refused' } })
    await expect(deploy()).rejects.toMatchObject({ cause: { code: '42701' } })
  })

  it('two rows of one name are an applied migration and a second row for it', async () => {
    const database = await server.database()
    databases.push(database)
    place.write({ 'drizzle/20300101000000_users/migration.sql': users.sql })
    const urls = { dev: database.url }
    {
      await using world = await worldOf(urls)
      await migrate.run(world, { arguments: ['dev'], flags: migrateFlags })
    }
    await database.session.query(
      'INSERT INTO drizzle.__drizzle_migrations (hash, created_at, name) SELECT hash, created_at, name FROM drizzle.__drizzle_migrations',
    )
    const found = await run(urls)
    expect(cellsOf(found, 'dev')).toEqual(['applied', 'orphan'])
    expect(told(found)).toMatch(/20300101000000_users +✓ A applied/)
    expect(told(found)).toContain('a second row for 20300101000000_users: dev')
  })

  it('drizzle-orm 1.0 will not take over a ledger of 0.x with a row that no folder explains', async () => {
    const database = await ran([users, { tag: '0001_gone', sql: 'SELECT 1;' }])
    place.write({ 'drizzle/20300101000000_users/migration.sql': users.sql })
    const found = await run({ dev: database.url })
    expect(environmentOf(found, 'dev')?.next).toMatchObject({ obstacle: { rule: 'ledger-unknown-row', how: 'refused' } })
  })
})

describe('what the next deployment does', () => {
  const folder = [users, mail, note, label, use]

  it('depends on what this environment has run, and is what Drizzle’s migrator does', async () => {
    const [production, staging, fresh] = [await ran([users, mail, note]), await ran([users, mail, note, label]), await server.database()]
    place.migrations(folder)
    const urls = { staging: staging.url, production: production.url, fresh: fresh.url }
    const found = await run(urls)
    expect(cellsOf(found, 'production')).toEqual(['applied', 'applied', 'applied', 'pending', 'blocked'])
    expect(environmentOf(found, 'production')?.next).toMatchObject({
      run: ['0003_label', '0004_use'],
      blocked: ['0004_use'],
      obstacle: { rule: 'enum-value-used-in-batch', migration: '0004_use', how: 'refused', file: 'drizzle/0004_use.sql', line: 1 },
      pgstrataMigrateRuns: true,
    })
    expect(environmentOf(found, 'staging')?.next).toMatchObject({ run: ['0004_use'], obstacle: null })
    expect(environmentOf(found, 'fresh')?.next).toMatchObject({ obstacle: null })
    const [, second] = told(found, 10_000).split('\n\n')
    expect(second).toMatch(/^production is 2 behind, and its next deployment would fail at 0004_use: .*55P04.*; .*staging is 1 behind/)
    for (const line of told(found, 60).split('\n')) expect(line.length).toBeLessThanOrEqual(60)
    expect(told(await run(urls, { flags: { environments: 'staging,production' } }))).toMatch(/0000_users … 0002_note \(3\) +✓ A applied +✓ A applied/)

    const ours = await run(urls, { config: { runner: 'per-file' } })
    expect(environmentOf(ours, 'production')?.next).toMatchObject({ run: ['0003_label', '0004_use'], obstacle: null })
    expect(cellsOf(ours, 'production')).toEqual(['applied', 'applied', 'applied', 'pending', 'pending'])

    await expect(production.migrate(join(place.path, 'drizzle'))).rejects.toMatchObject({ cause: { code: '55P04' } })
    await staging.migrate(join(place.path, 'drizzle'))
    await fresh.migrate(join(place.path, 'drizzle'))
  })

  it('CONCURRENTLY ends Drizzle’s transaction; what stands behind it is blocked too', async () => {
    const database = await ran([users])
    place.migrations([users, mail, { tag: '0002_index', sql: 'CREATE INDEX CONCURRENTLY users_mail ON users (mail);' }, { ...note, tag: '0003_note' }])
    const found = await run({ dev: database.url })
    expect(cellsOf(found, 'dev')).toEqual(['applied', 'pending', 'blocked', 'blocked'])
    expect(environmentOf(found, 'dev')?.next).toMatchObject({ obstacle: { rule: 'concurrently-in-tx' }, pgstrataMigrateRuns: true })
  })

  it('what fails only over rows is said to; our own migrator stops for the policy', async () => {
    const database = await ran([users])
    place.migrations([users, { ...mail, sql: 'ALTER TABLE users ADD COLUMN mail text NOT NULL;' }])
    expect(environmentOf(await run({ dev: database.url }), 'dev')?.next).toMatchObject({ obstacle: { how: 'rows' }, blocked: ['0001_mail'] })
    place.migrations([users, { ...mail, sql: 'ALTER TABLE users DROP COLUMN mood;' }])
    const urls = { dev: database.url }
    expect(environmentOf(await run(urls), 'dev')?.next).toMatchObject({ obstacle: null })
    const ours = await run(urls, { config: { runner: 'per-file' } })
    expect(environmentOf(ours, 'dev')?.next).toMatchObject({ obstacle: { how: 'stopped', rule: 'drop-column' }, blocked: ['0001_mail'] })
    expect(told(ours)).toContain('would be stopped')
  })
})

describe('what has begun and is not finished', () => {
  it('is told; rolled back by half is diverged; what may not be read of it is unknown', async () => {
    const database = await ran([users])
    await database.session.script('INSERT INTO users (id) VALUES (1), (2); CREATE ROLE watcher LOGIN; GRANT USAGE ON SCHEMA drizzle TO watcher')
    await database.session.script('GRANT SELECT ON drizzle.__drizzle_migrations TO watcher')
    const broken = {
      ...mail,
      sql: "ALTER TABLE users ADD COLUMN mail text DEFAULT 'x';--> statement-breakpoint\nCREATE UNIQUE INDEX CONCURRENTLY users_mail ON users (mail);",
    }
    place.migrations([users, broken])
    const urls = { dev: database.url }
    const watched = { dev: database.url.replace('postgres@', 'watcher@') }
    expect(environmentOf(await run(watched), 'dev')).toMatchObject({ state: 'behind', begun: [] })
    {
      await using world = await worldOf(urls)
      await migrate.run(world, { arguments: ['dev'], flags: { ...migrateFlags, accept: ['policy'] } })
    }
    const found = await run(urls)
    expect(environmentOf(found, 'dev')).toMatchObject({ state: 'behind', begun: [{ migration: '0001_mail', direction: 'migrate', statements: 1 }] })
    expect(told(found, 10_000)).toContain('0001_mail has begun and is not finished (1 statement done); pgstrata migrate dev goes on with it.')
    expect(told(found, 10_000)).toContain('Drizzle’s migrator would begin it anew')
    const blind = await run(watched)
    expect(blind.unknown.map(({ what }) => what)).toEqual(['what has begun in dev'])
    await observed(urls, { env: 'dev' })
    expect(environmentOf(await run({ dev: undefined }), 'dev')).toMatchObject({ begun: [{ migration: '0001_mail' }] })
    expect((await observed(watched, { env: 'dev' })).unknown.map(({ what }) => what)).toEqual(['what has begun in dev'])
    const hearsay = await run({ dev: undefined })
    expect(environmentOf(hearsay, 'dev')).toMatchObject({ begun: null })
    expect(hearsay.unknown).toMatchObject([{ what: 'what has begun in dev', why: expect.stringContaining('Whoever looked') as string }])

    place.migrations([users, { ...broken, sql: `${broken.sql}\n-- changed` }])
    const changed = await run(urls, { config: { runner: 'per-file' } })
    expect(environmentOf(changed, 'dev')).toMatchObject({
      state: 'diverged',
      begun: [{ stuck: 'its file has been changed since' }],
      next: { obstacle: { rule: 'migration-unfinished', how: 'stopped' }, blocked: ['0001_mail'] },
    })
    expect(told(changed, 10_000)).toContain('its file has been changed since, and nothing goes on with it.')
    place.migrations([users])
    const gone = await run(urls, { config: { runner: 'per-file' } })
    expect(environmentOf(gone, 'dev')).toMatchObject({ state: 'diverged', next: { run: [], obstacle: { rule: 'migration-unfinished' } } })
    expect(told(gone, 10_000)).toContain('the folder has no such migration any more, and nothing goes on with it.')
    await database.session.script("UPDATE pgstrata.unfinished_migrations SET tag = '0000_users', direction = 'rollback'")
    expect(environmentOf(await run(urls), 'dev')).toMatchObject({ state: 'diverged' })
    expect(environmentOf(await run(watched), 'dev')).toMatchObject({ state: 'unknown' })
    expect(told(await run(urls))).toContain('rolled back by half')
  })

  it('names a database that there is, where tenants stand as one', async () => {
    const [a, b] = [await ran([users]), await ran([users])]
    for (const { session } of [a, b])
      await session.script(
        `${unfinished}; INSERT INTO pgstrata.unfinished_migrations VALUES ('drizzle.__drizzle_migrations', '0001_mail', 'migrate', '', 'kept', 1)`,
      )
    place.migrations([users, mail])
    const [first] = [a.name, b.name].toSorted()
    expect(told(await run({ production: a.url }, { extra: { tenants: [a.name, b.name] } }), 10_000)).toContain(
      `pgstrata migrate production/${first} (so for each of the 2) goes on with it.`,
    )
  })
})

describe('drift', () => {
  it('is told only where it was looked at, against what the environment has run', async () => {
    const [same, drifted, behind] = [await ran([users, mail]), await ran([users, mail]), await ran([users])]
    await drifted.session.script('ALTER TABLE users ADD COLUMN by_hand text')
    place.migrations([users, mail])
    const urls = { same: same.url, drifted: drifted.url, behind: behind.url }
    const blind = await run(urls)
    expect(dataOf(blind).environments.map(({ state }) => state)).toEqual(['in-sync', 'in-sync', 'behind'])
    expect(told(blind)).toContain('Drift was not looked at')
    const found = await run(urls, { flags: { drift: true } })
    expect(dataOf(found).environments.map(({ state, drift }) => [state, drift])).toEqual([
      ['in-sync', { state: 'none' }],
      ['drifted', { state: 'drifted', differences: 1 }],
      ['behind', { state: 'none' }],
    ])
    expect(told(found)).toContain('drifted is drifted (1 difference)')
  })

  it('of a database that was migrated while it was looked at, or by half, is unknown', async () => {
    const database = await ran([users])
    await database.session.script('ALTER TABLE users ADD COLUMN by_hand text')
    place.migrations([users])
    await using world = await worldOf({ dev: database.url })
    let asked = 0
    const reader: typeof world.reader = async (...of) => {
      if (asked++ > 0) await database.session.query("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', 1)")
      return world.reader(...of)
    }
    const found = await status.run({ ...world, reader }, { arguments: [], flags: { ...statusFlags, drift: true } })
    expect(environmentOf(found, 'dev')?.drift).toEqual({ state: 'unknown', why: 'It was migrated while it was looked at.' })
    await database.session.query("DELETE FROM drizzle.__drizzle_migrations WHERE hash = 'x'")
    await database.session.script(
      `${unfinished}; INSERT INTO pgstrata.unfinished_migrations VALUES ('drizzle.__drizzle_migrations', '0001_mail', 'migrate', '', 'kept', 1)`,
    )
    place.migrations([users, mail])
    expect(environmentOf(await run({ dev: database.url }, { flags: { drift: true } }), 'dev')?.drift).toEqual({
      state: 'unknown',
      why: '0001_mail has begun and not ended.',
    })
  })

  it('of tenants is told by those that have it; of one that has run rows without a file it is unknown', async () => {
    const [a, b, c] = [await ran([users]), await ran([users]), await ran([users, { tag: '0001_branch', sql: 'SELECT 1;' }])]
    await b.session.script('CREATE TABLE by_hand (id integer)')
    place.migrations([users])
    const found = await run({ production: a.url }, { flags: { drift: true }, extra: { tenants: [a.name, b.name, c.name] } })
    expect(Object.fromEntries(dataOf(found).environments.map(({ name, state, drift }) => [name, [state, drift.state]]))).toEqual({
      [`production/${a.name}`]: ['in-sync', 'none'],
      [`production/${b.name}`]: ['drifted', 'drifted'],
      [`production/${c.name}`]: ['ahead', 'unknown'],
    })
    expect(verdictOf(found)).toBe('unknown')
  })
})

describe('many databases', () => {
  it('tenants that stand alike are one column', async () => {
    const [first, second, behind] = [await ran([users, mail]), await ran([users, mail]), await ran([users])]
    place.migrations([users, mail])
    const found = await run({ production: first.url }, { extra: { tenants: [first.name, second.name, behind.name, 'gone'] } })
    expect(
      dataOf(found)
        .environments.map(({ state }) => state)
        .toSorted(),
    ).toEqual(['behind', 'in-sync', 'in-sync', 'unknown'])
    expect(dataOf(found).cells.length).toBe(8)
    expect(told(found)).toContain('production (2)')
    expect(told(found, 10_000)).toMatch(
      new RegExp(`production/${behind.name} is 1 behind; production/gone is unknown: it could not be asked; 2 of 4 tenants of production are in sync`),
    )
    expect(told(await run({ production: first.url }, { extra: { tenants: [first.name, second.name] } }))).toContain('production (all 2)')
    // Long names make way for numbers, so that the matrix fits a narrow screen.
    const narrow = told(await run({ 'a-long-name-of-an-environment': first.url, 'another-name-that-is-long': behind.url, 'and-one-more': second.url }), 60)
    expect(narrow).toMatch(/2 {2}another-name-that-is-long: 1 behind[\s\S]*0001_mail +✓ A +● P +✓ A/)
    const none = await run({ production: first.url }, { extra: { tenants: { query: 'SELECT 1 WHERE false' } } })
    expect(dataOf(none).environments).toMatchObject([{ name: 'production', state: 'unknown', why: 'It has no tenants.' }])
  })

  it('environments in `status`: unreachable ones unknown, never green, and those that hang hold nobody up (a thousand: test/slow/status-thousand)', async () => {
    const database = await ran([users])
    place.migrations([users])
    const hanging = await startHangingServer()
    const names = Array.from({ length: 60 }, (_, at) => `e${String(at).padStart(2, '0')}`)
    const urlOf = (at: number): string =>
      at % 10 === 3 ? 'postgres://u:geheim@127.0.0.1:1/x' : at % 10 === 7 ? `postgres://u:geheim@127.0.0.1:${hanging.port}/x` : database.url
    try {
      const started = performance.now()
      const found = await run(Object.fromEntries(names.map((name, at) => [name, urlOf(at)])), { flags: { timeout: 0.5 } })
      expect(performance.now() - started).toBeLessThan(5_000)
      const states = dataOf(found).environments.map(({ state }) => state)
      expect(states.filter((state) => state === 'in-sync').length).toBe(48)
      for (const [at, { state, source, why }] of dataOf(found).environments.entries())
        if (at % 10 === 3 || at % 10 === 7)
          expect([state, source, why]).toEqual(['unknown', null, expect.stringContaining(at % 10 === 3 ? 'nothing listens' : 'did not answer in time')])
      expect(dataOf(found).cells.filter(({ state }) => state === 'unknown').length).toBe(12)
      expect(found.unknown.map(({ what }) => what)).toEqual(['e03, e13, e23 and 3 more', 'e07, e17, e27 and 3 more'])
      expect(exitCodeOf(verdictOf(found))).toBe(3)
      expect(JSON.stringify(found)).not.toContain('geheim')
      expect(told(found, 10_000)).toContain('12 environments (e03, e07 …) are unknown: they could not be asked; the other 48 are in sync.')
    } finally {
      await hanging.stop()
    }
  })

  it('one that PostgreSQL refuses to read is unknown, and the others are told', async () => {
    const [old, good] = [await ran([users]), await ran([users])]
    await old.session.script('CREATE SCHEMA pgstrata; CREATE TABLE pgstrata.unfinished_migrations (tag text)')
    place.migrations([users])
    const found = await run({ old: old.url, good: good.url })
    expect(environmentOf(found, 'good')).toMatchObject({ state: 'in-sync' })
    expect(environmentOf(found, 'old')).toMatchObject({ state: 'unknown', why: expect.stringContaining('(SQLSTATE 42703)') as string })
    expect(exitCodeOf(verdictOf(found))).toBe(3)
  })

  it('one whose ledger hides rows by row level security is unknown, and so is what has begun where that table does', async () => {
    const database = await ran([users])
    await database.session.script('CREATE ROLE fenced LOGIN; GRANT USAGE ON SCHEMA drizzle TO fenced; GRANT SELECT ON drizzle.__drizzle_migrations TO fenced')
    await database.session.script('CREATE SCHEMA pgstrata; CREATE TABLE pgstrata.unfinished_migrations (tag text); GRANT USAGE ON SCHEMA pgstrata TO fenced')
    await database.session.script(
      'GRANT SELECT ON pgstrata.unfinished_migrations TO fenced; ALTER TABLE pgstrata.unfinished_migrations ENABLE ROW LEVEL SECURITY',
    )
    place.migrations([users])
    const urls = { dev: database.url.replace('postgres@', 'fenced@') }
    expect(environmentOf(await run(urls), 'dev')).toMatchObject({ state: 'unknown', behind: 0, begun: null })
    await database.session.script('ALTER TABLE drizzle.__drizzle_migrations ENABLE ROW LEVEL SECURITY')
    const found = await run(urls)
    expect(environmentOf(found, 'dev')).toMatchObject({ state: 'unknown', why: expect.stringContaining('Row level security is on for the ledger') as string })
    expect(exitCodeOf(verdictOf(found))).toBe(3)
    const { session } = database
    await session.query('DROP OWNED BY fenced')
    await session.query('DROP ROLE fenced')
  })

  it('a server that lets us in and then hangs is left in time', async () => {
    const database = await ran([users])
    place.migrations([users])
    const open = new Set<Socket>()
    // All that the server says is handed on, until it is asked for the ledger.
    const proxy = createServer((client) => {
      const upstream = createConnection(`${database.host}/.s.PGSQL.5432`)
      for (const socket of [client, upstream]) open.add(socket.on('error', () => undefined))
      upstream.pipe(client)
      client.on('data', (bytes) => {
        if (!bytes.includes('to_regclass')) upstream.write(bytes)
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = proxy.address() as { readonly port: number }
      const found = await run({ dev: `postgres://postgres@127.0.0.1:${port}/${database.name}` }, { flags: { timeout: 0.3 } })
      expect(environmentOf(found, 'dev')).toMatchObject({ state: 'unknown', why: 'The database does not answer in time.' })
    } finally {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => proxy.close(resolve))
    }
  })
})

describe('evidence from CI', () => {
  const path = '.pgstrata/environments/production.json'
  const read = (): { readonly [key: string]: unknown } => JSON.parse(readFileSync(join(place.path, path), 'utf8'))
  /** The file with something else in it, and a digest that holds. */
  const rewritten = async (change: { readonly [key: string]: unknown }): Promise<void> => {
    const { digest: _, ...content } = { ...read(), ...change }
    await using world = await worldOf({ production: undefined })
    place.write({ [path]: JSON.stringify({ ...content, digest: world.hash(JSON.stringify(content)) }) })
  }

  it('stands in for an environment that cannot be asked, with its age, and is not green', async () => {
    const database = await ran([users])
    place.migrations([users])
    place.git('init', '-q')
    place.git('add', '.')
    place.git('commit', '-qm', 'x')
    await observed({ production: database.url }, { env: 'production', drift: true })
    const file = read()
    expect(file).toMatchObject({ schema: 'pgstrata/environment@1', environment: 'production', by: 'ci', commit: place.git('rev-parse', 'HEAD').trim() })
    expect(file.databases).toMatchObject([
      {
        tenants: null,
        state: 'in-sync',
        drift: { state: 'none' },
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        ledger: { layout: 'journal', rows: [{ id: 1, createdAt: exampleTime(0), appliedAt: null }] },
      },
    ])
    expect(JSON.stringify(file)).not.toMatch(/postgres:|localhost|"postgres"/)
    expect(JSON.stringify(file)).not.toContain(database.host)

    place.migrations([users, mail])
    const found = await run({ production: undefined })
    expect(environmentOf(found, 'production')).toMatchObject({
      state: 'behind',
      behind: 1,
      source: 'report',
      drift: { state: 'none' },
      next: { run: ['0001_mail'] },
    })
    expect(told(found)).toContain('seen under a minute ago by ci')
    expect(verdictOf(found)).toBe('clean')
    place.migrations([users])
    const same = await run({ production: undefined })
    expect(environmentOf(same, 'production')).toMatchObject({ state: 'in-sync' })
    expect(same.blocks[0]).toMatchObject({ text: expect.arrayContaining([{ text: 'in sync', tone: 'plain' }]) })
    expect(JSON.stringify(same.blocks.filter(({ type }) => type === 'table'))).not.toContain('"good"')
    expect(told(same, 10_000)).toContain('Drift of production was looked for under a minute ago: the catalog was what')
    expect(told(same, 10_000)).not.toContain('the catalogs are')
    const old = await run({ production: undefined }, { flags: { maxAge: 0 } })
    expect(told(old, 10_000)).not.toContain('was looked for')
    const gate = await run({ production: undefined }, { flags: { check: true } })
    expect(exitCodeOf(verdictOf(gate))).toBe(3)
    expect(gate.unknown).toMatchObject([
      { what: 'production', why: expect.stringMatching(/only from .*production[.]json, under a minute old [(]in-sync[)]/) as string },
    ])
    place.migrations([users, mail])
    expect(exitCodeOf(verdictOf(await run({ production: undefined }, { flags: { check: true } })))).toBe(3)
  })

  it('that is older than --max-age is unknown, with what it was', async () => {
    const database = await ran([users])
    place.migrations([users, mail])
    await observed({ production: database.url }, { env: 'production' })
    await rewritten({ observedAt: new Date(Date.now() - 25 * 3_600_000).toISOString() })
    const found = await run({ production: undefined })
    expect(environmentOf(found, 'production')).toMatchObject({ state: 'unknown', last: 'behind', next: null })
    expect(dataOf(found).cells.map(({ state, last }) => [state, last])).toEqual([
      ['unknown', 'applied'],
      ['unknown', 'pending'],
    ])
    expect(told(found)).toContain('✓ A?')
    expect(verdictOf(found)).toBe('unknown')
    expect(environmentOf(await run({ production: undefined }, { flags: { maxAge: 26 } }), 'production')).toMatchObject({ state: 'behind' })
  })

  it('that was changed, is another environment’s or from the future is refused', async () => {
    const database = await ran([users])
    place.migrations([users])
    await observed({ production: database.url }, { env: 'production' })
    const file = read()
    const why = async (): Promise<string | null | undefined> => environmentOf(await run({ production: undefined }), 'production')?.why
    place.write({ [path]: JSON.stringify({ ...file, observedAt: new Date().toISOString() }) })
    expect(await why()).toContain('its digest does not hold')
    expect(cellsOf(await run({ production: undefined }), 'production')).toEqual(['unknown'])
    place.write({ [path]: JSON.stringify(file) })
    await rewritten({ environment: 'staging' })
    expect(await why()).toContain('tells of "staging"')
    await rewritten({ environment: 'production', observedAt: '2999-01-01T00:00:00.000Z' })
    expect(await why()).toContain('future')
    await rewritten({ observedAt: new Date().toISOString(), databases: [{}] })
    expect(await why()).toContain('something is missing')
    const [database0] = file.databases as readonly object[]
    await rewritten({ databases: [{ ...database0, drift: 'none' }] })
    expect(await why()).toContain('something is missing')
    place.write({ [path]: 'no' })
    expect(await why()).toContain('not JSON')
    rmSync(join(place.path, path))
    place.write({ [`${path}/in-it`]: '' })
    expect(await why()).toContain(`${path} cannot be read: it is a directory.`)
  })

  it('of another ledger is none, and is not written over', async () => {
    const database = await ran([users])
    place.migrations([users])
    await observed({ production: database.url }, { env: 'production' })
    const extra = { ledger: { schema: 'drizzle', table: 'other' } }
    const found = await run({ production: undefined }, { extra })
    expect(environmentOf(found, 'production')).toMatchObject({
      state: 'unknown',
      why: expect.stringContaining(`${path} tells of the ledger drizzle.__drizzle_migrations, not of drizzle.other.`) as string,
    })
    await expect(observed({ production: database.url }, { env: 'production' }, extra)).rejects.toMatchObject({
      code: 'other-ledger',
      help: expect.stringContaining('--out') as string,
    })
    await observed({ production: database.url }, { env: 'production', out: 'other.json' }, extra)
  })

  it('of tenants says each; live databases go before it', async () => {
    const [a, b] = [await ran([users]), await ran([users])]
    place.migrations([users])
    const extra = { tenants: [a.name, b.name, 'gone'], report: 'ops/seen.json' }
    const written = await observed({ production: a.url }, { env: 'production' }, extra)
    expect(verdictOf(written)).toBe('unknown')
    const found = await run({ production: undefined }, { extra })
    expect(dataOf(found).environments.map(({ name, state, source }) => [name, state, source])).toEqual(
      [
        [`production/${a.name}`, 'in-sync', 'report'],
        [`production/${b.name}`, 'in-sync', 'report'],
        ['production/gone', 'unknown', null],
      ].toSorted(),
    )
    expect(environmentOf(await run({ production: a.url }, { extra }), `production/${a.name}`)).toMatchObject({ source: 'live' })
  })

  it('is as old as the ledger in it, and where drift is unknown it says so', async () => {
    const database = await ran([users, { tag: '0001_branch', sql: 'SELECT 1;' }])
    place.migrations([users])
    await using world = await worldOf({ dev: database.url })
    const start = Date.now()
    let calls = 0
    const now = (): number => start + 60_000 * calls++
    const written = await report.run({ ...world, now }, { arguments: [], flags: { env: 'dev', out: undefined, by: 'ci', drift: true } })
    expect(written.data).toMatchObject({ observedAt: new Date(start).toISOString() })
    expect(written.unknown.map(({ what }) => what)).toEqual(['drift of dev'])
    expect(exitCodeOf(verdictOf(written))).toBe(3)
  })

  it('is not written of what cannot be read, and wants one environment', async () => {
    place.migrations([users])
    await expect(observed({ production: 'postgres://x@127.0.0.1:1/x' }, { env: 'production' })).rejects.toMatchObject({ code: 'not-seen', exit: 3 })
    await expect(observed({ production: undefined }, { env: 'prodution' })).rejects.toMatchObject({
      code: 'no-such-environment',
      help: 'Did you mean production?',
    })
    await expect(observed({ a: undefined, b: undefined }, { env: 'a,b' })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('--check', () => {
  it('is 0 where all are in sync, 1 where one is not, 3 where one is unknown', async () => {
    const [same, behind] = [await ran([users, mail]), await ran([users])]
    place.migrations([users, mail])
    const exit = async (urls: Urls): Promise<number> => exitCodeOf(verdictOf(await run(urls, { flags: { check: true } })))
    expect(await exit({ same: same.url })).toBe(0)
    expect(await exit({ same: same.url, behind: behind.url })).toBe(1)
    expect(await exit({ same: same.url, away: undefined })).toBe(3)
    expect(exitCodeOf(verdictOf(await run({ behind: behind.url })))).toBe(0)
  })

  it('takes environments by their names, whatever these hold', async () => {
    const database = await ran([users])
    place.migrations([users])
    const urls = { 'eu/production': database.url, 'a,b': database.url }
    expect(dataOf(await run(urls)).environments.map(({ name, state }) => [name, state])).toEqual([
      ['eu/production', 'in-sync'],
      ['a,b', 'in-sync'],
    ])
    for (const name of Object.keys(urls))
      expect(dataOf(await run(urls, { flags: { environments: name } })).environments.map((each) => each.name)).toEqual([name])
    const extra = { tenants: [database.name] }
    const one = await run(urls, { extra, flags: { environments: `eu/production/${database.name}` } })
    expect(environmentOf(one, `eu/production/${database.name}`)).toMatchObject({ state: 'in-sync' })
    await expect(run(urls, { extra, flags: { environments: 'eu/production/' } })).rejects.toMatchObject({ code: 'usage' })
    const nameless = await run({ dev: database.url }, { extra: { tenants: { query: "SELECT ''" } } })
    expect(dataOf(nameless).environments).toMatchObject([{ name: 'dev', state: 'unknown', why: 'One of its tenants has an empty name.' }])
  })

  it('wants environments that there are', async () => {
    place.migrations([users])
    await expect(run({ production: undefined }, { flags: { environments: 'prod' } })).rejects.toMatchObject({ code: 'no-such-environment' })
    await expect(run({ production: undefined }, { flags: { environments: ' , ' } })).rejects.toMatchObject({ code: 'usage' })
    await expect(run({ production: undefined }, { flags: { concurrency: 0 } })).rejects.toMatchObject({ code: 'usage' })
    await expect(run({})).rejects.toMatchObject({ code: 'no-environments' })
  })
})
