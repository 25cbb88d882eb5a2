/** Apps as people write them, and what their routes, pages and actions do with `users`. */
import type { FrameworkExample } from '../define.ts'

const packageJson = '{ "dependencies": { "next": "16.0.0" } }'

export const examples: readonly FrameworkExample[] = [
  {
    // A router of another framework is served by a route file: its routes are the entries. A wrapper of a library calls what it is given.
    files: {
      'package.json': packageJson,
      'app/api/[[...route]]/route.ts': `
        import { Hono } from 'hono'
        import { handle } from 'hono/vercel'
        import { db } from '../../../db'
        import { users } from '../../../schema'
        const app = new Hono().basePath('/api').get('/people', async (c) => c.json(await db.select({ name: users.name }).from(users)))
        export const GET = handle(app)`,
      'app/account/route.ts': `
        import { withSession } from 'sessions'
        import { db } from '../../db'
        import { users } from '../../schema'
        export const PUT = withSession(async () => {
          await db.update(users).set({ name: null })
          return new Response(null)
        })`,
    },
    entries: { 'GET /api/people': 'read users.name', 'PUT /account': 'write users.name' },
  },
  {
    // Verbs as functions, behind a wrapper of the application's own, and one function under two names.
    files: {
      'package.json': packageJson,
      'app/api/users/route.ts': `

        import { db } from '../../../db'
        import { withAuth } from '../../../lib/auth'
        import { users } from '../../../schema'
        export async function GET() {
          return Response.json(await db.select({ name: users.name }).from(users))
        }
        export const POST = withAuth(async (request: Request) => {
          await db.insert(users).values({ email: (await request.json()).email })
          return new Response(null, { status: 201 })
        })
        export const dynamic = 'force-dynamic'`,
      'lib/auth.ts': `
        export const withAuth = <T extends (request: Request) => Promise<Response>>(handler: T) =>
          async (request: Request) => (request.headers.get('authorization') ? handler(request) : new Response(null, { status: 401 }))`,
      'app/api/users/[id]/route.ts': `

        import { eq } from 'drizzle-orm'
        import { db } from '@/db'
        import { users } from '@/schema'

        const handler = async (_: Request, { params }: { params: Promise<{ id: string }> }) =>
          Response.json(await db.select({ email: users.email }).from(users).where(eq(users.id, (await params).id)))

        export { handler as GET, handler as HEAD }`,
      'app/(internal)/api/status/route.ts': `export { GET } from '../../../api/users/route'`,
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }',
    },
    entries: {
      'GET /api/users': 'read users.name',
      'POST /api/users': 'write users.email',
      'GET /api/users/[id]': 'read users.email, read users.id',
      'HEAD /api/users/[id]': 'read users.email, read users.id',
      'GET /api/status': 'read users.name',
    },
  },
  {
    // Groups, slots and intercepting routes are not part of the path; metadata belongs to its page; a private folder has no pages.
    files: {
      'package.json': packageJson,
      'src/app/layout.tsx': `

        import { db } from '../../db'
        import { users } from '../../schema'
        export default async function Layout({ children }: { children: React.ReactNode }) {
          const all = await db.select({ id: users.id }).from(users)
          return <html><body>{all.length}children</body></html>
        }`,
      'src/app/(main)/people/[id]/page.tsx': `

        import { eq } from 'drizzle-orm'
        import { cache } from 'react'
        import { db } from '../../../../../db'
        import { users } from '../../../../../schema'
        import type { Card } from '../../../../card'

        const nameOf = cache(async (id: string) => (await db.select({ name: users.name }).from(users).where(eq(users.id, id)))[0])
        export async function generateMetadata({ params }: { params: Promise<{ id: string }> }) {
          return { title: (await nameOf((await params).id))?.name }
        }
        export default async function Page() { return <Card /> }`,
      'src/card.tsx': `
        import { db } from '../db'
        import { users } from '../schema'
        export async function Card() {
          const [user] = await db.select({ email: users.email }).from(users)
          return <p>{user.email}</p>
        }`,
      'src/app/@modal/(.)people/[id]/page.tsx': 'export default function Modal() { return null }',
      'src/app/(main)/people/_lib/page.tsx': `
        import { db } from '../../../../../db'
        import { users } from '../../../../../schema'
        export default async function Page() { await db.delete(users) }`,
      'src/app/sitemap.ts': `
        import { unstable_cache } from 'next/cache'
        import { db } from '../../db'
        import { users } from '../../schema'
        const ids = unstable_cache(async () => db.select({ id: users.id }).from(users), ['ids'])
        export default async function sitemap() { return (await ids()).map(({ id }) => ({ url: '/people/' + id })) }`,
    },
    entries: {
      'layout /': 'read users.id',
      'page /people/[id]': 'read users.email, read users.id, read users.name',
      'GET /sitemap.xml': 'read users.id',
    },
  },
  {
    // A page that shows a form does not do what its action does; a client component's actions are entries of their own.
    files: {
      'package.json': packageJson,
      'app/actions.ts': `
        'use server'
        import { eq } from 'drizzle-orm'
        import { revalidatePath } from 'next/cache'
        import { after } from 'next/server'
        import { db } from '../db'
        import { users } from '../schema'
        export async function rename(id: string, data: FormData) {
          await db.update(users).set({ name: String(data.get('name')) }).where(eq(users.id, id))
          after(async () => { await db.select({ email: users.email }).from(users) })
          revalidatePath('/')
        }
        export const remove = async (id: string) => { await db.delete(users).where(eq(users.id, id)) }
        async function helper() { await db.insert(users).values({ email: '' }) }`,
      'app/rename.tsx': `
        'use client'
        import { rename } from './actions'
        export const Rename = ({ id }: { id: string }) => <button onClick={() => rename(id, new FormData())}>rename</button>`,
      'app/page.tsx': `
        import { db } from '../db'
        import { users } from '../schema'
        import { Rename } from './rename'
        export default async function Page() {
          const all = await db.select({ name: users.name }).from(users)
          async function invite(data: FormData) {
            'use server'
            await db.insert(users).values({ email: String(data.get('email')) })
          }
          return <form action={invite}>{all.map((user) => <Rename key={user.name} id={user.name} />)}</form>
        }`,
    },
    entries: {
      'page /': 'read users.name',
      'action rename': 'read users.email, read users.id, write users.name',
      'action remove': 'delete users, read users.id',
      'action invite': 'write users.email',
    },
  },
  {
    // The pages router in a package of a monorepo, proxy and instrumentation; a folder named app elsewhere is none of Next.js.
    files: {
      'package.json': '{ "workspaces": ["apps/*"] }',
      'apps/web/package.json': packageJson,
      'apps/web/src/pages/people/index.tsx': `

        import { db } from '../../../../../db'
        import { users } from '../../../../../schema'
        export const getServerSideProps = async () => ({ props: { people: await db.select({ name: users.name }).from(users) } })
        export default function People({ people }: { people: { name: string }[] }) { return <p>{people.map(({ name }) => name)}</p> }`,
      'apps/web/src/pages/api/people/[id].ts': `

        import type { NextApiRequest, NextApiResponse } from 'next'
        import { db } from '../../../../../../db'
        import { users } from '../../../../../../schema'

        export default async function handler(req: NextApiRequest, res: NextApiResponse) {
          if (req.method !== 'DELETE') return res.status(405).end()
          await db.delete(users)
        }`,
      'apps/web/src/pages/api/people/index.ts': `

        import { db } from '../../../../../../db'
        import { users } from '../../../../../../schema'

        export default async function handler(req, res) {
          switch (req.method) {
            case 'POST': await db.insert(users).values({ email: req.body.email }); break
            case 'GET': res.json(await db.select({ name: users.name }).from(users))
          }
        }`,
      'apps/web/src/proxy.ts': `

        import { db } from '../../../db'
        import { users } from '../../../schema'
        export async function proxy() { await db.select({ id: users.id }).from(users) }`,
      'apps/web/src/instrumentation.ts': `
        export async function register() {
          const { warm } = await import('./warm')
          await warm()
        }`,
      'apps/web/src/warm.ts': `

        import { db } from '../../../db'
        import { users } from '../../../schema'
        export const warm = async () => db.select({ email: users.email }).from(users)`,
      'tools/app/page.tsx': `

        import { db } from '../../db'
        import { users } from '../../schema'

        export default async function Page() { await db.delete(users) }`,
    },
    entries: {
      'page /people': 'read users.name',
      'DELETE /api/people/[id]': 'delete users',
      'ALL /api/people': 'read users.name, write users.email',
      middleware: 'read users.id',
      'boot apps/web/src/instrumentation.ts -> register': 'read users.email',
    },
  },
]
