import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGit, readLog } from '../../../src/adapters/git/index.ts'
import { BatchAnswers } from '../../../src/adapters/git/objects.ts'
import { sha256 } from '../../drizzle/folders.ts'

let root = ''
const git = (...parameters: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...parameters], {
    cwd: root,
    encoding: 'utf8',
  }).trim()
const put = (path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}
const commit = (message: string): string => {
  git('add', '-A')
  git('commit', '-qm', message)
  return git('rev-parse', 'HEAD')
}
const ids: { [name: string]: string } = {}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-git-'))
  git('init', '-q', '-b', 'main')
  put('app/db/drizzle/0000_a.sql', 'SELECT 1')
  put('app/db/drizzle/0001_ü b.sql', 'SELECT 2\n')
  put('elsewhere.txt', 'x')
  ids.first = commit('first')
  git('checkout', '-qb', 'feature')
  put('app/db/drizzle/0002_c.sql', 'draft')
  commit('draft')
  put('app/db/drizzle/0002_c.sql', 'done')
  ids.feature = commit('done')
  git('checkout', '-q', 'main')
  put('app/db/drizzle/0000_a.sql', 'SELECT 1 edited')
  ids.edit = commit('edit')
  put('app/db/drizzle/0003_d.sql', 'first life')
  commit('d')
  rmSync(join(root, 'app/db/drizzle/0003_d.sql'))
  commit('d gone')
  put('app/db/drizzle/0003_d.sql', 'second life')
  commit('d again')
  git('merge', '-q', '--no-ff', '-m', 'merge', 'feature')
  git('mv', 'app/db/drizzle/0003_d.sql', 'app/db/drizzle/0004_d.sql')
  ids.head = commit('renumbered')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('git', () => {
  it('knows its root, commits and their base', async () => {
    const port = createGit(join(root, 'app'))
    expect(await port.root()).toBe(git('rev-parse', '--show-toplevel'))
    expect(await port.resolve('HEAD')).toBe(ids.head)
    expect(await port.resolve('no-such-ref')).toBeUndefined()
    expect(await port.resolve('--all')).toBeUndefined()
    expect(await port.mergeBase(ids.edit ?? '', 'feature')).toBe(ids.first)
    expect(await port.isShallow()).toBe(false)
  })

  it('lists tags by their beginning, with the commits that they name', async () => {
    git('tag', 'schema-v1.0.0', ids.first ?? '')
    git('tag', '-am', 'annotated', 'schema-v1.1.0', ids.edit ?? '')
    git('tag', 'v9')
    const port = createGit(join(root, 'app'))
    expect(await port.tags('schema-v')).toEqual([
      { name: 'schema-v1.0.0', commit: ids.first },
      { name: 'schema-v1.1.0', commit: ids.edit },
    ])
    expect(await port.tags('none-v')).toEqual([])
  })

  it('knows which commit of the branch added what is there; of a merge the merge', async () => {
    const added = new Map((await createGit(join(root, 'app')).added('db/drizzle')).map(({ path, commit: id }) => [path, id]))
    expect(added.get('0000_a.sql')).toBe(ids.first)
    expect(added.get('0002_c.sql')).toBe(git('rev-parse', 'HEAD^'))
    expect(added.get('0004_d.sql')).toBe(ids.head)
    expect(added.has('0003_d.sql')).toBe(false)
  })

  it('knows who wrote what is there, in merged branches too; who renamed it did not', async () => {
    const authors = new Map((await createGit(join(root, 'app')).authors('db/drizzle')).map((author) => [author.path, author]))
    expect(authors.get('0000_a.sql')).toMatchObject({ commit: ids.first, name: 't' })
    expect(authors.get('0001_ü b.sql')?.commit).toBe(ids.first)
    expect(authors.get('0002_c.sql')?.commit).toBe(git('rev-parse', 'feature^'))
    expect(authors.get('0004_d.sql')?.commit).toBe(git('log', '--format=%H', '--grep=^d again'))
    expect(authors.get('0004_d.sql')?.when).toBe(Number(git('log', '--format=%at', '--grep=^d again')) * 1000)
  })

  it('answers undefined outside a repository', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'pgstrata-outside-'))
    expect(await createGit(outside).root()).toBeUndefined()
    await expect(createGit(outside).filesAt('HEAD', '.')).rejects.toMatchObject({ code: 'no-repository', exit: 2 })
    rmSync(outside, { recursive: true })
  })

  it('reads a folder at a ref, from any directory and under any name', async () => {
    const expected = [
      { path: '0000_a.sql', text: 'SELECT 1', hash: sha256('SELECT 1') },
      { path: '0001_ü b.sql', text: 'SELECT 2\n', hash: sha256('SELECT 2\n') },
    ]
    expect(await createGit(root).filesAt(ids.first ?? '', 'app/db/drizzle')).toEqual(expected)
    expect(await createGit(join(root, 'app')).filesAt(ids.first ?? '', './db/drizzle/')).toEqual(expected)
    expect(await createGit(join(root, 'app/db/drizzle')).filesAt(ids.first ?? '', '.')).toEqual(expected)
    expect(await createGit(join(root, 'app')).filesAt(ids.first ?? '', join(root, 'app/db/drizzle'))).toEqual(expected)
    expect(await createGit(root).filesAt(ids.first ?? '', 'no/such/folder')).toEqual([])
    await expect(createGit(root).filesAt('no-such-ref', 'app')).rejects.toMatchObject({ code: 'no-such-ref' })
  })

  it('reads folders in folders, without links and submodules, by one git that ends with it', async () => {
    const place = mkdtempSync(join(tmpdir(), 'pgstrata-tree-'))
    const inPlace = (...parameters: readonly string[]): string => execFileSync('git', ['-C', place, ...parameters], { encoding: 'utf8' }).trim()
    inPlace('init', '-q')
    for (const path of ['a.b/c', 'a/d/e', 'z']) {
      mkdirSync(join(place, path, '..'), { recursive: true })
      writeFileSync(join(place, path), path)
    }
    symlinkSync('z', join(place, 'link'))
    symlinkSync('a', join(place, 'folder'))
    inPlace('add', '-A')
    inPlace('update-index', '--add', '--cacheinfo', `160000,${ids.head},module`)
    inPlace('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'x')
    const expected = inPlace('ls-tree', '-r', '--name-only', 'HEAD')
      .split('\n')
      .filter((path) => !['link', 'folder', 'module'].includes(path))
    for (const settled of [true, false]) {
      await using port = createGit(place, { settled })
      expect(await port.pathsAt('HEAD', '.')).toEqual(expected)
      expect((await port.filesAt('HEAD', 'a')).map(({ path, text }) => [path, text])).toEqual([['d/e', 'a/d/e']])
      expect(await port.pathsAt('HEAD', 'z')).toEqual([])
      expect(await port.pathsAt('HEAD', 'folder')).toEqual([])
      expect(await port.resolve('no\nref')).toBeUndefined()
    }
    rmSync(join(place, '.git/objects', inPlace('rev-parse', 'HEAD:z').replace(/^../, '$&/')), { force: true })
    await expect(createGit(place).filesAt('HEAD', '.')).rejects.toMatchObject({ code: 'git-failed', message: expect.stringContaining('lacks the object') })
    rmSync(place, { recursive: true })
  })

  it('a git that has ended says so each time, and does not leave anybody waiting', async () => {
    const place = mkdtempSync(join(tmpdir(), 'pgstrata-ended-'))
    execFileSync('git', ['init', '-q', place])
    await using port = createGit(place, { settled: true })
    expect(await port.root()).toBeDefined()
    // Not a repository any more: cat-file ends at once.
    rmSync(join(place, '.git'), { recursive: true })
    for (let turn = 0; turn < 2; turn++) await expect(port.resolve('HEAD')).rejects.toMatchObject({ code: 'git-failed', exit: 3 })
    rmSync(place, { recursive: true })
  })

  it('does not take a failure of git for a no', async () => {
    const port = createGit(root)
    expect(await port.isAncestor(ids.first ?? '', ids.edit ?? '')).toBe(true)
    expect(await port.isAncestor(ids.edit ?? '', ids.first ?? '')).toBe(false)
    await expect(port.isAncestor('0123456789012345678901234567890123456789', ids.first ?? '')).rejects.toMatchObject({ code: 'git-failed' })
  })

  it('finds files that changed after they were added; not those finished on a branch, added again or renamed', async () => {
    expect(await createGit(join(root, 'app')).editedAfterAdded('db/drizzle')).toEqual([{ path: '0000_a.sql', added: ids.first, edited: ids.edit }])
  })

  it('sees a shallow clone, and a repository without a commit', async () => {
    const clone = mkdtempSync(join(tmpdir(), 'pgstrata-clone-'))
    execFileSync('git', ['clone', '-q', '--depth', '1', `file://${root}`, clone])
    expect(await createGit(clone).isShallow()).toBe(true)
    rmSync(clone, { recursive: true })
    const empty = mkdtempSync(join(tmpdir(), 'pgstrata-empty-'))
    execFileSync('git', ['init', '-q', empty])
    expect(await createGit(empty).editedAfterAdded('.')).toEqual([])
    expect(await createGit(empty).resolve('HEAD')).toBeUndefined()
    rmSync(empty, { recursive: true })
  })

  it('writes into the clone’s configuration and takes it out again, section and all', async () => {
    const before = git('config', '--local', '--list')
    const port = createGit(join(root, 'app'), { settled: true })
    expect(await port.setting('merge.pgstrata.driver')).toBeUndefined()
    await port.configure('merge.pgstrata.driver', 'run "it" %A')
    expect(await port.setting('merge.pgstrata.driver')).toBe('run "it" %A')
    await port.configure('merge.pgstrata.driver', undefined)
    await port.configure('merge.pgstrata.driver', undefined)
    expect(await port.setting('merge.pgstrata.driver')).toBeUndefined()
    expect(git('config', '--local', '--list')).toBe(before)
    expect(readFileSync(join(root, '.git/config'), 'utf8')).not.toContain('pgstrata')
    expect(await port.fromRoot('db/drizzle')).toBe('app/db/drizzle')
  })
  it('says when git is missing', async () => {
    const path = process.env.PATH
    process.env.PATH = root
    try {
      await expect(createGit(root).root()).rejects.toMatchObject({ code: 'no-git', help: expect.stringContaining('Install git') })
    } finally {
      process.env.PATH = path
    }
  })
})

describe('reading git’s answers', () => {
  it('takes objects of any content apart', () => {
    const id = (letter: string): string => letter.repeat(40)
    const answer = Buffer.from(`${id('a')} blob 5\nx\ny\0z\nno such ref^{commit} missing\n${id('b')} blob 0\n\n${id('c')} blob 1\n\n\n`)
    const expected = ['x\ny\0z', undefined, '', '\n']
    // However the pipe cuts it.
    for (let size = 1; size <= answer.length; size++) {
      const reading = new BatchAnswers()
      const parts = Array.from({ length: Math.ceil(answer.length / size) }, (_, at) => answer.subarray(at * size, (at + 1) * size))
      const objects = parts.flatMap((part) => reading.push(part))
      expect(objects.map((object) => object?.content.toString())).toEqual(expected)
    }
  })
  it('takes a log apart', () => {
    expect(readLog(Buffer.from('commit 11\0\nM\0a b\0A\0c\0commit 22\0\nA\0a b\0'))).toEqual([
      { commit: '11', status: 'M', path: 'a b' },
      { commit: '11', status: 'A', path: 'c' },
      { commit: '22', status: 'A', path: 'a b' },
    ])
  })
})
