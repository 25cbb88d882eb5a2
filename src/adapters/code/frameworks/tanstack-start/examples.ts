/** Apps as people write them, and what their pages, routes and server functions do with `users`. */
import type { FrameworkExample } from '../define.ts'

export const examples: readonly FrameworkExample[] = [
  {
    // A page reads what the server functions in its loader read; each of them is an action too; middleware hands context on.
    files: {
      'package.json': '{ "dependencies": { "@tanstack/react-start": "1.0.0" } }',
      'src/server/people.ts': `
        import { createMiddleware, createServerFn } from '@tanstack/react-start'
        import { eq } from 'drizzle-orm'
        import { db } from '../../db'
        import { users } from '../../schema'
        const database = createMiddleware().server(({ next }) => next({ context: { db } }))
        const session = createMiddleware({ type: 'function' })
          .middleware([database])
          .server(async ({ next, context }) => {
            await context.db.select({ id: users.id }).from(users)
            return next()
          })
        export const people = createServerFn({ method: 'GET' })
          .middleware([session])
          .handler(async ({ context }) => context.db.select({ name: users.name }).from(users))
        export const rename = createServerFn({ method: 'POST' })
          .inputValidator((data: { name: string }) => data)
          .handler(async ({ data }) => {
            await db.update(users).set({ name: data.name })
          })`,
      'src/routes/_app/people.$id.tsx': `
        import { createFileRoute } from '@tanstack/react-router'
        import { people, rename } from '../../server/people'
        export const Route = createFileRoute('/_app/people/$id')({
          loader: () => people(),
          component: People,
        })
        function People() { return <button onClick={() => rename({ data: { name: '' } })}>rename</button> }`,
    },
    entries: {
      'action people': 'read users.id, read users.name',
      'action rename': 'write users.name',
      'page /people/:id': 'read users.id, read users.name',
    },
  },
  {
    // Handlers of server routes, plain, behind middleware, made by a function, and of older releases.
    files: {
      'package.json': '{ "dependencies": { "@tanstack/react-start": "1.0.0" } }',
      'src/routes/api/people.ts': `
        import { createFileRoute } from '@tanstack/react-router'
        import { createMiddleware } from '@tanstack/react-start'
        import { db } from '../../../db'
        import { users } from '../../../schema'
        const guard = createMiddleware().server(async ({ next }) => {
          await db.select({ id: users.id }).from(users)
          return next()
        })
        export const Route = createFileRoute('/api/people')({
          server: {
            middleware: [guard],
            handlers: {
              GET: async ({ request }) => Response.json(await db.select({ name: users.name }).from(users)),
              DELETE: { handler: async () => { await db.delete(users); return new Response(null) } },
            },
          },
        })`,
      'src/routes/api/emails.ts': `
        import { createFileRoute } from '@tanstack/react-router'
        import { db } from '../../../db'
        import { users } from '../../../schema'
        export const Route = createFileRoute('/api/emails')({
          server: { handlers: ({ createHandlers }) => createHandlers({ GET: async () => Response.json(await db.select({ email: users.email }).from(users)) }) },
        })`,
      'src/routes/api/$.ts': `
        import { createServerFileRoute } from '@tanstack/react-start/server'
        import { db } from '../../../db'
        import { users } from '../../../schema'
        export const ServerRoute = createServerFileRoute('/api/$').methods({ POST: async () => { await db.insert(users).values({ email: '' }) } })`,
      'src/routes/__root.tsx': `
        import { createRootRouteWithContext } from '@tanstack/react-router'
        import { db } from '../../db'
        import { users } from '../../schema'
        export const Route = createRootRouteWithContext<{ id: number }>()({ beforeLoad: async () => ({ ids: await db.select({ id: users.id }).from(users) }) })`,
    },
    entries: {
      'GET /api/people': 'read users.id, read users.name',
      'DELETE /api/people': 'delete users, read users.id',
      'GET /api/emails': 'read users.email',
      'POST /api/*': 'write users.email',
      'layout /': 'read users.id',
    },
  },
]
