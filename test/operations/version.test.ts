import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Config } from '../../src/model/config.ts'
import { checkConfig } from '../../src/model/config-schema.ts'
import type { Report } from '../../src/model/report.ts'
import type { Asked } from '../../src/operations/version/answer.ts'
import { version } from '../../src/operations/version.ts'
import { markdown } from '../../src/renderers/markdown.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { exampleTime } from '../../src/rules/examples.ts'
import { options } from '../renderers/report.ts'
import { type Entry, makePlace, type Place, startServer } from './place.ts'
import { versionFlags } from './version-flags.ts'

const users = 'CREATE TABLE users (id integer PRIMARY KEY, name text, age varchar(3))'

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
  const run = async (source = database.url, flags: Partial<Asked> = {}, config: Config = {}): Promise<Report> => {
    await using world = await place.world({ config })
    return await version.run(world, { arguments: [source], flags: { ...versionFlags, ...flags } })
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
      migrations: [],
      recorded: null,
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
    const report = await version.run(world, { arguments: ['staging'], flags: versionFlags })
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

  test('what is pending, statement by statement', async () => {
    await migrated(a)
    write(a, b, { ...d, sql: `${d.sql}\nCREATE INDEX users_name ON users (name);` })
    const report = await run()
    expect(report.data).toMatchObject({
      next: { version: '2.0.0', bump: 'major', breaking: true, flags: [], why: 'column users.age is dropped: code that names the column fails' },
      migrations: [
        { tag: '0001_mail', version: '1.1.0', bump: 'minor', breaking: false, overrides: [], statements: [{ statement: 0, line: 1, bump: 'minor' }] },
        {
          tag: '0003_drop',
          version: '2.0.0',
          bump: 'major',
          breaking: true,
          statements: [{ bump: 'major' }, { statement: 1, line: 2, bump: 'patch', flags: [] }],
        },
      ],
    })
    expect(told(report)).toMatch(/0001_mail 1\.1\.0 minor\n.*minor line 1: column users\.mail \(text\) is added/)
    expect(told(report)).toMatch(/0003_drop 2\.0\.0 major\n.*major line 1: column users\.age is dropped.*\n.*and 1 statement more \(--statements/)
    expect(told(await run(database.url, { statements: true }))).toContain('patch line 2: index users_name is made')
  })

  test('flags are explained', async () => {
    await migrated(a)
    write(a, { ...b, sql: 'ALTER TABLE users ALTER id TYPE bigint;' })
    const report = await run()
    expect(report.data).toMatchObject({ next: { bump: 'minor', flags: ['rewrite', 'driver-type'] } })
    expect(told(report)).toMatch(/driver-type +drivers give the values in another form/)
  })

  test('a changelog of a database is refused', async () => {
    write(a)
    await expect(run(database.url, { changelog: true })).rejects.toMatchObject({ code: 'usage', exit: 2 })
    await expect(run(database.url, { tags: true })).rejects.toMatchObject({ code: 'usage', exit: 2 })
  })

  test('numbering goes on where the configuration says', async () => {
    await migrated(a)
    write(a, b, d)
    const config: Config = { version: { baseline: '7.3.0' } }
    expect((await run(database.url, {}, config)).data).toMatchObject({ version: '7.3.0', next: { version: '8.0.0' } })
    expect((await run('folder', {}, config)).data).toMatchObject({
      version: '8.0.0',
      migrations: [{ version: '7.3.0' }, { version: '7.4.0' }, { version: '8.0.0' }],
    })
  })
})

describe('on a folder', () => {
  let place: Place
  beforeEach(() => {
    place = makePlace()
  })
  afterEach(() => place.remove())
  const run = async (flags: Partial<Asked> = {}, config: Config = {}, source = 'folder'): Promise<Report> => {
    await using world = await place.world({ config })
    return await version.run(world, { arguments: [source], flags: { ...versionFlags, ...flags } })
  }
  const git = (...parameters: readonly string[]): string => place.git('-c', 'tag.gpgsign=false', ...parameters).trim()
  const commit = (...entries: readonly Entry[]): string => {
    place.migrations(entries)
    git('add', '-A')
    git('commit', '-qm', 'x')
    return git('rev-parse', 'HEAD')
  }
  const inMarkdown = (report: Report): string => markdown.render(report, { ...options, width: 200 })

  test('an override is shown, a malformed one found with its place, one that changes nothing told', async () => {
    place.migrations([
      a,
      { ...b, sql: '-- pgstrata: change minor because nobody reads it\nALTER TABLE users DROP COLUMN name;' },
      { ...c, sql: '-- pgstrata: change patch because x\nCREATE INDEX i ON users (age);' },
      { ...d, sql: '\n-- pgstrata: change minor\nALTER TABLE users DROP COLUMN age;' },
    ])
    const report = await run()
    expect(report.findings).toMatchObject([
      { rule: 'override-unused', severity: 'warning', file: 'drizzle/0002_index.sql', line: 1, migration: '0002_index' },
      { rule: 'override-invalid', severity: 'error', file: 'drizzle/0003_drop.sql', line: 2, message: expect.stringContaining('no reason') },
    ])
    expect(report.data).toMatchObject({
      version: '2.0.0',
      migrations: [
        {},
        { bump: 'minor', overrides: [{ says: 'minor', reason: 'nobody reads it', line: 1, of: 'statement', changes: true }] },
        { overrides: [{ changes: false }] },
        { bump: 'major' },
      ],
    })
    expect(inMarkdown(report)).toContain('line 1 says minor: nobody reads it')
  })

  test('a malformed one that has landed is told and decides nothing: its file may be applied', async () => {
    git('init', '-qb', 'main')
    commit(a, { ...b, sql: '-- pgstrata: change minor\nALTER TABLE users DROP COLUMN name;' })
    git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    commit(
      a,
      { ...b, sql: '-- pgstrata: change minor\nALTER TABLE users DROP COLUMN name;' },
      { ...d, sql: '-- @schema-change: minor\nALTER TABLE users DROP COLUMN age;' },
    )
    const { findings } = await run()
    expect(findings.map(({ migration, old }) => [migration, old])).toEqual([
      ['0001_mail', true],
      ['0003_drop', undefined],
    ])
  })

  test('a key of the configuration that is no version is refused', async () => {
    place.migrations([a])
    for (const baseline of ['7.3', 'v7.3.0', ''])
      expect(() => checkConfig({ version: { baseline } })).toThrow(expect.objectContaining({ code: 'config-invalid', exit: 2 }))
    expect(() => checkConfig({ version: { baselin: '7.3.0' } })).toThrow(
      expect.objectContaining({ code: 'config-unknown-key', help: 'Did you mean baseline?' }),
    )
    expect(() => checkConfig({ version: { tagPrefix: '-v' } })).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    expect(
      checkConfig({ version: { baseline: '7.3.0', tagPrefix: 'db/v' }, projects: { a: { drizzle: 'x.ts', version: { baseline: '2.0.0' } } } }),
    ).toBeDefined()
  })

  test('a project’s own numbering goes before that of all', async () => {
    place.migrations([a], 'one')
    place.migrations([a, b], 'two')
    place.write({
      'one.ts': "export default { dialect: 'postgresql', out: 'one' }",
      'two.ts': "export default { dialect: 'postgresql', out: 'two' }",
    })
    const { data } = await run(
      {},
      { version: { baseline: '3.0.0' }, projects: { one: { drizzle: 'one.ts', version: { baseline: '5.1.0' } }, two: { drizzle: 'two.ts' } } },
    )
    expect(data).toMatchObject({
      projects: [
        { name: 'one', version: '5.1.0' },
        { name: 'two', version: '3.1.0' },
      ],
    })
  })

  test('the changelog without a repository: each migration is a version', async () => {
    place.migrations([a, b, d])
    const report = await run({ changelog: true })
    expect(report.data).toMatchObject({
      changelog: [
        {
          version: '2.0.0',
          tag: null,
          date: '2025-10-11',
          migrations: ['0003_drop'],
          breaking: true,
          removed: [{ text: 'column users.age is dropped', breaking: true, migration: '0003_drop' }],
        },
        { version: '1.1.0', breaking: false, added: [{ text: 'column users.mail (text) is added' }] },
        { version: '1.0.0', added: [{ text: 'table users is made, with 3 columns' }] },
      ],
      mismatches: [],
    })
    expect(inMarkdown(report)).toMatch(
      /## 2\.0\.0 - 2025-10-11\n\n### Removed\n\n- \*\*Breaking:\*\* column users\.age is dropped \(0003\\_drop\)\n\n## 1\.1\.0 - 2025-10-10\n\n### Added\n/,
    )
  })

  test('by release where tags name them, and what is not released', async () => {
    git('init', '-qb', 'main')
    const first = commit(a, b)
    git('tag', 'schema-v1.1.0')
    const second = commit(a, b, c)
    commit(a, b, c, d)
    git('tag', '-am', 'x', 'schema-v1.1.1', second)
    git('tag', 'other-v9.0.0')
    git('tag', 'schema-version')
    const report = await run({ changelog: true })
    expect(report.data).toMatchObject({
      changelog: [
        { version: null, tag: null, migrations: ['0003_drop'] },
        { version: '1.1.1', tag: 'schema-v1.1.1', migrations: ['0002_index'] },
        { version: '1.1.0', tag: 'schema-v1.1.0', migrations: ['0000_users', '0001_mail'] },
      ],
      mismatches: [],
    })
    expect(inMarkdown(report)).toMatch(/## Unreleased\n\n### Removed[\s\S]*## 1\.1\.1 - [\s\S]*Tag schema-v1\.1\.1\.[\s\S]*## 1\.1\.0 - /)
    const before = git('show-ref')
    const tags = await run({ tags: true })
    const head = git('rev-parse', 'HEAD')
    expect(tags.data).toMatchObject({
      commands: [`git tag schema-v2.0.0 ${head}`],
      tags: [
        { tag: 'schema-v1.1.0', migration: '0001_mail', exists: true },
        { tag: 'schema-v1.1.1', migration: '0002_index', exists: true },
        { tag: 'schema-v2.0.0', migration: '0003_drop', commit: head, exists: false },
      ],
    })
    expect(git('show-ref')).toBe(before)
    git('tag', '-d', 'schema-v1.1.0')
    expect((await run({ tags: true })).data).toMatchObject({ commands: [`git tag schema-v1.1.0 ${first}`, `git tag schema-v2.0.0 ${head}`] })
    expect((await run({ changelog: true }, { version: { tagPrefix: 'other-v' } })).data).toMatchObject({
      mismatches: [{ tag: 'other-v9.0.0', says: '9.0.0', version: '2.0.0' }],
    })
  })

  test('what has not landed is unreleased, and is not to be tagged', async () => {
    git('init', '-qb', 'main')
    commit(a, b)
    git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    commit(a, b, c)
    expect((await run({ changelog: true })).data).toMatchObject({
      changelog: [{ version: null, migrations: ['0002_index'] }, { version: '1.1.0' }, { version: '1.0.0' }],
    })
    expect((await run({ tags: true })).data).toMatchObject({ commands: [expect.stringContaining('git tag schema-v1.1.0 ')] })
  })

  test('after a squash a tag that says another version tells how to pin it', async () => {
    git('init', '-qb', 'main')
    commit(a, b)
    git('tag', 'schema-v1.1.0')
    place.write({ 'drizzle/0001_mail.sql': '' })
    git('rm', '-qrf', 'drizzle')
    commit({ tag: '0000_all', sql: `${users}; ALTER TABLE users ADD COLUMN mail text;` })
    git('tag', 'schema-v7.3.0')
    const report = await run({ changelog: true })
    expect(report.data).toMatchObject({
      mismatches: [
        { tag: 'schema-v1.1.0', version: null, why: expect.stringContaining('squashed') },
        { tag: 'schema-v7.3.0', says: '7.3.0', version: '1.0.0', why: expect.stringContaining("version.baseline '7.3.0'") },
      ],
    })
    expect((await run({ baseline: '3.1.4' })).data).toMatchObject({ version: '3.1.4' })
    await expect(run({ baseline: '3' })).rejects.toMatchObject({ code: 'usage' })
    const pinned = await run({ changelog: true }, { version: { baseline: '7.3.0' } })
    expect(pinned.data).toMatchObject({ version: '7.3.0', mismatches: [{ tag: 'schema-v1.1.0' }], changelog: [{ version: '7.3.0', tag: 'schema-v7.3.0' }] })
  })

  test('a shallow clone does not know what is released', async () => {
    git('init', '-qb', 'main')
    commit(a)
    commit(a, b)
    const clone = join(place.path, 'clone')
    git('clone', '-q', '--depth', '1', `file://${place.path}`, clone)
    await using world = await createWorld({ cwd: clone, config: {} })
    const report = await version.run(world, { arguments: [], flags: { ...versionFlags, changelog: true } })
    expect(report.unknown).toMatchObject([{ what: 'which versions are released' }])
  })

  test('tags need a repository', async () => {
    place.migrations([a])
    await expect(run({ tags: true })).rejects.toMatchObject({ code: 'no-repository' })
  })
})
