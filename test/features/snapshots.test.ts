import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgMaterializedView,
  pgPolicy,
  pgSchema,
  pgSequence,
  pgTable,
  pgView,
  serial,
  text,
  timestamp,
  unique,
  varchar,
} from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { replay } from '../../src/changes/replay.ts'
import { readSnapshot } from '../../src/drizzle/snapshot-reader.ts'
import { scopeOf } from '../../src/features/snapshots/scope.ts'
import { judgeSnapshots, type SnapshotDrift, snapshotDrift } from '../../src/features/snapshots.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Project } from '../../src/model/config.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { Tree } from '../../src/model/json.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { historyOf, journalOf } from '../drizzle/folders.ts'
import { kitSql, snapshotOf } from '../support/drizzle-kit.ts'

const mood = pgEnum('mood', ['sad', 'happy'])
const app = pgSchema('app')
const counter = pgSequence('counter', { startWith: 10 })
const users = pgTable(
  'users',
  {
    id: serial('id').primaryKey(),
    name: varchar('name', { length: 80 }).notNull().unique(),
    mood: mood('mood').default('sad'),
    settings: jsonb('settings').default({}),
    price: numeric('price', { precision: 10 }),
    state: text('state').default('new'),
    at: timestamp('at').defaultNow(),
    lower: text('lower').generatedAlwaysAs(sql`lower(name)`),
    number: bigint('number', { mode: 'number' }).generatedAlwaysAsIdentity(),
    on: boolean('on'),
  },
  (table) => [
    check('users_state', sql`${table.state} in ('new', 'old')`),
    index('users_at').on(table.at, table.state).where(sql`${table.on}`),
    index('users_lower').on(sql`lower(${table.state})`),
    pgPolicy('users_own', { using: sql`${table.id} > 0` }),
  ],
)
const posts = app.table('posts', { user: integer('user').references(() => users.id, { onDelete: 'cascade' }), slug: text('slug') }, (table) => [
  unique('posts_slug').on(table.user, table.slug),
])
const names = pgView('names').as((query) => query.select({ id: users.id, name: users.name }).from(users))
const totals = pgMaterializedView('totals').as((query) => query.select({ count: sql<number>`count(*)`.as('count') }).from(users))
const snapshot = snapshotOf({ mood, app, counter, users, posts, names, totals })

let made: readonly string[] = []
const catalogOf = (statements: readonly string[]): Catalog => {
  const { steps, catalog } = replay(statements.map((statement) => readScript(statement)))
  expect(steps.flatMap(({ refused, statement }) => (refused ? [`${refused.message}: ${statement.text}`] : []))).toEqual([])
  return catalog
}

const ledger = { schema: 'drizzle', table: '__drizzle_migrations' }
/** What drizzle-kit's own SQL and these statements after it make, against drizzle-kit's snapshot. */
const drift = (more: readonly string[], engine?: Engine, said: Tree = snapshot): Promise<SnapshotDrift> =>
  snapshotDrift({ sql: catalogOf([...made, ...more]), snapshot: readSnapshot(said), scope: scopeOf(ledger), ...(engine ? { engine } : {}) })

const found = ({ differences }: SnapshotDrift): readonly string[] => differences.map(({ in: side, object }) => `${side}: ${object}`)

beforeAll(async () => {
  await loadSql()
  made = await kitSql(snapshot)
})

describe('what drizzle-kit makes itself', () => {
  it('agrees with its snapshot, without PostgreSQL', async () => {
    expect(catalogOf(made).tables.size).toBe(2)
    expect(await drift([])).toEqual({ differences: [], undecided: [] })
  })
})

describe('forgiven, because a snapshot cannot say it', () => {
  it.each<[string, string]>([
    [
      'functions and triggers',
      `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER g BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()`,
    ],
    ['comments and privileges', `COMMENT ON TABLE users IS 'x'; GRANT SELECT ON users TO PUBLIC`],
    ['extensions, domains and other types', `CREATE EXTENSION hstore; CREATE DOMAIN d AS text CHECK (VALUE <> ''); CREATE TYPE pair AS (a int, b int)`],
    ['storage parameters', 'ALTER TABLE users SET (fillfactor = 70)'],
    ['the name of an unnamed primary key', 'ALTER TABLE users RENAME CONSTRAINT users_pkey TO users_key'],
    ['the name of a serial’s sequence', 'ALTER SEQUENCE users_id_seq RENAME TO ids'],
    ['the name of an identity’s sequence', 'ALTER SEQUENCE users_number_seq RENAME TO numbers'],
    ['names of NOT NULL', 'ALTER TABLE users RENAME CONSTRAINT users_name_not_null TO given'],
    ['indexes on materialised views', 'CREATE UNIQUE INDEX totals_count ON totals (count)'],
    ['exclusion constraints', 'ALTER TABLE app.posts ADD CONSTRAINT e EXCLUDE USING btree (slug WITH =)'],
    [
      'deferral and validity of foreign keys',
      'ALTER TABLE app.posts DROP CONSTRAINT posts_user_users_id_fk; ALTER TABLE app.posts ADD CONSTRAINT posts_user_users_id_fk FOREIGN KEY ("user") REFERENCES users ON DELETE CASCADE DEFERRABLE NOT VALID',
    ],
    ['forced row security', 'ALTER TABLE users FORCE ROW LEVEL SECURITY'],
    [
      'the order of columns',
      'ALTER TABLE app.posts DROP COLUMN slug; ALTER TABLE app.posts ADD COLUMN slug text; ALTER TABLE app.posts ADD CONSTRAINT posts_slug UNIQUE ("user", slug); ALTER TABLE app.posts DROP CONSTRAINT posts_user_users_id_fk; ALTER TABLE app.posts DROP COLUMN "user" CASCADE; ALTER TABLE app.posts ADD COLUMN "user" int CONSTRAINT posts_user_users_id_fk REFERENCES users ON DELETE CASCADE; ALTER TABLE app.posts ADD CONSTRAINT posts_slug UNIQUE ("user", slug)',
    ],
    ['a schema for other things', 'CREATE SCHEMA extensions'],
    ['the ledger', 'CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)'],
    ['DEFAULT NULL', 'ALTER TABLE users ALTER COLUMN price SET DEFAULT NULL'],
    [
      'a default’s cast to the column’s type',
      `ALTER TABLE users ALTER COLUMN settings SET DEFAULT '{}'; ALTER TABLE users ALTER COLUMN state SET DEFAULT 'new'::text; ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'sad'::mood`,
    ],
  ])('%s', async (_title, statements) => {
    expect(await drift([statements])).toEqual({ differences: [], undecided: [] })
  })

  it('what the archive of a rollback keeps', async () => {
    expect(await drift(['CREATE SCHEMA pgstrata_archive_0005; CREATE TABLE pgstrata_archive_0005.users (id uuid)'])).toEqual({ differences: [], undecided: [] })
  })

  it('partitions', async () => {
    const said = snapshotOf({ logs: pgTable('logs', { at: timestamp('at').notNull() }, (table) => [index('logs_at').on(table.at)]) })
    const catalog = catalogOf([
      `CREATE TABLE logs (at timestamp NOT NULL) PARTITION BY RANGE (at); CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); CREATE INDEX logs_at ON logs (at)`,
    ])
    expect(await snapshotDrift({ sql: catalog, snapshot: readSnapshot(said), scope: scopeOf(ledger) })).toEqual({ differences: [], undecided: [] })
  })

  it('a unique over the primary key’s columns, which PostgreSQL merges or not', async () => {
    const said = readSnapshot(snapshotOf({ t: pgTable('t', { id: text('id').primaryKey().unique() }) }))
    for (const statements of [
      'CREATE TABLE t (id text PRIMARY KEY CONSTRAINT t_id_unique UNIQUE)',
      'CREATE TABLE t (id text PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT t_id_unique UNIQUE (id)',
      'CREATE TABLE t (id text PRIMARY KEY)',
    ]) {
      expect(await snapshotDrift({ sql: catalogOf([statements]), snapshot: said, scope: scopeOf(ledger) }), statements).toEqual({
        differences: [],
        undecided: [],
      })
    }
  })

  it('policies, checks and views, where the version has no place for them', async () => {
    const bare: Tree = {
      version: '6',
      tables: { 'public.t': { name: 't', schema: '', columns: { a: { name: 'a', type: 'integer', primaryKey: false, notNull: false } } } },
      enums: {},
      schemas: {},
    }
    const catalog = catalogOf([
      'CREATE TABLE t (a int CHECK (a > 0)); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t; CREATE VIEW v AS SELECT a FROM t; CREATE SEQUENCE s',
    ])
    expect(await snapshotDrift({ sql: catalog, snapshot: readSnapshot(bare), scope: scopeOf(ledger) })).toEqual({ differences: [], undecided: [] })
  })
})

describe('differences', () => {
  it.each<[string, readonly string[]]>([
    ['ALTER TABLE users DROP COLUMN price', ['snapshot: column "public"."users"."price"']],
    ['ALTER TABLE users ADD COLUMN more int', ['sql: column "public"."users"."more"']],
    ['ALTER TABLE users ALTER COLUMN name DROP NOT NULL', ['both: column "public"."users"."name"']],
    [`ALTER TABLE users ALTER COLUMN state SET DEFAULT 'old'`, ['both: column "public"."users"."state"']],
    ['ALTER TABLE users ALTER COLUMN at DROP DEFAULT', ['both: column "public"."users"."at"']],
    ['ALTER TABLE users ALTER COLUMN at SET DATA TYPE timestamptz', ['both: column "public"."users"."at"']],
    ['ALTER TABLE users ALTER COLUMN id DROP DEFAULT', ['both: column "public"."users"."id"']],
    ['ALTER TABLE users ALTER COLUMN number SET GENERATED BY DEFAULT', ['both: column "public"."users"."number"']],
    ['ALTER TABLE users ALTER COLUMN number SET INCREMENT BY 5', ['both: column "public"."users"."number"']],
    ['ALTER TABLE users DROP CONSTRAINT users_state', ['snapshot: constraint "public"."users"."users_state"']],
    ['ALTER TABLE users ADD CONSTRAINT c CHECK (price > 0)', ['sql: constraint "public"."users"."c"']],
    [
      'ALTER TABLE users DROP CONSTRAINT users_name_unique; ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE (name)',
      ['both: constraint "public"."users"."users_name_key"'],
    ],
    [
      'ALTER TABLE users DROP CONSTRAINT users_name_unique; ALTER TABLE users ADD CONSTRAINT users_name_unique UNIQUE NULLS NOT DISTINCT (name)',
      ['both: constraint "public"."users"."users_name_unique"'],
    ],
    [
      'ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE',
      ['snapshot: constraint "public"."users"."users_pkey"', 'snapshot: constraint "app"."posts"."posts_user_users_id_fk"'],
    ],
    [
      'ALTER TABLE app.posts DROP CONSTRAINT posts_user_users_id_fk; ALTER TABLE app.posts ADD CONSTRAINT posts_user_users_id_fk FOREIGN KEY ("user") REFERENCES users',
      ['both: constraint "app"."posts"."posts_user_users_id_fk"'],
    ],
    ['DROP INDEX users_at', ['snapshot: index "public"."users_at"']],
    ['DROP INDEX users_at; CREATE UNIQUE INDEX users_at ON users (at, state) WHERE "on"', ['both: index "public"."users_at"']],
    ['CREATE INDEX more ON users (name)', ['sql: index "public"."more"']],
    ['ALTER INDEX users_lower RENAME TO users_low', ['both: index "public"."users_low"']],
    ['ALTER TABLE users DISABLE ROW LEVEL SECURITY', ['both: table "public"."users"']],
    ['DROP POLICY users_own ON users', ['snapshot: policy "public"."users"."users_own"']],
    ['DROP POLICY users_own ON users; CREATE POLICY users_own ON users FOR SELECT USING (id > 0)', ['both: policy "public"."users"."users_own"']],
    ['DROP VIEW names', ['snapshot: view "public"."names"']],
    ['CREATE VIEW more AS SELECT 1 AS one', ['sql: view "public"."more"']],
    [`ALTER TYPE mood ADD VALUE 'so' BEFORE 'happy'`, ['both: type "public"."mood"']],
    [`CREATE TYPE other AS ENUM ('a')`, ['sql: type "public"."other"']],
    ['CREATE TABLE other (a int PRIMARY KEY, b int UNIQUE)', ['sql: table "public"."other"']],
    ['DROP TABLE app.posts', ['snapshot: table "app"."posts"']],
    ['DROP SCHEMA app CASCADE', ['snapshot: schema "app"', 'snapshot: table "app"."posts"']],
    ['DROP SEQUENCE counter', ['snapshot: sequence "public"."counter"']],
    ['ALTER SEQUENCE counter INCREMENT BY 3', ['both: sequence "public"."counter"']],
    [
      'ALTER TABLE app.posts RENAME COLUMN slug TO path',
      ['sql: column "app"."posts"."path"', 'snapshot: column "app"."posts"."slug"', 'both: constraint "app"."posts"."posts_slug"'],
    ],
  ])('%s', async (statements, expected) => {
    const answer = await drift([statements])
    expect([...found(answer)].sort()).toEqual([...expected].sort())
    expect(answer.undecided).toEqual([])
  })

  it('say both forms', async () => {
    const { differences } = await drift(['ALTER TABLE users ALTER COLUMN price SET NOT NULL'])
    expect(differences).toEqual([{ object: 'column "public"."users"."price"', in: 'both', sql: 'numeric(10) NOT NULL', snapshot: 'numeric(10)' }])
  })
})

describe('scope', () => {
  const within = (project: Pick<Project, 'schemaFilter' | 'tablesFilter'>): Promise<SnapshotDrift> =>
    snapshotDrift({
      sql: catalogOf([...made, 'DROP TABLE app.posts; CREATE TABLE cache_a (a int); CREATE TABLE other (a int)']),
      snapshot: readSnapshot(snapshot),
      scope: scopeOf(ledger, project),
    })

  it.each<[Pick<Project, 'schemaFilter' | 'tablesFilter'>, readonly string[]]>([
    [{}, ['sql: table "public"."cache_a"', 'sql: table "public"."other"', 'snapshot: table "app"."posts"']],
    [{ schemaFilter: ['public'] }, ['sql: table "public"."cache_a"', 'sql: table "public"."other"']],
    [{ tablesFilter: ['!cache_*', '*'] }, ['sql: table "public"."other"', 'snapshot: table "app"."posts"']],
    [{ tablesFilter: ['{users,posts}'], schemaFilter: ['app', 'public'] }, ['snapshot: table "app"."posts"']],
    [{ tablesFilter: ['c?che_[ab]'] }, ['sql: table "public"."cache_a"']],
  ])('%j', async (project, expected) => {
    expect([...found(await within(project))].sort()).toEqual([...expected].sort())
  })
})

describe('what only PostgreSQL can tell', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await openEngine({ extensions: [], profile: 'replay' })
  })
  afterAll(() => engine[Symbol.asyncDispose]())

  const same = [
    'ALTER TABLE users ALTER COLUMN price SET DATA TYPE numeric(10, 0)',
    `ALTER TABLE users ALTER COLUMN settings SET DEFAULT '{ }'`,
    `ALTER TABLE users DROP CONSTRAINT users_state; ALTER TABLE users ADD CONSTRAINT users_state CHECK (state = 'new' OR (state = 'old'))`,
    'DROP INDEX users_at; CREATE INDEX users_at ON users (at timestamp_ops, state text_ops) WHERE ("on")',
    'DROP POLICY users_own ON users; CREATE POLICY users_own ON users USING (0 < id)',
    'CREATE OR REPLACE VIEW names AS SELECT u.id, u.name FROM users u',
  ]

  it('is not decided without it', async () => {
    const { differences, undecided } = await drift(same)
    expect(differences).toEqual([])
    expect(undecided.map(({ object }) => object)).toEqual(
      expect.arrayContaining(['column "public"."users"."price"', 'index "public"."users_at"', 'view "public"."names"']),
    )
  })

  it('is decided by what it prints, and nothing stays behind', async () => {
    const answer = await drift(same, engine)
    expect(answer.undecided).toEqual([])
    // PostgreSQL keeps these three as they were written.
    expect(found(answer)).toEqual([
      'both: constraint "public"."users"."users_state"',
      'both: policy "public"."users"."users_own"',
      'both: view "public"."names"',
    ])
    await using session = await engine.session(await engine.createDatabase())
    expect(await session.query(`SELECT 1 FROM pg_class WHERE relname = 'users'`)).toEqual([])
  })

  it('differs where PostgreSQL refuses the snapshot’s form', async () => {
    const said = JSON.parse(JSON.stringify(snapshot).replace('"now()"', '"no_such_function()"')) as Tree
    expect(found(await drift([same[0] ?? ''], engine, said))).toEqual(['both: column "public"."users"."at"'])
  })

  it('stays open where the SQL’s own catalog is refused', async () => {
    const { differences, undecided } = await drift([...same, 'ALTER TABLE users ADD COLUMN e no_such_type'], engine)
    expect(differences.map(({ object }) => object)).toEqual(['column "public"."users"."e"'])
    expect(undecided.length).toBeGreaterThan(3)
    expect(undecided[0]?.why).toContain('type "no_such_type" does not exist')
  })

  it('makes roles that policies name, and leaves none', async () => {
    const policy = `CREATE POLICY p ON users TO somebody USING (id > 0 AND true)`
    const said = snapshotOf({
      mood,
      app,
      counter,
      posts,
      names,
      totals,
      users: pgTable('users', { id: serial('id').primaryKey() }, () => [pgPolicy('p', { to: 'somebody', using: sql`id > 0` })]),
    })
    const catalog = catalogOf([`CREATE TABLE users (id serial PRIMARY KEY); ALTER TABLE users ENABLE ROW LEVEL SECURITY; ${policy}`])
    const answer = await snapshotDrift({ sql: catalog, snapshot: readSnapshot(said), scope: scopeOf(ledger, { tablesFilter: ['users'] }), engine })
    expect(found(answer).filter((line) => line.includes('policy'))).toEqual(['both: policy "public"."users"."p"'])
    await using session = await engine.session(await engine.createDatabase())
    expect(await session.query(`SELECT 1 FROM pg_roles WHERE rolname = 'somebody'`)).toEqual([])
  })
})

describe('what memory cannot read of a snapshot', () => {
  it('is said, and is no difference', async () => {
    const broken = JSON.parse(JSON.stringify(snapshot).replace('lower(name)', 'lower(name')) as Tree
    const { differences, undecided } = await drift([], undefined, broken)
    expect(undecided.map(({ object }) => object)).toContain('table "public"."users"')
    expect(differences.filter(({ object }) => object.includes('users'))).toEqual([])
  })

  it('borrows tables that only the SQL has', async () => {
    const said = snapshotOf({ posts: pgTable('posts', { user: integer('user').references(() => users.id) }) })
    const catalog = catalogOf(['CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE posts ("user" int CONSTRAINT posts_user_users_id_fk REFERENCES users)'])
    const answer = await snapshotDrift({ sql: catalog, snapshot: readSnapshot(said), scope: scopeOf(ledger) })
    expect([found(answer), answer.undecided]).toEqual([['sql: table "public"."users"'], []])
  })
})

describe('a history', () => {
  const table = (columns: readonly string[], more: Tree = {}): Tree => ({
    version: '7',
    dialect: 'postgresql',
    tables: {
      'public.t': {
        name: 't',
        schema: '',
        columns: Object.fromEntries(columns.map((name) => [name, { name, type: 'integer', primaryKey: false, notNull: false }])),
      },
    },
    enums: {},
    schemas: {},
    ...more,
  })
  const ids = ['a', 'b', 'c', 'd']
  const sqls = [
    'CREATE TABLE t (a integer);',
    'ALTER TABLE t ADD COLUMN b integer; CREATE INDEX i ON t (a);',
    'DROP INDEX i; ALTER TABLE t ADD COLUMN x integer;',
    'ALTER TABLE t ADD COLUMN d integer;',
  ]
  const judged = async (snapshots: readonly (Tree | string)[], prefixes: 'last' | 'all', before = '') => {
    const files = Object.fromEntries([
      ['meta/_journal.json', journalOf(ids.map((id, at) => ({ tag: `000${at}_${id}`, when: (at + 1) * 1000 })))],
      ...ids.map((id, at) => [`000${at}_${id}.sql`, `${at === 0 ? before : ''}${sqls[at] ?? ''}`]),
      ...snapshots.map((one, at) => [
        `meta/000${at}_snapshot.json`,
        typeof one === 'string' ? one : JSON.stringify({ id: ids[at] ?? '', prevId: ids[at - 1] ?? '', ...one }),
      ]),
    ])
    const history = historyOf(files)
    const { catalogs } = replay(
      history.migrations.map(({ sql: text }) => readScript(text ?? '')),
      emptyCatalog,
    )
    return judgeSnapshots({ history, catalogs, prefixes, loadSnapshot: async (path) => files[path] ?? '' })
  }

  it('is compared at its last snapshot, with all of the SQL', async () => {
    const answer = await judged([table(['a']), table(['a', 'b']), table(['a', 'b'])], 'last')
    expect(answer.compared).toEqual([2])
    expect(found(answer)).toEqual(['sql: column "public"."t"."x"', 'sql: column "public"."t"."d"'])
    expect(answer.findings.map(({ rule, severity, file, migration }) => [rule, severity, file, migration])).toEqual([
      ['snapshot-drift', 'warning', 'drizzle/meta/0002_snapshot.json', '0002_c'],
      ['snapshot-drift', 'warning', 'drizzle/meta/0002_snapshot.json', '0002_c'],
    ])
    expect(answer.findings[0]?.message).toBe('The SQL makes column t.x (integer), and the snapshot has none.')
    expect(new Set(answer.findings.map(({ fingerprint }) => fingerprint)).size).toBe(2)
  })

  it('says since when, and what is over, when all snapshots are compared', async () => {
    const answer = await judged([table(['a']), table(['a', 'b']), table(['a', 'b', 'y']), table(['a', 'b', 'd', 'y'])], 'all')
    expect(answer.compared).toEqual([0, 1, 2, 3])
    expect(answer.differences.map(({ in: side, object, since }) => [side, object, since])).toEqual([
      ['sql', 'column "public"."t"."x"', '0002_c'],
      ['snapshot', 'column "public"."t"."y"', '0002_c'],
    ])
    expect(answer.findings.map(({ severity, migration, message }) => [severity, migration, message.split('.').at(-2)])).toEqual([
      ['warning', '0003_d', ' Since 0002_c'],
      ['error', '0003_d', ' Since 0002_c'],
      ['note', '0001_b', ' This was so at 0001_b only'],
    ])
  })

  it('has a warning for labels in another order', async () => {
    const answer = await judged(
      [table([]), table([]), table([]), table(['a', 'b', 'd', 'x'], { enums: { 'public.e': { name: 'e', schema: 'public', values: ['q', "it's"] } } })],
      'last',
      `CREATE TYPE e AS ENUM ('it''s', 'q');`,
    )
    expect(answer.findings.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', "The SQL makes type e as ENUM ('it''s', 'q'); the snapshot says ENUM ('q', 'it''s')."],
    ])
  })

  it('has errors for what the snapshot takes for made', async () => {
    const answer = await judged(
      [
        table(['a']),
        table(['a', 'b']),
        table(['a', 'b', 'x']),
        table(['a', 'b', 'd', 'x', 'y'], { enums: { 'public.e': { name: 'e', schema: 'public', values: ['p', 'q'] } } }),
      ],
      'last',
    )
    expect(answer.findings.map(({ severity, message }) => [severity, message])).toEqual([
      ['error', "The snapshot has type e (ENUM ('p', 'q')), and the SQL does not make it."],
      ['error', 'The snapshot has column t.y (integer), and the SQL does not make it.'],
    ])
  })

  it('has unknown what says only what it changes, where that is not there', async () => {
    const answer = await judged([table(['a']), table(['a', 'b']), table(['a', 'b', 'x']), table([], { version: '9' })], 'last')
    expect([answer.compared, answer.findings]).toEqual([[], []])
    expect(answer.unknown[0]?.what).toBe('the snapshot drizzle/meta/0003_snapshot.json')
    expect(answer.unknown[0]?.why).toContain('what it comes from is needed')
  })

  it('passes over a snapshot that is no JSON: another rule says so', async () => {
    const answer = await judged([table(['a']), table(['a', 'b']), table(['a', 'b', 'x']), '{'], 'last')
    expect(answer.compared).toEqual([2])
  })
})
