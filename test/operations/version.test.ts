import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { replay } from '../../src/changes/replay.ts'
import { createWorld } from '../../src/cli/world.ts'
import { bumpOf, classifySteps, displayVersion, versionsOf } from '../../src/features/version.ts'
import type { Report } from '../../src/model/report.ts'
import { version } from '../../src/operations/version.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { exampleTime } from '../../src/rules/examples.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { options } from '../renderers/report.ts'
import { type Entry, makePlace, type Place, startServer } from './place.ts'

/** What each history's last migration makes of the version before it, 1.0.0. */
const users = 'CREATE TABLE users (id integer PRIMARY KEY, name text, age varchar(3))'
const lasts: readonly (readonly [what: string, before: string, last: string, expected: string])[] = [
  ['a column goes', users, 'ALTER TABLE users DROP COLUMN name', '2.0.0'],
  ['a table goes', users, 'DROP TABLE users', '2.0.0'],
  ['a view goes', `${users}; CREATE VIEW v AS SELECT id FROM users`, 'DROP VIEW v', '2.0.0'],
  ['a column has another name', users, 'ALTER TABLE users RENAME COLUMN name TO title', '2.0.0'],
  ['a table moves', `${users}; CREATE SCHEMA auth`, 'ALTER TABLE users SET SCHEMA auth', '2.0.0'],
  ['a column must not be null', users, 'ALTER TABLE users ALTER COLUMN name SET NOT NULL', '2.0.0'],
  ['a new column without a default must not be null', users, 'ALTER TABLE users ADD COLUMN mail text NOT NULL', '2.0.0'],
  ['a type that cannot hold all values', users, 'ALTER TABLE users ALTER COLUMN age TYPE integer USING age::integer', '2.0.0'],
  ['an existing table gets a constraint', users, 'ALTER TABLE users ADD CONSTRAINT one UNIQUE (name)', '2.0.0'],
  ['an existing table gets a unique index', users, 'CREATE UNIQUE INDEX one ON users (name)', '2.0.0'],
  ['row security on an existing table', users, 'ALTER TABLE users ENABLE ROW LEVEL SECURITY', '2.0.0'],
  ['a default goes', `${users}; ALTER TABLE users ALTER name SET DEFAULT 'x'`, 'ALTER TABLE users ALTER name DROP DEFAULT', '2.0.0'],
  ['a label of an enum has another name', "CREATE TYPE mood AS ENUM ('ok')", "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'", '2.0.0'],
  ['a nullable column', users, 'ALTER TABLE users ADD COLUMN mail text', '1.1.0'],
  ['a column with a default', users, "ALTER TABLE users ADD COLUMN mail text NOT NULL DEFAULT ''", '1.1.0'],
  ['a new table', users, 'CREATE TABLE orders (id integer)', '1.1.0'],
  ['a new label of an enum', "CREATE TYPE mood AS ENUM ('ok')", "ALTER TYPE mood ADD VALUE 'sad'", '1.1.0'],
  ['a new view', users, 'CREATE VIEW v AS SELECT id FROM users', '1.1.0'],
  ['a wider type', users, 'ALTER TABLE users ALTER COLUMN id TYPE bigint', '1.1.0'],
  ['a longer text', users, 'ALTER TABLE users ALTER COLUMN age TYPE varchar(9)', '1.1.0'],
  ['a column may be null', `${users}; ALTER TABLE users ALTER name SET NOT NULL`, 'ALTER TABLE users ALTER name DROP NOT NULL', '1.1.0'],
  ['a constraint goes', `${users}; ALTER TABLE users ADD CONSTRAINT one UNIQUE (name)`, 'ALTER TABLE users DROP CONSTRAINT one', '1.1.0'],
  [
    'a constraint on a table of the same migration',
    users,
    'CREATE TABLE o (u integer); ALTER TABLE o ADD CONSTRAINT f FOREIGN KEY (u) REFERENCES users (id)',
    '1.1.0',
  ],
  ['a unique index on a table of the same migration', users, 'CREATE TABLE o (u integer); CREATE UNIQUE INDEX i ON o (u)', '1.1.0'],
  ['row security on a table of the same migration', users, 'CREATE TABLE o (u integer); ALTER TABLE o ENABLE ROW LEVEL SECURITY', '1.1.0'],
  ['an index', users, 'CREATE INDEX i ON users (name)', '1.0.1'],
  ['an index goes', `${users}; CREATE INDEX i ON users (name)`, 'DROP INDEX i', '1.0.1'],
  ['a comment', users, "COMMENT ON TABLE users IS 'x'", '1.0.1'],
  ['a constraint has another name', users, 'ALTER TABLE users RENAME CONSTRAINT users_pkey TO users_key', '1.0.1'],
  ['rows alone', users, "UPDATE users SET name = 'x'", '1.0.1'],
  ['nothing', users, '-- Custom SQL migration file', '1.0.1'],
  ['what memory cannot follow', users, "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'users'; END $$", '2.0.0'],
  ['the strongest of several', users, 'CREATE INDEX i ON users (name); ALTER TABLE users DROP COLUMN age', '2.0.0'],
]

const versionsIn = (scripts: readonly string[]): readonly string[] => {
  const { steps } = replay(scripts.map((sql) => readScript(sql)))
  expect(steps.filter(({ refused }) => refused)).toEqual([])
  return versionsOf(scripts.map((_, at) => bumpOf(classifySteps(steps.filter(({ migration }) => migration === at))))).map(displayVersion)
}

describe('a version is derived', () => {
  beforeAll(loadSql)
  test.each(lasts)('%s', (_, before, last, expected) => expect(versionsIn([before, last])).toEqual(['1.0.0', expected]))

  test('over a history', () =>
    expect(
      versionsIn([
        users,
        'ALTER TABLE users ADD COLUMN mail text',
        'CREATE INDEX i ON users (mail)',
        'CREATE INDEX j ON users (name)',
        'ALTER TABLE users DROP COLUMN age',
        'CREATE VIEW v AS SELECT id FROM users',
      ]),
    ).toEqual(['1.0.0', '1.1.0', '1.1.1', '1.1.2', '2.0.0', '2.1.0']))
})

const a = { tag: '0000_users', sql: users }
const b = { tag: '0001_mail', sql: 'ALTER TABLE users ADD COLUMN mail text;' }
const c = { tag: '0002_index', sql: 'CREATE INDEX users_mail ON users (mail);' }
const d = { tag: '0003_drop', sql: 'ALTER TABLE users DROP COLUMN age;' }

describe('on a database', () => {
  let server: Awaited<ReturnType<typeof startServer>>
  let database: Awaited<ReturnType<(typeof server)['database']>>
  let place: Place
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    database = await server.database()
    place = makePlace()
  })
  afterEach(() => place.remove())

  const write = (...entries: readonly Entry[]): void => place.migrations(entries)
  /** Writes a folder and lets Drizzle's own migrator run it. */
  const migrated = async (...entries: readonly Entry[]): Promise<void> => {
    write(...entries)
    await database.migrate(join(place.path, 'drizzle'))
  }
  const run = async (source = database.url): Promise<Report> => {
    await using world = await createWorld({ cwd: place.path, config: {}, env: { ...process.env, XDG_CACHE_HOME: join(place.path, '.cache') } })
    return version.run(world, { arguments: [source], flags: {} as never })
  }
  const told = (report: Report): string => pretty.render(report, { ...options, width: 200 })
  const none = { applied: [], pending: [], skipped: [], edited: [], unknown: [], runsAgain: [] }

  test('unmanaged: no ledger, everything is pending', async () => {
    write(a, b)
    const report = await run()
    expect(report.data).toMatchObject({
      ...none,
      version: null,
      tag: null,
      state: 'unmanaged',
      pending: ['0000_users', '0001_mail'],
      next: { version: '1.1.0', bump: 'minor' },
    })
    expect(told(report)).toContain('none: no migration is applied')
  })

  test('up-to-date', async () => {
    await migrated(a, b)
    const report = await run()
    expect(report.data).toEqual({
      ...none,
      version: '1.1.0',
      tag: '0001_mail',
      state: 'up-to-date',
      applied: ['0000_users', '0001_mail'],
      outOfOrder: 0,
      next: null,
    })
    expect(report).toMatchObject({ operation: 'version', analysed: { migrations: 2, rows: 2 }, findings: [], unknown: [] })
  })

  test('behind: what is pending, and where it leads', async () => {
    await migrated(a)
    write(a, b, c, d)
    const report = await run()
    expect(report.data).toMatchObject({
      version: '1.0.0',
      tag: '0000_users',
      state: 'behind',
      applied: ['0000_users'],
      pending: ['0001_mail', '0002_index', '0003_drop'],
      next: { version: '2.0.0', bump: 'major', why: expect.stringContaining('age') },
    })
    expect(told(report)).toMatch(/pending \(3\)[\s\S]*0001_mail[\s\S]*0003_drop/)
    expect(told(report)).not.toContain('Clean')
  })

  test('ahead: a row that no file explains', async () => {
    await migrated(a, b, c)
    write(a, b)
    const { data } = await run()
    expect(data).toMatchObject({
      version: '1.1.0',
      state: 'ahead',
      applied: ['0000_users', '0001_mail'],
      pending: [],
      unknown: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    })
  })

  test('diverged: applied beyond a hole', async () => {
    await migrated(a, { ...c, sql: 'CREATE INDEX users_name ON users (name);', when: exampleTime(1) })
    write(a, { ...b, when: exampleTime(3) }, { ...c, sql: 'CREATE INDEX users_name ON users (name);', when: exampleTime(1) })
    const report = await run()
    expect(report.data).toMatchObject({ version: '1.0.0', state: 'diverged', applied: ['0000_users', '0002_index'], pending: ['0001_mail'], outOfOrder: 1 })
    expect(told(report)).toContain('1.0.0 at 0000_users (+1 out of order)')
  })

  test('skipped-by-watermark: Drizzle never runs it, and neither do we say it is pending', async () => {
    await migrated(a, { ...c, sql: 'CREATE INDEX users_name ON users (name);' })
    write(a, { ...c, sql: 'CREATE INDEX users_name ON users (name);', when: exampleTime(1) }, { ...b, when: exampleTime(0) + 5000 })
    const report = await run()
    expect(report.data).toMatchObject({ state: 'skipped-by-watermark', skipped: ['0001_mail'], pending: [] })
    await database.migrate(join(place.path, 'drizzle'))
    expect(await database.session.query(`SELECT 1 FROM pg_attribute WHERE attname = 'mail' AND attrelid = 'users'::regclass`)).toEqual([])
    expect(told(report)).toContain('skipped: Drizzle will never run')
  })

  test('edited: the file is not what was applied', async () => {
    await migrated(a, b)
    write(a, { ...b, sql: 'ALTER TABLE users ADD COLUMN mail varchar(80);' })
    const { data } = await run()
    expect(data).toMatchObject({ state: 'edited', applied: ['0000_users', '0001_mail'], edited: ['0001_mail'] })
  })

  test('baseline: a squashed folder whose first migration was written into the ledger', async () => {
    await migrated(a, b)
    write({ tag: '0000_all', sql: `${users};`, when: exampleTime(9) })
    const { createHash } = await import('node:crypto')
    await database.session.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
      createHash('sha256').update(`${users};`).digest('hex'),
      exampleTime(9),
    ])
    const { data } = await run()
    expect(data).toMatchObject({ version: '1.0.0', tag: '0000_all', state: 'baseline', applied: ['0000_all'], pending: [], next: null })
  })

  test('renumbered after it was applied: it is applied, and Drizzle will run it again', async () => {
    await migrated(a, b)
    write(a, { tag: '0001_other', sql: 'SELECT 1;', when: exampleTime(2) }, { ...b, tag: '0002_mail', when: exampleTime(3) })
    const report = await run()
    expect(report.data).toMatchObject({ applied: ['0000_users', '0002_mail'], pending: ['0001_other'], runsAgain: ['0002_mail'] })
    expect(told(report)).toMatch(/Drizzle would run it again \(1\)\n.*0002_mail/)
    await expect(database.migrate(join(place.path, 'drizzle'))).rejects.toThrow()
  })

  test('a ledger of another name, from the Drizzle config', async () => {
    write(a, b)
    await database.migrate(join(place.path, 'drizzle'), { schema: 'ops', table: 'applied' })
    expect((await run()).data).toMatchObject({ state: 'unmanaged' })
    writeFileSync(
      join(place.path, 'drizzle.config.ts'),
      "export default { dialect: 'postgresql', out: './drizzle', schema: './schema.ts', migrations: { schema: 'ops', table: 'applied' } }",
    )
    expect((await run()).data).toMatchObject({ state: 'up-to-date', applied: ['0000_users', '0001_mail'] })
  })

  test('an environment of the configuration, and nothing is written', async () => {
    await migrated(a)
    await using world = await createWorld({
      cwd: place.path,
      config: { environments: { staging: { url: { from: 'env', name: 'STAGING_URL' } } } },
      env: { ...process.env, STAGING_URL: database.url },
    })
    const report = await version.run(world, { arguments: ['staging'], flags: {} as never })
    expect(report.data).toMatchObject({ state: 'up-to-date', version: '1.0.0' })
    expect(await database.session.query("SELECT 1 FROM pg_class WHERE relname LIKE 'schema_version%'")).toEqual([])
  })

  test('a ledger that may not be read is unknown, never unmanaged', async () => {
    await migrated(a)
    await database.session.script('CREATE ROLE outsider LOGIN')
    await expect(run(database.url.replace('postgres@', 'outsider@'))).rejects.toMatchObject({
      exit: 3,
      code: 'no-permission',
      message: expect.stringContaining('drizzle'),
    })
  })

  test('of several projects each one’s; of a database only one’s', async () => {
    place.migrations([a], 'one')
    place.migrations([a, b], 'two')
    place.write({ 'drizzle.config.ts': "export default [{ dialect: 'postgresql', out: 'one' }, { dialect: 'postgresql', out: 'two' }]" })
    const report = await run('folder')
    expect(report.analysed).toEqual({ projects: 2, migrations: 3 })
    expect(report.data).toMatchObject({
      projects: [
        { folder: 'one', version: '1.0.0' },
        { folder: 'two', version: '1.1.0', tag: '0001_mail' },
      ],
    })
    await expect(run()).rejects.toMatchObject({ code: 'several-projects', exit: 2 })
  })

  test('a folder and a folder up to a tag', async () => {
    write(a, b, c, d)
    expect((await run('folder')).data).toMatchObject({ version: '2.0.0', tag: '0003_drop', state: 'folder', next: null })
    expect((await run('folder@0001_mail')).data).toMatchObject({ version: '1.1.0', tag: '0001_mail' })
    await expect(run('schema')).rejects.toMatchObject({ code: 'source-not-supported', exit: 2 })
  })
})
