/** Source files by what an import calls them: without their ending, by the ending that a compiler gives them, by their folder. */
import { posix } from 'node:path'

const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.d.ts', '.vue', '.svelte', '.astro']

/** `./x.js` is the name in the output of what is `./x.ts` in the source. */
const written: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts', '.ts'],
  '.cjs': ['.cts', '.ts'],
}

export type PathIndex = {
  /** The same path as the list has it: maps of paths are asked in less time then. */
  listed(path: string): string | undefined
  /** The file that a path from the root means. */
  file(path: string): string | undefined
}

const compiled = (path: string): readonly string[] => {
  const [, stem = '', ending = ''] = /^(.*?)(\.[cm]?jsx?)$/.exec(path) ?? []
  return (written[ending] ?? []).map((one) => stem + one)
}

/** The likeliest first; mostly one of the first few is a file, and the others are never made. */
function* candidates(path: string): Generator<string> {
  yield path
  yield* compiled(path)
  for (const ending of endings) yield path + ending
  for (const ending of endings) yield path ? `${path}/index${ending}` : `index${ending}`
}

export const indexPaths = (paths: readonly string[]): PathIndex => {
  const known = new Map(paths.map((path) => [path, path]))
  return {
    listed: (path) => known.get(path),
    file(path) {
      const clean = posix.normalize(path).replace(/\/$/, '')
      for (const candidate of candidates(clean === '.' ? '' : clean)) {
        const path = known.get(candidate)
        if (path !== undefined) return path
      }
      return undefined
    },
  }
}

/** The folder of a path, `''` for the root, and all folders around it, the nearest first. */
export const foldersOf = (path: string): readonly string[] => {
  const parts = path.split('/').slice(0, -1)
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), '']
}

export const joined = (folder: string, path: string): string => posix.join(folder, path)
