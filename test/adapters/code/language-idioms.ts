// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs have templates of their own.
/** The ways in which JavaScript and TypeScript themselves carry a row, a statement or a database from one place to another. */
import { type Idiom, main, own } from './idioms.ts'

const read = ['read users.email_address']
const carried = ['read users.email_address implicitly']
const write = ['write users.email_address']
const nothing: readonly string[] = []

const mails = 'db.select({ mail: users.email }).from(users)'

const classes: readonly Idiom[] = [
  {
    id: 'super-method',
    what: 'super.method() over three levels: each is the class above the one that says it',
    files: main(`class A { load() { return ${mails} } }
class B extends A { load() { return super.load() } }
class C extends B { load() { return super.load() } }
export const run = () => new C().load()`),
    expect: read,
  },
  {
    id: 'super-constructor',
    what: 'super(…) over three levels hands the table up',
    files: main(`class A { constructor(protected table: any) {} all() { return db.select().from(this.table) } }
class B extends A { constructor(table: any, readonly label: string) { super(table) } }
class C extends B { constructor() { super(users, 'users') } }
export const run = () => new C().all()`),
    expect: carried,
  },
  {
    id: 'super-static',
    what: 'super in a static method',
    files: main(`class A { static load() { return ${mails} } }
class B extends A { static load() { return super.load() } }
export const run = () => B.load()`),
    expect: read,
  },
  {
    id: 'super-in-arrow',
    what: 'super in an arrow function of a method',
    files: main(`class A { load() { return ${mails} } }
class B extends A { load() { return [1].map(() => super.load())[0] } }
class C extends B {}
export const run = () => new C().load()`),
    expect: read,
  },
  {
    id: 'abstract-method',
    what: 'an abstract method that a subclass gives',
    files: main(`abstract class Job { abstract rows(): Promise<any>; run() { return this.rows() } }
class Mails extends Job { async rows() { return ${mails} } }
export const run = () => new Mails().run()`),
    expect: read,
  },
  {
    id: 'getter',
    what: 'a getter that queries',
    files: main(`class Users { get mails() { return ${mails} } }
export const run = () => new Users().mails`),
    expect: read,
  },
  {
    id: 'setter',
    what: 'a setter that writes',
    files: main(`class User { set mail(email: string) { void db.update(users).set({ email }) } }
export const run = (input: any) => { const user = new User(); user.mail = input.mail }`),
    expect: write,
  },
  {
    id: 'static-factory',
    what: 'an instance by a static factory',
    files:
      main(`class Users { private constructor(private db: any) {} static create() { return new Users(db) } all() { return this.db.select({ mail: users.email }).from(users) } }
export const run = () => Users.create().all()`),
    expect: read,
  },
  {
    id: 'singleton-class',
    what: 'a class with one instance, made when it is first asked for',
    files: main(`class Users { private static one?: Users; static get instance() { return (this.one ??= new Users()) } all() { return ${mails} } }
export const run = () => Users.instance.all()`),
    expect: read,
  },
  {
    id: 'field-arrow',
    what: 'a class field that is an arrow function',
    files: main(`class Users { all = () => this.load(); load() { return ${mails} } }
export const run = () => { const { all } = new Users(); return all() }`),
    expect: read,
  },
  {
    id: 'private-method',
    what: 'a #private method',
    files: main(`class Users { #load() { return ${mails} } all() { return this.#load() } }
export const run = () => new Users().all()`),
    expect: read,
  },
  {
    id: 'mixin',
    what: 'a mixin',
    files: main(`const WithMails = <T extends new (...args: any[]) => object>(Base: T) => class extends Base { mails() { return ${mails} } }
class Empty {}
const Users = WithMails(Empty)
export const run = () => new Users().mails()`),
    expect: read,
  },
  {
    id: 'implements',
    what: 'a value typed by an interface that a class implements',
    files: own(
      `import type { Users } from './port'
import './adapter'
const container: any = globalThis
const handler = (users: Users) => users.mails()
export const run = () => handler(container.users)`,
      {
        'port.ts': 'export interface Users { mails(): Promise<unknown> }\n',
        'adapter.ts': `import { db } from './db'
import type { Users } from './port'
import { users } from './schema'
export class DrizzleUsers implements Users { async mails() { return ${mails} } }
`,
      },
    ),
    expect: read,
  },
  {
    id: 'returned-interface',
    what: 'a value typed by an interface that a factory returns',
    files: own(
      `import type { Users } from './port'
import './adapter'
const container: any = globalThis
const handler = ({ users }: { users: Users }) => users.mails()
export const run = () => handler(container.deps)`,
      {
        'port.ts': 'export type Users = { mails(): Promise<unknown> }\n',
        'adapter.ts': `import { db } from './db'
import type { Users } from './port'
import { users } from './schema'
export const makeUsers = (): Users => ({ mails: async () => ${mails} })
`,
      },
    ),
    expect: read,
  },
  {
    id: 'prepared-field',
    what: 'a statement that a class prepares in a field',
    files: main(`class Users { #byMail = ${mails}.prepare('m'); find() { return this.#byMail.execute() } count() { return 1 } }
const repository = new Users()
export const run = () => repository.find()`),
    expect: read,
  },
  {
    id: 'prepared-neighbour',
    what: 'a statement prepared beside the one that is sent',
    files: main(`const byMail = ${mails}.prepare('a')
const byId = db.select({ id: users.id }).from(users).prepare('b')
export const other = () => byMail.execute()
export const run = () => byId.execute()`),
    expect: nothing,
  },
  {
    id: 'prepared-in-factory',
    what: 'a factory that prepares a statement, and a function that sends it',
    files: main(`const makeUsers = () => { const byMail = ${mails}.prepare('a'); return { find: () => byMail.execute() } }
const repository = makeUsers()
export const run = () => repository.find()`),
    expect: read,
  },
]

const objects: readonly Idiom[] = [
  {
    id: 'object-keys',
    what: 'Object.keys of a row, then its properties by these names',
    files: main(`export const run = async () => { const [user]: any = await db.select().from(users); return Object.keys(user).map((key) => user[key]) }`),
    expect: ['read users.email_address either way'],
  },
  {
    id: 'object-entries-destructured',
    what: 'Object.entries of a map of rows',
    files: main(`export const run = async () => {
  const byId = Object.fromEntries((await db.select().from(users)).map((user) => [user.id, user]))
  return Object.entries(byId).map(([, user]) => user.email)
}`),
    expect: read,
  },
  {
    id: 'for-in',
    what: 'for … in over a row',
    files: main(
      `export const run = async () => { const [user]: any = await db.select().from(users); const all = []; for (const key in user) all.push(user[key]); return all }`,
    ),
    expect: ['read users.email_address either way'],
  },
  {
    id: 'for-in-handlers',
    what: 'for … in over an object of functions',
    files: main(`const tasks: any = { a: () => ${mails}, b: () => 1 }
export const run = async () => { for (const name in tasks) await tasks[name]() }`),
    expect: read,
  },
  {
    id: 'symbol-key',
    what: 'a property whose key is a symbol',
    files: main(`const key = Symbol('load')
const other = Symbol('other')
const tasks = { [key]: () => ${mails}, [other]: () => 1 }
export const run = () => tasks[key]()`),
    expect: read,
  },
  {
    id: 'symbol-other-key',
    what: 'a property by another symbol',
    files: main(`const key = Symbol('load')
const other = Symbol('other')
const tasks = { [key]: () => ${mails}, [other]: () => 1 }
export const run = () => tasks[other]()`),
    expect: nothing,
  },
  {
    id: 'map-of-handlers',
    what: 'a Map of functions',
    files: main(`const handlers = new Map<string, () => unknown>([['mails', () => ${mails}]])
export const run = (input: any) => handlers.get(input.name)?.()`),
    expect: read,
  },
  {
    id: 'map-set-handlers',
    what: 'a Map that is filled later',
    files: main(`const handlers = new Map<string, () => unknown>()
handlers.set('mails', () => ${mails})
export const run = (input: any) => handlers.get(input.name)?.()`),
    expect: read,
  },
  {
    id: 'satisfies',
    what: 'an object that satisfies a type',
    files: main(`const tasks = { mails: () => ${mails} } satisfies Record<string, () => unknown>
export const run = () => tasks.mails()`),
    expect: read,
  },
  {
    id: 'namespace',
    what: 'a TypeScript namespace',
    files: main(`namespace Users { export const all = () => ${mails} }
export const run = () => Users.all()`),
    expect: read,
  },
  {
    id: 'enum-member',
    what: 'a TypeScript enum whose value is written',
    about: "users.role='guest'",
    files: main(`enum Role { Admin = 'admin', Guest = 'guest' }
export const run = () => db.update(users).set({ role: Role.Guest as any })`),
    expect: ["write users.role='guest'"],
  },
  {
    id: 'accessor-object',
    what: 'a getter of an object literal',
    files: main(`const repository = { get all() { return ${mails} } }
export const run = () => repository.all`),
    expect: read,
  },
  {
    id: 'proxy-database',
    what: 'a database behind a Proxy',
    files: main(`const proxied = new Proxy(db, { get: (target: any, name) => target[name] })
export const run = () => proxied.select({ mail: users.email }).from(users)`),
    expect: read,
  },
  {
    id: 'proxy-lazy',
    what: 'a Proxy of nothing that makes the database when it is used',
    files: main(`const lazy = new Proxy({} as typeof db, { get: (_, name) => (db as any)[name] })
export const run = () => lazy.select({ mail: users.email }).from(users)`),
    expect: read,
  },
  {
    id: 'spread-class-instance',
    what: 'a frozen, cloned row',
    files: main(`export const run = async () => { const [user] = await db.select().from(users); return Object.freeze(structuredClone(user)).email }`),
    expect: read,
  },
]

const functions: readonly Idiom[] = [
  {
    id: 'generator-plain',
    what: 'rows of a generator, spread',
    files: main(`function* each(rows: any[]) { for (const row of rows) yield row }
export const run = async () => [...each(await db.select().from(users))].map((user) => user.email)`),
    expect: read,
  },
  {
    id: 'generator-delegated',
    what: 'yield* of another generator',
    files: main(`async function* pages() { yield await db.select().from(users) }
async function* rows() { for await (const page of pages()) yield* page }
export const run = async () => { for await (const user of rows()) console.log(user.email) }`),
    expect: read,
  },
  {
    id: 'generator-method',
    what: 'Symbol.asyncIterator of a class',
    files: main(`class Users { async *[Symbol.asyncIterator]() { for (const user of await db.select().from(users)) yield user } }
export const run = async () => { for await (const user of new Users()) console.log(user.email) }`),
    expect: read,
  },
  {
    id: 'generator-next',
    what: 'next() of a generator',
    files: main(`function* each(rows: any[]) { yield* rows }
export const run = async () => { const rows = each(await db.select().from(users)); return rows.next().value.email }`),
    expect: read,
  },
  {
    id: 'labelled-loop',
    what: 'a labelled loop that is left',
    files: main(
      `export const run = async () => { outer: for (const user of await db.select().from(users)) { for (const other of [1]) { if (user.email) continue outer; else break outer } } }`,
    ),
    expect: read,
  },
  {
    id: 'arguments-object',
    what: 'arguments',
    files: main(`function first() { return arguments[0].email }
export const run = async () => { const [user] = await db.select().from(users); return (first as any)(user) }`),
    expect: 'named',
  },
  {
    id: 'optional-catch',
    what: 'a query in catch without a parameter',
    files: main(`export const run = async () => { try { throw 1 } catch { return ${mails} } finally { console.log(1) } }`),
    expect: read,
  },
  {
    id: 'tagged-template',
    what: 'a tagged template of another library around a row',
    files: own(`import { html } from 'hono/html'
import { db } from './db'
import { users } from './schema'
export const run = async () => { const [user] = await db.select().from(users); return html\`<p>\${user.email}</p>\` }`),
    expect: read,
  },
  {
    id: 'call',
    what: '.call()',
    files: main(`function load(this: any) { return this.select({ mail: users.email }).from(users) }
export const run = () => load.call(db)`),
    expect: read,
  },
  {
    id: 'apply',
    what: '.apply()',
    files: main(`const load = (database: any, table: any) => database.select().from(table)
export const run = () => load.apply(undefined, [db, users])`),
    expect: carried,
  },
  {
    id: 'bind',
    what: '.bind() with a first argument',
    files: main(`const load = (database: any, id: number) => database.select({ mail: users.email }).from(users)
const bound = load.bind(null, db)
export const run = () => bound(1)`),
    expect: read,
  },
  {
    id: 'bound-method',
    what: 'a method bound to its object',
    files: main(`class Users { constructor(private db: any) {} all() { return this.db.select({ mail: users.email }).from(users) } }
const repository = new Users(db)
const all = repository.all.bind(repository)
export const run = () => all()`),
    expect: read,
  },
  {
    id: 'curried-thrice',
    what: 'a function of a function of a function',
    files: main(`const load = (database: typeof db) => (table: typeof users) => (id: number) => database.select({ mail: table.email }).from(table)
export const run = () => load(db)(users)(1)`),
    expect: read,
  },
  {
    id: 'memoised',
    what: 'a function that a library memoises',
    files: own(`import memoize from 'lodash/memoize'
import { db } from './db'
import { users } from './schema'
const load = memoize(async () => ${mails})
export const run = () => load()`),
    expect: read,
  },
  {
    id: 'memoised-row',
    what: 'a row that a memoised function gives',
    files: own(`import { once } from 'ramda'
import { db } from './db'
import { users } from './schema'
const load = once(async () => db.select().from(users))
export const run = async () => (await load())[0].email`),
    expect: read,
  },
  {
    id: 'pipe',
    what: 'functions put together by a pipe of one’s own',
    files: main(`const pipe = (...steps: ((value: any) => any)[]) => (start: any) => steps.reduce((value, step) => step(value), start)
const load = async () => db.select().from(users)
const mail = async (rows: any) => (await rows)[0].email
export const run = () => pipe(load, mail)(undefined)`),
    expect: read,
  },
  {
    id: 'event-emitter',
    what: 'a listener of node:events',
    files: own(`import { EventEmitter } from 'node:events'
import { db } from './db'
import { users } from './schema'
const events = new EventEmitter()
events.on('mail', async (email: string) => { await db.update(users).set({ email }) })
export const run = (input: any) => events.emit('mail', input.email)`),
    expect: write,
  },
  {
    id: 'event-emitter-other',
    what: 'a listener of another event',
    files: own(`import { EventEmitter } from 'node:events'
import { db } from './db'
import { users } from './schema'
const events = new EventEmitter()
events.on('mail', async (email: string) => { await db.update(users).set({ email }) })
export const run = (input: any) => events.emit('name', input.email)`),
    expect: nothing,
  },
  {
    id: 'async-local-storage',
    what: 'a database kept in AsyncLocalStorage',
    files: own(`import { AsyncLocalStorage } from 'node:async_hooks'
import { db } from './db'
import { users } from './schema'
const storage = new AsyncLocalStorage<any>()
const load = () => storage.getStore().db.select({ mail: users.email }).from(users)
export const run = () => storage.run({ db }, () => load())`),
    expect: read,
  },
  {
    id: 'timer',
    what: 'a timer’s callback',
    files: main(`export const run = (input: any) => { setTimeout(() => db.update(users).set({ email: input.email }), 10) }`),
    expect: write,
  },
  {
    id: 'promise-constructor',
    what: 'new Promise that is resolved with a row',
    files: main(`const load = () => new Promise<any>((resolve, reject) => { db.select().from(users).then((rows) => resolve(rows[0]), reject) })
export const run = async () => (await load()).email`),
    expect: read,
  },
]

const places: readonly Idiom[] = [
  {
    id: 'import-then',
    what: 'import().then((module) => …)',
    files: own(`export const run = () => import('./load').then((module) => module.load())`, {
      'load.ts': `import { db } from './db'
import { users } from './schema'
export const load = () => ${mails}
`,
    }),
    expect: read,
  },
  {
    id: 'require-member',
    what: 'require().member',
    files: own(
      `const load = require('./load').load
export const run = () => load()`,
      {
        'load.ts': `const { db } = require('./db')
const { users } = require('./schema')
exports.load = () => ${mails}
`,
      },
    ),
    expect: read,
  },
  {
    id: 'commonjs-class',
    what: 'module.exports of a class',
    files: own(
      `const Users = require('./users')
export const run = () => new Users().all()`,
      {
        'users.ts': `const { db } = require('./db')
const { users } = require('./schema')
module.exports = class Users { all() { return ${mails} } }
`,
      },
    ),
    expect: read,
  },
  {
    id: 'json-as',
    what: 'JSON.parse typed by as',
    files: main(`type User = typeof users.$inferSelect
export const run = (input: string) => (JSON.parse(input) as User).email`),
    expect: read,
  },
  {
    id: 'dto',
    what: 'an instance of a DTO whose fields are declared and not set',
    files: main(`class UpdateUser { name?: string; email?: string }
const update = (input: UpdateUser) => db.update(users).set(input)
export const run = (body: any) => update(Object.assign(new UpdateUser(), body))`),
    expect: ['write users.email_address either way'],
  },
  {
    id: 'dto-typed',
    what: 'a parameter typed by a class of fields',
    files: main(`class UpdateUser { name!: string; email!: string }
const update = (input: UpdateUser) => db.update(users).set(input)
export const run = (body: any) => update(body)`),
    expect: ['write users.email_address either way'],
  },
  {
    id: 'dto-without',
    what: 'a parameter typed by a class of other fields',
    files: main(`class Rename { name!: string }
const update = (input: Rename) => db.update(users).set({ ...input })
export const run = (body: any) => update(body)`),
    expect: nothing,
  },
  {
    id: 'lazy-database',
    what: 'a database that is made when it is first asked for',
    files: own(`import { drizzle } from 'drizzle-orm/node-postgres'
import { users } from './schema'
let database: ReturnType<typeof drizzle> | undefined
export const getDb = () => (database ??= drizzle(process.env.URL!))
export const run = () => getDb().select({ mail: users.email }).from(users)`),
    expect: read,
  },
  {
    id: 'lazy-database-if',
    what: 'a database that is made under if',
    files: own(`import { drizzle } from 'drizzle-orm/node-postgres'
import { users } from './schema'
let database: any = null
export const getDb = () => { if (!database) { database = drizzle(process.env.URL!) } return database }
export const run = () => getDb().select({ mail: users.email }).from(users)`),
    expect: read,
  },
  {
    id: 'global-database',
    what: 'a database kept on globalThis',
    files: own(`import { drizzle } from 'drizzle-orm/node-postgres'
import { users } from './schema'
const shared = globalThis as unknown as { db?: ReturnType<typeof drizzle> }
export const db = shared.db ?? drizzle(process.env.URL!)
if (process.env.NODE_ENV !== 'production') shared.db = db
export const run = () => globalThis.db.select({ mail: users.email }).from(users)`),
    expect: read,
  },
  {
    id: 'wrapped-database',
    what: 'a class that holds the database that it makes',
    files: own(`import { drizzle } from 'drizzle-orm/node-postgres'
import { users } from './schema'
class Connection { readonly db; constructor(url: string) { this.db = drizzle(url) } }
const connection = new Connection('')
export const run = () => connection.db.select({ mail: users.email }).from(users)`),
    expect: read,
  },
  {
    id: 'extended-database',
    what: 'Object.assign(db, { … })',
    files: main(`const extended = Object.assign(db, { mails() { return ${mails} } })
export const run = async () => [await extended.mails(), await extended.select({ id: users.id }).from(users)]`),
    expect: read,
  },
  {
    id: 'sql-text-rows',
    what: 'a property of a row of execute, by the database’s name',
    files: main('export const run = async () => (await db.execute(sql`select * from users`)).rows[0].email_address'),
    expect: read,
  },
  {
    id: 'sql-text-camel',
    what: 'a property of a row of execute, by the code’s name: it is not there',
    files: main('export const run = async () => { const [user]: any = await db.execute(sql`select * from users`); return user.email }'),
    expect: 'named',
  },
  {
    id: 'sql-condition-hole',
    what: 'a condition in a hole of a whole statement',
    files: main('export const run = (input: any) => db.execute(sql`select id from users where ${eq(users.email, input.email)}`)'),
    expect: read,
  },
  {
    id: 'sql-raw-choice',
    what: 'sql.raw of one of two texts',
    files: main("export const run = (input: any) => db.execute(sql.raw(input.all ? 'select email_address from users' : 'select id from users'))"),
    expect: read,
  },
  {
    id: 'sql-raw-column',
    what: 'a column’s name that comes from outside, in a statement',
    files: main('export const run = (input: any) => db.execute(sql`select ${sql.raw(input.column)} from users`)'),
    expect: 'named',
  },
  {
    id: 'sql-appended',
    what: 'a statement that is appended to',
    files: main(
      'export const run = () => { const query = sql`select id from users`; query.append(sql` where email_address is not null`); return db.execute(query) }',
    ),
    expect: 'named',
  },
  {
    id: 'sql-joined-conditions',
    what: 'conditions as text, joined',
    files: main(
      'export const run = () => { const conditions = [sql`id > 1`]; conditions.push(sql`email_address is not null`); return db.execute(sql`select id from users where ${sql.join(conditions, sql` and `)}`) }',
    ),
    expect: read,
  },
]

export const languageIdioms: readonly Idiom[] = [...classes, ...objects, ...functions, ...places]
