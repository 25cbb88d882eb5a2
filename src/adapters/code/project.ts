/** The repository as frameworks ask for it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSource } from './files.ts'
import type { ProjectFiles } from './frameworks/define.ts'
import type { Notebook } from './notebook.ts'
import type { Manifests } from './resolve/manifests.ts'

const readText = (root: string, path: string): string | undefined => {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

/** `paths` are all files, sources and others. */
export const openProject = (root: string, paths: readonly string[], { note }: Pick<Notebook, 'note'>, manifests: Manifests): ProjectFiles => {
  const all = new Set(paths)
  const texts = new Map<string, string | undefined>()
  /** Sources are many, and each is asked for once or twice. */
  const read = (path: string): string | undefined => {
    if (!all.has(path)) return undefined
    if (isSource(path)) return readText(root, path)
    if (!texts.has(path)) texts.set(path, readText(root, path))
    return texts.get(path)
  }
  const depends = (path: string, name: string): boolean => manifests.around(path).some(({ dependencies }) => dependencies.has(name))
  return {
    paths,
    has: (path) => all.has(path),
    read,
    depends,
    dependents(names) {
      const known = names.filter(manifests.depend)
      return known.length === 0 ? [] : paths.filter((path) => known.some((name) => depends(path, name)))
    },
    directives: (path) => {
      const { directive } = note(path)
      return directive === undefined ? [] : [directive]
    },
  }
}
