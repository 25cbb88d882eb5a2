/** The blast radius of new migrations, in a repository whose code the real analysis follows. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { CodeFacts, CodeQuestion } from '../../src/model/code.ts'
import { exitCodeOf, type Report, verdictOf } from '../../src/model/report.ts'
import { check } from '../../src/operations/check.ts'
import { comment } from '../../src/renderers/comment.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { options } from '../renderers/report.ts'
import { type Entry, makePlace, type Place } from './place.ts'

const schema = (...columns: readonly string[]): string => `
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
export const orders = pgTable('orders', { id: integer('id').primaryKey(), total: integer('total').notNull()${columns.map((column) => `, ${column}: text('${column}')`).join('')} })
export const reviews = pgTable('reviews', { id: integer('id').primaryKey(), body: text('body') })
`
const app = (...lines: readonly string[]): string => `
import { Hono } from 'hono'
import { drizzle } from 'drizzle-orm/node-postgres'
import { orders, reviews } from './schema'
const db = drizzle('')
const app = new Hono()
app.get('/orders', async (c) => c.json(await db.select().from(orders)))
${lines.join('\n')}
app.get('/reviews', async (c) => c.json(await db.select().from(reviews)))
export default app
`
const readsNote = "app.get('/notes', async (c) => c.json(await db.select({ note: orders.note }).from(orders)))"
const writesNote = "app.post('/notes', async (c) => c.json(await db.update(orders).set({ note: 'x' })))"

const first: Entry = {
  tag: '0000_first',
  sql: 'CREATE TABLE orders (id integer PRIMARY KEY, total integer NOT NULL, note text, unused text);\n--> statement-breakpoint\nCREATE TABLE reviews (id integer PRIMARY KEY, body text);',
}
const dropNote: Entry = { tag: '0001_drop_note', sql: 'ALTER TABLE orders DROP COLUMN note;' }

let place: Place
beforeEach(() => {
  place = makePlace()
  place.write({ 'drizzle.config.json': '{ "dialect": "postgresql", "out": "drizzle" }' })
})
afterEach(() => place.remove())

/** What has landed. */
const land = (files: { readonly [path: string]: string } = { 'src/schema.ts': schema('note'), 'src/app.ts': app(readsNote, writesNote) }): void => {
  place.migrations([first])
  place.write(files)
  place.git('init', '-q')
  place.git('add', '.')
  place.git('commit', '-qm', 'landed')
}

let asked: string[]
const run = async ({ only = 'lint,impact', root = '.', since = 'HEAD' }: { only?: string; root?: string; since?: string } = {}): Promise<Report> => {
  asked = []
  const env = { ...process.env, XDG_CACHE_HOME: `${place.path}/.cache` }
  await using world = await createWorld({ cwd: place.path, config: {}, env, judging: { all: false, since } })
  const code = (below: string, ask: () => Promise<CodeQuestion>, commit?: string): Promise<CodeFacts> => {
    asked.push(commit === undefined ? 'here' : 'landed')
    return world.code(below, ask, commit)
  }
  return await check.run({ ...world, code }, { arguments: [], flags: { only, root, every: false } })
}
const partOf = ({ data }: Report) => (data as unknown as { impact: { verdict: string; migrations: readonly { breaks: readonly string[] }[] } }).impact
const told = (report: Report, width = 400): string => pretty.render(report, { ...options, width })

describe('the blast radius of new migrations', () => {
  test('policy and the pull request comment show it as blast radius', async () => {
    land()
    place.migrations([first, dropNote])
    place.write({ 'src/schema.ts': schema(), 'src/app.ts': app() })
    const report = await run()
    const line =
      /0001_drop_note.*breaks 3 routes: GET \/notes, POST \/notes, GET \/orders[.] It drops orders[.]note[.] Deploy: code first[.] The code here does not break[.]/
    expect(told(report)).toMatch(line)
    expect(comment.render(report, options).replaceAll(/[*`\\]/g, '')).toMatch(line)
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        rule: 'impact-breaks-entries',
        severity: 'warning',
        file: 'drizzle/0001_drop_note.sql',
        line: 1,
        migration: '0001_drop_note',
        message: expect.stringMatching(/^Drops orders[.]note: what 3 routes of the code that has landed \([0-9a-f]{9}\) send is refused once it has run/),
      }),
    )
    expect(partOf(report)).toMatchObject({
      verdict: 'findings',
      migrations: [{ migration: '0001_drop_note', order: 'code first', breaks: ['GET /notes', 'POST /notes', 'GET /orders'] }],
    })
    for (const narrow of told(await run({ only: 'impact' }), 60).split('\n')) expect(narrow.length).toBeLessThanOrEqual(60)
  })

  test('code here that breaks too is shown with its places', async () => {
    land()
    place.migrations([first, dropNote])
    expect(told(await run())).toMatch(/The code here breaks too: src\/app[.]ts:\d, src\/app[.]ts:\d and 1 more/)
  })

  test('where no code uses it any more the policy still says what it says, with a remark', async () => {
    land()
    place.migrations([first, { tag: '0001_unused', sql: 'ALTER TABLE orders DROP COLUMN unused;' }])
    const report = await run()
    const finding = report.findings.find(({ rule }) => rule === 'drop-column')
    expect(finding).toMatchObject({
      severity: 'error',
      message: expect.stringMatching(/No use of it was found in the code that has landed \([0-9a-f]{9}\)[.]$/),
    })
    expect(partOf(report)).toMatchObject({ verdict: 'clean', migrations: [{ breaks: [] }] })
    expect(told(report)).toContain('nothing of the code that was found breaks')
  })

  test('no code is followed where no migration is new, or none of its changes can break code', async () => {
    land()
    expect(told(await run({ only: 'impact' }))).toContain('no migration is new')
    place.migrations([
      first,
      { tag: '0001_more', sql: 'ALTER TABLE orders ADD COLUMN more text;\n--> statement-breakpoint\nCREATE INDEX orders_more ON orders (more);' },
    ])
    const report = await run({ only: 'impact' })
    expect(told(report)).toContain('1 new migration, none of which takes anything away from code')
    expect(asked).toEqual([])
    expect(partOf(report).verdict).toBe('clean')
  })

  test('a folder without Drizzle code beside it is told in a line, and is not unknown', async () => {
    land({ 'src/main.ts': 'export const nothing = 1' })
    place.migrations([first, dropNote])
    const report = await run({ only: 'impact' })
    expect(told(report)).toContain('no code here declares a Drizzle table, so nothing is known of what breaks; --root DIR names its directory')
    expect(exitCodeOf(verdictOf(report))).toBe(0)
  })

  test('code that has no entries is told apart, and --root names the application', async () => {
    land({ 'db/schema.ts': schema('note'), 'web/app.ts': app(readsNote).replace('./schema', '../db/schema') })
    place.migrations([first, dropNote])
    const narrow = told(await run({ only: 'impact', root: 'db' }))
    expect(narrow).toMatch(/the code of db that has landed[^;]*0 entries; --root DIR names the directory of the whole application/)
    expect(told(await run({ only: 'impact' }))).toContain('breaks 2 routes: GET /notes, GET /orders')
  })

  test('a directory that is not there is said', async () => {
    land()
    place.migrations([first, dropNote])
    await expect(run({ only: 'impact', root: 'nowhere' })).rejects.toMatchObject({ code: 'no-directory', exit: 2 })
  })

  test('a statement that memory cannot follow is judged by what PostgreSQL says it did', async () => {
    land()
    place.migrations([first, { tag: '0001_do', sql: `DO $$ BEGIN EXECUTE 'ALTER TABLE orders DROP COLUMN ' || quote_ident(lower('NOTE')); END $$;` }])
    const report = await run({ only: 'impact' })
    expect(partOf(report)).toMatchObject({ verdict: 'findings', migrations: [{ breaks: ['GET /notes', 'POST /notes', 'GET /orders'] }] })
  })

  test('a column that becomes NOT NULL: only what leaves it out breaks', async () => {
    const inserts = "app.post('/orders', async (c) => c.json(await db.insert(orders).values({ id: 1, total: 2 })))"
    land({ 'src/schema.ts': schema('note'), 'src/app.ts': app(inserts) })
    place.migrations([first, { tag: '0001_note', sql: 'ALTER TABLE orders ALTER COLUMN note SET NOT NULL;' }])
    expect(partOf(await run({ only: 'impact' })).migrations).toMatchObject([{ breaks: ['POST /orders'] }])
  })
})
