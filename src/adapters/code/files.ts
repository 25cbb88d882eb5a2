/** Which files of a directory are source that people wrote: as git sees it where it is a repository, else all below it without what tools make. */
import { type Dirent, lstatSync, readdirSync, realpathSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { ToolError } from '../../model/error.ts'
import { runGit } from '../git/run.ts'
import { entryAt, type Looks } from '../looks.ts'

export type SourceGap = { readonly file: string; readonly why: string /** Where reading ended; the first line where it never began. */; readonly line?: number }

export type SourceFiles = {
  /** From the root, with forward slashes, sorted. */
  readonly sources: readonly string[]
  /** Of the sources, except those that are links: what a link looks like says nothing of what it names. */
  readonly looks: ReadonlyMap<string, Looks>
  /** Everything else that is there: package.json, serverless.yml. */
  readonly others: readonly string[]
  readonly gaps: readonly SourceGap[]
}

const sourceName = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/

/** Whether a file of that path is source text that can be followed. */
export const isSource = (path: string): boolean => sourceName.test(path)

/** Bytes. */
export const largestSource = 1024 * 1024
const longestLine = 20_000

const madeByTools = new Set(['node_modules', '.next', '.nuxt', '.output', '.svelte-kit', '.turbo', '.vercel', '.git', 'coverage', 'bower_components'])
/** Names that people use too; where git ignores them it says so itself. */
const oftenMadeByTools = new Set([...madeByTools, 'dist', 'build', 'out', '.cache'])

const isBelow = (path: string, names: ReadonlySet<string>): boolean => path.split('/').some((part) => names.has(part))

const walk = (root: string, folder: string): readonly string[] => {
  let entries: readonly Dirent[]
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true })
  } catch {
    return []
  }
  // A link is no directory here: what it names is listed where it is, or is not of this root.
  return entries.flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name
    if (entry.isDirectory()) return oftenMadeByTools.has(entry.name) ? [] : walk(root, path)
    return [path]
  })
}

const listedByGit = async (root: string): Promise<readonly string[]> => {
  try {
    const { code, stdout } = await runGit(root, ['ls-files', '-coz', '--exclude-standard'])
    return code === 0 ? stdout.toString('utf8').split('\0') : []
  } catch {
    return []
  }
}

/** A directory that git knows nothing of, or ignores, is walked. */
const listed = async (root: string): Promise<readonly string[]> => {
  const byGit = await listedByGit(root)
  const paths = byGit.filter((path) => path && !isBelow(path, madeByTools))
  return paths.length ? [...new Set(paths)] : walk(root, '')
}

/** A link to a file of the root is that file a second time. */
const isSecondName = (root: string, path: string): boolean => {
  try {
    const real = relative(root, realpathSync(join(root, path)))
    return !real.startsWith(`..${sep}`)
  } catch {
    return true
  }
}

/** Why a text is not read: it is a program's work, not a person's. */
export const whyNotRead = (text: Buffer): string | undefined => {
  if (text.length > largestSource) return `not read: larger than ${largestSource / 1024} KiB`
  for (let at = 0; text.length - at > longestLine; ) {
    const end = text.lastIndexOf('\n', at + longestLine)
    if (end >= at) {
      at = end + 1
      continue
    }
    const next = text.indexOf('\n', at)
    const line = text.toString('utf8', at, next < 0 ? text.length : next)
    if (line.length > longestLine) return `not read: a line of more than ${longestLine} characters, so it is generated or minified`
    at = next < 0 ? text.length : next + 1
  }
  return undefined
}

/** Throws `no-directory`. */
const directoryAt = (root: string): string => {
  try {
    const real = realpathSync(root)
    if (lstatSync(real).isDirectory()) return real
  } catch {
    // Told below.
  }
  throw new ToolError('no-directory', `There is no directory ${root}.`, { help: 'Name the directory of the code with --root DIR.' })
}

/** Throws `no-directory`. */
export const listFiles = async (root: string): Promise<SourceFiles> => {
  const real = directoryAt(root)
  const sources: string[] = []
  const others: string[] = []
  const gaps: SourceGap[] = []
  const looks = new Map<string, Looks>()
  for (const path of [...(await listed(real))].sort()) {
    if (!isSource(path)) {
      others.push(path)
      continue
    }
    const stat = entryAt(`${real}/${path}`)
    if (stat?.isSymbolicLink() && isSecondName(real, path)) continue
    if (stat && stat.size > largestSource) gaps.push({ file: path, why: `not read: larger than ${largestSource / 1024} KiB` })
    else if (stat && !stat.isDirectory()) {
      sources.push(path)
      const { size, mtimeMs, ctimeMs, ino } = stat
      if (!stat.isSymbolicLink()) looks.set(path, { size, mtimeMs, ctimeMs, ino })
    }
  }
  return { sources, looks, others, gaps }
}
