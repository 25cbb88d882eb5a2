/** A small application on disk whose facts are asked for again and again; what is kept must be what following it anew gives. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sameCode } from '../../../src/adapters/code/edits/same-code.ts'
import { codeFacts } from '../../../src/adapters/code/index.ts'
import { lowerSource } from '../../../src/adapters/code/lower/index.ts'
import type { CodeFacts, CodeQuestion } from '../../../src/model/code.ts'
import type { Cache } from '../../../src/model/world.ts'

const files = {
  'package.json': '{ "name": "shop", "dependencies": { "hono": "4", "drizzle-orm": "1" } }',
  'schema.ts': "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', {\n  email: text('email'),\n})\n",
  'db.ts': "import { drizzle } from 'drizzle-orm/node-postgres'\nexport const db = drizzle('')\n",
  'find.ts': "import { db } from './db'\nimport { users } from './schema'\n\nexport const find = () => db.select({ e: users.email }).from(users)\n",
  'app.ts':
    "import { Hono } from 'hono'\nimport { find } from './find'\nconst app = new Hono()\napp.get('/users', async (c) => c.json(await find()))\nexport default app\n",
  'list.tsx': "import type { users } from './schema'\nexport const List = (u: typeof users.$inferSelect) => <p>{u.email}</p>\n",
  'label.tsx':
    "import type { users } from './schema'\nexport const Label = ({ user, text }: { user: typeof users.$inferSelect, text: string }) => <p>{text}</p>\n",
  'plain.tsx': "export const plain = [{ email: 'x' }]\nexport const Plain = () => <p>{plain.length}</p>\n",
  'users.test.ts': "import { users } from './schema'\nconst made = { email: 'x' }\nexport const rows = [users, made]\n",
} as const

const question: CodeQuestion = { texts: ['column:users.email'] }

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
let cache: Memory
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-kept-'))
  cache = new Memory()
  for (const [path, text] of Object.entries(files)) write(path, text)
  // What was changed just now is not believed to stay so.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(root, { recursive: true, force: true })
})

/** The facts, and whether something was followed for them: what is followed is kept again. */
const ask = async (asked = question): Promise<{ readonly facts: CodeFacts; readonly isFollowed: boolean }> => {
  const keys = [...cache.kept.keys()].filter((key) => key.startsWith('code facts'))
  const before = keys.map((key) => cache.kept.get(key))
  const facts = await codeFacts(root, cache, { ask: async () => asked })
  const after = [...cache.kept.keys()].filter((key) => key.startsWith('code facts'))
  return { facts, isFollowed: after.length > keys.length || keys.some((key, at) => cache.kept.get(key) !== before[at]) }
}

/** Asked twice with what is kept, once without: all the same. */
const askAfter = async (change: () => void): Promise<{ readonly facts: CodeFacts; readonly isFollowed: boolean }> => {
  await ask()
  change()
  const found = await ask()
  expect(found.facts).toEqual(await codeFacts(root, new Memory(), { ask: async () => question }))
  expect((await ask()).facts).toEqual(found.facts)
  return found
}

const lineOfFind = ({ facts }: { readonly facts: CodeFacts }): number | undefined => facts.functions.find(({ name }) => name === 'find')?.line

describe('facts that are kept', () => {
  it('are those of the code, and answer the same question again', async () => {
    const found = await askAfter(() => undefined)
    expect(found.isFollowed).toBe(false)
    expect(found.facts.entries.map(({ name }) => name)).toEqual(['GET /users'])
    expect(found.facts.mentions.map(({ file }) => file)).toEqual(['list.tsx', 'users.test.ts'])
  })

  it('move with the lines of an edit that changes no code', async () => {
    const found = await askAfter(() => write('find.ts', `// one\n// two\n${files['find.ts']}// three\n`))
    expect([found.isFollowed, lineOfFind(found)]).toEqual([true, 6])
    const behind = await askAfter(() => write('find.ts', `${files['find.ts'].trimEnd()} // that is all\n// behind it\n`))
    expect([behind.isFollowed, lineOfFind(behind)]).toEqual([false, 4])
    const between = await askAfter(() => write('find.ts', files['find.ts'].replace('\n\n', '\n\n// between\n')))
    expect([between.isFollowed, lineOfFind(between)]).toEqual([false, 5])
  })

  it.each([
    ['of code', () => write('find.ts', files['find.ts'].replace('{ e: users.email }', ''))],
    ['of an import', () => write('app.ts', files['app.ts'].replace("'./find'", "'./other'"))],
    ['of the schema', () => write('schema.ts', files['schema.ts'].replace("'email'", "'mail'"))],
    ['of what a test imports', () => write('users.test.ts', `import './db'\n${files['users.test.ts']}`)],
    ['that makes a test parse no more', () => write('users.test.ts', `${files['users.test.ts']}(((`)],
    ['of a component', () => write('list.tsx', files['list.tsx'].replace('u.email', 'u.mail'))],
    ['that makes a component of a file', () => write('label.tsx', files['label.tsx'].replace('text', 'user.email'))],
    ['that parses no more', () => write('find.ts', `${files['find.ts']}(((`)],
    ['of a setting', () => write('package.json', files['package.json'].replace('shop', 'store'))],
    ['that adds a file', () => write('more.ts', files['find.ts'])],
    ['that takes one away', () => rmSync(join(root, 'users.test.ts'))],
  ])('are not believed after an edit %s', async (_what, change) => {
    expect((await askAfter(change)).isFollowed).toBe(true)
  })

  it.each([
    ['of a test', () => write('users.test.ts', `\n${files['users.test.ts'].replace('email', 'mail')}`), []],
    ['that adds a mention to a test', () => write('users.test.ts', `${files['users.test.ts']}export const mail = { email: 'y' }\n`), [2, 4]],
    ['of a file that nobody reads', () => write('colors.ts', "export const colors = ['blue']\n"), [2]],
    ['of SQL in such a file', () => write('colors.ts', "export const colors = 'SELECT email FROM users'\n"), [2, 'colors.ts']],
    ['of a component that leads to no row', () => write('plain.tsx', files['plain.tsx'].replace('email', 'email }, { email')), [2]],
  ] as const)('stay after an edit %s, which only changes what that file mentions', async (_what, change, mentioned) => {
    write('colors.ts', "export const colors = ['red']\n")
    const found = await askAfter(change)
    expect(found.isFollowed).toBe(false)
    expect(found.facts.mentions.flatMap(({ file, line }) => (file === 'list.tsx' ? [] : file === 'users.test.ts' ? line : file))).toEqual(
      expect.arrayContaining([...mentioned]),
    )
  })

  it('stay after edits of several kinds at once', async () => {
    const found = await askAfter(() => {
      write('find.ts', files['find.ts'].replace('\n\n', '\n\n// between\n'))
      write('users.test.ts', `\n${files['users.test.ts']}`)
      write('plain.tsx', `\n${files['plain.tsx']}`)
    })
    expect([found.isFollowed, lineOfFind(found)]).toEqual([false, 5])
  })

  it('answer no other question, and each question has its own', async () => {
    const other = { texts: ['column:users.name'] }
    const first = await ask()
    for (const asked of [other, {}, { texts: [] }, { ...question, names: ['users_email_key'] }]) {
      const found = await ask(asked)
      expect(found).toEqual({ facts: await codeFacts(root, new Memory(), { ask: async () => asked }), isFollowed: true })
      expect(await ask(asked)).toEqual({ ...found, isFollowed: false })
    }
    expect(await ask()).toEqual({ ...first, isFollowed: false })
  })

  it('are as if they were not there where they cannot be read', async () => {
    const { facts } = await ask()
    for (const key of cache.kept.keys()) if (key.startsWith('code facts')) cache.kept.set(key, new Uint8Array([123, 34]))
    expect((await ask()).facts).toEqual(facts)
  })

  it('are not kept of a setting that was changed a moment ago', async () => {
    vi.useRealTimers()
    write('package.json', files['package.json'])
    await ask()
    expect([...cache.kept.keys()].filter((key) => key.startsWith('code facts'))).toEqual([])
  })
})

describe('sameCode', () => {
  const linesOf = (before: string, after: string) => sameCode(lowerSource('a.ts', before), lowerSource('a.ts', after))

  it('says where each line is now', () => {
    expect([...(linesOf('a()\nb()', '// c\na()\n\nb()') ?? [])]).toEqual(
      expect.arrayContaining([
        [1, 2],
        [2, 4],
      ]),
    )
  })

  it('knows other code, and lines of which it cannot be said', () => {
    expect(linesOf('a()', 'b()')).toBeUndefined()
    expect(linesOf('a(1)', 'a("1")')).toBeUndefined()
    expect(linesOf('a({ x, y })', 'a({ x })')).toBeUndefined()
    expect(linesOf('a(); b()', 'a()\nb()')).toBeUndefined()
    expect(linesOf('a()\nb()', 'a(); b()')).toBeUndefined()
    expect(linesOf('a(', 'a(')).toBeUndefined()
  })
})
