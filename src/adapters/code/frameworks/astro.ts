/** Astro: endpoints and pages by their files, actions, middleware. */
import { ownValue } from '../own-value.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { type Enter, entering, enterWith, rootAt, verbs } from './common/enter.ts'
import { withLocals } from './common/locals.ts'
import { isCode, pageUrl, placeIn, withoutExtension } from './common/module.ts'
import { insidePackage } from './common/package.ts'
import { sequence } from './common/sequence.ts'
import { validated } from './common/validated.ts'
import { defineFramework, type FrameworkExample, type ProjectFiles, type Root } from './define.ts'

const framework = 'astro'

/** The context of a request, with the locals that middleware has set. */
const contextOf = withLocals()

const { together, each } = entering(framework, (site) => [contextOf(site), any])

const endpoint = (url: string): Enter =>
  each(
    'route',
    (name) => verbs.includes(name) || name === 'ALL',
    (name) => `${name} ${url}`,
  )

/** The script of a page runs for each request; what `getStaticPaths` reads, the page reads. */
const page = (path: string, url: string): Root => ({
  path,
  enter: (module, machine, site) => {
    const paths = machine.get(module, 'getStaticPaths', site)
    const runs = [{ what: 'page', handler: module, args: [] }, ...(paths.kind === 'function' ? [{ what: 'getStaticPaths', handler: paths, args: [any] }] : [])]
    machine.entry({ name: `page ${url}`, kind: 'page', framework, place: { file: path, line: 1 }, runs })
  },
})

/** `defineAction({ input, handler })`: pages and components may call it too. */
class Action extends Model {
  readonly what = 'astro action'
  readonly handler: Value
  readonly #input: Value
  constructor(options: Value, site: Site) {
    super()
    this.handler = site.machine.get(options, 'handler', site)
    this.#input = validated(site.machine.get(options, 'input', site), site)
  }
  override call(site: CallSite): Value {
    const data = site.machine.invoke(this.handler, [this.#input, contextOf(site)], site)
    return site.machine.object({ data: site.machine.awaited(data, site) }, any)
  }
}

/** `export const server = { like, blog: { … } }`; the name is the path to it. */
const actionsIn = (value: Value, path: readonly string[], at: { readonly path: string; readonly site: Site }): void => {
  for (const [name, one] of at.site.machine.entries(value, at.site).known) {
    const here = [...path, name]
    if (!(one instanceof Action)) actionsIn(one, here, at)
    else {
      const runs = [{ what: 'action', handler: one, args: [] }]
      enterWith({ name: `action ${here.join('.')}`, kind: 'action', framework, place: placeIn(at.path, one.handler), runs }, at.site)
    }
  }
}

const actions: Enter = (exports, at) => actionsIn(exports.get('server') ?? any, [], at)

const rootOf = (path: string, inside: string): Root | undefined => {
  const [top, ...below] = withoutExtension(inside).split('/')
  if (top === 'middleware' && (below.length === 0 || below.join('/') === 'index')) return rootAt(path, together('middleware', 'middleware', ['onRequest']))
  if (top === 'actions' && below.join('/') === 'index') return rootAt(path, actions)
  if (top !== 'pages' || below.some((part) => part.startsWith('_'))) return undefined
  return path.endsWith('.astro') ? page(path, pageUrl(below)) : rootAt(path, endpoint(pageUrl(below)))
}

const rootsOf = (project: ProjectFiles): readonly Root[] =>
  project
    .dependents(['astro'])
    .filter((path) => isCode(path) || path.endsWith('.astro'))
    .flatMap((path) => rootOf(path, insidePackage(project, path)) ?? [])

/** Middleware first: what it puts on the locals is there for the pages. */
const isPage = ({ path }: Root): number => (/(^|\/)middleware(\/index)?\.\w+$/.test(path) ? 0 : 1)

const exported: Readonly<Record<string, Value>> = {
  defineMiddleware: native('defineMiddleware', ({ args: [fn = any] }) => fn),
  sequence,
  defineAction: native('defineAction', ({ args: [options = any], ...site }) => new Action(options, site)),
}

const examples: readonly FrameworkExample[] = [
  {
    // Endpoints, a page with its script and its components, middleware that puts the database on the locals.
    files: {
      'package.json': '{ "dependencies": { "astro": "5.0.0" } }',
      'src/middleware.ts': `
        import { defineMiddleware, sequence } from 'astro:middleware'
        import { db } from '../db'
        import { users } from '../schema'
        const database = defineMiddleware(async (context, next) => { context.locals.db = db; return next() })
        const session = defineMiddleware(async ({ locals }, next) => {
          locals.user = await locals.db.select({ id: users.id }).from(users)
          return next()
        })
        export const onRequest = sequence(database, session)`,
      'src/pages/api/people/[id].ts': `
        import type { APIRoute } from 'astro'
        import { users } from '../../../../schema'
        export const prerender = false
        export const GET: APIRoute = async ({ locals }) => Response.json(await locals.db.select({ name: users.name }).from(users))
        export const DELETE: APIRoute = async ({ locals }) => { await locals.db.delete(users); return new Response(null) }`,
      'src/components/Count.astro': `---
import Frame from './Frame.astro'
import { db } from '../../db'
import { users } from '../../schema'
if (Astro.props.hidden) return
const all = await db.$count(users)
---
<Frame>{all}</Frame>`,
      'src/components/Frame.astro': `---
import { db } from '../../db'
import { users } from '../../schema'
const [first] = await db.select({ name: users.name }).from(users).limit(1)
---
<p title={first.name}><slot /></p>`,
      'src/pages/people/index.astro': `---
import Count from '../../components/Count.astro'
import { db } from '../../../db'
import { users } from '../../../schema'
export async function getStaticPaths() {
  return (await db.select({ id: users.id }).from(users)).map(({ id }) => ({ params: { id } }))
}
const people = await db.select({ email: users.email }).from(users)
---
<ul>{people.map(({ email }) => <li>{email}</li>)}</ul>
<Count hidden />`,
    },
    entries: {
      middleware: 'read users.id',
      'GET /api/people/[id]': 'read users.name',
      'DELETE /api/people/[id]': 'delete users',
      'page /people': 'read users.email, read users.id, read users.name',
    },
  },
  {
    // Actions by their path in the object; files with an underscore are no pages.
    files: {
      'package.json': '{ "dependencies": { "astro": "5.0.0" } }',
      'src/actions/index.ts': `
        import { defineAction } from 'astro:actions'
        import { z } from 'astro:schema'
        import { people } from './people'
        import { db } from '../../db'
        import { users } from '../../schema'
        export const server = {
          people,
          invite: defineAction({
            accept: 'form',
            input: z.object({ email: z.string().email() }),
            handler: async ({ email }) => { await db.insert(users).values({ email }) },
          }),
        }`,
      'src/actions/people.ts': `
        import { defineAction } from 'astro:actions'
        import { db } from '../../db'
        import { users } from '../../schema'
        export const people = { list: defineAction({ handler: async () => db.select({ name: users.name }).from(users) }) }`,
      'src/pages/_lib/people.ts': `
        import { db } from '../../../db'
        import { users } from '../../../schema'
        export const GET = async () => db.delete(users)`,
    },
    entries: { 'action invite': 'write users.email', 'action people.list': 'read users.name' },
  },
]

export const astro = defineFramework({
  id: framework,
  title: 'Astro',
  packages: ['astro', 'astro/*', 'astro:middleware', 'astro:actions'],
  starts: [],
  imported: (_, [name = '', ...rest]) => (rest.length === 0 ? ownValue(exported, name) : undefined),
  roots: (project) => [...rootsOf(project)].sort((a, b) => isPage(a) - isPage(b)),
  examples,
})
