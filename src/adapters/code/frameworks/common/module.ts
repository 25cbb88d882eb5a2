/** Files that a framework calls by their place: their exports, and the place of an entry that one of them is. */
import { any, type CodePlace, type Machine, type Site, type Value } from '../../value.ts'

/** Arguments of which nothing is known. */
export const unknowns: readonly Value[] = [any, any, any]

export const exportsOf = (module: Value, machine: Machine, site: Site): ReadonlyMap<string, Value> => machine.entries(module, site).known

/** The line of a function in the file that exports it; the file's first one where it stands elsewhere. */
export const placeIn = (file: string, value: Value | undefined): CodePlace => {
  const [first] = value?.kind === 'union' ? value.of : [value]
  if (first?.kind !== 'function' || first.scope.file.path !== file) return { file, line: 1 }
  return { file, line: first.scope.file.tree.functions[first.fn]?.at ?? 1 }
}

/** The URL of a page's file: `index` is its directory. */
export const pageUrl = (segments: readonly string[]): string => '/' + (segments.at(-1) === 'index' ? segments.slice(0, -1) : segments).join('/')

/** Source files that a bundler takes for JavaScript. */
export const isCode = (path: string): boolean => /(?<!\.d)\.[cm]?[jt]sx?$/.test(path)

/** `src/app/page.tsx` → `src/app/page` */
export const withoutExtension = (path: string): string => path.replace(/\.[^./]+$/, '')
