import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFiles } from '../../../src/adapters/code/files.ts'
import { importGraph } from '../../../src/adapters/code/import-graph.ts'
import { codeFacts } from '../../../src/adapters/code/index.ts'
import { Following } from '../../../src/adapters/code/machine/index.ts'
import { openMentions } from '../../../src/adapters/code/mentions/index.ts'
import { openNotebook } from '../../../src/adapters/code/notebook.ts'
import { openProject } from '../../../src/adapters/code/project.ts'
import { createResolver } from '../../../src/adapters/code/resolve/index.ts'
import { readManifests } from '../../../src/adapters/code/resolve/manifests.ts'
import { openTrees } from '../../../src/adapters/code/trees.ts'
import { startWorkers, type Workers } from '../../../src/adapters/code/workers.ts'
import { createCache } from '../../../src/adapters/store/cache.ts'
import type { CodeFacts, CodeGap, CodeMention, CodeQuestion } from '../../../src/model/code.ts'
import type { Cache } from '../../../src/model/world.ts'
import { buildPrograms, type Programs } from './threads.ts'

const question: CodeQuestion = { texts: ['posts.status', 'posts_title_unique'], names: ['posts_title_unique'] }
const times = (count: number, make: (at: number) => readonly [path: string, text: string]): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => make(at)))

const files: Readonly<Record<string, string>> = {
  'package.json': '{ "dependencies": { "drizzle-orm": "1" } }',
  'db/schema.ts': `import { pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
export const status = pgEnum('status', ['draft', 'sent', 'paid'])
export const posts = pgTable('posts', { id: text('id'), title: text('title').unique('posts_title_unique'), status: status('status') })`,
  'db/barrel.ts': "export * from './schema'",
  ...times(40, (at) => [`tests/${at}.test.ts`, `import { posts } from '../db/barrel'\nexport const row = { status: 'draft', at: ${at}, of: posts }`]),
  ...times(70, (at) => [`lib/schemas/${at}.ts`, `import { z } from 'zod'\nexport const schema${at} = z.enum(['draft',\n'sent', 'paid'])`]),
  ...times(20, (at) => [`lib/reports/${at}.ts`, `export const report = 'SELECT p.status FROM posts p LIMIT ${at}'`]),
  'lib/errors.ts': "export const isTaken = (error: Error) => error.message.includes('posts_title_unique')",
  'lib/generated.ts': `export const report = 'SELECT status FROM posts'\nexport const long = '${'x'.repeat(30_000)}'`,
  'tests/unlinked.test.ts': "const posts = []\nexport const row = { status: 'draft', of: posts }",
  'tests/broken.test.ts': "import { posts } from '../db/schema'\nexport const row = { status: 'draft', of: posts",
}

let root: string
let programs: Programs
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-mentions-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'code', path)), { recursive: true })
    writeFileSync(join(root, 'code', path), text)
  }
  programs = await buildPrograms()
})
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
  programs.remove()
})

const patience = { timeout: 30_000 }

type Way = {
  /** The program of threads; none are started without one. */
  readonly program?: string
  readonly cache?: Cache
  /** Milliseconds that threads have before the search ends. */
  readonly pause?: number
  /** What is declared as far as is known when threads begin. */
  readonly known?: (facts: CodeFacts) => Pick<CodeFacts, 'tables' | 'enums'>
}
type Told = { readonly mentions: readonly CodeMention[]; readonly gaps: readonly Pick<CodeGap, 'file' | 'why'>[]; readonly byThreads: number }

/** A search as a run does it, of facts that are known. */
const search = async (facts: CodeFacts, way: Way): Promise<Told> => {
  const { program, cache = createCache({ directory: mkdtempSync(join(root, 'cache-')), build: '1' }), pause = 0, known = () => facts } = way
  const code = join(root, 'code')
  const { sources, others, looks } = await listFiles(code)
  const paths = [...sources, ...others]
  const manifests = readManifests(code, paths)
  const resolver = createResolver(code, paths, manifests)
  const workers = startWorkers(code, sources, program)
  const notebook = await openNotebook({ root: code, looks, cache, keptAs: code, workers })
  await using trees = openTrees({ root: code, sources, notebook, cache, keptAs: code, resolver, workers })
  const project = openProject(code, paths, notebook, manifests)
  const graph = importGraph(sources, notebook.note, resolver)
  let byThreads = 0
  const look: Workers['look'] = (asked, candidates) => {
    const lookout = workers.look(asked, candidates)
    return (at) => {
      const one = lookout(at)
      if (one) byThreads++
      return one
    }
  }
  const mentions = openMentions({
    question,
    sources,
    text: (path) => project.read(path) ?? '',
    note: notebook.note,
    linked: graph.linked,
    trees,
    workers: { look },
  })
  await trees.prepare([])
  // Trees that are made for the following are another's, and so many of them start threads.
  workers.want(
    [],
    sources.filter((path) => path.startsWith('lib/schemas/')),
  )
  mentions.begin(known(facts))
  if (program && pause > 0) await new Promise((done) => setTimeout(done, pause))
  const nothing = new Following({ tree: () => undefined, resolve: () => undefined }, { imported: () => undefined, typed: () => undefined })
  const { mentions: found } = await mentions.end(facts, { following: nothing, reaches: () => false, narrow: () => undefined })
  await trees.keep()
  return { mentions: found, gaps: trees.gaps, byThreads }
}

describe('mentions', () => {
  let facts: CodeFacts
  let alone: Told
  beforeAll(async () => {
    facts = await codeFacts(join(root, 'code'), createCache({ directory: join(root, 'first'), build: '1' }), { ask: async () => question })
    alone = await search(facts, {})
  })

  it('are those of the whole program, with what was not read among the gaps', () => {
    expect(alone.mentions).toEqual(facts.mentions)
    const count = (category: CodeMention['category']): number => new Set(alone.mentions.flatMap((one) => (one.category === category ? one.file : []))).size
    expect([count('test'), count('schema'), count('sql'), count('string')]).toEqual([40, 70, 20, 1])
    expect(alone.gaps.map(({ file }) => file)).toEqual(['lib/generated.ts', 'tests/broken.test.ts'])
    expect(alone.byThreads).toBe(0)
  })

  /** Answers how much of it threads have found. */
  const likeAlone = async (way: Way): Promise<number> => {
    const { byThreads, ...told } = await search(facts, way)
    expect({ ...told, byThreads: 0 }).toEqual(alone)
    return byThreads
  }

  /** The machine may be busy: threads get more time until they have found something. Answers what was kept of it. */
  const withThreads = async (): Promise<Cache> => {
    for (const pause of [300, 1_500, 6_000]) {
      const cache = createCache({ directory: mkdtempSync(join(root, 'kept-')), build: '1' })
      if ((await likeAlone({ program: programs.works, cache, pause })) > 0) return cache
    }
    throw new Error('No thread has found anything.')
  }

  it('are the same when threads look for them, who leave the trees that they made for the next run', patience, async () => {
    const cache = await withThreads()
    const put: Cache['put'] = (key, bytes) => (key.startsWith('code trees') ? Promise.reject(new Error('A tree is made again.')) : cache.put(key, bytes))
    await likeAlone({ cache: { ...cache, put } })
  })

  it('are the same when threads have no time: what is left is found here', patience, async () => {
    await likeAlone({ program: programs.works })
  })

  it('are the same when the thread dies, before it looks or with a file in hand', patience, async () => {
    for (const program of [programs.dies, programs.diesInTheMiddle]) expect(await likeAlone({ program, pause: 500 })).toBe(0)
  })

  it('are those of all tables, also where threads began when few were known', patience, async () => {
    const way = { program: programs.works, pause: 300 }
    await likeAlone({ ...way, known: () => ({ tables: [], enums: [] }) })
    await likeAlone({ ...way, known: ({ tables, enums }) => ({ tables: tables.map((table) => ({ ...table, symbol: 'other' })), enums }) })
  })
})
