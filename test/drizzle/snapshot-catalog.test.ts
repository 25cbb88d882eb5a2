import { sql } from 'drizzle-orm'
import {
  bigserial,
  boolean,
  char,
  check,
  customType,
  date,
  doublePrecision,
  foreignKey,
  index,
  inet,
  integer,
  interval,
  jsonb,
  numeric,
  pgEnum,
  pgMaterializedView,
  pgPolicy,
  pgRole,
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
import { beforeAll, describe, expect, it } from 'vitest'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { replay } from '../../src/changes/replay.ts'
import { mergeLeaves } from '../../src/drizzle/snapshot-leaves.ts'
import { readSnapshot } from '../../src/drizzle/snapshot-reader.ts'
import { snapshotRoles, snapshotSql } from '../../src/drizzle/snapshot-sql.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import { ToolError } from '../../src/model/error.ts'
import type { Tree } from '../../src/model/json.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { kitSql, snapshotOf } from '../support/drizzle-kit.ts'

beforeAll(loadSql)

/** The catalog of statements that all must be read; row types, extensions and roles are nobody's here. */
const catalogOf = (statements: readonly string[]): Catalog => {
  const scripts = statements.map((statement) => readScript(statement))
  expect(scripts.flatMap(({ faults }) => faults.map(({ message, text }) => `${message}: ${text}`))).toEqual([])
  const { steps, catalog } = replay(scripts, emptyCatalog)
  expect(steps.flatMap(({ refused, statement }) => (refused ? [`${refused.message}: ${statement.text}`] : []))).toEqual([])
  expect(steps.flatMap(({ changes }) => changes.flatMap((change) => (change.kind === 'opaque' ? [`${change.reason}: ${change.sql}`] : [])))).toEqual([])
  return catalog
}

const citext = customType<{ data: string }>({ dataType: () => 'citext' })
const auth = pgSchema('auth')
const mood = pgEnum('mood', ['sad', "it's ok", 'happy'])
const level = auth.enum('level', ['low', 'high'])
const admin = pgRole('admin', { createRole: true, inherit: false })
const counter = pgSequence('counter', { startWith: 10, increment: 5, maxValue: 1000, cache: 2, cycle: true })

const users = pgTable(
  'users',
  {
    id: serial('id').primaryKey(),
    number: integer('number').generatedAlwaysAsIdentity({ startWith: 100 }),
    email: citext('email').notNull().unique(),
    name: varchar('name', { length: 80 }).default("o'brien"),
    mood: mood('mood').default('happy').notNull(),
    level: level('level').array().default(['low']),
    tags: text('tags').array().notNull().default(sql`'{}'::text[]`),
    matrix: integer('matrix').array().array(),
    settings: jsonb('settings')
      .default({ a: [1, null], b: 'its' })
      .notNull(),
    price: numeric('price', { precision: 10, scale: 2 }).default('0.50'),
    rate: doublePrecision('rate').default(1.5),
    active: boolean('active').default(true),
    born: date('born').defaultNow(),
    at: timestamp('at', { withTimezone: true, precision: 3 }).defaultNow().notNull(),
    clock: time('clock').default('10:00:00'),
    code: char('code', { length: 2 }),
    address: inet('address'),
    pause: interval('pause', { fields: 'day to second' }),
    next: integer('next').default(sql`nextval('counter')`),
    lower: text('lower').generatedAlwaysAs(sql`lower(name)`),
    embedding: vector('embedding', { dimensions: 3 }),
  },
  (table) => [
    check('users_rate_check', sql`${table.rate} > 0 and ${table.name} <> 'x'`),
    unique('users_name_born').on(table.name, table.born).nullsNotDistinct(),
    index('users_lower_idx').on(sql`lower(${table.name})`, table.born.desc().nullsLast()),
    uniqueIndex('users_active_idx').on(table.name).where(sql`${table.active}`),
    index('users_embedding_idx').using('hnsw', table.embedding.op('vector_cosine_ops')).with({ m: 16 }),
    index('users_tags_idx').using('gin', table.tags),
    pgPolicy('users_own', { as: 'restrictive', for: 'update', to: [admin, 'public'], using: sql`${table.active}`, withCheck: sql`${table.id} > 0` }),
  ],
)
const posts = auth.table(
  'posts',
  {
    owner: integer('owner')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade', onUpdate: 'restrict' }),
    slug: text('slug').notNull(),
    parentOwner: integer('parent_owner'),
    parentSlug: text('parent_slug'),
    key: uuid('key').defaultRandom(),
  },
  (table) => [
    primaryKey({ name: 'posts_key', columns: [table.owner, table.slug] }),
    foreignKey({ name: 'posts_parent', columns: [table.parentOwner, table.parentSlug], foreignColumns: [table.owner, table.slug] }).onDelete('set null'),
  ],
)
const secrets = pgTable('secrets', { id: bigserial('id', { mode: 'number' }).primaryKey() }).enableRLS()
const activeUsers = pgView('active_users')
  .with({ securityBarrier: true, checkOption: 'local' })
  .as((query) => query.select({ id: users.id, name: users.name }).from(users).where(sql`${users.active}`))
const totals = pgMaterializedView('totals')
  .with({ fillfactor: 90 })
  .withNoData()
  .as((query) => query.select({ count: sql<number>`count(*)`.as('count') }).from(users))
const elsewhere = pgView('elsewhere', { id: integer('id') }).existing()

const schema = { auth, mood, level, admin, counter, users, posts, secrets, activeUsers, totals, elsewhere }

describe('a schema of everything', () => {
  it('is the same DDL as drizzle-kit’s own', async () => {
    const snapshot = snapshotOf(schema)
    const [ours, theirs] = [snapshotSql(snapshot), await kitSql(snapshot)]
    expect(ours.length).toBeGreaterThan(15)
    const catalog = catalogOf(ours)
    expect(catalog).toEqual(catalogOf(theirs))
    expect([catalog.tables.size, catalog.views.size, catalog.indexes.size, catalog.sequences.size]).toEqual([3, 2, 4, 4])
  })

  it('has its roles apart, and leaves out what Drizzle only reads', () => {
    const read = readSnapshot(JSON.stringify(snapshotOf(schema)))
    expect(snapshotRoles(read)).toEqual(['CREATE ROLE "admin" WITH CREATEROLE NOINHERIT'])
    expect(read.existingViews).toEqual([{ schema: 'public', name: 'elsewhere' }])
    expect([...read.says].sort()).toEqual(['checks', 'policies', 'roles', 'sequences', 'views'])
  })
})

const column = (more: Tree): Tree => ({ name: 'a', type: 'text', primaryKey: false, notNull: false, ...more })
const withColumn = (more: Tree, version = '7'): Tree => ({
  version,
  tables: { 'public.t': { name: 't', schema: '', columns: { a: column(more) }, indexes: {}, foreignKeys: {} } },
  enums: {},
  schemas: {},
})

describe('columns', () => {
  it.each<[string, Tree, string]>([
    ['a text', { default: `'x'` }, `"a" text DEFAULT 'x'`],
    ['an expression', { type: 'timestamp', default: 'now()' }, '"a" timestamp DEFAULT now()'],
    ['a number', { type: 'integer', default: -1 }, '"a" integer DEFAULT -1'],
    ['a boolean', { type: 'boolean', default: false }, '"a" boolean DEFAULT false'],
    ['null', { default: null }, '"a" text DEFAULT null'],
    ['an object, as no drizzle-kit writes it', { type: 'jsonb', default: { a: "'" } }, `"a" jsonb DEFAULT '{"a":"''"}'`],
    ['JSON whose quotes drizzle-kit forgot', { type: 'jsonb', default: `'{"a":"it's"}'::jsonb` }, `"a" jsonb DEFAULT '{"a":"it''s"}'::jsonb`],
    ['JSON with its quotes', { type: 'jsonb', default: `'{"a":"it''s"}'::jsonb` }, `"a" jsonb DEFAULT '{"a":"it''s"}'::jsonb`],
    ['an enum', { type: 'Mood', typeSchema: 'public' }, '"a" "public"."Mood"'],
    ['an enum’s array', { type: 'mood[]', typeSchema: 'auth' }, '"a" "auth"."mood"[]'],
    ['an enum of older versions', { type: 'Mood' }, '"a" "Mood"'],
    ['an array', { type: 'varchar(24)[][]', notNull: true }, '"a" varchar(24)[][] NOT NULL'],
    ['a type with modifiers that is not PostgreSQL’s', { type: 'geography(point, 4326)' }, '"a" geography(point, 4326)'],
    ['a type with a blank', { type: 'timestamp (3) with time zone' }, '"a" timestamp (3) with time zone'],
  ])('%s', (_title, more, expected) => {
    expect(snapshotSql(withColumn(more))).toEqual([`CREATE TABLE "public"."t" (\n  ${expected}\n)`])
  })

  it('puts bounds that JSON rounded back to those of bigint', () => {
    const identity = {
      name: 's',
      schema: 'public',
      type: 'byDefault',
      increment: '1',
      minValue: '-9223372036854776000',
      maxValue: '9223372036854776000',
      startWith: '1',
      cache: '1',
      cycle: false,
    }
    expect(snapshotSql(withColumn({ type: 'bigint', identity }))[0]).toContain('MINVALUE -9223372036854775808 MAXVALUE 9223372036854775807 START WITH 1')
  })
})

describe('versions', () => {
  const old: Tree = {
    version: '5',
    dialect: 'pg',
    schemas: {},
    enums: { mood: { name: 'mood', values: { sad: 'sad', happy: 'happy' } } },
    tables: {
      t: {
        name: 't',
        schema: '',
        columns: { a: column({ primaryKey: true, notNull: true }), b: { ...column({ type: 'mood' }), name: 'b' } },
        foreignKeys: {},
        compositePrimaryKeys: {},
        indexes: { i: { name: 'i', columns: ['a', 'b'], isUnique: true } },
        uniqueConstraints: { u: { name: 'u', columns: ['b'] } },
      },
    },
  }

  it('5: enums by value, indexes by name, and no place for checks, policies and views', () => {
    expect(snapshotSql(JSON.stringify(old))).toEqual([
      `CREATE TYPE "public"."mood" AS ENUM ('sad', 'happy')`,
      'CREATE TABLE "public"."t" (\n  "a" text NOT NULL,\n  "b" "mood",\n  PRIMARY KEY ("a"),\n  CONSTRAINT "u" UNIQUE ("b")\n)',
      'CREATE UNIQUE INDEX "i" ON "public"."t" USING btree ("a", "b")',
    ])
    expect(readSnapshot(old).says.size).toBe(0)
  })

  const entity = (entityType: string, more: Tree): Tree => ({ entityType, schema: 'app', ...more })
  const flat: Tree = {
    version: '8',
    dialect: 'postgres',
    id: 'x',
    prevIds: [],
    renames: [],
    ddl: [
      { entityType: 'schemas', name: 'app' },
      entity('enums', { name: 'mood', values: ['sad'] }),
      entity('tables', { name: 't', isRlsEnabled: false }),
      entity('columns', {
        table: 't',
        name: 'id',
        type: 'integer',
        typeSchema: null,
        notNull: true,
        dimensions: 0,
        default: null,
        generated: null,
        identity: null,
      }),
      entity('columns', {
        table: 't',
        name: 'm',
        type: 'mood',
        typeSchema: 'app',
        notNull: false,
        dimensions: 1,
        default: `'{}'`,
        generated: null,
        identity: null,
      }),
      entity('pks', { table: 't', name: 't_pkey', columns: ['id'], nameExplicit: false }),
      entity('checks', { table: 't', name: 'c', value: 'id > 0' }),
      entity('indexes', {
        table: 't',
        name: 'i',
        columns: [{ value: 'id', isExpression: false, asc: false, nullsFirst: false, opclass: { name: 'int4_ops', default: false } }],
        isUnique: false,
        where: 'id > 1',
        with: 'fillfactor=70',
        method: 'btree',
        concurrently: false,
      }),
      entity('fks', {
        table: 't',
        name: 'f',
        columns: ['id'],
        schemaTo: 'app',
        tableTo: 't',
        columnsTo: ['id'],
        onUpdate: 'NO ACTION',
        onDelete: 'CASCADE',
        nameExplicit: true,
      }),
      entity('policies', { table: 't', name: 'p', as: 'PERMISSIVE', for: 'ALL', roles: ['public'], using: 'true', withCheck: null }),
      entity('sequences', { name: 's', incrementBy: '2', minValue: null, maxValue: null, startWith: null, cacheSize: 3, cycle: false }),
      entity('views', { name: 'v', definition: 'select id from app.t', with: null, withNoData: null, using: null, tablespace: null, materialized: false }),
    ],
  }

  it('8: flat entities', () => {
    expect(snapshotSql(flat)).toEqual([
      'CREATE SCHEMA "app"',
      `CREATE TYPE "app"."mood" AS ENUM ('sad')`,
      'CREATE SEQUENCE "app"."s" INCREMENT BY 2 CACHE 3',
      `CREATE TABLE "app"."t" (\n  "id" integer NOT NULL,\n  "m" "app"."mood"[] DEFAULT '{}'::"app"."mood"[],\n  PRIMARY KEY ("id")\n)`,
      'ALTER TABLE "app"."t" ADD CONSTRAINT "c" CHECK (id > 0)',
      'CREATE INDEX "i" ON "app"."t" USING btree ("id" int4_ops DESC NULLS LAST) WITH (fillfactor=70) WHERE id > 1',
      'ALTER TABLE "app"."t" ADD CONSTRAINT "f" FOREIGN KEY ("id") REFERENCES "app"."t" ("id") ON UPDATE NO ACTION ON DELETE CASCADE',
      'CREATE VIEW "app"."v" AS (select id from app.t)',
      'ALTER TABLE "app"."t" ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY "p" ON "app"."t" AS PERMISSIVE FOR ALL TO public USING (true)',
    ])
    expect(catalogOf(snapshotSql(flat)).tables.size).toBe(1)
  })

  it('8 with several branches: what each of them changed', () => {
    const base = {
      ...flat,
      ddl: [
        { entityType: 'tables', schema: 'app', name: 'a' },
        { entityType: 'tables', schema: 'app', name: 'b' },
      ],
    }
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name): Tree => ({ entityType: 'tables', schema: 'app', name }))
    const one = { ...flat, id: 'one', ddl: [a, b, c].filter((table) => table !== undefined) }
    const other = { ...flat, id: 'other', ddl: [b, d].filter((table) => table !== undefined) }
    expect(mergeLeaves(base, [one, other]).ddl).toEqual([b, c, d])
    const column = (type: string): Tree => ({ entityType: 'columns', schema: 'app', table: 'c', name: type, type })
    expect(
      mergeLeaves(base, [
        { ...one, ddl: [...one.ddl, column('x')] },
        { ...one, ddl: [...one.ddl, column('y')] },
      ]).ddl,
    ).toEqual([a, b, c, column('y')])
  })

  it.each([
    ['10', '5 to 9 are read'],
    ['4', '5 to 9 are read'],
    ['', 'none'],
  ])('says that it does not read %s', (version, words) => {
    const read = (): unknown => readSnapshot({ type: 'base', version, ddl: [] })
    expect(read).toThrow(ToolError)
    expect(read).toThrow(words)
  })

  it.each(['{', '[]', '"x"', 'null'])('says that %s is no snapshot', (text) => {
    expect(() => readSnapshot(text)).toThrow(ToolError)
  })
})
