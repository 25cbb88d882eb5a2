/** `lint --staged`: what git has staged is judged, and nothing else. */
import { spawnSync } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Entry, journal, makePlace, type Place } from '../operations/place.ts'
import { build, pgstrata, program } from './cli.ts'

beforeAll(build)

const tables: Entry = { tag: '0000_tables', sql: 'CREATE TABLE users (id int PRIMARY KEY, email text);\n' }
const index: Entry = { tag: '0001_index', sql: 'CREATE INDEX users_email_idx ON users (email);\n' }

let place: Place
const lint = (...args: readonly string[]) => {
  const { status, stdout, stderr } = pgstrata(['lint', '--staged', '--format', 'json', ...args], { cwd: place.path })
  return { status, stderr, report: stdout === '' ? undefined : JSON.parse(stdout), rules: stdout === '' ? [] : JSON.parse(stdout).findings.map(rule) }
}
const rule = (finding: { readonly rule: string }): string => finding.rule

beforeEach(() => {
  place = makePlace()
  place.write({ 'drizzle.config.ts': `export default { dialect: 'postgresql', out: './drizzle', schema: './schema.ts' }`, 'readme.md': 'x' })
  place.migrations([tables])
  place.git('init', '-q')
  place.git('add', '.')
  place.git('commit', '-qm', 'tables')
})
afterEach(() => place.remove())

test('with nothing staged it says so and exits 0', () => {
  const { status, stdout } = pgstrata(['lint', '--staged'], { cwd: place.path })
  expect(stdout).toContain('Nothing that is staged concerns the migrations in drizzle.')
  expect(status).toBe(0)
})

test('what is staged beside the migrations does not concern them', () => {
  place.write({ 'readme.md': 'y' })
  place.migrations([tables, index])
  place.git('add', 'readme.md')
  expect(lint()).toMatchObject({ status: 0, report: { findings: [], data: { staged: false } } })
})

test('a staged migration is judged, where no upstream is known too', () => {
  place.migrations([tables, index])
  place.git('add', '.')
  const { status, report } = lint()
  expect(report.findings.find(({ rule: id }: { rule: string }) => id === 'index-not-concurrent')).toMatchObject({
    file: 'drizzle/0001_index.sql',
    severity: 'error',
  })
  expect(report.findings.some(({ old }: { old?: boolean }) => old)).toBe(false)
  expect(report.analysed.migrations).toBe(1)
  expect(status).toBe(1)
})

test('what is staged counts, not what the file says now', () => {
  place.migrations([tables, index])
  place.git('add', '.')
  writeFileSync(join(place.path, 'drizzle/0001_index.sql'), 'SELECT 1;')
  expect(lint().rules).toContain('index-not-concurrent')
  place.git('add', '.')
  place.write({ 'drizzle/0001_index.sql': index.sql })
  const { status, rules } = lint()
  expect(rules).not.toContain('index-not-concurrent')
  expect(status).toBe(0)
})

test('from a directory below the root, and in the very first commit', () => {
  rmSync(join(place.path, '.git'), { recursive: true })
  place.git('init', '-q')
  place.migrations([tables, { tag: '0001_broken', sql: 'ALTER TABLE nobody ADD COLUMN a int;' }])
  place.git('add', '.')
  const { status, stdout } = pgstrata(['lint', '--staged', '--format', 'compact', '--folder', '.'], { cwd: join(place.path, 'drizzle') })
  expect(stdout).toContain('0001_broken.sql:1:1 error refused')
  expect(status).toBe(1)
})

test('a file that was staged without its journal is found', () => {
  place.write({ 'drizzle/0001_index.sql': index.sql })
  place.git('add', '.')
  expect(lint().rules).toEqual(['orphan-sql'])
})

test('a journal that was staged without its file is found', () => {
  place.write({ 'drizzle/meta/_journal.json': journal([tables, index]) })
  place.git('add', '.')
  const { status, rules } = lint()
  expect(rules).toContain('journal-missing-file')
  expect(status).toBe(1)
})

test('faults that are committed already do not stop a commit', () => {
  place.write({ 'drizzle/0009_stray.sql': 'SELECT 1;' })
  place.git('add', '.')
  place.git('commit', '-qm', 'stray')
  place.migrations([tables, { tag: '0001_note', sql: "COMMENT ON TABLE users IS 'people';" }])
  place.write({ 'drizzle/0009_stray.sql': 'SELECT 1;' })
  place.git('add', '.')
  expect(lint().rules).not.toContain('orphan-sql')
})

describe('usage', () => {
  test.each([['x.sql'], ['--fix']])('--staged %s: exit 2', (word) =>
    expect(lint(word)).toMatchObject({ status: 2, stderr: expect.stringContaining('[usage]') }),
  )
  test('outside a repository: exit 2', () => {
    rmSync(join(place.path, '.git'), { recursive: true })
    expect(lint()).toMatchObject({ status: 2, stderr: expect.stringContaining('[no-repository]') })
  })
})

describe('as a hook', () => {
  /** The commit's own index stands in an environment variable then, as a path from the root. */
  const commit = (...args: readonly string[]) =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', 'commit', '-qm', 'x', ...args], {
      cwd: join(place.path, 'drizzle'),
      encoding: 'utf8',
    })
  beforeEach(() => {
    const hook = join(place.path, '.git/hooks/pre-commit')
    writeFileSync(hook, `#!/bin/sh\nexec "${process.execPath}" "${program}" lint --staged --format compact\n`)
    chmodSync(hook, 0o755)
  })

  test('a commit with an error is stopped; a clean one passes', () => {
    place.migrations([tables, index])
    place.git('add', '.')
    const { status, stdout, stderr } = commit()
    expect(stdout + stderr).toContain('drizzle/0001_index.sql:1:1 error index-not-concurrent')
    expect(status).not.toBe(0)
    place.migrations([tables, { tag: '0001_note', sql: "COMMENT ON TABLE users IS 'people';" }])
    place.git('add', '-A', '.')
    expect(commit().status).toBe(0)
  })

  test('commit -a judges what it commits', () => {
    place.migrations([tables, { tag: '0001_note', sql: "COMMENT ON TABLE users IS 'people';" }])
    place.git('add', '.')
    writeFileSync(join(place.path, 'drizzle/0001_note.sql'), index.sql)
    expect(commit('-a').status).not.toBe(0)
  })
})

test('a shallow clone says how to get the history', () => {
  place.git('checkout', '-qb', 'work')
  place.migrations([tables, index])
  place.git('add', '.')
  place.git('commit', '-qm', 'index')
  const clone = join(place.path, 'clone')
  place.git('clone', '-q', '--depth', '1', '--branch', 'work', `file://${place.path}`, clone)
  const { status, stderr } = pgstrata(['lint', '--since', 'origin/main'], { cwd: clone })
  expect(stderr).toContain('fetch-depth: 0')
  expect(status).toBe(2)
  const full = join(place.path, 'full')
  place.git('clone', '-q', '--branch', 'work', `file://${place.path}`, full)
  expect(pgstrata(['lint', '--since', 'origin/main', '--format', 'compact'], { cwd: full })).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('error index-not-concurrent'),
  })
})

test('files by name are judged where no upstream is known', () => {
  place.write({ 'change.sql': `${tables.sql}ALTER TABLE users ADD COLUMN a int; ALTER TABLE nobody.users ADD COLUMN b serial;\n` })
  const { stdout } = pgstrata(['lint', 'change.sql', '--format', 'json'], { cwd: place.path })
  expect(JSON.parse(stdout).findings.some(({ old }: { old?: boolean }) => old)).toBe(false)
})
