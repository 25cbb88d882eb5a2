/** What `lint` looks at is noted whole: after anything that changes its report, what was seen is not there any more (docs/decisions/0035). */
import fs, { cpSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, utimesSync } from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { askAgain } from '../../src/adapters/git/again.ts'
import { looksAsSeen, notedEnvironment, recordedSights, recordSights, type Sights } from '../../src/adapters/sights.ts'
import { witnessed } from '../../src/cli/witnessed.ts'
import { createWorld } from '../../src/cli/world.ts'
import { ToolError } from '../../src/model/error.ts'
import { judgeNew } from '../../src/operations/landed.ts'
import { lint } from '../../src/operations/lint.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { journal, makePlace, type Place } from './place.ts'

const shop = join(import.meta.dirname, '../../examples/shop/drizzle')
let place: Place
let env: Record<string, string | undefined>

const at = (path: string): string => join(place.path, path)
const text = (path: string): string => readFileSync(at(path), 'utf8')
const edit = (path: string, from: string, to: string): void => {
  const before = text(path)
  expect(before).toContain(from)
  place.write({ [path]: before.replace(from, to) })
}
const entries = (): readonly { readonly tag: string; readonly when: number }[] => JSON.parse(text('drizzle/meta/_journal.json')).entries
const fresh = 'ALTER TABLE orders ADD CONSTRAINT total_known CHECK (total_cents > 0);\nCREATE INDEX by_placed ON orders (placed_at);'

const landed = ['0000_customers_and_addresses', '0001_categories_and_products', '0002_orders', '0003_line_totals']
const part = (folder: string): void => {
  for (const tag of landed) cpSync(join(shop, `${tag}.sql`), join(template.path, folder, `${tag}.sql`))
  for (const tag of landed) cpSync(join(shop, `meta/${tag.slice(0, 4)}_snapshot.json`), join(template.path, folder, `meta/${tag.slice(0, 4)}_snapshot.json`))
  template.write({ [`${folder}/meta/_journal.json`]: journal(landed.map((tag) => ({ tag, sql: '' }))) })
}

/** The beginning of the shop has landed in origin/main; one migration is new. */
let template: Place
beforeAll(async () => {
  await loadSql()
  template = makePlace()
  part('drizzle')
  part('other')
  template.write({
    'package.json': '{"name":"shop"}',
    'drizzle.config.ts': `import { out } from './place.js'\nexport default { dialect: 'postgresql', schema: './schema.ts', out: process.env.OUT ?? out }`,
    'place.ts': `export const out = './drizzle'`,
    'schema.ts': '',
    'pgstrata.config.json': '{}',
  })
  template.git('init', '-q')
  template.git('add', '.')
  template.git('commit', '-qm', 'shop')
  template.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  template.write({ 'drizzle/0004_new.sql': fresh, 'drizzle/meta/_journal.json': journal([...landed, '0004_new'].map((tag) => ({ tag, sql: '' }))) })
})
afterAll(() => template.remove())
beforeEach(() => {
  place = makePlace()
  env = { OUT: undefined }
  cpSync(template.path, place.path, { recursive: true })
  // What was written a moment ago is not kept; for the test it is a minute old.
  const later = Date.now() + 60_000
  vi.spyOn(Date, 'now').mockReturnValue(later)
})
afterEach(() => {
  vi.restoreAllMocks()
  place.remove()
})

type Run = { readonly report: unknown; readonly sights: Sights | undefined }

const run = async (files: readonly string[] = [], since?: string): Promise<Run> => {
  recordSights()
  try {
    await using open = await createWorld({
      cwd: place.path,
      env: notedEnvironment(env),
      settled: true,
      judging: { all: false, ...(since === undefined ? {} : { since }) },
    })
    const world = witnessed(open)
    const report = await lint.run(world, { arguments: files, flags: { staged: false, fix: false } as never })
    return { report: await judgeNew(world, report, world.judging), sights: recordedSights() }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { report: error.message, sights: undefined }
  }
}

const holds = ({ paths, variables, git }: Sights): boolean =>
  [...paths].every(([path, seen]) => looksAsSeen(path, seen)) &&
  [...variables].every(([name, value]) => env[name] === value) &&
  git.every(({ question, answer }) => askAgain(question) === answer)

const seenBy = async (files?: readonly string[], since?: string): Promise<{ readonly report: unknown; readonly sights: Sights }> => {
  const { report, sights } = await run(files, since)
  if (!sights) throw new Error('not all was noted')
  return { report, sights }
}

test('nothing has changed: what was seen is still there, and the report is the same', async () => {
  for (const files of [[], ['drizzle/0004_new.sql'], ['drizzle/0002_orders.sql', 'drizzle/0003_line_totals.sql']]) {
    const { report, sights } = await seenBy(files)
    expect(holds(sights)).toBe(true)
    expect((await run(files)).report).toEqual(report)
    expect(holds(sights)).toBe(true)
  }
})

/** As an editor that keeps the time of the last change. */
const editSilently = (path: string, from: string, to: string): void => {
  const { size, atime, mtime } = statSync(at(path))
  edit(path, from, to)
  utimesSync(at(path), atime, mtime)
  expect(statSync(at(path))).toMatchObject({ size, mtime })
}

const changes: [what: string, change: () => void, since?: string][] = [
  ['a new migration says something else, with the same size and the same time', () => editSilently('drizzle/0004_new.sql', 'by_placed', 'by_placer')],
  ['a migration that has landed says something else', () => edit('drizzle/0002_orders.sql', ';', ';\nSELECT 1;')],
  ['a migration that has landed is gone', () => unlinkSync(at('drizzle/0002_orders.sql'))],
  ['a file without an entry of the journal', () => place.write({ 'drizzle/0005_stray.sql': 'SELECT 1;' })],
  ['the journal has another time', () => edit('drizzle/meta/_journal.json', String(entries()[3]?.when), '1')],
  ['the journal names one more', () => place.write({ 'drizzle/meta/_journal.json': text('drizzle/meta/_journal.json').replace('0004_new', '0004_newer') })],
  [
    'a waiver',
    () => edit('drizzle/0004_new.sql', 'CREATE INDEX', '-- pgstrata: ignore index-not-concurrent until 2027-01-01, the table is empty\nCREATE INDEX'),
  ],
  ['a snapshot is gone', () => unlinkSync(at('drizzle/meta/0003_snapshot.json'))],
  ['a snapshot is another', () => edit('drizzle/meta/0003_snapshot.json', '"prevId": "', '"prevId": "0')],
  ['the configuration', () => place.write({ 'pgstrata.config.json': '{"postgres":17}' })],
  ['a configuration of a name that goes before', () => place.write({ 'pgstrata.config.mjs': 'export default { postgres: 17 }' })],
  ['the Drizzle config', () => edit('drizzle.config.ts', '?? out', `?? './other'`)],
  ['a Drizzle config of a name that comes after', () => place.write({ 'drizzle.config.json': '{"dialect":"postgresql","out":"./other"}' })],
  ['a file that the Drizzle config imports', () => place.write({ 'place.ts': `export const out = './other'` })],
  ['a file that such an import means before the other', () => place.write({ 'place.js': `export const out = './other'` })],
  ['a variable that the Drizzle config reads', () => void (env.OUT = './other')],
  [
    'a script that names another config',
    () => {
      place.write({
        'package.json': '{"name":"shop","scripts":{"db":"drizzle-kit push --config other.config.ts"}}',
        'other.config.ts': `export default { dialect: 'postgresql', out: './other' }`,
      })
    },
  ],
  [
    'a workspace',
    () => {
      place.write({ 'package.json': '{"name":"shop","workspaces":["apps/*"]}', 'apps/web/drizzle.config.json': '{"dialect":"postgresql","out":"../../other"}' })
    },
  ],
  [
    'a statistics profile',
    () => {
      const relations = {}
      place.write({
        'pgstrata.profile.json': JSON.stringify({
          schema: 'pgstrata/profile@1',
          environment: 'p',
          observedAt: '2026-11-01T00:00:00Z',
          postgres: 15,
          relations,
        }),
      })
    },
  ],
  ['what is run by hand before', () => place.write({ 'drizzle.before.sql': '-- pgstrata: before 0004_new\nSELECT 1;\n' })],
  [
    'the new migration lands',
    () => {
      place.git('add', '.')
      place.git('commit', '-qm', 'more')
      place.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    },
  ],
  [
    'a landed migration was edited in a commit',
    () => {
      edit('drizzle/0002_orders.sql', ';', ';;')
      place.git('add', 'drizzle/0002_orders.sql')
      place.git('commit', '-qm', 'edited')
    },
  ],
  ['the upstream branch is gone', () => void place.git('update-ref', '-d', 'refs/remotes/origin/main')],
  [
    'the ref of --since names another commit',
    () => {
      place.git('add', '.')
      place.git('commit', '-qm', 'more')
      place.git('tag', '-f', 'mark')
    },
    'mark',
  ],
  ['it is no repository any more', () => rmSync(at('.git'), { recursive: true })],
  ['the folder is gone', () => rmSync(at('drizzle'), { recursive: true })],
]

describe('what was seen is not there any more, and the report is another', () => {
  test.each(changes)('%s', async (_what, change, since) => {
    if (since) place.git('tag', since)
    const { report, sights } = await seenBy([], since)
    change()
    expect(holds(sights)).toBe(false)
    expect((await run([], since)).report).not.toEqual(report)
  })

  test('a file that is judged by itself', async () => {
    place.write({ 'one.sql': 'CREATE INDEX a ON orders (id);' })
    const { report, sights } = await seenBy(['one.sql'])
    editSilently('one.sql', 'CREATE INDEX a', 'DROP INDEX a;-')
    expect(holds(sights)).toBe(false)
    expect((await run(['one.sql'])).report).not.toEqual(report)
  })
})

test('a configuration in TypeScript that is data tells all by its text', async () => {
  place.write({
    'pgstrata.config.ts': `import { defineConfig, env } from 'pgstrata'\n/** Ours. */\nexport default defineConfig({ postgres: 16, environments: { dev: { url: env('DEV') } } })`,
  })
  const { sights } = await seenBy()
  expect(holds(sights)).toBe(true)
  edit('pgstrata.config.ts', '16', '17')
  expect(holds(sights)).toBe(false)
})

describe('what cannot be asked again is not noted as the whole', () => {
  test.each<[string, () => void]>([
    ['a configuration that is a program', () => place.write({ 'pgstrata.config.mjs': 'export default { postgres: Number(process.env.MAJOR ?? 16) }' })],
    [
      'a file that was written a moment ago',
      () => {
        vi.restoreAllMocks()
        edit('drizzle/0004_new.sql', 'CREATE', 'create')
      },
    ],
  ])('%s', async (_what, change) => {
    change()
    const { report, sights } = await run()
    expect(report).toHaveProperty('findings')
    expect(sights).toBeUndefined()
  })
})

/** Paths that are asked of Node's file system while `work` runs. */
const asked = async (work: () => Promise<unknown>): Promise<ReadonlySet<string>> => {
  const paths = new Set<string>()
  const spied = [fs, promises].flatMap((module) =>
    Object.entries(module).flatMap(([name, original]) => {
      if (typeof original !== 'function' || /^[A-Z_]|^write|^close|^fstat/.test(name)) return []
      const own = module as unknown as Record<string, unknown>
      own[name] = (...given: readonly unknown[]) => {
        if (typeof given[0] === 'string') paths.add(given[0])
        return (original as (...given: readonly unknown[]) => unknown).apply(module, [...given])
      }
      return [() => void (own[name] = original)]
    }),
  )
  syncBuiltinESMExports()
  try {
    await work()
  } finally {
    for (const restore of spied) restore()
    syncBuiltinESMExports()
  }
  return paths
}

test.each([[[]], [['drizzle/0004_new.sql']], [['one.sql']]])('all that is asked of the file system below the place is noted: %j', async (files) => {
  place.write({ 'one.sql': 'CREATE INDEX a ON orders (id);', 'pgstrata.config.json': '{}' })
  let seen: ReadonlySet<string> = new Set()
  const paths = await asked(async () => {
    seen = new Set((await seenBy(files)).sights.paths.keys())
  })
  const below = [...paths].filter((path) => path.startsWith(place.path))
  expect(below.length).toBeGreaterThan(5)
  expect(below.filter((path) => !seen.has(path))).toEqual([])
  expect(readdirSync(place.path)).toContain('one.sql')
})
