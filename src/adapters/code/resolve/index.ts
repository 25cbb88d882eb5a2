/** Which file of the repository an import means, or which package. */
import { realpathSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix, relative, sep } from 'node:path'
import { ResolverFactory } from 'oxc-resolver'
import { type Manifests, readManifests } from './manifests.ts'
import { fileOfPackage, firstFile, sourceOfBuilt, targetsFor } from './packages.ts'
import { foldersOf, indexPaths, joined, type PathIndex } from './paths.ts'
import { aliasesOf, pathsBy } from './tsconfig.ts'

/** `guess` says how a file was found that no configuration names. */
export type Resolved = { readonly file: string; readonly guess?: string } | { readonly package: string }

export type Resolver = {
  /** Undefined: nothing of the repository, and no package by its name. */
  resolve(from: string, specifier: string): Resolved | undefined
}

type Known = { readonly root: string; readonly index: PathIndex; readonly manifests: Manifests; readonly tsconfigFolders: ReadonlySet<string> }

const options = {
  conditionNames: ['source', 'development', 'import', 'module', 'node', 'default', 'require', 'types'],
  mainFields: ['source', 'module', 'main', 'types'],
  extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts', '.vue', '.svelte', '.astro', '.json'],
  extensionAlias: { '.js': ['.ts', '.tsx', '.jsx', '.js'], '.jsx': ['.tsx', '.jsx'], '.mjs': ['.mts', '.mjs'], '.cjs': ['.cts', '.cjs'] },
}

const packageName = (specifier: string): string => {
  const parts = specifier.split('/')
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

const subpathOf = (specifier: string): string => {
  const rest = specifier.slice(packageName(specifier).length)
  return rest ? `.${rest}` : '.'
}

/** `@scope/x` and `x`, but no `@/x` and no `~/x`. */
const isPackageName = (name: string): boolean => /^(?:@[\w.-]+\/)?[\w][\w.-]*$/.test(name)

/** Vite's `?raw` and webpack's loaders say how a file is read, not which. */
const withoutQuery = (specifier: string): string => specifier.replace(/[?].*$/, '')

/** What a path from the root means. */
const besideFile = (path: string, { index, manifests }: Known): Resolved | undefined => {
  const file = index.file(path) ?? sourceOfBuilt(path, index)
  if (file !== undefined) return { file }
  const [nearest] = manifests.around(`${path}/x`)
  const main = nearest && nearest.folder === path.replace(/\/$/, '') ? fileOfPackage(nearest, '.', index) : undefined
  return main === undefined ? undefined : { file: main }
}

const ofImportsField = (from: string, specifier: string, { index, manifests }: Known): Resolved | undefined => {
  for (const { folder, imports } of manifests.around(from)) {
    if (imports === undefined) continue
    const targets = targetsFor(imports, specifier)
    const file = firstFile(folder, targets, index)
    if (file !== undefined) return { file }
  }
  return undefined
}

/** Modules that a framework's bundler makes. */
const isVirtual = (specifier: string): boolean => /^(?:\$(?:app|env)\/|#imports$|(?:astro|virtual):)/.test(specifier)

const ofWorkspace = (specifier: string, { index, manifests }: Known): Resolved | undefined => {
  const own = manifests.named(packageName(specifier))
  const file = own && fileOfPackage(own, subpathOf(specifier), index)
  return file === undefined ? undefined : { file }
}

/** Folders that frameworks and templates put behind each alias, below the package. */
const aliases: readonly { readonly prefix: string; readonly below: readonly string[] }[] = [
  { prefix: '$lib', below: ['src/lib'] },
  { prefix: '~~/', below: ['', 'src'] },
  { prefix: '@@/', below: ['', 'src'] },
  { prefix: '~/', below: ['src', 'app', ''] },
  { prefix: '@/', below: ['src', 'app', ''] },
  { prefix: '#/', below: ['src', 'app', ''] },
]

const guessed = (from: string, path: string, below: readonly string[], specifier: string, { index, manifests }: Known): Resolved | undefined => {
  for (const folder of manifests.foldersAround(from))
    for (const one of below) {
      const file = index.file(joined(joined(folder, one), path))
      if (file !== undefined) return { file, guess: `${specifier} is taken for ${file}: no configuration names the alias` }
    }
  return undefined
}

const byAlias = (from: string, specifier: string, known: Known): Resolved | undefined => {
  const alias = aliases.find(({ prefix }) => specifier.startsWith(prefix))
  if (alias) return guessed(from, `./${specifier.slice(alias.prefix.length)}`, alias.below, specifier, known)
  const isKnownPackage = known.manifests.around(from).some(({ dependencies }) => dependencies.has(packageName(specifier)))
  // `src/users/service` without a baseUrl that could be read.
  return isKnownPackage || !specifier.includes('/') ? undefined : guessed(from, specifier, [''], specifier, known)
}

const inRepository = (path: string, { root, index }: Known): Resolved | undefined => {
  const own = relative(root, path).split(sep).join('/')
  if (own.startsWith('../') || own.includes('node_modules/')) return undefined
  const file = index.listed(own) ?? sourceOfBuilt(own, index)
  return file === undefined ? undefined : { file }
}

/** What is kept under a name, or else is made and kept now. */
const remembered = <T>(kept: Map<string, T>, name: string, make: (name: string) => T): T => {
  const before = kept.get(name)
  if (before !== undefined || kept.has(name)) return before as T
  const made = make(name)
  kept.set(name, made)
  return made
}

/** Folders below one tsconfig.json and package.json: specifiers that name no file beside the importing one mean the same in all of them. */
type Region = {
  /** Where its tsconfig.json is. */
  readonly configured: string | undefined
  readonly found: Map<string, Resolved | undefined>
  /** Whether its configuration extends what is not there: it gives an error for each name then. */
  isBroken: boolean
}

/** A folder, and what was asked in it. */
type Place = { readonly folder: string; readonly region: Region; readonly found: Map<string, Resolved | undefined> }

const isBeside = (specifier: string): boolean => /^\.\.?(\/|$)/.test(specifier)

class PathResolver implements Resolver {
  readonly #known: Known
  readonly #oxc = new ResolverFactory({ ...options, tsconfig: 'auto' })
  readonly #beside = new Map<string, Resolved | undefined>()
  readonly #regions = new Map<string, Region>()
  readonly #places = new Map<string, Place>()
  readonly #aliases = new Map<string, ReturnType<typeof aliasesOf>>()
  /** One file asks after all that it imports. */
  #last: { readonly from: string; readonly place: Place } | undefined

  constructor(known: Known) {
    this.#known = known
  }

  resolve(from: string, given: string): Resolved | undefined {
    const place = this.#last?.from === from ? this.#last.place : this.#placeOf(from)
    const before = place.found.get(given)
    if (before || place.found.has(given)) return before
    const found = this.#inPlace(from, place, withoutQuery(given))
    place.found.set(given, found)
    return found
  }

  #placeOf(from: string): Place {
    const folder = posix.dirname(from)
    const place = this.#places.get(folder) ?? { folder, region: this.#regionOf(from), found: new Map() }
    this.#places.set(folder, place)
    this.#last = { from, place }
    return place
  }

  #regionOf(from: string): Region {
    const { tsconfigFolders, manifests } = this.#known
    const configured = foldersOf(from).find((folder) => tsconfigFolders.has(folder))
    const key = `${configured}\n${manifests.around(from)[0]?.folder ?? ''}`
    const region = this.#regions.get(key) ?? { configured, found: new Map(), isBroken: false }
    this.#regions.set(key, region)
    return region
  }

  #inPlace(from: string, { folder, region }: Place, specifier: string): Resolved | undefined {
    if (isBeside(specifier)) return remembered(this.#beside, joined(folder, specifier), (path) => besideFile(path, this.#known))
    if (specifier.startsWith('/')) return guessed(from, `.${specifier}`, ['', 'src'], specifier, this.#known)
    return remembered(region.found, specifier, () => this.#find(from, region, specifier))
  }

  #find(from: string, region: Region, specifier: string): Resolved | undefined {
    // Some are of newer versions of Node than this one.
    if (isBuiltin(specifier) || specifier.startsWith('node:')) return { package: specifier }
    if (specifier.startsWith('#')) {
      const own = ofImportsField(from, specifier, this.#known)
      if (own) return own
    }
    const file =
      this.#byConfiguration(from, region, specifier) ??
      this.#byOwnPaths(region, specifier) ??
      ofWorkspace(specifier, this.#known) ??
      byAlias(from, specifier, this.#known)
    if (file) return file
    const name = packageName(specifier)
    return isPackageName(name) || isVirtual(specifier) ? { package: specifier } : undefined
  }

  /** A configuration that is broken, or extends what is not there, gives an error, as an unknown name does. */
  #byConfiguration(from: string, region: Region, specifier: string): Resolved | undefined {
    if (region.isBroken) return undefined
    const { path, error } = this.#oxc.resolveFileSync(join(this.#known.root, from), specifier)
    region.isBroken = error?.startsWith('Tsconfig not found') === true
    return path === undefined ? undefined : inRepository(path, this.#known)
  }

  #byOwnPaths({ configured }: Region, specifier: string): Resolved | undefined {
    if (configured === undefined) return undefined
    const aliases = remembered(this.#aliases, configured, (folder) => aliasesOf(this.#known.root, folder))
    const file = firstFile('', pathsBy(aliases, specifier), this.#known.index)
    return file === undefined ? undefined : { file }
  }
}

export const createResolver = (givenRoot: string, paths: readonly string[], manifests = readManifests(givenRoot, paths)): Resolver => {
  const tsconfigs = paths.filter((path) => /(^|\/)(?:tsconfig|jsconfig)\.json$/.test(path))
  return new PathResolver({
    root: realpathSync(givenRoot),
    index: indexPaths(paths),
    manifests,
    tsconfigFolders: new Set(tsconfigs.map((path) => foldersOf(path)[0] ?? '')),
  })
}
