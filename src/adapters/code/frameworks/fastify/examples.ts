/** Servers as people write them, and what their routes do with `users`. */
import type { FrameworkExample } from '../define.ts'

export const examples: readonly FrameworkExample[] = [
  {
    // Plugins below prefixes, one of them twice; a decoration from a wrapped plugin.
    files: {
      'src/database.ts': `
        import fp from 'fastify-plugin'
        import { db } from '../db'
        export default fp(async (fastify) => {
          fastify.decorate('db', db)
        })
      `,
      'src/users.ts': `
        import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
        import { eq } from 'drizzle-orm'
        import { users } from '../schema'
        const usersRoutes: FastifyPluginAsync = async (app: FastifyInstance) => {
          app.get('/', async () => app.db.select({ name: users.name }).from(users))
          app.get('/:id', async (request) => request.server.db.select({ email: users.email }).from(users).where(eq(users.id, request.params.id)))
        }
        export default usersRoutes
      `,
      'src/server.ts': `
        import Fastify from 'fastify'
        import database from './database'
        import users from './users'
        const server = Fastify({ logger: true })
        await server.register(database)
        server.register(users, { prefix: '/v1/users' })
        server.register(users, { prefix: '/v2/users' })
        await server.listen({ port: 3000 })
      `,
    },
    entries: {
      'GET /v1/users': 'read users.name',
      'GET /v1/users/:id': 'read users.email, read users.id',
      'GET /v2/users': 'read users.name',
      'GET /v2/users/:id': 'read users.email, read users.id',
    },
  },
  {
    // A context's hooks count for its routes, also for those before them, and for no sibling; hooks of a route; what a hook leaves in the request.
    files: {
      'src/app.ts': `
        import fastify from 'fastify'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        const app = fastify()
        app.register(async (inner) => {
          inner.get('/me', async (request) => ({ name: request.user.name }))
          inner.addHook('preHandler', async (request, reply) => {
            const [user] = await db.select().from(users).where(eq(users.email, request.headers.email))
            request.user = user
          })
        }, { prefix: '/account' })
        const check = async () => { await db.select({ id: users.id }).from(users) }
        app.route({ method: ['PUT', 'PATCH'], url: '/name', preHandler: [check], handler: async (request, reply) => {
          await db.update(users).set({ name: request.body.name })
          return reply.code(204).send()
        } })
        app.get('/health', { logLevel: 'silent' }, async () => 'ok')
        app.listen({ port: 3000 })
      `,
    },
    entries: {
      'GET /account/me': 'read users.email, read users.id, read users.name',
      'PUT /name': 'read users.id, write users.name',
      'PATCH /name': 'read users.id, write users.name',
      'GET /health': '',
    },
  },
  {
    // Directories of plugins: their names are prefixes, a wrapped plugin decorates all; a file beside an index is not loaded.
    files: {
      'package.json': '{ "dependencies": { "fastify": "5", "@fastify/autoload": "6" } }',
      'src/app.ts': `
        import { join } from 'node:path'
        import AutoLoad from '@fastify/autoload'
        import Fastify from 'fastify'
        const app = Fastify()
        void app.register(AutoLoad, { dir: join(__dirname, 'plugins') })
        void app.register(AutoLoad, { dir: join(__dirname, 'routes'), routeParams: true, options: { prefix: 'api' } })
        app.listen({ port: 3000 })
      `,
      'src/plugins/database.ts': `
        import fp from 'fastify-plugin'
        import { db } from '../../db'
        export default fp(async (app) => { app.decorate('db', db) })
      `,
      'src/routes/root.ts': `
        export default async function (app) { app.get('/', async () => ({ ok: true })) }
      `,
      'src/routes/users/_id/index.ts': `
        import { users } from '../../../../schema'
        import { helper } from './helper'
        export default async function (app) { app.get('/name', async () => helper(await app.db.select({ name: users.name }).from(users))) }
      `,
      'src/routes/users/_id/helper.ts': `
        export const helper = (rows) => rows
        export default async function (app) { app.get('/never', async () => 1) }
      `,
    },
    entries: { 'GET /api': '', 'GET /api/users/:id/name': 'read users.name' },
  },
  {
    // The call's type argument says what the body is.
    files: {
      'src/app.ts': `
        import Fastify, { type FastifyReply } from 'fastify'
        import { db } from '../db'
        import { users } from '../schema'
        type NewUser = { name: string; email: string }
        const create = async (request, reply: FastifyReply) => {
          await db.insert(users).values({ ...request.body })
          return reply.send()
        }
        const app = Fastify()
        app.post<{ Body: NewUser }>('/users', create)
        app.post<{ Body: Pick<NewUser, 'name'> }>('/names', async ({ body }) => { await db.insert(users).values(body) })
        app.setErrorHandler((error, request, reply) => { reply.send(error) })
      `,
    },
    entries: { 'POST /users': 'write users.email, write users.name', 'POST /names': 'write users.name', 'fastify onError /': '' },
  },
]
