/** A report that is shown again without a run is the one that a run would give; what is wrong with the kept file changes nothing but the time. */
import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { build, pgstrata, program, root, temporary } from './cli.ts'

beforeAll(build)

let cache: ReturnType<typeof temporary>
beforeEach(() => {
  cache = temporary()
})
afterEach(() => cache.remove())

const folder = 'examples/shop/drizzle'
const file = `${folder}/0014_review_moderation.sql`
type Env = Readonly<Record<string, string>>

const run = (args: readonly string[], env: Env = {}) => pgstrata(args, { env: { PGSTRATA_CACHE_DIR: cache.path, ...env } })
const lint = (args: readonly string[] = [], env: Env = {}) => run(['lint', '--folder', folder, file, ...args], env)
const anew = (args: readonly string[] = [], env: Env = {}) => {
  rmSync(join(cache.path, 'reports'), { recursive: true, force: true })
  return lint(args, env)
}
const namesIn = (name: string): readonly string[] => {
  mkdirSync(join(cache.path, name), { recursive: true })
  return readdirSync(join(cache.path, name))
}
const only = (): string => {
  const [name, ...more] = namesIn('reports')
  if (name === undefined || more.length > 0) throw new Error(`${more.length + (name ? 1 : 0)} files`)
  return join(cache.path, 'reports', name)
}
/** A run that computes its report keeps the bytecode where there is none. */
const computes = (work: () => unknown): boolean => {
  rmSync(join(cache.path, 'code'), { recursive: true, force: true })
  work()
  return namesIn('code').length > 0
}

test('the second time nothing is loaded, and the answer is the same: text, exit code and all', () => {
  for (const args of [[], ['--fail-on', 'warning', '--format', 'json']]) {
    const first = anew(args)
    expect(computes(() => expect(lint(args)).toEqual(first))).toBe(false)
    expect(statSync(only()).mode & 0o777).toBe(0o600)
  }
  expect(lint(['--fail-on', 'warning', '--format', 'json']).status).toBe(1)
})

test('the folder with all that git knows of it', () => {
  const args = ['lint', '--all', '--folder', folder, '--format', 'json']
  const first = run(args)
  expect(computes(() => expect(run(args)).toEqual(first))).toBe(false)
})

describe('what cannot be used is computed anew, and the answer is the same', () => {
  const other = (path: string, at: (bytes: Buffer) => number): void => {
    const bytes = readFileSync(path)
    bytes[at(bytes)] = (bytes[at(bytes)] ?? 0) ^ 1
    writeFileSync(path, bytes)
  }
  test('files cut short, with another byte, or that others may write', () => {
    const first = anew()
    const ways: readonly ((path: string) => void)[] = [
      (path) => writeFileSync(path, readFileSync(path).subarray(0, -40)),
      (path) => other(path, () => 30),
      (path) => other(path, (bytes) => bytes.length - 30),
      (path) => chmodSync(path, 0o666),
    ]
    for (const spoil of ways) {
      const { ino } = statSync(only())
      spoil(only())
      expect(lint()).toEqual(first)
      expect(statSync(only()).ino).not.toBe(ino)
    }
  })

  test('a place where nothing can be written', () => {
    writeFileSync(join(cache.path, 'file'), '')
    const nowhere = { PGSTRATA_CACHE_DIR: join(cache.path, 'file') }
    expect(lint([], nowhere)).toEqual(lint([], nowhere))
  })
})

test('another width, colours, a terminal without Unicode, a password that stands in the report: each is as a run would give it', () => {
  const before = lint()
  for (const env of [{ COLUMNS: '60', FORCE_COLOR: '1' }, { TERM: 'dumb' }, { DATABASE_URL: 'postgres://u:reviews@localhost/x' }]) {
    const now = lint([], env)
    expect(now.stdout).not.toBe(before.stdout)
    expect(anew([], env)).toEqual(now)
  }
})

test.runIf(existsSync('/dev/full'))('a disk that is full is told, also when the answer was kept', () => {
  lint()
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, [program, 'lint', '--folder', folder, file], {
    cwd: root,
    env: { ...process.env, PGSTRATA_CACHE_DIR: cache.path },
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  })
  closeSync(full)
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('[cannot-write]') })
})

test('what leaves more than text, comes from elsewhere or names an address is not kept', () => {
  const place = temporary(true)
  try {
    const one = (args: readonly string[]) => pgstrata(['lint', ...args], { cwd: place.path, env: { PGSTRATA_CACHE_DIR: cache.path } })
    expect(one(['--all', '--folder', join(root, folder), '--format', `json=${join(place.path, 'report.json')}`]).stderr).toBe('')
    expect(one(['--all', '--folder', join(root, folder), '--save']).stderr).toBe('')
    expect(one(['--all', '--folder', join(root, folder), '--engine', 'postgres://u:secret@localhost/x']).stderr).toBe('')
    spawnSync(process.execPath, [program, 'lint', '-'], { cwd: root, env: { ...process.env, PGSTRATA_CACHE_DIR: cache.path }, input: 'SELECT 1' })
    expect(namesIn('reports')).toEqual([])
  } finally {
    place.remove()
  }
})
