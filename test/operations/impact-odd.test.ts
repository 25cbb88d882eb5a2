/** A file that does not parse, a huge generated file, circular imports, symlinks, no node_modules, no tsconfig, JavaScript only, several schemas with equal column names: no crash, said where it matters. */
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { ToolError } from '../../src/model/error.ts'
import type { Json } from '../../src/model/json.ts'
import { impact } from '../../src/operations/impact.ts'
import { makePlace, type Place } from './place.ts'

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

/** No package is installed and there is no tsconfig.json: the code alone is looked at. */
const app = {
  'package.json': '{ "dependencies": { "drizzle-orm": "1", "hono": "4" } }',
  'src/schema.ts': `import { pgTable, text } from 'drizzle-orm/pg-core'
export const users = pgTable('users', { id: text('id').primaryKey(), email: text('email') })`,
  'src/db.ts': `import { drizzle } from 'drizzle-orm/node-postgres'
export const db = drizzle(process.env.URL)`,
  'src/app.ts': `import { Hono } from 'hono'
import { db } from './db'
import { users } from './schema'
export const app = new Hono()
app.get('/users', async (c) => c.json(await db.select({ email: users.email }).from(users)))`,
}

type Told = {
  readonly targets: readonly [
    {
      readonly entries: readonly { readonly entry: string; readonly file: string }[]
      readonly files: readonly { readonly file: string; readonly category: string }[]
    },
  ]
  readonly notAnalysed: readonly { readonly file?: string; readonly why: string }[]
}

const ask = async (target = 'column:users.email', root = '.') => {
  await using world = await createWorld({ cwd: place.path, judging: { all: false }, env: { ...process.env, XDG_CACHE_HOME: `${place.path}/.cache` } })
  return await impact.run(world, { arguments: [target], flags: { migration: [], change: [], root, types: false, release: undefined, full: false } })
}
const told = async (target?: string): Promise<Told> => (await ask(target)).data as Json as unknown as Told
const entriesOf = ({ targets: [{ entries }] }: Told): readonly string[] => entries.map(({ entry }) => entry)
const gapsOf = ({ notAnalysed }: Told, file: string): readonly string[] => notAnalysed.filter((gap) => gap.file === file).map(({ why }) => why)

const stopped = async (asked: Promise<unknown>): Promise<ToolError> => {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ToolError) return error
  throw error ?? new Error('it did not stop')
}

describe('files that are odd', () => {
  test('no node_modules, no tsconfig', async () => {
    place.write(app)
    expect(entriesOf(await told())).toEqual(['GET /users'])
  })

  test('a file that does not parse', async () => {
    place.write({ ...app, 'src/broken.ts': "import { users } from './schema'\nexport const a = users.email +* {" })
    const data = await told()
    expect(entriesOf(data)).toEqual(['GET /users'])
    expect(gapsOf(data, 'src/broken.ts')).toEqual([expect.stringContaining('does not parse')])
  })

  test('a huge generated file', async () => {
    place.write({ ...app, 'src/generated.ts': `export const all = [\n${"  'something',\n".repeat(120_000)}]`, 'src/min.js': `a("${'x'.repeat(30_000)}")` })
    const data = await told()
    expect(entriesOf(data)).toEqual(['GET /users'])
    expect(gapsOf(data, 'src/generated.ts')).toEqual(['not read: larger than 1024 KiB'])
  })

  test('circular imports', async () => {
    place.write({
      ...app,
      'src/a.ts': `import { db } from './db'
import { users } from './schema'
import { again } from './b'
export * from './b'
export const emails = () => db.select({ email: users.email }).from(users)
export const more = () => again()`,
      'src/b.ts': `import { emails, more } from './a'
export * from './a'
export const again = () => emails() ?? more()`,
      'src/app.ts': `import { Hono } from 'hono'
import { more } from './b'
export const app = new Hono()
app.get('/users', async (c) => c.json(await more()))`,
    })
    expect(entriesOf(await told())).toEqual(['GET /users'])
  })

  test('symlinks: to a directory above, to a file, to nothing', async () => {
    place.write(app)
    symlinkSync('..', join(place.path, 'src/above'))
    symlinkSync('app.ts', join(place.path, 'src/again.ts'))
    symlinkSync('nothing.ts', join(place.path, 'src/lost.ts'))
    const { targets } = await told()
    expect(targets[0].entries).toMatchObject([{ entry: 'GET /users', file: 'src/app.ts' }])
  })

  test('JavaScript only, as modules and as CommonJS', async () => {
    place.write({
      'package.json': app['package.json'],
      'schema.mjs': app['src/schema.ts'],
      'db.cjs': "const { drizzle } = require('drizzle-orm/node-postgres')\nmodule.exports = { db: drizzle(process.env.URL) }",
      'app.js': `const { Hono } = require('hono')
const { db } = require('./db.cjs')
const { users } = require('./schema.mjs')
const app = new Hono()
app.get('/users', async (c) => c.json(await db.select({ email: users.email }).from(users)))
module.exports = app`,
    })
    expect(entriesOf(await told())).toEqual(['GET /users'])
  })

  test('several schemas with equal column names', async () => {
    place.write({
      ...app,
      'other/schema.ts': `import { pgSchema, text } from 'drizzle-orm/pg-core'
export const audit = pgSchema('audit')
export const users = audit.table('users', { id: text('id'), email: text('email') })`,
      'other/app.ts': `import { Hono } from 'hono'
import { db } from '../src/db'
import { users } from './schema'
export const app = new Hono()
app.get('/audit', async (c) => c.json(await db.select({ email: users.email }).from(users)))`,
    })
    expect(entriesOf(await told('column:public.users.email'))).toEqual(['GET /users'])
    expect(entriesOf(await told('column:audit.users.email'))).toEqual(['GET /audit'])
    expect(await stopped(ask('column:users.email'))).toMatchObject({ code: 'ambiguous-target', help: expect.stringContaining('audit') })
  })

  test('a file without a byte, one whose name has spaces and brackets, and one that may not be read', async () => {
    place.write({ ...app, 'src/empty.ts': '', 'src/a b [id] (x).ts': app['src/app.ts'].replace("'/users'", "'/odd'"), 'src/secret.ts': app['src/app.ts'] })
    chmodSync(join(place.path, 'src/secret.ts'), 0o000)
    const data = await told()
    expect(entriesOf(data)).toEqual(expect.arrayContaining(['GET /odd', 'GET /users']))
    if (process.getuid?.() !== 0) expect(gapsOf(data, 'src/secret.ts')).toEqual(['not read: it cannot be opened'])
  })
})

describe('directories that are odd', () => {
  test('one that is not there', async () => {
    expect(await stopped(ask('column:users.email', 'nowhere'))).toMatchObject({ exit: 2, message: expect.stringContaining('nowhere') })
  })

  test('an empty one', async () => {
    mkdirSync(join(place.path, 'empty'))
    expect(await stopped(ask('column:users.email', 'empty'))).toMatchObject({ code: 'nothing-analysed', exit: 2 })
  })

  test.each([
    ['MySQL', 'mysql'],
    ['SQLite', 'sqlite'],
  ])('a Drizzle schema for %s alone is said by name', async (title, name) => {
    place.write({
      ...app,
      'src/schema.ts': `import { ${name}Table, text } from 'drizzle-orm/${name}-core'\nexport const users = ${name}Table('users', { email: text('email') })`,
    })
    const error = await stopped(ask())
    expect(error).toMatchObject({ code: 'nothing-analysed', exit: 2 })
    expect(error.message).toContain(title)
  })
})
