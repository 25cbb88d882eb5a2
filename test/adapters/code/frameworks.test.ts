/** Every framework's examples are written to a directory and analysed as any repository is. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FrameworkExample } from '../../../src/adapters/code/frameworks/define.ts'
import { frameworks } from '../../../src/adapters/code/frameworks/index.ts'
import { codeFacts } from '../../../src/adapters/code/index.ts'
import { validators } from '../../../src/adapters/code/validators/index.ts'
import { createCache } from '../../../src/adapters/store/cache.ts'
import type { CodeEntry, CodeFacts } from '../../../src/model/code.ts'

const common: Readonly<Record<string, string>> = {
  'schema.ts': `
    import { integer, pgTable, text } from 'drizzle-orm/pg-core'
    export const users = pgTable('users', { id: integer('id').primaryKey(), name: text('name'), email: text('email') })
  `,
  'db.ts': `
    import { drizzle } from 'drizzle-orm/node-postgres'
    import * as schema from './schema'
    export const db = drizzle('postgres://localhost', { schema })
  `,
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgstrata-frameworks-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const write = (root: string, files: FrameworkExample['files']): void => {
  for (const [path, text] of Object.entries({ ...common, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

/** What an entry's functions, and those that they call, do with columns; rows that are deleted count for their table. */
const usesOf = ({ functions, tables }: CodeFacts, { runs }: CodeEntry): readonly string[] => {
  const reached = new Set(runs.map(({ to }) => to))
  for (const at of reached) for (const { to } of functions[at]?.calls ?? []) reached.add(to)
  return [...reached].flatMap((at) =>
    (functions[at]?.uses ?? []).flatMap(({ access, table, column }) => {
      const name = tables[table]?.name
      if (column !== undefined) return [`${access} ${name}.${column}`]
      return access === 'delete' ? [`${access} ${name}`] : []
    }),
  )
}

const analysed = async (root: string): Promise<Record<string, string>> => {
  const facts = await codeFacts(root, createCache({ directory: join(folder, 'cache'), build: '1' }), { ask: async () => ({}) })
  const found = new Map<string, Set<string>>()
  for (const entry of facts.entries) found.set(entry.name, new Set([...(found.get(entry.name) ?? []), ...usesOf(facts, entry)]))
  return Object.fromEntries([...found].map(([name, uses]) => [name, [...uses].sort().join(', ')]))
}

describe('frameworks', () => {
  const membersIn = (directory: string, others: readonly string[]): readonly string[] =>
    readdirSync(new URL(`../../../src/adapters/code/${directory}/`, import.meta.url), { withFileTypes: true })
      .filter((file) => file.isFile() && !others.includes(file.name))
      .map(({ name }) => name.replace('.ts', ''))
      .sort()

  // Clients of the database are made for each run, and tested by themselves.
  it('are all listed, each once', () => {
    expect(frameworks.map(({ id }) => id).sort()).toEqual(membersIn('frameworks', ['index.ts', 'define.ts', 'where.ts', 'pg.ts', 'postgres.ts']))
    expect(validators.map(({ id }) => id).sort()).toEqual(membersIn('validators', ['index.ts', 'fields.ts', 'makers.ts', 'schema.ts', 'shape.ts']))
  })

  for (const { id, title, packages, examples } of [...frameworks, ...validators])
    describe(title, () => {
      it('says what it speaks for, and shows it', () => {
        expect(packages.length).toBeGreaterThan(0)
        expect(examples.length).toBeGreaterThan(0)
      })

      for (const [at, { files, entries }] of examples.entries())
        it(`example ${at + 1} has its entries, and they use what they use`, async () => {
          const root = join(folder, id, String(at))
          write(root, files)
          expect(await analysed(root)).toEqual(entries)
        })
    })
})
