/** What the packages of Hono export. */
import { any, type CallSite, Model, native, type Value } from '../../value.ts'
import { Served } from '../routing/served.ts'
import { callbacksOf, flat, LibraryMiddleware, listOf } from '../routing/values.ts'
import { Environment } from './context.ts'
import { HonoRouter } from './router.ts'
import { functionValidator, schemaValidator, schemaValidators } from './validators.ts'

/** `new Hono<Env>()`, `OpenAPIHono` too. */
class HonoConstructor extends Model {
  readonly what = 'hono constructor'
  override construct({ types: [env = any] }: CallSite): Value {
    return new HonoRouter(new Environment(env))
  }
}

const same = (what: string) => native(what, ({ args: [first = any] }) => first)

/** `createFactory<Env>({ initApp })` */
class HonoFactory extends Model {
  readonly what = 'hono factory'
  readonly #env: Value
  readonly #initApp: Value
  constructor(env: Value, initApp: Value) {
    super()
    this.#env = env
    this.#initApp = initApp
  }

  override get(name: string): Value | undefined {
    if (name === 'createMiddleware') return same('hono createMiddleware')
    if (name === 'createHandlers') return native('hono createHandlers', ({ args }) => listOf(flat(args)))
    return name === 'createApp' ? native('hono createApp', (call) => this.#app(call)) : undefined
  }

  #app(call: CallSite): Value {
    const app = new HonoRouter(new Environment(this.#env))
    if (this.#initApp.kind !== 'any') call.machine.invoke(this.#initApp, [app], call)
    return app
  }
}

const factory = native('hono createFactory', (call) => {
  const [options = any] = call.args
  return new HonoFactory(call.types[0] ?? any, call.machine.get(options, 'initApp', call))
})

class HonoFactoryConstructor extends Model {
  readonly what = 'hono factory constructor'
  override construct(call: CallSite): Value | undefined {
    return factory.call(call)
  }
}

/** `handle(app)`, `serve(app)`: the routes of the app are entries already. */
const served = native('hono adapter', ({ args }) => {
  for (const app of flat(args)) if (app instanceof HonoRouter) app.serve()
  return new Served('hono adapter')
})

const steps = native('hono/combine', ({ args }) => listOf(flat(args).filter(({ kind }) => kind === 'function' || kind === 'model')))

const library = (what: string) => native(what, (call) => new LibraryMiddleware(what, callbacksOf(call.args, call)))

const constructor_ = new HonoConstructor()

const exports_: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  hono: { Hono: constructor_ },
  'hono/tiny': { Hono: constructor_ },
  'hono/quick': { Hono: constructor_ },
  '@hono/zod-openapi': { OpenAPIHono: constructor_, createRoute: same('hono createRoute'), $: same('hono $') },
  'hono/factory': { createFactory: factory, Factory: new HonoFactoryConstructor(), createMiddleware: same('hono createMiddleware') },
  'hono/validator': { validator: functionValidator },
  'hono/combine': { some: steps, every: steps, except: steps },
  '@hono/node-server': { serve: served, createAdaptorServer: served, getRequestListener: served },
}

/** Adapters of runtimes and hosts, each with its `handle`. */
const adapters: ReadonlySet<string> = new Set([
  'hono/vercel',
  'hono/aws-lambda',
  'hono/lambda-edge',
  'hono/netlify',
  'hono/cloudflare-pages',
  'hono/service-worker',
  '@hono/node-server/vercel',
])

/** Middleware that calls functions of its options for each request. */
const middleware: Readonly<Record<string, string>> = {
  'hono/bearer-auth': 'bearerAuth',
  'hono/basic-auth': 'basicAuth',
  'hono/jwt': 'jwt',
  'hono/jwk': 'jwk',
  'hono/ip-restriction': 'ipRestriction',
  'hono/cache': 'cache',
}

/** The value of an export, by its name in its package. */
export const exported = (from: string, name: string): Value | undefined => {
  if (schemaValidators.get(from) === name) return schemaValidator
  if (middleware[from] === name) return library(name)
  if (adapters.has(from)) return name === 'handle' || name === 'streamHandle' || name === 'fire' ? served : undefined
  return exports_[from]?.[name]
}
