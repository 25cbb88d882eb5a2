/** Functions that an application gives its authentication library: they belong to the route that hands over to the library; without one they are entries of their own. */
import { Passed } from '../../machine/passed.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../../value.ts'
import { isFirst } from '../common/first.ts'
import { isCallable } from '../where.ts'

export type Callback = { readonly what: string; readonly handler: Value }

/** The functions that an object holds, at any depth, with their paths. */
export const callbacksIn = (value: Value, site: Site, path = '', depth = 0): readonly Callback[] => {
  if (value.kind === 'function') return [{ what: path, handler: value }]
  if (value.kind === 'union') return value.of.flatMap((one) => callbacksIn(one, site, path, depth))
  if (value instanceof Passed) return value.held.flatMap((one) => callbacksIn(one, site, path, depth))
  if (value.kind === 'array') return (value.items ?? [value.element]).flatMap((one) => callbacksIn(one, site, path, depth + 1))
  if (value.kind !== 'object' || depth > 5) return []
  return [...site.machine.entries(value, site).known].flatMap(([name, one]) => callbacksIn(one, site, path === '' ? name : `${path}.${name}`, depth + 1))
}

/** Calls those whose path is wanted. The library decides at run time which: such a call is likely, no more. */
export const callAll = (callbacks: readonly Callback[], site: Site, wanted: (what: string) => boolean = () => true): readonly Value[] =>
  callbacks.filter(({ what }) => wanted(what)).map(({ handler }) => site.machine.invoke(handler, [any, any, any], site, 'likely'))

/** What a library's set-up answers; `used` once a route has handed over to it. */
export abstract class Auth extends Model {
  #used = false
  /** The library's route: all callbacks. */
  readonly route: Value = native('auth route', (site) => {
    this.#used = true
    callAll(this.callbacks(site), site)
    return any
  })

  abstract callbacks(site: Site): readonly Callback[]

  /** Whether somebody may serve the library's route: one that only asks for the session (middleware of its own) does not. */
  protected mayBeServed(): boolean {
    return true
  }

  /** Callbacks that no route reaches are called by the library all the same. */
  alone(framework: string, site: CallSite): void {
    if (!isFirst(`${framework} ${site.place.file}:${site.place.line}`, site.machine)) return
    // Routers make their entries at the end; only after these have run is it known that no route hands over.
    site.machine.atEnd(() => site.machine.atEnd(() => this.#unreached(framework, site)))
  }

  #unreached(framework: string, site: CallSite): void {
    const runs = this.callbacks(site).flatMap(({ what, handler }) => (isCallable(handler) ? [{ what, handler, args: [any, any, any] }] : []))
    if (this.#used || runs.length === 0 || !this.mayBeServed()) return
    site.machine.entry({ name: `callback ${framework} (${site.place.file})`, kind: 'callback', framework, place: site.place, runs })
  }
}

/** `DrizzleAdapter(db, tables)`: reads and writes inside the library. */
export const adapter = (name: string): Value =>
  native(name, (site) => {
    site.machine.gap(`${name} reads and writes its tables inside the library, which is not followed`, site)
    return any
  })
