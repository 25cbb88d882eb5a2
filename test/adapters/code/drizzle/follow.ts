/** Follows a snippet that uses Drizzle, and says the uses in it as short texts. */
import { makeDrizzle } from '../../../../src/adapters/code/drizzle/index.ts'
import type { SqlReader } from '../../../../src/adapters/code/drizzle/sql-reader.ts'
import { lowerSource } from '../../../../src/adapters/code/lower/index.ts'
import { Following } from '../../../../src/adapters/code/machine/index.ts'
import type { CodeGap, CodeInsert, CodeTable, CodeUse } from '../../../../src/model/code.ts'

const schema = `
import { pgTable, pgEnum, pgView, serial, text, integer, timestamp, boolean, jsonb } from 'drizzle-orm/pg-core'
import { relations, eq } from 'drizzle-orm'
export const status = pgEnum('post_status', ['draft', 'sent', 'gone'])
const timestamps = { createdAt: timestamp('created_at').notNull().defaultNow() }
export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  name: text('full_name').notNull(),
  email: text().notNull().unique(),
})
export const posts = pgTable('posts', {
  id: serial('id').primaryKey(),
  title: text('title').notNull(),
  status: status('status').notNull().default('draft'),
  authorId: integer('author_id').notNull().references(() => users.id),
  ...timestamps,
}, (t) => [])
export const usersRelations = relations(users, ({ many }) => ({ posts: many(posts) }))
export const postsRelations = relations(posts, ({ one }) => ({ author: one(users, { fields: [posts.authorId], references: [users.id] }) }))
export const sentPosts = pgView('sent_posts').as((qb) => qb.select({ id: posts.id, heading: posts.title }).from(posts).where(eq(posts.status, 'sent')))
`

const db = `
import { drizzle } from 'drizzle-orm/node-postgres'
import * as schema from './schema'
export const db = drizzle(process.env.URL, { schema })
`

const head = `
import { db } from './db'
import * as schema from './schema'
import { users, posts, status, sentPosts } from './schema'
import { eq, ne, and, or, not, sql, asc, desc, count, sum, max, inArray, isNull, like, gt, exists, between, getTableColumns, getTableName, InferSelectModel, InferInsertModel, InferModel, type SQL } from 'drizzle-orm'
import { alias, union, unionAll, QueryBuilder } from 'drizzle-orm/pg-core'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
`

const isFunction = /^(export )?(default )?(async )?(function|class)\b/m

/** Statements stand in a function of their own. */
const fileOf = (snippet: string): string => head + (isFunction.test(snippet) ? snippet : `export async function run(input: any, flag: any) {\n${snippet}\n}`)

type Followed = {
  readonly tables: readonly CodeTable[]
  readonly uses: readonly CodeUse[]
  readonly inserts: readonly CodeInsert[]
  readonly gaps: readonly CodeGap[]
}

/** `files` beside the schema of the tests, or instead of it. */
export const follow = (
  files: Readonly<Record<string, string>>,
  { readSql }: { readonly readSql?: SqlReader } = {},
): Followed & { readonly drizzle: ReturnType<typeof makeDrizzle> } => {
  const all: Readonly<Record<string, string>> = { 'schema.ts': schema, 'db.ts': db, ...files }
  const drizzle = makeDrizzle(readSql === undefined ? {} : { readSql })
  const { imported, typed } = drizzle.framework
  const machine = new Following(
    {
      tree: (path) => (all[path] === undefined ? undefined : lowerSource(path, all[path])),
      resolve: (_from, specifier) => (specifier.startsWith('./') ? { file: `${specifier.slice(2)}.ts` } : { package: specifier }),
    },
    { imported: (from, path) => imported?.(from, path), typed: (from, name, args) => typed?.(from, name, args), global: () => undefined },
  )
  for (const path of Object.keys(all)) machine.follow(path)
  machine.followRest(() => true)
  machine.end()
  const nodes = machine.functions
  const uses = nodes.filter((_, at) => at !== machine.nowhere).flatMap((node) => node.uses)
  return { drizzle, tables: drizzle.tables(), uses, inserts: nodes.flatMap((node) => node.inserts), gaps: machine.gaps }
}

/** `where posts.id`; `!` writes, `~` is implicit, `?` is less than certain, `*` all columns, a value after `=`. */
const short = ({ role, access, via, confidence, column, value, table }: CodeUse, tables: readonly CodeTable[]): string => {
  const sure = via === 'implicit' ? '~' : confidence === 'certain' ? '' : confidence === 'possible' ? '??' : '?'
  const mark = access === 'write' ? '!' : ''
  return `${sure}${role}${mark} ${tables[table]?.symbol}${column === undefined ? '' : `.${column}`}${value === undefined ? '' : `=${value}`}`
}

/** All columns of a table in one role are one text. */
const gathered = (texts: readonly string[], tables: readonly CodeTable[]): readonly string[] =>
  tables.reduce((left, { symbol, columns }) => {
    const roles = new Set(left.filter((text) => text.includes(` ${symbol}.`) && !text.includes('=')).map((text) => text.split(' ')[0] ?? ''))
    return [...roles].reduce((rest, role) => {
      const whole = columns.map(({ name }) => `${role} ${symbol}.${name}`)
      return columns.length > 1 && whole.every((text) => rest.includes(text)) ? [...rest.filter((text) => !whole.includes(text)), `${role} ${symbol}.*`] : rest
    }, left)
  }, texts)

export const usesOf = (snippet: string, options: { readonly readSql?: SqlReader } = {}): string => {
  const { uses, tables } = follow({ 'code.ts': fileOf(snippet) }, options)
  const texts = [...new Set(uses.filter(({ file }) => file === 'code.ts').map((use) => short(use, tables)))]
  return [...gathered(texts, tables)].sort().join(', ')
}

export const insertsOf = (snippet: string): readonly string[] =>
  follow({ 'code.ts': fileOf(snippet) }).inserts.map(({ given, open }) => `${given.join(' ')}${open ? ' …' : ''}`)
