/** Nuxt and Nitro: server routes by their files, middleware, plugins and tasks; names that are imported by nobody. */
import { ownValue } from '../own-value.ts'
import { any, type CallSite, native, type Site, type Value } from '../value.ts'
import { type Enter, entering, enterWith, rootAt, verbs } from './common/enter.ts'
import { Locals } from './common/locals.ts'
import { isCode, placeIn, unknowns, withoutExtension } from './common/module.ts'
import { inPackage, insidePackage } from './common/package.ts'
import { perMachine } from './common/per-machine.ts'
import { defineFramework, type FrameworkExample, type ProjectFiles } from './define.ts'

const framework = 'nuxt-nitro'

const contexts = perMachine(() => new Locals())

/** The event of a request; `context` is what middleware puts on it. */
const eventOf = ({ machine }: Site): Value => machine.object({ context: contexts(machine) }, any)

const { together } = entering(framework, (site) => [eventOf(site)])

/** `users/[id].get` → `GET …/users/[id]`; without a method it answers all. */
const routeOf = (parts: readonly string[]): string => {
  const last = parts.at(-1) ?? ''
  const verb = verbs.find((one) => last.endsWith(`.${one.toLowerCase()}`))
  const name = (verb ? last.slice(0, -verb.length - 1) : last).replace(/\.(dev|prod)$/, '')
  const segments = [...parts.slice(0, -1), ...(name === 'index' ? [] : [name])].filter((part) => !/^\(.*\)$/.test(part))
  return `${verb ?? 'ALL'} /${segments.join('/')}`
}

/** `defineTask({ meta, run })`, called by schedule or by name. */
const task =
  (name: string): Enter =>
  (exports, { path, site }) => {
    const handler = site.machine.get(exports.get('default') ?? any, 'run', site)
    enterWith({ name: `task ${name}`, kind: 'cron', framework, place: placeIn(path, handler), runs: [{ what: 'task', handler, args: unknowns }] }, site)
  }

const plugin: Enter = (exports, at) => together(`boot ${at.path} -> plugin`, 'boot', ['default'])(exports, at)

/** What a file is by its place in the server's directory. */
const byPlace = (parts: readonly string[]): Enter | undefined => {
  const [folder, ...below] = parts
  if (below.length === 0) return undefined
  if (folder === 'api') return together(routeOf(parts), 'route', ['default'])
  if (folder === 'routes') return together(routeOf(below), 'route', ['default'])
  if (folder === 'middleware') return together('middleware', 'middleware', ['default'])
  if (folder === 'plugins') return plugin
  return folder === 'tasks' ? task(below.join(':')) : undefined
}

const nuxt = (project: ProjectFiles, path: string): boolean => project.depends(path, 'nuxt')
const nitros = ['nitropack', 'nitro'] as const
const nitro = (project: ProjectFiles, path: string): boolean => nitros.some((name) => project.depends(path, name))

/** The path of a file in the server's directory; Nitro alone may have it at the package's root. */
const insideServer = (project: ProjectFiles, path: string): readonly string[] => {
  const [folder, ...below] = withoutExtension(insidePackage(project, path)).split('/')
  if (folder === 'server') return nuxt(project, path) || nitro(project, path) ? below : []
  return folder !== undefined && nitro(project, path) && !nuxt(project, path) ? [folder, ...below] : []
}

/** Middleware first: what it puts on the event is there for the routes. */
const rank = ([folder]: readonly string[]): number => (folder === 'plugins' ? 0 : folder === 'middleware' ? 1 : 2)

const rootsOf = (project: ProjectFiles) =>
  project
    .dependents(['nuxt', ...nitros])
    .filter(isCode)
    .flatMap((path) => {
      const parts = insideServer(project, path)
      const enter = byPlace(parts)
      return enter ? [{ ...rootAt(path, enter), rank: rank(parts) }] : []
    })

/** `defineEventHandler(fn)` is fn; of an object with hooks it is what runs them and the handler. */
const handlerOf = ({ args: [given = any], machine, ...at }: CallSite): Value => {
  if (given.kind !== 'object') return given
  return native('event handler', ({ args, ...site }) => {
    const hooks = ['onRequest', 'handler', 'onBeforeResponse'].map((name) => machine.get(given, name, { machine, ...at }))
    const lists = hooks.map((hook) => (hook.kind === 'array' ? machine.element(hook, site) : hook))
    const [, answer = any] = lists.map((hook) => (hook.kind === 'any' ? any : machine.invoke(hook, args, site)))
    return answer
  })
}

const handler = native('defineEventHandler', handlerOf)
const itself = native('itself', ({ args: [value = any] }) => value)
const lazy = native('lazyEventHandler', ({ args: [load = any], ...site }) => site.machine.awaited(site.machine.invoke(load, [], site), site))
const event = native('useEvent', eventOf)

/** What is imported by nobody, and by some from h3, nitropack or #imports. */
const exported: Readonly<Record<string, Value>> = {
  defineEventHandler: handler,
  eventHandler: handler,
  defineHandler: handler,
  defineCachedEventHandler: handler,
  cachedEventHandler: handler,
  defineLazyEventHandler: lazy,
  lazyEventHandler: lazy,
  defineCachedFunction: itself,
  cachedFunction: itself,
  defineNitroPlugin: itself,
  definePlugin: itself,
  defineTask: itself,
  useEvent: event,
}

const isUtility = (path: string): boolean => isCode(path) && /(^|\/)utils\//.test(path)

const exportsIn = (text: string): readonly string[] =>
  [...text.matchAll(/export\s+(?:(?:async\s+)?function\*?|const|let|class)\s+([\w$]+)/g)].flatMap(([, name]) => name ?? [])

type Utility = { readonly file: string; readonly name: string }

/** What each file with utilities gives, its default export under the file's name. */
const utilitiesOf = (project: ProjectFiles): ReadonlyMap<string, readonly Utility[]> => {
  const all = new Map<string, Utility[]>()
  for (const file of project.paths.filter(isUtility)) {
    const add = (as: string, name: string): Map<string, Utility[]> => all.set(as, [...(all.get(as) ?? []), { file, name }])
    for (const name of exportsIn(project.read(file) ?? '')) add(name, name)
    add(withoutExtension(file).split('/').at(-1) ?? '', 'default')
  }
  return all
}

const known = new WeakMap<ProjectFiles, ReadonlyMap<string, readonly Utility[]>>()

/** Exports of server/utils and shared/utils need no import. */
const utility = (name: string, path: string, project: ProjectFiles): Utility | undefined => {
  const all = known.get(project) ?? utilitiesOf(project)
  known.set(project, all)
  const folders = ['server/utils/', 'shared/utils/', 'utils/'].map((folder) => inPackage(project, path, folder))
  return all.get(name)?.find(({ file }) => folders.some((folder) => file.startsWith(folder)))
}

const examples: readonly FrameworkExample[] = [
  {
    // Nothing is imported: handlers are global, the database comes from server/utils; middleware puts the user on the event.
    files: {
      'package.json': '{ "dependencies": { "nuxt": "4.0.0" } }',
      'server/utils/database.ts': `
        import { db } from '../../db'
        import * as schema from '../../schema'
        export const tables = schema
        export function useDatabase() { return db }`,
      'server/api/users/[id].get.ts': `
        import { eq } from 'drizzle-orm'
        export default defineEventHandler(async (event) => {
          const id = Number(getRouterParam(event, 'id'))
          return useDatabase().select({ name: tables.users.name }).from(tables.users).where(eq(tables.users.id, id))
        })`,
      'server/api/users/index.post.ts': `
        export default eventHandler(async (event) => {
          const { email } = await readBody(event)
          await useDatabase().insert(tables.users).values({ email })
          return event.context.account
        })`,
      'server/middleware/account.ts': `
        export default defineEventHandler(async (event) => {
          event.context.account = await useDatabase().select({ id: tables.users.id }).from(tables.users)
        })`,
      'server/plugins/seed.ts': `
        export default defineNitroPlugin(async () => { await useDatabase().delete(tables.users) })`,
      'server/tasks/db/clean.ts': `
        import { users } from '~~/schema'
        import { db } from '~~/db'
        export default defineTask({
          meta: { name: 'db:clean' },
          async run() { await db.delete(users); return { result: 'ok' } },
        })`,
    },
    entries: {
      'GET /api/users/[id]': 'read users.id, read users.name',
      'POST /api/users': 'write users.email',
      middleware: 'read users.id',
      'boot server/plugins/seed.ts -> plugin': 'delete users',
      'task db:clean': 'delete users',
    },
  },
  {
    // Nitro alone, with imports; a handler as an object with hooks; a cached one without a method; no file beside the conventions.
    files: {
      'package.json': '{ "devDependencies": { "nitropack": "2.0.0" } }',
      'routes/people.ts': `
        import { defineCachedEventHandler } from 'nitropack/runtime'
        import { db } from '../db'
        import { users } from '../schema'
        export default defineCachedEventHandler(async () => db.select({ name: users.name }).from(users), { maxAge: 60 })`,
      'api/people.delete.ts': `
        import { defineEventHandler } from 'h3'
        import { db } from '../db'
        import { users } from '../schema'
        export default defineEventHandler({
          onRequest: [async () => { await db.select({ id: users.id }).from(users) }],
          handler: async () => { await db.delete(users) },
        })`,
      'lib/api/people.ts': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export default async () => db.select({ email: users.email }).from(users)`,
    },
    entries: { 'ALL /people': 'read users.name', 'DELETE /api/people': 'delete users, read users.id' },
  },
]

export const nuxtNitro = defineFramework({
  id: framework,
  title: 'Nuxt and Nitro',
  packages: ['h3', 'nitropack', 'nitropack/*', 'nitro', 'nitro/*', '#imports', '#nitro'],
  starts: [],
  imported: (_, [name = '', ...rest]) => (rest.length === 0 ? ownValue(exported, name) : undefined),
  global(name, path, project) {
    if (!nuxt(project, path) && !nitro(project, path)) return undefined
    return utility(name, path, project) ?? (ownValue(exported, name) && { package: 'h3', name })
  },
  unlinked: (path, project) =>
    isCode(path) && /(^|\/)(server|api|routes|tasks|plugins|middleware|utils)\//.test(path) && (nuxt(project, path) || nitro(project, path)),
  roots: (project) => rootsOf(project).sort((a, b) => a.rank - b.rank),
  examples,
})
