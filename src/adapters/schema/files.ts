/** Which files a Drizzle config's `schema` names: files, directories, globs, as drizzle-kit takes them. */
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import picomatch from 'picomatch'
import { ToolError } from '../../model/error.ts'
import { isDirectory, isFile } from '../project/packages.ts'
import { slashes } from '../slashes.ts'

const isCode = (path: string): boolean => /[.][cm]?[jt]sx?$/i.test(path)
/** A directory stands for the code in it, not below it. */
const codeIn = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory() && isCode(entry.name))
    .map(({ name }) => join(directory, name))
    .sort()
}

/** Every path below that matches; packages and hidden directories hold no schema of the user. */
const matching = async (directory: string, wanted: (path: string) => boolean): Promise<readonly string[]> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name)
      const own = wanted(slashes(path)) ? (entry.isDirectory() ? await codeIn(path) : isCode(path) ? [path] : []) : []
      const enter = entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')
      return [...own, ...(enter ? await matching(path, wanted) : [])]
    }),
  )
  return found.flat()
}

const filesOf = async (cwd: string, pattern: string): Promise<readonly string[]> => {
  const full = resolve(cwd, pattern)
  if (await isFile(full)) return [full]
  if (await isDirectory(full)) return codeIn(full)
  const { base, isGlob } = picomatch.scan(slashes(full))
  if (!isGlob)
    throw new ToolError('no-such-file', `The schema file ${pattern} does not exist.`, { help: 'Correct `schema` of the Drizzle config, or name another file.' })
  return matching(resolve(base), picomatch(slashes(full)))
}

/** The files of all patterns (relative to `cwd`), each once, absolute. Throws `no-such-file`, `no-schema-files`. */
export const schemaFiles = async (cwd: string, patterns: readonly string[]): Promise<readonly string[]> => {
  const files = (await Promise.all(patterns.map((pattern) => filesOf(cwd, pattern)))).flat()
  if (files.length > 0) return [...new Set(files)]
  throw new ToolError('no-schema-files', `There are no schema files at ${patterns.join(', ')}.`, {
    help: 'Correct `schema` of the Drizzle config, or name a file.',
  })
}
