/** TanStack Start: server functions, and the loaders and handlers of file routes. */
import { ownValue } from '../own-value.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { Chain } from './common/chain.ts'
import { type Enter, enterWith, rootAt, verbs } from './common/enter.ts'
import { isCode, unknowns } from './common/module.ts'
import { nameAt } from './common/named.ts'
import { insidePackage } from './common/package.ts'
import { validated } from './common/validated.ts'
import { defineFramework } from './define.ts'
import { flat } from './routing/values.ts'
import { examples } from './tanstack-start/examples.ts'
import { isCallable } from './where.ts'

const framework = 'tanstack-start'

/** `createMiddleware().middleware([first]).server(fn)` */
class Middleware extends Model {
  readonly what = 'tanstack middleware'
  readonly chain: Chain
  constructor(chain: Chain) {
    super()
    this.chain = chain
  }
  override get(name: string): Value | undefined {
    if (name === 'server') return native(name, ({ args: [fn = any] }) => new Middleware(this.chain.with(fn)))
    if (name === 'middleware') return native(name, ({ args: [list = any] }) => new Middleware(behind(this.chain, list)))
    return native(name, () => this)
  }
}

const behind = (chain: Chain, list: Value): Chain => flat([list]).reduce((all: Chain, one) => (one instanceof Middleware ? one.chain.after(all) : all), chain)

/** `createServerFn({ method })` with what was added to it. */
class Builder extends Model {
  readonly what = 'server function builder'
  readonly #chain: Chain
  readonly #data: Value
  constructor(chain: Chain, data: Value) {
    super()
    this.#chain = chain
    this.#data = data
  }
  override get(name: string): Value | undefined {
    if (name === 'handler')
      return native(name, ({ args: [handler = any], ...site }) => enterFunction(new ServerFunction(this.#chain, this.#data, handler), site))
    if (name === 'middleware') return native(name, ({ args: [list = any] }) => new Builder(behind(this.#chain, list), this.#data))
    if (name === 'validator' || name === 'inputValidator') return native(name, ({ args: [by = any], ...site }) => new Builder(this.#chain, validated(by, site)))
    return native(name, () => this)
  }
}

/** A function that checks the data, or a schema. */
const _validated = (by: Value, site: Site): Value => (by.kind === 'function' ? site.machine.invoke(by, [any], site) : _validated(by, site))

class ServerFunction extends Model {
  readonly what = 'server function'
  readonly handler: Value
  readonly #chain: Chain
  readonly #data: Value
  constructor(chain: Chain, data: Value, handler: Value) {
    super()
    this.#chain = chain
    this.#data = data
    this.handler = handler
  }
  override call({ args: [given = any], ...site }: CallSite): Value {
    const { machine } = site
    const context = this.#chain.run(any, site)
    const data = this.#data.kind === 'any' ? machine.get(given, 'data', site) : this.#data
    return isCallable(this.handler) ? machine.invoke(this.handler, [machine.object({ data, context }, any)], site) : any
  }
}

const enterFunction = (made: ServerFunction, site: Site): ServerFunction => {
  const name = `action ${nameAt(site, made.handler) ?? 'server function'}`
  const handler = isCallable(made.handler) ? made : any
  enterWith({ name, kind: 'action', framework, place: site.place, runs: [{ what: 'server function', handler, args: [] }] }, site)
  return made
}

/** `/posts/$id` as `/posts/:id`; layouts without a path and groups are not part of it. */
const urlOf = (path: string): string => {
  const shown = path.split('/').filter((part) => part !== '' && !part.startsWith('_') && !/^\(.*\)$/.test(part))
  return '/' + shown.map((part) => (part === '$' ? '*' : part.replace(/^\$|^\{-?\$(.*)\}$/, ':$1').replace(/_$/, ''))).join('/')
}

/** What a builder of handlers gives: the handler behind its middleware. */
class Handlers extends Model {
  readonly what = 'route handlers'
  override get(name: string): Value | undefined {
    if (name === 'handler') return native(name, ({ args: [handler = any] }) => handler)
    return native(name, () => this)
  }
}

const createHandlers = native('createHandlers', ({ args: [handlers = any] }) => handlers)

/** `{ GET: fn, POST: { middleware, handler } }`, or a function that makes them. */
const handlersOf = (given: Value, site: Site): ReadonlyMap<string, Value> => {
  const { machine } = site
  const maker = new Handlers()
  const made =
    given.kind === 'function' ? machine.invoke(given, [machine.object({ createHandlers, get: maker, handler: maker.get('handler') ?? any })], site) : given
  return machine.entries(made, site).known
}

const enterHandlers = (url: string, given: Value, before: Chain, site: Site): void => {
  const { machine } = site
  for (const [verb, value] of handlersOf(given, site)) {
    if (!verbs.includes(verb) && verb !== 'ANY') continue
    const handler = value.kind === 'object' ? machine.get(value, 'handler', site) : value
    const behindAll = value.kind === 'object' ? behind(before, machine.get(value, 'middleware', site)) : before
    const run = native('handler', (at) => machine.invoke(handler, [machine.object({ context: behindAll.run(any, at) }, any)], at))
    const runs = [{ what: 'handler', handler: isCallable(handler) ? run : any, args: [] }]
    enterWith({ name: `${verb === 'ANY' ? 'ALL' : verb} ${url}`, kind: 'route', framework, place: site.place, runs }, site)
  }
}

const enterRoute = (name: string, options: Value, site: Site): void => {
  const { machine } = site
  const before = machine.get(options, 'beforeLoad', site)
  const loader = machine.get(options, 'loader', site)
  const load = loader.kind === 'object' ? machine.get(loader, 'handler', site) : loader
  const runs = [
    { what: 'beforeLoad', handler: before, args: unknowns },
    { what: 'loader', handler: load, args: unknowns },
  ].filter(({ handler }) => isCallable(handler))
  if (runs.length > 0) machine.entry({ name, kind: 'page', framework, place: site.place, runs })
}

const fileRoute = native('createFileRoute', ({ args: [path = any], ...site }) => {
  const url = urlOf(site.machine.strings(path)[0] ?? '')
  return native('route', ({ args: [options = any], ...at }) => {
    enterRoute(`page ${url}`, options, at)
    const server = at.machine.get(options, 'server', at)
    enterHandlers(url, at.machine.get(server, 'handlers', at), behind(new Chain('context'), at.machine.get(server, 'middleware', at)), at)
    return any
  })
})

const rootRoute = native('createRootRoute', ({ args: [options = any], ...site }) => {
  enterRoute('layout /', options, site)
  return any
})

/** `createServerFileRoute('/x').methods({ GET })`, `createAPIFileRoute('/x')({ GET })`. */
const serverRoute = native('createServerFileRoute', ({ args: [path = any], ...site }) => {
  const url = urlOf(site.machine.strings(path)[0] ?? '')
  const methods = native('methods', ({ args: [handlers = any], ...at }) => {
    enterHandlers(url, handlers, new Chain('context'), at)
    return any
  })
  return new (class extends Model {
    readonly what = 'server route'
    override get(name: string): Value | undefined {
      return name === 'methods' ? methods : native(name, () => this)
    }
    override call(at: CallSite): Value {
      return at.machine.invoke(methods, at.args, at)
    }
  })()
})

const itself = native('itself', ({ args: [fn = any] }) => fn)

const isomorphic = native('createIsomorphicFn', ({ machine }) => machine.object({ server: native('server', ({ args: [fn = any] }) => fn) }))

const exported: Readonly<Record<string, Value>> = {
  createServerFn: native('createServerFn', () => new Builder(new Chain('context'), any)),
  createMiddleware: native('createMiddleware', () => new Middleware(new Chain('context'))),
  createFileRoute: fileRoute,
  createRootRoute: rootRoute,
  createRootRouteWithContext: native('createRootRouteWithContext', () => rootRoute),
  createServerFileRoute: serverRoute,
  createAPIFileRoute: serverRoute,
  createServerOnlyFn: itself,
  createIsomorphicFn: isomorphic,
  useServerFn: itself,
}

/** What a route file is, its calls say. */
const nothing: Enter = () => {}

const starts = ['@tanstack/react-start', '@tanstack/solid-start', '@tanstack/start']

export const tanstackStart = defineFramework({
  id: framework,
  title: 'TanStack Start',
  packages: [
    '@tanstack/react-start',
    '@tanstack/react-start/*',
    '@tanstack/solid-start',
    '@tanstack/start',
    '@tanstack/react-router',
    '@tanstack/solid-router',
  ],
  imported: (_, [name = '', ...rest]) => (rest.length === 0 ? ownValue(exported, name) : undefined),
  roots: (project) =>
    project
      .dependents(starts)
      .filter((path) => isCode(path) && /^(app\/)?routes\//.test(insidePackage(project, path)))
      .map((path) => rootAt(path, nothing)),
  examples,
})
