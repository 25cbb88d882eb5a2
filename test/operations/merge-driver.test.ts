import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { verdictOf } from '../../src/model/report.ts'
import { mergeDriver } from '../../src/operations/merge-driver.ts'
import { resolve } from '../../src/operations/resolve.ts'
import { build } from '../cli/cli.ts'
import { npxOnPath } from '../support/npx.ts'
import { collide, posts, startTeam, type Team, tags, users } from '../support/team.ts'
import { journal } from './place.ts'
import { plainFlags } from './resolve-flags.ts'

let team: Team
beforeAll(build)
beforeEach(async () => {
  team = await startTeam()
})
afterEach(() => team.remove())

type Given = {
  readonly install?: boolean
  readonly uninstall?: boolean
  readonly write?: boolean
  readonly hooks?: boolean
  readonly files?: readonly string[]
}
const run = async ({ files = [], ...given }: Given) => {
  await using world = await createWorld({ cwd: team.path, folder: 'drizzle' })
  return mergeDriver.run(world, { arguments: files, flags: { install: false, uninstall: false, write: false, hooks: true, ...given } })
}
const resolved = async () => {
  await using world = await createWorld({ cwd: team.path, folder: 'drizzle' })
  return await resolve.run(world, { arguments: [], flags: { ...plainFlags, write: true, unproven: true } })
}
const at = (path: string): string => join(team.path, path)
const textAt = (path: string): string => readFileSync(at(path), 'utf8')
const unmerged = (): readonly string[] => team.git('diff', '--name-only', '--diff-filter=U').trim().split('\n')
const tagsIn = (): readonly string[] => team.journal().entries.map(({ tag }) => tag)

describe('as git calls it', () => {
  const path = 'packages/db/drizzle/meta/_journal.json'
  it('names the next step as a finding, and refuses what is none of its files', async () => {
    team.write({ '.o': '', '.a': journal([{ tag: '0000_a', sql: '' }]), '.b': journal([{ tag: '0000_b', sql: '' }]) })
    const report = await run({ files: ['.o', '.a', '.b', path] })
    expect(report.findings[0]).toMatchObject({ rule: 'collision', help: 'pgstrata resolve --write, then git add -A packages/db/drizzle' })
    expect([verdictOf(report), JSON.parse(textAt('.a')).entries.length]).toEqual(['findings', 2])
    await expect(run({ files: ['.o', '.a', '.b', 'README.md'] })).rejects.toThrow('no journal, snapshot or lock')
    await expect(run({ files: ['.o', '.a'] })).rejects.toThrow('four files')
    await expect(run({ files: ['.o', '.a', '.none', path] })).rejects.toThrow('There is no file .none')
  })
})

describe('installed', () => {
  it('shows first, writes with --write, has nothing to do the second time, and leaves no trace', async () => {
    const config = textAt('.git/config')
    const hooks = (): readonly string[] => ['post-merge', 'post-rewrite', 'pre-push'].filter((name) => existsSync(at(`.git/hooks/${name}`)))
    const plan = await run({ install: true })
    expect(plan.data).toMatchObject({ written: false, files: [{ path: '.gitattributes' }, {}, {}, {}] })
    expect([existsSync(at('.gitattributes')), textAt('.git/config'), hooks()]).toEqual([false, config, []])
    team.write({ '.gitattributes': '*.png binary' })
    team.commit('attributes')
    await run({ install: true, write: true })
    expect(textAt('.gitattributes')).toMatch(/^\*\.png binary\n[\s\S]*^\/drizzle\/meta\/_journal\.json merge=pgstrata$/m)
    for (const name of hooks()) expect(statSync(at(`.git/hooks/${name}`)).mode & 0o111).toBe(0o111)
    expect(hooks()).toHaveLength(3)
    expect((await run({ install: true, write: true })).data).toMatchObject({ written: false, files: [], settings: [] })
    await run({ uninstall: true, write: true })
    expect([team.git('status', '--short'), textAt('.git/config'), hooks()]).toEqual(['', config, []])
  })
  it('adds to a hook of somebody else, and only names what to add where it cannot', async () => {
    const [shell, node, exits] = ['#!/usr/bin/env bash\necho mine\n', '#!/usr/bin/env node\nconsole.log(1)\n', '#!/bin/sh\necho mine\nexit 0\n']
    team.git('config', 'core.hooksPath', 'tools/hooks')
    team.write({ 'tools/hooks/post-merge': shell, 'tools/hooks/pre-push': node, 'tools/hooks/post-rewrite': exits })
    const report = await run({ install: true, write: true })
    expect(textAt('tools/hooks/post-merge')).toMatch(/^#!\/usr\/bin\/env bash\necho mine\n# >>> pgstrata\n/)
    expect([textAt('tools/hooks/pre-push'), textAt('tools/hooks/post-rewrite')]).toEqual([node, exits])
    expect(report.data).toMatchObject({
      byHand: [{ path: 'tools/hooks/post-rewrite' }, { path: 'tools/hooks/pre-push', lines: [expect.any(String), expect.any(String), 'fi'] }],
    })
    await run({ uninstall: true, write: true })
    expect([textAt('tools/hooks/post-merge'), textAt('tools/hooks/pre-push'), existsSync(at('.gitattributes'))]).toEqual([shell, node, false])
  })
})

describe('where hooks and folders stand elsewhere', () => {
  const shared = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: '/nowhere/hooks' }
  afterEach(() => {
    for (const key of Object.keys(shared)) delete process.env[key]
  })
  it('writes into the files that husky calls, and only names what to add to hooks that all repositories of a user share', async () => {
    Object.assign(process.env, shared)
    expect((await run({ install: true })).data).toMatchObject({ files: [{ path: '.gitattributes' }], byHand: [{ path: '/nowhere/hooks/post-merge' }, {}, {}] })
    for (const key of Object.keys(shared)) delete process.env[key]
    team.git('config', 'core.hooksPath', '.husky/_')
    team.write({ '.husky/_/pre-push': 'generated', '.husky/pre-push': 'npm test' })
    await run({ install: true, write: true })
    expect(textAt('.husky/pre-push')).toMatch(/^npm test\n# >>> pgstrata/)
    expect([textAt('.husky/_/pre-push'), statSync(at('.husky/pre-push')).mode & 0o111]).toEqual(['generated', 0])
    await run({ uninstall: true, write: true })
    expect([textAt('.husky/pre-push'), existsSync(at('.husky/post-merge'))]).toEqual(['npm test', false])
  })
  it('calls folders from the repository’s root, whatever is in their names', async () => {
    team.write({ 'packages/my db/[x]/meta/_journal.json': journal([]) })
    await using world = await createWorld({ cwd: join(team.path, 'packages'), folder: 'my db/[x]' })
    await mergeDriver.run(world, { arguments: [], flags: { install: true, uninstall: false, write: true, hooks: false } })
    const attribute = (path: string): string => team.git('check-attr', 'merge', '--', path).trim().replace(/^.*: /, '')
    expect(
      ['packages/my db/[x]/meta/_journal.json', 'packages/my db/[x]/meta/0001_snapshot.json', 'packages/my db/x/meta/_journal.json'].map(attribute),
    ).toEqual(['pgstrata', 'pgstrata', 'unspecified'])
  })
})

describe('with git', () => {
  let npx: ReturnType<typeof npxOnPath> | undefined
  afterEach(() => {
    npx?.remove()
    npx = undefined
  })
  const install = async (hooks = false): Promise<void> => {
    npx = npxOnPath()
    await run({ install: true, write: true, hooks })
    team.commit('attributes')
  }

  it('a collision conflicts with valid JSON in both files; resolve makes it one line; the push that was stopped goes', async () => {
    await install(true)
    await collide(team)
    expect([team.try('push', '.', 'feature:pushed'), team.try('push', '--no-verify', '.', 'feature:unverified')]).toEqual([false, true])
    expect(team.try('merge', 'main')).toBe(false)
    expect(unmerged()).toEqual(['drizzle/meta/0001_snapshot.json', 'drizzle/meta/_journal.json'])
    expect(tagsIn()).toEqual(['0000_users', '0001_tags', '0001_posts'])
    expect(JSON.parse(team.file('meta/0001_snapshot.json')).tables).toHaveProperty(['public.tags'])
    expect((await resolved()).findings).toEqual([])
    expect(tagsIn()).toEqual(['0000_users', '0001_posts', '0002_tags'])
    team.commit('merged')
    expect(team.try('push', '.', 'feature:pushed')).toBe(true)
  })
  it('a collision that git would merge cleanly conflicts too; without the driver the hook after the merge tells of it, and does not fail', async () => {
    const on = (day: number, name: string) => ({ tag: `2026010${day}090000_${name}`, sql: `CREATE TABLE ${name} (id int);\n`, when: Date.UTC(2026, 0, day, 9) })
    const base = [on(1, 'a'), on(3, 'b'), on(5, 'c'), on(7, 'd')]
    const put = (entries: typeof base): void => {
      team.migrations(entries)
      team.commit('migrations')
    }
    put(base)
    team.git('checkout', '-qb', 'early')
    put([on(1, 'a'), on(2, 'early'), on(3, 'b'), on(5, 'c'), on(7, 'd')])
    team.git('checkout', '-q', 'main')
    put([...base, on(9, 'late')])
    team.git('checkout', '-q', 'early')
    await install(true)
    expect(team.try('merge', 'main')).toBe(false)
    expect(unmerged()).toEqual(['drizzle/meta/_journal.json'])
    expect(tagsIn()).toHaveLength(6)
    team.git('merge', '--abort')
    team.git('config', '--remove-section', 'merge.pgstrata')
    const { status, stderr } = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'merge', '--no-edit', 'main'], {
      cwd: team.path,
      encoding: 'utf8',
    })
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringMatching(/collision[\s\S]*20260102090000_early/) })
  })
  it('both branches with the same migration, and one with more of them, merge without a word', async () => {
    await install()
    team.git('checkout', '-qb', 'feature')
    await team.generate({ users, tags }, 'tags')
    const picked = team.commit('tags')
    team.git('checkout', '-q', 'main')
    team.git('commit', '-qm', 'other', '--allow-empty')
    team.git('cherry-pick', picked)
    await team.generate({ users, tags, posts }, 'posts')
    team.commit('posts')
    team.git('checkout', '-q', 'feature')
    expect(team.try('merge', 'main')).toBe(true)
    expect(tagsIn()).toEqual(['0000_users', '0001_tags', '0002_posts'])
  })
  it('where it is not installed there is an ordinary conflict, and no hook stops anything', async () => {
    await install(true)
    npx?.remove()
    npx = npxOnPath({ installed: false })
    await collide(team)
    expect(team.try('push', '.', 'feature:pushed')).toBe(true)
    expect(team.try('merge', 'main')).toBe(false)
    expect(unmerged()).toContain('drizzle/meta/_journal.json')
    expect((await resolved()).findings).toEqual([])
    expect(tagsIn()).toEqual(['0000_users', '0001_posts', '0002_tags'])
  })
  it('the attributes alone change nothing', async () => {
    await install()
    for (const key of ['name', 'driver', 'recursive']) team.git('config', '--unset-all', `merge.pgstrata.${key}`)
    await collide(team)
    expect(team.try('merge', 'main')).toBe(false)
    expect(team.file('meta/_journal.json')).toContain('<<<<<<<')
  })
})
