import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Baseline, baselines } from '../../bench/impact/baselines.ts'
import { handlerOf } from '../../bench/impact/handlers.ts'
import { type Project, readProject } from '../../bench/impact/project.ts'
import type { Target } from '../../bench/impact/truth.ts'

const files: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "root" }',
  // Drizzle in small: reading the real types takes seconds.
  'packages/drizzle/package.json': '{ "name": "drizzle-orm", "exports": { "./pg-core": "./pg-core.ts" } }',
  'packages/drizzle/pg-core.ts': 'export const pgTable = <T>(name: string, columns: T): T => columns; export const text = (name: string) => name',
  'packages/db/package.json': '{ "name": "@shop/db", "exports": { "./schema": "./src/schema.ts" } }',
  'packages/db/src/schema.ts': `import { pgTable, text } from 'drizzle-orm/pg-core'
export const orders = pgTable('orders', { id: text('id'), note: text('note_text') })
`,
  'app/tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }',
  'app/src/notes.ts': `import { orders } from '@shop/db/schema'
export const readNotes = (db: any) => db.select({ it: orders.note }).from(orders)
`,
  'app/src/routes.ts': `import { readNotes } from '~/notes'
const app: any = {}
app
  .get('/notes', async (c: any) => {
    return c.json(await readNotes(c.db))
  })
  .get('/health', () => 'note this: fine')
export const router = { list: (db: any) => readNotes(db), other: () => 1 }
`,
}

const target: Target = {
  id: 'shop:column:orders.note_text',
  repo: 'shop/shop',
  commit: '0',
  target: { kind: 'column', name: 'orders.note_text', tsTable: 'orders', tsColumn: 'note', schemaFile: 'packages/db/src/schema.ts' },
  reads: [],
  writes: [],
  deletes: [],
  accept: [],
  sure: 'high',
}

const directory = mkdtempSync(join(tmpdir(), 'pgstrata-baselines-'))
let project: Project
let found: ReadonlyMap<string, readonly string[]>

const places = [
  { entry: 'GET /notes', file: 'app/src/routes.ts', line: 4 },
  { entry: 'GET /health', file: 'app/src/routes.ts', line: 7 },
  { entry: 'trpc notes.list', file: 'app/src/routes.ts' },
  { entry: 'trpc notes.other', file: 'app/src/routes.ts' },
]

beforeAll(() => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  project = readProject(directory)
  const handlers = places.map((place) => handlerOf(project, place))
  const list: readonly Baseline[] = baselines(project, handlers)
  found = new Map(list.map(({ name, find }) => [name, find(target).map(({ entry }) => entry)]))
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('imports resolve by tsconfig paths and by the names of the workspace’s packages, with nothing installed', () => {
  expect(project.resolve('~/notes', 'app/src/routes.ts')).toBe('app/src/notes.ts')
  expect(project.resolve('@shop/db/schema', 'app/src/notes.ts')).toBe('packages/db/src/schema.ts')
  expect(project.resolve('hono', 'app/src/routes.ts')).toBeUndefined()
})

test('a handler is found by its line, else by its name', () => {
  const text = (entry: (typeof places)[number]): string => {
    const { start, end } = handlerOf(project, entry)
    return project.text(entry.file).slice(start, end)
  }
  expect(places.map((place) => text(place).replaceAll(/\s+/g, ' '))).toEqual([
    'async (c: any) => { return c.json(await readNotes(c.db)) }',
    "() => 'note this: fine'",
    'list: (db: any) => readNotes(db)',
    'other: () => 1',
  ])
})

test('the name is searched for in handlers, in files, and in whatever imports them', () => {
  expect(found.get('name in the handler')).toEqual(['GET /health'])
  expect(found.get('name in the file')).toEqual(places.map(({ entry }) => entry))
  expect(found.get('name, then all importers')).toEqual(places.map(({ entry }) => entry))
})

test('references are followed from the column through functions to handlers', () => {
  expect(found.get('findReferences, followed up')?.toSorted()).toEqual(['GET /notes', 'trpc notes.list'])
})
