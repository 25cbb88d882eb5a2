import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type WorldOptions } from '../../src/cli/world.ts'
import type { Report } from '../../src/model/report.ts'
import { lint } from '../../src/operations/lint.ts'
import { exampleJournal, exampleSnapshot } from '../../src/rules/examples.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-lint-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const put = (files: { readonly [path: string]: string }): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

const git = (...args: readonly string[]): void => {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], { cwd: root, stdio: 'pipe' })
}

type Flags = Parameters<typeof lint.run>[1]['flags']

const run = async (files: readonly string[] = [], flags: Partial<Flags> = {}, options: Partial<WorldOptions> = {}): Promise<Report> => {
  await using world = await createWorld({ cwd: root, folder: 'drizzle', config: {}, env: { ...process.env, XDG_CACHE_HOME: join(root, '.cache') }, ...options })
  return await lint.run(world, { arguments: files, flags: flags as Flags })
}

const files = (...sql: readonly string[]): { readonly [path: string]: string } => ({
  'drizzle/meta/_journal.json': exampleJournal(...sql.map((_text, at) => ({ tag: `000${at}_m${at}` }))),
  ...Object.fromEntries(sql.map((text, at) => [`drizzle/000${at}_m${at}.sql`, text])),
  ...Object.fromEntries(sql.map((_text, at) => [`drizzle/meta/000${at}_snapshot.json`, exampleSnapshot(at + 1, at)])),
})

const base = 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint);'
const index = 'CREATE INDEX orders_customer_idx ON orders (customer);'

/** Advice on time-outs stands beside most findings, and is no matter of these tests. */
const spoken = (report: Report): Report['findings'] => report.findings.filter(({ severity, rule }) => severity !== 'note' && rule !== 'missing-lock-timeout')
const rulesOf = (report: Report): readonly string[] => spoken(report).map(({ rule }) => rule)

/** `base` has landed; what comes after it has not. */
const branch = (...sql: readonly string[]): void => {
  put(files(base))
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-qm', 'base')
  git('checkout', '-qb', 'work')
  put(files(base, ...sql))
}
const sinceMain = { judging: { since: 'main', all: false } } as const

describe('lint', () => {
  it('judges what is new as one batch, on top of what has landed', async () => {
    branch(index, 'CREATE TABLE notes (id bigint PRIMARY KEY); CREATE INDEX notes_idx ON notes (id);')
    const report = await run([], {}, sinceMain)
    expect(rulesOf(report)).toEqual(['index-not-concurrent'])
    expect(report.findings[0]).toMatchObject({ file: 'drizzle/0001_m1.sql', line: 1, migration: '0001_m1', lock: { relation: 'orders', mode: 'SHARE' } })
    expect(report.data).toMatchObject({
      batches: [
        {
          migrations: ['0001_m1', '0002_m2'],
          runner: 'drizzle',
          locks: [{ relation: 'orders', mode: 'SHARE', from: 'drizzle/0001_m1.sql:1', to: 'drizzle/0002_m2.sql:1' }],
        },
      ],
    })
  })

  it.each([
    ['from here', (path: string) => path],
    ['in full', (path: string) => join(root, path)],
    ['by a detour', (path: string) => `./drizzle/../${path}`],
  ])('judges a migration that is named %s on top of those before it', async (_how, named) => {
    put(files(base, index))
    const report = await run([named('drizzle/0001_m1.sql')])
    expect(rulesOf(report)).toEqual(['index-not-concurrent'])
    expect(JSON.stringify(report.blocks)).toContain('1 new migration on top of 1')
  })

  it('looks at nothing new and says so', async () => {
    branch()
    const report = await run([], {}, sinceMain)
    expect(rulesOf(report)).toEqual([])
    expect(JSON.stringify(report.blocks)).toContain('0 new migrations on top of 1')
  })

  it('judges each migration as if it were the new one where nothing is known to have landed', async () => {
    put(files(base, index))
    expect(rulesOf(await run())).toEqual(['index-not-concurrent'])
  })

  it('finds a landed migration that was edited, deleted, and a schema without its migration', async () => {
    branch(index)
    git('add', '.')
    git('commit', '-qm', 'work')
    put({ 'drizzle/0000_m0.sql': `${base} ` })
    expect(rulesOf(await run([], {}, sinceMain))).toContain('edited-applied-migration')
    rmSync(join(root, 'drizzle'), { recursive: true })
    put(files('SELECT 1;'))
    put({ 'drizzle/meta/_journal.json': exampleJournal({ tag: '0000_other' }), 'drizzle/0000_other.sql': base })
    expect(rulesOf(await run([], {}, sinceMain))).toContain('deleted-applied-migration')
  })

  it('finds a changed TypeScript schema without a new migration', async () => {
    put({
      'drizzle.config.ts': `export default { dialect: 'postgresql', schema: './src/db/*.ts', out: './drizzle' }\n`,
      'src/db/orders.ts': 'export const a = 1\n',
    })
    branch()
    put({ 'src/db/orders.ts': 'export const a = 2\n', 'src/other.ts': 'export const b = 1\n' })
    await using world = await createWorld({ cwd: root, config: {}, ...sinceMain })
    const report = await lint.run(world, { arguments: [], flags: {} as Flags })
    expect(report.findings.filter(({ rule }) => rule === 'schema-without-migration')).toMatchObject([{ message: expect.stringContaining('src/db/orders.ts') }])
    put(files(base, 'CREATE TABLE a (id int);'))
    expect(rulesOf(await run([], {}, sinceMain))).not.toContain('schema-without-migration')
  })

  describe('waivers', () => {
    const waived = (comment: string): string => `-- pgstrata: ${comment}\n${index}`

    it('a waiver with reason and expiry keeps the finding and its verdict away from the exit', async () => {
      put(files(base, waived('allow index-not-concurrent until 2099-01-31 because the table has forty rows')))
      const report = await run()
      expect(spoken(report)).toMatchObject([{ rule: 'index-not-concurrent', waived: { reason: 'the table has forty rows', until: '2099-01-31' } }])
      expect(report.data).toMatchObject({ waivers: [{ rules: ['index-not-concurrent'], state: 'used', at: 'drizzle/0001_m1.sql:2' }] })
    })

    it.each([
      ['allow index-not-concurrent until 2020-01-31 because of haste', ['index-not-concurrent', 'waiver-expired']],
      ['allow drop-table until 2099-01-31 because of haste', ['index-not-concurrent', 'waiver-unused']],
      ['allow index-not-concurrent because of haste', ['index-not-concurrent', 'waiver-invalid']],
      ['allow index-not-concurrent until 2099-01-31', ['index-not-concurrent', 'waiver-invalid']],
      ['allow index-not-concurrent until 2099-02-31 because of haste', ['index-not-concurrent', 'waiver-invalid']],
      ['allow index-not-concurent until 2099-01-31 because of haste', ['index-not-concurrent', 'waiver-invalid']],
    ])('%s', async (comment, rules) => {
      put(files(base, waived(comment)))
      const report = await run()
      expect(rulesOf(report).toSorted()).toEqual(rules)
      expect(report.findings.every(({ waived: w }) => w === undefined)).toBe(true)
      for (const { rule, line } of report.findings) if (rule.startsWith('waiver')) expect(line).toBe(1)
    })

    it('names the rule that was meant', async () => {
      put(files(base, waived('allow index-not-concurent until 2099-01-31 because of haste')))
      expect((await run()).findings.find(({ rule }) => rule === 'waiver-invalid')?.message).toContain('did you mean index-not-concurrent?')
    })
  })

  describe('severity from reality', () => {
    const profile = (rows: number): string =>
      JSON.stringify({
        schema: 'pgstrata/profile@1',
        environment: 'production',
        observedAt: '2031-01-01T00:00:00Z',
        postgres: 16,
        relations: { '"public"."orders"': { rows, bytes: 1, writes: 3 } },
      })

    it.each([
      [400, 'note'],
      [400_000, 'warning'],
      [40_000_000, 'error'],
    ])('%i rows make a %s', async (rows, severity) => {
      put({ ...files(base, index), 'pgstrata.profile.json': profile(rows) })
      const report = await run()
      expect(report.findings.find(({ rule }) => rule === 'index-not-concurrent')).toMatchObject({
        severity,
        message: expect.stringContaining('rows, 3 writes/s'),
      })
    })

    it('the profile says the major too', async () => {
      put({ ...files(base, index), 'other.json': profile(1) })
      expect(JSON.stringify((await run([], { profile: 'other.json' })).blocks)).toContain('"text":"16"')
    })

    it('a table that the configuration names as busy is never small', async () => {
      put({ ...files(base, index), 'pgstrata.profile.json': profile(400) })
      const report = await run([], {}, { config: { policy: { tables: { orders: { traffic: 'high' } } } } })
      expect(report.findings.find(({ rule }) => rule === 'index-not-concurrent')).toMatchObject({ severity: 'error' })
    })

    it.each(['{', '{}', '{"schema":"pgstrata/profile@1","environment":"p","observedAt":"2031-01-01","postgres":16,"relations":{"\\"a\\"":{"rows":-1}}}'])(
      'a profile that is none is refused: %s',
      async (text) => {
        put({ ...files(base, index), 'pgstrata.profile.json': text })
        await expect(run()).rejects.toMatchObject({ code: 'profile-invalid' })
      },
    )
  })

  describe('configuration', () => {
    it.each([
      [{ rules: { 'index-not-concurrent': 'off' } } as const, undefined],
      [{ rules: { 'index-not-concurrent': 'note' } } as const, 'note'],
      [{ rules: { 'index-not-concurrent': 'off' }, tables: { orders: { rules: { 'index-not-concurrent': 'warning' } } } } as const, 'warning'],
    ])('%j', async (policy, severity) => {
      put(files(base, index))
      const report = await run([], {}, { config: { policy } })
      expect(report.findings.find(({ rule }) => rule === 'index-not-concurrent')?.severity).toBe(severity)
    })
  })

  it('judges files by name, on their own', async () => {
    put({ 'change.sql': `${base}\nCREATE INDEX i ON orders (customer);` })
    const report = await run(['change.sql'])
    expect(rulesOf(report)).toEqual([])
    expect(report.analysed).toMatchObject({ migrations: 1, statements: 2 })
  })

  it.each([
    [{ rules: 'index-not-concurent' }, 'There is no rule index-not-concurent.'],
    [{ runner: 'flyway' }, '--runner does not know flyway.'],
    [{ pgVersion: 9 }, '--pg-version 9'],
    [{ profile: 'absent.json' }, 'The profile absent.json cannot be read.'],
  ] as const)('%j is refused with words', async (flags, message) => {
    put(files(base, index))
    await expect(run([], flags)).rejects.toMatchObject({ message: expect.stringContaining(message) })
  })

  it('a file without a statement is nothing to call clean', async () => {
    put({ 'empty.sql': '-- nothing yet\n' })
    await expect(run(['empty.sql'])).rejects.toMatchObject({ code: 'nothing-analysed', exit: 2 })
  })

  it('a file that is not there is named', () => expect(run(['absent.sql'])).rejects.toMatchObject({ code: 'no-such-file' }))
})
