/** An instance of Fastify: its routes, its hooks, its decorations, and the plugins that have contexts below its own. */
import { any, type CallSite, Model, native, type Site, type Value } from '../../value.ts'
import { Bag } from '../routing/bag.ts'
import { Chain } from '../routing/chain.ts'
import { joined, withoutSlash } from '../routing/paths.ts'
import { serve, serveErrors } from '../routing/serve.ts'
import { callbacksOf, flat, LibraryMiddleware, stringsOf } from '../routing/values.ts'
import { loadDirectories, loadLater } from './autoload.ts'
import { autoload, FastifyPlugin } from './plugin.ts'
import { type Exchange, exchange } from './request.ts'
import { type Hooks, hookNames, hooksOf, inOrder, type RouteOptions, shapeOf } from './route.ts'

const verbs: ReadonlySet<string> = new Set(['get', 'post', 'put', 'delete', 'patch', 'options', 'head', 'all'])

/** `register(import('./plugin'))` */
const isModule = (plugin: Value): boolean => plugin.kind === 'object' || (plugin.kind === 'model' && plugin.names()?.includes('default') === true)

/** The root's part that all contexts share. */
class Server {
  readonly routes: { readonly at: FastifyInstance; readonly route: RouteOptions; readonly site: Site }[] = []
  readonly chain: Chain<Exchange>
  #begun = false
  constructor(root: FastifyInstance) {
    this.chain = new Chain(exchange(root), (before, settled) => exchange(root, before, settled))
  }

  /** Directories are loaded when all files are known; routes come after them. */
  begin({ machine }: Site): void {
    if (this.#begun) return
    this.#begun = true
    machine.atEnd(() => {
      loadDirectories(machine)
      for (const { at, route, site } of this.routes) this.#serve(at, route, site)
    })
  }

  #serve(at: FastifyInstance, { method, url, hooks, handler, shape }: RouteOptions, site: Site): void {
    const before = inOrder([...at.hooks(), hooks])
    const args = (context: Exchange, step: Value) => [step === handler ? context.request.shaped(shape) : context.request, context.reply, any]
    const path = withoutSlash(joined(at.prefix, url))
    serve({ method, path, before, steps: [handler], site }, { framework: 'fastify', chain: this.chain, args })
  }
}

export class FastifyInstance extends Model {
  readonly what = 'fastify instance'
  override get grows(): boolean {
    return true
  }
  readonly prefix: string
  readonly #above: FastifyInstance | undefined
  readonly #server: Server
  readonly #hooks = new Map<string, Value[]>()
  readonly #decorations: Bag
  constructor(prefix = '', above?: FastifyInstance) {
    super()
    this.prefix = prefix
    this.#above = above
    this.#server = above ? above.#server : new Server(this)
    this.#decorations = new Bag('fastify decorations', above && above.#decorations)
  }

  /** Those of the contexts around it come first. A context's hooks count for all of its routes, also for those before them. */
  hooks(): readonly Hooks[] {
    return [...(this.#above?.hooks() ?? []), this.#hooks]
  }

  override set(name: string, value: Value): void {
    this.#decorations.put(name, value)
  }

  override get(name: string): Value | undefined {
    const run = this.#method(name)
    if (run === undefined) return this.#decorations.held(name)
    return native(`fastify ${name}`, (call) => {
      this.#server.begin(call)
      return run(call)
    })
  }

  #method(name: string): ((call: CallSite) => Value | undefined) | undefined {
    if (verbs.has(name)) return (call) => this.#verb(name, call)
    const methods: Readonly<Record<string, (call: CallSite) => Value | undefined>> = {
      route: (call) => this.#route(call),
      register: (call) => this.#register(call),
      addHook: (call) => this.#addHook(call),
      decorate: (call) => this.#decorate(this.#decorations, call),
      decorateRequest: (call) => this.#decorate(this.#server.chain.context.request, call),
      decorateReply: (call) => this.#decorate(this.#server.chain.context.reply, call),
      withTypeProvider: () => this,
      after: (call) => this.#later(call),
      ready: (call) => this.#later(call),
      auth: (call) => new LibraryMiddleware('fastify auth', callbacksOf(call.args, call)),
      setErrorHandler: (call) => this.#errors('onError', call),
      setNotFoundHandler: (call) => this.#errors('notFound', call),
    }
    return methods[name]
  }

  /** `get(url, handler)`, `get(url, options, handler)`, `get(url, { handler })` */
  #verb(name: string, call: CallSite): Value {
    const { machine, args, types } = call
    const [url = any, second = any, third] = args
    const options = third === undefined && second.kind !== 'object' ? any : second
    const handler = third ?? (options.kind === 'any' ? second : machine.get(options, 'handler', call))
    for (const path of stringsOf(url, machine, '*')) this.#add([name.toUpperCase()], path, options, handler, types[0], call)
    return this
  }

  #route(call: CallSite): Value {
    const { machine, args, types } = call
    const [options = any] = args
    const methods = stringsOf(machine.get(options, 'method', call), machine, 'ALL').map((method) => method.toUpperCase())
    const url = machine.get(options, 'url', call)
    const handler = machine.get(options, 'handler', call)
    for (const path of stringsOf(url.kind === 'any' ? machine.get(options, 'path', call) : url, machine, '*'))
      this.#add(methods, path, options, handler, types[0], call)
    return this
  }

  #add(methods: readonly string[], url: string, options: Value, handler: Value, type: Value | undefined, site: Site): void {
    const route = { url, hooks: hooksOf(options, site), handler: flat([handler]).at(-1) ?? any, shape: shapeOf(options, type, site) }
    for (const method of methods) this.#server.routes.push({ at: this, route: { ...route, method }, site })
  }

  #addHook(call: CallSite): Value {
    const [name = any, ...handlers] = call.args
    for (const hook of call.machine.strings(name)) {
      if (hookNames.includes(hook)) this.#hooks.set(hook, [...(this.#hooks.get(hook) ?? []), ...flat(handlers)])
      else for (const handler of handlers) call.machine.handOver(handler, call, [this])
    }
    return this
  }

  #decorate(bag: Bag, { machine, args: [name = any, value = any] }: CallSite): Value {
    for (const key of machine.strings(name)) if (value.kind !== 'literal') bag.put(key, value)
    return this
  }

  #later(call: CallSite): Value {
    for (const handler of call.args) call.machine.handOver(handler, call)
    return this
  }

  #errors(name: string, call: CallSite): Value {
    const handler = call.args.at(-1) ?? any
    const { request, reply } = exchange(this)
    const args = name === 'onError' ? [any, request, reply] : [request, reply]
    call.machine.atEnd(() => serveErrors(`fastify ${name} ${this.prefix || '/'}`, 'fastify', handler, args, call))
    return this
  }

  #register(call: CallSite): Value {
    const [plugins = any, given = any] = call.args
    const options = given.kind === 'function' ? call.machine.invoke(given, [this], call) : given
    for (const plugin of flat([call.machine.awaited(plugins, call)])) this.plug(plugin, options, call)
    return this
  }

  /** A plugin gets a context of its own, below the prefix; one that is wrapped by fastify-plugin has this one. */
  plug(plugin: Value, options: Value, site: Site): void {
    const { machine } = site
    const prefixes = stringsOf(machine.get(options, 'prefix', site), machine, '')
    if (plugin === autoload) loadLater(this, options, prefixes[0] ?? '', site)
    else if (plugin instanceof FastifyPlugin) machine.invoke(plugin.plugin, [this, options, any], site)
    else if (isModule(plugin)) this.plug(machine.get(plugin, 'default', site), options, site)
    else if (plugin.kind === 'function')
      for (const prefix of prefixes)
        machine.invoke(plugin, [new FastifyInstance(prefix === '' ? this.prefix : joined(this.prefix, prefix), this), options, any], site)
    else this.#unknown(plugin, options, site)
  }

  /** A package's plugin calls what it is given; of anything else we know nothing. */
  #unknown(plugin: Value, options: Value, site: Site): void {
    if (plugin.kind === 'any') site.machine.gap('a plugin that is registered here is not known', site)
    else site.machine.handOver(options, site)
  }
}
