/** The trees of a repository's files, made once for each content. */
import type { Cache } from '../../model/world.ts'
import type { SourceGap } from './files.ts'
import { lowerSource } from './lower/index.ts'
import type { Looked } from './messages.ts'
import type { Notebook } from './notebook.ts'
import { digestOf, readBytes } from './notes.ts'
import type { Resolver } from './resolve/index.ts'
import { openShelf, type Shelf } from './shelf.ts'
import type { FileTree } from './tree.ts'
import { bytesOf, treeOf } from './tree-bytes.ts'
import type { Workers } from './workers.ts'

export type Trees = AsyncDisposable & {
  /** These will be asked for, the soonest first: other threads make them meanwhile, where that is faster. Those that are not read are told among the gaps. */
  prepare(paths: readonly string[]): Promise<void>
  /** The tree of a file; one that nobody has made by now is made here. An empty one where the file is not read. */
  tree(path: string): FileTree
  /** Whether nobody has to make the tree of a file: it is made, or kept, or there is to be none. */
  has(path: string): boolean
  /** Takes in what a thread made of a file beside the way. */
  takeIn(path: string, made: Pick<Looked, 'digest' | 'bytes' | 'broken'>): void
  /** The tree of what a file was, if it is kept. */
  before(path: string, digest: string): FileTree | undefined
  /** Keeps what was made for the next run. */
  keep(): Promise<void>
  /** Files that were not read, and why. */
  readonly gaps: readonly SourceGap[]
}

/** What the trees stand on. */
export type TreesGround = {
  readonly root: string
  readonly sources: readonly string[]
  readonly notebook: Pick<Notebook, 'note'>
  readonly cache: Cache
  /** The name under which the cache keeps them. */
  readonly keptAs: string
  readonly resolver: Resolver
  /** They are closed with the trees. */
  readonly workers: Workers
}

/** What a file that is followed mostly asks for. Of what it only hands on by name (a barrel), and of types, most is asked for by nobody. */
const specifiersOf = ({ imports, exports, effects }: FileTree): { readonly surely: ReadonlySet<string>; readonly perhaps: ReadonlySet<string> } => {
  const handedOn = exports.flatMap((one) => ('from' in one ? [{ from: one.from, whole: one.name === '*' && !('import' in one) }] : []))
  return {
    surely: new Set([...imports.flatMap(({ from, type }) => (type ? [] : from)), ...handedOn.flatMap(({ from, whole }) => (whole ? from : [])), ...effects]),
    perhaps: new Set([...imports.flatMap(({ from, type }) => (type ? from : [])), ...handedOn.map(({ from }) => from)]),
  }
}

export const openTrees = ({ root, sources, notebook: { note }, cache, keptAs, resolver, workers }: TreesGround): Trees => {
  const shelf: Shelf = openShelf(cache, keptAs)
  const made = new Map<string, FileTree>()
  const gaps = new Map<string, SourceGap>()
  const prepared = new Set<string>()
  const known = new Set(sources)

  const isMissing = (path: string): boolean => !made.has(path) && !gaps.has(path) && note(path).why === undefined && !shelf.has(path, note(path).digest)

  const fileOf = (from: string, specifier: string): readonly string[] => {
    const found = resolver.resolve(from, specifier)
    return found && 'file' in found && known.has(found.file) ? [found.file] : []
  }

  const filesOf = (path: string, specifiers: Iterable<string>): readonly string[] => [
    ...new Set([...specifiers].flatMap((specifier) => fileOf(path, specifier))),
  ]

  /** What comes after a file that is followed. */
  const wish = (path: string, tree: FileTree): void => {
    const { surely, perhaps } = specifiersOf(tree)
    const next = filesOf(path, surely).filter(isMissing)
    workers.want(
      next.filter((one) => !note(one).browser),
      [...next.filter((one) => note(one).browser), ...filesOf(path, perhaps).filter(isMissing)],
    )
  }

  const lower = (path: string): FileTree => {
    const bytes = readBytes(root, path)
    const tree = lowerSource(path, bytes?.toString('utf8') ?? '')
    if (!bytes) return tree
    const made = bytesOf(tree)
    shelf.put(path, digestOf(bytes), made)
    return treeOf(made)
  }

  const read = (path: string): FileTree => {
    if (gaps.has(path)) return lowerSource(path, '')
    const kept = shelf.get(path, note(path).digest)
    if (kept) return treeOf(kept)
    const one = workers.take(path)
    if (one) shelf.put(path, one.digest, one.bytes)
    const tree = one ? treeOf(one.bytes) : lower(path)
    if (workers.areAtWork()) wish(path, tree)
    return tree
  }

  const tell = (path: string, broken: FileTree['broken']): void => {
    if (broken) gaps.set(path, { file: path, line: broken.at, why: `it does not parse: ${broken.why}` })
  }

  const make = (path: string): FileTree => {
    const tree = read(path)
    tell(path, tree.broken)
    return tree
  }

  return {
    async prepare(paths) {
      await shelf.open()
      for (const path of paths) {
        prepared.add(path)
        const { why } = note(path)
        if (why !== undefined && !made.has(path)) gaps.set(path, { file: path, why })
      }
      const missing = paths.filter(isMissing)
      // Of the browser's files half are never asked for.
      workers.want([], [...missing.filter((path) => !note(path).browser), ...missing.filter((path) => note(path).browser)])
    },
    tree(path) {
      const tree = made.get(path) ?? make(path)
      made.set(path, tree)
      return tree
    },
    has: (path) => made.has(path) || note(path).why !== undefined || shelf.get(path, note(path).digest) !== undefined,
    takeIn(path, one) {
      tell(path, one.broken)
      if (!shelf.get(path, one.digest)) shelf.put(path, one.digest, one.bytes)
    },
    before(path, digest) {
      const kept = shelf.get(path, digest)
      return kept && treeOf(kept)
    },
    async keep() {
      for (const path of prepared) if (isMissing(path)) shelf.pass(path, note(path).digest)
      await shelf.write((path, digest) => note(path).digest === digest)
    },
    get gaps() {
      return [...gaps.values()]
    },
    [Symbol.asyncDispose]: () => workers.close(),
  }
}
