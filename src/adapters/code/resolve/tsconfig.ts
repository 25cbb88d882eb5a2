/** The `paths` that a tsconfig.json itself has, for one that extends what is not installed: no resolver reads it then. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { joined } from './paths.ts'

type Alias = { readonly before: string; readonly after: string | undefined; readonly targets: readonly string[] }

const withoutComments = (text: string): string =>
  text.replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? '').replace(/,(\s*[}\]])/g, '$1')

const read = (root: string, path: string): { readonly baseUrl?: string; readonly paths?: Readonly<Record<string, readonly string[]>> } => {
  try {
    return JSON.parse(withoutComments(readFileSync(join(root, path), 'utf8'))).compilerOptions ?? {}
  } catch {
    return {}
  }
}

export const aliasesOf = (root: string, folder: string): readonly Alias[] => {
  const { baseUrl = '.', paths = {} } = read(root, joined(folder, 'tsconfig.json'))
  return Object.entries(paths).map(([pattern, targets]) => {
    const [before = '', after] = pattern.split('*')
    const all = Array.isArray(targets) ? targets.filter((one) => typeof one === 'string') : []
    return { before, after, targets: all.map((one) => joined(folder, joined(baseUrl, one))) }
  })
}

/** Paths from the root that the aliases make of a specifier. */
export const pathsBy = (aliases: readonly Alias[], specifier: string): readonly string[] =>
  aliases
    .filter(({ before, after }) => (after === undefined ? specifier === before : specifier.startsWith(before) && specifier.endsWith(after)))
    .sort((a, b) => b.before.length - a.before.length)
    .flatMap(({ before, after, targets }) =>
      targets.map((target) => target.replace('*', specifier.slice(before.length, specifier.length - (after ?? '').length))),
    )
