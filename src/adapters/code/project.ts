/** The repository as frameworks ask for it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { directiveIn } from './directive.ts'
import type { ProjectFiles } from './frameworks/define.ts'
import { readManifests } from './resolve/manifests.ts'

const readText = (root: string, path: string): string | undefined => {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

/** `paths` are all files, sources and others. */
export const openProject = (root: string, paths: readonly string[]): ProjectFiles => {
  const all = new Set(paths)
  const texts = new Map<string, string | undefined>()
  const manifests = readManifests(root, paths)
  const read = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, all.has(path) ? readText(root, path) : undefined)
    return texts.get(path)
  }
  return {
    paths,
    has: (path) => all.has(path),
    read,
    depends: (path, name) => manifests.around(path).some(({ dependencies }) => dependencies.has(name)),
    directives: (path) => {
      const found = directiveIn(read(path) ?? '')
      return found === undefined ? [] : [found]
    },
  }
}
