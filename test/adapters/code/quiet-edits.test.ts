/** Edits of code that is followed: where they are quiet, what is kept is what following it anew gives; where they are not, it is followed anew. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { frameworks } from '../../../src/adapters/code/frameworks/index.ts'
import { codeFacts } from '../../../src/adapters/code/index.ts'
import { makeGlobals, quietGlobals } from '../../../src/adapters/code/machine/globals.ts'
import { Following } from '../../../src/adapters/code/machine/index.ts'
import type { CodeFacts } from '../../../src/model/code.ts'
import type { Cache } from '../../../src/model/world.ts'

const find = `// Finds users.
import { db } from './db'
import { users } from './schema'
import { wrap } from './wrap'

const limit = 5
const label = 'users'
const settings = wrap({ label })

export async function find(id, options) {
  const { page, size = 10 } = options
  let rest = page - size
  if (id === 'x') throw new Error('no id')
  console.log('finding', id)
  const rows = await db.select({ e: users.email }).from(users).limit(limit)
  for (const part of options.parts) rest += part.length
  if (rest > 3) {
    return rows
  }
  return rows.map((row) => row.e)
}

const never = (what) => {
  return what.email
}

export const known = { never: 1 }
`

const files: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "shop", "dependencies": { "hono": "4", "drizzle-orm": "1" } }',
  'schema.ts': "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', {\n  email: text('email'),\n})\n",
  'db.ts': "import { drizzle } from 'drizzle-orm/node-postgres'\nexport const db = drizzle('')\n",
  'wrap.ts': 'export const wrap = (what) => what\n',
  'find.ts': find,
  'app.ts':
    "import { Hono } from 'hono'\nimport { find, missing } from './find'\nconst app = new Hono()\napp.get('/users', async (c) => c.json(await find(c.req.param('id'), missing)))\nexport default app\n",
}

class Memory implements Cache {
  readonly kept = new Map<string, Uint8Array>()
  async get(key: string): Promise<Uint8Array | undefined> {
    return this.kept.get(key)
  }
  async put(key: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.kept.set(key, Buffer.concat([bytes].flat()))
  }
}

let root: string
const write = (path: string, text: string): void => writeFileSync(join(root, path), text)

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-quiet-'))
  for (const [path, text] of Object.entries(files)) write(path, text)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(root, { recursive: true, force: true })
})

const ask = (cache: Cache): Promise<CodeFacts> => codeFacts(root, cache, { ask: async () => ({ texts: ['column:users.email'] }) })

/** What an answer is made of: functions that use nothing and call nothing say nothing. */
const telling = ({ functions, ...facts }: CodeFacts): unknown => {
  const uses = functions.flatMap((one) => one.uses.map((use) => ({ ...use, in: one.name, at: one.line })))
  return { ...facts, uses, entries: facts.entries.map(({ runs, ...entry }) => ({ ...entry, runs: runs.map(({ to: _, ...run }) => run) })) }
}

/** Whether the edit was answered with what was kept; the answer is that of a run without anything. */
const staysAfter = async (before: string, after: string, file = 'find.ts'): Promise<boolean> => {
  const text = files[file] ?? ''
  expect(text).toContain(before)
  const cache = new Memory()
  const first = await ask(cache)
  expect(first.entries.map(({ name }) => name)).toEqual(['GET /users'])
  const kept = new Map(cache.kept)
  write(file, text.replace(before, after))
  const facts = await ask(cache)
  expect(telling(facts)).toEqual(telling(await ask(new Memory())))
  return [...cache.kept].every(([key, bytes]) => !key.startsWith('code facts') || kept.get(key) === bytes)
}

const line = "  console.log('finding', id)\n"

describe('an edit of code that is followed is quiet', () => {
  it.each([
    ['a check', line, `${line}  if (!page) throw new Error(\`no page: \${id}\`)\n`],
    ['another check', "id === 'x'", "id === 'y' || (page ?? 0) > size"],
    ['a message', "'no id'", "'there is no such id'"],
    ['what is logged', line, '  console.warn({ id, at: [page, Date.now()] })\n'],
    ['what JavaScript has', line, `${line}  if (Object.keys(options).length > 3 || process.env.QUIET) throw new Error(JSON.stringify(options))\n`],
    ['nothing logged', line, ''],
    ['a name more', line, `${line}  const [first = 1] = options.parts\n  if (first) console.log(first)\n`],
    ['a name less', '  let rest = page - size\n', '  let rest = 0\n'],
    ['a value that is unknown as before', 'const { page, size = 10 } = options', 'const { page = 3, size = 20 } = options'],
    ['a constant at the end', 'export const known', 'export const added = 3\nexport const known'],
    [
      'a loop',
      '  for (const part of options.parts) rest += part.length\n',
      '  for (const part of options.parts) {\n    console.log(part)\n    rest -= part.length\n  }\n',
    ],
    ['an early end', line, `${line}  if (!id) return\n`],
    ['a switch', line, `${line}  switch (id) {\n    case 'a':\n      rest = page\n  }\n`],
    ['a function that no entry leads to', 'return what.email', 'console.log(what)\n  return what.email'],
    ['lines above', 'import { db }', '\n\nimport { db }'],
  ])('%s', async (_what, before, after) => {
    expect(await staysAfter(before, after)).toBe(true)
  })

  it.each([
    ['a row that is read', line, `${line}  console.log(users.email)\n`],
    ['a query', line, `${line}  await db.delete(users)\n`],
    ['a literal that goes on', 'const limit = 5', 'const limit = 6'],
    ['a literal in an object that is handed on', "label = 'users'", "label = 'people'"],
    ['a literal that is given back', line, `${line}  if (!id) return null\n`],
    ['a function that may be called', line, `${line}  id.each(() => db.delete(users))\n`],
    ['what JavaScript has and hands on', line, `${line}  Object.assign(options, users)\n`],
    ['elements of a list', line, `${line}  id.map((one) => users.email)\n`],
    ['an export that somebody asks for', 'export const known', 'export const missing = 3\nexport const known'],
    ['a name that hides another', '  if (rest > 3) {\n', '  if (rest > 3) {\n    const rows = 3\n'],
    ['a name that is given something later', 'let rest = page - size', 'let rest = users'],
    ['an import', "import { wrap } from './wrap'", "import { wrap } from './wrap'\nimport { more } from './more'"],
    ['a type', line, `${line}  const typed: typeof users.$inferSelect = id\n`],
    ['another name', 'page - size', 'sides - size'],
    ['text that parses no more', line, `${line}  (((\n`],
  ])('not with %s', async (_what, before, after) => {
    expect(await staysAfter(before, after)).toBe(false)
  })

  it('whatever is done in a function that is never followed', async () => {
    expect(await staysAfter('=> what', '=> {\n  const inner = () => fetch(what.email)\n  return [inner, what.name]\n}', 'wrap.ts')).toBe(true)
    expect(await staysAfter('(what)', '(what, more)', 'wrap.ts')).toBe(false)
  })

  it('not where a framework looks at the text of the code', async () => {
    const pages =
      "import { db } from '../../db'\nimport { users } from '../../schema'\nexport default async (req, res) => {\n  if (req.method === 'GET') return res.json(await db.select().from(users))\n}\n"
    mkdirSync(join(root, 'pages/api'), { recursive: true })
    write('package.json', '{ "name": "shop", "dependencies": { "next": "15", "drizzle-orm": "1" } }')
    write('pages/api/all.ts', pages)
    const cache = new Memory()
    expect((await ask(cache)).entries.map(({ name }) => name)).toContain('GET /api/all')
    write('pages/api/all.ts', pages.replace('  if (req', "  if (req.method === 'POST') console.log(1)\n  if (req"))
    expect((await ask(cache)).entries.map(({ name }) => name)).toContain('ALL /api/all')
  })
})

it('nothing is known of names that are quiet', () => {
  const following = new Following({ tree: () => undefined, resolve: () => undefined }, { imported: () => undefined, typed: () => undefined })
  const known = makeGlobals(following)
  for (const name of quietGlobals) {
    expect(known(name)).toBeUndefined()
    for (const one of frameworks)
      expect(
        one.global?.(name, 'app.ts', { paths: [], has: () => false, read: () => undefined, depends: () => true, dependents: () => [], directives: () => [] }),
      ).toBeUndefined()
  }
})
