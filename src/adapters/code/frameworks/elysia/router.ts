/** An instance of Elysia: routes below a prefix, plugins, groups, guards, hooks with their scope. */
import { any, type CallSite, Model, native, type Site, type Value } from '../../value.ts'
import { validated } from '../common/validated.ts'
import type { Bag } from '../routing/bag.ts'
import { Chain } from '../routing/chain.ts'
import { joined } from '../routing/paths.ts'
import { serve, serveErrors } from '../routing/serve.ts'
import { type Composed, RouteTable, type Scope } from '../routing/table.ts'
import { flat, isFunction, isText, stringsOf } from '../routing/values.ts'
import { ElysiaContext } from './context.ts'
import { hookSteps, type Macros, macroSteps, stepOf } from './steps.ts'

const verbs: ReadonlySet<string> = new Set(['get', 'post', 'put', 'delete', 'patch', 'options', 'head', 'all', 'ws'])

/** Methods that register a hook, by the hook's name. */
const hooks: Readonly<Record<string, string>> = {
  derive: 'derive',
  resolve: 'resolve',
  mapDerive: 'derive',
  mapResolve: 'resolve',
  onRequest: 'request',
  onParse: 'parse',
  onTransform: 'transform',
  onBeforeHandle: 'beforeHandle',
  onAfterHandle: 'afterHandle',
  onAfterResponse: 'afterResponse',
  onResponse: 'afterResponse',
  mapResponse: 'mapResponse',
}

const scopes: Readonly<Record<string, Scope>> = { global: 'global', scoped: 'scoped', plugin: 'scoped', local: 'local' }

/** The handler of a route, with what its options say of the body. */
class Handler extends Model {
  readonly what = 'elysia handler'
  readonly handler: Value
  readonly body: Value
  constructor(handler: Value, body: Value) {
    super()
    this.handler = handler
    this.body = body
  }

  override call({ args: [context = any], ...site }: CallSite): Value {
    return site.machine.invoke(this.handler, [context instanceof ElysiaContext ? context.withBody(this.body) : context], site)
  }
}

const emitter =
  (context: ElysiaContext) =>
  (routes: readonly Composed<Value>[]): void => {
    const chain = new Chain(context, (before, settled) => new ElysiaContext(before, settled))
    for (const route of routes) serve(route, { framework: 'elysia', chain, args: (at) => [at] })
  }

/** What the instances of one app share with those that they are used by. */
type Shared = { readonly context: ElysiaContext; readonly models: Map<string, Value>; readonly macros: Macros }

const shared = (): Shared => ({ context: new ElysiaContext(), models: new Map(), macros: new Map() })

export class ElysiaRouter extends Model {
  readonly what = 'elysia instance'
  override get grows(): boolean {
    return true
  }
  readonly #prefix: string
  readonly #shared: Shared
  readonly #table: RouteTable<Value>
  constructor(prefix = '', own: Shared = shared()) {
    super()
    this.#prefix = prefix
    this.#shared = own
    this.#table = new RouteTable<Value>(emitter(own.context))
  }

  override get(name: string): Value | undefined {
    const run = verbs.has(name)
      ? (call: CallSite) => this.#verb(name, call)
      : Object.hasOwn(hooks, name)
        ? (call: CallSite) => this.#hook(name, call)
        : this.#method(name)
    return run && native(`elysia ${name}`, run)
  }

  #method(name: string): ((call: CallSite) => Value | undefined) | undefined {
    const methods: Readonly<Record<string, (call: CallSite) => Value | undefined>> = {
      route: (call) => this.#route(call),
      use: (call) => this.#use(call),
      group: (call) => this.#group(call),
      guard: (call) => this.#guard(call),
      as: (call) => this.#as(call),
      mount: (call) => this.#mount(call),
      decorate: (call) => this.#give(this.#shared.context, call),
      state: (call) => this.#give(this.#shared.context.store, call),
      model: (call) => this.#model(call),
      macro: (call) => this.#macro(call),
      onError: (call) => this.#errors(call),
    }
    return methods[name] ?? (chained.has(name) ? (call) => this.#handOver(call) : undefined)
  }

  #verb(name: string, call: CallSite): Value {
    const [path = any, handler = any, options = any] = call.args
    const [steps, last] = name === 'ws' ? [[], this.#socket(handler, call)] : [this.#steps(options, call), this.#handler(handler, options, call)]
    this.#add([name.toUpperCase()], path, [...steps, last], call)
    return this
  }

  #route(call: CallSite): Value {
    const [method = any, path = any, handler = any, options = any] = call.args
    const methods = stringsOf(method, call.machine, 'ALL').map((text) => text.toUpperCase())
    this.#add(methods, path, [...this.#steps(options, call), this.#handler(handler, options, call)], call)
    return this
  }

  #add(methods: readonly string[], path: Value, steps: readonly Value[], site: Site): void {
    for (const text of stringsOf(path, site.machine, '*')) this.#table.route({ methods, path: joined(this.#prefix, text), steps }, site)
  }

  #steps(options: Value, site: Site): readonly Value[] {
    return [...macroSteps(this.#shared.macros, options, site), ...hookSteps(options, site)]
  }

  /** A handler may be a value that is answered as it is. The body is a schema, or a model by its name. */
  #handler(handler: Value, options: Value, site: Site): Value {
    const { machine } = site
    const schema = machine.get(options, 'body', site)
    const [name] = machine.strings(schema)
    const body = validated(name === undefined ? schema : (this.#shared.models.get(name) ?? any), site)
    if (handler.kind === 'literal') return native('elysia value', () => any)
    return body.kind === 'any' ? (flat([handler])[0] ?? any) : new Handler(handler, body)
  }

  /** `ws(path, { open, message, close })` */
  #socket(options: Value, site: Site): Value {
    const callbacks = [...site.machine.entries(options, site).known.values()].flatMap((value) => flat([value])).filter(isFunction)
    return native('elysia socket', (call) => {
      for (const callback of callbacks) call.machine.invoke(callback, call.args, call)
      return any
    })
  }

  /** `derive(fn)`, `derive({ as: 'global' }, fn)` */
  #hook(name: string, call: CallSite): Value {
    const [first = any, second] = call.args
    const [scope] = call.machine.strings(call.machine.get(second === undefined ? any : first, 'as', call))
    const steps = flat([second ?? first]).map((handler) => stepOf(hooks[name] ?? name, handler))
    this.#table.guard({ test: () => true, steps, scope: scopes[scope ?? 'local'] ?? 'local' }, call)
    return this
  }

  /** Hooks so far count above this instance too. */
  #as(call: CallSite): Value {
    const [scope = 'scoped'] = stringsOf(call.args[0] ?? any, call.machine, 'scoped')
    this.#table.widen(scopes[scope] ?? 'scoped')
    return this
  }

  #use(call: CallSite): Value {
    const { machine } = call
    const plugins = flat([machine.awaited(call.args[0] ?? any, call)])
    for (const plugin of plugins) {
      const named = plugin.kind === 'model' && plugin.names()?.includes('default') === true
      this.#plug(named || plugin.kind === 'object' ? machine.get(plugin, 'default', call) : plugin, call)
    }
    return this
  }

  #plug(plugin: Value, call: CallSite): void {
    if (plugin instanceof ElysiaRouter) this.#mountBelow(plugin, call)
    else if (plugin.kind === 'function') call.machine.invoke(plugin, [this], call)
  }

  #mountBelow(plugin: ElysiaRouter, site: Site): void {
    if (plugin.#shared !== this.#shared) this.#take(plugin.#shared)
    this.#table.mount(this.#prefix, plugin.#table, site)
  }

  /** What a plugin decorates and defines is there for all of the app. */
  #take({ context, models, macros }: Shared): void {
    const own = this.#shared
    for (const name of context.names()) own.context.put(name, context.held(name) ?? any)
    for (const name of context.store.names()) own.context.store.put(name, context.store.held(name) ?? any)
    for (const [name, model] of models) own.models.set(name, model)
    for (const [name, macro] of macros) own.macros.set(name, macro)
  }

  /** `group(prefix, build)`, `group(prefix, options, build)` */
  #group(call: CallSite): Value {
    const [prefix = any, second = any, third] = call.args
    for (const text of stringsOf(prefix, call.machine, '')) this.#below(text, third === undefined ? any : second, third ?? second, call)
    return this
  }

  /** `guard(options)` counts for what follows; with a function, for what that registers. */
  #guard(call: CallSite): Value {
    const [options = any, then] = call.args
    const [scope] = call.machine.strings(call.machine.get(options, 'as', call))
    if (then !== undefined) this.#below('', options, then, call)
    else if (isFunction(options)) this.#below('', any, options, call)
    else this.#table.guard({ test: () => true, steps: this.#steps(options, call), scope: scopes[scope ?? 'local'] ?? 'local' }, call)
    return this
  }

  #below(prefix: string, options: Value, then: Value, call: CallSite): void {
    const inner = new ElysiaRouter(prefix, this.#shared)
    const steps = this.#steps(options, call)
    if (steps.length > 0) inner.#table.guard({ test: () => true, steps, scope: 'local' }, call)
    call.machine.invoke(then, [inner], call)
    this.#mountBelow(inner, call)
  }

  /** Another framework's fetch handler below a path. */
  #mount(call: CallSite): Value {
    const [path = any, handler] = call.args
    const text = isText(path, call.machine) ? stringsOf(path, call.machine, '')[0] : ''
    const last = flat([handler ?? path])[0] ?? any
    if (last.kind === 'function' || last.kind === 'any')
      this.#table.route({ methods: ['ALL'], path: joined(this.#prefix, joined(text ?? '', '*')), steps: [last] }, call)
    return this
  }

  /** `decorate('db', db)`, `decorate({ db })`, `decorate({ as: 'override' }, { db })` */
  #give(bag: Bag, call: CallSite): Value {
    const { machine, args } = call
    const [first = any, second] = args
    const names = machine.strings(first)
    for (const name of names) bag.put(name, second ?? any)
    const last = names.length > 0 ? any : (second ?? first)
    for (const [name, value] of machine.entries(last, call).known) bag.put(name, value)
    return this
  }

  #model(call: CallSite): Value {
    const [first = any, second] = call.args
    for (const name of call.machine.strings(first)) this.#shared.models.set(name, second ?? any)
    for (const [name, value] of call.machine.entries(first, call).known) this.#shared.models.set(name, value)
    return this
  }

  #macro(call: CallSite): Value {
    const [first = any, second] = call.args
    for (const name of call.machine.strings(first)) this.#shared.macros.set(name, second ?? any)
    for (const [name, value] of call.machine.entries(first, call).known) this.#shared.macros.set(name, value)
    return this
  }

  #errors(call: CallSite): Value {
    const handler = call.args.at(-1) ?? any
    call.machine.atEnd(() => serveErrors(`elysia onError ${this.#prefix || '/'}`, 'elysia', handler, [this.#shared.context], call))
    return this
  }

  #handOver(call: CallSite): Value {
    for (const one of call.args) call.machine.handOver(one, call)
    return this
  }
}

/** Methods that give the instance again and call what they are given outside of any request. */
const chained: ReadonlySet<string> = new Set(['listen', 'onStart', 'onStop', 'trace', 'headers', 'compile', 'error', 'prefix'])
