import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WorldOptions } from '../../src/cli/world.ts'
import { PostgresRefusal, ToolError } from '../../src/model/error.ts'
import type { Finding } from '../../src/model/finding.ts'
import { exitCodeOf, type Report, verdictOf } from '../../src/model/report.ts'
import { replayPart } from '../../src/operations/check/replay.ts'
import { readSubject } from '../../src/operations/check/subject.ts'
import { check } from '../../src/operations/check.ts'
import { judgeNew } from '../../src/operations/landed.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { cleanFolder } from '../../src/rules/examples.ts'
import { options } from '../renderers/report.ts'
import { makePlace, type Place } from './place.ts'

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

type Flags = { readonly only?: string; readonly every?: boolean }
const open = (world: WorldOptions = {}) => place.world(world)
const run = async ({ only, every = false }: Flags = {}, options: WorldOptions = {}): Promise<Report> => {
  await using world = await open(options)
  return await check.run(world, { arguments: [], flags: { only, root: '.', every } as never })
}
/** The replay alone: the folders of these tests have no snapshots. */
const replayed = (...sql: readonly string[]): Promise<Report> => {
  place.migrations(sql.map((text, at) => ({ tag: `000${at}_m`, sql: text })))
  return run({ only: 'replay' })
}
const exit = (report: Report): number => exitCodeOf(verdictOf(report))
const told = (report: Report): string => pretty.render(report, { ...options, width: 160 })
const partsOf = (report: Report, project = 0): Record<string, { verdict: string }> =>
  (report.data as { projects: { parts: Record<string, { verdict: string }> }[] }).projects[project]?.parts ?? {}

describe('check', () => {
  test('a clean folder: every part says what it has shown, and the report what was looked at', async () => {
    place.write(Object.fromEntries(Object.entries(cleanFolder).map(([path, text]) => [`drizzle/${path}`, text])))
    const report = await run({ only: 'folder,replay' })
    expect(report).toMatchObject({
      operation: 'check',
      analysed: { projects: 1, migrations: 2, statements: 2, opaque: 0, compared: 1 },
      findings: [],
      unknown: [],
    })
    expect(report.data).toMatchObject({
      folder: { verdict: 'clean', findings: 0 },
      replay: { verdict: 'clean', tables: 1 },
      projects: [
        {
          folder: 'drizzle',
          parts: {
            folder: { verdict: 'clean', findings: 0 },
            replay: {
              verdict: 'clean',
              analysed: { statements: 2 },
              tables: 1,
              engine: expect.stringMatching(/^embedded PostgreSQL \d+[.]\d+$/),
              compared: 1,
              stubbed: [],
            },
          },
        },
      ],
    })
    expect(told(report)).toContain('its catalog equals the one in memory')
    expect(exit(report)).toBe(0)
  })

  test('--every compares after each migration', async () => {
    place.migrations([0, 1, 2].map((at) => ({ tag: `000${at}_m`, sql: `CREATE TABLE t${at} (id integer);` })))
    expect((await run({ only: 'replay', every: true })).analysed).toMatchObject({ migrations: 3, compared: 3 })
  })

  test('--only folder starts no engine and replays nothing for the report', async () => {
    place.migrations([{ tag: '0000_m', sql: 'CREATE TABLE t (id integer);' }])
    const report = await run({ only: 'folder' }, { engine: 'pglite' })
    expect(Object.keys(partsOf(report))).toEqual(['folder'])
    expect(report.analysed).not.toHaveProperty('compared')
  })

  test('--only does not know every word', () =>
    expect(run({ only: 'folder,weather' })).rejects.toMatchObject({ code: 'usage', exit: 2, help: expect.stringContaining('folder, replay') }))

  test('SQL that cannot be parsed: one finding at its place', async () => {
    const report = await replayed(
      'CREATE TABLE t (id integer);',
      'ALTER TABLE t ADD COLUMN a text;--> statement-breakpoint\nALTER TABEL t\n  ADD COLUMN b text;',
    )
    expect(report.findings).toMatchObject([{ rule: 'unparsed', severity: 'error', file: 'drizzle/0001_m.sql', line: 2, column: 7, migration: '0001_m' }])
    expect(report.findings[0]?.message).toContain('TABEL')
    expect([exit(report), partsOf(report).replay?.verdict]).toEqual([1, 'findings'])
  })

  test('a statement that PostgreSQL refuses here: one finding at its place, with the SQLSTATE', async () => {
    const report = await replayed('CREATE TABLE t (id integer);', '-- why\n\nALTER TABLE t DROP COLUMN a;')
    expect(report.findings).toMatchObject([
      { rule: 'refused', severity: 'error', file: 'drizzle/0001_m.sql', line: 3, column: 1, statement: 0, message: expect.stringContaining('42703') },
    ])
    expect(exit(report)).toBe(1)
  })

  test('what memory alone refuses is no error: PostgreSQL has run it', async () => {
    place.migrations(['CREATE TABLE t (id integer);', 'ALTER TABLE t ADD COLUMN a text;'].map((sql, at) => ({ tag: `000${at}_m`, sql })))
    await using world = await open()
    const [project] = await world.projects()
    if (!project) throw new Error('there is no project')
    const subject = await readSubject(world, project, false)
    const proof = await subject.proof()
    const [first, ...others] = proof.replayed.steps
    if (!first) throw new Error('there is no step')
    const refused = new PostgresRefusal('3F000', 'schema "s" does not exist')
    const doubted = { ...proof, replayed: { ...proof.replayed, steps: [{ ...first, refused }, ...others] } }
    const partWith = async (answer: typeof doubted): Promise<readonly unknown[]> => (await replayPart({ ...subject, proof: async () => answer })).findings
    expect(await partWith(doubted)).toMatchObject([{ rule: 'refused', severity: 'note', message: expect.stringContaining('PostgreSQL 18') }])
    expect(await partWith({ ...doubted, ran: false })).toMatchObject([{ rule: 'refused', severity: 'error' }])
  })

  test('what only the server refuses is the server’s finding', async () => {
    const report = await replayed('CREATE TABLE t (id integer);', 'INSERT INTO t VALUES (1); ALTER TABLE t ADD COLUMN a text NOT NULL;')
    expect(report.findings).toMatchObject([{ rule: 'engine-refuses', migration: '0001_m', message: expect.stringContaining('23502') }])
    expect(exit(report)).toBe(1)
  })

  test('an extension that nobody has here: a finding, and the agreement is unknown', async () => {
    const report = await replayed('CREATE EXTENSION postgis;--> statement-breakpoint\nCREATE TABLE t (at geometry(Point, 4326));')
    expect(report.findings).toMatchObject([{ rule: 'extension-missing', severity: 'warning', message: expect.stringContaining('postgis') }])
    expect(report.unknown).toMatchObject([{ why: expect.stringContaining('postgis'), help: expect.stringContaining('--engine postgres://') }])
    expect([exit(report), verdictOf(report)]).toEqual([3, 'unknown'])
  })

  test('an imitated extension is named', async () => {
    const report = await replayed('CREATE EXTENSION vector;', 'CREATE TABLE t (v vector(3)); CREATE INDEX i ON t USING hnsw (v vector_l2_ops) WITH (m = 16);')
    expect(report.data).toMatchObject({ projects: [{ parts: { replay: { verdict: 'clean', stubbed: ['vector'] } } }] })
    expect(told(report)).toContain('(imitated: vector)')
    expect(exit(report)).toBe(0)
  })

  test('an extension that no migration makes is assumed, and said so', async () => {
    const report = await replayed('CREATE TABLE t (v vector(3));')
    expect(report.findings).toMatchObject([{ rule: 'extension-assumed', severity: 'note', message: expect.stringContaining('vector') }])
  })

  test('a statement that memory cannot follow is counted and noted', async () => {
    const report = await replayed(
      'CREATE TABLE t (id integer);',
      "DO $$ DECLARE r record; BEGIN FOR r IN SELECT relname FROM pg_class WHERE relname = 't' LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN z text', r.relname); END LOOP; END $$;",
    )
    expect(report.analysed).toMatchObject({ statements: 2, opaque: 1 })
    expect(report.findings).toMatchObject([{ rule: 'opaque-statement', severity: 'note', file: 'drizzle/0001_m.sql', line: 1 }])
    expect(exit(report)).toBe(0)
  })

  test('an engine that is not there is named', async () => {
    place.migrations([{ tag: '0000_m', sql: 'CREATE TABLE t (id integer);' }])
    await expect(run({}, { engine: 'postgres://localhost:1/none' })).rejects.toMatchObject({ code: 'server-down', exit: 3 })
  })

  test('a machine without PostgreSQL still gets what needs none; the rest is unknown, exit 3', async () => {
    place.migrations([{ tag: '0000_m', sql: 'CREATE TABLE t (id integer);' }])
    await using world = await open()
    const none = () =>
      Promise.reject(new ToolError('engine-unavailable', 'There are no PostgreSQL binaries for this platform.', { help: 'Give one with --engine.' }))
    const report = await check.run({ ...world, engine: none }, { arguments: [], flags: { only: 'folder,replay', every: false } as never })
    expect(report.analysed).toMatchObject({ migrations: 1, statements: 1, compared: 0 })
    expect(report.unknown).toMatchObject([{ why: 'There are no PostgreSQL binaries for this platform.', help: 'Give one with --engine.' }])
    expect(exit({ ...report, findings: [] })).toBe(3)
  })

  test('several projects are judged one by one; the one that cannot be read is unknown', async () => {
    place.migrations([{ tag: '0000_m', sql: 'CREATE TABLE t (id integer);' }], 'a')
    place.migrations([{ tag: '0000_m', sql: 'DROP TABLE t;' }], 'b')
    place.write({
      'c/readme.txt': '',
      'drizzle.config.ts': "export default [{ dialect: 'postgresql', out: 'a' }, { dialect: 'postgresql', out: 'b' }, { dialect: 'postgresql', out: 'c' }]",
    })
    const report = await run({ only: 'replay' })
    expect(report.analysed).toMatchObject({ projects: 2, migrations: 2 })
    expect([partsOf(report, 0).replay?.verdict, partsOf(report, 1).replay?.verdict]).toEqual(['clean', 'findings'])
    expect(report.data).toMatchObject({ replay: { verdict: 'findings', analysed: { migrations: 2, statements: 2 }, findings: 1 } })
    expect(report.findings).toMatchObject([{ rule: 'refused', file: 'b/0000_m.sql' }])
    await expect(run({}, { engine: 'postgres://localhost:1/none' })).rejects.toMatchObject({ code: 'server-down' })
    expect(report.unknown).toMatchObject([{ what: expect.stringContaining('c'), why: expect.stringContaining('_journal.json') }])
  })

  test('files of which none was looked at: exit 2', async () => {
    place.write({ 'drizzle/meta/_journal.json': '{ "version": "7", "dialect": "postgresql", "entries": [] }', 'drizzle/0000_m.sql': 'SELECT 1;' })
    await expect(run()).rejects.toMatchObject({ code: 'nothing-analysed', exit: 2, message: expect.stringContaining('1 file that its journal does not name') })
    place.write({ 'drizzle/meta/_journal.json': 'not JSON' })
    await expect(run({ only: 'replay' })).rejects.toMatchObject({ code: 'nothing-analysed' })
    expect(await run({ only: 'folder' })).toMatchObject({
      findings: [{ rule: 'invalid-json', severity: 'error', file: 'drizzle/meta/_journal.json', line: 1 }],
    })
  })

  test('a journal without entries and without files is a beginning, and clean', async () => {
    place.write({ 'drizzle/meta/_journal.json': '{ "version": "7", "dialect": "postgresql", "entries": [] }' })
    expect(exit(await run())).toBe(0)
  })
})

describe('what has landed does not decide', () => {
  const found = (rule: string, migration: string): Finding => ({
    rule,
    severity: 'error',
    message: 'x',
    file: `drizzle/${migration}.sql`,
    migration,
    fingerprint: rule + migration,
  })
  const findings = [found('drop-column', '0000_a'), found('journal-when-not-monotonic', '0000_a'), found('unparsed', '0000_a'), found('drop-column', '0001_b')]
  const base: Report = { operation: 'check', analysed: {}, findings, data: {}, blocks: [], unknown: [] }
  const judge = async (judged: { since?: string; all?: boolean } = {}): Promise<readonly string[]> => {
    await using world = await open()
    const report = await judgeNew(world, base, { all: false, ...judged })
    return report.findings.filter(({ old }) => !old).map(({ rule, migration }) => `${rule} ${migration}`)
  }
  const all = ['drop-column 0000_a', 'journal-when-not-monotonic 0000_a', 'unparsed 0000_a', 'drop-column 0001_b']
  const ofFolder = ['journal-when-not-monotonic 0000_a', 'unparsed 0000_a']
  const first = { tag: '0000_a', sql: 'SELECT 1;' }
  const second = { tag: '0001_b', sql: 'SELECT 2;' }

  test('outside a repository, only the folder’s own findings decide', async () => {
    place.migrations([first, second])
    expect(await judge()).toEqual(ofFolder)
    expect(await judge({ all: true })).toEqual(all)
  })

  test('with no upstream, or with nothing new, likewise', async () => {
    place.migrations([first, second])
    place.git('init', '-q')
    place.git('add', '.')
    place.git('commit', '-qm', 'both')
    expect(await judge()).toEqual(ofFolder)
    place.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    expect(await judge()).toEqual(ofFolder)
    expect(await judge({ since: 'HEAD' })).toEqual([])
  })

  test('with something new, that decides and nothing else', async () => {
    place.migrations([first])
    place.git('init', '-q')
    place.git('add', '.')
    place.git('commit', '-qm', 'first')
    place.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    place.migrations([first, second])
    expect(await judge()).toEqual(['drop-column 0001_b'])
    expect(await judge({ since: 'origin/main' })).toEqual(['drop-column 0001_b'])
    expect(await judge({ all: true })).toEqual(all)
  })

  test('a folder that is the working directory itself', async () => {
    place.migrations([first], '.')
    place.git('init', '-q')
    place.git('add', '.')
    place.git('commit', '-qm', 'first')
    await using world = await open({ folder: '.' })
    const report = await judgeNew(world, { ...base, findings: [{ ...found('drop-column', '0000_a'), file: '0000_a.sql' }] }, { since: 'HEAD', all: false })
    expect(report.findings).toMatchObject([{ old: true }])
  })
})
