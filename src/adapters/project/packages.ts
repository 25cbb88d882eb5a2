/** The packages of a workspace, and what their scripts say about Drizzle. */
import { type Dirent, readdirSync, readFileSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { isObject, parsedJson } from '../../model/json.ts'
import { statOf } from '../looks.ts'
import { noteListing, noteSight } from '../sights.ts'
import { listIn } from './pnpm-workspace.ts'

export type PackageFile = { readonly name?: string; readonly scripts: { readonly [name: string]: string }; readonly workspaces: readonly string[] }

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [])

// Dozens of small questions, and most of the answers are no: asked on other threads, they cost a run several times as much.
const looksOf = (path: string): Stats | undefined => {
  const stats = statOf(path)
  noteSight(path, stats)
  return stats
}

export const isFile = async (path: string): Promise<boolean> => looksOf(path)?.isFile() ?? false
export const isDirectory = async (path: string): Promise<boolean> => looksOf(path)?.isDirectory() ?? false

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return looksOf(path) && readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const parseObject = (text: string | undefined): { readonly [key: string]: unknown } | undefined => {
  // A package.json that is not JSON stops npm itself; here it only means that there is nothing to learn from it.
  const value = text === undefined ? undefined : parsedJson(text)
  return isObject(value) ? value : undefined
}

/** `package.json` of a directory. */
export const readPackage = async (directory: string): Promise<PackageFile | undefined> => {
  const value = parseObject(await readIfThere(join(directory, 'package.json')))
  if (!value) return undefined
  const scripts = isObject(value.scripts) ? Object.entries(value.scripts).filter((entry): entry is [string, string] => typeof entry[1] === 'string') : []
  const workspaces = isObject(value.workspaces) ? texts(value.workspaces.packages) : texts(value.workspaces)
  return { ...(typeof value.name === 'string' ? { name: value.name } : {}), scripts: Object.fromEntries(scripts), workspaces }
}

/** The configs that scripts give to drizzle-kit with `--config`, relative to the package. */
export const configsInScripts = ({ scripts }: PackageFile): readonly string[] => {
  const calls = Object.values(scripts).filter((script) => script.includes('drizzle-kit'))
  return [...new Set(calls.flatMap((script) => [...script.matchAll(/--config[=\s]+(["']?)([^\s"'&|;]+)\1/g)].map(([, , path = '']) => path)))]
}

const workspacePatterns = async (directory: string): Promise<readonly string[]> => {
  const own = (await readPackage(directory))?.workspaces ?? []
  const pnpm = await readIfThere(join(directory, 'pnpm-workspace.yaml'))
  return pnpm === undefined ? own : [...own, ...texts(await listIn(pnpm))]
}

/** Directories that hold no project of the user. */
export const isIgnored = (name: string): boolean =>
  name.startsWith('.') || ['node_modules', 'dist', 'build', 'out', 'coverage', 'vendor', 'target'].includes(name)

const entriesOf = (directory: string): readonly Dirent[] => {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
}

/** Directories directly below, sorted; symbolic links are not followed, for they may lead in a circle. */
export const subdirectories = async (directory: string): Promise<readonly string[]> => {
  noteListing(directory)
  return entriesOf(directory)
    .filter((entry) => entry.isDirectory() && !isIgnored(entry.name))
    .map(({ name }) => name)
    .sort()
}

const segmentPattern = (segment: string): RegExp => new RegExp(`^${segment.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`)

/** Directories that a workspace pattern names: `apps/*`, `packages/**`, `tools/cli`. `**` goes four levels down. */
const expand = async (root: string, base: string, segments: readonly string[], deep = 4): Promise<readonly string[]> => {
  const [segment, ...rest] = segments
  if (segment === undefined) return [base]
  const names = await subdirectories(join(root, base))
  const into = (name: string): string => (base === '' ? name : `${base}/${name}`)
  if (segment === '**') {
    const below = deep > 0 ? await Promise.all(names.map((name) => expand(root, into(name), segments, deep - 1))) : []
    return [...(await expand(root, base, rest)), ...below.flat()]
  }
  const found = segment.includes('*')
    ? names.filter((name) => segmentPattern(segment).test(name))
    : (await isDirectory(join(root, base, segment)))
      ? [segment]
      : []
  return (await Promise.all(found.map((name) => expand(root, into(name), rest)))).flat()
}

/** Directories of the workspace's packages, relative to `root`; empty where it is no workspace. */
export const workspacePackages = async (root: string): Promise<readonly string[]> => {
  const patterns = (await workspacePatterns(root)).map((pattern) => pattern.replace(/^\.\//, '').replace(/\/$/, ''))
  const chosen = await Promise.all(patterns.filter((pattern) => !pattern.startsWith('!')).map((pattern) => expand(root, '', pattern.split('/'))))
  const refused = await Promise.all(patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => expand(root, '', pattern.slice(1).split('/'))))
  const without = new Set(refused.flat())
  return [...new Set(chosen.flat())].filter((directory) => directory !== '' && !without.has(directory)).sort()
}
