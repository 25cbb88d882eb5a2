/** The trees of a repository's files, made once for each content. */
import type { Cache } from '../../model/world.ts'
import type { SourceGap } from './files.ts'
import { lowerSource } from './lower/index.ts'
import type { Scan } from './scan.ts'
import { openShelf, type Shelf } from './shelf.ts'
import type { FileTree } from './tree.ts'
import { digestOf, type FileAnswer, readText } from './work.ts'
import { startWorkers } from './workers.ts'

export type Trees = AsyncDisposable & {
  /** Imports, and which of the words each text has. Files that are not read are among the gaps. */
  scan(paths: readonly string[], words: readonly string[]): Promise<ReadonlyMap<string, Scan>>
  /** Makes the trees of these files ready, in other threads where that is faster. */
  load(paths: readonly string[]): Promise<void>
  /** The tree of a file; one that was not loaded is parsed now. An empty one where the file is not read. */
  tree(path: string): FileTree
  /** Files that were not read, and why. */
  readonly gaps: readonly SourceGap[]
}

const gapOf = (one: FileAnswer): SourceGap | undefined => ('why' in one ? { file: one.path, why: one.why } : undefined)

/** `cache` keeps what is made for the next run, under the name `keptAs`. */
export const openTrees = (root: string, cache: Cache, keptAs = root): Trees => {
  const workers = startWorkers()
  const shelf: Shelf = openShelf(cache, keptAs)
  const texts = new Map<string, string>()
  const made = new Map<string, FileTree>()
  const gaps = new Map<string, SourceGap>()

  const keepGaps = (answers: readonly FileAnswer[]): void => {
    for (const one of answers) {
      const gap = gapOf(one)
      if (gap) gaps.set(gap.file, gap)
    }
  }

  /** Those whose tree the cache does not have. */
  const missing = async (paths: readonly string[]): Promise<readonly string[]> => {
    await shelf.open(paths)
    return paths.filter((path) => {
      const kept = shelf.get(path, digestOf(readText(root, path) ?? ''))
      if (kept !== undefined) texts.set(path, kept)
      return kept === undefined
    })
  }

  const load = async (wanted: readonly string[]): Promise<void> => {
    const paths = await missing([...new Set(wanted)].filter((path) => !texts.has(path) && !made.has(path)))
    const answers = await workers.ask({ root, paths })
    keepGaps(answers)
    for (const one of answers) {
      if (!('json' in one)) continue
      texts.set(one.path, one.json)
      shelf.put(one.path, one.digest, one.json)
    }
    await shelf.write()
  }

  const read = (path: string): FileTree => {
    const text = texts.get(path)
    texts.delete(path)
    if (text !== undefined) return JSON.parse(text)
    return lowerSource(path, gaps.has(path) ? '' : (readText(root, path) ?? ''))
  }

  const make = (path: string): FileTree => {
    const tree = read(path)
    if (tree.broken) gaps.set(path, { file: path, line: tree.broken.at, why: `it does not parse: ${tree.broken.why}` })
    return tree
  }

  return {
    load,
    async scan(paths, words) {
      const answers = await workers.ask({ root, paths, words })
      keepGaps(answers)
      return new Map(answers.flatMap((one) => ('scan' in one ? [[one.path, one.scan] as const] : [])))
    },
    tree(path) {
      const tree = made.get(path) ?? make(path)
      made.set(path, tree)
      return tree
    },
    get gaps() {
      return [...gaps.values()]
    },
    [Symbol.asyncDispose]: () => workers.close(),
  }
}
