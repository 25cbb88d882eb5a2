/** Auth.js (next-auth): the callbacks belong to the route that exports `handlers`; `auth()` calls those of the session. */
import { textOf } from '../text-of.ts'
import { any, type CallSite, native, type Site, type Value } from '../value.ts'
import { Auth, adapter, type Callback, callAll, callbacksIn } from './auth/callbacks.ts'
import { partOf } from './common/options.ts'
import { defineFramework } from './define.ts'
import { isCallable } from './where.ts'

const parts = ['callbacks', 'events', 'jwt'] as const

/** The configuration, or a function of the request that gives it. */
const configOf = (value: Value | undefined, site: Site): Value | undefined =>
  value?.kind === 'function' ? site.machine.awaited(site.machine.invoke(value, [any], site), site) : value

/** Providers by their ids: a sign-in names the one that it means. */
const providersOf = (value: Value, site: Site): readonly Callback[] => {
  const all = value.kind === 'array' ? (value.items ?? [value.element]) : [value]
  return all.flatMap((one) => {
    const id = textOf(partOf(one, 'id', site), site) ?? 'credentials'
    return callbacksIn(one, site).map(({ what, handler }) => ({ what: `providers ${id} ${what}`, handler }))
  })
}

const callbacksOf = (config: Value | undefined, site: Site): readonly Callback[] => [
  ...providersOf(partOf(config, 'providers', site) ?? any, site),
  ...parts.flatMap((name) => callbacksIn(partOf(config, name, site) ?? any, site).map(({ what, handler }) => ({ what: `${name}.${what}`, handler }))),
]

const ofSession = (what: string): boolean => what === 'callbacks.jwt' || what === 'callbacks.session' || what === 'callbacks.authorized'
const ofSignIn = (what: string, id: string | undefined): boolean =>
  what.startsWith(id === undefined ? 'providers ' : `providers ${id} `) || what === 'callbacks.signIn' || what === 'events.signIn' || what === 'callbacks.jwt'
const ofSignOut = (what: string): boolean => what === 'events.signOut'

/** The session is what its callback answers, if it says. */
const sessionOf = (callbacks: readonly Callback[], site: Site): Value => {
  callAll(callbacks, site, (what) => ofSession(what) && what !== 'callbacks.session')
  const [session = any] = callAll(callbacks, site, (what) => what === 'callbacks.session')
  return site.machine.awaited(session, site)
}

class NextAuth extends Auth {
  readonly what = 'next-auth'
  readonly #config: Value | undefined
  readonly #read = new Set<string>()
  constructor(config: Value | undefined) {
    super()
    this.#config = config
  }
  callbacks(site: Site): readonly Callback[] {
    return callbacksOf(configOf(this.#config, site), site)
  }
  /** Version 4: the route itself. */
  override call(site: CallSite): Value {
    return site.machine.invoke(this.route, site.args, site)
  }
  protected override mayBeServed(): boolean {
    return this.#read.size === 0 || this.#read.has('handlers')
  }
  override get(name: string, { machine }: Site): Value | undefined {
    this.#read.add(name)
    if (name === 'handlers') return machine.object({ GET: this.route, POST: this.route })
    if (name === 'auth') return native('auth', (site) => this.#auth(site))
    if (name === 'signIn') return this.#calling(ofSignIn)
    if (name === 'signOut') return this.#calling(ofSignOut)
    return name === 'unstable_update' ? this.#calling(ofSession) : undefined
  }
  /** `auth()`, and `auth((request) => …)` around a route or as middleware. */
  #auth(site: CallSite): Value {
    const wrapped = site.args.find(isCallable)
    if (wrapped === undefined) return sessionOf(this.callbacks(site), site)
    return native('auth wrapper', (call) => {
      sessionOf(this.callbacks(call), call)
      return call.machine.invoke(wrapped, call.args, call)
    })
  }
  #calling(wanted: (what: string, id: string | undefined) => boolean): Value {
    return native('auth', (site) => {
      callAll(this.callbacks(site), site, (what) => wanted(what, textOf(site.args[0], site)))
      return any
    })
  }
}

const nextAuth = native('NextAuth', (site) => {
  const auth = new NextAuth(site.args[0])
  auth.alone('next-auth', site)
  return auth
})

/** Version 4: `getServerSession(options)`, or with the request before. */
const serverSession = native('getServerSession', (site) =>
  sessionOf(
    callbacksOf(
      site.args.findLast(({ kind }) => kind === 'object'),
      site,
    ),
    site,
  ),
)

/** `Credentials({ authorize })`: a provider is what it was given. */
const provider = native('auth provider', ({ args, machine }) => args[0] ?? machine.object({}))

const imported = (from: string, name: string): Value | undefined => {
  if (from.includes('/providers/')) return provider
  if (from === '@auth/drizzle-adapter') return name === 'DrizzleAdapter' ? adapter('DrizzleAdapter') : undefined
  if (name === 'getServerSession' || name === 'unstable_getServerSession') return serverSession
  return (from === 'next-auth' && name === 'default') || name === 'NextAuth' || name === 'SvelteKitAuth' ? nextAuth : undefined
}

const config = `
import NextAuth from 'next-auth'
import Credentials from 'next-auth/providers/credentials'
import { DrizzleAdapter } from '@auth/drizzle-adapter'
import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
export const { handlers: { GET, POST }, auth, signIn } = NextAuth({
  adapter: DrizzleAdapter(db),
  providers: [
    Credentials({
      async authorize({ email }: any) {
        const [user] = await db.select({ email: users.email }).from(users).where(eq(users.email, email))
        return user ?? null
      },
    }),
  ],
  callbacks: {
    async session({ session, token }) {
      const [user] = await db.select({ name: users.name }).from(users).where(eq(users.id, token.sub))
      return { ...session, user }
    },
  },
})
`

export const nextAuthMember = defineFramework({
  id: 'next-auth',
  title: 'Auth.js',
  packages: ['next-auth', 'next-auth/*', '@auth/*'],
  imported: (from, [name = '']) => imported(from, name),
  examples: [
    {
      files: {
        'package.json': '{ "dependencies": { "next": "15", "next-auth": "5" } }',
        'auth.ts': config,
        'app/api/auth/[...nextauth]/route.ts': `export { GET, POST } from '../../../../auth'`,
        'app/api/me/route.ts': `
import { auth } from '../../../auth'
export async function GET() {
  const session = await auth()
  return Response.json(session.user)
}
`,
        'app/api/ping/route.ts': `export const GET = () => new Response('pong')`,
      },
      entries: {
        'GET /api/auth/[...nextauth]': 'read users.email, read users.id, read users.name',
        'GET /api/me': 'read users.id, read users.name',
        'GET /api/ping': '',
        'POST /api/auth/[...nextauth]': 'read users.email, read users.id, read users.name',
      },
    },
    {
      files: {
        'auth.ts': config,
        'middleware.ts': `
import NextAuth from 'next-auth'
const { auth } = NextAuth({ providers: [], callbacks: { signIn: () => true } })
export default auth
`,
      },
      entries: { 'callback next-auth (auth.ts)': 'read users.email, read users.id, read users.name' },
    },
    {
      files: {
        'package.json': '{ "dependencies": { "next": "14", "next-auth": "4" } }',
        'pages/api/auth/[...nextauth].ts': `
import NextAuth from 'next-auth'
import { db } from '../../../db'
import { users } from '../../../schema'
export const options = { providers: [], callbacks: { signIn: async () => (await db.select({ email: users.email }).from(users)).length > 0 } }
export default NextAuth(options)
`,
        'pages/api/me.ts': `
import { getServerSession } from 'next-auth'
import { options } from './auth/[...nextauth]'
export default async function handler(req, res) {
  res.json(await getServerSession(req, res, options))
}
`,
      },
      entries: { 'ALL /api/auth/[...nextauth]': 'read users.email', 'ALL /api/me': '' },
    },
  ],
})
