/** TypeScript schemas as drizzle-kit's statements; drizzle-kit is the one of this repository. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { schemaFiles } from '../../../src/adapters/schema/files.ts'
import { schemaStatements } from '../../../src/adapters/schema/index.ts'
import { root } from '../../cli/cli.ts'

/** drizzle-kit takes seconds, more where other tests run beside it. */
vi.setConfig({ testTimeout: 120_000 })

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'pgstrata-schema-'))
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

const put = (files: { readonly [path: string]: string }): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true })
    writeFileSync(join(place, path), text)
  }
}

const pg = (...names: readonly string[]): string => `import { ${names.join(', ')} } from 'drizzle-orm/pg-core'\n`
const table = (name: string, as = name): string => `${pg('integer', 'pgTable')}export const ${as} = pgTable('${name}', { id: integer() })\n`

const signal = new AbortController().signal
type More = {
  readonly patience?: number
  readonly env?: Readonly<Record<string, string>>
  readonly casing?: string
  readonly schemaFilter?: readonly string[]
  readonly signal?: AbortSignal
}

const statements = async (patterns: readonly string[], { env, casing, schemaFilter, ...more }: More = {}): Promise<readonly string[]> =>
  (
    await schemaStatements(
      patterns,
      { cwd: place, signal, ...more, env: { ...process.env, ...env } },
      { ...(casing ? { casing } : {}), ...(schemaFilter ? { schemaFilter } : {}) },
    )
  ).statements

/** The tables that are made. */
const tables = async (patterns: readonly string[], more: More = {}): Promise<readonly string[]> =>
  (await statements(patterns, more)).flatMap((sql) => /CREATE TABLE (\S+)/.exec(sql)?.[1]?.replaceAll('"', '') ?? []).toSorted()

const refusal = (patterns: readonly string[], more: More = {}) =>
  statements(patterns, more).then(
    () => expect.fail('there is no error'),
    (error: unknown) => error,
  )

describe('the files of a config', () => {
  beforeEach(() => put({ 'db/a.ts': table('a'), 'db/b.mjs': table('b'), 'db/deep/c.ts': table('c'), 'db/notes.md': '#', 'db/[d]/d.ts': table('d') }))

  test.each([
    [['db/a.ts'], ['a.ts']],
    [
      ['./db/a.ts', 'db/b.mjs'],
      ['a.ts', 'b.mjs'],
    ],
    [['db'], ['a.ts', 'b.mjs']],
    [['db/*'], ['[d]/d.ts', 'a.ts', 'b.mjs', 'deep/c.ts']],
    [['db/*.ts'], ['a.ts']],
    [
      ['db/**/*.{ts,mjs}', 'db/a.ts'],
      ['[d]/d.ts', 'a.ts', 'b.mjs', 'deep/c.ts'],
    ],
    [['db/[d]/d.ts'], ['[d]/d.ts']],
  ])('%j', async (patterns, expected) => {
    const found = await schemaFiles(place, patterns)
    expect(found.map((file) => relative(join(place, 'db'), file)).toSorted()).toEqual(expected)
  })

  test('one that is not there, and a pattern that meets none, are named', async () => {
    expect(await refusal(['db/x.ts'])).toMatchObject({ code: 'no-such-file', message: expect.stringContaining('db/x.ts') })
    expect(await refusal(['db/*.cts', 'src/**'])).toMatchObject({ code: 'no-schema-files', message: expect.stringContaining('db/*.cts, src/**') })
  })
})

describe('what a schema may be', () => {
  test('files that export each other’s tables, an alias of tsconfig.json, a default export, CommonJS', async () => {
    put({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'src/schema/index.ts': `export * from './users'\nexport * from '@/other'\nexport { users as people } from './users.js'`,
      'src/schema/users.ts': table('users'),
      'src/other.ts': table('others'),
      'src/schema/default.ts': `${pg('integer', 'pgTable')}enum No { A }\nexport default { one: pgTable('one', { id: integer().default(No.A) }) }`,
      'src/schema/old.cjs': `const { integer, pgTable } = require('drizzle-orm/pg-core')\nmodule.exports = { old: pgTable('old', { id: integer() }) }`,
    })
    expect(await tables(['src/schema'])).toEqual(['old', 'one', 'others', 'users'])
  })

  test('cased as the config says, and with what the environment says', async () => {
    put({ 'a.ts': `${pg('integer', 'pgTable')}export const a = pgTable(process.env.TABLE ?? 'none', { someId: integer() })` })
    expect((await statements(['a.ts'], { casing: 'snake_case', env: { TABLE: 'named' } })).join()).toMatch(/"named" \(\s+"some_id"/)
  })

  test('of two schemas: `generate` of 0.x knows no filter, so none is applied', async () => {
    put({ 'a.ts': `${pg('pgSchema', 'integer')}export const other = pgSchema('other')\nexport const t = other.table('t', { id: integer() })` })
    expect(await tables(['a.ts'], { schemaFilter: ['public'] })).toEqual(['other.t'])
  })

  test('one that prints, waits for an answer and keeps the process alive is no trouble, and nothing is written', async () => {
    put({ 'a.ts': `${table('a')}console.log('hello')\nprocess.stdin.on('data', () => {}).resume()\nsetInterval(() => {}, 1000)\nawait 0` })
    // jiti's own cache may be there: other programs keep theirs in it.
    const cached = () => readdirSync(join(place, 'node_modules/.cache'), { recursive: true }).filter((path) => /jiti.*\ba\b/.test(String(path)))
    const [before, beforehand] = [readdirSync(place, { recursive: false }), cached()]
    expect(await tables(['a.ts'])).toEqual(['a'])
    expect(readdirSync(place, { recursive: false })).toEqual(before)
    expect(cached()).toEqual(beforehand)
  })
})

describe('what is wrong is said, with its place', () => {
  test.each([
    ['a syntax error', { 'a.ts': `${table('a')}export const b = pgTable('b', {` }, /a[.]ts:\d+:\d+: .*[Uu]nexpected/],
    ['an error while it is loaded', { 'a.ts': `${table('a')}\nthrow new Error('DATABASE_URL is not set')` }, /: a[.]ts:4:\d+: DATABASE_URL is not set[.]/],
    ['an error in what it imports', { 'a.ts': `import './lib/b'`, 'lib/b.ts': '\n\nnull.x' }, /: lib\/b[.]ts:3:\d+: Cannot read prop/],
    ['a module that is not there', { 'a.ts': `import { x } from './absent'\nexport const y = x` }, /: a[.]ts:1:\d+: Cannot find module '[.]\/absent'[.]/],
    [
      'an end of the process',
      { 'a.ts': `console.error('no configuration')\nprocess.exit(3)` },
      /: a[.]ts: it ended the process \(exit 3\): no configuration[.]/,
    ],
  ])('%s', async (_, files, message) => {
    put(files)
    expect(await refusal(['a.ts'])).toMatchObject({ code: 'schema-unreadable', exit: 3, message: expect.stringMatching(message) })
  })

  test('two tables of one name', async () => {
    put({ 'a.ts': table('a'), 'b.ts': table('a', 'again') })
    expect(await refusal(['a.ts', 'b.ts'])).toMatchObject({ code: 'schema-invalid', message: 'The schema defines a twice.' })
  })

  test('what drizzle-kit refuses, in its own words', async () => {
    put({
      'a.ts': `${pg('index', 'integer', 'pgTable')}const t = (name: string) => pgTable(name, { id: integer() }, ({ id }) => [index('same').on(id)])\nexport const [a, b] = [t('a'), t('b')]`,
    })
    expect(await refusal(['a.ts'])).toMatchObject({
      code: 'schema-invalid',
      exit: 3,
      message: expect.stringMatching(/drizzle-kit 0[.]31[.]\d+ .*: We've found duplicated index name/),
    })
  })

  test('nothing for PostgreSQL in it', async () => {
    put({ 'a.ts': `import { int, mysqlTable } from 'drizzle-orm/mysql-core'\nexport const a = mysqlTable('a', { id: int() })` })
    expect(await refusal(['a.ts'])).toMatchObject({ code: 'schema-empty', exit: 3 })
  })

  test('a schema that never ends is stopped', async () => {
    put({ 'a.ts': `${table('a')}await new Promise(() => setInterval(() => {}, 1000))` })
    expect(await refusal(['a.ts'], { patience: 10_000 })).toMatchObject({ code: 'schema-timeout', exit: 3, message: expect.stringContaining('a.ts') })
  })

  test('the user’s stop stops it', async () => {
    put({ 'a.ts': `${table('a')}await new Promise(() => setInterval(() => {}, 1000))` })
    expect(await refusal(['a.ts'], { signal: AbortSignal.timeout(1000) })).toMatchObject({ name: 'AbortError' })
  })
})

describe('drizzle-kit', () => {
  const install = (version: string, more: object = {}): void => {
    rmSync(join(place, 'node_modules'))
    put({ 'a.ts': 'export {}', 'node_modules/drizzle-kit/package.json': JSON.stringify({ name: 'drizzle-kit', version, ...more }) })
  }

  test('is wanted', async () => {
    rmSync(join(place, 'node_modules'))
    put({ 'a.ts': 'export {}' })
    expect(await refusal(['a.ts'])).toMatchObject({ code: 'no-drizzle-kit', exit: 2 })
  })

  test.each(['0.20.18', '2.0.0'])('%s is not known', async (version) => {
    install(version)
    expect(await refusal(['a.ts'])).toMatchObject({ code: 'drizzle-kit-not-known', message: expect.stringContaining(version) })
  })
})
