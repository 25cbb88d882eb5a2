/** The routes of a router in the order of their registration, and how routers below one another become paths. */
import type { Site } from '../../value.ts'
import { perMachine } from '../common/per-machine.ts'
import { joined } from './paths.ts'

/** `flow`: guards every later request that its test lets through. The others end with their router, pass to the one above it, or to all above it. */
export type Scope = 'flow' | 'local' | 'scoped' | 'global'

type Item<Step> =
  | { readonly kind: 'route'; readonly methods: readonly string[]; readonly path: string; readonly steps: readonly Step[]; readonly site: Site }
  /** `test` is asked with the guard's own prefix and the whole path of a route. */
  | { readonly kind: 'guard'; readonly test: (prefix: string, path: string) => boolean; readonly steps: readonly Step[]; readonly scope: Scope }
  | { readonly kind: 'mount'; readonly prefix: string; readonly table: RouteTable<Step> }

/** A route with its whole path, and the guards that its requests pass before its own steps. */
export type Composed<Step> = {
  readonly method: string
  readonly path: string
  readonly before: readonly Step[]
  readonly steps: readonly Step[]
  readonly site: Site
}

type Guard<Step> = { readonly steps: readonly Step[]; readonly passes: (path: string) => boolean; readonly scope: Scope }

const keyOf = ({ place: { file, line } }: Site): string => `${file}:${line}`

/** Where the routes stand that a served router has. */
const servedBy = perMachine(() => new Set<string>())

export class RouteTable<Step> {
  items: Item<Step>[] = []
  /** Nobody may be seen to serve it: a router that is made to print its routes. */
  served = true
  readonly #emit: (routes: readonly Composed<Step>[]) => void
  #mounted = false
  #begun = false
  constructor(emit: (routes: readonly Composed<Step>[]) => void) {
    this.#emit = emit
  }

  route(route: { readonly methods: readonly string[]; readonly path: string; readonly steps: readonly Step[] }, site: Site): void {
    this.#add({ kind: 'route', ...route, site }, site)
  }

  guard(guard: { readonly test: (prefix: string, path: string) => boolean; readonly steps: readonly Step[]; readonly scope: Scope }, site: Site): void {
    this.#add({ kind: 'guard', ...guard }, site)
  }

  mount(prefix: string, table: RouteTable<Step>, site: Site): void {
    table.#mounted = true
    this.#add({ kind: 'mount', prefix, table }, site)
  }

  /** Guards so far outlive this router. */
  widen(scope: Scope): void {
    this.items = this.items.map((item) => (item.kind === 'guard' ? { ...item, scope } : item))
  }

  /** A router that nobody has mounted when all has been followed serves its routes itself. */
  #add(item: Item<Step>, site: Site): void {
    this.items.push(item)
    if (this.#begun) return
    this.#begun = true
    site.machine.atEnd(() => {
      if (this.#mounted) return
      if (this.served) this.#serve(site)
      else site.machine.atEnd(() => this.#serveRest(site))
    })
  }

  #serve(site: Site): void {
    const routes = composed(this)
    for (const route of routes) servedBy(site.machine).add(keyOf(route.site))
    this.#emit(routes)
  }

  /** What others serve under their paths is not served under this router's own. */
  #serveRest(site: Site): void {
    this.#emit(composed(this).filter((route) => !servedBy(site.machine).has(keyOf(route.site))))
  }
}

const guardOf = <Step>(item: Extract<Item<Step>, { kind: 'guard' }>, prefix: string): Guard<Step> => ({
  steps: item.steps,
  passes: (path) => item.test(prefix, path),
  scope: item.scope,
})

/** What outlives the router that registered it, seen from the one above. */
const passedOn = <Step>(guard: Guard<Step>): readonly Guard<Step>[] => {
  if (guard.scope === 'local') return []
  return [guard.scope === 'scoped' ? { ...guard, scope: 'local' } : guard]
}

/** The routes of a table and of those below it; the same route of the same router under one name counts once. */
export const composed = <Step>(table: RouteTable<Step>): readonly Composed<Step>[] => {
  const routes = new Map<string, Composed<Step>>()
  const walk = (at: RouteTable<Step>, prefix: string, above: readonly Guard<Step>[], around: readonly RouteTable<Step>[]): readonly Guard<Step>[] => {
    const guards: Guard<Step>[] = []
    for (const item of at.items) {
      if (item.kind === 'guard') guards.push(guardOf(item, prefix))
      else if (item.kind === 'mount' && !around.includes(item.table))
        guards.push(...walk(item.table, joined(prefix, item.prefix), [...above, ...guards], [...around, item.table]))
      else if (item.kind === 'route') {
        const path = joined(prefix, item.path)
        const before = [...above, ...guards].filter(({ passes }) => passes(path)).flatMap(({ steps }) => steps)
        for (const method of item.methods) routes.set(`${method} ${path} ${keyOf(item.site)}`, { ...item, method, path, before })
      }
    }
    return guards.flatMap(passedOn)
  }
  walk(table, '', [], [table])
  return [...routes.values()]
}
