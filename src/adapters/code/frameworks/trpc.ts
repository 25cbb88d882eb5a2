/** tRPC: procedures under the key path from their app router, with the middleware and the context in front of them; callers that run them on the server. */

import { join } from '../machine/join.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { Chain } from './common/chain.ts'
import { isFollowed } from './common/module.ts'
import { perMachine } from './common/per-machine.ts'
import { defineFramework, type FrameworkExample } from './define.ts'
import { isCallable } from './where.ts'

const notes = perMachine(() => ({ routers: new Set<Router>(), contexts: new Map<Value, Value>() }))

/** What a function answers, as the type `inferAsyncReturnType<typeof createContext>` says it. */
class Answer extends Model {
  readonly what = 'trpc context'
  readonly #of: Value
  constructor(of: Value) {
    super()
    this.#of = of
  }
  make(site: Site): Value {
    return site.machine.awaited(site.machine.invoke(this.#of, [any], site), site)
  }
  override get(name: string, site: Site): Value {
    return site.machine.get(this.make(site), name, site)
  }
}

/** A context as it is declared or given: a function that makes it, or the value itself. */
const contextOf = (declared: Value, site: Site): Value => {
  if (declared instanceof Answer) return declared.make(site)
  return declared.kind === 'function' || declared.kind === 'model' ? calledOr(declared, site) : declared
}

const calledOr = (value: Value, site: Site): Value => {
  const made = site.machine.awaited(site.machine.invoke(value, [any], site), site)
  return made.kind === 'any' && value.kind === 'model' ? value : made
}

/** What a parser lets through. */
const parsed = (parser: Value, site: Site): Value => site.machine.invoke(site.machine.get(parser, 'parse', site), [any], site)

/** `t.middleware(fn)`, and several of them one behind the other. */
class Middleware extends Model {
  readonly what = 'trpc middleware'
  readonly parts: readonly Value[]
  constructor(parts: readonly Value[]) {
    super()
    this.parts = parts
  }
  override get(name: string): Value | undefined {
    if (name !== 'unstable_pipe' && name !== 'concat') return undefined
    return native(name, ({ args: [more = any] }) => new Middleware([...this.parts, ...partsOf(more)]))
  }
}

const partsOf = (middleware: Value): readonly Value[] => (middleware instanceof Middleware ? middleware.parts : [middleware])

type Known = {
  readonly context: Value
  readonly chain: Chain
  readonly input: Value /** Functions that the procedure gives its middleware: checks of permission. */
  readonly meta?: Value
}

/** `t.procedure` with what was added to it. */
class Builder extends Model {
  readonly what = 'trpc procedure builder'
  readonly known: Known
  constructor(known: Known) {
    super()
    this.known = known
  }
  override get(name: string): Value | undefined {
    if (['query', 'mutation', 'subscription'].includes(name))
      return native(name, ({ args: [resolver = any], ...site }) => new Procedure(this.known, resolver, site))
    const grow = growths[name]
    return native(name, ({ args: [given = any], ...site }) => (grow === undefined ? this : new Builder(grow(this.known, given, site))))
  }
}

/** `unstable_concat` puts another builder's middleware behind. */
const concat = (known: Known, given: Value): Known => (given instanceof Builder ? { ...known, chain: given.known.chain.after(known.chain) } : known)

/** Plain words in it say nothing, and the middleware is followed once for all. */
const holdsFunctions = (meta: Value, site: Site): boolean => [...site.machine.entries(meta, site).known.values()].some(isCallable)

const growths: Readonly<Record<string, (known: Known, given: Value, site: Site) => Known>> = {
  use: (known, given) => ({ ...known, chain: partsOf(given).reduce((chain: Chain, part) => chain.with(part), known.chain) }),
  input: (known, given, site) => ({ ...known, input: join(known.input, parsed(given, site)) }),
  meta: (known, given, site) => (holdsFunctions(given, site) ? { ...known, meta: given } : known),
  concat,
  unstable_concat: concat,
}

class Procedure extends Model {
  readonly what = 'trpc procedure'
  readonly site: Site
  readonly resolver: Value
  readonly #known: Known
  #options: { readonly context: Value; readonly value: Value } | undefined
  constructor(known: Known, resolver: Value, site: Site) {
    super()
    this.#known = known
    this.resolver = resolver
    this.site = site
  }
  /** Runs the context, the middleware and the resolver. `given` is the context where none was declared. */
  run(given: Value, site: Site): Value {
    const declared = contextOf(this.#known.context, site)
    const { meta } = this.#known
    const context = this.#known.chain.run(declared.kind === 'any' ? given : declared, site, meta && { meta })
    if (this.#options?.context !== context) this.#options = { context, value: site.machine.object({ ctx: context, input: this.#known.input }, any) }
    return isFollowed(this.resolver) ? site.machine.invoke(this.resolver, [this.#options.value], site) : any
  }
}

/** `t.router({ … })`; `parts` are its records, several after `mergeRouters`. */
class Router extends Model {
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
class Lazy extends Model {
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

const unwrapped = (value: Value, site: Site): Value => (value instanceof Lazy ? value.router(site) : value)

/** What stands below a router or a plain object in one. */
const childrenOf = (value: Value, site: Site): Iterable<readonly [string, Value]> => {
  if (value instanceof Router) return value.children(site)
  if (value.kind === 'union') return value.of.flatMap((each) => [...childrenOf(each, site)])
  return value.kind === 'object' ? site.machine.entries(value, site).known : []
}

/** A router as the server calls it: `caller.post.list(input)`; also `helpers.post.list.prefetch(input)` and `proxy.post.list.queryOptions(input)`. */
class Caller extends Model {
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
    return parts[name]
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

/** Procedures below a value, by their key path. */
const procedures = function* (value: Value, path: readonly string[], site: Site): Generator<readonly [string, Procedure]> {
  if (path.length > 12) return
  for (const [key, child] of childrenOf(value, site)) {
    const here = [...path, key]
    const at = unwrapped(child, site)
    for (const each of at.kind === 'union' ? at.of : [at]) if (each instanceof Procedure) yield [here.join('.'), each]
    yield* procedures(at, here, site)
  }
}

/** Routers somewhere below this one. */
const routersBelow = (value: Value, site: Site, depth = 0): readonly Value[] => {
  if (depth > 12) return []
  const below = value instanceof Router ? value.parts.filter((part) => part instanceof Router) : []
  const children = [...below, ...[...childrenOf(value, site)].map(([, child]) => unwrapped(child, site))]
  return [...children, ...children.flatMap((child) => routersBelow(child, site, depth + 1))]
}

const enter = (router: Router, made: Set<string>): void => {
  const context = notes(router.site.machine).contexts.get(router) ?? any
  for (const [path, procedure] of procedures(router, [], router.site)) {
    const { place } = procedure.site
    const id = `${path} ${place.file}:${place.line}`
    // A router that is made by a function comes into being as often as that is called.
    if (!made.has(id)) enterProcedure(`trpc ${path}`, procedure, context)
    made.add(id)
  }
}

const enterProcedure = (name: string, procedure: Procedure, context: Value): void => {
  const { machine, place } = procedure.site
  const handler = native('procedure', (site) => procedure.run(contextOf(context, site), site))
  machine.entry({ name, kind: 'procedure', framework: 'trpc', place, runs: [{ what: 'procedure', handler, args: [] }] })
  if (!isFollowed(procedure.resolver)) machine.gap(`The resolver of ${name} was not followed.`, procedure.site)
}

const t = `
  import { initTRPC, TRPCError } from '@trpc/server'
  import superjson from 'superjson'
  import { db } from './db'
  import { users } from './schema'
  export const createTRPCContext = async (opts: { headers: Headers }) => {
    const [user] = await db.select({ id: users.id }).from(users)
    return { db, user, ...opts }
  }
  const t = initTRPC.context<typeof createTRPCContext>().create({ transformer: superjson })
  export const createTRPCRouter = t.router
  export const createCallerFactory = t.createCallerFactory
  export const publicProcedure = t.procedure
  export const protectedProcedure = t.procedure.use(async ({ ctx, next }) => {
    const [account] = await ctx.db.select({ email: users.email }).from(users)
    if (!account) throw new TRPCError({ code: 'UNAUTHORIZED' })
    return next({ ctx: { account, store: { list: () => db.select({ name: users.name }).from(users) } } })
  })`

const examples: readonly FrameworkExample[] = [
  {
    // The context belongs to every procedure, middleware to those behind it; nested and merged routers; one router in two places.
    files: {
      'trpc.ts': t,
      'users.ts': `
        import { eq } from 'drizzle-orm'
        import { z } from 'zod'
        import { createTRPCRouter, protectedProcedure, publicProcedure } from './trpc'
        import { users } from './schema'
        export const usersRouter = createTRPCRouter({
          rename: publicProcedure.input(z.object({ id: z.number(), name: z.string() })).mutation(async ({ ctx, input }) => {
            await ctx.db.update(users).set({ name: input.name }).where(eq(users.id, input.id))
          }),
          list: protectedProcedure.query(({ ctx }) => ctx.store.list()),
        })`,
      'root.ts': `
        import { createTRPCRouter, publicProcedure } from './trpc'
        import { usersRouter } from './users'
        export const appRouter = createTRPCRouter({
          user: usersRouter,
          admin: createTRPCRouter({ people: usersRouter }),
          health: publicProcedure.query(() => 'ok'),
        })
        export type AppRouter = typeof appRouter`,
      'server.ts': `
        import { createHTTPServer } from '@trpc/server/adapters/standalone'
        import { appRouter } from './root'
        import { createTRPCContext } from './trpc'
        createHTTPServer({ router: appRouter, createContext: ({ req }) => createTRPCContext({ headers: new Headers(req.headers) }) }).listen(3000)`,
    },
    entries: {
      'trpc user.rename': 'read users.id, write users.name',
      'trpc user.list': 'read users.email, read users.id, read users.name',
      'trpc admin.people.rename': 'read users.id, write users.name',
      'trpc admin.people.list': 'read users.email, read users.id, read users.name',
      'trpc health': 'read users.id',
    },
  },
  {
    // A server component that calls a procedure reads what it reads; the route that serves the router is no entry with reads of its own.
    files: {
      'package.json': '{ "dependencies": { "next": "16.0.0", "@trpc/server": "11.0.0" } }',
      'trpc.ts': t,
      'root.ts': `
        import { createCallerFactory, createTRPCRouter, protectedProcedure } from './trpc'
        export const appRouter = createTRPCRouter({ user: createTRPCRouter({ list: protectedProcedure.query(({ ctx }) => ctx.store.list()) }) })
        export const createCaller = createCallerFactory(appRouter)`,
      'server.ts': `
        import { createHydrationHelpers } from '@trpc/react-query/rsc'
        import { headers } from 'next/headers'
        import { cache } from 'react'
        import { createCaller, type AppRouter } from './root'
        import { createTRPCContext } from './trpc'
        const createContext = cache(async () => createTRPCContext({ headers: new Headers(await headers()) }))
        const caller = createCaller(createContext)
        export const { trpc: api, HydrateClient } = createHydrationHelpers<AppRouter>(caller, () => undefined)`,
      'app/page.tsx': `
        import { api } from '../server'
        export default async function Page() { return <ul>{(await api.user.list()).map(({ name }) => <li key={name}>{name}</li>)}</ul> }`,
      'app/people/page.tsx': `
        import { api, HydrateClient } from '../../server'
        export default async function Page() {
          void api.user.list.prefetch()
          return <HydrateClient>people</HydrateClient>
        }`,
      'app/api/trpc/[trpc]/route.ts': `
        import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
        import { appRouter } from '../../../../root'
        import { createTRPCContext } from '../../../../trpc'
        const handler = (req: Request) =>
          fetchRequestHandler({ endpoint: '/api/trpc', req, router: appRouter, createContext: () => createTRPCContext({ headers: req.headers }) })
        export { handler as GET, handler as POST }`,
    },
    entries: {
      'trpc user.list': 'read users.email, read users.id, read users.name',
      'page /': 'read users.email, read users.id, read users.name',
      'page /people': 'read users.email, read users.id, read users.name',
      'GET /api/trpc/[trpc]': '',
      'POST /api/trpc/[trpc]': '',
    },
  },
  {
    // Standalone server; a context's type by inference; middleware as values and piped; a handler in a file of its own.
    files: {
      'server.ts': `
        import { createHTTPServer } from '@trpc/server/adapters/standalone'
        import { initTRPC, mergeRouters, lazy, type inferAsyncReturnType } from '@trpc/server'
        import { db } from './db'
        import { users } from './schema'
        import { removeHandler } from './remove'
        export async function createContext() { return { db } }
        export type Context = inferAsyncReturnType<typeof createContext>
        const t = initTRPC.context<Context>().meta<{ public: boolean }>().create()
        const audit = t.middleware(async ({ ctx, next }) => {
          const result = await next()
          await ctx.db.insert(users).values({ email: 'audit' })
          return result
        })
        const named = audit.unstable_pipe(({ ctx, next }) => next({ ctx: { names: ctx.db.select({ name: users.name }).from(users) } }))
        const a = t.router({ names: t.procedure.use(named).query(async ({ ctx }) => ctx.names) })
        const b = t.router({ remove: t.procedure.meta({ public: false }).mutation(removeHandler) })
        const appRouter = t.router({ all: t.mergeRouters(a, b), later: lazy(() => import('./later')) })
        createHTTPServer({ router: appRouter, createContext }).listen(3000)
        export { t }`,
      'remove.ts': `
        import { eq } from 'drizzle-orm'
        import { users } from './schema'
        import type { Context } from './server'
        export const removeHandler = async ({ ctx, input }: { ctx: Context; input: number }) => { await ctx.db.delete(users).where(eq(users.id, input)) }`,
      'later.ts': `
        import { initTRPC } from '@trpc/server'
        import { db } from './db'
        import { users } from './schema'
        const t = initTRPC.create()
        export const laterRouter = t.router({ emails: t.procedure.subscription(async function* () { yield await db.select({ email: users.email }).from(users) }) })`,
    },
    entries: {
      'trpc all.names': 'read users.name, write users.email',
      'trpc all.remove': 'delete users, read users.id',
      'trpc later.emails': 'read users.email',
    },
  },
  {
    // What a procedure's meta holds is called by the middleware, which is given it.
    files: {
      'root.ts': `
        import { initTRPC } from '@trpc/server'
        import { db } from './db'
        import { users } from './schema'
        type User = { may: (what: string) => { on: (id: number) => Promise<boolean> } }
        type Meta = { check?: (options: { input: unknown; user: User }) => Promise<boolean> }
        const t = initTRPC.meta<Meta>().create()
        const user: User = { may: (what) => ({ on: async (id) => (await db.select({ email: users.email }).from(users)).length > 0 }) }
        const guarded = t.procedure.use(async ({ meta, input, next }) => {
          const { check } = meta ?? {}
          if (check && !(await check({ input, user }))) throw new Error('forbidden')
          return next()
        })
        export const appRouter = t.router({
          open: guarded.query(() => 'ok'),
          names: guarded.meta({ check: ({ user }) => user.may('read').on(1) }).query(() => db.select({ name: users.name }).from(users)),
        })`,
    },
    entries: { 'trpc open': '', 'trpc names': 'read users.email, read users.name' },
  },
  {
    // A resolver that cannot be followed is still a procedure; callers of it in a job; a spread of procedures into a router.
    files: {
      'root.ts': `
        import { initTRPC } from '@trpc/server'
        import { report } from 'reports'
        import { db } from './db'
        import { users } from './schema'
        const t = initTRPC.create()
        const shared = { names: t.procedure.query(() => db.select({ name: users.name }).from(users)) }
        export const appRouter = t.router({ ...shared, report: t.procedure.query(report) })`,
      'package.json': '{ "dependencies": { "next": "16.0.0" } }',
      'app/api/names/route.ts': `
        import { appRouter } from '../../../root'
        export const GET = async () => Response.json(await appRouter.createCaller({}).names())`,
    },
    entries: { 'trpc names': 'read users.name', 'trpc report': '', 'GET /api/names': 'read users.name' },
  },
]

export const trpc = defineFramework({
  id: 'trpc',
  title: 'tRPC',
  packages: ['@trpc/*', '@hono/trpc-server', 'trpc-to-openapi', 'trpc-openapi'],
  starts: ['@trpc/server', '@trpc/server/*', '@hono/trpc-server', 'trpc-to-openapi', 'trpc-openapi'],
  imported(from, path) {
    const [name = ''] = path
    if (path.length !== 1) return undefined
    if (from.startsWith('@trpc/server/adapters/')) return serve
    return exported[name]
  },
  typed: (from, name, args) => (from === '@trpc/server' && name === 'inferAsyncReturnType' ? new Answer(args[0] ?? any) : undefined),
  finish(machine) {
    const all = [...notes(machine).routers]
    const nested = new Set(all.flatMap((router) => routersBelow(router, router.site)))
    const made = new Set<string>()
    for (const router of all) if (!nested.has(router)) enter(router, made)
  },
  examples,
})
