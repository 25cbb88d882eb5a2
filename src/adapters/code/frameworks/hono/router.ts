/** An app of Hono: its routes in order, below the prefix that `basePath` gives. */
import { any, type CallSite, Model, native, type Site, type Value } from '../../value.ts'
import { Chain } from '../routing/chain.ts'
import { passesOn } from '../routing/passing.ts'
import { joined, matches } from '../routing/paths.ts'
import { serve, serveErrors } from '../routing/serve.ts'
import { Served } from '../routing/served.ts'
import { type Composed, RouteTable } from '../routing/table.ts'
import { arity, flat, isFunction, isText, stringsOf } from '../routing/values.ts'
import { Environment, HonoContext } from './context.ts'
import { routeValidators } from './validators.ts'

const verbs: ReadonlySet<string> = new Set(['get', 'post', 'put', 'delete', 'patch', 'options', 'all'])

const emitter =
  (env: Environment) =>
  (routes: readonly Composed<Value>[]): void => {
    const chain = new Chain(new HonoContext(env), (before, settled) => new HonoContext(env, before, settled))
    for (const route of routes) serve(route, { framework: 'hono', chain, args: (context) => [context, any] })
  }

/** `app.fetch(request, env)`: whoever serves the app gives it what its handlers find in `c.env`. */
class HonoFetch extends Served {
  readonly #env: Environment
  constructor(what: string, env: Environment) {
    super(what)
    this.#env = env
  }
  override call({ args }: CallSite): Value {
    const given = this.what === 'hono fetch' ? args[1] : args[2]
    if (given) this.#env.give(given)
    return any
  }
}

export class HonoRouter extends Model {
  readonly what = 'hono router'
  override get grows(): boolean {
    return true
  }
  readonly #env: Environment
  readonly #base: string
  readonly #table: RouteTable<Value>
  /** The path of a verb that is given none: the last one that was. */
  #path = '/'
  constructor(env = new Environment(any), base = '', table?: RouteTable<Value>) {
    super()
    this.#env = env
    this.#base = base
    this.#table = table ?? new RouteTable<Value>(emitter(env))
    if (!table) this.#table.served = false
  }

  /** It answers requests, as far as is seen. */
  serve(): void {
    this.#table.served = true
  }

  override named(): void {
    this.serve()
  }

  override get(name: string): Value | undefined {
    if (verbs.has(name)) return this.#method(name, (call) => this.#verb(name.toUpperCase(), call))
    if (name === 'fetch' || name === 'request') {
      this.serve()
      return new HonoFetch(`hono ${name}`, this.#env)
    }
    const methods: Readonly<Record<string, (call: CallSite) => Value | undefined>> = {
      on: (call) => this.#on(call),
      use: (call) => this.#use(call),
      route: (call) => this.#route(call),
      basePath: ({ machine, args: [path = any] }) => new HonoRouter(this.#env, this.#joined(stringsOf(path, machine, '*')[0] ?? '*'), this.#table),
      mount: (call) => this.#mount(call),
      openapi: (call) => this.#openapi(call),
      onError: (call) => this.#errors('onError', [any, new HonoContext(this.#env)], call),
      notFound: (call) => this.#errors('notFound', [new HonoContext(this.#env)], call),
    }
    const method = methods[name]
    return method === undefined ? undefined : this.#method(name, method)
  }

  #method(name: string, run: (call: CallSite) => Value | undefined): Value {
    return native(`hono ${name}`, run)
  }

  #joined(path: string): string {
    return joined(this.#base, path)
  }

  /** Paths and handlers of a call that may begin with a path. */
  #given({ machine, args }: CallSite, otherwise: string): { readonly paths: readonly string[]; readonly steps: readonly Value[] } {
    const [first = any] = args
    const named = isText(first, machine) || (args.length > 1 && !flat([first]).some(isFunction) && first.kind === 'any')
    return named ? { paths: stringsOf(first, machine, '*'), steps: flat(args.slice(1)) } : { paths: [otherwise], steps: flat(args) }
  }

  #verb(method: string, call: CallSite): Value {
    const { paths, steps } = this.#given(call, this.#path)
    this.#add([method], paths, steps, call)
    return this
  }

  #on(call: CallSite): Value {
    const [methods = any, paths = any, ...steps] = call.args
    const upper = stringsOf(methods, call.machine, 'ALL').map((method) => method.toUpperCase())
    this.#add(
      upper,
      flat([paths]).flatMap((path) => stringsOf(path, call.machine, '*')),
      flat(steps),
      call,
    )
    return this
  }

  #add(methods: readonly string[], paths: readonly string[], steps: readonly Value[], site: Site): void {
    for (const path of paths) {
      this.#path = path
      const whole = this.#joined(path)
      if (methods.includes('ALL') && steps.every((step) => passesOn(step, 1))) this.#guard(whole, steps, site)
      else this.#table.route({ methods, path: whole, steps }, site)
    }
  }

  /** A function without `next` answers: it is a route. */
  #use(call: CallSite): Value {
    const { paths, steps } = this.#given(call, '*')
    for (const path of paths) {
      this.#path = path
      const pattern = this.#joined(path)
      const last = steps.at(-1)
      if (last !== undefined && isFunction(last) && arity(last) === 1) this.#table.route({ methods: ['ALL'], path: pattern, steps }, call)
      else this.#guard(pattern, steps, call)
    }
    return this
  }

  #guard(pattern: string, steps: readonly Value[], site: Site): void {
    this.#table.guard({ test: (prefix, route) => matches(joined(prefix, pattern), route), steps, scope: 'flow' }, site)
  }

  #route(call: CallSite): Value {
    const [path = any, ...routers] = call.args
    for (const router of flat(routers)) {
      if (!(router instanceof HonoRouter)) call.machine.gap('a router that is mounted here is not known', call)
      else for (const prefix of stringsOf(path, call.machine, '*')) this.#table.mount(this.#joined(prefix), router.#table, call)
    }
    return this
  }

  /** Another framework's fetch handler below a path. */
  #mount(call: CallSite): Value {
    const [path = any, handler = any] = call.args
    if (handler instanceof Served) return this
    for (const prefix of stringsOf(path, call.machine, '*')) this.#add(['ALL'], [joined(prefix, '*')], flat([handler]), call)
    return this
  }

  #openapi(call: CallSite): Value {
    const { machine, args } = call
    const [route = any, ...handlers] = args
    const path = stringsOf(machine.get(route, 'path', call), machine, '*').map((text) => text.replace(/\{([^}]+)\}/g, ':$1'))
    const methods = stringsOf(machine.get(route, 'method', call), machine, 'all').map((text) => text.toUpperCase())
    const middleware = flat([machine.get(route, 'middleware', call)]).filter((step) => step.kind !== 'any')
    this.#add(methods, path, [...middleware, ...routeValidators(route, call), ...flat(handlers.slice(0, 1))], call)
    return this
  }

  #errors(name: string, args: readonly Value[], call: CallSite): Value {
    const [handler = any] = call.args
    call.machine.atEnd(() => serveErrors(`hono ${name} ${this.#base || '/'}`, 'hono', handler, args, call))
    return this
  }
}
