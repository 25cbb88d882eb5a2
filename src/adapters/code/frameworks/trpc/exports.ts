/** What tRPC's packages export. */
import { join } from '../../machine/join.ts'
import { ownValue } from '../../own-value.ts'
import { any, Model, native, type Value } from '../../value.ts'
import { Chain } from '../common/chain.ts'
import { notes } from './notes.ts'
import { Builder, Middleware } from './procedure.ts'
import { Caller, Lazy, Router } from './router.ts'

const newRouter = native('router', ({ args: [record = any], ...site }) => noted(new Router([record], site)))
const mergeRouters = native('mergeRouters', ({ args, ...site }) => noted(new Router(args, site)))
const noted = (router: Router): Router => {
  notes(router.site.machine).routers.add(router)
  return router
}

const callerFactory = native('createCallerFactory', ({ args: [router = any] }) =>
  native('createCaller', ({ args: [context = any] }) => new Caller(router, context)),
)

/** `initTRPC` and what `create()` answers: `t`. */
class Init extends Model {
  readonly what = 'initTRPC'
  readonly #context: Value
  constructor(context: Value) {
    super()
    this.#context = context
  }
  override get(name: string): Value | undefined {
    if (name === 'context') return native(name, ({ types: [context = any] }) => new Init(context))
    return native(name, () => (name === 'create' ? new Instance(this.#context) : this))
  }
}

const newMiddleware = native('middleware', ({ args: [fn = any] }) => new Middleware([fn]))

class Instance extends Model {
  readonly what = 'trpc'
  readonly procedure: Builder
  constructor(context: Value) {
    super()
    this.procedure = new Builder({ context, chain: new Chain('ctx'), input: any })
  }
  override get(name: string): Value | undefined {
    const parts: Readonly<Record<string, Value>> = {
      procedure: this.procedure,
      router: newRouter,
      mergeRouters,
      middleware: newMiddleware,
      createCallerFactory: callerFactory,
    }
    return ownValue(parts, name)
  }
}

/** `{ router, createContext }` of an adapter: it serves the procedures and is no entry of its own. */
const serve = native('trpc adapter', ({ args, ...site }) => {
  const { machine } = site
  for (const options of args.filter(({ kind }) => kind === 'object')) {
    const create = machine.get(options, 'createContext', site)
    const router = machine.get(options, 'router', site)
    if (create.kind !== 'any') notes(machine).contexts.set(router, join(notes(machine).contexts.get(router) ?? any, create))
  }
  return any
})

/** Helpers that are given `{ router, ctx }`. */
const helpers = native('trpc helpers', ({ args: [options = any], ...site }) => {
  const { machine } = site
  const router = machine.get(options, 'router', site)
  return router.kind === 'any' ? any : new Caller(router, machine.get(options, 'ctx', site))
})

const hydration = native('createHydrationHelpers', ({ args: [caller = any], machine }) => machine.object({ trpc: caller }, any))

const standalone = native('standalone middleware', ({ machine }) => machine.object({ create: newMiddleware }))

const exported: Readonly<Record<string, Value>> = {
  initTRPC: new Init(any),
  lazy: native('lazy', ({ args: [load = any] }) => new Lazy(load)),
  experimental_lazy: native('lazy', ({ args: [load = any] }) => new Lazy(load)),
  experimental_standaloneMiddleware: standalone,
  createHydrationHelpers: hydration,
  createServerSideHelpers: helpers,
  createSSGHelpers: helpers,
  createProxySSGHelpers: helpers,
  createTRPCOptionsProxy: helpers,
  trpcServer: serve,
  createOpenApiFetchHandler: serve,
}

export const imported = (from: string, name: string): Value | undefined => (from.startsWith('@trpc/server/adapters/') ? serve : ownValue(exported, name))
