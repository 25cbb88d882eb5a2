/** Who imports whom, told from the texts alone: enough to choose which files are worth a tree. */
import { isSource } from './files.ts'
import type { Note } from './notes.ts'
import type { Resolver } from './resolve/index.ts'

export type ImportGraph = {
  /** Specifiers of packages that a file imports. */
  packages(path: string): readonly string[]
  /** Files that a file imports. */
  files(path: string): readonly string[]
  /** The files themselves and all that import them, over any number of steps. */
  importersOf(paths: Iterable<string>): ReadonlySet<string>
  /** The files themselves and all that they import, in the order in which they are run. */
  closureOf(paths: Iterable<string>, within?: ReadonlySet<string>): ReadonlySet<string>
  isImported(path: string): boolean
  /** Files that a file imports, also for their types alone. */
  linked(path: string): readonly string[]
}

type Imports = { readonly packages: readonly string[]; readonly files: readonly string[] }

const resolved = (resolver: Resolver, path: string, specifiers: readonly string[]): Imports => {
  const packages: string[] = []
  const files: string[] = []
  for (const specifier of specifiers) {
    const one = resolver.resolve(path, specifier)
    if (one && 'file' in one) files.push(one.file)
    else if (one) packages.push(one.package)
  }
  return { packages, files }
}

/** `ImportGraph.linked` without the graph: for a few files. */
export const linkedBy =
  (note: (path: string) => Pick<Note, 'links'>, resolver: Resolver): ImportGraph['linked'] =>
  (path) =>
    isSource(path) ? [...new Set(resolved(resolver, path, note(path).links).files)] : []

const reach = (from: Iterable<string>, next: (path: string) => Iterable<string>): ReadonlySet<string> => {
  const found = new Set(from)
  for (const path of found) for (const one of next(path)) found.add(one)
  return found
}

/** The same, each before what comes of it and that before its neighbour: the order in which files are run. */
const inOrder = (from: Iterable<string>, next: (path: string) => readonly string[]): ReadonlySet<string> => {
  const found = new Set<string>()
  const waiting = [...from].reverse()
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue
    found.add(path)
    waiting.push(...next(path).toReversed())
  }
  return found
}

/** `note` has the specifiers of a file. */
export const importGraph = (sources: readonly string[], note: (path: string) => Pick<Note, 'imports' | 'links'>, resolver: Resolver): ImportGraph => {
  const imports = new Map<string, Imports>()
  const importers = new Map<string, string[]>()
  const links = new Map<string, readonly string[]>()
  const found = (path: string, specifiers: readonly string[]): Imports => resolved(resolver, path, specifiers)
  /** What is imported at run time is mostly all, and is known by then. A stylesheet, a list of countries imports nothing. */
  const linksOf = (path: string): readonly string[] => {
    if (!isSource(path)) return []
    const { imports: running, links: all } = note(path)
    return (all === running ? imports.get(path) : undefined)?.files ?? found(path, all).files
  }
  const linked = (path: string): readonly string[] => {
    const known = links.get(path) ?? [...new Set(linksOf(path))]
    links.set(path, known)
    return known
  }
  for (const path of sources) {
    const own = found(path, note(path).imports)
    imports.set(path, own)
    for (const file of own.files) {
      const known = importers.get(file)
      if (known) known.push(path)
      else importers.set(file, [path])
    }
  }
  return {
    packages: (path) => imports.get(path)?.packages ?? [],
    files: (path) => imports.get(path)?.files ?? [],
    importersOf: (paths) => reach(paths, (path) => importers.get(path) ?? []),
    closureOf: (paths, within) => inOrder(paths, (path) => (imports.get(path)?.files ?? []).filter((file) => !within || within.has(file))),
    isImported: (path) => importers.has(path),
    linked,
  }
}
