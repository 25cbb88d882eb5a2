/** Better Auth: hooks and other functions of the configuration belong to the route that hands over to `auth.handler`; `auth.api` calls them too. */
import { any, native, type Site, type Value } from '../value.ts'
import { Auth, adapter, type Callback, callAll, callbacksIn } from './auth/callbacks.ts'
import { Client } from './common/library.ts'
import { defineFramework } from './define.ts'
import { isCallable } from './where.ts'

/** What `customSession(f)` leaves among the plugins. */
const session = 'customSession'
const ofSession = (what: string): boolean => what.endsWith(session)

class BetterAuth extends Auth {
  readonly what = 'better-auth'
  readonly #config: Value
  constructor(config: Value) {
    super()
    this.#config = config
  }
  callbacks(site: Site): readonly Callback[] {
    return callbacksIn(this.#config, site)
  }
  override get(name: string): Value | undefined {
    if (name === 'handler') return this.route
    return name === 'api' ? new Api(this) : undefined
  }
}

/** Endpoints that only look something up: no row changes, so no hook of the database runs. */
const looksUp = /^(?:get|list|has|is|check|verifyApiKey)/

const gone = /^(?:delete|remove|revoke|unlink|signOut|stop)/
const changed = /^(?:update|set|change|reset|ban|unban|verify)/

/** The hooks of which models an endpoint may run, by its name: `signUpEmail` makes a user, an account and a session; `createApiKey` none of them. */
const models: Readonly<Record<string, RegExp>> = {
  user: /^sign|^callback|^one|^ban|^unban|user|email|role/i,
  session: /^sign|^callback|^one|session|impersonat|setActive|verify|password/i,
  account: /^sign|^callback|^one|account|password|token/i,
  verification: /^sign|email|password|phone|otp|magic|verif/i,
}

const operations = (endpoint: string): readonly string[] => {
  if (gone.test(endpoint)) return ['delete']
  return changed.test(endpoint) ? ['update'] : ['create', 'update']
}

/** `hooks.before` runs with any request; `databaseHooks.user.create.after` with those that may make a user. */
const runsWith = (endpoint: string, callback: string): boolean => {
  const [kind, model = '', operation = ''] = callback.split('.')
  if (kind === 'hooks') return true
  return kind === 'databaseHooks' && (models[model]?.test(endpoint) ?? false) && operations(endpoint).includes(operation)
}

/** `auth.api.getSession()` runs what makes the session; an endpoint that changes something runs the hooks that may go with it. */
class Api extends Client {
  readonly #auth: BetterAuth
  constructor(auth: BetterAuth) {
    super('better-auth api', {})
    this.#auth = auth
  }
  override get(name: string): Value {
    return native(`auth.api.${name}`, (site) => {
      const callbacks = this.#auth.callbacks(site)
      if (name === 'getSession') return site.machine.awaited(callAll(callbacks, site, ofSession)[0] ?? any, site)
      if (!looksUp.test(name)) callAll(callbacks, site, (what) => runsWith(name, what))
      return any
    })
  }
}

const betterAuth = native('betterAuth', (site) => {
  const auth = new BetterAuth(site.args[0] ?? any)
  auth.alone('better-auth', site)
  return auth
})

/** `toNextJsHandler(auth)`, or of `auth.handler`. */
const routes = native('auth routes', (site) => {
  const [auth = any] = site.args
  const route = auth instanceof BetterAuth ? auth.route : auth
  return site.machine.object({ GET: route, POST: route, PUT: route, PATCH: route, DELETE: route })
})

/** `toNodeHandler(auth)` or of `auth.handler`, `svelteKitHandler({ auth, event, resolve })`. */
const handed = native('auth handler', (site) => {
  const given = site.args.map((one) => (one.kind === 'object' ? site.machine.get(one, 'auth', site) : one))
  const auth = given.find((one) => one instanceof BetterAuth)
  return auth instanceof BetterAuth ? auth.route : (given.find(isCallable) ?? any)
})

/** A plugin is the functions that it was given. */
const plugin = (name: string): Value =>
  native(name, ({ args: [given], machine }) => (given?.kind === 'function' ? machine.object({ [name]: given }) : (given ?? any)))

const imported = (from: string, name: string): Value | undefined => {
  if (from.startsWith('better-auth/adapters')) return name === 'drizzleAdapter' ? adapter('drizzleAdapter') : undefined
  if (name === 'betterAuth') return betterAuth
  if (name === 'toNextJsHandler' || name === 'toSolidStartHandler') return routes
  if (name === 'toNodeHandler' || name === 'svelteKitHandler') return handed
  if (name === 'createAuthMiddleware') return native(name, ({ args }) => args.findLast(({ kind }) => kind === 'function'))
  return from.startsWith('better-auth/plugins') || from.startsWith('@better-auth/') ? plugin(name) : undefined
}

const config = `
import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { customSession } from 'better-auth/plugins'
import { payments, webhooks } from 'payments'
import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
export const auth = betterAuth({
  database: drizzleAdapter(db, { provider: 'pg' }),
  databaseHooks: { user: { create: { after: async (user) => { await db.update(users).set({ name: '' }) } } } },
  plugins: [
    payments({ use: [webhooks({ secret: '', onPaid: async () => { await db.delete(users) } })] }),
    customSession(async ({ user, session }) => {
      const [found] = await db.select({ email: users.email }).from(users).where(eq(users.id, user.id))
      return { session, user: found }
    }),
  ],
})
`

export const betterAuthMember = defineFramework({
  id: 'better-auth',
  title: 'Better Auth',
  packages: ['better-auth', 'better-auth/*', '@better-auth/*'],
  imported: (from, [name = '']) => imported(from, name),
  examples: [
    {
      files: {
        'auth.ts': config,
        'index.ts': `
import { Hono } from 'hono'
import { auth } from './auth'
const app = new Hono()
app.on(['GET', 'POST'], '/api/auth/*', (c) => auth.handler(c.req.raw))
app.get('/me', async (c) => c.json(await auth.api.getSession({ headers: c.req.raw.headers })))
app.get('/key', async (c) => c.json(await auth.api.verifyApiKey({ body: { key: c.req.query('key') } })))
app.post('/key', async (c) => c.json(await auth.api.createApiKey({ body: { name: 'one' } })))
app.post('/join', async (c) => c.json(await auth.api.signUpEmail({ body: await c.req.json() })))
export default app
`,
      },
      entries: {
        'GET /api/auth/*': 'delete users, read users.email, read users.id, write users.name',
        'GET /key': '',
        'GET /me': 'read users.email, read users.id',
        'POST /key': '',
        'POST /join': 'write users.name',
        'POST /api/auth/*': 'delete users, read users.email, read users.id, write users.name',
      },
    },
    {
      files: {
        'package.json': '{ "dependencies": { "next": "15" } }',
        'auth.ts': config,
        'app/api/auth/[...all]/route.ts': `
import { toNextJsHandler } from 'better-auth/next-js'
import { auth } from '../../../../auth'
export const { GET, POST } = toNextJsHandler(auth)
`,
      },
      entries: {
        'GET /api/auth/[...all]': 'delete users, read users.email, read users.id, write users.name',
        'POST /api/auth/[...all]': 'delete users, read users.email, read users.id, write users.name',
      },
    },
    {
      files: { 'auth.ts': config },
      entries: { 'callback better-auth (auth.ts)': 'delete users, read users.email, read users.id, write users.name' },
    },
  ],
})
