/** The bytecode that is kept of a run changes nothing but the time of the next one, whatever is wrong with it. */
import { hash } from 'node:crypto'
import { appendFileSync, chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { build, pgstrata, shop, temporary } from './cli.ts'

beforeAll(build)

let place: ReturnType<typeof temporary>
beforeEach(() => {
  place = temporary(true)
})
afterEach(() => place.remove())

const explain = (env: Readonly<Record<string, string>> = {}) =>
  pgstrata(['explain', 'fk-validating'], { cwd: place.path, env: { PGSTRATA_CACHE_DIR: place.path, ...env } })
const folder = () => join(place.path, 'code')
const kept = () => readdirSync(folder()).map((name) => join(folder(), name))
const only = (): string => {
  const [path, ...more] = kept()
  if (path === undefined || more.length > 0) throw new Error(`${more.length + 1} files`)
  return path
}

const rewritten = (path: string, change: (bytes: Buffer) => Uint8Array): void => writeFileSync(path, change(readFileSync(path)))
/** A kept file begins with the digest of what follows. */
const withDigest = (bytes: Buffer): Buffer => Buffer.concat([hash('sha256', bytes.subarray(32), 'buffer'), bytes.subarray(32)])

test('a run keeps its bytecode, and the next one uses it as it is', () => {
  const first = explain()
  expect(first).toMatchObject({ status: 0, stderr: '' })
  const path = only()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const { ino, size } = statSync(path)
  expect(size).toBeGreaterThan(100_000)
  utimesSync(path, 1, 1)
  expect(explain()).toEqual(first)
  expect(statSync(only())).toMatchObject({ ino, size })
  // It was read: that it is used keeps it from being tidied away.
  expect(statSync(path).mtimeMs).toBeGreaterThan(1_000_000)
})

describe('what cannot be used is made anew, and the answer is the same', () => {
  test.each<[string, (path: string) => void]>([
    ['a file that was cut short', (path) => writeFileSync(path, readFileSync(path).subarray(0, 5_000))],
    ['a file with another byte', (path) => rewritten(path, (bytes) => bytes.fill(0x55, bytes.length >> 1, (bytes.length >> 1) + 1))],
    ['bytecode that V8 refuses', (path) => rewritten(path, (bytes) => withDigest(bytes.fill(0x55, 48)))],
    ['an empty file', (path) => writeFileSync(path, '')],
    ['a file that others may write', (path) => chmodSync(path, 0o666)],
  ])('%s', (_what, spoil) => {
    const first = explain()
    const { ino } = statSync(only())
    spoil(only())
    expect(explain()).toEqual(first)
    expect(statSync(only()).ino).not.toBe(ino)
    expect(statSync(only()).mode & 0o777).toBe(0o600)
  })

  test('a place where nothing can be written', () => {
    const first = explain()
    writeFileSync(join(place.path, 'file'), '')
    expect(explain({ PGSTRATA_CACHE_DIR: join(place.path, 'file') })).toEqual(first)
  })
})

test('what the body imports is imported, and Node warns of nothing', () => {
  writeFileSync(join(place.path, 'drizzle.config.ts'), `export default { dialect: 'postgresql', schema: './schema.ts', out: './drizzle' }`)
  writeFileSync(join(place.path, 'schema.ts'), '')
  writeFileSync(join(place.path, 'pgstrata.config.mjs'), `export default { policy: { rules: { 'fk-validating': 'note' } } }`)
  for (let run = 0; run < 2; run++) {
    const { status, stdout, stderr } = pgstrata(['lint', '--all', '--fail-on', 'never'], { cwd: place.path, env: { PGSTRATA_CACHE_DIR: place.path } })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('fk-validating')
  }
})

test('a run that calls much more than those before it keeps that too, once', () => {
  writeFileSync(join(place.path, 'one.sql'), 'CREATE TABLE a (id int)')
  // Long enough for any machine: a run of less than 150 ms is not looked at.
  const tables = Array.from({ length: 1500 }, (_, at) => `CREATE TABLE t${at} (id int PRIMARY KEY, a text NOT NULL);\nCREATE INDEX i${at} ON t${at} (a);`)
  const migrations = readdirSync(shop)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => readFileSync(join(shop, name), 'utf8'))
  writeFileSync(join(place.path, 'many.sql'), [...migrations, ...tables].join('\n'))
  const lint = (...args: readonly string[]) => pgstrata(['lint', '--fail-on', 'never', ...args], { cwd: place.path, env: { PGSTRATA_CACHE_DIR: place.path } })
  lint('one.sql')
  const { size } = statSync(only())
  const first = lint('many.sql')
  const grown = statSync(only())
  expect(grown.size).toBeGreaterThan(size * 1.1)
  // The same text once more would be answered by the report that is kept.
  appendFileSync(join(place.path, 'many.sql'), '\n')
  expect(lint('many.sql')).toEqual(first)
  expect(statSync(only()).ino).toBe(grown.ino)
})

test('where runs are short, bytecode is kept that they alone have called, beside what a long one has added to', () => {
  const first = explain()
  const all = only()
  // As if a long run had added to it.
  rewritten(all, (bytes) => {
    bytes.writeDoubleLE(1, 40)
    return withDigest(bytes)
  })
  const { ino } = statSync(all)
  for (let run = 0; run < 2; run++) explain()
  expect(only()).toBe(all)
  expect(explain()).toEqual(first)
  const [, ofShort = '', ...more] = kept()
  expect(ofShort).toBe(`${all}-short`)
  expect(more).toEqual([])
  utimesSync(ofShort, 1, 1)
  utimesSync(all, 1, 1)
  expect(explain()).toEqual(first)
  expect([ofShort, all].map((path) => statSync(path).mtimeMs > 1_000_000)).toEqual([true, false])
  expect(statSync(all).ino).toBe(ino)
})

test('options of Node have bytecode of their own', () => {
  const first = explain()
  expect(explain({ NODE_OPTIONS: '--max-old-space-size=512' })).toEqual(first)
  expect(kept()).toHaveLength(2)
})

test('a run that could not judge keeps nothing', () => {
  const { status } = pgstrata(['lint', 'nowhere.sql'], { cwd: place.path, env: { PGSTRATA_CACHE_DIR: place.path } })
  expect(status).toBe(2)
  expect(() => readdirSync(folder())).toThrow(/ENOENT/)
})

test('what was used longest ago goes', () => {
  explain()
  for (let at = 0; at < 45; at++) {
    const path = join(folder(), `old-${at}`)
    writeFileSync(path, '')
    utimesSync(path, at + 1, at + 1)
  }
  const own = kept().find((path) => statSync(path).size > 0) ?? ''
  writeFileSync(own, '')
  expect(explain().status).toBe(0)
  expect(kept()).toHaveLength(40)
  expect(statSync(own).size).toBeGreaterThan(100_000)
})
