/** The package.jsons of a repository. */
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { isObject } from '../../../model/json.ts'
import { foldersOf } from './paths.ts'

/** A target of `exports` and `imports`: a path, conditions, or alternatives. */
export type ExportTarget = string | null | readonly ExportTarget[] | { readonly [condition: string]: ExportTarget }

export type Manifest = {
  /** From the root; `''` is the root. */
  readonly folder: string
  readonly name?: string
  readonly exports?: ExportTarget
  readonly imports?: ExportTarget
  /** `source`, `module`, `main`, `types`, as far as they are there. */
  readonly mains: readonly string[]
  readonly dependencies: ReadonlySet<string>
}

export type Manifests = {
  named(name: string): Manifest | undefined
  /** Whether any of them names the package as a dependency. */
  depend(name: string): boolean
  /** Those around a file, the nearest first. */
  around(path: string): readonly Manifest[]
  /** Folders that have one around a file; the root is always among them. */
  foldersAround(path: string): readonly string[]
}

const record = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {})

const dependencyFields = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']

const read = (root: string, path: string): Manifest | undefined => {
  try {
    const json = record(JSON.parse(readFileSync(join(root, path), 'utf8')))
    const folder = posix.dirname(path)
    return {
      folder: folder === '.' ? '' : folder,
      ...(typeof json.name === 'string' && { name: json.name }),
      ...(json.exports !== undefined && { exports: json.exports as ExportTarget }),
      ...(json.imports !== undefined && { imports: json.imports as ExportTarget }),
      mains: [json.source, json.module, json.main, json.types, json.typings].filter((one) => typeof one === 'string'),
      dependencies: new Set(dependencyFields.flatMap((field) => Object.keys(record(json[field])))),
    }
  } catch {
    return undefined
  }
}

/** `paths` are all files; a package.json that does not parse is as if it were not there. */
export const readManifests = (root: string, paths: readonly string[]): Manifests => {
  const all = paths.filter((path) => /(?:^|\/)package\.json$/.test(path)).flatMap((path) => read(root, path) ?? [])
  const byFolder = new Map(all.map((one) => [one.folder, one]))
  const byName = new Map(all.flatMap((one) => (one.name === undefined ? [] : [[one.name, one] as const])))
  const dependencies = new Set(all.flatMap((one) => [...one.dependencies]))
  const byPlace = new Map<string, readonly Manifest[]>()
  const around = (path: string): readonly Manifest[] => {
    const place = path.slice(0, path.lastIndexOf('/') + 1)
    const known = byPlace.get(place) ?? foldersOf(path).flatMap((folder) => byFolder.get(folder) ?? [])
    byPlace.set(place, known)
    return known
  }
  return {
    named: (name) => byName.get(name),
    depend: (name) => dependencies.has(name),
    around,
    foldersAround: (path) => [...new Set([...around(path).map(({ folder }) => folder), ''])],
  }
}
