/** Entries that a framework takes from a file by its place: an entry of several exports, or one of each. */
import type { EntryKind, NewEntry, Site, Value } from '../../value.ts'
import type { Root } from '../define.ts'
import { Served } from '../routing/served.ts'
import { isCallable } from '../where.ts'
import { exportsOf, placeIn } from './module.ts'

export type Exports = ReadonlyMap<string, Value>
export type At = { readonly path: string; readonly site: Site }
/** What is done with a file's exports. */
export type Enter = (exports: Exports, at: At) => void

/** An entry whose handler cannot be followed is still one, with a gap; a router that it only serves has entries of its own. */
export const enterWith = (entry: NewEntry, site: Site): void => {
  if (entry.runs.some(({ handler }) => handler instanceof Served)) return
  site.machine.entry(entry)
  const unknown = entry.runs.find(({ handler }) => !isCallable(handler))
  if (unknown) site.machine.gap(`The ${unknown.what} of ${entry.name} comes from a library and was not followed.`, { ...site, place: entry.place })
}

/** Of the last of an entry's exports: what stands for it, and whether the browser runs it. */
type Last = { readonly instead?: (exports: Exports) => Value | undefined; readonly browser?: true }

/** `args` is what the framework calls each of them with. */
export const entering = (framework: string, args: (site: Site) => readonly Value[]) => {
  /** One entry that runs the named exports, in this order; none where the file exports none of them. */
  const together =
    (name: string, kind: EntryKind, names: readonly string[], { instead, browser }: Last = {}): Enter =>
    (exports, { path, site }) => {
      const present = names.flatMap((what) => (exports.has(what) ? [{ what: what === 'default' ? kind : what, handler: exports.get(what) }] : []))
      const last = present.at(-1)
      if (!last?.handler) return
      const runs = present.flatMap(({ what, handler }) => (handler ? [{ what, handler, args: args(site) }] : []))
      const other = instead?.(exports)
      const final = other ? { what: last.what, handler: other, args: [] } : runs.at(-1)
      const all = final ? [...runs.slice(0, -1), { ...final, ...(browser && { browser }) }] : runs
      enterWith({ name, kind, framework, place: placeIn(path, last.handler), runs: all }, site)
    }
  /** An entry for each of the named exports that the file has. */
  const each =
    (kind: EntryKind, isOne: (name: string) => boolean, nameOf: (name: string) => string): Enter =>
    (exports, at) => {
      for (const name of exports.keys()) if (isOne(name)) together(nameOf(name), kind, [name])(exports, at)
    }
  return { together, each }
}

export const rootAt = (path: string, enter: Enter): Root => ({
  path,
  enter: (module, machine, site) => enter(exportsOf(module, machine, site), { path, site }),
})

export const verbs: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
