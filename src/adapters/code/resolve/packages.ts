/** Packages of the repository itself, found without node_modules and without their having been built. */
import { isObject } from '../../../model/json.ts'
import type { ExportTarget, Manifest } from './manifests.ts'
import { joined, type PathIndex } from './paths.ts'

/** Conditions by how near their target is to the source. */
const conditionOrder = ['source', 'development', 'import', 'module', 'node', 'default', 'require', 'types']

const rank = (condition: string): number => {
  const at = conditionOrder.indexOf(condition)
  return at < 0 ? conditionOrder.length : at
}

/** All paths that a target may be, the best first. */
const pathsOf = (target: ExportTarget | undefined): readonly string[] => {
  if (typeof target === 'string') return [target]
  if (Array.isArray(target)) return (target as readonly ExportTarget[]).flatMap(pathsOf)
  if (!isObject(target)) return []
  return Object.entries(target)
    .sort(([a], [b]) => rank(a) - rank(b))
    .flatMap(([, inner]) => pathsOf(inner))
}

const starred = (key: string, wanted: string): string | undefined => {
  const [before = '', after, more] = key.split('*')
  if (after === undefined || more !== undefined) return undefined
  const fits = wanted.length >= before.length + after.length && wanted.startsWith(before) && wanted.endsWith(after)
  return fits ? wanted.slice(before.length, wanted.length - after.length) : undefined
}

/** The paths that `exports` or `imports` has for a key: exactly, or by the longest pattern. */
export const targetsFor = (map: ExportTarget | undefined, wanted: string): readonly string[] => {
  if (!isObject(map) || !Object.keys(map).some((key) => /^[.#]/.test(key))) return wanted === '.' ? pathsOf(map) : []
  if (Object.hasOwn(map, wanted)) return pathsOf(map[wanted])
  const patterns = Object.keys(map)
    .flatMap((key) => {
      const star = starred(key, wanted)
      return star === undefined ? [] : [{ key, star }]
    })
    .sort((a, b) => b.key.length - a.key.length)
  const [best] = patterns
  return best ? pathsOf(map[best.key]).map((path) => path.replaceAll('*', best.star)) : []
}

const outputFolder = /(^|\/)(?:dist|build|lib|out|output|esm|cjs|types)\//
const outputEnding = /\.d\.[cm]?ts$|\.[cm]?js$/

/** Where the source of a built file may be. */
const sourcesOf = (path: string): readonly string[] => {
  const stem = path.replace(outputEnding, '')
  if (!outputFolder.test(path)) return [stem]
  const inSource = stem.replace(outputFolder, '$1src/')
  // tsc and its like may keep a folder for each format: dist/esm/x.js.
  const flat = inSource.replace(outputFolder, '$1')
  return [inSource, flat, inSource.replace(/(^|\/)src\/src\//, '$1src/'), stem.replace(outputFolder, '$1')]
}

const fileOf = (folder: string, path: string, index: PathIndex): string | undefined => {
  const itself = index.file(joined(folder, path))
  if (itself !== undefined) return itself
  for (const one of sourcesOf(path)) {
    const file = index.file(joined(folder, one))
    if (file !== undefined) return file
  }
  return undefined
}

/** The file of the repository that a package's own target is. */
export const firstFile = (folder: string, paths: readonly string[], index: PathIndex): string | undefined => {
  for (const path of paths) {
    const file = fileOf(folder, path, index)
    if (file !== undefined) return file
  }
  return undefined
}

/** A built file that the repository does not hold, as the source that it is made from. */
export const sourceOfBuilt = (path: string, index: PathIndex): string | undefined => firstFile('', sourcesOf(path), index)

/** `subpath` is `.` or begins with `./`. */
export const fileOfPackage = ({ folder, exports, mains }: Manifest, subpath: string, index: PathIndex): string | undefined => {
  const listed = firstFile(folder, targetsFor(exports, subpath), index)
  if (listed !== undefined) return listed
  if (subpath === '.') return firstFile(folder, [...mains, './src/index', './index', './src/main', './src'], index)
  return firstFile(folder, [subpath, `./src/${subpath.slice(2)}`], index)
}
