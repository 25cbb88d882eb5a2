/**
 * A checkout as the compiler's API sees it: source files, and imports resolved also where nothing is installed: relative ones, tsconfig paths, the workspace's packages
 * by name. Drizzle's types are ours where the checkout has none.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import ts from 'typescript'

export type Project = {
  readonly root: string
  /** Relative to the root, with forward slashes. */
  readonly files: readonly string[]
  text(file: string): string
  tree(file: string): ts.SourceFile
  /** The file that a module's name means in a file of this project; undefined for what is not in it. */
  resolve(name: string, from: string): string | undefined
  readonly host: ts.LanguageServiceHost
}

const ignored = new Set(['node_modules', '.git', 'dist', 'build', '.next', 'coverage'])

const walk = (root: string, at: string): readonly string[] =>
  readdirSync(join(root, at), { withFileTypes: true }).flatMap((entry) => {
    const path = at === '' ? entry.name : `${at}/${entry.name}`
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : walk(root, path)
    return entry.isFile() ? [path] : []
  })

const isSource = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file) && !/\.d\.[cm]?ts$/.test(file)

/** Where the packages of the workspace would be linked: `node_modules/name` of the root → their folder. */
const links = (root: string, files: readonly string[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const file of files.filter((path) => path.endsWith('/package.json'))) {
    const { name } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { readonly name?: string }
    if (name) found.set(join(root, 'node_modules', name), join(root, dirname(file)))
  }
  return found
}

const memo = <K, V>(compute: (key: K) => V): ((key: K) => V) => {
  const known = new Map<K, V>()
  return (key) => {
    const kept = known.get(key)
    if (kept !== undefined) return kept
    const value = compute(key)
    known.set(key, value)
    return value
  }
}

const base: ts.CompilerOptions = {
  allowJs: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.Preserve,
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  lib: ['lib.es2023.d.ts'],
  skipLibCheck: true,
  types: [],
}

/** `paths` of the tsconfig nearest to a folder; one that extends a package that is not installed still gives its own. */
const optionsAt = (root: string): ((folder: string) => ts.CompilerOptions) =>
  memo((folder) => {
    const config = ts.findConfigFile(folder, ts.sys.fileExists)
    if (!config?.startsWith(root)) return base
    const { baseUrl, paths, pathsBasePath } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(config, ts.sys.readFile).config,
      { ...ts.sys, readDirectory: () => [] },
      dirname(config),
    ).options
    return { ...base, ...(baseUrl && { baseUrl }), ...(paths && { paths, pathsBasePath: pathsBasePath ?? dirname(config) }) }
  })

const linked = (packages: ReadonlyMap<string, string>) => {
  const real = (path: string): string => {
    for (const [link, folder] of packages) if (path === link || path.startsWith(link + sep)) return folder + path.slice(link.length)
    return path
  }
  return {
    fileExists: memo((path: string) => ts.sys.fileExists(real(path))),
    readFile: (path: string) => ts.sys.readFile(real(path)),
    directoryExists: memo((path: string) => ts.sys.directoryExists(real(path)) || [...packages.keys()].some((link) => link.startsWith(path + sep))),
    realpath: real,
  }
}

export const readProject = (root: string): Project => {
  const all = walk(root, '')
  const files = all.filter(isSource)
  const within = new Set(files)
  const disk = linked(links(root, all))
  const options = optionsAt(root)
  const relativeTo = (path: string): string => relative(root, path).split(sep).join('/')
  const text = memo((file: string) => readFileSync(join(root, file), 'utf8'))
  const resolved = (name: string, from: string): ts.ResolvedModuleFull | undefined =>
    ts.resolveModuleName(name, join(root, from), options(dirname(join(root, from))), disk).resolvedModule ??
    (name.startsWith('drizzle-orm') ? ts.resolveModuleName(name, import.meta.filename, base, ts.sys).resolvedModule : undefined)
  const host: ts.LanguageServiceHost = {
    ...disk,
    getCompilationSettings: () => base,
    getScriptFileNames: () => files.map((file) => join(root, file)),
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const content = disk.readFile(path)
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text: name }) => {
        const resolvedModule = resolved(name, relativeTo(from))
        return { resolvedModule: resolvedModule && { ...resolvedModule, isExternalLibraryImport: false } }
      }),
  }
  return {
    root,
    files,
    text,
    tree: memo((file) => ts.createSourceFile(file, text(file), ts.ScriptTarget.ESNext, true)),
    resolve: (name, from) => {
      const module = resolved(name, from)
      const file = module && relativeTo(module.resolvedFileName)
      return file !== undefined && within.has(file) ? file : undefined
    },
    host,
  }
}
