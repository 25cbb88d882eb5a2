/** Who imports whom, told from the texts alone: enough to choose which files are worth a tree. */
import type { ProjectFiles } from './frameworks/define.ts'
import type { Resolver } from './resolve/index.ts'

/** Also in comments and strings: a file too many costs time, one too few would cost the answer. */
const specifiers = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*(?:\/\*[\s\S]*?\*\/\s*)?['"]([^'"\n]+)['"]/g

/** What is gone at run time says nothing of what a file does. */
const typesOnly = /\b(?:import|export)\s+type\s[^;'"]*?\bfrom\s*['"][^'"\n]+['"]/g

export type ImportGraph = {
  /** Specifiers of packages that a file imports. */
  packages(path: string): readonly string[]
  /** Files that a file imports. */
  files(path: string): readonly string[]
  /** The files themselves and all that import them, over any number of steps. */
  importersOf(paths: Iterable<string>): ReadonlySet<string>
  /** The files themselves and all that they import. */
  closureOf(paths: Iterable<string>, within?: ReadonlySet<string>): ReadonlySet<string>
  isImported(path: string): boolean
  /** Files that a file imports, also for their types alone. */
  linked(path: string): readonly string[]
}

type Imports = { readonly packages: readonly string[]; readonly files: readonly string[] }

const reach = (from: Iterable<string>, next: (path: string) => Iterable<string>): ReadonlySet<string> => {
  const found = new Set(from)
  for (const path of found) for (const one of next(path)) found.add(one)
  return found
}

/** `types`: imports of types count too. */
export const importGraph = (sources: readonly string[], project: ProjectFiles, resolver: Resolver, { types = false } = {}): ImportGraph => {
  const imports = new Map<string, Imports>()
  const importers = new Map<string, string[]>()
  const links = new Map<string, readonly string[]>()
  const linked = (path: string): readonly string[] => {
    const known = links.get(path)
    if (known) return known
    const found = [...(project.read(path) ?? '').matchAll(specifiers)].flatMap(([, specifier = '']) => resolver.resolve(path, specifier) ?? [])
    const files = [...new Set(found.flatMap((one) => ('file' in one ? [one.file] : [])))]
    links.set(path, files)
    return files
  }
  for (const path of sources) {
    const packages: string[] = []
    const files: string[] = []
    const text = project.read(path) ?? ''
    for (const [, specifier = ''] of (types ? text : text.replaceAll(typesOnly, '')).matchAll(specifiers)) {
      const found = resolver.resolve(path, specifier)
      if (!found) continue
      if ('package' in found) packages.push(found.package)
      else files.push(found.file)
    }
    imports.set(path, { packages, files })
    for (const file of files) {
      const known = importers.get(file)
      if (known) known.push(path)
      else importers.set(file, [path])
    }
  }
  return {
    packages: (path) => imports.get(path)?.packages ?? [],
    files: (path) => imports.get(path)?.files ?? [],
    importersOf: (paths) => reach(paths, (path) => importers.get(path) ?? []),
    closureOf: (paths, within) => reach(paths, (path) => (imports.get(path)?.files ?? []).filter((file) => !within || within.has(file))),
    isImported: (path) => importers.has(path),
    linked,
  }
}
