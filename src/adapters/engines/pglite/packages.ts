/** PGlite's npm packages, which a user may have installed or not: where they are, and what they bring. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ToolError } from '../../../model/error.ts'
import { stubs } from '../stubs.ts'

/** An extension for the worker: the module that exports it, and its name there. */
export type ExtensionModule = { readonly path: string; readonly name: string }

export type Packages = {
  /** PGlite's main module. */
  readonly pglite: string
  readonly version: string
  /** Of the extensions that were asked for, those that PGlite truly has. */
  readonly modules: ReadonlyMap<string, readonly ExtensionModule[]>
  readonly stubbed: readonly string[]
  readonly missing: readonly string[]
}

const pglite = { name: '@electric-sql/pglite', version: '0.5.14' } as const
/** The only one that goes with that PGlite: it names it as its peer. */
const pgvector = { name: '@electric-sql/pglite-pgvector', version: '0.0.15' } as const

const install = `npm install -D ${[pglite, pgvector].map(({ name, version }) => `${name}@${version}`).join(' ')}`

const unavailable = (why: string) => new ToolError('engine-unavailable', `The engine pglite is not available: ${why}.`, { help: `Run ${install}`, exit: 3 })

type Found = { readonly main: string; readonly folder: string; readonly version: string }

const folderAbove = (path: string): string => {
  const parent = dirname(path)
  return existsSync(join(parent, 'package.json')) || parent === path ? parent : folderAbove(parent)
}

const foundFrom = (base: string, name: string): Found | undefined => {
  try {
    const main = createRequire(base).resolve(name)
    const folder = folderAbove(main)
    return { main, folder, version: (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version }
  } catch {
    return undefined
  }
}

/** Among the user's own packages, or beside this one. */
const find = (name: string, directory: string): Found | undefined => foundFrom(join(directory, 'package.json'), name) ?? foundFrom(import.meta.url, name)

/** Extensions that come in the archive of another one, or need another one beside them. */
const archives: { readonly [name: string]: readonly string[] } = {
  plpgsql: [],
  autoinc: ['moddatetime'],
  insert_username: ['moddatetime'],
  refint: ['moddatetime'],
  earthdistance: ['cube', 'earthdistance'],
}

const contributed = (folder: string, name: string): readonly ExtensionModule[] | undefined => {
  const modules = (archives[name] ?? [name])
    .map((each) => each.replaceAll('-', '_'))
    .map((each) => ({ path: join(folder, 'dist', 'contrib', `${each}.cjs`), name: each }))
  return modules.every(({ path, name: word }) => /^\w+$/.test(word) && existsSync(path)) ? modules : undefined
}

const modulesOf = (name: string, { folder }: Found, directory: string): readonly ExtensionModule[] | undefined => {
  if (name !== 'vector') return contributed(folder, name)
  const found = find(pgvector.name, directory)
  return found?.version === pgvector.version ? [{ path: found.main, name: 'vector' }] : undefined
}

/**
 * What PGlite is and has here for these extensions. `directory` is where the user's packages are looked for first. Throws `ToolError` `engine-unavailable`, with the
 * command that installs them, when PGlite is not there or is another version than the one that is known.
 */
export const pglitePackages = (extensions: readonly string[], directory: string = process.cwd()): Packages => {
  const found = find(pglite.name, directory)
  if (!found) throw unavailable(`${pglite.name} is not installed`)
  if (found.version !== pglite.version) throw unavailable(`${pglite.name} ${found.version} is installed, and ${pglite.version} is needed`)
  const modules = new Map(
    extensions.flatMap((name) => [[name, modulesOf(name, found, directory)] as const]).flatMap(([name, has]) => (has ? [[name, has] as const] : [])),
  )
  const absent = extensions.filter((name) => !modules.has(name))
  const isStub = (name: string): boolean => stubs.some((stub) => stub.name === name)
  return { pglite: found.main, version: found.version, modules, stubbed: absent.filter(isStub), missing: absent.filter((name) => !isStub(name)) }
}
