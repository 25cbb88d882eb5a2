import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  interval,
  json,
  jsonb,
  numeric,
  pgEnum,
  pgMaterializedView,
  pgPolicy,
  pgSchema,
  pgSequence,
  pgTable,
  pgView,
  primaryKey,
  serial,
  text,
  time,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
  vector,
} from 'drizzle-orm/pg-core'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { replay } from '../../src/changes/replay.ts'
import { rowsAt } from '../../src/drizzle/snapshot-deltas.ts'
import { readSnapshot } from '../../src/drizzle/snapshot-reader.ts'
import { scopeOf } from '../../src/features/snapshots/scope.ts'
import { writeSnapshot } from '../../src/features/snapshots/write.ts'
import { type SnapshotDrift, snapshotDrift } from '../../src/features/snapshots.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Tree } from '../../src/model/json.ts'
import { parseKey, partsOf, qualified } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { kitSql, snapshotOf } from '../support/drizzle-kit.ts'
import { histories, moments } from '../support/generate.ts'

const scope = scopeOf({ schema: 'drizzle', table: '__drizzle_migrations' })
const app = pgSchema('app')
const mood = pgEnum('mood', ['sad', 'happy'])
const users = pgTable(
  'users',
  {
    id: serial('id').primaryKey(),
    key: uuid('key').defaultRandom().notNull(),
    name: varchar('name', { length: 80 }).notNull().unique(),
    mood: mood('mood').default('sad').notNull(),
    moods: mood('moods').array(),
    settings: jsonb('settings').default({ a: 1 }),
    old: json('old').default([]),
    price: numeric('price', { precision: 10, scale: 2 }).default('1.50'),
    count: integer('count').default(-1),
    on: boolean('on').default(true),
    at: timestamp('at', { withTimezone: true, precision: 3 }).defaultNow(),
    day: date('day'),
    hour: time('hour', { precision: 2 }),
    span: interval('span', { precision: 3 }),
    tags: text('tags').array().default([]),
    lower: text('lower').generatedAlwaysAs(sql`lower("users"."name")`),
    number: bigint('number', { mode: 'number' }).generatedAlwaysAsIdentity({ startWith: 10 }),
    place: vector('place', { dimensions: 3 }),
  },
  (table) => [
    check('users_state', sql`${table.count} > 0`),
    index('users_at').on(table.at.desc(), table.mood).where(sql`${table.on}`),
    uniqueIndex('users_lower').on(sql`lower(name)`),
    index('users_place').using('hnsw', table.place.op('vector_cosine_ops')).with({ m: 16 }),
    pgPolicy('users_own', { using: sql`id > 0`, for: 'select', to: 'public' }),
  ],
)
const posts = app.table(
  'posts',
  { a: integer('a').notNull(), b: integer('b').notNull(), user: integer('user').references(() => users.id, { onDelete: 'cascade' }), slug: text('slug') },
  (table) => [
    primaryKey({ columns: [table.a, table.b] }),
    unique('posts_slug').on(table.user, table.slug).nullsNotDistinct(),
    foreignKey({ columns: [table.a, table.b], foreignColumns: [table.a, table.b], name: 'posts_self' }),
  ],
)
const counter = pgSequence('counter', { startWith: 10 })
const names = pgView('names', { id: integer('id') })
  .with({ securityInvoker: true })
  .as(sql`select id from users`)
const totals = pgMaterializedView('totals', { count: integer('count') }).as(sql`select 1 as count`)
/** As it stands in a file. */
const kit: Tree = JSON.parse(JSON.stringify(snapshotOf({ app, mood, users, posts, counter, names, totals })))

let catalog: Catalog
beforeAll(async () => {
  await loadSql()
  const { steps, catalog: made } = replay(
    [...(await kitSql(kit)), 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'].map((one) => readScript(one)),
  )
  expect(steps.flatMap(({ refused }) => refused ?? [])).toEqual([])
  catalog = made
})

const head = { id: 'new', prevIds: ['old'], scope }
const drift = (now: Catalog, said: Tree): Promise<SnapshotDrift> => snapshotDrift({ sql: now, snapshot: readSnapshot(said), scope })
const nothing = { differences: [], undecided: [] }
const changed = (...statements: readonly string[]): Catalog =>
  replay(
    statements.map((one) => readScript(one)),
    catalog,
  ).catalog

/** Each thing of a snapshot of version 7 by its place. */
const things = (value: unknown, path = ''): readonly string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && path.split('/').length < 5
    ? Object.entries(value).flatMap(([key, inner]) => things(inner, `${path}/${key}`))
    : [`${path} ${JSON.stringify(value)}`]

describe('a snapshot of a catalog', () => {
  it.each(['5', '6', '7', '8', '9'])('of version %s says it all as its reader reads it', async (version) => {
    const written: Tree = JSON.parse(writeSnapshot(catalog, { ...head, version, prevIds: [] }))
    expect(written).toMatchObject(
      version < '8' ? { version, id: 'new', prevId: expect.stringMatching(/^0/) } : { version, prevIds: [expect.stringMatching(/^0/)] },
    )
    if (version >= '7') expect(await drift(catalog, written)).toEqual(nothing)
    expect(readSnapshot(written).tables.map(({ name }) => name)).toEqual(['users', 'posts'])
  })

  it('of version 7 is drizzle-kit’s own, but for the texts of expressions and the columns of views', () => {
    const written: Tree = JSON.parse(writeSnapshot(catalog, { ...head, version: '7' }))
    const [ours, theirs] = [things(written), things(kit)]
    expect(theirs.filter((thing) => !ours.includes(thing)).map((thing) => thing.split(' ')[0])).toEqual([
      '/views/public.names/columns/id',
      '/views/public.names/definition',
      '/views/public.totals/columns/count',
      '/views/public.totals/definition',
      '/id',
      '/prevId',
    ])
  })

  it('beside one that says the same is that one, but for its place in the chain', () => {
    const written = writeSnapshot(catalog, { ...head, version: '7', like: kit })
    expect(written).toBe(JSON.stringify({ ...kit, id: 'new', prevId: 'old' }, null, 2))
  })

  it('beside its predecessor changes only what the SQL has changed', async () => {
    const now = changed(
      'ALTER TABLE users DROP COLUMN day, ADD COLUMN note text',
      'ALTER TABLE app.posts DROP CONSTRAINT posts_self',
      "ALTER TYPE mood ADD VALUE 'so'",
    )
    const written: Tree = JSON.parse(writeSnapshot(now, { ...head, version: '7', like: kit }))
    const [before, after] = [things(kit), things(written)]
    expect(after.filter((thing) => !before.includes(thing)).map((thing) => thing.split(' ')[0])).toEqual([
      '/tables/public.users/columns/note',
      '/enums/public.mood/values',
      '/id',
      '/prevId',
    ])
    expect(before.filter((thing) => !after.includes(thing)).map((thing) => thing.split(' ')[0])).toEqual([
      '/tables/public.users/columns/day',
      '/tables/app.posts/foreignKeys/posts_self',
      '/enums/public.mood/values',
      '/id',
      '/prevId',
    ])
    expect(await drift(now, written)).toEqual(nothing)
  })

  it('keeps words of which only PostgreSQL knows the meaning where nothing has changed since, and no others', () => {
    const tables = kit.tables as Tree
    const table = tables['public.users'] as Tree
    const like = { ...kit, tables: { ...tables, 'public.users': { ...table, checkConstraints: { users_state: { name: 'users_state', value: '0 < count' } } } } }
    const check = (options: { readonly before?: Catalog }) =>
      things(JSON.parse(writeSnapshot(catalog, { ...head, version: '7', like, ...options }))).find((thing) => thing.includes('users_state'))
    expect(check({})).toContain('count\\" > 0')
    expect(check({ before: catalog })).toContain('0 < count')
    expect(
      check({ before: changed('ALTER TABLE users DROP CONSTRAINT users_state', 'ALTER TABLE users ADD CONSTRAINT users_state CHECK (count > 1)') }),
    ).toContain('count\\" > 0')
  })

  it('of version 9 holds what its parents do not say', async () => {
    const base: Tree = JSON.parse(writeSnapshot(catalog, { ...head, version: '9', id: 'base', prevIds: [] }))
    const now = changed('ALTER TABLE users RENAME COLUMN day TO dag', 'DROP VIEW names', 'CREATE TABLE more (id int PRIMARY KEY)')
    const like = { version: '9', ddl: [...rowsAt([base], ['base'])] }
    const diff: Tree = JSON.parse(writeSnapshot(now, { ...head, version: '9', prevIds: ['base'], like }))
    expect(diff).toMatchObject({ type: 'diff', footprints: [] })
    expect((diff.deltas as readonly Tree[]).map(({ op }) => op)).toEqual(['create', 'create', 'create', 'create', 'drop', 'drop'])
    expect(await drift(now, { version: '9', ddl: [...rowsAt([base, diff], ['new'])] })).toEqual(nothing)
  })

  it('leaves out what is not the project’s, and keeps what its neighbour says of that', () => {
    const assumed = changed()
    const without = (options: object): readonly string[] =>
      readSnapshot(writeSnapshot(changed('CREATE TABLE own (id int)'), { ...head, version: '7', assumed, ...options })).tables.map(({ name }) => name)
    expect(without({})).toEqual(['own'])
    expect(without({ like: kit })).toEqual(['users', 'posts', 'own'])
    expect(without({ assumed: undefined, scope: scopeOf({ schema: 'app', table: 'posts' }) })).toEqual(['users', 'own'])
  })
})

/** What no snapshot can say, so that its reader finds a difference. */
const cannotBeSaid = (object: string, now: Catalog): boolean => {
  const { kind, name } = parseKey(object as Parameters<typeof parseKey>[0])
  const [schema = '', local = '', part = ''] = partsOf(name)
  const table = now.tables.get(qualified(schema, local))
  const column = table?.columns.find((each) => each.name === part)
  // Policies turn row security on; a column is stored, or a serial that is NOT NULL; a view's columns are its query's; of two equal uniques one counts.
  if (kind === 'table') return table?.rowSecurity === false && table.policies.size > 0
  if (kind === 'column')
    return column?.generated?.stored === false || (column?.notNull === false && column.default !== undefined && 'sequence' in column.default)
  if (kind === 'constraint')
    return table?.constraints.get(part)?.type === 'unique' && [...table.constraints.values()].filter(({ type }) => type === 'unique').length > 1
  return kind === 'view' || kind === 'sequence'
}

it('of generated catalogs, all is said that can be said', async () => {
  const drawn = fc.sample(histories(25), { numRuns: 40, seed: 20_261_130 }).flatMap((history) => moments(history).at(-1)?.after ?? [])
  expect(drawn.reduce((sum, { tables }) => sum + tables.size, 0)).toBeGreaterThan(50)
  for (const version of ['7', '8'])
    for (const now of drawn) {
      const { differences, undecided } = await drift(now, JSON.parse(writeSnapshot(now, { ...head, version })))
      const odd = [...differences, ...undecided].filter(({ object }) => !cannotBeSaid(object, now))
      expect(odd).toEqual([])
    }
})
