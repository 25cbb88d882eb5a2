/** An app or a `Router()` of Express: routes, routers below a path, middleware, parameters, error handlers. */
import { any, type CallSite, Model, native, type Site, type Value } from '../../value.ts'
import { Chain } from '../routing/chain.ts'
import { passesOn } from '../routing/passing.ts'
import { joined, matches, parametersOf, withoutSlash } from '../routing/paths.ts'
import { serve, serveErrors } from '../routing/serve.ts'
import { type Composed, RouteTable } from '../routing/table.ts'
import { arity, flat, isFunction, isText, stringsOf } from '../routing/values.ts'
import { type Exchange, ExpressApplication, exchange } from './request.ts'

const verbs: ReadonlySet<string> = new Set(['get', 'post', 'put', 'delete', 'patch', 'options', 'head', 'all'])

/** `(error, req, res, next)` */
const answersErrors = (step: Value): boolean => isFunction(step) && arity(step) === 4

/** `(req, res)`: no `next`, so it answers. */
const answers = (step: Value | undefined): boolean => step !== undefined && isFunction(step) && (arity(step) === 1 || arity(step) === 2)

const argsOf = ({ req, res }: Exchange, step: Value): readonly Value[] => (answersErrors(step) ? [any, req, res, any] : [req, res, any])

const emitter =
  (application: ExpressApplication) =>
  (routes: readonly Composed<Value>[]): void => {
    const chain = new Chain(exchange(application), (before, settled) => exchange(application, before, settled))
    for (const route of routes) serve(route, { framework: 'express', chain, args: argsOf })
  }

export class ExpressRouter extends Model {
  readonly what = 'express router'
  override get grows(): boolean {
    return true
  }
  readonly #application = new ExpressApplication()
  readonly #table = new RouteTable<Value>(emitter(this.#application))

  override get(name: string, site: Site): Value | undefined {
    if (verbs.has(name)) return native(`express ${name}`, (call) => this.#verb(name, call))
    if (name === 'use') return native('express use', (call) => this.#use(call))
    if (name === 'route') return native('express route', ({ machine, args: [path = any] }) => new ExpressRoute(this, stringsOf(path, machine, '*')))
    if (name === 'param') return native('express param', (call) => this.#param(call))
    if (name === 'set') return native('express set', (call) => this.#setting(call))
    return this.#application.get(name, site)
  }

  /** A router is a middleware too: `(req, res, next)`. */
  override call(): Value {
    return any
  }

  override set(name: string, value: Value): void {
    this.#application.put(name, value)
  }

  add(method: string, paths: readonly string[], steps: readonly Value[], site: Site): void {
    const wanted = steps.filter((step) => !answersErrors(step))
    for (const path of paths.map(withoutSlash)) {
      if (method === 'all' && wanted.every((step) => passesOn(step, 2)))
        this.#table.guard({ test: (prefix, route) => matches(joined(prefix, path), route), steps: wanted, scope: 'flow' }, site)
      else this.#table.route({ methods: [method.toUpperCase()], path, steps: wanted }, site)
    }
  }

  #verb(name: string, call: CallSite): Value | undefined {
    const [path = any, ...steps] = call.args
    if (name === 'get' && steps.length === 0) return this.#application.held(call.machine.strings(path)[0] ?? '')
    this.add(name, stringsOf(path, call.machine, '*'), flat(steps), call)
    return this
  }

  #setting({ machine, args: [name = any, value = any] }: CallSite): Value {
    for (const key of machine.strings(name)) this.#application.put(key, value)
    return this
  }

  /** Paths first, where there are any; then middleware and routers in any order. */
  #use(call: CallSite): Value {
    const { machine, args } = call
    const [first = any] = args
    const named = flat([first]).some((part) => isText(part, machine)) || (first.kind === 'any' && args.length > 1)
    const paths = named ? stringsOf(first, machine, '*') : ['/']
    const steps = flat(named ? args.slice(1) : args)
    for (const path of paths) this.#useAt(withoutSlash(path), steps, call)
    return this
  }

  #useAt(path: string, steps: readonly Value[], call: CallSite): void {
    const guards = steps.filter((step) => !(step instanceof ExpressRouter) && !answersErrors(step))
    const routers = steps.filter((step) => step instanceof ExpressRouter)
    if (routers.length === 0 && answers(guards.at(-1))) this.add('all', [path], guards, call)
    else if (guards.length > 0)
      this.#table.guard({ test: (prefix, route) => matches(joined(joined(prefix, path), '*'), route), steps: guards, scope: 'flow' }, call)
    for (const router of routers) this.#table.mount(path, router.#table, call)
    for (const handler of steps.filter(answersErrors)) this.#errors(path, handler, call)
  }

  #errors(path: string, handler: Value, call: CallSite): void {
    call.machine.atEnd(() => serveErrors(`express onError ${path}`, 'express', handler, argsOf(exchange(this.#application), handler), call))
  }

  /** `router.param('id', handler)`: before each route of this router whose path has it. */
  #param(call: CallSite): Value {
    const [names = any, ...handlers] = call.args
    const wanted = call.machine.strings(names)
    const test = (prefix: string, path: string) => matches(joined(prefix, '*'), path) && wanted.some((name) => parametersOf(path).includes(name))
    this.#table.guard({ test, steps: flat(handlers), scope: 'local' }, call)
    return this
  }
}

/** `router.route('/users/:id').get(…).post(…)` */
class ExpressRoute extends Model {
  readonly what = 'express route'
  override get grows(): boolean {
    return true
  }
  readonly #router: ExpressRouter
  readonly #paths: readonly string[]
  constructor(router: ExpressRouter, paths: readonly string[]) {
    super()
    this.#router = router
    this.#paths = paths
  }

  override get(name: string): Value | undefined {
    return verbs.has(name) ? native(`express route.${name}`, (call) => this.#add(name, call)) : undefined
  }

  #add(name: string, call: CallSite): Value {
    this.#router.add(name, this.#paths, flat(call.args), call)
    return this
  }
}
