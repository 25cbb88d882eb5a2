/** What `lint` keeps between runs: the catalog of the landed migrations and finished judgements. With it, without it and with it damaged the answer is the same. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createCache } from '../../src/adapters/store/cache.ts'
import { catalogFromJson, catalogToJson } from '../../src/changes/catalog-json.ts'
import { diff } from '../../src/changes/diff.ts'
import { equal } from '../../src/changes/equal.ts'
import { replay } from '../../src/changes/replay.ts'
import { createWorld } from '../../src/cli/world.ts'
import type { Report } from '../../src/model/report.ts'
import type { World } from '../../src/model/world.ts'
import { lint } from '../../src/operations/lint.ts'
import { policyRules } from '../../src/rules/policy.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { type Entry, makePlace, type Place } from './place.ts'

let place: Place
beforeAll(loadSql)
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

test('a catalog comes back from JSON as it was: for what every example is given', () => {
  for (const { bad, good } of policyRules)
    for (const { given = '', sql } of [...bad, ...good]) {
      const { catalog } = replay([given, ...(typeof sql === 'string' ? [sql] : sql)].map(readScript))
      const back = catalogFromJson(catalogToJson(catalog))
      expect(equal(back, catalog)).toBe(true)
      expect(diff(catalog, back)).toEqual([])
    }
  expect(() => catalogFromJson('{}')).toThrow(SyntaxError)
})

type Asked = { readonly hits: string[]; readonly puts: string[] }

/** The world of the place with a cache of its own that says what it was asked for. */
const run = async (asked: Asked, flags: { readonly [name: string]: unknown } = {}, judging = { all: false, since: 'HEAD' }): Promise<Report> => {
  const cache = createCache({ directory: join(place.path, '.cache'), build: 'test' })
  await using world = await createWorld({ cwd: place.path, config: {}, judging })
  const watched: World = {
    ...world,
    now: () => Date.UTC(2031, 0, 1),
    cache: {
      async get(key) {
        const bytes = await cache.get(key)
        if (bytes) asked.hits.push(key.split(' ')[0] ?? '')
        return bytes
      },
      async put(key, bytes) {
        asked.puts.push(key.split(' ')[0] ?? '')
        await cache.put(key, bytes)
      },
    },
  }
  return lint.run(watched, { arguments: [], flags: { staged: false, fix: false, ...flags } as never })
}

const landed: readonly Entry[] = [
  {
    tag: '0000_base',
    sql: 'CREATE TABLE customers (id bigint PRIMARY KEY);--> statement-breakpoint\nCREATE TABLE orders (id bigint PRIMARY KEY, customer bigint);',
  },
  { tag: '0001_more', sql: 'ALTER TABLE orders ADD COLUMN note text;' },
]
const fresh = (sql: string): void => place.migrations([...landed, { tag: '0002_new', sql }])
const begin = (entries: readonly Entry[] = landed): void => {
  place.migrations(entries)
  place.git('init', '-q')
  place.git('add', 'drizzle')
  place.git('commit', '-qm', 'x')
}
const asked = (): Asked => ({ hits: [], puts: [] })
const key = 'ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer) REFERENCES customers (id);'

describe('lint with a cache', () => {
  test('the second time the judgement is kept; another new migration is judged on what is kept of the landed ones', async () => {
    begin()
    fresh(key)
    const [cold, warm, edited] = [asked(), asked(), asked()]
    const first = await run(cold)
    expect(cold).toEqual({ hits: [], puts: ['lint-base-2', 'lint-judgement-1'] })
    expect(await run(warm)).toEqual(first)
    expect(warm.hits).toEqual(['lint-judgement-1'])
    fresh(`${key}\n-- edited`)
    expect((await run(edited)).findings.map(({ rule, line }) => [rule, line])).toEqual(first.findings.map(({ rule, line }) => [rule, line]))
    expect(edited.hits).toEqual(['lint-base-2'])
  })

  test('another runner, another landed migration: nothing old is answered', async () => {
    begin()
    fresh(key)
    await run(asked())
    const [runner, changed] = [asked(), asked()]
    await run(runner, { runner: 'per-file' })
    expect(runner.hits).toEqual(['lint-base-2'])
    place.write({ 'drizzle/0000_base.sql': 'CREATE TABLE customers (id bigint PRIMARY KEY);' })
    expect((await run(changed)).findings.map(({ rule }) => rule)).toContain('refused')
    expect(changed.hits).toEqual([])
  })

  test('what is damaged is as if it were not there', async () => {
    begin()
    fresh(key)
    const first = await run(asked())
    const directory = join(place.path, '.cache')
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.length).toBeGreaterThan(1)
    for (const { parentPath, name } of files) writeFileSync(join(parentPath, name), readFileSync(join(parentPath, name)).subarray(0, 200))
    const again = asked()
    expect(await run(again)).toEqual(first)
    expect(again.hits).toEqual([])
  })

  test('what the new migrations take for granted is read from all of them together', async () => {
    begin([{ tag: '0000_base', sql: 'CREATE TABLE notes (id uuid PRIMARY KEY, owner uuid);' }])
    place.migrations([
      { tag: '0000_base', sql: 'CREATE TABLE notes (id uuid PRIMARY KEY, owner uuid);' },
      { tag: '0001_new', sql: 'SELECT 1;' },
    ])
    await run(asked())
    const supabase = 'ALTER TABLE notes ADD CONSTRAINT fk FOREIGN KEY (owner) REFERENCES auth.users (id);'
    place.migrations([
      { tag: '0000_base', sql: 'CREATE TABLE notes (id uuid PRIMARY KEY, owner uuid);' },
      { tag: '0001_new', sql: supabase },
    ])
    const report = await run(asked())
    expect(report.findings.map(({ rule }) => rule)).not.toContain('refused')
    expect(report.findings.map(({ rule }) => rule)).toContain('fk-validating')
  })
})
