/** Apps as people write them, and what their routes do with `users`. */
import type { FrameworkExample } from '../define.ts'

export const examples: readonly FrameworkExample[] = [
  {
    // Chained definitions below a base path; a verb without a path has that of the one before.
    files: {
      'src/app.ts': `
        import { Hono } from 'hono'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        const app = new Hono().basePath('/api')
        const routes = app
          .get('/users', async (c) => c.json(await db.select({ name: users.name }).from(users)))
          .post(async (c) => {
            const body = await c.req.json()
            await db.insert(users).values({ name: body.name, email: body.email })
            return c.body(null, 201)
          })
          .get('/users/:id', async (c) => c.json(await db.select({ email: users.email }).from(users).where(eq(users.id, c.req.param('id')))))
          .get('/health', (c) => c.text('ok'))
        export type AppType = typeof routes
        export default app
      `,
      'src/client.ts': `
        import { hc } from 'hono/client'
        import type { AppType } from './app'
        export const client = hc<AppType>('http://localhost')
      `,
    },
    entries: {
      'GET /api/users': 'read users.name',
      'POST /api/users': 'write users.email, write users.name',
      'GET /api/users/:id': 'read users.email, read users.id',
      'GET /api/health': '',
    },
  },
  {
    // Middleware reads for every later route that its pattern matches, and for no earlier one; a router is mounted twice; one that answers is a route.
    files: {
      'src/auth.ts': `
        import { createMiddleware } from 'hono/factory'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        export const requireUser = createMiddleware(async (c, next) => {
          const [user] = await db.select({ id: users.id }).from(users).where(eq(users.email, c.req.header('x-email')))
          c.set('user', user)
          await next()
        })
      `,
      'src/names.ts': `
        import { Hono } from 'hono'
        import { db } from '../db'
        import { users } from '../schema'
        export const names = new Hono().get('/names', async (c) => c.json(await db.select({ name: users.name }).from(users)))
      `,
      'src/index.ts': `
        import { serve } from '@hono/node-server'
        import { Hono } from 'hono'
        import { requireUser } from './auth'
        import { names } from './names'
        const app = new Hono()
        app.get('/admin/open', (c) => c.text('no middleware yet'))
        app.use('/admin/*', requireUser)
        app.route('/public', names)
        app.route('/admin', names)
        app.use('/files/*', (c) => c.text('answers'))
        app.on(['PUT', 'PATCH'], '/admin/me', (c) => c.json({}))
        serve({ fetch: app.fetch, port: 3000 })
      `,
    },
    entries: {
      'GET /admin/open': '',
      'GET /public/names': 'read users.name',
      'GET /admin/names': 'read users.email, read users.id, read users.name',
      'ALL /files/*': '',
      'PUT /admin/me': 'read users.email, read users.id',
      'PATCH /admin/me': 'read users.email, read users.id',
    },
  },
  {
    // What a middleware sets is there for the handlers after it: a database, a row.
    files: {
      'src/app.ts': `
        import { createFactory } from 'hono/factory'
        import { db } from '../db'
        import { users } from '../schema'
        const factory = createFactory<{ Variables: { database: typeof db } }>()
        const withDatabase = factory.createMiddleware(async (c, next) => {
          c.set('database', db)
          await next()
        })
        const list = factory.createHandlers(withDatabase, async (c) => c.json(await c.var.database.select({ name: users.name }).from(users)))
        const remove = factory.createHandlers(async (c) => {
          await c.get('database').update(users).set({ email: '' })
          return c.body(null)
        })
        const app = factory.createApp()
        app.get('/list', ...list)
        app.delete('/emails', withDatabase, ...remove)
        export default app
      `,
    },
    entries: { 'GET /list': 'read users.name', 'DELETE /emails': 'write users.email' },
  },
  {
    // A router that is made to print its routes serves none.
    files: {
      'package.json': '{ "scripts": { "routes": "tsx scripts/routes.ts" } }',
      'src/v1.ts': `
        import { Hono } from 'hono'
        import { db } from '../db'
        import { users } from '../schema'
        export const createV1 = () => {
          const app = new Hono()
          app.get('/names', async (c) => c.json(await db.select({ name: users.name }).from(users)))
          return app
        }
      `,
      'src/index.ts': `
        import { serve } from '@hono/node-server'
        import { Hono } from 'hono'
        import { createV1 } from './v1'
        const createApp = () => new Hono().route('/v1', createV1())
        serve(createApp())
      `,
      'scripts/routes.ts': `
        import { createV1 } from '../src/v1'
        const main = () => {
          const app = createV1()
          for (const { method, path } of app.routes) console.log(method, path)
        }
        main()
      `,
    },
    entries: { 'GET /v1/names': 'read users.name', 'cli routes': '' },
  },
  {
    // The routes of an app that a Next.js file or a lambda serves are the entries; the file is none. createRoute has paths in braces.
    files: {
      'app/api/[[...route]]/route.ts': `
        import { handle } from 'hono/vercel'
        import { app } from '../../../server/app'
        export const GET = handle(app)
        export const POST = handle(app)
      `,
      'server/app.ts': `
        import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        import { audit } from './audit'
        const rename = createRoute({
          method: 'post',
          path: '/users/{id}/name',
          middleware: [audit],
          request: { params: z.object({ id: z.string() }), body: { content: { 'application/json': { schema: z.object({ name: z.string() }) } } } },
          responses: {},
        })
        export const app = new OpenAPIHono().basePath('/api')
        app.openapi(rename, async (c) => {
          const { name } = c.req.valid('json')
          await db.update(users).set({ name }).where(eq(users.id, c.req.valid('param').id))
          return c.json({ ok: true })
        })
      `,
      'server/audit.ts': `
        import type { Context, Next } from 'hono'
        import { db } from '../db'
        import { users } from '../schema'
        export const audit = async (c: Context, next: Next) => {
          await next()
          await db.select({ email: users.email }).from(users)
        }
      `,
    },
    entries: { 'POST /api/users/:id/name': 'read users.email, read users.id, write users.name' },
  },
]
