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
  const file = index.has(own) ? own : sourceOfBuilt(own, index)
  return file === undefined ? undefined : { file }
}

const isOfConfiguration = (folder: string, { tsconfigFolders }: Known): boolean => tsconfigFolders.has(folder)

/** Specifiers that name no file beside the importing one mean the same in all folders below one tsconfig.json and package.json. */
const regionOf = (from: string, known: Known): string => {
  const configured = foldersOf(from).find((folder) => isOfConfiguration(folder, known)) ?? ''
  return `${configured}\n${known.manifests.around(from)[0]?.folder ?? ''}`
}

export const createResolver = (givenRoot: string, paths: readonly string[], manifests = readManifests(givenRoot, paths)): Resolver => {
  const root = realpathSync(givenRoot)
  const tsconfigs = paths.filter((path) => /(^|\/)(?:tsconfig|jsconfig)\.json$/.test(path))
  const known: Known = {
    root,
    index: indexPaths(paths),
    manifests,
    tsconfigFolders: new Set(tsconfigs.map((path) => foldersOf(path)[0] ?? '')),
  }
  const oxc = new ResolverFactory({ ...options, tsconfig: 'auto' })

  /** A configuration that is broken, or extends what is not there, gives an error, as an unknown name does. */
  const byConfiguration = (from: string, specifier: string): Resolved | undefined => {
    const { path } = oxc.resolveFileSync(join(root, from), specifier)
    return path === undefined ? undefined : inRepository(path, known)
  }

  const ownAliases = new Map<string, ReturnType<typeof aliasesOf>>()
  const byOwnPaths = (from: string, specifier: string): Resolved | undefined => {
    const folder = foldersOf(from).find((one) => isOfConfiguration(one, known))
    if (folder === undefined) return undefined
    const aliases = ownAliases.get(folder) ?? aliasesOf(root, folder)
    ownAliases.set(folder, aliases)
    const file = firstFile('', pathsBy(aliases, specifier), known.index)
    return file === undefined ? undefined : { file }
  }

  const find = (from: string, specifier: string): Resolved | undefined => {
    // Some are of newer versions of Node than this one.
    if (isBuiltin(specifier) || specifier.startsWith('node:')) return { package: specifier }
    if (specifier.startsWith('#')) {
      const own = ofImportsField(from, specifier, known)
      if (own) return own
    }
    const file = byConfiguration(from, specifier) ?? byOwnPaths(from, specifier) ?? ofWorkspace(specifier, known) ?? byAlias(from, specifier, known)
    if (file) return file
    const name = packageName(specifier)
    return isPackageName(name) || isVirtual(specifier) ? { package: specifier } : undefined
  }

  const found = new Map<string, Resolved | undefined>()
  const beside = new Map<string, Resolved | undefined>()
  const regions = new Map<string, string>()
  const regionFor = (from: string): string => {
    const folder = posix.dirname(from)
    const region = regions.get(folder) ?? regionOf(from, known)
    regions.set(folder, region)
    return region
  }

  return {
    resolve(from, given) {
      const specifier = withoutQuery(given)
      if (/^\.\.?(\/|$)/.test(specifier)) {
        const path = joined(posix.dirname(from), specifier)
        if (!beside.has(path)) beside.set(path, besideFile(path, known))
        return beside.get(path)
      }
      if (specifier.startsWith('/')) return guessed(from, `.${specifier}`, ['', 'src'], specifier, known)
      const key = `${regionFor(from)}\n${specifier}`
      if (!found.has(key)) found.set(key, find(from, specifier))
      return found.get(key)
    },
  }
}
