import { mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listFiles } from '../../../src/adapters/code/files.ts'
import { lowerSource } from '../../../src/adapters/code/lower/index.ts'
import type { Made } from '../../../src/adapters/code/messages.ts'
import { openNotebook } from '../../../src/adapters/code/notebook.ts'
import { type Note, noted } from '../../../src/adapters/code/notes.ts'
import { createResolver } from '../../../src/adapters/code/resolve/index.ts'
import { openShelf } from '../../../src/adapters/code/shelf.ts'
import type { FileTree } from '../../../src/adapters/code/tree.ts'
import { bytesOf, treeOf } from '../../../src/adapters/code/tree-bytes.ts'
import { openTrees, type Trees } from '../../../src/adapters/code/trees.ts'
import { mayHave } from '../../../src/adapters/code/vocabulary.ts'
import { startWorkers } from '../../../src/adapters/code/workers.ts'
import { createCache } from '../../../src/adapters/store/cache.ts'
import type { Cache } from '../../../src/model/world.ts'
import { buildPrograms, type Programs } from './threads.ts'

let root: string
let cache: Cache
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-trees-'))
  mkdirSync(join(root, 'code'))
  cache = createCache({ directory: join(root, 'cache'), build: '1' })
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

const code = (): string => join(root, 'code')
const write = (path: string, text: string): void => writeFileSync(join(code(), path), text)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const asJson = (tree: FileTree): unknown => JSON.parse(JSON.stringify(tree))

/** As a run does it. */
const openCode = async (given = cache) => {
  const { sources, looks } = await listFiles(code())
  const workers = startWorkers(code(), sources)
  return { sources, workers, notebook: await openNotebook({ root: code(), looks, cache: given, keptAs: code(), workers }) }
}
const notebookOf = async (given = cache) => (await openCode(given)).notebook

const open = async (given = cache): Promise<Trees> => {
  const { sources, workers, notebook } = await openCode(given)
  return openTrees({ root: code(), sources, notebook, cache: given, keptAs: code(), resolver: createResolver(code(), sources), workers })
}

/** So long ago that a stamp is believed. */
const age = (path: string): void => utimesSync(join(code(), path), new Date(2020, 1, 1), new Date(2020, 1, 1))

const waitForTheClock = (): Promise<void> => new Promise((done) => setTimeout(done, 2_100))

describe('trees', () => {
  it('are those of the content, also when they come from the cache, and new when it changes', async () => {
    write('a.ts', "import b from './b.ts'\nexport const a = b")
    write('b.ts', "import a from './a.ts'\nexport default a")
    for (const line of [2, 2, 3]) {
      if (line === 3) write('a.ts', "import b from './b.ts'\n\nexport const a = b")
      await using trees = await open()
      await trees.prepare(['a.ts', 'b.ts'])
      expect(trees.tree('a.ts').exports).toMatchObject([{ name: 'a', at: line }])
      expect(trees.tree('b.ts').imports).toMatchObject([{ from: './a.ts', name: 'default' }])
      expect(trees.tree('a.ts')).toBe(trees.tree('a.ts'))
      await trees.keep()
    }
  })

  it('of files that are not read are empty, and the gaps say why', async () => {
    write('min.js', `a("${'x'.repeat(30_000)}")`)
    await using trees = await open()
    await trees.prepare(['min.js', 'none.ts'])
    expect(trees.tree('min.js').functions).toHaveLength(1)
    expect(trees.tree('none.ts').exports).toEqual([])
    expect(trees.gaps.map(({ file }) => file)).toEqual(['min.js', 'none.ts'])
  })

  it('one that nobody prepared is made when it is asked for, and kept', async () => {
    write('c.ts', 'export const c = 1')
    for (const given of [cache, { ...cache, put: () => Promise.reject(new Error('it is written twice')) }]) {
      await using trees = await open(given)
      await trees.prepare([])
      expect(trees.tree('c.ts').exports).toMatchObject([{ name: 'c' }])
      await trees.keep()
    }
  })
})

describe('trees as bytes', () => {
  it('are what they are as JSON, of all sources of a program and of whatever a text may hold', async () => {
    const odd = `const a = [-1, 1.5, 1e300, 16777216, ${'9'.repeat(400)}, '\\ud800', 'ä €', null, true, , ...b]\nclass A<T> { @d x?: T; constructor(private readonly k: string) {} }\nexport default { k: 1, ['to']: a, __proto__: a }`
    const { sources } = await listFiles('src/adapters/code')
    const texts = [['odd.ts', odd] as const, ...sources.map((path) => [path, readFileSync(join('src/adapters/code', path), 'utf8')] as const)]
    expect(texts.length).toBeGreaterThan(100)
    for (const [path, text] of texts) {
      const tree = lowerSource(path, text)
      expect(asJson(treeOf(bytesOf(tree)))).toEqual(asJson(tree))
    }
  })

  it('read the code of a function when it is asked for, the same each time, with types that are the same objects', () => {
    const tree = treeOf(bytesOf(lowerSource('a.ts', 'export const f = (a: string) => { const b: Row = a as Row; return b }')))
    const [, f] = tree.functions
    const readings = Array.from({ length: 6 }, () => f?.body)
    for (const one of readings) expect(one).toEqual(readings[0])
    const typesIn = (body: unknown): readonly unknown[] => {
      const found: unknown[] = []
      JSON.stringify(body, (key, value) => {
        if (key === 'T') found.push(value)
        return value
      })
      return found
    }
    expect(typesIn(readings[0])).toHaveLength(2)
    for (const one of readings) for (const [at, type] of typesIn(one).entries()) expect(type).toBe(typesIn(readings[0])[at])
  })
})

describe('the shelf', () => {
  const kept = async (path: string, digest: string): Promise<string | undefined> => {
    const shelf = openShelf(cache, '/r')
    await shelf.open()
    const found = shelf.get(path, digest)
    return found && Buffer.from(found).toString()
  }
  const put = async (...all: readonly (readonly [path: string, digest: string, text: string])[]): Promise<void> => {
    const shelf = openShelf(cache, '/r')
    await shelf.open()
    for (const [path, digest, text] of all) shelf.put(path, digest, bytes(text))
    await shelf.write((_, one) => one === 'current')
  }

  it('gives back what was put, of that content alone', async () => {
    await put(['a.ts', '1', '{"å":1}'], ['b.ts', '1', '{}'])
    expect(await kept('a.ts', '1')).toBe('{"å":1}')
    expect(await kept('a.ts', '2')).toBeUndefined()
    expect(await kept('c.ts', '1')).toBeUndefined()
  })

  it('after an edit writes what is new, and not all anew', async () => {
    const written: number[] = []
    await put(['a.ts', '1', 'x'.repeat(100_000)])
    const counting: Cache = {
      get: cache.get,
      async put(key, all) {
        written.push(Buffer.concat([all].flat()).length)
        await cache.put(key, all)
      },
    }
    const shelf = openShelf(counting, '/r')
    await shelf.open()
    shelf.put('b.ts', '1', bytes('{}'))
    await shelf.write(() => true)
    expect(written).toHaveLength(1)
    expect(written[0]).toBeLessThan(100)
    expect(await kept('a.ts', '1')).toHaveLength(100_000)
  })

  it('of many edits becomes one piece again, without what is out of date', async () => {
    await put(['old.ts', 'outdated', 'old'], ['same.ts', 'current', 'same'])
    for (let edit = 0; edit < 15; edit++) await put(['a.ts', `${edit}`, `tree ${edit}`])
    expect(await kept('a.ts', '14')).toBe('tree 14')
    expect(await kept('same.ts', 'current')).toBe('same')
    expect(await kept('old.ts', 'outdated')).toBeUndefined()
  })

  it('that is broken is an empty one, and can be written again', async () => {
    for (const broken of [bytes(''), bytes('x'), bytes('\u0005\0\0\0[[1]]and more'), bytes('\u00ff\u00ff\u00ff\u00ff')]) {
      await cache.put('code trees /r 0', broken)
      expect(await kept('a.ts', '1')).toBeUndefined()
    }
    await put(['a.ts', '1', '{}'])
    expect(await kept('a.ts', '1')).toBe('{}')
  })

  it('remembers that nobody asked for a tree', async () => {
    const shelf = openShelf(cache, '/r')
    shelf.pass('a.ts', '1')
    await shelf.write(() => true)
    const next = openShelf(cache, '/r')
    await next.open()
    expect([next.has('a.ts', '1'), next.has('a.ts', '2')]).toEqual([true, false])
    expect(next.get('a.ts', '1')).toBeUndefined()
  })
})

describe('the notebook', () => {
  it('says what a text tells', async () => {
    write('a.tsx', "'use client'\nimport type { B } from './b'\nimport { c } from './c'\nexport const users = pgTable('users', {})")
    const { vocabulary, ...note } = (await notebookOf()).note('a.tsx')
    expect(note).toMatchObject({ directive: 'use client', browser: true, declares: true, imports: ['./c'], links: ['./b', './c'] })
    expect(note.why).toBeUndefined()
    expect(['users', 'USERS', 'use client', 'pgTable'].map((word) => mayHave(word)(vocabulary))).toEqual([true, true, true, true])
    expect(['user', 'orders', 'users orders'].map((word) => mayHave(word)(vocabulary))).toEqual([false, false, false])
  })

  it('is the same from the cache, of a file that is not read again; sees an edit, and forgets a file that is gone', { timeout: 15_000 }, async () => {
    for (const path of ['a.ts', 'edited.ts', 'gone.ts']) write(path, "import { b } from './b'\nimport type { C } from './c'")
    write('empty.ts', '')
    await waitForTheClock()
    const first = await notebookOf()
    const told = ['a.ts', 'empty.ts', 'edited.ts', 'gone.ts'].map((path) => first.note(path))
    await first.keep()
    write('edited.ts', "import './other'")
    unlinkSync(join(code(), 'gone.ts'))
    const second = await notebookOf()
    // Its stamp was taken; what is read of it now would be nothing.
    unlinkSync(join(code(), 'a.ts'))
    const kept = ['a.ts', 'empty.ts'].map((path) => second.note(path))
    expect(kept.map((note) => ({ ...note, vocabulary: Uint8Array.from(note.vocabulary) }))).toEqual(told.slice(0, 2))
    expect(second.note('edited.ts').imports).toEqual(['./other'])
    expect(second.note('gone.ts').why).toContain('cannot be opened')
  })

  it('sees an edit of the same size within the grain of the stamps', async () => {
    write('a.ts', "import './b'")
    age('a.ts')
    const first = await notebookOf()
    expect(first.note('a.ts').imports).toEqual(['./b'])
    await first.keep()
    write('a.ts', "import './c'")
    age('a.ts')
    expect((await notebookOf()).note('a.ts').imports).toEqual(['./c'])
  })

  it('that is broken is an empty one', async () => {
    write('a.ts', "import './b'")
    for (const broken of [bytes(''), bytes('{}'), bytes('\u0002\0\0\0{}'), bytes('\u00ff\u00ff\u00ff\u00ff')]) {
      await cache.put(`code notes ${code()}`, broken)
      expect((await notebookOf()).note('a.ts').imports).toEqual(['./b'])
    }
  })
})

describe('threads', () => {
  const sources = Array.from({ length: 80 }, (_, at) => `f${at}.ts`)
  const text = (path: string): string => `import b from './b'\nexport const ${path.slice(0, -3)} = () => b(${'1, '.repeat(20)}2)`
  let programs: Programs
  beforeAll(async () => {
    programs = await buildPrograms()
  })
  afterAll(() => programs.remove())

  const patience = { timeout: 20_000 }
  const later = (): Promise<void> => new Promise((done) => setTimeout(done, 30))

  it('make the trees that this one would make, while it does other things', patience, async () => {
    for (const path of sources) write(path, text(path))
    const workers = startWorkers(code(), sources, programs.works)
    workers.want(sources.slice(0, 40), sources.slice(40))
    const taken = new Map<string, FileTree>()
    // From the end, at which no thread begins; one that none has made yet is left to the caller.
    for (const path of sources.toReversed()) {
      if (taken.size < 3) await later()
      const made = workers.take(path)
      if (made) taken.set(path, treeOf(made.bytes))
    }
    await workers.close()
    expect(taken.size).toBeGreaterThan(0)
    for (const [path, tree] of taken) expect(asJson(tree)).toEqual(asJson(lowerSource(path, text(path))))
  })

  it('read the texts of many files, beside the one who reads them too', patience, async () => {
    const many = Array.from({ length: 2_400 }, (_, at) => `g${at}.ts`)
    for (const path of many) write(path, `import { a } from './${path}'`)
    const workers = startWorkers(code(), many, programs.works)
    workers.read()
    const notes = new Map<string, Note>()
    // From the end, at which threads begin.
    for (const path of many.toReversed()) {
      if (notes.size < 3) await later()
      const note = workers.note(path)
      if (note) notes.set(path, note)
    }
    await workers.close()
    expect(notes.size).toBeGreaterThan(0)
    for (const [path, note] of notes) expect(note).toEqual(noted(code(), path))
  })

  it('make trees of what imports a database as soon as they have read it', patience, async () => {
    const many = Array.from({ length: 600 }, (_, at) => `g${at}.ts`)
    for (const path of many) write(path, "import { eq } from 'drizzle-orm'\nexport const a = eq")
    const workers = startWorkers(code(), many, programs.works)
    workers.read()
    let made: Made | undefined
    for (let at = many.length; at > 0 && !made; at--) {
      await later()
      made = workers.take(`g${at - 1}.ts`)
    }
    await workers.close()
    expect(made).toBeDefined()
  })

  it('that die, or are none, leave all to the caller', patience, async () => {
    for (const path of sources) write(path, text(path))
    for (const file of [programs.dies, undefined]) {
      const workers = startWorkers(code(), sources, file)
      workers.want(sources.slice(0, 40), sources.slice(40))
      await later()
      expect(sources.map((path) => workers.take(path))).toEqual(sources.map(() => undefined))
      expect(sources.map((path) => workers.note(path))).toEqual(sources.map(() => undefined))
      await workers.close()
    }
  })

  it('are not started for a few files', async () => {
    const workers = startWorkers(code(), sources, programs.works)
    workers.want(sources.slice(0, 5), [])
    expect(workers.areAtWork()).toBe(false)
    await workers.close()
  })
})
