import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { originId } from '../../src/drizzle/snapshot.ts'
import type { Tree } from '../../src/model/json.ts'
import type { Report } from '../../src/model/report.ts'
import { doctor } from '../../src/operations/doctor.ts'
import { exampleFolderSnapshot, exampleFolders, exampleId, exampleJournal, exampleSnapshot, exampleTime, without } from '../../src/rules/examples.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-mend-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

type Files = { readonly [path: string]: string }

const put = (files: Files): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'drizzle', path)), { recursive: true })
    writeFileSync(join(root, 'drizzle', path), text)
  }
}

const files = (): Files =>
  Object.fromEntries(
    readdirSync(join(root, 'drizzle'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.includes('.'))
      .map((path) => [path, readFileSync(join(root, 'drizzle', path), 'utf8')]),
  )

const run = async (write: boolean, ledgerFile?: string): Promise<Report> => {
  await using world = await createWorld({ cwd: root, config: {}, folder: 'drizzle', env: { ...process.env, XDG_CACHE_HOME: join(root, '.cache') } })
  return await doctor.run(world, { arguments: [], flags: { write, ledgerSql: ledgerFile } })
}

type Repairs = {
  readonly written: boolean
  readonly obstacles: readonly string[]
  readonly ledgerSql: string | null
  readonly rebuilt: readonly Tree[]
  readonly relinked: readonly Tree[]
  readonly times: readonly Tree[]
}
const repairs = ({ data }: Report): Repairs => (data as unknown as { readonly projects: readonly [{ readonly repairs: Repairs }] }).projects[0].repairs
const json = (path: string): Tree => JSON.parse(files()[path] ?? '')

const tags = ['0000_users', '0001_name', '0002_posts', '0003_title']
const sql: Files = {
  '0000_users.sql': 'CREATE TABLE "users" ("id" integer PRIMARY KEY NOT NULL);',
  '0001_name.sql': 'ALTER TABLE "users" ADD COLUMN "name" varchar(80);',
  '0002_posts.sql': 'CREATE TABLE "posts" ("id" serial PRIMARY KEY NOT NULL, "state" text DEFAULT \'new\');\r\n-- ü',
  '0003_title.sql': 'ALTER TABLE "posts" ADD COLUMN "title" text;',
}
/** Two in one second, a snapshot that is missing and one that points nowhere. */
const broken: Files = {
  ...sql,
  'meta/_journal.json': exampleJournal(...tags.map((tag, at) => ({ tag, when: exampleTime(at === 1 ? 2 : at) - (at === 1 ? 1 : 0) }))),
  'meta/0000_snapshot.json': exampleSnapshot(1, 0),
  'meta/0001_snapshot.json': `${exampleSnapshot(1, 7)}\n`,
  'meta/0003_snapshot.json': exampleSnapshot(4, 3),
}

describe('doctor --write', () => {
  it('rebuilds, links and puts in order what the plan says; SQL keeps its bytes', async () => {
    put(broken)
    const plan = await run(false)
    expect(files()).toEqual(broken)
    expect(JSON.stringify(plan.blocks)).toContain('What doctor --write repairs')
    const done = await run(true)
    expect(repairs(done)).toEqual({ ...repairs(plan), written: true })
    expect(done.findings.map(({ rule }) => rule)).toEqual(['crlf'])
    const now = files()
    expect(Object.fromEntries(Object.entries(now).filter(([path]) => path.endsWith('.sql')))).toEqual(sql)
    // 0003 says what the lost one was called.
    expect(json('meta/0002_snapshot.json')).toMatchObject({
      id: exampleId(3),
      version: '7',
      tables: { 'public.users': { columns: { name: { type: 'varchar(80)' } } }, 'public.posts': {} },
    })
    expect(now['meta/0003_snapshot.json']).toBe(broken['meta/0003_snapshot.json'])
    expect(now['meta/0001_snapshot.json']?.endsWith('\n')).toBe(true)
    const ids = tags.map((tag) => json(`meta/${tag.slice(0, 4)}_snapshot.json`))
    expect(ids.slice(1).map(({ prevId }) => prevId)).toEqual(ids.slice(0, -1).map(({ id }) => id))
    expect(new Set(ids.map(({ id }) => id)).size).toBe(4)
    expect(repairs(done).times).toEqual([{ migration: '0001_name', was: exampleTime(2) - 1, becomes: exampleTime(2) - 1001 }])
  })

  it('says nothing is to be repaired when it runs again, or has nothing to do', async () => {
    put(broken)
    await run(true)
    const now = files()
    const again = await run(true)
    expect(files()).toEqual(now)
    expect(repairs(again)).toMatchObject({ written: false, rebuilt: [], relinked: [], times: [], ledgerSql: null })
    expect(JSON.stringify(again.blocks)).toContain('Nothing is to be repaired')
  })

  it('writes the SQL for the ledgers beside the folder, or shows it', async () => {
    put(broken)
    await expect(run(false, 'ledger.sql')).rejects.toMatchObject({ code: 'usage', exit: 2 })
    const shown = (await run(false)).blocks.find((block) => block.type === 'code')
    const report = await run(true, 'ledger.sql')
    expect(report.blocks.filter(({ type }) => type === 'code')).toEqual([])
    const written = readFileSync(join(root, 'ledger.sql'), 'utf8')
    expect(written).toBe(`${shown?.type === 'code' ? shown.text : ''}\n`)
    expect(written).toMatch(/0001_name[\s\S]*created_at = moved[.]becomes/)
  })

  it.each([
    ['an SQL file that is missing', without(broken, '0001_name.sql'), /0001_name[.]sql/],
    ['conflict markers', { ...broken, '0001_name.sql': '<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> x\n' }, /0001_name[.]sql:1: conflict markers/],
    ['a snapshot that is no JSON', { ...broken, 'meta/0001_snapshot.json': '{' }, /0001_snapshot[.]json:1: .*delete the file, and it is rebuilt/],
    [
      'two entries with one prefix',
      { ...broken, '0000_x.sql': 'SELECT 1;', 'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0000_x' }) },
      /share it/,
    ],
  ])('changes nothing while %s stands in its way', async (_, given, words) => {
    put(given)
    const report = await run(true)
    expect(files()).toEqual(given)
    expect(repairs(report).obstacles.join('\n')).toMatch(words)
    expect(report.findings.length).toBeGreaterThan(0)
  })

  it('changes nothing where the SQL cannot be followed', async () => {
    const given = { ...broken, '0001_name.sql': 'ALTER TABLE "nobody" ADD COLUMN "name" text;' }
    put(given)
    await expect(run(true)).rejects.toMatchObject({ code: 'snapshot-not-rebuilt', message: expect.stringContaining('0001_name.sql') })
    expect(files()).toEqual(given)
  })

  it('takes from PostgreSQL what memory cannot follow', async () => {
    put({ ...broken, '0001_name.sql': `DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN name text', 'users'); END $$;` })
    await run(true)
    expect(json('meta/0002_snapshot.json')).toMatchObject({ tables: { 'public.users': { columns: { id: {}, name: { type: 'text' } } } } })
  })

  it('links what `drizzle-kit pull` wrote with the origin’s own id', async () => {
    put({ ...broken, 'meta/0000_snapshot.json': JSON.stringify({ ...JSON.parse(exampleSnapshot(1, 0)), id: originId, prevId: '' }) })
    await run(true)
    expect(json('meta/0000_snapshot.json').id).not.toMatch(/^0{8}/)
    expect(json('meta/0001_snapshot.json').prevId).toBe(json('meta/0000_snapshot.json').id)
  })
})

describe('doctor --write in folders of 1.0', () => {
  const folder = (name: string, day: number): string => `202601${String(day).padStart(2, '0')}000000_${name}`
  const v1: Files = {
    ...exampleFolders({ users: [], name: [1], posts: [2] }),
    [`${folder('users', 1)}/migration.sql`]: 'CREATE TABLE users (id integer PRIMARY KEY);',
    [`${folder('name', 2)}/migration.sql`]: 'ALTER TABLE users ADD COLUMN name text;',
  }

  it('rebuilds a snapshot of version 8 under the name that the next one gives it', async () => {
    put(without(v1, `${folder('name', 2)}/snapshot.json`))
    expect((await run(true)).findings.filter(({ severity }) => severity !== 'note')).toEqual([])
    expect(json(`${folder('name', 2)}/snapshot.json`)).toMatchObject({ version: '8', id: exampleId(2), prevIds: [exampleId(1)] })
    const names = (json(`${folder('name', 2)}/snapshot.json`).ddl as readonly Tree[]).map(({ entityType, name }) => `${entityType} ${name}`)
    expect(names).toEqual(['tables users', 'columns id', 'columns name', 'pks users_pkey'])
  })

  it('rebuilds one of version 9 as the difference from its parents', async () => {
    const base = {
      type: 'base',
      ...JSON.parse(exampleFolderSnapshot(1, [], '9')),
      footprints: [],
      ddl: [{ schema: 'public', name: 'users', isRlsEnabled: false, entityType: 'tables' }],
    }
    const diff = { type: 'diff', version: '9', dialect: 'postgres', id: exampleId(3), prevIds: [exampleId(2)], footprints: [], deltas: [] }
    put({
      ...without(v1, `${folder('name', 2)}/snapshot.json`),
      [`${folder('users', 1)}/snapshot.json`]: JSON.stringify(base),
      [`${folder('posts', 3)}/snapshot.json`]: JSON.stringify(diff),
    })
    await run(true)
    const made = json(`${folder('name', 2)}/snapshot.json`)
    expect(made).toMatchObject({ type: 'diff', version: '9', id: exampleId(2), prevIds: [exampleId(1)], footprints: [] })
    expect((made.deltas as readonly { readonly op: string; readonly row: Tree }[]).map(({ op, row }) => `${op} ${row.entityType}`)).toEqual([
      'create columns',
      'create columns',
      'create pks',
    ])
  })

  it('links one whose parent is gone to the branch that ends before it, and leaves forks alone', async () => {
    const forked = exampleFolders({ users: [], a: [1], b: [1], merge: [2, 3], late: [9], first: [] })
    put(forked)
    await run(true)
    expect(json(`${folder('late', 5)}/snapshot.json`).prevIds).toEqual([exampleId(4)])
    expect(without(files(), `${folder('late', 5)}/snapshot.json`)).toEqual(without(forked, `${folder('late', 5)}/snapshot.json`))
  })
})
