/** Apps as people write them, and what their procedures do with `users`. */
import type { FrameworkExample } from '../define.ts'

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

export const examples: readonly FrameworkExample[] = [
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
