/** A function as its deployment is configured: the file and export that it calls, its name, and what triggers it. */
import type { ProjectFiles } from '../define.ts'

export type Configured = { readonly file: string; readonly export: string; readonly name?: string; readonly triggers: readonly string[] }

const extensions = ['.ts', '.mts', '.tsx', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'] as const

export const directoryOf = (path: string): string => path.split('/').slice(0, -1).join('/')

/** `a/./b/../c` → `a/c`. */
export const normal = (path: string): string => {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

const join = (directory: string, path: string): string => normal(`${directory}/${path}`)

/** The source that a path without extension means, as seen from a directory. */
export const sourceAt = (directory: string, path: string, project: ProjectFiles): string | undefined =>
  extensions.map((extension) => join(directory, path) + extension).find((candidate) => project.has(candidate))

/** Build output is named in configurations; its source lies in `src`. */
const asWritten = (path: string): readonly string[] => [
  path,
  path.replace(/(^|\/)(dist|build|lib|out|\.build)\//, '$1src/'),
  path.replace(/(^|\/)(dist|build|lib|out|\.build)\//, '$1'),
]

const directoriesAbove = (directory: string): readonly string[] => {
  const parts = directory === '' ? [] : directory.split('/')
  return parts.map((_, at) => parts.slice(0, parts.length - at).join('/')).concat('')
}

/** `src/users.list`, `packages/functions/src/api.handler`: a file and an export of it, relative to the configuration or to a directory above. */
export const handlerAt = (text: string, directory: string, project: ProjectFiles): { readonly file: string; readonly export: string } | undefined => {
  const [, path, name] = /^([\w@./()[\]-]+)\.([A-Za-z_$][\w$]*)$/.exec(text) ?? []
  if (path === undefined || name === undefined) return undefined
  for (const above of directoriesAbove(directory)) {
    for (const written of asWritten(path)) {
      const file = sourceAt(above, written, project)
      if (file !== undefined) return { file, export: name }
    }
  }
  return undefined
}
