/** Remix and React Router as a framework: loaders, actions and middleware of route modules, by the file conventions or by routes.ts. */
import { ownValue } from '../own-value.ts'
import { any, Model, native, type Site, type Value } from '../value.ts'
import { type At, type Enter, type Exports, entering, rootAt } from './common/enter.ts'
import { isCode, unknowns, withoutExtension } from './common/module.ts'
import { inPackage, insidePackage } from './common/package.ts'
import { perMachine } from './common/per-machine.ts'
import { defineFramework, type ProjectFiles, type Root } from './define.ts'
import { examples } from './react-router/examples.ts'

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

const starts = ['@remix-run/react', '@remix-run/node', '@react-router/dev', '@react-router/node'] as const

const rootsAt = (project: ProjectFiles, path: string): readonly Root[] => {
  const inside = insidePackage(project, path)
  const [app, folder, ...below] = inside.split('/')
  if (app !== 'app' || folder === undefined) return []
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

export const reactRouter = defineFramework({
  id: 'react-router',
  title: 'Remix and React Router',
  packages: ['@remix-run/*', '@react-router/*', 'react-router'],
  starts: [],
  imported(from, [name = '', ...rest]) {
    if (rest.length > 0) return undefined
    return from === '@react-router/dev/routes' ? ownValue(known, name) : ownValue(exported, name)
  },
  roots: (project) =>
    project
      .dependents(starts)
      .filter(isCode)
      .flatMap((path) => rootsAt(project, path)),
  examples,
})
