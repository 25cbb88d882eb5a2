/** What `drizzle-kit generate` would write, asked of drizzle-kit 1.0.0-rc.5 itself and of the 0.31 of this repository. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type SchemaConfig, schemaGenerated } from '../../../src/adapters/schema/index.ts'
import type { Snapshots } from '../../../src/model/world.ts'
import { root } from '../../cli/cli.ts'
import { snapshotOf } from '../../support/drizzle-kit.ts'
import { drizzleKitV1, versionOfV1 as version } from '../../support/drizzle-v1.ts'

/** drizzle-kit takes seconds, more where other tests run beside it. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let place: string
const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(place, path)), { recursive: true })
  writeFileSync(join(place, path), content)
}
const signal = new AbortController().signal
const asked = (schema: string, behind: Snapshots, config: SchemaConfig = {}) => {
  put('schema.mjs', schema)
  return schemaGenerated(['schema.mjs'], { cwd: place, env: process.env, signal }, config, behind)
}

describe(`drizzle-kit ${version}`, () => {
  const schema = (...columns: readonly string[]): string => `import { integer, pgRole, pgSchema, pgTable, text } from 'drizzle-orm/pg-core'
export const app = pgRole('app')
export const other = pgSchema('other')
export const logs = other.table('logs', { id: integer() })
export const users = pgTable('users', { id: integer().primaryKey(), name: text()${columns.map((column) => `, ${column}: integer()`).join('')} })
`
  let start: string
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'pgstrata-generate-v1-'))
    put('schema.mjs', schema())
    expect(drizzleKitV1(place, 'generate')).toMatchObject({ status: 0 })
    const [folder = ''] = readdirSync(join(place, 'drizzle'))
    start = readFileSync(join(place, 'drizzle', folder, 'snapshot.json'), 'utf8')
  })
  afterAll(() => rmSync(place, { recursive: true, force: true }))

  /** What stands behind the first one: nothing that it changes, as `generate --custom` writes it, or a column more. */
  const behindStart = (id: number, column?: string): string => {
    const place = { schema: 'public', table: 'users' }
    const row = { ...place, name: column, type: 'integer', typeSchema: null, notNull: false, dimensions: 0, default: null, generated: null, identity: null }
    const footprint = { statementType: 'add_column', statementTarget: ['column', 'public', 'users', column], writes: [`n|col|public.users.${column}`] }
    return JSON.stringify({
      type: 'diff',
      version: '9',
      dialect: 'postgres',
      id: `00000000-0000-4000-8000-00000000000${id}`,
      prevIds: [JSON.parse(start).id],
      footprints: column === undefined ? [] : [footprint],
      deltas: column === undefined ? [] : [{ op: 'create', row: { ...row, entityType: 'columns' } }],
    })
  }
  /** Folders of these snapshots, a second apart. */
  const folders = (...snapshots: readonly string[]): Snapshots => ({
    layout: 'folders',
    texts: new Map(snapshots.map((snapshot, at) => [`2026010100000${at}_m/snapshot.json`, snapshot])),
  })
  const nothing = { statements: [], questions: [] }

  it('generates nothing where the schema is what the folder makes: roles, other schemas in spite of schemaFilter and custom migrations too; nothing is written', async () => {
    // jiti keeps what it has compiled in one of these; other programs keep theirs there.
    const cached = () =>
      [join(place, 'node_modules/.cache/jiti'), join(tmpdir(), 'jiti')]
        .flatMap((path) => (existsSync(path) ? readdirSync(path) : []))
        .filter((name) => name.includes('unwritten'))
    const listed = () => [readdirSync(place), readdirSync(join(place, 'drizzle')), cached()]
    put('[db]/(a) {b,c}!/unwritten+(x).ts', schema('age'))
    const before = listed()
    expect(
      await schemaGenerated(
        ['[db]/(a) {b,c}!/unwritten+(x).ts'],
        { cwd: place, env: process.env, signal },
        { schemaFilter: ['public'] },
        folders(start, behindStart(1, 'age'), behindStart(2)),
      ),
    ).toEqual(nothing)
    expect(listed()).toEqual(before)
  })

  it('generates what the schema has otherwise, as the SQL of its statements', async () => {
    expect(
      await asked(`${schema()}console.log('ALTER'); export const tags = pgTable('tags', { id: integer() })`, folders(start, behindStart(1, 'age'))),
    ).toEqual({
      statements: ['CREATE TABLE "tags" (\n\t"id" integer\n);', 'ALTER TABLE "users" DROP COLUMN "age";'],
      questions: [],
    })
  })

  it('asks about what may be renamed, and does not wait for an answer', async () => {
    expect(await asked(schema('years'), folders(start, behindStart(1, 'age')))).toEqual({
      statements: [],
      questions: ['whether column public.users.years is new or renamed'],
    })
  })

  it('puts open ends together; where there is no snapshot it starts from nothing', async () => {
    expect(await asked(schema('age', 'size'), folders(start, behindStart(1, 'age'), behindStart(2, 'size')))).toEqual(nothing)
    const { statements } = await asked(schema(), folders())
    expect(statements.join()).toMatch(/CREATE ROLE "app".*CREATE TABLE "users"/s)
  })

  it.each([
    [
      'ends that it holds for a conflict',
      () => folders(start, behindStart(1, 'age'), behindStart(2, 'age')),
      /for it add_column: age on users table .* and add_column: age on users table .* are in conflict[.]$/,
    ],
    ['snapshots of version 8', () => folders(start.replace('"version": "9"', '"version": "8"')), /20260101000000_m\/snapshot.json is of an older version[.]$/],
  ])('refuses %s, and its words are told', async (_, behind, message) => {
    await expect(asked(schema('age'), behind())).rejects.toMatchObject({ code: 'drizzle-kit-refuses', exit: 3, message: expect.stringMatching(message) })
  })

  it('a schema that does not load is told with its place', async () => {
    await expect(asked('<<<<<<< HEAD\n', folders(start))).rejects.toMatchObject({
      code: 'schema-unreadable',
      message: expect.stringMatching(/schema[.]mjs:1:\d+: /),
    })
  })

  it('takes no folder with a journal', async () => {
    await expect(asked(schema(), { layout: 'journal', texts: new Map() })).rejects.toMatchObject({
      code: 'drizzle-kit-other-layout',
      message: `drizzle-kit ${version} takes no folder with a journal.`,
    })
  })
})

describe('another drizzle-kit', () => {
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'pgstrata-generate-'))
  })
  afterAll(() => rmSync(place, { recursive: true, force: true }))

  it('a beta of 1.0 whose `generate` is only a command is named, and not asked', async () => {
    put('node_modules/drizzle-kit/package.json', JSON.stringify({ name: 'drizzle-kit', version: '1.0.0-beta.22', exports: { './api-postgres': './api.js' } }))
    put('node_modules/drizzle-kit/api.js', '')
    await expect(asked('export {}', { layout: 'folders', texts: new Map() })).rejects.toMatchObject({
      code: 'drizzle-kit-not-known',
      message: 'drizzle-kit 1.0.0-beta.22 cannot be asked what it would generate.',
    })
    rmSync(join(place, 'node_modules'), { recursive: true })
  })

  it('0.31 asks what may be renamed too, and knows only folders with a journal', async () => {
    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'))
    const table = (column: string): string =>
      `import { integer, pgTable, text } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', { id: integer(), ${column}: text() })`
    const texts = new Map([['meta/0000_snapshot.json', JSON.stringify(snapshotOf({ users: pgTable('users', { id: integer(), name: text() }) }))]])
    expect(await asked(table('name'), { layout: 'journal', texts })).toEqual({ statements: [], questions: [] })
    expect(await asked(table('nick'), { layout: 'journal', texts })).toEqual({ statements: [], questions: ['what of it is new and what is renamed'] })
    await expect(asked(table('name'), { layout: 'folders', texts })).rejects.toMatchObject({
      code: 'drizzle-kit-other-layout',
      message: expect.stringMatching(/^drizzle-kit 0[.]31[.]\d+ knows only folders with a journal[.]$/),
    })
  })
})
