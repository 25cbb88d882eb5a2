import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { build, pgstrata, shop, temporary } from './cli.ts'

beforeAll(build)

let place: ReturnType<typeof temporary>
const git = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], {
    cwd: place.path,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
const journal = (): string => join(place.path, 'drizzle/meta/_journal.json')
const doctor = (...args: readonly string[]) => {
  const { status, stdout, stderr } = pgstrata(['doctor', '--folder', 'drizzle', '--format', 'json', ...args], { cwd: place.path })
  return { status, stderr, findings: stdout === '' ? [] : (JSON.parse(stdout).findings as readonly { rule: string; migration?: string; old?: boolean }[]) }
}

/** main has the shop, with its fault in 0013; the branch adds one migration without a fault. */
beforeEach(() => {
  place = temporary(true)
  git('init', '-q', '-b', 'main')
  const whole = readFileSync(journal(), 'utf8')
  const { entries, ...rest } = JSON.parse(whole)
  writeFileSync(journal(), JSON.stringify({ ...rest, entries: entries.slice(0, 14) }, null, 2))
  for (const path of ['0014_review_moderation.sql', 'meta/0014_snapshot.json']) rmSync(join(place.path, 'drizzle', path))
  git('add', '.')
  git('commit', '-qm', 'shop')
  git('checkout', '-qb', 'work')
  cpSync(shop, join(place.path, 'drizzle'), { recursive: true })
  git('add', '.')
  git('commit', '-qm', 'moderation')
})
afterEach(() => place.remove())

test('a fault that has landed is old and does not decide', () => {
  const { status, findings } = doctor('--since', 'main')
  expect(findings).toMatchObject([{ rule: 'journal-when-not-monotonic', migration: '0013_shipments', old: true }])
  expect(status).toBe(0)
})

test('--all judges it', () => {
  const { status, findings } = doctor('--since', 'main', '--all')
  expect(findings[0]).not.toHaveProperty('old')
  expect(status).toBe(1)
})

test('without an upstream everything is judged', () => expect(doctor().status).toBe(1))

test('the upstream default branch is found by itself', () => {
  git('update-ref', 'refs/remotes/origin/main', 'main')
  expect(doctor().status).toBe(0)
})

test('where nothing is new, everything is judged', () => {
  git('update-ref', 'refs/remotes/origin/main', 'work')
  expect(doctor().status).toBe(1)
})

test('a fault of a new migration decides', () => {
  const text = readFileSync(journal(), 'utf8')
  writeFileSync(journal(), text.replace('1751470877517', '1740000000517'))
  const { status, findings } = doctor('--since', 'main')
  expect(status).toBe(1)
  expect(findings.filter(({ old }) => !old)).toMatchObject([{ rule: 'journal-when-not-monotonic', migration: '0014_review_moderation' }])
})

test('a ref that is not there: exit 2', () =>
  expect(doctor('--since', 'absent')).toMatchObject({ status: 2, stderr: expect.stringContaining('[no-such-ref]') }))

test('outside a repository: exit 2', () => {
  rmSync(join(place.path, '.git'), { recursive: true })
  expect(doctor('--since', 'main')).toMatchObject({ status: 2, stderr: expect.stringContaining('[no-repository]') })
})

test('a shallow clone says how to get the history', () => {
  const clone = join(place.path, 'clone')
  git('clone', '-q', '--depth', '1', '--branch', 'work', `file://${place.path}`, clone)
  const { status, stderr } = pgstrata(['doctor', '--folder', 'drizzle', '--since', 'main'], { cwd: clone })
  expect(status).toBe(2)
  expect(stderr).toContain('fetch-depth: 0')
})
