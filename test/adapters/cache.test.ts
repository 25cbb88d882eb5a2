import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCache } from '../../src/adapters/store/cache.ts'
import { cacheDirectory } from '../../src/adapters/store/directory.ts'

let place: string
let directory: string
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'pgstrata-cache-'))
  directory = join(place, 'content')
  await mkdir(directory)
})
afterEach(() => rm(place, { recursive: true, force: true }))

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array | undefined): string | undefined => content && new TextDecoder().decode(content)
const files = async (): Promise<readonly string[]> =>
  (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))

test('what was put is there, also for another process', async () => {
  await createCache({ directory, build: 'one' }).put('head/a', bytes('one'))
  expect(text(await createCache({ directory, build: 'one' }).get('head/a'))).toBe('one')
  expect(await createCache({ directory, build: 'one' }).get('head/b')).toBeUndefined()
})

test('another build has entries of its own', async () => {
  await createCache({ directory, build: 'one' }).put('a', bytes('one'))
  expect(await createCache({ directory, build: 'two' }).get('a')).toBeUndefined()
})

test('a damaged file is as if it were not there', async () => {
  const cache = createCache({ directory, build: 'one' })
  await cache.put('a', bytes('one'))
  const [file = ''] = await files()
  await writeFile(file, (await readFile(file)).subarray(0, -1))
  expect(await cache.get('a')).toBeUndefined()
  await writeFile(file, '')
  expect(await cache.get('a')).toBeUndefined()
})

test('a directory that cannot be written stops nobody', async () => {
  const file = join(directory, 'file')
  await writeFile(file, '')
  const cache = createCache({ directory: join(file, 'below'), build: 'one' })
  await expect(cache.put('a', bytes('one'))).resolves.toBeUndefined()
  expect(await cache.get('a')).toBeUndefined()
})

test('it stays within its limit; the longest unused go first', async () => {
  const limit = 100_000
  const cache = createCache({ directory, limit, build: 'one' })
  const block = new Uint8Array(10_000)
  await cache.put('old', block)
  const [old = ''] = await files()
  await utimes(old, 1, 1)
  for (let index = 0; index < 30; index++) await cache.put(`new ${index}`, block)
  const kept = await files()
  expect(kept.length * 10_032).toBeLessThanOrEqual(limit * 1.25)
  expect(kept.length).toBeGreaterThan(3)
  expect(await cache.get('old')).toBeUndefined()
  expect(await cache.get('new 29')).toBeDefined()
})

test('processes count together what they write, and look through the entries only when it is much', async () => {
  const limit = 100_000
  const put = (key: string): Promise<void> => createCache({ directory, limit, build: 'one' }).put(key, new Uint8Array(10_000))
  await put('first')
  const tooMuch = join(directory, 'too much')
  await writeFile(tooMuch, new Uint8Array(2 * limit))
  await utimes(tooMuch, 1, 1)
  for (const key of ['a', 'b']) await put(key)
  expect(await files()).toContain(tooMuch)
  await put('c')
  expect(await files()).not.toContain(tooMuch)
  for (const spoiled of ['', 'many', 'NaN']) {
    await writeFile(tooMuch, new Uint8Array(2 * limit))
    await utimes(tooMuch, 1, 1)
    await writeFile(`${directory}.written`, spoiled)
    await put('d')
    for (const key of ['a', 'b', 'c']) await put(key)
    expect(await files()).not.toContain(tooMuch)
  }
})

test.each([10, 2_000_000])('parts of %i bytes are kept as one', async (size) => {
  const cache = createCache({ directory, build: 'one' })
  await cache.put('parts', [new Uint8Array(size).fill(1), new Uint8Array(0), new Uint8Array(size).fill(2)])
  const all = await cache.get('parts')
  expect([all?.length, all?.[size - 1], all?.[size]]).toEqual([2 * size, 1, 2])
})

test('no temporary file is left', async () => {
  const cache = createCache({ directory, build: 'one' })
  await Promise.all(Array.from({ length: 20 }, () => cache.put('same', bytes('one'))))
  expect(await files()).toHaveLength(1)
  expect(text(await cache.get('same'))).toBe('one')
})

test('the directory follows each system', () => {
  expect(cacheDirectory({ XDG_CACHE_HOME: '/x' }, 'linux', '/home/u')).toBe(join('/x', 'pgstrata'))
  expect(cacheDirectory({}, 'linux', '/home/u')).toBe(join('/home/u', '.cache', 'pgstrata'))
  expect(cacheDirectory({}, 'darwin', '/Users/u')).toBe(join('/Users/u', 'Library', 'Caches', 'pgstrata'))
  expect(cacheDirectory({ LOCALAPPDATA: 'L' }, 'win32', 'H')).toBe(join('L', 'pgstrata', 'Cache'))
  expect(cacheDirectory({ PGSTRATA_CACHE_DIR: '/c' }, 'linux', '/home/u')).toBe('/c')
})
