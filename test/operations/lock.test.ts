import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { readLock, writeLock } from '../../src/drizzle/lock.ts'
import { check } from '../../src/operations/check.ts'
import { lock } from '../../src/operations/lock.ts'
import { resolve } from '../../src/operations/resolve.ts'
import { makeTeam, posts, type Team, tags, users } from '../support/team.ts'
import { plainFlags } from './resolve-flags.ts'

const hash = (value: string): string => createHash('sha256').update(value).digest('hex')

describe('the text of a lock', () => {
  const migrations = [
    { tag: '0000_a', sql: 'SELECT 1' },
    { tag: '0001_b c', sql: 'SELECT 2\n' },
  ]
  const text = writeLock(migrations, hash)

  it('is one line for each migration, with Drizzle’s own hash, and a last one', () => {
    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      expect.stringMatching(new RegExp(`^0000_a  ${hash('SELECT 1')}  [0-9a-f]{8}$`)),
      expect.stringMatching(new RegExp(`^0001_b c  ${hash('SELECT 2\n')}  [0-9a-f]{8}$`)),
      expect.stringMatching(/^end 2 [0-9a-f]{16}$/),
      '',
    ])
  })
  it('reads back, with lines that end as on Windows too, and an empty one', () => {
    expect(readLock(text, hash).lines.map(({ tag, line }) => [tag, line])).toEqual([
      ['0000_a', 3],
      ['0001_b c', 4],
    ])
    expect(readLock(text.replaceAll('\n', '\r\n'), hash)).toEqual(readLock(text, hash))
    expect(readLock(writeLock([], hash), hash)).toEqual({ lines: [] })
  })
  it('is the same for SQL that git checks out with CR', () =>
    expect(
      writeLock(
        migrations.map((each) => ({ ...each, sql: each.sql.replaceAll('\n', '\r\n') })),
        hash,
      ),
    ).toBe(text))
  it('is not made without the text of a migration', () =>
    expect(() => writeLock([...migrations, { tag: '0002_gone', sql: undefined }], hash)).toThrow(
      expect.objectContaining({ code: 'journal-missing-file', message: expect.stringContaining('0002_gone'), help: expect.stringContaining('git') }),
    ))
  it('is broken where a line was taken out, put in, changed, or marked', () => {
    const lines = text.split('\n')
    const broken = (changed: readonly string[]) => readLock(changed.join('\n'), hash).broken
    expect(broken(lines.filter((_, at) => at !== 2))).toBe(3)
    expect(broken(lines.toSpliced(3, 0, lines[2] ?? ''))).toBe(4)
    expect(broken(lines.map((line) => line.replace('0001_b', '0001_x')))).toBe(4)
    expect(broken(lines.toSpliced(2, 0, '<<<<<<< HEAD'))).toBe(3)
    expect(broken(lines.slice(0, 4))).toBe(4)
  })
})

describe('in a repository', () => {
  let team: Team
  beforeEach(async () => {
    team = makeTeam()
    team.git('init', '-q')
    await team.generate({ users }, 'users')
  })
  afterEach(() => team.remove())

  const run = async (write = false) => {
    await using world = await createWorld({ cwd: team.path, folder: 'drizzle' })
    return lock.run(world, { arguments: [], flags: { write } })
  }
  const rulesIn = async (): Promise<readonly string[]> => {
    await using world = await createWorld({ cwd: team.path, folder: 'drizzle' })
    const { findings } = await check.run(world, { arguments: [], flags: { only: 'folder', root: '.', every: false } })
    return findings.filter(({ rule }) => rule.startsWith('lock-')).map(({ rule, file, line }) => `${rule} ${file}:${line}`)
  }
  const resolved = async () => {
    await using world = await createWorld({ cwd: team.path, folder: 'drizzle' })
    return await resolve.run(world, { arguments: [], flags: { ...plainFlags, write: true, unproven: true } })
  }

  it('is made only when it is asked for; check finds what it does not know, what was edited, and what is gone', async () => {
    expect((await run()).data).toMatchObject({ projects: [{ state: 'none' }] })
    expect([await rulesIn(), team.has('pgstrata.lock')]).toEqual([[], false])
    await run(true)
    expect([await rulesIn(), (await run()).findings]).toEqual([[], []])
    const tag = await team.generate({ users, posts }, 'posts')
    expect(await rulesIn()).toEqual(['lock-behind drizzle/pgstrata.lock:4'])
    await run(true)
    team.put(`${tag}.sql`, `${team.file(`${tag}.sql`)}-- edited\n`)
    expect(await rulesIn()).toEqual([`lock-edited drizzle/${tag}.sql:1`])
    expect((await run()).findings.map(({ message }) => message)).toEqual(['0001_posts has another text than pgstrata.lock:4 holds.'])
    team.put('meta/_journal.json', JSON.stringify({ ...team.journal(), entries: team.journal().entries.slice(0, 1) }, null, 2))
    expect(await rulesIn()).toEqual(['lock-behind drizzle/pgstrata.lock:4'])
    team.put('pgstrata.lock', team.file('pgstrata.lock').replace('end 2', 'end 3'))
    expect(await rulesIn()).toEqual(['lock-behind drizzle/pgstrata.lock:5'])
  })
  it('writes no lock of a journal that cannot be read', async () => {
    team.put('meta/_journal.json', '{')
    await expect(run(true)).rejects.toThrow('is damaged')
    expect(team.has('pgstrata.lock')).toBe(false)
  })
  it('two branches that each add a migration conflict over it, and resolve --write keeps it right', async () => {
    await run(true)
    team.commit('users')
    team.git('checkout', '-qb', 'feature')
    await team.generate({ users, tags }, 'tags')
    await run(true)
    team.commit('tags')
    team.git('checkout', '-q', 'main')
    await team.generate({ users, posts }, 'posts')
    await run(true)
    team.commit('posts')
    team.git('checkout', '-q', 'feature')
    expect(team.try('merge', 'main')).toBe(false)
    expect(team.git('diff', '--name-only', '--diff-filter=U')).toContain('drizzle/pgstrata.lock')
    expect((await resolved()).findings).toEqual([])
    expect(await rulesIn()).toEqual([])
    expect(team.file('pgstrata.lock')).toMatch(/\n0001_posts {2}.*\n0002_tags {2}.*\nend 3 /)
  })
  it('conflicts in a 1.0 folder too, where all other files merge cleanly', async () => {
    const migration = (time: string, sql: string): void => team.put(`${time}_x/migration.sql`, sql)
    for (const path of ['0000_users.sql', 'meta/_journal.json', 'meta/0000_snapshot.json']) team.drop(path)
    migration('20260105090000', 'CREATE TABLE users (id int);')
    await run(true)
    team.commit('users')
    team.git('checkout', '-qb', 'feature')
    migration('20260106090000', 'CREATE TABLE tags (id int);')
    await run(true)
    team.commit('tags')
    team.git('checkout', '-q', 'main')
    migration('20260107090000', 'CREATE TABLE posts (id int);')
    await run(true)
    team.commit('posts')
    team.git('checkout', '-q', 'feature')
    expect(team.try('merge', 'main')).toBe(false)
    expect(team.git('diff', '--name-only', '--diff-filter=U').trim()).toBe('drizzle/pgstrata.lock')
    await resolved()
    expect(await rulesIn()).toEqual([])
  })
})
