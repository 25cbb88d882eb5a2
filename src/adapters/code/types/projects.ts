/** Which tsconfig.json's projects hold what imports a schema. */
import { posix } from 'node:path'
import type { ImportGraph } from '../import-graph.ts'

/** A project, with the files that are its own among those that import the schema. */
export type TypeProject = { readonly config: string; readonly files: readonly string[] }

export const configsAmong = (paths: readonly string[]): readonly string[] => paths.filter((path) => /(^|\/)(?:tsconfig|jsconfig)[^/]*\.json$/.test(path))

const depth = (config: string): number => config.split('/').length
const isPlain = (config: string): boolean => /^[tj]sconfig\.json$/.test(posix.basename(config))
const isAround = (config: string, file: string): boolean => posix.dirname(config) === '.' || file.startsWith(`${posix.dirname(config)}/`)

/** The nearest goes first, as in an editor, and tsconfig.json before its variants. */
const byNearness =
  (file: string) =>
  (a: string, b: string): number =>
    Number(isAround(b, file)) - Number(isAround(a, file)) || depth(b) - depth(a) || Number(isPlain(b)) - Number(isPlain(a)) || (a < b ? -1 : 1)

/** `named`: the files that each tsconfig.json names. Each importing file belongs to one project; `outside` are those of none. */
export const projectsOf = (
  graph: ImportGraph,
  importers: ReadonlySet<string>,
  named: ReadonlyMap<string, readonly string[]>,
): { readonly projects: readonly TypeProject[]; readonly outside: readonly string[] } => {
  const holders = new Map<string, string[]>()
  for (const [config, files] of named) {
    for (const file of graph.closureOf(files)) {
      if (!importers.has(file)) continue
      const known = holders.get(file)
      if (known) known.push(config)
      else holders.set(file, [config])
    }
  }
  const projects = new Map<string, string[]>()
  for (const [file, configs] of holders) {
    const [config = ''] = configs.toSorted(byNearness(file))
    const known = projects.get(config)
    if (known) known.push(file)
    else projects.set(config, [file])
  }
  return { projects: [...projects].map(([config, files]) => ({ config, files })), outside: [...importers].filter((file) => !holders.has(file)) }
}
