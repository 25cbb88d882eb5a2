import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { build, pgstrata, root, shop } from '../cli/cli.ts'

beforeAll(build)

test('doctor finds exactly the one fault that the README tells of', () => {
  const { status, stdout } = pgstrata(['doctor', '--folder', 'examples/shop/drizzle', '--all', '--format', 'json'])
  const report = JSON.parse(stdout)
  expect(status).toBe(1)
  expect(report.findings).toMatchObject([
    { rule: 'journal-when-not-monotonic', severity: 'error', migration: '0013_shipments', file: 'examples/shop/drizzle/meta/_journal.json' },
  ])
  expect(report.analysed.migrations).toBe(15)
})

test('check finds the same and nothing else, and PostgreSQL agrees with what is in memory', () => {
  const { status, stdout } = pgstrata([
    'check',
    '--folder',
    'examples/shop/drizzle',
    '--every',
    '--only',
    'folder,replay,snapshots',
    '--all',
    '--format',
    'json',
  ])
  const report = JSON.parse(stdout)
  expect(report.findings.map(({ rule }: { rule: string }) => rule)).toEqual(['journal-when-not-monotonic'])
  expect(report.unknown).toEqual([])
  expect(report.analysed).toMatchObject({ migrations: 15, opaque: 0, compared: 15 })
  expect(status).toBe(1)
})

test('lint judges each of its migrations as if it were the new one, and none of that decides', () => {
  const { stdout } = pgstrata(['lint', '--folder', 'examples/shop/drizzle', '--format', 'json'])
  const { findings, analysed } = JSON.parse(stdout) as { findings: readonly { rule: string; old?: boolean; remedy?: object }[]; analysed: object }
  expect(analysed).toMatchObject({ migrations: 15, statements: 46, opaque: 0 })
  expect(findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['index-not-concurrent', 'drop-column', 'journal-when-not-monotonic']))
  expect(findings.filter(({ old, remedy }) => !old && remedy)).toEqual([])
})

test('its config leads to the folder', () => {
  const { stdout } = pgstrata(['doctor', '--all', '--format', 'json'], { cwd: join(root, 'examples/shop') })
  expect(JSON.parse(stdout).findings).toHaveLength(1)
})

test('schema.ts and the last snapshot agree: drizzle-kit has nothing to generate', () => {
  // Inside the repository, so that drizzle-orm is found.
  const copy = mkdtempSync(join(root, 'node_modules/.cache/shop-'))
  try {
    cpSync(join(root, 'examples/shop'), copy, { recursive: true })
    const before = readdirSync(join(copy, 'drizzle'))
    const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/drizzle-kit/bin.cjs'), 'generate'], { cwd: copy, encoding: 'utf8' })
    expect(stdout).toContain('No schema changes')
    expect(readdirSync(join(copy, 'drizzle'))).toEqual(before)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})

describe('the history', () => {
  const { entries } = JSON.parse(readFileSync(join(shop, 'meta/_journal.json'), 'utf8')) as { entries: readonly { when: number; tag: string }[] }

  test('is long enough to be worth a look', () => expect(entries.length).toBeGreaterThanOrEqual(12))
  test('has one migration by hand', () =>
    expect(readFileSync(join(shop, '0007_number_the_orders.sql'), 'utf8')).toMatch(/UPDATE "orders"[\s\S]*CREATE TRIGGER/))
})

test('README.md shows what the command prints', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/readme.mjs'), '--check'], { cwd: root, encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})
