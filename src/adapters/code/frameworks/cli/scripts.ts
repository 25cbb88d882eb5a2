/** Programs that a package.json starts: the files of `bin`, scripts that run a source file, and those that start the application. */

import { isObject, parsedJson } from '../../../../model/json.ts'
import type { ProjectFiles } from '../define.ts'
import { joinedPath, parentOf } from '../routing/folders.ts'

export type Program = { readonly name: string; readonly file: string }

type Manifest = { readonly name?: unknown; readonly bin?: unknown; readonly scripts?: unknown }

const manifestOf = (text: string): Manifest => {
  const manifest = parsedJson(text)
  return isObject(manifest) ? manifest : {}
}

const manifests = (project: ProjectFiles): readonly string[] => project.paths.filter((path) => /(?:^|\/)package\.json$/.test(path))

const texts = (value: unknown): readonly (readonly [string, string])[] =>
  isObject(value) ? Object.entries(value).flatMap(([name, text]): [string, string][] => (typeof text === 'string' ? [[name, text]] : [])) : []

const runner = /(?:^|\/)(?:tsx|ts-node|ts-node-esm|ts-node-dev|tsnd|node|bun|deno|nodemon|esno|vite-node|babel-node|jiti|swc-node)$/
const source = /\.[cm]?[jt]sx?$/

/** Options of package managers that name the package, or its folder, where a command runs. */
const elsewhere = /^(?:--filter|-F|--workspace|-w|workspace|--dir|-C|--cwd|--prefix)(?:=(.+))?$/

/** Where a command runs that a package manager is told to run in another package: `pnpm --filter @acme/db exec tsx seed.ts`. */
const folderOf = (words: readonly string[], folder: string, project: ProjectFiles): string => {
  const at = words.findIndex((word) => elsewhere.test(word))
  const wanted = at < 0 ? undefined : (elsewhere.exec(words[at] ?? '')?.[1] ?? words[at + 1])
  if (wanted === undefined) return folder
  const named = manifests(project).find((path) => manifestOf(project.read(path) ?? '').name === wanted)
  if (named !== undefined) return parentOf(named)
  const path = joinedPath(folder, wanted)
  return project.has(joinedPath(path, 'package.json')) ? path : folder
}

/** The first source file that a runner is given; `&&`, `|` and `;` begin another command. */
const ranBy = (command: string, from: string, project: ProjectFiles): readonly string[] =>
  command.split(/&&|\|\|?|;/).flatMap((part) => {
    const words = part
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/^['"]|['"]$/g, ''))
    const at = words.findIndex((word) => runner.test(word))
    if (at < 0) return []
    const folder = folderOf(words.slice(0, at), from, project)
    const files = words.slice(at + 1).flatMap((word) => (source.test(word) ? (sourceOf(word, folder, project) ?? []) : []))
    return files.slice(0, 1)
  })

const built = /(^|\/)(?:dist|build|lib|out)\//

/** The one source below the folder that has this name: what a bundler made of it lies elsewhere. */
const namesake = (name: string, folder: string, project: ProjectFiles): string | undefined => {
  const below = folder === '' ? '' : `${folder}/`
  const found = project.paths.filter((path) => path.startsWith(below) && source.test(path) && path.replace(source, '').endsWith(`/${name}`))
  return found.length === 1 ? found[0] : undefined
}

/** What was built from a source counts as that source. */
const sourceOf = (path: string, folder: string, project: ProjectFiles): string | undefined => {
  const whole = joinedPath(folder, path)
  const bare = whole.replace(source, '')
  const unbuilt = [bare.replace(built, '$1src/'), bare.replace(built, '$1')]
  const found = [whole, ...[bare, ...unbuilt].flatMap((one) => ['.ts', '.mts', '.tsx', '.js', '.mjs'].map((end) => one + end))].find((one) => project.has(one))
  const name = bare.replace(/^.*\//, '')
  return found ?? (built.test(path) && name !== 'index' ? namesake(name, folder, project) : undefined)
}

/** Scripts that start the application, rather than do one thing. */
const starting = /^(?:dev|start|serve|preview|watch)(?:[:.-]|$)/

const binsOf = ({ name, bin }: Manifest): readonly (readonly [string, string])[] =>
  typeof bin === 'string' ? [[typeof name === 'string' ? name.replace(/^.*\//, '') : bin, bin]] : texts(bin)

const programsIn = (path: string, project: ProjectFiles): readonly Program[] => {
  const manifest = manifestOf(project.read(path) ?? '')
  const folder = parentOf(path)
  const bins = binsOf(manifest).map(([name, file]) => ({ name, file: sourceOf(file, folder, project) }))
  const scripts = texts(manifest.scripts).flatMap(([name, command]) =>
    starting.test(name) ? [] : ranBy(command, folder, project).map((file) => ({ name, file })),
  )
  return [...bins, ...scripts].flatMap(({ name, file }) => (file === undefined ? [] : [{ name, file }]))
}

/** Each file once, by the first name that it goes by. */
export const programsOf = (project: ProjectFiles): readonly Program[] => {
  const programs = manifests(project).flatMap((path) => programsIn(path, project))
  return [...new Map([...programs].reverse().map((program) => [program.file, program])).values()].reverse()
}

/** Files that start the application, and do nothing else. */
export const mainsOf = (project: ProjectFiles): readonly string[] => {
  const programs = new Set(programsOf(project).map(({ file }) => file))
  const started = manifests(project).flatMap((path) => {
    const { scripts } = manifestOf(project.read(path) ?? '')
    return texts(scripts).flatMap(([name, command]) => (starting.test(name) ? ranBy(command, parentOf(path), project) : []))
  })
  return [...new Set(started)].filter((file) => !programs.has(file))
}
