/** Where a document stands: its path, and the working directories from which its project is looked for. */
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The path of a document's URI; undefined for what is no file (an untitled buffer, a revision of git). */
export const pathOf = (uri: string): string | undefined => {
  if (!uri.startsWith('file:')) return undefined
  try {
    return fileURLToPath(uri)
  } catch {
    // A file on another host, or no proper URI.
    return undefined
  }
}

/** `path` from `folder` with forward slashes; undefined where it is not below it. */
export const below = (folder: string, path: string): string | undefined => {
  const way = relative(folder, path)
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || resolve(folder, way) !== path || way === path ? undefined : way.split(sep).join('/')
}

/** The directories from which a file's project is looked for: the innermost of the editor's folders that holds it, then its own. */
export const startsFor = (path: string, roots: readonly string[]): readonly string[] => {
  const [innermost] = roots.filter((root) => below(root, path) !== undefined).sort((a, b) => b.length - a.length)
  return [...new Set([...(innermost === undefined ? [] : [innermost]), dirname(path)])]
}
