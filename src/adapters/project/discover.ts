/** Finds the Drizzle projects of a directory: by config, by package scripts, in workspaces, and where there is no config at all, by the migrations folders themselves. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { type ConfigValues, dialectOf, projectOf, Unread } from '../../drizzle/config.ts'
import { assertPostgres, journalPath } from '../../drizzle/journal.ts'
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import { noteFile } from '../sights.ts'
import { placeFrom } from '../slashes.ts'
import { configsInScripts, isDirectory, isFile, readPackage, subdirectories, workspacePackages } from './packages.ts'
import { readStatically } from './static.ts'

export type DiscoverOptions = {
  /** A migrations folder, named by the user: no config is looked for, but one that names this folder is used. */
  readonly folder?: string
  /** Drizzle configs by project name, as `pgstrata.config.ts` gives them. */
  readonly projects?: { readonly [name: string]: { readonly drizzle: string } }
  /** Run the configs instead of reading their text. */
  readonly run?: boolean
  readonly env?: { readonly [name: string]: string | undefined }
}

/** A config file, and the directory from which drizzle-kit is run with it: its paths go from there. */
type ConfigFile = { readonly file: string; readonly from: string; readonly name?: string }
type Read = { readonly projects: readonly Project[]; readonly refused: readonly { readonly file: string; readonly error: ToolError }[] }

const configNames = ['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.mjs', 'drizzle.config.cjs', 'drizzle.config.json']
/** Where people keep the folder when nothing else says so. */
const commonFolders = [
  'drizzle',
  'migrations',
  'drizzle/migrations',
  'db/migrations',
  'src/db/migrations',
  'src/drizzle',
  'src/drizzle/migrations',
  'src/lib/db/migrations',
  'lib/db/migrations',
  'supabase/migrations',
]
const searchDepth = 6
const searchLimit = 4000

const configsIn = async (directory: string): Promise<readonly ConfigFile[]> => {
  const manifest = await readPackage(directory)
  const named = [...configNames, ...(manifest ? configsInScripts(manifest) : [])].map((name) => resolve(directory, name))
  const there = await Promise.all(named.map(isFile))
  return [...new Set(named.filter((_, index) => there[index]))].map((file) => ({ file, from: directory }))
}

/** Walks the directories below, breadth first, each at most once, within bounds; answers what `look` finds. */
const search = async <T>(root: string, look: (directory: string) => Promise<readonly T[]>): Promise<readonly T[]> => {
  const found: T[] = []
  let level = [root]
  let visited = 0
  for (let depth = 0; depth <= searchDepth && level.length > 0; depth++) {
    for (const directory of level) found.push(...(await look(directory)))
    const next = await Promise.all(level.map(async (directory) => (await subdirectories(directory)).map((name) => join(directory, name))))
    visited += level.length
    level = visited > searchLimit ? [] : next.flat()
  }
  return found
}

const upward = (cwd: string): readonly string[] => (dirname(cwd) === cwd ? [cwd] : [cwd, ...upward(dirname(cwd))])

/** Configs of the nearest directory, from `cwd` up, that has any; a repository's root ends the way up. `deep` also searches the directories below. */
const nearestConfigs = async (cwd: string, deep: boolean): Promise<readonly ConfigFile[]> => {
  for (const directory of upward(cwd)) {
    const own = await configsIn(directory)
    const below = await Promise.all((await workspacePackages(directory)).map((name) => configsIn(join(directory, name))))
    const all = [...own, ...below.flat()]
    if (all.length > 0) return all
    const nested = deep && directory === cwd ? await search(cwd, async (at) => (at === cwd ? [] : configsIn(at))) : []
    if (nested.length > 0) return nested
    if ((await isDirectory(join(directory, '.git'))) || (await isFile(join(directory, '.git')))) return []
  }
  return []
}

const valuesOf = async (
  { file, from }: ConfigFile,
  options: DiscoverOptions,
): Promise<{ readonly values: readonly ConfigValues[]; readonly read: Project['read'] }> => {
  if (options.run && !file.endsWith('.json')) return { values: await (await import('./run.ts')).readByRunning(file, from), read: 'run' }
  noteFile(file)
  return { values: await readStatically(file, readFileSync(file, 'utf8'), from, options.env ?? process.env), read: 'static' }
}

/** A config in a directory of its own is often run from the package above: of both, the one that has the folder. */
const baseOf = async ({ file, from }: ConfigFile, out: string): Promise<string> => {
  if (await isDirectory(resolve(from, out))) return from
  for (const directory of upward(dirname(file)))
    if ((await isFile(join(directory, 'package.json'))) && (await isDirectory(resolve(directory, out)))) return directory
  return from
}

const nameOf = async (cwd: string, config: ConfigFile): Promise<string> =>
  config.name ?? (await readPackage(config.from))?.name ?? basename(config.from === sep ? cwd : config.from)

const readConfig = async (cwd: string, config: ConfigFile, options: DiscoverOptions): Promise<readonly Project[]> => {
  const { values, read } = await valuesOf(config, options)
  const postgres = values.filter((one) => dialectOf(one) === undefined || ['pg', 'postgresql', 'postgres'].includes(dialectOf(one) ?? ''))
  if (postgres.length === 0) for (const one of values) assertPostgres(dialectOf(one), placeFrom(cwd, config.file))
  const name = await nameOf(cwd, config)
  return Promise.all(
    postgres.map(async (one, index) => {
      const out = typeof one.out === 'string' ? one.out : './drizzle'
      const base = await baseOf(config, out)
      const place = (path: string): string => placeFrom(cwd, resolve(base, path))
      const project = projectOf(one, { name: postgres.length > 1 ? `${name}-${index + 1}` : name, config: placeFrom(cwd, config.file), read, place })
      if (!(one.out instanceof Unread)) return project
      const [folder] = await foldersIn(base)
      return folder === undefined
        ? project
        : { ...project, folder: placeFrom(cwd, folder), notes: [...project.notes, `the folder ${placeFrom(cwd, folder)} was found by its journal`] }
    }),
  )
}

const readAll = async (cwd: string, configs: readonly ConfigFile[], options: DiscoverOptions): Promise<Read> => {
  const projects: Project[] = []
  const refused: { file: string; error: ToolError }[] = []
  for (const config of configs)
    try {
      projects.push(...(await readConfig(cwd, config, options)))
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      refused.push({ file: placeFrom(cwd, config.file), error })
    }
  return { projects, refused }
}

const hasHistory = async (folder: string): Promise<boolean> => isFile(join(folder, journalPath))

/** Migrations folders below a directory: the usual places first, else a bounded search. */
const foldersIn = async (directory: string): Promise<readonly string[]> => {
  const common = commonFolders.map((folder) => join(directory, folder))
  const there = await Promise.all(common.map(hasHistory))
  const found = common.filter((_, index) => there[index])
  return found.length > 0 ? found : search(directory, async (at) => ((await hasHistory(at)) ? [at] : []))
}

/** The error's sentence, which may begin with the file's name itself. */
const leftOut = (file: string, { message }: ToolError): string =>
  `${file} was left out: ${message.startsWith(`${file} `) ? `it ${message.slice(file.length + 1)}` : message}`.replace(/[.]$/, '')

const bare = (cwd: string, folder: string): Project =>
  projectOf({ out: folder }, { name: basename(resolve(cwd, folder)), read: 'none', place: (path) => placeFrom(cwd, path) })

/** Names must tell projects apart: those that are equal get their config's or folder's path. */
const distinct = (projects: readonly Project[]): readonly Project[] =>
  projects.map((project) =>
    projects.some((other) => other !== project && other.name === project.name) ? { ...project, name: project.config ?? project.folder } : project,
  )

/** Several configs for one folder (development, production) are one project, by its first config. */
const onePerFolder = (projects: readonly Project[]): readonly Project[] =>
  projects.flatMap((project, index) => {
    if (projects.findIndex(({ folder }) => folder === project.folder) < index) return []
    const others = projects.slice(index + 1).filter(({ folder, config }) => folder === project.folder && config !== project.config)
    return [others.length > 0 ? { ...project, notes: [...project.notes, `${others.map(({ config }) => config).join(', ')} names the same folder`] } : project]
  })

/** Leaves out projects without a folder where others have one, and says so. */
const withFolders = async (cwd: string, { projects, refused }: Read): Promise<readonly Project[]> => {
  const there = await Promise.all(projects.map(({ folder }) => isDirectory(resolve(cwd, folder))))
  const kept = there.some(Boolean) ? projects.filter((_, index) => there[index]) : projects
  const left = projects.filter((project) => !kept.includes(project)).map(({ config, folder }) => `${config} was left out: its folder ${folder} does not exist`)
  const notes = [...left, ...refused.map(({ file, error }) => leftOut(file, error))]
  return kept.map((project, index) => (index === 0 && notes.length > 0 ? { ...project, notes: [...project.notes, ...notes] } : project))
}

const byFolder = async (cwd: string, folder: string, options: DiscoverOptions): Promise<Project> => {
  const path = resolve(cwd, folder)
  const { projects } = await readAll(cwd, await nearestConfigs(dirname(path), false), options)
  return projects.find((project) => resolve(cwd, project.folder) === path) ?? bare(cwd, folder)
}

const namedConfigs = (cwd: string, projects: NonNullable<DiscoverOptions['projects']>): readonly ConfigFile[] =>
  Object.entries(projects).map(([name, { drizzle }]) => ({ name, file: resolve(cwd, drizzle), from: dirname(resolve(cwd, drizzle)) }))

/**
 * The Drizzle projects that are meant in `cwd` (absolute). Configs are read without running them unless `run` says so. Throws `no-project` when there is neither a
 * config nor a folder, `other-dialect` when all configs are for other databases, and the error of the only config when it cannot be read.
 */
export const findProjects = async (cwd: string, options: DiscoverOptions = {}): Promise<readonly Project[]> => {
  if (options.folder !== undefined) return [await byFolder(cwd, options.folder, options)]
  const read = await readAll(cwd, options.projects ? namedConfigs(cwd, options.projects) : await nearestConfigs(cwd, true), options)
  if (read.projects.length > 0) return distinct(await withFolders(cwd, { ...read, projects: onePerFolder(read.projects) }))
  const unreadable = read.refused.find(({ error }) => error.code !== 'other-dialect')
  const folders = unreadable || read.refused.length === 0 ? await foldersIn(cwd) : []
  const notes = read.refused.map(({ file, error }) => leftOut(file, error))
  if (folders.length > 0) return distinct(folders.map((folder) => ({ ...bare(cwd, placeFrom(cwd, folder)), notes })))
  const [first] = read.refused
  if (first) throw (unreadable ?? first).error
  throw new ToolError('no-project', `There is no Drizzle config and no migrations folder in ${cwd}.`, {
    help: 'Run it in a project that uses Drizzle with PostgreSQL, or name the folder: --folder DIR.',
  })
}
