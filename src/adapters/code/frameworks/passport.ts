/** Passport: the function that verifies belongs to each route that `authenticate` guards. */
import { textOf } from '../text-of.ts'
import { any, type CallSite, Model, native, type Value } from '../value.ts'
import { Constructed } from './common/library.ts'
import { perMachine } from './common/per-machine.ts'
import { defineFramework } from './define.ts'
import { isCallable } from './where.ts'

class Strategy extends Model {
  readonly what = 'passport strategy'
  readonly name: string
  readonly verify: Value | undefined
  constructor(name: string, verify: Value | undefined) {
    super()
    this.name = name
    this.verify = verify
  }
}

type Notes = { readonly strategies: Map<string, Value[]>; readonly deserialize: Value[] }

const notesOf = perMachine<Notes>(() => ({ strategies: new Map(), deserialize: [] }))

/** `passport.use([name], strategy)`. */
const used = (site: CallSite): Value => {
  const strategy = site.args.find((one) => one instanceof Strategy)
  if (!(strategy instanceof Strategy) || strategy.verify === undefined) return any
  const name = textOf(site.args[0], site) ?? strategy.name
  const { strategies } = notesOf(site.machine)
  strategies.set(name, [...(strategies.get(name) ?? []), strategy.verify])
  return any
}

const done = native('done', () => any)

/** Strategies may be added after the routes are: they are looked up when a route runs. */
const guard = (names: readonly string[]): Value =>
  native('passport middleware', (site) => {
    const { strategies } = notesOf(site.machine)
    for (const name of names) for (const verify of strategies.get(name) ?? []) site.machine.invoke(verify, [any, any, done, done], site, 'likely')
    const next = site.args[2]
    return next === undefined ? any : site.machine.invoke(next, [], site)
  })

const authenticate = (site: CallSite): Value => {
  const [names = any] = site.args
  const all = names.kind === 'array' ? site.machine.strings(site.machine.element(names, site)) : site.machine.strings(names)
  return guard(all)
}

const session = native('passport session', (site) => {
  for (const one of notesOf(site.machine).deserialize) site.machine.invoke(one, [any, done], site, 'likely')
  const next = site.args[2]
  return next === undefined ? any : site.machine.invoke(next, [], site)
})

const deserializing = ({ machine, args }: CallSite): Value => {
  notesOf(machine).deserialize.push(...args.filter(isCallable))
  return any
}

class Passport extends Model {
  readonly what = 'passport'
  override get(name: string): Value | undefined {
    if (name === 'use') return native('passport.use', used)
    if (name === 'authenticate') return native('passport.authenticate', authenticate)
    if (name === 'session') return native('passport.session', () => session)
    return name === 'deserializeUser' ? native(name, deserializing) : undefined
  }
}

const passport = new Passport()

const strategyClass = (from: string): Value =>
  new Constructed('passport strategy', ({ args }) => new Strategy(from.replace(/^.*passport-/, '').replace(/-.*$/, ''), args.findLast(isCallable)))

const verify = `
import passport from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'
import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
passport.use(
  new LocalStrategy({ usernameField: 'email' }, async (email, password, done) => {
    const [user] = await db.select({ name: users.name }).from(users).where(eq(users.email, email))
    done(null, user)
  }),
)
`

export const passportMember = defineFramework({
  id: 'passport',
  title: 'Passport',
  packages: [
    'passport',
    'passport-local',
    'passport-jwt',
    'passport-google-oauth20',
    'passport-github2',
    'passport-github',
    'passport-http-bearer',
    'passport-custom',
  ],
  imported: (from, [name]) => {
    if (from === 'passport') return name === 'default' || name === '*' ? passport : undefined
    return name === 'Strategy' || name === 'default' ? strategyClass(from) : undefined
  },
  examples: [
    {
      files: {
        'passport.ts': verify,
        'index.ts': `
import express from 'express'
import passport from 'passport'
import './passport'
const app = express()
app.post('/login', passport.authenticate('local'), (req, res) => res.json({}))
app.get('/free', (req, res) => res.json({}))
app.listen(3000)
`,
      },
      entries: { 'GET /free': '', 'POST /login': 'read users.email, read users.name' },
    },
    {
      files: {
        'index.ts': `
import express from 'express'
import passport from 'passport'
import { Strategy } from 'passport-jwt'
import { db } from './db'
import { users } from './schema'
const app = express()
app.get('/me', passport.authenticate('jwt', { session: false }), (req, res) => res.json({}))
app.get('/other', passport.authenticate('google'), (req, res) => res.json({}))
passport.use(new Strategy({}, async (payload, done) => done(null, await db.select({ id: users.id }).from(users))))
app.listen(3000)
`,
      },
      entries: { 'GET /me': 'read users.id', 'GET /other': '' },
    },
    {
      files: {
        'index.ts': `
import express from 'express'
import passport from 'passport'
import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
const app = express()
passport.deserializeUser(async (id: string, done) => done(null, await db.query.users.findFirst({ where: eq(users.id, id), columns: { email: true } })))
app.use(passport.session())
app.get('/me', (req, res) => res.json({}))
app.listen(3000)
`,
      },
      entries: { 'GET /me': 'read users.email, read users.id' },
    },
  ],
})
