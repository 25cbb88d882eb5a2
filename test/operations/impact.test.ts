import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { CodeFacts } from '../../src/model/code.ts'
import { ToolError } from '../../src/model/error.ts'
import type { Json } from '../../src/model/json.ts'
import { type Report, verdictOf } from '../../src/model/report.ts'
import type { Judging, World } from '../../src/model/world.ts'
import { impact } from '../../src/operations/impact.ts'
import { markdown } from '../../src/renderers/markdown.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { sarif } from '../../src/renderers/sarif.ts'
import { chat, noFacts } from '../features/impact/facts.ts'
import { options } from '../renderers/report.ts'
import { makePlace, type Place } from './place.ts'

const first = {
  tag: '0000_chat',
  sql: 'CREATE TABLE "Chat" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), title text NOT NULL, visibility text, "createdAt" timestamp);',
}
const drop = { tag: '0001_drop', sql: 'ALTER TABLE "Chat" DROP COLUMN title;' }

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

type Asked = {
  readonly migration?: readonly string[]
  readonly change?: readonly string[]
  readonly root?: string
  readonly since?: string
  readonly types?: World['types']
}

const run = async (
  targets: readonly string[],
  { migration = [], change = [], root = '.', since, types }: Asked = {},
  facts: CodeFacts = chat,
): Promise<Report> => {
  const judging: Judging = { all: false, ...(since === undefined ? {} : { since }) }
  await using world = await createWorld({ cwd: place.path, judging, env: { ...process.env, XDG_CACHE_HOME: `${place.path}/.cache` }, folder: 'drizzle' })
  return await impact.run(
    { ...world, code: async () => facts, types: types ?? world.types },
    { arguments: targets, flags: { migration, change, root, types: types !== undefined, release: undefined, full: false } },
  )
}

const told = (report: Report, width = 100): string => pretty.render(report, { ...options, width })
const stopped = async (asked: Promise<Report>): Promise<ToolError> => {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ToolError) return error
  throw error ?? new Error('it did not stop')
}
const dataOf = ({ data }: Report) => data as { readonly [key: string]: Json }

describe('targets', () => {
  test('the answer is a sentence; entry, path, weakest part and files follow', async () => {
    place.migrations([first])
    const report = await run(['column:chat.title'])
    const text = told(report)
    expect(text).toContain('2 routes and 1 page read Chat.title; 1 route writes it; 1 route, 1 page and 1 job delete rows of it.')
    expect(text).toMatch(/read it by name \(1\)[\s\S]*page \/chat\/\[id\][\s\S]*calls listTitles/)
    expect(text.indexOf('read it by name')).toBeLessThan(text.indexOf('carry it along in whole rows'))
    expect(text).toMatch(/calls deleteChat {2}app\/route.ts:12 {2}← likely/)
    expect(text).toMatch(/user interface[\s\S]*ui\/sidebar.tsx:8/)
    expect(text).toMatch(/near it, and not followed \(1\)[\s\S]*db\/dynamic.ts:9/)
    expect(text).toContain('1 file could not be parsed')
    expect(report).toMatchObject({
      operation: 'impact',
      informs: true,
      findings: [],
      analysed: { files: 12, followed: 9, unparsed: 1, tables: 3, entries: 5, gaps: 2 },
    })
    expect(verdictOf(report)).toBe('clean')
  })

  test('data as the contract has it, with the graph', async () => {
    place.migrations([first])
    const data = dataOf(await run(['column:chat.title', 'table:Chat']))
    expect(data.targets).toMatchObject([
      { target: 'column:Chat.title', entries: expect.any(Array), files: expect.any(Array), notAnalysed: [{ file: 'db/dynamic.ts', line: 9 }] },
      { target: 'table:Chat' },
    ])
    const [{ entries }] = data.targets as unknown as [{ entries: readonly Json[] }]
    expect(entries[0]).toEqual({
      entry: 'page /chat/[id]',
      kind: 'page',
      framework: 'next',
      file: 'app/page-chat-id-.ts',
      line: 3,
      access: 'read',
      via: 'explicit',
      confidence: 'certain',
      path: [
        { file: 'app/page-chat-id-.ts', line: 3, what: 'page /chat/[id]', confidence: 'certain' },
        { file: 'app/page.tsx', line: 13, what: 'calls listTitles', confidence: 'certain' },
        { file: 'db/queries.ts', line: 50, what: 'sorts by chat.title', confidence: 'certain' },
      ],
    })
    expect(data.graph).toMatchObject({ nodes: expect.arrayContaining([expect.objectContaining({ kind: 'table', name: 'Chat' })]) })
    expect(data.notAnalysed).toHaveLength(2)
  })

  test('without a migrations folder the code answers, and what is not known is said', async () => {
    const report = await run(['column:chat.title'])
    expect(told(report, 250)).toContain('nothing is known of indexes, constraints, views and functions')
    expect(verdictOf(report)).toBe('clean')
  })

  test('a narrow terminal', async () => {
    place.migrations([first])
    for (const line of told(await run(['column:chat.title']), 60).split('\n')) expect(line.length).toBeLessThanOrEqual(60)
  })
})

describe('--types', () => {
  const types: World['types'] = async (_, asked) =>
    asked.map((removals) => ({
      compiler: { engine: 'typescript-7', version: '7.0.2' },
      found: [
        { file: 'db/queries.ts', line: 30, code: 2353, message: `${removals[0]?.kind} is gone`, how: 'drop', statement: [30, 30], functions: [] },
        { file: 'ui/sidebar.tsx', line: 9, code: 2339, message: 'Property title does not exist', how: 'brand', statement: [9, 9], functions: [] },
      ],
      notes: ['the compiler does not read ui/App.vue'],
    }))

  test('the compiler agrees with a way, and finds what none holds', async () => {
    const report = await run(['column:chat.title'], { types })
    const text = told(report)
    expect(text).toMatch(/POST \/api\/chat {2}app\/POST-api-chat.ts:3 {2}the compiler agrees/)
    expect(text).toContain('TypeScript 7.0.2 finds 2 places, and agrees with 2 ways of 8.')
    expect(text).toMatch(/the compiler also finds \(1\)[\s\S]*Property title does not exist {2}ui\/sidebar.tsx:9/)
    expect(text).toContain('the compiler does not read ui/App.vue')
    expect(verdictOf(report)).toBe('clean')
    expect(dataOf(report).targets).toMatchObject([
      {
        types: {
          engine: 'typescript-7',
          version: '7.0.2',
          found: [
            { file: 'db/queries.ts', line: 30, code: 2353, message: 'column is gone', how: 'drop', onPath: true, entries: [] },
            { file: 'ui/sidebar.tsx', line: 9, code: 2339, how: 'brand', onPath: false },
          ],
          notes: ['the compiler does not read ui/App.vue'],
        },
      },
    ])
  })

  test('what has no text in the schema is said; the others are asked', async () => {
    place.migrations([{ ...first, sql: `${first.sql} CREATE INDEX chat_title ON "Chat" (title);` }])
    const report = await run(['index:chat_title', 'table:chat'], { types })
    expect(dataOf(report).targets).toMatchObject([
      { types: { engine: null, version: null, found: [], notes: [expect.stringContaining('types not available: no text of the schema is chat_title')] } },
      { types: { engine: 'typescript-7', found: [{ message: 'table is gone' }, {}] } },
    ])
    expect(verdictOf(report)).toBe('clean')
  })

  test('without a target there is nothing to ask', async () => {
    expect(await stopped(run([], { change: ['drop chat.title'], types }))).toMatchObject({ code: 'usage', message: expect.stringContaining('--types') })
  })
})

describe('changes', () => {
  test('a migration: what breaks, the order, a finding at each place of the code', async () => {
    place.migrations([first, drop])
    const report = await run([], { migration: ['0001_drop'] })
    const text = told(report)
    expect(text).toMatch(/risk\s+high: drops Chat.title: what 3 entries send is refused/)
    expect(text).toContain('deployment: expand and contract')
    expect(text).toMatch(/2 release\s+stops reading and writing Chat.title[\s\S]*3 migration\s+drops Chat.title {2}ALTER TABLE "Chat" DROP COLUMN title;/)
    expect(report.findings.map(({ rule, severity, file, line }) => ({ rule, severity, file, line }))).toEqual([
      { rule: 'impact-breaks-code', severity: 'warning', file: 'db/queries.ts', line: 30 },
      { rule: 'impact-breaks-code', severity: 'warning', file: 'db/queries.ts', line: 50 },
      { rule: 'impact-breaks-code', severity: 'warning', file: 'db/old.ts', line: 70 },
      { rule: 'impact-breaks-rows', severity: 'note', file: 'drizzle/0001_drop.sql', line: 1 },
    ])
    expect(report.findings[0]?.message).toBe('drizzle/0001_drop.sql:1 drops Chat.title, and this inserts chat.title: it is refused (POST /api/chat).')
    expect(report.findings[2]?.message).toContain('no entry was seen to reach it')
    expect([verdictOf(report), verdictOf(report, 'warning')]).toEqual(['clean', 'findings'])
    expect(dataOf(report)).toMatchObject({
      risk: 'high',
      deploymentOrder: [{ change: '0001_drop', order: 'expand and contract' }],
      changes: [{ migration: '0001_drop', effort: { files: 4, entries: 3 } }],
    })
  })

  test('SARIF marks the lines of code, with --root before them; Markdown has the order', async () => {
    place.migrations([first, drop])
    const report = await run([], { migration: ['0001_drop'], root: 'apps/web' })
    expect(sarif.render(report, options)).toContain('"uri": "apps/web/db/queries.ts"')
    expect(markdown.render(report, options)).toContain('deployment: expand and contract')
  })

  test('a type that nobody knows is told', async () => {
    place.migrations([first])
    expect(told(await run([], { change: ['type chat.title to bigit'] }), 200)).toContain('neither PostgreSQL nor the migrations have a type bigit')
    expect(told(await run([], { change: ['type chat.title to bigint'] }), 200)).not.toContain('neither PostgreSQL nor')
  })

  test('many entries are shown by the place that they come to, and with --full each with its calls', async () => {
    place.migrations([first])
    const [route] = chat.entries.filter(({ kind }) => kind === 'route')
    const many = {
      ...chat,
      entries: [...chat.entries, ...[1, 2, 3, 4, 5, 6, 7].map((at) => ({ ...(route as (typeof chat.entries)[number]), name: `GET /more/${at}` }))],
    }
    const text = told(await run(['column:chat.title'], {}, many))
    expect(text).toContain('every entry with its calls: --full, or --format json')
    expect(text).toMatch(/and \d+ more/)
  })

  test('--since: the migrations that are new', async () => {
    place.migrations([first])
    place.git('init', '-q')
    place.git('add', '.')
    place.git('commit', '-qm', 'first')
    place.migrations([first, drop])
    expect(dataOf(await run([], { since: 'HEAD' })).changes).toMatchObject([{ change: '0001_drop' }])
  })

  test('a statement that memory cannot follow is unknown, never safe', async () => {
    place.migrations([
      first,
      { tag: '0001_do', sql: `DO $$ BEGIN EXECUTE format('ALTER TABLE "Chat" DROP COLUMN %I', current_setting('app.column')); END $$;` },
    ])
    const report = await run([], { migration: ['0001_do'] })
    expect(verdictOf(report)).toBe('unknown')
    expect(report.unknown).toMatchObject([{ what: expect.stringContaining('drizzle/0001_do.sql:1') }])
  })

  test('a change in words, with the folder and without', async () => {
    const bare = await run([], { change: ['rename chat.title to name'] })
    expect(told(bare)).toContain('expand and contract')
    place.migrations([first])
    const report = await run([], { change: ['rename chat.title to name'] })
    expect(told(report)).toMatch(/ALTER TABLE "Chat" ADD COLUMN name text;[\s\S]*UPDATE "Chat" SET name = title/)
    expect(report.findings[0]?.message).toContain('"rename chat.title to name"')
  })
})

describe('what stops it', () => {
  test('nothing is asked', async () => expect(await stopped(run([]))).toMatchObject({ code: 'usage', exit: 2, help: expect.stringContaining('--change') }))

  test('no source file; no Drizzle table', async () => {
    expect(await stopped(run(['table:a'], {}, { ...noFacts, counts: { files: 0, followed: 0, unparsed: 0 } }))).toMatchObject({
      code: 'nothing-analysed',
      exit: 2,
      help: expect.stringContaining('--root'),
    })
    expect(await stopped(run(['table:a'], {}, noFacts))).toMatchObject({ code: 'nothing-analysed', help: expect.stringContaining('pgTable') })
  })

  test('an unknown migration, and one where there is no folder', async () => {
    expect((await stopped(run([], { migration: ['0001_drop'] }))).exit).toBe(2)
    place.migrations([first, drop])
    expect(await stopped(run([], { migration: ['0001_dorp'] }))).toMatchObject({ code: 'no-such-migration', help: 'Did you mean 0001_drop?' })
  })
})
