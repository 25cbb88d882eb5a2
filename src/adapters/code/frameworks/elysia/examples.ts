/** Apps as people write them, and what their routes do with `users`. */
import type { FrameworkExample } from '../define.ts'

export const examples: readonly FrameworkExample[] = [
  {
    // Prefixes of instances and groups; a plugin that is an instance; a value for a handler; a model by its name.
    files: {
      'src/users.ts': `
        import { Elysia, t } from 'elysia'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        export const usersModule = new Elysia({ prefix: '/users' })
          .get('/', () => db.select({ name: users.name }).from(users))
          .get('/:id', async ({ params: { id } }) => db.select({ email: users.email }).from(users).where(eq(users.id, id)))
          .post('/', async ({ body }) => { await db.insert(users).values({ name: body.name }) }, { body: t.Object({ name: t.String() }) })
      `,
      'src/index.ts': `
        import { Elysia } from 'elysia'
        import { usersModule } from './users'
        const app = new Elysia()
          .get('/', 'hello')
          .group('/v1', (app) => app.use(usersModule).get('/health', () => 'ok'))
          .listen(3000)
        export type App = typeof app
      `,
    },
    entries: {
      'GET /': '',
      'GET /v1/users': 'read users.name',
      'GET /v1/users/:id': 'read users.email, read users.id',
      'POST /v1/users': 'write users.name',
      'GET /v1/health': '',
    },
  },
  {
    // What decorate, state and derive put into the context; a hook counts for later routes only.
    files: {
      'src/index.ts': `
        import { Elysia } from 'elysia'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        const setup = new Elysia({ name: 'setup' }).decorate('db', db).state({ started: 1 })
        new Elysia()
          .use(setup)
          .get('/open', () => 'open')
          .derive(async ({ db, headers }) => {
            const [user] = await db.select().from(users).where(eq(users.email, headers.email))
            return { user }
          })
          .get('/me', ({ user }) => user.name)
          .patch('/me', async ({ db, user, body }) => { await db.update(users).set({ email: body.email }).where(eq(users.id, user.id)) })
          .listen(3000)
      `,
    },
    entries: {
      'GET /open': '',
      'GET /me': 'read users.email, read users.id, read users.name',
      'PATCH /me': 'read users.email, read users.id, read users.name, write users.email',
    },
  },
  {
    // A plugin's hook ends with it unless it says otherwise: local, scoped, global.
    files: {
      'src/index.ts': `
        import { Elysia } from 'elysia'
        import { db } from '../db'
        import { users } from '../schema'
        const local = new Elysia().onBeforeHandle(async () => { await db.select({ name: users.name }).from(users) }).get('/local', () => 1)
        const scoped = new Elysia().resolve({ as: 'scoped' }, async () => ({ ids: await db.select({ id: users.id }).from(users) }))
        const child = new Elysia().use(scoped).get('/child', () => 2)
        const all = new Elysia().onRequest(async () => { await db.select({ email: users.email }).from(users) }).as('global')
        new Elysia().use(local).use(child).get('/parent', () => 3).use(new Elysia().use(all)).get('/last', () => 4).listen(3000)
      `,
    },
    entries: { 'GET /local': 'read users.name', 'GET /child': 'read users.id', 'GET /parent': '', 'GET /last': 'read users.email' },
  },
  {
    // Guards for what follows and for what a function registers; a macro that a route switches on; a hook of the route.
    files: {
      'src/index.ts': `
        import { Elysia } from 'elysia'
        import { db } from '../db'
        import { users } from '../schema'
        const readIds = async () => { await db.select({ id: users.id }).from(users) }
        const auth = new Elysia({ name: 'auth' }).macro({
          signedIn: { async resolve() { const [user] = await db.select({ name: users.name }).from(users); return { user } } },
        })
        export const app = new Elysia()
          .use(auth)
          .guard({ beforeHandle: [readIds] }, (app) => app.get('/guarded', () => 1))
          .get('/plain', () => 2)
          .get('/named', ({ user }) => user.name, { signedIn: true })
          .delete('/users', async () => { await db.delete(users) }, { beforeHandle: readIds })
          .guard({ beforeHandle: readIds })
          .get('/after', () => 3)
      `,
    },
    entries: {
      'GET /guarded': 'read users.id',
      'GET /plain': '',
      'GET /named': 'read users.name',
      'DELETE /users': 'delete users, read users.id',
      'GET /after': 'read users.id',
    },
  },
]
