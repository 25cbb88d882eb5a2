/** Next.js: route handlers, pages, server actions, middleware; all by the place of their file. */
import { any, native, type Value } from '../value.ts'
import { type Enter, type Exports, entering, rootAt, verbs } from './common/enter.ts'
import { isCode, unknowns, withoutExtension } from './common/module.ts'
import { insidePackage } from './common/package.ts'
import { perMachine } from './common/per-machine.ts'
import { defineFramework, type FrameworkExample, type ProjectFiles, type Root } from './define.ts'

const { together, each } = entering('nextjs', () => unknowns)

/**
 * The URL of a directory of the app router. Route groups and slots are not part of it; an intercepting route shows another route's URL: `(.)x` stands beside
 * it, `(..)x` one level below, `(...)x` at the top.
 */
const urlOf = (directories: readonly string[]): string => {
  let segments: readonly string[] = []
  for (const directory of directories) {
    const [, up = '', rest = directory] = /^((?:\(\.{1,3}\))+)(.+)$/.exec(directory) ?? []
    if (up === '(...)') segments = [rest]
    else if (up !== '') segments = [...segments.slice(0, Math.max(0, segments.length - up.split('(..)').length + 1)), rest]
    else if (!/^\(.*\)$|^@/.test(directory)) segments = [...segments, rest]
  }
  return '/' + segments.join('/')
}

/** What `generateStaticParams` and `generateMetadata` read, the page reads. */
const around = ['generateStaticParams', 'generateMetadata', 'generateViewport']

const join = (url: string, name: string): string => (url === '/' ? `/${name}` : `${url}/${name}`)

const metadata: Readonly<Record<string, string>> = { sitemap: 'sitemap.xml', robots: 'robots.txt', manifest: 'manifest.webmanifest' }

/** What a file of the app router is, by its name. */
const appFile = (name: string, url: string): Enter | undefined => {
  if (name === 'route')
    return each(
      'route',
      (verb) => verbs.includes(verb),
      (verb) => `${verb} ${url}`,
    )
  if (['page', 'layout', 'template', 'default', 'not-found', 'loading'].includes(name)) return together(`${name} ${url}`, 'page', [...around, 'default'])
  if (/^(sitemap|robots|manifest|opengraph-image|twitter-image|icon\d*|apple-icon\d*)$/.test(name))
    return together(`GET ${join(url, metadata[name] ?? name)}`, 'route', ['generateSitemaps', 'generateImageMetadata', 'default'])
  return undefined
}

/** A path of the pages router is the file's own; `index` is its directory. */
const pageUrl = (segments: readonly string[]): string => '/' + (segments.at(-1) === 'index' ? segments.slice(0, -1) : segments).join('/')

/** The methods that a handler of the pages router compares `req.method` with, found in its file's tree. */
const methodsIn = (tree: unknown): readonly string[] => {
  if (typeof tree !== 'object' || tree === null) return []
  const below = Object.values(tree).flatMap(methodsIn)
  const node: Partial<Readonly<Record<string, unknown>>> = { ...tree }
  const [side, others] = node.k === 'binary' ? [node.l, node.r] : [node.e, node.cases]
  return isMethod(side) ? [...methodLiterals(others), ...below] : below
}
const isMethod = (node: unknown): boolean => typeof node === 'object' && node !== null && 'k' in node && node.k === 'get' && 'p' in node && node.p === 'method'
const methodLiterals = (nodes: unknown): readonly string[] =>
  [nodes].flat().flatMap((node) => {
    const value: unknown = typeof node === 'object' && node !== null && 'v' in node ? node.v : undefined
    return typeof value === 'string' && verbs.includes(value) ? [value] : []
  })

/** `POST /api/x` where the handler looks for one method only, `ALL /api/x` otherwise. */
const apiRoute =
  (url: string): Enter =>
  (exports, at) => {
    const handler = exports.get('default')
    const methods = handler?.kind === 'function' ? new Set(methodsIn(handler.scope.file.tree.functions)) : new Set<string>()
    const [method = 'ALL', second] = methods
    together(`${second === undefined ? method : 'ALL'} ${url}`, 'route', ['default'])(exports, at)
  }

const dataOf = ['getServerSideProps', 'getStaticProps']

/** A page of the pages router with the properties that `getServerSideProps` or `getStaticProps` answers. */
const withData = (exports: Exports): Value | undefined => {
  const [page, data] = [exports.get('default'), dataOf.flatMap((name) => exports.get(name) ?? [])[0]]
  if (!page || !data) return undefined
  return native('page', (site) => {
    const { machine } = site
    const answer = machine.awaited(machine.invoke(data, unknowns, site), site)
    return machine.invoke(page, [machine.get(answer, 'props', site)], site)
  })
}

const pagesPage = (url: string): Enter => together(`page ${url}`, 'page', ['getStaticPaths', ...dataOf, 'default'], { instead: withData, browser: true })

const pagesFile = (segments: readonly string[]): Enter => (segments[0] === 'api' ? apiRoute(pageUrl(segments)) : pagesPage(pageUrl(segments)))

const boot: Enter = (exports, at) => together(`boot ${at.path} -> register`, 'boot', ['register'])(exports, at)

/** What a file is by its place in the package; undefined where Next.js does not call it. */
const byPlace = (inside: string): Enter | undefined => {
  const [top = '', ...below] = withoutExtension(inside).split('/')
  const name = below.at(-1)
  if (name === undefined && (top === 'middleware' || top === 'proxy')) return together('middleware', 'middleware', [top, 'default'])
  if (name === undefined && top === 'instrumentation') return boot
  if (top === 'pages' && name !== undefined) return pagesFile(below)
  const isPrivate = below.some((directory) => directory.startsWith('_'))
  return top === 'app' && name !== undefined && !isPrivate ? appFile(name, urlOf(below.slice(0, -1))) : undefined
}

const actions: Enter = each(
  'action',
  () => true,
  (name) => `action ${name}`,
)

const rootsAt = (project: ProjectFiles, path: string): readonly Root[] => {
  if (!project.depends(path, 'next')) return []
  const directives = project.directives(path)
  const enter = directives.includes('use server') ? actions : byPlace(insidePackage(project, path))
  // A client component runs in the browser: what it calls there are entries of their own.
  return enter === undefined || directives.includes('use client') ? [] : [rootAt(path, enter)]
}

const inlineActions = perMachine(() => new Set<string>())

/** `() => import('./x')` as the component that the file exports. */
const component = native('dynamic', ({ args: [load = any], ...site }) => {
  const { machine } = site
  const loaded = machine.awaited(machine.invoke(load, [], site), site)
  const module = machine.get(loaded, 'default', site)
  return module.kind === 'any' ? loaded : module
})

const itself = native('cached function', ({ args: [fn = any] }) => fn)

/** `after(fn)` runs when the response is sent; a promise is one that runs already. */
const after = native('after', ({ args: [then = any], ...site }) => site.machine.invoke(then, [], site))

const use = native('use', ({ args: [promise = any], ...site }) => site.machine.awaited(promise, site))

const known: Readonly<Record<string, Value>> = {
  'next/cache unstable_cache': itself,
  'next/server after': after,
  'next/server unstable_after': after,
  'next/dynamic default': component,
  'react cache': itself,
  'react memo': itself,
  'react forwardRef': itself,
  'react useCallback': itself,
  'react use': use,
  'react lazy': component,
}

const packageJson = '{ "dependencies": { "next": "16.0.0" } }'

const examples: readonly FrameworkExample[] = [
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

export const nextjs = defineFramework({
  id: 'nextjs',
  title: 'Next.js',
  packages: ['next', 'next/*', 'react'],
  starts: [],
  imported: (from, path) => (path.length === 1 ? known[`${from} ${path[0]}`] : undefined),
  directed(directive, handler, machine, site) {
    const { path } = handler.scope.file
    const { name = '', at = site.place.line } = handler.scope.file.tree.functions[handler.fn] ?? {}
    const noted = inlineActions(machine)
    if (directive !== 'use server' || noted.has(`${path}:${handler.fn}`)) return
    noted.add(`${path}:${handler.fn}`)
    const runs = [{ what: 'action', handler, args: unknowns }]
    machine.entry({ name: `action ${name || 'inline'}`, kind: 'action', framework: 'nextjs', place: { file: path, line: at }, runs })
  },
  roots: (project) => project.paths.filter(isCode).flatMap((path) => rootsAt(project, path)),
  examples,
})
