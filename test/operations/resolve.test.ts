import { createHash } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { index, integer, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Report } from '../../src/model/report.ts'
import { check } from '../../src/operations/check.ts'
import { resolve } from '../../src/operations/resolve.ts'
import { root } from '../cli/cli.ts'
import { snapshotOf } from '../support/drizzle-kit.ts'
import { collide, posts, startTeam, type Team, tags, users } from '../support/team.ts'
import { plainFlags, type ResolveFlags } from './resolve-flags.ts'

let team: Team
beforeEach(async () => {
  team = await startTeam()
})
afterEach(() => team.remove())

const run = async (given: Partial<ResolveFlags> = {}): Promise<Report> => {
  await using world = await createWorld({ cwd: team.path, folder: 'drizzle', settled: true })
  return await resolve.run(world, { arguments: [], flags: { ...plainFlags, unproven: true, ...given } })
}

type Data = {
  readonly projects: readonly {
    readonly situation: string
    readonly moves: readonly { readonly from: string; readonly to: string }[]
    readonly [key: string]: unknown
  }[]
}
const dataOf = (report: Report) => (report.data as unknown as Data).projects[0]

const expectResolved = (): void => {
  expect(team.journal().entries.map(({ tag, idx }) => [idx, tag])).toEqual([
    [0, '0000_users'],
    [1, '0001_posts'],
    [2, '0002_tags'],
  ])
  const [first, second, third] = ['0000', '0001', '0002'].map((prefix) => JSON.parse(team.file(`meta/${prefix}_snapshot.json`)))
  expect([second.prevId, third.prevId]).toEqual([first.id, second.id])
  expect(Object.keys(third.tables).sort()).toEqual(['public.posts', 'public.tags', 'public.users'])
  expect(team.file('0002_tags.sql')).toBe('CREATE TABLE "tags" (\n\t"id" integer PRIMARY KEY NOT NULL,\n\t"label" text\n);\n')
  expect(team.has('0001_tags.sql')).toBe(false)
  const [, landed, mine] = team.journal().entries
  expect(Math.floor((mine?.when ?? 0) / 1000)).toBeGreaterThan(Math.floor((landed?.when ?? 0) / 1000))
}

/** Both sides add a label to one type; in the middle of the merge. */
const addLabels = async (): Promise<void> => {
  const mood = (...labels: [string, ...string[]]) => ({ users, mood: pgEnum('mood', labels) })
  await team.generate(mood('a', 'b'), 'mood')
  team.commit('mood')
  team.git('checkout', '-qb', 'feature')
  await team.generate(mood('a', 'b', 'mine'), 'mine')
  team.commit('mine')
  team.git('checkout', '-q', 'main')
  await team.generate(mood('a', 'b', 'theirs'), 'theirs')
  team.commit('theirs')
  team.git('checkout', '-q', 'feature')
  team.try('merge', 'main')
}

describe('in the middle of a merge', () => {
  it('puts mine behind what has landed, whichever side git calls ours', async () => {
    await collide(team)
    expect(team.try('merge', 'main')).toBe(false)
    const plan = await run()
    expect(dataOf(plan)).toMatchObject({ situation: 'merge', written: false, moves: [{ from: '0001_tags', to: '0002_tags' }] })
    expect(team.file('meta/_journal.json')).toContain('<<<<<<<')
    const report = await run({ write: true })
    expect(report.findings).toEqual([])
    expectResolved()
    team.git('add', '-A')
    team.git('commit', '-qm', 'merged')
  })
  it('knows the landed side when the feature is merged into main', async () => {
    await collide(team)
    team.git('checkout', '-q', 'main')
    expect(team.try('merge', 'feature')).toBe(false)
    await run({ write: true })
    expectResolved()
  })
})

it('two branches that gave their migrations one name', async () => {
  team.git('checkout', '-qb', 'feature')
  await team.generate({ users, tags }, 'update')
  team.commit('tags')
  const mine = team.file('0001_update.sql')
  team.git('checkout', '-q', 'main')
  await team.generate({ users, posts }, 'update')
  team.commit('posts')
  const landed = [team.file('0001_update.sql'), team.file('meta/0001_snapshot.json')]
  team.git('checkout', '-q', 'feature')
  expect(team.try('merge', 'main')).toBe(false)
  const report = await run({ write: true })
  expect(report.findings).toEqual([])
  expect(dataOf(report)).toMatchObject({
    class: 1,
    moves: [{ from: '0001_update', to: '0002_update' }],
    environments: { 'a database that has run mine as it was': { rows: 2, runs: ['0001_update'], again: ['0002_update'], skips: [], unknown: 0 } },
  })
  expect(team.journal().entries.map(({ tag }) => tag)).toEqual(['0000_users', '0001_update', '0002_update'])
  expect([team.file('0001_update.sql'), team.file('meta/0001_snapshot.json')]).toEqual(landed)
  expect(team.file('0002_update.sql')).toBe(mine)
  expect(Object.keys(JSON.parse(team.file('meta/0002_snapshot.json')).tables).sort()).toEqual(['public.posts', 'public.tags', 'public.users'])
})

describe('in the middle of a rebase and a cherry-pick', () => {
  it('a rebase onto main', async () => {
    await collide(team)
    expect(team.try('rebase', 'main')).toBe(false)
    const report = await run({ write: true })
    expect(dataOf(report)).toMatchObject({ situation: 'rebase' })
    expectResolved()
    team.git('add', '-A')
    team.git('-c', 'core.editor=true', 'rebase', '--continue')
  })
  it('a cherry-pick of what has landed into the feature', async () => {
    await collide(team)
    const posted = team.git('rev-parse', 'main').trim()
    expect(team.try('cherry-pick', posted)).toBe(false)
    const report = await run({ write: true })
    expect(dataOf(report)).toMatchObject({ situation: 'cherry-pick' })
    expectResolved()
  })
  it('a stash that is popped', async () => {
    await team.generate({ users, tags }, 'tags')
    team.git('add', '-A')
    team.git('stash', '-q')
    await team.generate({ users, posts }, 'posts')
    team.commit('posts')
    expect(team.try('stash', 'pop')).toBe(false)
    const report = await run({ write: true })
    expect(dataOf(report)).toMatchObject({ situation: 'other' })
    expectResolved()
  })
})

describe('what somebody mends by hand in the middle of a merge', () => {
  const mended = '-- by hand\nCREATE TABLE "tags" ("id" integer PRIMARY KEY NOT NULL, "label" text);\n'
  const conflict = async (): Promise<void> => {
    await collide(team)
    team.try('merge', 'main')
  }
  it('moves along, and stays when resolve runs again before git add', async () => {
    await conflict()
    team.put('0001_tags.sql', mended)
    await run({ write: true })
    expect([team.has('0001_tags.sql'), team.file('0002_tags.sql')]).toEqual([false, mended])
    expect(dataOf(await run({ write: true }))).toMatchObject({ files: [], moves: [{ from: '0001_tags', to: '0002_tags' }] })
    expect(team.file('0002_tags.sql')).toBe(mended)
  })
  it('stays where it was done in what resolve had written, and check takes it as written', async () => {
    await conflict()
    await run({ write: true })
    team.put('0002_tags.sql', mended)
    expect(await checked()).toEqual([])
    await run({ write: true })
    expect(team.file('0002_tags.sql')).toBe(mended)
  })
  it('a ruler in a comment is no conflict', async () => {
    await conflict()
    const text = `/*\nTags\n=======\n*/\n${mended}`
    team.put('0001_tags.sql', text)
    await run({ write: true })
    expect(team.file('0002_tags.sql')).toBe(text)
  })
  it('two of one name do not take each other’s text', async () => {
    team.git('checkout', '-qb', 'feature')
    team.custom('CREATE TABLE a (id integer);', 'x')
    team.custom('CREATE TABLE b (id integer);', 'x')
    team.commit('a, b')
    team.git('checkout', '-q', 'main')
    await team.generate({ users, posts }, 'posts')
    team.commit('posts')
    team.git('checkout', '-q', 'feature')
    team.try('merge', 'main')
    await run({ write: true })
    expect(dataOf(await run({ write: true }))).toMatchObject({ files: [] })
    expect([team.file('0002_x.sql'), team.file('0003_x.sql')]).toEqual(['CREATE TABLE a (id integer);', 'CREATE TABLE b (id integer);'])
    team.put('0002_x.sql', 'CREATE TABLE a (id bigint);')
    await expect(run({ write: true })).rejects.toMatchObject({ code: 'hand-work', message: expect.stringContaining('drizzle/0002_x.sql') })
    expect([team.file('0002_x.sql'), team.file('0003_x.sql')]).toEqual(['CREATE TABLE a (id bigint);', 'CREATE TABLE b (id integer);'])
  })
  it('stops where it cannot be told from what resolve changes itself', async () => {
    await addLabels()
    await run({ write: true })
    const text = `${team.file('0003_mine.sql')}\n-- by hand\n`
    team.put('0003_mine.sql', text)
    await expect(run({ write: true })).rejects.toMatchObject({ code: 'hand-work', help: expect.stringContaining('git add') })
    expect(team.file('0003_mine.sql')).toBe(text)
    team.git('add', '-A')
    expect(dataOf(await run({ write: true }))).toMatchObject({ stops: [] })
    expect(team.file('0003_mine.sql')).toBe(text)
  })
})

describe('after a merge', () => {
  it('mends what was merged by hand with both entries kept', async () => {
    await collide(team)
    team.try('merge', 'main')
    const both = [
      ...JSON.parse(team.git('show', 'main:drizzle/meta/_journal.json')).entries,
      { ...JSON.parse(team.git('show', 'feature:drizzle/meta/_journal.json')).entries[1] },
    ]
    team.put('meta/_journal.json', JSON.stringify({ version: '7', dialect: 'postgresql', entries: both }, null, 2))
    team.git('checkout', '--ours', 'drizzle/meta/0001_snapshot.json')
    team.commit('merged by hand')
    const report = await run({ write: true })
    expect(dataOf(report)).toMatchObject({ situation: 'merged', class: 3 })
    expectResolved()
  })
  it('has nothing to do where nothing collides', async () => {
    const report = await run({ landed: 'main' })
    expect(dataOf(report)).toMatchObject({ files: [], moves: [] })
  })
  it('says what will collide where the landed branch is not merged, and writes nothing', async () => {
    await collide(team)
    const report = await run()
    expect(dataOf(report)).toMatchObject({ situation: 'ahead', moves: [{ from: '0001_tags', to: '0002_tags' }], files: [] })
    await expect(run({ write: true })).rejects.toThrow(/not merged/)
  })
})

describe('what does not commute', () => {
  it('stops with the choice laid out, and takes it when it is given', async () => {
    team.git('checkout', '-qb', 'feature')
    await team.generate({ users: pgTable('users', { id: integer().primaryKey(), name: text(), age: integer() }) }, 'age')
    team.commit('age')
    team.git('checkout', '-q', 'main')
    await team.generate({ users: pgTable('users', { id: integer().primaryKey(), name: text(), age: text() }) }, 'age_text')
    team.commit('age as text')
    team.git('checkout', '-q', 'feature')
    team.try('merge', 'main')
    const before = team.git('status', '--porcelain')
    const report = await run({ write: true })
    expect(report.findings).toMatchObject([{ rule: 'collision-undecided', severity: 'error', migration: '0001_age' }])
    expect(dataOf(report)).toMatchObject({ stops: [{ class: 8, key: 'defined-twice:column-users.age' }], written: false })
    expect(team.git('status', '--porcelain')).toBe(before)
    await expect(run({ choose: ['defined-twice:column-users.agee=drop-mine'] })).rejects.toMatchObject({
      code: 'usage',
      help: 'Decisions: defined-twice:column-users.age.',
    })
    await expect(run({ choose: ['defined-twice:column-users.age=drop'] })).rejects.toMatchObject({ code: 'usage', help: expect.stringContaining('drop-mine') })
    const chosen = await run({ write: true, choose: ['defined-twice:column-users.age=drop-mine'] })
    expect(dataOf(chosen)).toMatchObject({ stops: [], dropped: [{ tag: '0001_age', why: 'given-up' }], written: true })
    expect(team.journal().entries.map(({ tag }) => tag)).toEqual(['0000_users', '0001_age_text'])
  })
  it('orders labels that both sides add', async () => {
    await addLabels()
    const report = await run({ write: true })
    expect(report.findings).toEqual([])
    expect(team.file('0003_mine.sql')).toContain("ADD VALUE 'mine' AFTER 'theirs'")
    expect(JSON.parse(team.file('meta/0003_snapshot.json')).enums['public.mood'].values).toEqual(['a', 'b', 'theirs', 'mine'])
  })
})

const checked = async (): Promise<readonly string[]> => {
  await using world = await createWorld({ cwd: team.path, folder: 'drizzle', settled: true })
  const { findings } = await check.run(world, { arguments: [], flags: { only: 'folder', root: '.', every: false } })
  return findings.filter(({ rule }) => rule.startsWith('collision')).map(({ rule, migration }) => `${rule} ${migration}`)
}

it('check finds a collision before the merge, in the middle of it and after it; and none when it is resolved', async () => {
  await collide(team)
  expect(await checked()).toEqual(['collision 0001_tags'])
  team.try('merge', 'main')
  expect(await checked()).toEqual(['collision 0001_tags'])
  await run({ write: true })
  expect(await checked()).toEqual([])
  team.commit('merged')
  expect(await checked()).toEqual([])
})

it('what the snapshot says and nobody can compare is unknown', async () => {
  team.git('checkout', '-qb', 'feature')
  team.custom('DO $$ BEGIN EXECUTE (SELECT max(name) FROM users); END $$', 'label')
  const { id, prevId } = JSON.parse(team.file('meta/0001_snapshot.json'))
  team.put('meta/0001_snapshot.json', JSON.stringify({ ...snapshotOf({ users: pgTable('users', { id: integer().primaryKey(), label: text() }) }), id, prevId }))
  team.commit('label')
  team.git('checkout', '-q', 'main')
  await team.generate({ users: pgTable('users', { id: integer().primaryKey(), name: text() }, ({ name }) => [index('i').on(name)]) }, 'index')
  team.commit('index')
  team.git('checkout', '-q', 'feature')
  team.try('merge', 'main')
  const report = await run()
  const { verified } = dataOf(report) as unknown as { readonly verified: readonly { readonly name: string }[] }
  expect(verified.find(({ name }) => name === 'snapshot')).toMatchObject({
    holds: null,
    shown: expect.stringContaining('it is not known whether the newest says 1 object'),
  })
  expect(report.unknown.map(({ what }) => what)).toContain('whether the newest snapshot says index i as the SQL makes it')
})

it('a checkout with CRLF is no edit: check, resolve before the merge, in the middle of it and after it', async () => {
  await collide(team)
  team.git('config', 'core.autocrlf', 'true')
  const checkedOut = (): void => {
    team.git('rm', '-q', '-r', '--cached', '.')
    team.git('reset', '-q', '--hard')
  }
  checkedOut()
  expect(team.file('0000_users.sql')).toContain('\r\n')
  expect(await checked()).toEqual(['collision 0001_tags'])
  expect(dataOf(await run())).toMatchObject({ situation: 'ahead', stops: [], moves: [{ from: '0001_tags', to: '0002_tags' }] })
  team.try('merge', 'main')
  expect(dataOf(await run({ write: true }))).toMatchObject({ stops: [], written: true })
  expect(await checked()).toEqual([])
  team.commit('merged')
  checkedOut()
  expect(dataOf(await run({ write: true }))).toMatchObject({ situation: 'merged', files: [], stops: [] })
  expect(await checked()).toEqual([])
})

it('a folder without snapshots is put in line as well', async () => {
  await collide(team)
  for (const branch of ['main', 'feature']) {
    team.git('checkout', '-q', branch)
    for (const prefix of ['0000', '0001']) team.drop(`meta/${prefix}_snapshot.json`)
    team.commit('no snapshots')
  }
  team.try('merge', 'main')
  const report = await run({ write: true })
  expect(dataOf(report)).toMatchObject({ written: true, moves: [{ from: '0001_tags', to: '0002_tags' }] })
  expect(team.has('meta/0002_snapshot.json')).toBe(false)
})

it('asks drizzle-kit whether it would still generate something, where the schema loads', async () => {
  const table = (name: string): string =>
    `export const ${name} = pgTable('${name}', { id: integer().primaryKey(), ${name === 'users' ? 'name: text()' : name === 'posts' ? 'title: text().notNull()' : 'label: text()'} })\n`
  const head = `import { integer, pgTable, text } from 'drizzle-orm/pg-core'\n`
  await collide(team)
  team.try('merge', 'main')
  symlinkSync(join(root, 'node_modules'), join(team.path, 'node_modules'))
  const asked = async (schema: string): Promise<unknown> => {
    team.write({ 'schema.ts': schema, 'drizzle.config.ts': `export default { dialect: 'postgresql', schema: './schema.ts', out: './drizzle' }\n` })
    await using world = await createWorld({ cwd: team.path, settled: true })
    const report = await resolve.run(world, { arguments: [], flags: plainFlags })
    const { verified } = dataOf(report) as unknown as { readonly verified: readonly { readonly name: string }[] }
    return verified.find(({ name }) => name === 'schema')
  }
  expect(await asked([head, ...['users', 'posts', 'tags'].map(table)].join(''))).toMatchObject({ holds: true, shown: 'drizzle-kit would generate nothing' })
  expect(await asked([head, ...['users', 'tags'].map(table)].join(''))).toMatchObject({ holds: false, shown: 'drizzle-kit would still generate 1 statement' })
  expect(await asked('<<<<<<< HEAD\n')).toMatchObject({ holds: null, shown: expect.stringContaining('The schema cannot be loaded') })
}, 60_000)

it('--with says which open branches will collide', async () => {
  await collide(team)
  team.git('checkout', '-q', 'main')
  team.git('branch', 'idle', 'main')
  const { findings, data } = await run({ with: ['feature', 'idle'] })
  expect((data as unknown as { readonly branches: unknown }).branches).toMatchObject([
    { ref: 'feature', theirs: ['0001_tags'], mine: ['0001_posts'], outcome: 'orders', commutes: 'commutes' },
    { ref: 'idle', outcome: 'none' },
  ])
  expect(findings).toMatchObject([{ rule: 'collision', severity: 'warning' }])
})

it('--ledger: what the database of a dumped ledger does next, and the SQL that sets it right', async () => {
  await collide(team)
  const hash = (tag: string): string =>
    createHash('sha256')
      .update(team.file(`${tag}.sql`))
      .digest('hex')
  const rows = team.journal().entries.map(({ tag, when }, at) => `${at + 1},${hash(tag)},${when}`)
  team.try('merge', 'main')
  team.write({ 'dev.csv': ['id,hash,created_at', ...rows].join('\n') })
  const { environments } = dataOf(await run({ ledger: 'dev.csv' })) as unknown as {
    readonly environments: { readonly [name: string]: { readonly repair: string } }
  }
  const dev = environments['dev.csv']
  expect(dev).toMatchObject({ rows: 2, runs: ['0001_posts'], again: ['0002_tags'], unknown: 0 })
  expect(dev?.repair).toContain('CREATE TABLE "posts"')
  expect(dev?.repair).toMatch(/UPDATE "drizzle"."__drizzle_migrations" SET hash = '\w+', created_at = \d+ WHERE hash = /)
})

it('--ledger: a file that is not there is said to be missing', async () => {
  await expect(run({ landed: 'main', ledger: 'dev.csv' })).rejects.toMatchObject({ code: 'no-such-file', exit: 2, help: expect.stringContaining('psql --csv') })
})

it('takes back what it wrote, unless somebody has changed it since', async () => {
  await collide(team)
  team.try('merge', 'main')
  const before = [team.git('status', '--porcelain'), team.file('meta/_journal.json'), team.file('meta/0001_snapshot.json'), team.file('0001_tags.sql')]
  await run({ write: true })
  await run({ undo: true })
  expect([team.git('status', '--porcelain'), team.file('meta/_journal.json'), team.file('meta/0001_snapshot.json'), team.file('0001_tags.sql')]).toEqual(before)
  await expect(run({ undo: true })).rejects.toThrow(/No resolution/)
  await run({ write: true })
  team.put('0002_tags.sql', 'SELECT 1')
  await expect(run({ undo: true })).rejects.toThrow(/Changed since/)
})

it('takes back from the root what was written below it, and the other way round', async () => {
  await collide(team)
  team.try('merge', 'main')
  const before = team.git('status', '--porcelain')
  const below = async (given: Partial<ResolveFlags>): Promise<Report> => {
    await using world = await createWorld({ cwd: join(team.path, 'drizzle'), folder: '.', settled: true })
    return await resolve.run(world, { arguments: [], flags: { ...plainFlags, unproven: true, ...given } })
  }
  await below({ write: true })
  expect(team.has('0002_tags.sql')).toBe(true)
  expect((await run({ undo: true })).data).toMatchObject({ undone: expect.arrayContaining(['drizzle/0002_tags.sql']) })
  expect(team.git('status', '--porcelain')).toBe(before)
  await run({ write: true })
  await below({ undo: true })
  expect(team.git('status', '--porcelain')).toBe(before)
})

it('of several projects none is written while one has to be decided, and the report says which', async () => {
  const config = `export default [{ dialect: 'postgresql', out: 'drizzle' }, { dialect: 'postgresql', out: 'other/drizzle' }]\n`
  const other = (sql: string, name: string): void => {
    const entries = [{ idx: 0, version: '7', when: 1767603600250, tag: `0000_${name}`, breakpoints: true }]
    team.write({
      [`other/drizzle/0000_${name}.sql`]: sql,
      'other/drizzle/meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
    })
  }
  team.write({ 'drizzle.config.ts': config, 'other/drizzle/readme.txt': '' })
  team.commit('configs')
  team.git('checkout', '-qb', 'feature')
  await team.generate({ users, tags }, 'tags')
  other('CREATE TABLE t (a integer);', 'mine')
  team.commit('tags')
  team.git('checkout', '-q', 'main')
  await team.generate({ users, posts }, 'posts')
  other('CREATE TABLE t (a text);', 'theirs')
  team.commit('posts')
  team.git('checkout', '-q', 'feature')
  team.try('merge', 'main')
  const before = team.git('status', '--porcelain')
  await using world = await createWorld({ cwd: team.path, settled: true })
  const report = await resolve.run(world, { arguments: [], flags: { ...plainFlags, unproven: true, write: true } })
  expect(team.git('status', '--porcelain')).toBe(before)
  const { projects } = report.data as unknown as Data
  expect(projects.map(({ folder, written, waitsFor }) => [folder, written, waitsFor])).toEqual([
    ['drizzle', false, ['other/drizzle']],
    ['other/drizzle', false, []],
  ])
  expect(JSON.stringify(report.blocks)).toContain('Nothing is written before other/drizzle is decided too.')
})

describe('landed files that stand otherwise in the working tree', () => {
  const repaired = (): string => team.file('meta/0000_snapshot.json').replace('"version"', '  "version"')
  it('stay where nothing has to move: a repair of doctor is not taken back', async () => {
    team.put('meta/0000_snapshot.json', repaired())
    const text = team.file('meta/0000_snapshot.json')
    expect(dataOf(await run({ landed: 'main', write: true }))).toMatchObject({ files: [], restored: [] })
    expect(team.file('meta/0000_snapshot.json')).toBe(text)
  })
  it('are brought back in a conflict, and the plan names them', async () => {
    await collide(team)
    team.try('merge', 'main')
    const report = await run()
    expect(dataOf(report)).toMatchObject({ restored: ['drizzle/meta/0001_snapshot.json'] })
    expect(JSON.stringify(report.blocks)).toContain('Brought back as main has it: drizzle/meta/0001_snapshot.json.')
  })
})

describe('what is not known is not said to be safe', () => {
  const folderOf = async (): Promise<Report> => {
    await using world = await createWorld({ cwd: team.path, folder: 'drizzle', settled: true })
    return await check.run(world, { arguments: [], flags: { only: 'folder', root: '.', every: false } })
  }
  /** A 1.0 folder on main and on feature, which is checked out, each with one more migration. */
  const timed = (landed: string, mine: string): void => {
    for (const path of ['0000_users.sql', 'meta/0000_snapshot.json', 'meta/_journal.json']) team.drop(path)
    const put = (tag: string, sql: string, id: string, parent: string): void => {
      team.put(`${tag}/migration.sql`, sql)
      team.put(`${tag}/snapshot.json`, JSON.stringify({ version: '8', dialect: 'postgres', id, prevIds: [parent], ddl: [], renames: [] }))
      team.commit(tag)
    }
    put('20260101000000_start', 'CREATE TABLE start (id integer);', 'start', '00000000-0000-0000-0000-000000000000')
    put('20260102000000_landed', landed, 'landed', 'start')
    team.git('checkout', '-qb', 'feature', 'HEAD~1')
    put('20260103000000_mine', mine, 'mine', 'start')
  }
  const block = (table: string): string => `DO $$ BEGIN EXECUTE 'DROP TABLE ' || '${table}'; END $$;`

  it('blocks on both sides of a 1.0 folder: check before and after the merge, and --with', async () => {
    timed(block('start'), block('other'))
    expect((await folderOf()).unknown).not.toEqual([])
    const { data } = await run({ with: ['main'] })
    expect(data).toMatchObject({ branches: [{ ref: 'main', outcome: 'unknown', commutes: 'unknown' }] })
    team.git('merge', '-q', '-m', 'merged', 'main')
    expect((await folderOf()).unknown).not.toEqual([])
  })
  it('what depends on rows is a warning', async () => {
    timed('ALTER TABLE start ADD COLUMN must text NOT NULL;', 'INSERT INTO start (id) VALUES (1);')
    expect((await folderOf()).findings.filter(({ rule }) => rule.startsWith('collision'))).toMatchObject([
      { rule: 'collision-undecided', severity: 'warning', migration: '20260103000000_mine' },
    ])
    expect((await run({ with: ['main'] })).data).toMatchObject({ branches: [{ outcome: 'depends', commutes: 'depends' }] })
  })
  it('a landed folder that cannot be read, and a landed branch that is not there', async () => {
    await collide(team)
    team.git('checkout', '-q', 'main')
    team.put('meta/_journal.json', JSON.stringify({ version: '7', dialect: 'mysql', entries: [] }))
    team.commit('mysql')
    team.git('checkout', '-q', 'feature')
    expect((await folderOf()).unknown).toMatchObject([{ what: 'whether drizzle collides with what has landed', why: expect.stringContaining('mysql') }])
    team.write({ 'pgstrata.config.ts': "export default { landed: 'origin/nope' }\n" })
    expect((await folderOf()).unknown).toMatchObject([{ why: expect.stringContaining('origin/nope'), help: expect.stringContaining('git fetch') }])
  })
  it('nothing has landed where nothing says what lands: no branch, no commit, no repository', async () => {
    team.git('checkout', '-qb', 'feature')
    team.git('branch', '-D', 'main')
    expect((await folderOf()).unknown).toEqual([])
  })
})
