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

/** Source files that a bundler takes for JavaScript. */
export const isCode = (path: string): boolean => /(?<!\.d)\.[cm]?[jt]sx?$/.test(path)

/** `src/app/page.tsx` → `src/app/page` */
export const withoutExtension = (path: string): string => path.replace(/\.[^./]+$/, '')

/** Whether there is something to call: of anything else a call would only hand over what it is called with. */
export const isFollowed = (value: Value): boolean =>
  value.kind === 'function' || value.kind === 'model' || (value.kind === 'union' && value.of.some((one) => one.kind === 'function' || one.kind === 'model'))
