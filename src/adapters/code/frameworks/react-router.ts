/** Remix and React Router as a framework: loaders, actions and middleware of route modules, by the file conventions or by routes.ts. */
import { any, Model, native, type Site, type Value } from '../value.ts'
import { type At, type Enter, type Exports, entering, rootAt } from './common/enter.ts'
import { isCode, unknowns, withoutExtension } from './common/module.ts'
import { inPackage, insidePackage } from './common/package.ts'
import { perMachine } from './common/per-machine.ts'
import { defineFramework, type FrameworkExample, type ProjectFiles, type Root } from './define.ts'

const { together } = entering('react-router', () => unknowns)

/** The component with what its loader answers, as its property and from `useLoaderData`. */
const withLoaderData = (exports: Exports): Value | undefined => {
  const [component, loader] = [exports.get('default'), exports.get('loader')]
  if (!component || !loader) return undefined
  return native('page', (site) => {
    const { machine } = site
    const loaderData = machine.awaited(machine.invoke(loader, unknowns, site), site)
    return machine.invoke(component, [machine.object({ loaderData }, any)], site)
  })
}

/** A module without a component is a resource: its loader answers requests. */
const routeModule =
  (kind: 'page' | 'layout', url: string) =>
  (exports: Exports, at: At): void => {
    const { machine } = at.site
    const middleware = exports.get('middleware')
    const all = middleware ? new Map(exports).set('middleware', machine.element(middleware, at.site)) : exports
    if (exports.has('default')) together(`${kind} ${url}`, 'page', ['middleware', 'loader', 'default'], { instead: withLoaderData, browser: true })(all, at)
    else if (exports.has('loader')) together(`GET ${url}`, 'route', ['middleware', 'loader'])(all, at)
    if (exports.has('action')) together(`action ${url}`, 'action', ['middleware', 'action'])(all, at)
  }

/** `posts.$id_.edit` → `posts`, `$id_`, `edit`; what stands in square brackets is taken as it is. */
const partsOf = (name: string): readonly string[] => name.match(/(?:\[[^\]]*\]|[^.])+/g) ?? []

/** What a part of a file's name is in the URL; nothing for layouts without a path. */
const segmentOf = (part: string): readonly string[] => {
  if (part.startsWith('_')) return []
  const [, optional] = /^\((.*)\)$/.exec(part) ?? []
  if (optional !== undefined) return segmentOf(optional).map((segment) => `${segment}?`)
  const plain = part.replace(/_$/, '').replace(/\[([^\]]*)\]/g, '$1')
  return [plain === '$' ? '*' : plain.replace(/^\$/, ':')]
}

type Place = { readonly kind: 'page' | 'layout'; readonly url: string }

const urlOf = (segments: readonly string[]): string => '/' + segments.filter((segment) => segment !== '').join('/')

/** The file conventions: flat names, a folder with a `route` file, folders in folders (`index` is its folder), and mixtures with `folder+`. */
const byConvention = (below: string): Place => {
  const folders = withoutExtension(below).split('/')
  const last = folders.at(-1) ?? ''
  const named = folders.length > 1 && /^(route|index|_index|page)$/.test(last) ? folders.slice(0, -1) : folders
  const parts = named.flatMap((folder) => partsOf(folder.replace(/\+$/, '')))
  const shown = parts.at(-1) === 'index' ? parts.slice(0, -1) : parts
  const isLayout = /^_(?!index$)/.test(shown.at(-1) ?? '')
  return { kind: isLayout ? 'layout' : 'page', url: urlOf(shown.flatMap(segmentOf)) }
}

/** A route of routes.ts: `route('posts/:id', './post.tsx', [ … ])`. Its children are made before it. */
class Route extends Model {
  readonly what = 'route'
  above: Route | undefined
  readonly path: string
  readonly shows: 'page' | 'layout'
  constructor(path: string, shows: 'page' | 'layout') {
    super()
    this.path = path
    this.shows = shows
  }
  get segments(): readonly string[] {
    return [...(this.above?.segments ?? []), ...this.path.split('/')]
  }
}

const notes = perMachine(() => new Map<string, Route>())

/** The routes in lists, however they were put together. */
const routesIn = (value: Value, site: Site): readonly Route[] => {
  if (value instanceof Route) return [value]
  if (value.kind === 'union') return value.of.flatMap((one) => routesIn(one, site))
  return value.kind === 'array' ? (value.items ?? [value.element]).flatMap((one) => routesIn(one, site)) : []
}

/** `takesPath`: `layout('./file.tsx', children)` and `index('./file.tsx')` have none. */
const maker = (kind: 'page' | 'layout', takesPath: boolean): Value =>
  native('route', ({ args, ...site }) => {
    const { machine } = site
    const [path = '', file = ''] = takesPath ? args.flatMap((one) => machine.strings(one)) : ['', ...args.flatMap((one) => machine.strings(one))]
    const made = new Route(path, kind)
    for (const child of args.flatMap((one) => routesIn(one, site))) child.above ??= made
    notes(machine).set(`${site.place.file} ${file}`, made)
    return made
  })

const prefix = native('prefix', ({ args: [path = any, routes = any], ...site }) => {
  const above = new Route(site.machine.strings(path)[0] ?? '', 'layout')
  for (const route of routesIn(routes, site)) route.above ??= above
  return routes
})

const known: Readonly<Record<string, Value>> = { route: maker('page', true), index: maker('page', false), layout: maker('layout', false), prefix }

/** The texts in routes.ts that name a file: each may be a route module. */
const filesNamed = (project: ProjectFiles, config: string): readonly (readonly [file: string, text: string])[] => {
  const folder = config.slice(0, config.lastIndexOf('/') + 1)
  return [...(project.read(config) ?? '').matchAll(/['"`]([^'"`\n]+\.[cm]?[jt]sx?)['"`]/g)].flatMap(([, text = '']) => {
    const file = folder + text.replace(/^\.\//, '')
    return project.has(file) ? [[file, text] as const] : []
  })
}

const byConfig =
  (config: string, text: string): Enter =>
  (exports, at) => {
    const route = notes(at.site.machine).get(`${config} ${text}`)
    if (route) routeModule(route.shows, urlOf(route.segments))(exports, at)
  }

const nothing: Enter = () => {}

const isOne = (project: ProjectFiles, path: string): boolean =>
  ['@remix-run/react', '@remix-run/node', '@react-router/dev', '@react-router/node'].some((name) => project.depends(path, name))

const rootsAt = (project: ProjectFiles, path: string): readonly Root[] => {
  const inside = insidePackage(project, path)
  const [app, folder, ...below] = inside.split('/')
  if (app !== 'app' || folder === undefined || !isOne(project, path)) return []
  const name = withoutExtension(inside)
  if (name === 'app/routes') return [rootAt(path, nothing), ...filesNamed(project, path).map(([file, text]) => rootAt(file, byConfig(path, text)))]
  if (name === 'app/root') return [rootAt(path, routeModule('layout', '/'))]
  const config = ['app/routes.ts', 'app/routes.js'].map((one) => inPackage(project, path, one)).find((one) => project.has(one))
  if (folder !== 'routes' || below.length === 0 || (config && !/flatRoutes|remixRoutes/.test(project.read(config) ?? ''))) return []
  const place = byConvention(below.join('/'))
  return [rootAt(path, routeModule(place.kind, place.url))]
}

/** `useLoaderData<typeof loader>()`: what that loader answers. */
const loaderData = native('useLoaderData', ({ types: [loader = any], ...site }) =>
  loader.kind === 'function' ? site.machine.awaited(site.machine.invoke(loader, unknowns, site), site) : loader,
)
const itself = native('json', ({ args: [value = any] }) => value)

const exported: Readonly<Record<string, Value>> = { useLoaderData: loaderData, json: itself, defer: itself, data: itself }

const examples: readonly FrameworkExample[] = [
  {
    // Flat names: pathless layouts, trailing underscores, escapes, a splat, a folder with a route file; a resource has no component.
    files: {
      'package.json': '{ "dependencies": { "@remix-run/react": "2.0.0", "@remix-run/node": "2.0.0" } }',
      'app/root.tsx': `
        import { db } from '../db'
        import { users } from '../schema'
        export const loader = async () => ({ ids: await db.select({ id: users.id }).from(users) })
        export default function App() { return <html /> }`,
      'app/routes/_auth.people.$id_.edit.tsx': `
        import { eq } from 'drizzle-orm'
        import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
        import { useLoaderData } from '@remix-run/react'
        import { db } from '../../db'
        import { users } from '../../schema'
        export async function loader({ params }: LoaderFunctionArgs) {
          return json({ people: await db.select().from(users).where(eq(users.id, Number(params.id))) })
        }
        export async function action({ request }: ActionFunctionArgs) {
          await db.update(users).set({ name: String((await request.formData()).get('name')) })
          return null
        }
        export default function Edit() {
          const { people } = useLoaderData<typeof loader>()
          return <p>{people.map((person) => person.email)}</p>
        }`,
      'app/routes/api.people[.]json/route.ts': `
        import { json } from '@remix-run/node'
        import { db } from '../../../db'
        import { users } from '../../../schema'
        export const loader = async () => json(await db.select({ email: users.email }).from(users))`,
      'app/routes/$.tsx': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const loader = async () => { await db.delete(users) }
        export default function NotFound() { return null }`,
      'app/models/user.server.ts': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const loader = async () => db.delete(users)`,
    },
    entries: {
      'layout /': 'read users.id',
      'page /people/:id/edit': 'read users.email, read users.id, read users.name',
      'action /people/:id/edit': 'write users.name',
      'GET /api/people.json': 'read users.email',
      'page /*': 'delete users',
    },
  },
  {
    // routes.ts: nested routes, layouts without a path, a prefix; a file that it does not name is none.
    files: {
      'package.json': '{ "devDependencies": { "@react-router/dev": "7.0.0" }, "dependencies": { "@react-router/node": "7.0.0" } }',
      'app/routes.ts': `
        import { index, layout, prefix, route, type RouteConfig } from '@react-router/dev/routes'
        export default [
          index('./home.tsx'),
          layout('./shell.tsx', [route('people', './people.tsx', [route(':id', 'routes/person.tsx')])]),
          ...prefix('api', [route('names', './names.ts')]),
        ] satisfies RouteConfig`,
      'app/home.tsx': `
        import { db } from '../db'
        import { users } from '../schema'
        import type { Route } from './+types/home'
        export async function loader() { return { people: await db.select({ id: users.id, name: users.name }).from(users) } }
        export default function Home({ loaderData }: Route.ComponentProps) { return <p>{loaderData.people[0].name}</p> }`,
      'app/shell.tsx': 'export default function Shell() { return null }',
      'app/people.tsx': `
        import { db } from '../db'
        import { users } from '../schema'
        const guard = async () => { await db.select({ email: users.email }).from(users) }
        export const middleware = [guard]
        export const loader = async () => db.select({ name: users.name }).from(users)
        export default function People() { return null }`,
      'app/routes/person.tsx': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const action = async () => { await db.delete(users) }
        export default function Person() { return null }`,
      'app/names.ts': `
        import { db } from '../db'
        import { users } from '../schema'
        export const loader = async () => Response.json(await db.select({ name: users.name }).from(users))`,
      'app/routes/unused.tsx': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const loader = async () => db.delete(users)
        export default function Unused() { return null }`,
    },
    entries: {
      'page /': 'read users.id, read users.name',
      'layout /': '',
      'page /people': 'read users.email, read users.name',
      'page /people/:id': '',
      'action /people/:id': 'delete users',
      'GET /api/names': 'read users.name',
    },
  },
]

export const reactRouter = defineFramework({
  id: 'react-router',
  title: 'Remix and React Router',
  packages: ['@remix-run/*', '@react-router/*', 'react-router'],
  starts: [],
  imported(from, [name = '', ...rest]) {
    if (rest.length > 0) return undefined
    return from === '@react-router/dev/routes' ? known[name] : exported[name]
  },
  roots: (project) => project.paths.filter(isCode).flatMap((path) => rootsAt(project, path)),
  examples,
})
