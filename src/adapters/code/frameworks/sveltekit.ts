/** SvelteKit: server load functions, form actions, endpoints, hooks and remote functions. */
import { any, Model, native, type Site, type Value } from '../value.ts'
import { type Enter, type Exports, entering, enterWith, rootAt, verbs } from './common/enter.ts'
import { withLocals } from './common/locals.ts'
import { isCode, placeIn, unknowns, withoutExtension } from './common/module.ts'
import { insidePackage } from './common/package.ts'
import { sequence } from './common/sequence.ts'
import { defineFramework, type FrameworkExample, type ProjectFiles } from './define.ts'

const framework = 'sveltekit'

/** The request's event, with the locals that the hooks have set. */
const eventOf = withLocals()

const { together, each } = entering(framework, (site) => [eventOf(site)])

/** Directories in brackets are groups. */
const urlOf = (directories: readonly string[]): string => '/' + directories.filter((directory) => !/^\(.*\)$/.test(directory)).join('/')

const endpoint = (url: string): Enter =>
  each(
    'route',
    (name) => verbs.includes(name) || name === 'fallback',
    (name) => `${name === 'fallback' ? 'ALL' : name} ${url}`,
  )

/** Forms post to the page's own address: a named action as its query. */
const formActions =
  (url: string): Enter =>
  (exports, { path, site }) => {
    const { known } = site.machine.entries(exports.get('actions') ?? any, site)
    for (const [name, handler] of known) {
      const entry = `action ${url}${name === 'default' ? '' : `?/${name}`}`
      enterWith({ name: entry, kind: 'action', framework, place: placeIn(path, handler), runs: [{ what: 'action', handler, args: [eventOf(site)] }] }, site)
    }
  }

const page =
  (kind: 'page' | 'layout', url: string): Enter =>
  (exports, at) => {
    together(`${kind} ${url}`, 'page', ['entries', 'load'])(exports, at)
    formActions(url)(exports, at)
  }

/** `handle({ event, resolve })` runs before everything else. */
const hooks: Enter = (exports, { path, site }) => {
  const { machine } = site
  const handle = exports.get('handle')
  const args = [machine.object({ event: eventOf(site), resolve: any })]
  if (handle)
    enterWith({ name: 'middleware', kind: 'middleware', framework, place: placeIn(path, handle), runs: [{ what: 'handle', handler: handle, args }] }, site)
  boot(exports, { path, site })
}

const boot: Enter = (exports, at) =>
  each(
    'boot',
    (name) => name === 'init',
    (name) => `boot ${at.path} -> ${name}`,
  )(exports, at)

/** `query(schema, fn)`: called as the function is; `refresh()` calls it again. */
class Remote extends Model {
  readonly what = 'remote function'
  readonly handler: Value
  constructor(handler: Value) {
    super()
    this.handler = handler
  }
  override call({ args, ...site }: Site & { readonly args: readonly Value[] }): Value {
    return site.machine.invoke(this.handler, args, site)
  }
}

const batched = native('batch', ({ args }) => new Remote(args.at(-1) ?? any))

class RemoteMaker extends Model {
  readonly what = 'maker of remote functions'
  override get(name: string): Value | undefined {
    return name === 'batch' ? batched : undefined
  }
  override call({ args }: { readonly args: readonly Value[] }): Value {
    return new Remote(args.find(({ kind }) => kind === 'function') ?? args.at(-1) ?? any)
  }
}

const maker = new RemoteMaker()
const event = native('getRequestEvent', eventOf)

const remotes: Enter = (exports: Exports, { path, site }) => {
  for (const [name, value] of exports) {
    if (!(value instanceof Remote)) continue
    const runs = [{ what: 'remote function', handler: value.handler, args: unknowns }]
    enterWith({ name: `action ${name}`, kind: 'action', framework, place: placeIn(path, value.handler), runs }, site)
  }
}

/** What a file is by its place in the package, without the `src/` before it; undefined where SvelteKit does not call it. */
const byPlace = (inside: string): Enter | undefined => {
  const parts = withoutExtension(inside).split('/')
  const name = parts.at(-1) ?? ''
  if (inside.startsWith('hooks.server.')) return hooks
  if (name.endsWith('.remote')) return remotes
  if (parts[0] !== 'routes') return undefined
  const url = urlOf(parts.slice(1, -1))
  if (name === '+server') return endpoint(url)
  const [, kind] = /^\+(page|layout)(?:\.server)?$/.exec(name) ?? []
  return kind === 'page' || kind === 'layout' ? page(kind, url) : undefined
}

const rootsOf = (project: ProjectFiles) =>
  project
    .dependents(['@sveltejs/kit'])
    .filter(isCode)
    .flatMap((path) => {
      const enter = byPlace(insidePackage(project, path))
      return enter ? [{ ...rootAt(path, enter), isHook: enter === hooks }] : []
    })

const packageJson = '{ "devDependencies": { "@sveltejs/kit": "2.0.0" } }'

const examples: readonly FrameworkExample[] = [
  {
    // Hooks put the database on the locals; load functions, actions and endpoints take it from there.
    files: {
      'package.json': packageJson,
      'src/hooks.server.ts': `
        import { sequence } from '@sveltejs/kit/hooks'
        import type { Handle } from '@sveltejs/kit'
        import { db } from '../db'
        import { users } from '../schema'
        const database: Handle = async ({ event, resolve }) => {
          event.locals.db = db
          return resolve(event)
        }
        const session: Handle = async ({ event, resolve }) => {
          event.locals.user = (await event.locals.db.select({ id: users.id }).from(users))[0]
          return resolve(event)
        }
        export const handle = sequence(database, session)`,
      'src/routes/(app)/people/[id]/+page.server.ts': `
        import { eq } from 'drizzle-orm'
        import { users } from '../../../../../schema'
        import type { Actions, PageServerLoad } from './$types'
        export const load: PageServerLoad = async ({ locals, params }) => {
          return { people: await locals.db.select({ name: users.name }).from(users) }
        }
        export const actions: Actions = {
          default: async ({ locals, request }) => {
            await locals.db.update(users).set({ name: String((await request.formData()).get('name')) })
          },
          remove: async ({ locals }) => { await locals.db.delete(users) },
        }`,
      'src/routes/api/people/+server.ts': `
        import { json } from '@sveltejs/kit'
        import { db } from '$lib/server/db'
        import { users } from '../../../../schema'
        export const GET = async () => json(await db.select({ email: users.email }).from(users))
        export async function POST({ request }) {
          await db.insert(users).values({ email: (await request.json()).email })
          return json({}, { status: 201 })
        }`,
      'src/lib/server/db.ts': `export { db } from '../../../db'`,
    },
    entries: {
      middleware: 'read users.id',
      'page /people/[id]': 'read users.name',
      'action /people/[id]': 'write users.name',
      'action /people/[id]?/remove': 'delete users',
      'GET /api/people': 'read users.email',
      'POST /api/people': 'write users.email',
    },
  },
  {
    // Remote functions; a layout; what is beside the conventions is no entry.
    files: {
      'package.json': packageJson,
      'src/routes/people.remote.ts': `
        import { command, form, getRequestEvent, query } from '$app/server'
        import * as v from 'valibot'
        import { eq } from 'drizzle-orm'
        import { db } from '../../db'
        import { users } from '../../schema'
        export const people = query(async () => db.select({ name: users.name }).from(users))
        export const person = query(v.number(), async (id) => db.select({ email: users.email }).from(users).where(eq(users.id, id)))
        export const remove = command(v.number(), async (id) => { await db.delete(users).where(eq(users.id, id)); await people().refresh() })
        export const invite = form(v.object({ email: v.string() }), async ({ email }) => { await db.insert(users).values({ email }) })
        const helper = async () => db.select().from(users)`,
      'src/routes/+layout.server.ts': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const load = async () => ({ total: await db.$count(users) , ids: await db.select({ id: users.id }).from(users) })`,
      'src/routes/+page.ts': 'export const load = async ({ fetch }) => ({ people: await (await fetch("/api/people")).json() })',
      'src/routes/page.server.ts': `
        import { db } from '../../db'
        import { users } from '../../schema'
        export const load = async () => db.delete(users)`,
    },
    entries: {
      'action people': 'read users.name',
      'action person': 'read users.email, read users.id',
      'action remove': 'delete users, read users.id, read users.name',
      'action invite': 'write users.email',
      'layout /': 'read users.id',
      'page /': '',
    },
  },
]

export const sveltekit = defineFramework({
  id: framework,
  title: 'SvelteKit',
  packages: ['@sveltejs/kit', '@sveltejs/kit/*', '$app/server'],
  starts: [],
  imported(from, [name = '', ...rest]) {
    if (rest.length > 0) return undefined
    if (from === '@sveltejs/kit/hooks') return name === 'sequence' ? sequence : undefined
    if (from !== '$app/server') return undefined
    return name === 'getRequestEvent' ? event : ['query', 'command', 'form', 'prerender'].includes(name) ? maker : undefined
  },
  // Hooks first: what they put on the locals is there for the others.
  roots: (project) => rootsOf(project).sort((a, b) => Number(b.isHook) - Number(a.isHook)),
  examples,
})
