// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs have templates of their own.
/**
 * The ways in which code uses a column with Drizzle. Each is a small program beside `schema.ts` and `db.ts`; its `main.ts` exports `run(input)`, which a route calls.
 * Searching by name, the compiler's references and its errors each miss many of these; every one has to be found, or to be named as not analysable.
 */

export type Idiom = {
  readonly id: string
  readonly what: string
  readonly files: Readonly<Record<string, string>>
  /**
   * Uses of `about`, sorted: `read users.email_address`, with ` implicitly` where a whole row carries it and no text names it, with ` either way` where both are right.
   * `named`: found in whatever way, or the file is among what was not analysed.
   */
  readonly expect: readonly string[] | 'named'
  /** Table and column by their names in the database, or `table.column='value'` of an enum. Default `users.email_address`. */
  readonly about?: string
}

export const common: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "idioms", "dependencies": { "drizzle-orm": "*", "next": "*", "zod": "*", "drizzle-zod": "*" } }',
  'schema.ts': `import { relations } from 'drizzle-orm'
import { integer, jsonb, pgEnum, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core'

export const roleEnum = pgEnum('user_role', ['admin', 'member', 'guest'])

export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email_address').notNull().unique(),
  role: roleEnum('role').notNull().default('member'),
  settings: jsonb('settings').$type<{ theme: string; locale: string }>(),
  createdAt: timestamp('created_at').defaultNow().notNull(),
})

// Has a property of the same name, which is another column.
export const posts = pgTable('posts', {
  id: serial('id').primaryKey(),
  authorId: integer('author_id').notNull().references(() => users.id),
  title: text('title').notNull(),
  email: text('email'),
})

export const usersRelations = relations(users, ({ many }) => ({ posts: many(posts) }))
export const postsRelations = relations(posts, ({ one }) => ({ author: one(users, { fields: [posts.authorId], references: [users.id] }) }))
`,
  'db.ts': `import { drizzle } from 'drizzle-orm/node-postgres'
import * as schema from './schema'

export const db = drizzle(process.env.DATABASE_URL!, { schema })
export type Database = typeof db
`,
  'app/api/run/route.ts': `import { run } from '../../../main'

export const POST = async (request: Request) => Response.json(await run(await request.json()))
`,
}

const imports = `import { and, asc, count, desc, eq, exists, getTableColumns, ilike, inArray, max, or, sql } from 'drizzle-orm'
import { alias, union } from 'drizzle-orm/pg-core'
import { db } from './db'
import { posts, users } from './schema'
`

/** One file with the usual imports. */
export const main = (text: string): Readonly<Record<string, string>> => ({ 'main.ts': `${imports}\n${text}\n` })

/** One file with imports of its own. */
export const own = (text: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({ 'main.ts': `${text}\n`, ...more })

const read = ['read users.email_address']
const carried = ['read users.email_address implicitly']
const write = ['write users.email_address']
const both = ['read users.email_address', 'write users.email_address']
const nothing: readonly string[] = []

const reading: readonly Idiom[] = [
  { id: 'select-columns', what: 'a column in select({})', files: main('export const run = () => db.select({ mail: users.email }).from(users)'), expect: read },
  {
    id: 'select-other-columns',
    what: 'select({}) of other columns',
    files: main('export const run = () => db.select({ id: users.id }).from(users)'),
    expect: nothing,
  },
  { id: 'select-row', what: 'select() carries every column', files: main('export const run = () => db.select().from(users)'), expect: carried },
  {
    id: 'row-property',
    what: 'a property of a row of select()',
    files: main('export const run = async () => { const rows = await db.select().from(users); return rows[0].email }'),
    expect: read,
  },
  {
    id: 'row-first',
    what: 'the first row by destructuring',
    files: main('export const run = async () => { const [user] = await db.select().from(users).limit(1); return user?.email ?? null }'),
    expect: read,
  },
  {
    id: 'row-destructured',
    what: 'a row taken apart',
    files: main('export const run = async () => { const [{ id, email: mail }] = await db.select().from(users); return [id, mail] }'),
    expect: read,
  },
  {
    id: 'row-rest',
    what: 'a property left out of a row by rest',
    files: main('export const run = async () => { const [user] = await db.select().from(users); const { email, ...safe } = user; return safe }'),
    expect: read,
  },
  {
    id: 'rows-map',
    what: 'a callback’s parameter taken apart',
    files: main('export const run = async () => (await db.select().from(users)).map(({ email }) => email.toLowerCase())'),
    expect: read,
  },
  {
    id: 'rows-then',
    what: 'rows in then()',
    files: main('export const run = () => db.select().from(users).then((rows) => rows[0]?.email)'),
    expect: read,
  },
  {
    id: 'rows-reduce',
    what: 'rows gathered by reduce',
    files: main(
      'export const run = async () => (await db.select().from(users)).reduce<Record<string, number>>((all, user) => ({ ...all, [user.email]: user.id }), {})',
    ),
    expect: read,
  },
  {
    id: 'rows-in-map',
    what: 'rows kept in a Map',
    files: main(`export const run = async () => {
  const byId = new Map((await db.select().from(users)).map((user) => [user.id, user]))
  return byId.get(1)?.email
}`),
    expect: read,
  },
  {
    id: 'rows-loop',
    what: 'rows in a loop, pushed to a list',
    files: main(`export const run = async () => {
  const found: string[] = []
  for (const user of await db.select().from(users)) found.push(user.email)
  return found
}`),
    expect: read,
  },
  {
    id: 'row-spread',
    what: 'a row spread into another object, whose property is read',
    files: main(`const decorate = async () => { const [user] = await db.select().from(users); return { ...user, label: user.name } }
export const run = async () => (await decorate()).email`),
    expect: read,
  },
  {
    id: 'row-in-wrapper',
    what: 'a row in a result object',
    files: main(`const load = async () => { const [user] = await db.select().from(users); return { ok: true as const, data: user } }
export const run = async () => { const result = await load(); return result.ok ? result.data.email : undefined }`),
    expect: read,
  },
  {
    id: 'row-entries',
    what: 'Object.entries of a row',
    files: main(`export const run = async () => {
  const [user] = await db.select().from(users)
  return Object.entries(user).map(([key, value]) => \`\${key}=\${value}\`)
}`),
    expect: ['read users.email_address either way'],
  },
  {
    id: 'row-any',
    what: 'a row typed any',
    files: main('export const run = async () => { const user: any = (await db.select().from(users))[0]; return user.email }'),
    expect: read,
  },
  {
    id: 'row-record',
    what: 'a row as Record<string, unknown>',
    files: main(`const mailOf = (row: Record<string, unknown>) => row['email'] as string
export const run = async () => { const [user] = await db.select().from(users); return mailOf(user) }`),
    expect: read,
  },
  {
    id: 'row-dynamic-property',
    what: 'a property of a row by a name that comes from outside',
    files: main('export const run = async (input: any) => { const [user] = await db.select().from(users); return (user as any)[input.field] }'),
    expect: carried,
  },
  {
    id: 'join-row',
    what: 'rows of a join, by table',
    files: main('export const run = async () => (await db.select().from(posts).leftJoin(users, eq(posts.authorId, users.id))).map((row) => row.users?.email)'),
    expect: read,
  },
  {
    id: 'join-row-other',
    what: 'a property of the same name of the joined table’s neighbour',
    files: main(
      'export const run = async () => (await db.select({ post: posts, author: users.name }).from(posts).leftJoin(users, eq(posts.authorId, users.id))).map((row) => row.post.email)',
    ),
    expect: nothing,
  },
  {
    id: 'select-table-as-part',
    what: 'a whole table in select({})',
    files: main('export const run = () => db.select({ author: users, title: posts.title }).from(posts).innerJoin(users, eq(posts.authorId, users.id))'),
    expect: ['read users.email_address either way'],
  },
  {
    id: 'join-on',
    what: 'a column in the condition of a join',
    files: main('export const run = () => db.select({ id: posts.id }).from(posts).innerJoin(users, eq(posts.email, users.email))'),
    expect: read,
  },
  {
    id: 'where',
    what: 'a column in where',
    files: main('export const run = (input: any) => db.select({ id: users.id }).from(users).where(eq(users.email, input.email))'),
    expect: read,
  },
  {
    id: 'where-nested',
    what: 'a column deep in and(), or()',
    files: main(
      'export const run = (input: any) => db.select({ id: users.id }).from(users).where(and(eq(users.id, 1), or(ilike(users.email, input.q), eq(users.name, input.q))))',
    ),
    expect: read,
  },
  {
    id: 'where-list',
    what: 'conditions gathered in a list',
    files: main(`export const run = (input: any) => {
  const conditions = [eq(users.id, input.id)]
  if (input.email) conditions.push(eq(users.email, input.email))
  return db.select({ id: users.id }).from(users).where(and(...conditions))
}`),
    expect: read,
  },
  {
    id: 'where-helper',
    what: 'a condition made by a function',
    files: main(`const byMail = (mail: string) => eq(users.email, mail)
export const run = (input: any) => db.select({ id: users.id }).from(users).where(byMail(input.email))`),
    expect: read,
  },
  {
    id: 'order-by',
    what: 'a column in orderBy',
    files: main('export const run = () => db.select({ id: users.id }).from(users).orderBy(desc(users.email), asc(users.id))'),
    expect: read,
  },
  {
    id: 'group-by',
    what: 'a column in groupBy and having',
    files: main('export const run = () => db.select({ n: count() }).from(users).groupBy(users.email).having(sql`count(*) > 1`)'),
    expect: read,
  },
  {
    id: 'aggregate',
    what: 'a column in an aggregate',
    files: main('export const run = () => db.select({ last: max(users.email) }).from(users)'),
    expect: read,
  },
  {
    id: 'distinct-on',
    what: 'selectDistinctOn',
    files: main('export const run = () => db.selectDistinctOn([users.email], { id: users.id }).from(users)'),
    expect: read,
  },
  {
    id: 'count-helper',
    what: 'db.$count with a condition',
    files: main('export const run = () => db.$count(users, ilike(users.email, "%@example.org"))'),
    expect: read,
  },
  {
    id: 'alias',
    what: 'a table by an alias',
    files: main(`const manager = alias(users, 'manager')
export const run = () => db.select({ mail: manager.email }).from(manager)`),
    expect: read,
  },
  {
    id: 'subquery',
    what: 'a subquery and its column',
    files: main(`export const run = () => {
  const inner = db.select({ mail: users.email }).from(users).as('inner')
  return db.select({ m: inner.mail }).from(inner)
}`),
    expect: read,
  },
  {
    id: 'cte',
    what: 'a CTE',
    files: main(`export const run = () => {
  const active = db.$with('active').as(db.select({ id: users.id, mail: users.email }).from(users))
  return db.with(active).select({ id: active.id }).from(active)
}`),
    expect: read,
  },
  {
    id: 'exists',
    what: 'a column in exists()',
    files: main(
      'export const run = () => db.select({ id: posts.id }).from(posts).where(exists(db.select({ one: sql`1` }).from(users).where(eq(users.email, posts.email))))',
    ),
    expect: read,
  },
  {
    id: 'in-subselect',
    what: 'inArray of a select',
    files: main('export const run = () => db.select({ id: posts.id }).from(posts).where(inArray(posts.email, db.select({ mail: users.email }).from(users)))'),
    expect: read,
  },
  {
    id: 'union',
    what: 'a union of two selects',
    files: main('export const run = () => union(db.select({ mail: users.email }).from(users), db.select({ mail: posts.email }).from(posts))'),
    expect: read,
  },
  {
    id: 'prepared',
    what: 'a prepared statement, executed elsewhere',
    files: main(`const byMail = db.select({ id: users.id }).from(users).where(eq(users.email, sql.placeholder('mail'))).prepare('by_mail')
export const run = (input: any) => byMail.execute({ mail: input.email })`),
    expect: read,
  },
  {
    id: 'dynamic-builder',
    what: 'a query that is built step by step',
    files: main(`export const run = (input: any) => {
  let query = db.select({ id: users.id }).from(users).$dynamic()
  if (input.email) query = query.where(eq(users.email, input.email))
  return query.limit(10)
}`),
    expect: read,
  },
  {
    id: 'selection-constant',
    what: 'a selection kept in a constant and spread',
    files: main(`const basic = { id: users.id, mail: users.email }
export const run = () => db.select({ ...basic, name: users.name }).from(users)`),
    expect: read,
  },
  {
    id: 'table-columns',
    what: 'getTableColumns',
    files: main('export const run = () => db.select(getTableColumns(users)).from(users)'),
    expect: ['read users.email_address either way'],
  },
  {
    id: 'table-columns-without',
    what: 'getTableColumns without the column',
    files: main(`export const run = () => {
  const { email, ...rest } = getTableColumns(users)
  return db.select(rest).from(users)
}`),
    expect: nothing,
  },
  {
    id: 'column-by-literal-name',
    what: 'table["name"]',
    files: main("export const run = () => db.select({ id: users.id }).from(users).orderBy(users['email'])"),
    expect: read,
  },
  {
    id: 'column-by-table-of-names',
    what: 'a column chosen from an object of columns',
    files: main(`const sortable = { name: users.name, email: users.email }
export const run = (input: { sort: keyof typeof sortable }) => db.select({ id: users.id }).from(users).orderBy(asc(sortable[input.sort]))`),
    expect: read,
  },
  {
    id: 'column-by-unknown-name',
    what: 'table[name] with a name that comes from outside',
    files: main('export const run = (input: any) => db.select({ id: users.id }).from(users).orderBy((users as any)[input.sort])'),
    expect: 'named',
  },
]

const relational: readonly Idiom[] = [
  {
    id: 'with-relations-of-their-own-file',
    what: 'with: by a relation of a file that only the schema of the database names',
    files: {
      ...main('export const run = () => db.query.teams.findMany({ columns: { id: true }, with: { owner: true } })'),
      'teams.ts': `import { integer, pgTable } from 'drizzle-orm/pg-core'
export const teams = pgTable('teams', { id: integer('id').primaryKey(), ownerId: integer('owner_id') })
`,
      'relations.ts': `import { relations } from 'drizzle-orm'
import { users } from './schema'
import { teams } from './teams'
export const teamsRelations = relations(teams, ({ one }) => ({ owner: one(users, { fields: [teams.ownerId], references: [users.id] }) }))
`,
      'db.ts': `import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import * as relations from './relations'
import * as tables from './schema'
import * as teams from './teams'
const schema = { ...tables, ...teams, ...relations }
type Schema = typeof tables & typeof teams & typeof relations
export const db: NodePgDatabase<Schema> = drizzle(process.env.DATABASE_URL!, { schema })
`,
    },
    expect: carried,
  },
  { id: 'find-first', what: 'findFirst() carries every column', files: main('export const run = () => db.query.users.findFirst()'), expect: carried },
  {
    id: 'find-property',
    what: 'a property of a row of findFirst()',
    files: main('export const run = async (input: any) => (await db.query.users.findFirst({ where: eq(users.id, input.id) }))?.email'),
    expect: read,
  },
  {
    id: 'find-columns',
    what: 'columns: with the column',
    files: main('export const run = () => db.query.users.findMany({ columns: { id: true, email: true } })'),
    expect: read,
  },
  {
    id: 'find-other-columns',
    what: 'columns: without the column',
    files: main('export const run = () => db.query.users.findMany({ columns: { id: true } })'),
    expect: nothing,
  },
  {
    id: 'find-excluded',
    what: 'columns: with the column excluded',
    files: main('export const run = () => db.query.users.findMany({ columns: { email: false } })'),
    expect: nothing,
  },
  {
    id: 'find-with',
    what: 'with: carries every column',
    files: main('export const run = () => db.query.posts.findMany({ with: { author: true } })'),
    expect: carried,
  },
  {
    id: 'find-with-property',
    what: 'a property of a related row',
    files: main('export const run = async () => (await db.query.posts.findMany({ with: { author: true } })).map((post) => post.author.email)'),
    expect: read,
  },
  {
    id: 'find-with-columns',
    what: 'columns: of a with:',
    files: main('export const run = () => db.query.posts.findMany({ with: { author: { columns: { email: true } } } })'),
    expect: read,
  },
  {
    id: 'find-with-other',
    what: 'with: and the property of the same name of the other table',
    files: main('export const run = async () => (await db.query.posts.findMany({ with: { author: { columns: { id: true } } } })).map((post) => post.email)'),
    expect: nothing,
  },
  {
    id: 'find-where-callback',
    what: 'where: as a function',
    files: main(
      'export const run = (input: any) => db.query.users.findMany({ columns: { id: true }, where: (user, { eq: is }) => is(user.email, input.email) })',
    ),
    expect: read,
  },
  {
    id: 'find-order-callback',
    what: 'orderBy: as a function',
    files: main('export const run = () => db.query.users.findMany({ columns: { id: true }, orderBy: (user, { desc: down }) => [down(user.email)] })'),
    expect: read,
  },
  {
    id: 'find-extras',
    what: 'extras:',
    files: main(
      "export const run = () => db.query.users.findMany({ columns: { id: true }, extras: { lower: sql<string>`lower(${users.email})`.as('lower') } })",
    ),
    expect: read,
  },
  {
    id: 'find-table-by-name',
    what: 'db.query[name] with a name that comes from outside',
    files: main('export const run = (input: { table: "users" | "posts" }) => db.query[input.table].findMany()'),
    expect: 'named',
  },
]

/** Columns that the code fills where a statement does not. */
const filledByCode = `import { pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core'
export const notes = pgTable('notes', {
  id: text('id').primaryKey().$defaultFn(() => crypto.randomUUID()),
  body: text('body'),
  changedAt: timestamp('changed_at').defaultNow().$onUpdate(() => new Date()),
})
`

const writing: readonly Idiom[] = [
  {
    id: 'on-update',
    what: '$onUpdate writes with each UPDATE',
    about: 'notes.changed_at',
    files: own(
      `import { db } from './db'
import { notes } from './notes'
export const run = async (input: any) => { await db.update(notes).set({ body: input.body }) }`,
      { 'notes.ts': filledByCode },
    ),
    expect: ['write notes.changed_at implicitly'],
  },
  {
    id: 'default-function',
    what: '$defaultFn writes with each INSERT',
    about: 'notes.id',
    files: own(
      `import { db } from './db'
import { notes } from './notes'
export const run = async (input: any) => { await db.insert(notes).values({ body: input.body }) }`,
      { 'notes.ts': filledByCode },
    ),
    expect: ['write notes.id implicitly'],
  },
  {
    id: 'default-function-update',
    what: '$defaultFn writes with no UPDATE',
    about: 'notes.id',
    files: own(
      `import { db } from './db'
import { notes } from './notes'
export const run = async (input: any) => { await db.update(notes).set({ body: input.body }) }`,
      { 'notes.ts': filledByCode },
    ),
    expect: [],
  },
  {
    id: 'on-update-insert',
    what: '$onUpdate writes with no INSERT that has a default',
    about: 'notes.changed_at',
    files: own(
      `import { db } from './db'
import { notes } from './notes'
export const run = async (input: any) => { await db.insert(notes).values({ body: input.body }) }`,
      { 'notes.ts': filledByCode },
    ),
    expect: [],
  },
  {
    id: 'insert',
    what: 'values({})',
    files: main("export const run = (input: any) => db.insert(users).values({ name: 'x', email: input.mail })"),
    expect: write,
  },
  {
    id: 'insert-shorthand',
    what: 'values({ email })',
    files: main("export const run = ({ email }: any) => db.insert(users).values({ name: 'x', email })"),
    expect: write,
  },
  {
    id: 'insert-without',
    what: 'values({}) without the column',
    files: main("export const run = () => db.insert(posts).values({ title: 'x', authorId: 1, email: 'x@example.org' })"),
    expect: nothing,
  },
  {
    id: 'insert-rows',
    what: 'values([]) of mapped rows',
    files: main("export const run = (input: { mails: string[] }) => db.insert(users).values(input.mails.map((email) => ({ name: 'x', email })))"),
    expect: write,
  },
  {
    id: 'insert-pushed',
    what: 'rows pushed to a list, then inserted',
    files: main(`export const run = (input: { mails: string[] }) => {
  const rows: { name: string; email: string }[] = []
  for (const mail of input.mails) rows.push({ name: mail, ...{ email: mail } })
  return db.insert(users).values(rows)
}`),
    expect: write,
  },
  {
    id: 'insert-typed',
    what: 'a row typed $inferInsert',
    files: main(`const save = (user: typeof users.$inferInsert) => db.insert(users).values(user)
export const run = (input: any) => save(input)`),
    expect: ['write users.email_address either way'],
  },
  {
    id: 'insert-typed-literal',
    what: 'a literal typed $inferInsert, spread',
    files: main(`export const run = (input: any) => {
  const row: typeof users.$inferInsert = { name: input.name, email: input.email }
  return db.insert(users).values({ ...row, role: 'guest' })
}`),
    expect: write,
  },
  {
    id: 'returning',
    what: 'returning() carries every column',
    files: main("export const run = () => db.update(users).set({ name: 'x' }).returning()"),
    expect: carried,
  },
  {
    id: 'returning-columns',
    what: 'returning({})',
    files: main("export const run = () => db.update(users).set({ name: 'x' }).returning({ mail: users.email })"),
    expect: read,
  },
  {
    id: 'returning-property',
    what: 'a property of a row of returning()',
    files: main("export const run = async () => { const [user] = await db.insert(users).values({ name: 'x', email: 'x' }).returning(); return user.email }"),
    expect: both,
  },
  {
    id: 'delete-returning',
    what: 'delete() with returning()',
    files: main('export const run = () => db.delete(users).where(eq(users.id, 1)).returning()'),
    expect: carried,
  },
  {
    id: 'delete-where',
    what: 'a column in where of delete()',
    files: main('export const run = (input: any) => db.delete(users).where(eq(users.email, input.email))'),
    expect: read,
  },
  {
    id: 'update-where',
    what: 'a column in where of update()',
    files: main("export const run = (input: any) => db.update(users).set({ name: 'x' }).where(eq(users.email, input.email))"),
    expect: read,
  },
  {
    id: 'update',
    what: 'set({})',
    files: main('export const run = (input: any) => db.update(users).set({ email: input.email }).where(eq(users.id, 1))'),
    expect: write,
  },
  {
    id: 'update-conditional-spread',
    what: 'set({ ...(x && { email: x }) })',
    files: main('export const run = (input: any) => db.update(users).set({ ...(input.email && { email: input.email }), name: input.name })'),
    expect: write,
  },
  {
    id: 'update-patch',
    what: 'a patch that is filled step by step',
    files: main(`export const run = (input: any) => {
  const patch: Partial<typeof users.$inferInsert> = {}
  if (input.name) patch.name = input.name
  if (input.email) patch.email = input.email
  return db.update(users).set(patch).where(eq(users.id, input.id))
}`),
    expect: write,
  },
  {
    id: 'update-assign',
    what: 'a patch by Object.assign',
    files: main('export const run = (input: any) => db.update(users).set(Object.assign({ name: input.name }, { email: input.email }))'),
    expect: write,
  },
  {
    id: 'update-partial-parameter',
    what: 'a repository’s update(partial) by a caller that gives the column',
    files: main(`const update = (id: number, patch: { name?: string; email?: string }) => db.update(users).set(patch).where(eq(users.id, id))
export const run = (input: any) => update(1, { email: input.email })`),
    expect: write,
  },
  {
    id: 'update-partial-other',
    what: 'a repository’s update(partial) by a caller that gives another column',
    files: main(`const update = (id: number, patch: { name?: string; email?: string }) => db.update(users).set(patch).where(eq(users.id, id))
export const run = (input: any) => update(1, { name: input.name })`),
    expect: nothing,
  },
  {
    id: 'update-spread-if-given',
    what: 'a conditional spread of a property that the call leaves out',
    files: main(`const save = (id: number, data: Partial<typeof users.$inferInsert>) =>
  db.update(users).set({
    ...(data.email && { email: data.email }),
    ...(data.email !== undefined ? { email: data.email } : {}),
    ...(data.name && data.email && { email: data.name }),
    ...(data.name && { name: data.name }),
  }).where(eq(users.id, id))
export const run = (input: { id: number; name: string }) => save(input.id, { name: input.name })`),
    expect: nothing,
  },
  {
    id: 'update-spread-if-given-now',
    what: 'a conditional spread of a property that another call has',
    files: main(`const save = (id: number, { data }: { data: Partial<typeof users.$inferInsert> }) =>
  db.update(users).set({ ...(data.email != null && { email: data.email }), name: data.name }).where(eq(users.id, id))
export const run = async (input: { id: number; name: string; email: string }) => {
  await save(input.id, { data: { name: input.name } })
  const data: Partial<typeof users.$inferInsert> = {}
  if (input.email) data.email = input.email
  await save(input.id, { data })
}`),
    expect: write,
  },
  {
    id: 'update-left-out',
    what: 'a column that is set to a property that the call leaves out',
    files: main(`const save = (id: number, data: { name?: string; email?: string }) =>
  db.update(users).set({ name: data.name, email: data.email }).where(eq(users.id, id))
export const run = (input: { id: number; name: string }) => save(input.id, { name: input.name })`),
    expect: nothing,
  },
  {
    id: 'update-sql',
    what: 'set({ email: sql`…` }) of itself',
    files: main('export const run = () => db.update(users).set({ email: sql`lower(${users.email})` })'),
    expect: both,
  },
  {
    id: 'update-unknown-key',
    what: 'set({ [key]: … }) with a key that comes from outside',
    files: main('export const run = (input: any) => db.update(users).set({ [input.key]: input.value } as any)'),
    expect: 'named',
  },
  {
    id: 'conflict-set',
    what: 'onConflictDoUpdate({ set })',
    files: main(
      "export const run = (input: any) => db.insert(users).values({ name: 'x', email: input.email }).onConflictDoUpdate({ target: users.id, set: { email: sql`excluded.email_address` } })",
    ),
    expect: write,
  },
  {
    id: 'conflict-target',
    what: 'onConflictDoNothing({ target })',
    files: main("export const run = () => db.insert(users).values({ id: 1, name: 'x', email: 'x' }).onConflictDoNothing({ target: [users.email] })"),
    expect: both,
  },
  {
    id: 'insert-select',
    what: 'insert().select()',
    files: main('export const run = () => db.insert(posts).select(db.select({ authorId: users.id, title: users.name, email: users.email }).from(users))'),
    expect: read,
  },
]

const reached: readonly Idiom[] = [
  {
    id: 'typed-parameter',
    what: 'a parameter typed $inferSelect',
    files: main(`const mailOf = (user: typeof users.$inferSelect) => user.email
export const run = (input: any) => mailOf(input.user)`),
    expect: read,
  },
  {
    id: 'typed-model',
    what: 'InferSelectModel, Pick and an interface that extends it',
    files: own(
      `import type { User } from './types'
const mailOf = (user: User) => user.email
export const run = (input: any) => mailOf(input.user)`,
      {
        'types.ts': `import type { InferSelectModel } from 'drizzle-orm'
import { users } from './schema'
type Row = InferSelectModel<typeof users>
export interface User extends Pick<Row, 'id' | 'email'> { label: string }
`,
      },
    ),
    expect: read,
  },
  {
    id: 'repository-class',
    what: 'a repository’s class',
    files: main(`class Users {
  constructor(private readonly database: typeof db) {}
  async mail(id: number) { const [user] = await this.database.select().from(users).where(eq(users.id, id)); return user?.email }
}
const repository = new Users(db)
export const run = (input: any) => repository.mail(input.id)`),
    expect: read,
  },
  {
    id: 'repository-base-class',
    what: 'a generic base class that holds the table',
    files: own(`import { db } from './db'
import { users } from './schema'
abstract class Base<T> {
  constructor(protected readonly table: any) {}
  all(): Promise<T[]> { return db.select().from(this.table) as any }
}
class Users extends Base<typeof users.$inferSelect> { constructor() { super(users) } }
export const run = () => new Users().all()`),
    expect: carried,
  },
  {
    id: 'repository-base-classes',
    what: 'a base class above another, and a method that goes on with the one above it',
    files: own(`import { db, type Database } from './db'
import { posts, users } from './schema'
abstract class Base<T> {
  constructor(protected readonly db: Database, protected readonly table: any) {}
  create(values: any) { return this.db.insert(this.table).values(values) }
}
class Logged<T> extends Base<T> {
  async create(values: any) {
    console.log(values)
    return super.create(values)
  }
}
class Users extends Logged<typeof users.$inferSelect> {
  constructor(database: Database) { super(database, users) }
  create(values: any) { return super.create({ ...values, email: values.mail }) }
}
class Posts extends Logged<typeof posts.$inferSelect> { constructor(database: Database) { super(database, posts) } }
export const run = (input: any) => Promise.all([new Users(db).create({ name: input.name, mail: input.mail }), new Posts(db).create({ title: 'x' })])`),
    expect: write,
  },
  {
    id: 'database-when-asked-for',
    what: 'a proxy that makes the database when it is first asked for',
    files: own(`import { drizzle } from 'drizzle-orm/node-postgres'
import * as schema from './schema'
const connect = () => drizzle(process.env.DATABASE_URL!, { schema })
let made: ReturnType<typeof connect> | undefined
const db = new Proxy({} as ReturnType<typeof connect>, {
  get(_target, name) {
    made ??= connect()
    return Reflect.get(made, name)
  },
})
export const run = () => db.select({ mail: schema.users.email }).from(schema.users)`),
    expect: read,
  },
  {
    id: 'text-without-import',
    what: 'a statement as text in a file that imports no table',
    files: own(`import { sql } from 'drizzle-orm'
import { db } from './db'
export const run = (input: any) => db.execute(sql\`UPDATE users SET email_address = \${input.mail} WHERE id = \${input.id}\`)`),
    expect: write,
  },
  {
    id: 'database-by-its-maker',
    what: 'a database of which the type is said by what drizzle returns',
    files: own(`import { drizzle as drizzleNeon } from 'drizzle-orm/neon-http'
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js'
import type * as schema from './schema'
type Instance = ReturnType<typeof drizzleNeon<typeof schema>> | ReturnType<typeof drizzlePostgres<typeof schema>>
type Executor = Pick<Instance, 'query' | 'select' | 'transaction'>
declare const environment: { DB: Executor }
export const run = () => environment.DB.query.users.findMany({ columns: { email: true } })`),
    expect: read,
  },
  {
    id: 'repository-factory',
    what: 'a factory’s closures',
    files: own(
      `import { db } from './db'
import { createUsers } from './repository'
const repository = createUsers(db)
export const run = (input: any) => repository.rename(input.id, input.email)`,
      {
        'repository.ts': `import { eq } from 'drizzle-orm'
import type { Database } from './db'
import { users } from './schema'
export const createUsers = (db: Database) => ({
  find: (id: number) => db.query.users.findFirst({ where: eq(users.id, id) }),
  rename: (id: number, email: string) => db.update(users).set({ email }).where(eq(users.id, id)),
})
`,
      },
    ),
    expect: write,
  },
  {
    id: 'repository-curried',
    what: 'a function that takes the database and answers a function',
    files: main(`const findUser = (database: typeof db) => async (params: { id: number }) => database.query.users.findFirst({ where: eq(users.id, params.id) })
export const run = async (input: any) => { const user = await findUser(db)({ id: input.id }); return user?.email }`),
    expect: read,
  },
  {
    id: 'injected-by-type',
    what: 'a dependency known by its type alone',
    files: own(
      `import type { Users } from './repository'
type Dependencies = { readonly users: Users }
const handler = ({ users }: Dependencies) => async (id: number) => (await users.find(id))?.email
const wired: any = globalThis
export const run = (input: any) => handler(wired.container)(input.id)`,
      {
        'repository.ts': `import { eq } from 'drizzle-orm'
import type { Database } from './db'
import { users } from './schema'
export const createUsers = (db: Database) => ({ find: (id: number) => db.query.users.findFirst({ where: eq(users.id, id) }) })
export type Users = ReturnType<typeof createUsers>
`,
      },
    ),
    expect: read,
  },
  {
    id: 'namespace-of-functions',
    what: 'import * as repository',
    files: own(
      `import * as userRepo from './user.repo'
export const run = (input: any) => userRepo.setMail(input.id, input.email)`,
      {
        'user.repo.ts': `import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
export const setMail = (id: number, email: string) => db.update(users).set({ email }).where(eq(users.id, id))
export const remove = (id: number) => db.delete(users).where(eq(users.id, id))
`,
      },
    ),
    expect: write,
  },
  {
    id: 'higher-order',
    what: 'a function wrapped by another',
    files: main(`const logged = <A extends unknown[], R>(run: (...args: A) => Promise<R>) => async (...args: A) => { console.log(args); return run(...args) }
export const run = logged(async (input: any) => (await db.select().from(users).where(eq(users.id, input.id)))[0]?.email)`),
    expect: read,
  },
  {
    id: 'retried',
    what: 'a closure given to a helper that calls it',
    files: main(`const retry = async <T>(work: () => Promise<T>): Promise<T> => { try { return await work() } catch { return work() } }
export const run = async () => { const rows = await retry(() => db.select().from(users)); return rows[0].email }`),
    expect: read,
  },
  {
    id: 'library-chain',
    what: 'the elements of rows that are wrapped by a library',
    files: own(`import _ from 'lodash'
import { db } from './db'
import { users } from './schema'
export const run = async () => _.chain(await db.select().from(users)).map((user) => user.email).uniq().value()`),
    expect: read,
  },
  {
    id: 'lodash-list',
    what: 'a list in a chain of lodash, whose elements choose a handler',
    files: own(`import _ from 'lodash'
import { db } from './db'
import { posts, users } from './schema'
const readers: Record<string, () => Promise<unknown>> = {
  mail: () => db.select({ email: users.email }).from(users),
  title: () => db.select({ title: posts.title }).from(posts),
}
const all = async (...whats: { what: string }[]) => _.chain(whats).map(({ what }) => readers[what]()).thru((found) => Promise.all(found)).value()
export const run = async () => _.map(await all({ what: 'title' }), (one) => one)`),
    expect: nothing,
  },
  {
    id: 'made-for-a-library',
    what: 'methods of an instance that a library is given, whose class implements its interface',
    files: own(`import { Client, type Provider } from 'mcp'
import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
class Tokens implements Provider {
  constructor(private readonly id: number) {}
  async tokens() { return this.load() }
  private async load() { return db.select({ email: users.email }).from(users).where(eq(users.id, this.id)) }
}
class Plain { async mails() { await db.update(users).set({ email: '' }) } }
export const run = (id: number) => new Client({ provider: new Tokens(id), other: new Plain() }).connect()`),
    expect: read,
  },
  {
    id: 'unknown-library',
    what: 'a closure given to a library that is not known',
    files: own(`import pMap from 'p-map'
import { db } from './db'
import { users } from './schema'
export const run = (input: { mails: string[] }) => pMap(input.mails, async (email) => db.insert(users).values({ name: 'x', email }))`),
    expect: write,
  },
  {
    id: 'table-of-handlers',
    what: 'a function chosen from an object',
    files:
      main(`const handlers = { mail: (input: any) => db.update(users).set({ email: input.email }), name: (input: any) => db.update(users).set({ name: input.name }) }
export const run = (input: { kind: keyof typeof handlers }) => handlers[input.kind](input)`),
    expect: write,
  },
  {
    id: 'transaction',
    what: 'a transaction',
    files: main('export const run = (input: any) => db.transaction(async (tx) => { await tx.update(users).set({ email: input.email }) })'),
    expect: write,
  },
  {
    id: 'transaction-helper',
    what: 'a helper that takes the transaction',
    files: main(`type Transaction = Parameters<Parameters<typeof db.transaction>[0]>[0]
const save = (tx: Transaction, email: string) => tx.insert(users).values({ name: 'x', email })
export const run = (input: any) => db.transaction((tx) => save(tx, input.email))`),
    expect: write,
  },
  {
    id: 'not-awaited',
    what: 'a promise that nobody waits for, in a promise’s list',
    files: main(
      'export const run = (input: any) => { void Promise.all([db.insert(users).values({ name: input.name, email: input.email })]).catch(() => {}); return 1 }',
    ),
    expect: write,
  },
  {
    id: 'batch',
    what: 'db.batch',
    files: main(
      'export const run = (input: any) => (db as any).batch([db.update(users).set({ email: input.email }), db.select({ id: posts.id }).from(posts)])',
    ),
    expect: write,
  },
  {
    id: 'database-any',
    what: 'a database typed any',
    files: main('export const run = () => { const database: any = db; return database.select({ mail: users.email }).from(users) }'),
    expect: read,
  },
  {
    id: 'table-parameter',
    what: 'a generic helper that takes the table',
    files: own(`import type { PgTable } from 'drizzle-orm/pg-core'
import { db } from './db'
import { posts, users } from './schema'
const all = <T extends PgTable>(table: T) => db.select().from(table as any)
export const run = async () => [await all(users), await all(posts)]`),
    expect: carried,
  },
  {
    id: 'column-parameter',
    what: 'a helper that takes the column',
    files: own(`import { eq } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { db } from './db'
import { posts, users } from './schema'
const isTaken = async (table: any, column: PgColumn, value: string) => (await db.select({ one: column }).from(table).where(eq(column, value))).length > 0
export const run = async (input: any) => [await isTaken(users, users.email, input.a), await isTaken(posts, posts.title, input.b)]`),
    expect: read,
  },
  {
    id: 'schema-namespace',
    what: 'import * as schema',
    files: own(`import { db } from './db'
import * as schema from './schema'
export const run = () => db.select({ mail: schema.users.email }).from(schema.users)`),
    expect: read,
  },
  {
    id: 'schema-destructured',
    what: 'a schema taken apart',
    files: own(`import { db } from './db'
import * as schema from './schema'
const { users: people } = schema
export const run = () => db.select({ mail: people.email }).from(people)`),
    expect: read,
  },
  {
    id: 'schema-parameter',
    what: 'a parameter typed typeof schema',
    files: own(`import { db } from './db'
import type * as tables from './schema'
const query = (schema: typeof tables) => db.select({ mail: schema.users.email }).from(schema.users)
const container: any = globalThis
export const run = () => query(container.schema)`),
    expect: read,
  },
  {
    id: 're-export',
    what: 'a table through a barrel, renamed',
    files: own(
      `import { db } from './db'
import { people } from './tables'
export const run = () => db.select({ mail: people.email }).from(people)`,
      { 'tables/index.ts': "export * from './named'\n", 'tables/named.ts': "export { users as people } from '../schema'\n" },
    ),
    expect: read,
  },
  {
    id: 'circular-import',
    what: 'two files that import each other',
    files: own(
      `import { mails } from './mails'
export const limit = 10
export const run = () => mails()`,
      {
        'mails.ts': `import { db } from './db'
import { limit } from './main'
import { users } from './schema'
export const mails = () => db.select({ mail: users.email }).from(users).limit(limit)
`,
      },
    ),
    expect: read,
  },
  {
    id: 'dynamic-import',
    what: 'await import()',
    files: own(`import { db } from './db'
export const run = async () => { const { users } = await import('./schema'); return db.select({ mail: users.email }).from(users) }`),
    expect: read,
  },
  {
    id: 'required',
    what: 'require()',
    files: own(`const { db } = require('./db')
const { users } = require('./schema')
export const run = async () => (await db.select().from(users))[0].email`),
    expect: read,
  },
  {
    id: 'default-export',
    what: 'a default export under another name',
    files: own(
      `import loadMails from './load'
export const run = () => loadMails()`,
      {
        'load.ts': `import { db } from './db'
import { users } from './schema'
export default async function load() { return db.select({ mail: users.email }).from(users) }
`,
      },
    ),
    expect: read,
  },
  {
    id: 'generator',
    what: 'rows of an async generator',
    files: main(`async function* everyone() { for (const user of await db.select().from(users)) yield user }
export const run = async () => { const mails: string[] = []; for await (const user of everyone()) mails.push(user.email); return mails }`),
    expect: read,
  },
]

const text: readonly Idiom[] = [
  {
    id: 'sql-column',
    what: 'a column in an sql template',
    files: main('export const run = () => db.execute(sql`select ${users.email} from ${users}`)'),
    expect: read,
  },
  {
    id: 'sql-in-select',
    what: 'sql in select({})',
    files: main("export const run = () => db.select({ domain: sql<string>`split_part(${users.email}, '@', 2)` }).from(users)"),
    expect: read,
  },
  {
    id: 'sql-fragment',
    what: 'a column by its database name in a fragment, resolved by the builder’s from',
    files: main('export const run = () => db.select({ id: users.id }).from(users).where(sql`lower(email_address) = ${1}`)'),
    expect: read,
  },
  {
    id: 'sql-text',
    what: 'a whole statement as text',
    files: main('export const run = () => db.execute(sql`select u.email_address from users u where u.id = ${1}`)'),
    expect: read,
  },
  { id: 'sql-star', what: 'select * as text', files: main('export const run = () => db.execute(sql`select * from users`)'), expect: carried },
  {
    id: 'sql-update',
    what: 'an UPDATE as text',
    files: main('export const run = (input: any) => db.execute(sql`update users set email_address = ${input.email} where id = ${input.id}`)'),
    expect: write,
  },
  {
    id: 'sql-insert',
    what: 'an INSERT as text',
    files: main("export const run = (input: any) => db.execute(sql`insert into users (name, email_address) values ('x', ${input.email})`)"),
    expect: write,
  },
  { id: 'sql-raw', what: 'sql.raw', files: main("export const run = () => db.execute(sql.raw('select email_address from users'))"), expect: read },
  {
    id: 'sql-identifier',
    what: 'sql.identifier',
    files: main("export const run = () => db.execute(sql`select ${sql.identifier('email_address')} from ${users}`)"),
    expect: read,
  },
  {
    id: 'sql-join',
    what: 'sql.join of fragments',
    files: main('export const run = () => db.execute(sql`select ${sql.join([sql`${users.id}`, sql`${users.email}`], sql`, `)} from ${users}`)'),
    expect: read,
  },
  {
    id: 'sql-unknown',
    what: 'a statement that comes from outside',
    files: main('export const run = (input: any) => db.execute(sql.raw(input.statement))'),
    expect: 'named',
  },
  {
    id: 'client-of-database',
    what: 'a query of the client that drizzle was given, which another file is handed',
    files: {
      ...own(`import { db } from './db'
import { addressesOf } from './addresses'
export const run = () => addressesOf(db.$client)`),
      'addresses.ts': `interface Client { query<Row>(text: string, values?: unknown[]): Promise<{ rows: Row[] }> }
export const addressesOf = (client: Client) => client.query<{ email_address: string }>('SELECT email_address FROM users')
`,
      'db.ts': `import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import * as schema from './schema'
const connect = (client: Pool) => drizzle({ client, schema })
export const db = connect(new Pool())
`,
    },
    expect: read,
  },
  {
    id: 'client-text',
    what: 'the driver’s own query()',
    files: own(`import { Pool } from 'pg'
const pool = new Pool()
export const run = async (input: any) => (await pool.query('SELECT email_address FROM users WHERE id = $1', [input.id])).rows`),
    expect: read,
  },
  {
    id: 'view',
    what: 'a view that selects the column',
    files: own(
      `import { db } from './db'
import { directory } from './views'
export const run = () => db.select().from(directory)`,
      {
        'views.ts': `import { pgView } from 'drizzle-orm/pg-core'
import { users } from './schema'
export const directory = pgView('directory').as((qb) => qb.select({ id: users.id, mail: users.email }).from(users))
`,
      },
    ),
    expect: ['read users.email_address either way'],
  },
]

const validated: readonly Idiom[] = [
  {
    id: 'zod-insert-schema',
    what: 'a schema made of the table',
    files: own(`import { createInsertSchema } from 'drizzle-zod'
import { db } from './db'
import { users } from './schema'
const input = createInsertSchema(users)
export const run = (raw: unknown) => db.insert(users).values(input.parse(raw))`),
    expect: ['write users.email_address either way'],
  },
  {
    id: 'zod-picked',
    what: 'a schema made of the table, without the column',
    files: own(`import { createInsertSchema } from 'drizzle-zod'
import { db } from './db'
import { users } from './schema'
const input = createInsertSchema(users).pick({ name: true })
export const run = (raw: unknown) => db.update(users).set(input.parse(raw))`),
    expect: nothing,
  },
  {
    id: 'zod-object',
    what: 'a schema written by hand',
    files: own(`import { z } from 'zod'
import { db } from './db'
import { users } from './schema'
const input = z.object({ name: z.string(), email: z.string().email() })
export const run = async (raw: unknown) => { const parsed = input.safeParse(raw); if (parsed.success) await db.insert(users).values(parsed.data) }`),
    expect: write,
  },
  {
    id: 'json-property',
    what: 'a property in a JSON column',
    about: 'users.settings',
    files: main('export const run = async () => { const [user] = await db.select().from(users); return user.settings?.theme }'),
    expect: ['read users.settings'],
  },
  {
    id: 'json-path',
    what: 'a path in a JSON column, in sql',
    about: 'users.settings',
    files: main("export const run = () => db.select({ id: users.id }).from(users).where(sql`${users.settings}->>'theme' = 'dark'`)"),
    expect: ['read users.settings'],
  },
  {
    id: 'enum-written',
    what: 'an enum’s value that is written',
    about: "users.role='admin'",
    files: main("export const run = () => db.update(users).set({ role: 'admin' })"),
    expect: ["write users.role='admin'"],
  },
  {
    id: 'enum-compared',
    what: 'an enum’s value that a row is compared with',
    about: "users.role='admin'",
    files: main("export const run = async () => (await db.select().from(users)).filter((user) => user.role === 'admin').length"),
    expect: ["read users.role='admin'"],
  },
  {
    id: 'enum-switch',
    what: 'an enum’s value in a switch',
    about: "users.role='guest'",
    files: main(`export const run = async () => {
  const [user] = await db.select({ role: users.role }).from(users)
  switch (user.role) { case 'admin': return 1; case 'guest': return 2; default: return 3 }
}`),
    expect: ["read users.role='guest'"],
  },
  {
    id: 'enum-where',
    what: 'an enum’s value in inArray',
    about: "users.role='admin'",
    files: main("export const run = () => db.select({ id: users.id }).from(users).where(inArray(users.role, ['admin', 'member']))"),
    expect: ["read users.role='admin'"],
  },
  {
    id: 'enum-other-value',
    what: 'another value of the enum',
    about: "users.role='admin'",
    files: main("export const run = () => db.select({ id: users.id }).from(users).where(eq(users.role, 'guest'))"),
    expect: nothing,
  },
  {
    id: 'enum-constant',
    what: 'an enum’s value kept in a constant',
    about: "users.role='admin'",
    files: main(`const Roles = { Admin: 'admin', Guest: 'guest' } as const
export const run = () => db.update(users).set({ role: Roles.Admin })`),
    expect: ["write users.role='admin'"],
  },
]

export const idioms: readonly Idiom[] = [...reading, ...relational, ...writing, ...reached, ...text, ...validated]
