/** Routers, what stands below them, and those that call their procedures on the server. */
import { join } from '../../machine/join.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../../value.ts'
import { contextOf } from './context.ts'
import { Procedure } from './procedure.ts'

/** `t.router({ … })`; `parts` are its records, several after `mergeRouters`. */
export class Router extends Model {
  readonly what = 'trpc router'
  readonly site: Site
  readonly parts: readonly Value[]
  constructor(parts: readonly Value[], site: Site) {
    super()
    this.parts = parts
    this.site = site
  }
  override get(name: string, site: Site): Value {
    if (name === 'createCaller') return native(name, ({ args: [context = any] }) => new Caller(this, context))
    return join(...this.parts.map((part) => site.machine.get(part, name, site)))
  }
  children(site: Site): readonly (readonly [string, Value])[] {
    return this.parts.flatMap((part) => [...childrenOf(part, site)])
  }
}

/** `lazy(() => import('./router'))`: the module's one router. */
export class Lazy extends Model {
  readonly what = 'lazy trpc router'
  readonly #load: Value
  constructor(load: Value) {
    super()
    this.#load = load
  }
  router(site: Site): Value {
    const loaded = site.machine.awaited(site.machine.invoke(this.#load, [], site), site)
    if (loaded instanceof Router) return loaded
    return [...site.machine.entries(loaded, site).known.values()].find((value) => value instanceof Router) ?? any
  }
  override get(name: string, site: Site): Value {
    return site.machine.get(this.router(site), name, site)
  }
}

export const unwrapped = (value: Value, site: Site): Value => (value instanceof Lazy ? value.router(site) : value)

/** What stands below a router or a plain object in one. */
export const childrenOf = (value: Value, site: Site): Iterable<readonly [string, Value]> => {
  if (value instanceof Router) return value.children(site)
  if (value.kind === 'union') return value.of.flatMap((each) => [...childrenOf(each, site)])
  return value.kind === 'object' ? site.machine.entries(value, site).known : []
}

/** A router as the server calls it: `caller.post.list(input)`; also `helpers.post.list.prefetch(input)` and `proxy.post.list.queryOptions(input)`. */
export class Caller extends Model {
  readonly what = 'trpc caller'
  readonly #of: Value
  readonly #context: Value
  readonly #below = new Map<string, Caller>()
  constructor(of: Value, context: Value) {
    super()
    this.#of = of
    this.#context = context
  }
  override get(name: string, site: Site): Value {
    if (unwrapped(this.#of, site) instanceof Procedure) return this
    const below = this.#below.get(name) ?? new Caller(site.machine.get(unwrapped(this.#of, site), name, site), this.#context)
    this.#below.set(name, below)
    return below
  }
  override call(site: CallSite): Value {
    const called = unwrapped(this.#of, site)
    return called instanceof Procedure ? called.run(contextOf(this.#context, site), site) : any
  }
}

/** A router as somebody calls it of whose context nothing is known. */
export const callerOf = (router: Value): Value => new Caller(router, any)
