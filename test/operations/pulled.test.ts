import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { createWorld } from '../../src/cli/world.ts'
import { runHistory } from '../../src/drizzle/run.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import { exitCodeOf, type Report, verdictOf } from '../../src/model/report.ts'
import { check } from '../../src/operations/check.ts'
import { doctor } from '../../src/operations/doctor.ts'
import { lint } from '../../src/operations/lint.ts'
import { version } from '../../src/operations/version.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { journal, makePlace, type Place, startServer } from './place.ts'

/** Programs and empty clusters are made once for all tests. */
const cache = makePlace()
let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  await loadSql()
  server = await startServer()
})
afterAll(async () => {
  await server.stop()
  cache.remove()
})

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

const open = () => createWorld({ cwd: place.path, config: {}, env: { ...process.env, XDG_CACHE_HOME: cache.path } })

const checked = async (only = 'folder,replay,snapshots'): Promise<Report> => {
  await using world = await open()
  return await check.run(world, { arguments: [], flags: { only, root: '.', every: true } as never })
}

/** Folders that tests write have no snapshots, where they are not about them. */
const found = ({ findings }: Report): readonly string[] =>
  findings.filter(({ rule }) => rule !== 'missing-snapshot').map(({ severity, rule, migration }) => `${severity} ${rule} ${migration ?? ''}`.trimEnd())
const note = ({ findings }: Report): string => findings.find(({ rule }) => rule === 'pulled-baseline')?.message ?? ''

const breakpoint = '--> statement-breakpoint\n'
const pulled = (...statements: readonly string[]): string =>
  `-- Current sql file was generated after introspecting the database\n-- If you want to run this migration please uncomment this code before executing migrations\n/*\n${statements.join(breakpoint)}\n*/`

const users = 'CREATE TABLE "users" (\n\t"id" serial PRIMARY KEY NOT NULL,\n\t"email" text NOT NULL,\n\t"role" "role" DEFAULT \'member\'\n);\n'
const posts = 'CREATE TABLE "posts" (\n\t"id" serial PRIMARY KEY NOT NULL,\n\t"author" integer NOT NULL\n);\n'
const key = 'ALTER TABLE "posts" ADD CONSTRAINT "posts_author_fk" FOREIGN KEY ("author") REFERENCES "public"."users"("id");'
const role = 'CREATE TYPE "public"."role" AS ENUM(\'member\', \'admin\');'
const later = `ALTER TABLE "posts" ADD COLUMN "title" text;${breakpoint}ALTER TYPE "role" ADD VALUE 'guest';${breakpoint}ALTER TABLE "posts" DROP CONSTRAINT "posts_author_fk";`

describe('a first migration that drizzle-kit pull wrote', () => {
  test('is taken as there already, on both sides, and said once', async () => {
    place.numbered(pulled(role, users, posts, key), later)
    const report = await checked('folder,replay')
    expect(found(report)).toEqual(['note pulled-baseline 0000_m'])
    expect(report.findings.at(-1)).toMatchObject({ file: 'drizzle/0000_m.sql', line: 1 })
    expect(note(report)).toBe('2 tables in a comment: taken as there already; a new database refuses it (42601: its breakpoints cut the comment apart).')
    expect(report.unknown).toEqual([])
    expect(report.analysed).toMatchObject({ migrations: 2, statements: 3, compared: 2, opaque: 0 })
    // They are the project's own, other than what a platform has.
    expect(report.data).toMatchObject({ projects: [{ parts: { replay: { tables: 2 } } }] })
    expect(exitCodeOf(verdictOf(report))).toBe(0)
  })

  test('and a new database refuses it, as the note says', async () => {
    place.numbered(pulled(role, users, posts, key), later)
    const database = await server.database()
    await expect(database.migrate(join(place.path, 'drizzle'))).rejects.toMatchObject({
      cause: { code: '42601', message: expect.stringContaining('unterminated /* comment') },
    })
  })

  test('without breakpoints: a new database gets nothing from it, and refuses what comes next', async () => {
    place.numbered(pulled(`${role}\n${users}\n${posts}\n${key}`), later)
    const report = await checked('folder,replay')
    expect(found(report).filter((each) => !each.includes('breakpoint'))).toEqual(['note pulled-baseline 0000_m'])
    expect(note(report)).toContain('a new database gets nothing from it')
    await expect((await server.database()).migrate(join(place.path, 'drizzle'))).rejects.toMatchObject({ cause: { code: '42P01' } })
  })

  test('in a folder of 1.0, by itself', async () => {
    place.write({
      'drizzle.config.json': JSON.stringify({ dialect: 'postgresql', out: './drizzle', schema: './schema.ts' }),
      'drizzle/20260101000000_pulled/migration.sql': pulled(role, users),
      'drizzle/20260102000000_next/migration.sql': 'ALTER TABLE "users" ADD COLUMN "name" text;',
    })
    expect(found(await checked('replay'))).toEqual(['note pulled-baseline 20260101000000_pulled'])
  })

  test('the order in which it is written does not count: it is a state', async () => {
    place.numbered(pulled(key, posts, users, role), later)
    const report = await checked('replay')
    expect(found(report)).toEqual(['note pulled-baseline 0000_m'])
    expect(note(report)).not.toContain('Left out')
  })

  test('it stands on the objects of a platform, and on extensions', async () => {
    const policy = 'CREATE POLICY "own" ON "items" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((( SELECT auth.uid() AS uid) = id));'
    const items = 'CREATE TABLE "items" (\n\t"id" uuid PRIMARY KEY DEFAULT uuid_generate_v4() NOT NULL,\n\t"name" text\n);\n'
    const names = 'CREATE INDEX "items_name_idx" ON "items" USING gin ("name" gin_trgm_ops);'
    place.numbered(pulled(items, names, policy), 'DROP POLICY "own" ON "items";')
    const report = await checked('replay')
    expect(found(report)).toEqual(['note pulled-baseline 0000_m', 'note platform-assumed 0000_m', 'note extension-assumed', 'note extension-assumed'])
  })

  test('doctor, version, lint and the catalog stand on it alike', async () => {
    place.numbered(pulled(role, users, posts, key), later)
    await using world = await open()
    expect(found(await doctor.run(world, { arguments: [], flags: {} as never }))).toEqual(['note pulled-baseline 0000_m'])
    const { data } = await version.run(world, { arguments: [], flags: {} as never })
    expect(data).toMatchObject({ version: '1.1.0', tag: '0001_m' })
    const rules = new Set((await lint.run(world, { arguments: [], flags: {} as never })).findings.map(({ rule }) => rule))
    expect([rules.has('unparsed'), rules.has('refused'), rules.has('drop-foreign-key')]).toEqual([false, false, true])
    const { tables, types } = await world.catalog({ type: 'folder' })
    expect([[...tables.keys()], [...types.keys()]]).toEqual([['"public"."users"', '"public"."posts"'], ['"public"."role"']])
  })
})

describe('what drizzle-kit writes wrongly, or does not pull', () => {
  test('goes, and what it stands in stays; what cannot stay is named', async () => {
    const table =
      'CREATE TABLE "t" (\n\t"id" text PRIMARY KEY DEFAULT make_id() NOT NULL,\n\t"at" timestamp,\n\t"n" integer,\n\t"u" uuid[] DEFAULT \'{""}\',\n\tCONSTRAINT "c" CHECK (((n > 0) OR (n < 5)))) NOT VALID)\n);\n'
    place.numbered(
      pulled(
        table,
        'CREATE INDEX "i" ON "t" USING btree ("at" int4_ops,"n" timestamp_ops);',
        'CREATE POLICY "p" ON "t" AS PERMISSIVE FOR ALL TO public USING ((id = my_id()));',
        'CREATE VIEW "public"."v" AS (SELECT my_id() AS id);',
        `CREATE INDEX "broken" ON "t" USING btree (date_trunc('minute'::text, (at timestamp_ops);`,
      ),
      `DROP INDEX "i";${breakpoint}ALTER TABLE "t" DROP CONSTRAINT "t_pkey", DROP COLUMN "u";${breakpoint}ALTER POLICY "p" ON "t" TO postgres;`,
    )
    const report = await checked('folder,replay')
    expect(found(report)).toEqual(['note pulled-baseline 0000_m'])
    expect(note(report)).toContain(' 3 of 4 statements are taken without a part that PostgreSQL refuses')
    expect(note(report)).toContain('Left out, because PostgreSQL refuses it: CREATE VIEW "public"."v" AS (SELECT my_id() AS id) (line ')
    expect(note(report)).toMatch(/function my_id\(\) does not exist \(SQLSTATE 42883\)\); CREATE INDEX "broken".*syntax error/)
    expect(report.analysed).toMatchObject({ compared: 2 })
  })

  test('a function that was not pulled and comes up later is a warning, and the rest is unknown', async () => {
    place.numbered(pulled(role, users), 'ALTER TABLE "users" ALTER COLUMN "email" SET DEFAULT my_mail();', 'ALTER TABLE "users" DROP COLUMN "missing";')
    const report = await checked('replay')
    expect(found(report)).toEqual(['error refused 0002_m', 'note pulled-baseline 0000_m', 'warning engine-refuses 0001_m'])
    expect(report.findings.at(-1)?.help).toContain('the database may have it')
    expect(report.unknown).toMatchObject([{ why: '0001_m needs what was not pulled: function my_mail() does not exist' }])
  })
})

describe('no baseline', () => {
  test('where a later migration makes its tables: the comment is a comment', async () => {
    place.numbered(pulled(role, users), `${role}${breakpoint}${users}`)
    expect(found(await checked('replay'))).toEqual(['error unparsed 0000_m', 'error unparsed 0000_m'])
    place.numbered(pulled(role, users), `DROP TABLE "users";${breakpoint}${users}`)
    expect(found(await checked('replay'))).toEqual(['note pulled-baseline 0000_m'])
  })

  test('behind the first migration: the server refuses it, and nothing of it runs', async () => {
    place.numbered(`${role}${breakpoint}${users}`, pulled(posts, key), 'ALTER TABLE "users" ADD COLUMN "name" text;')
    const report = await checked('replay')
    expect(found(report)).toEqual(['error unparsed 0001_m', 'error unparsed 0001_m'])
    expect(report.analysed).toMatchObject({ statements: 3, compared: 1 })
  })

  test('a remark is none', async () => {
    place.numbered('-- Please create table users by hand.', role)
    expect(found(await checked('folder,replay'))).toEqual(['note empty-migration 0000_m'])
  })
})

describe('the runner', () => {
  test('a comment that one chunk leaves open does not swallow the next ones', async () => {
    await using engine = await openEngine({ profile: 'replay', extensions: [] })
    await using session = await engine.session(await engine.createDatabase())
    // Joined, these three would run.
    const script = readScript(`CREATE TABLE a (id integer); /*${breakpoint}CREATE TABLE b (id integer);${breakpoint}*/ CREATE TABLE c (id integer);`)
    const failure = await runHistory(engine, session, [script], { schema: 'drizzle', table: '__drizzle_migrations' })
    expect(failure?.refusal).toBeInstanceOf(PostgresRefusal)
    expect(failure).toMatchObject({ migration: 0, refusal: { sqlstate: '42601' } })
    expect(await session.query(`SELECT relname FROM pg_class WHERE relname IN ('a', 'b', 'c')`)).toEqual([])
  })
})

describe('drizzle-kit itself', () => {
  const kit = createRequire(import.meta.url)
    .resolve('drizzle-kit')
    .replace(/[^/\\]*$/, 'bin.cjs')

  /** Pulls a database into the folder. */
  const pull = (url: string): void => {
    place.write({ 'drizzle.config.json': JSON.stringify({ dialect: 'postgresql', out: './drizzle', schema: './drizzle/schema.ts', dbCredentials: { url } }) })
    const { status, stdout, stderr } = spawnSync(process.execPath, [kit, 'pull', '--config', 'drizzle.config.json'], { cwd: place.path, encoding: 'utf8' })
    if (status !== 0) throw new Error(stdout + stderr)
  }

  test('pulls; nothing is wrong with the folder, its SQL or its snapshot, and what comes after is judged', async () => {
    const database = await server.database()
    await database.session.script(
      `${role}
      CREATE FUNCTION make_id(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
      CREATE TABLE users (id text PRIMARY KEY DEFAULT make_id('u'), email text NOT NULL UNIQUE, role role DEFAULT 'member', tags text[] NOT NULL DEFAULT ARRAY['x']::varchar(24)[], at timestamptz NOT NULL DEFAULT now(), n integer);
      ALTER TABLE users ADD CONSTRAINT n_check CHECK (n > 0 OR (n IS NULL AND role IS NOT NULL)) NOT VALID;
      CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, author text NOT NULL REFERENCES users ON DELETE CASCADE, doc jsonb, at timestamptz);
      CREATE UNIQUE INDEX posts_author_at ON posts (author, at DESC NULLS LAST) WHERE at IS NOT NULL;
      CREATE INDEX posts_mixed ON posts (at, author, id);
      CREATE INDEX posts_doc ON posts USING gin (doc jsonb_path_ops);
      ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON posts USING (author = make_id('u'));
      CREATE VIEW authors AS SELECT author, count(*) AS posts FROM posts GROUP BY author;`,
    )
    pull(database.url)
    const report = await checked()
    expect(found(report)).toEqual(['note pulled-baseline 0000_' + note0()])
    expect(report.unknown).toEqual([])
    expect(report.analysed).toMatchObject({ compared: 1, snapshots: 1 })
    expect(note(report)).not.toContain('Left out')

    const [first] = (JSON.parse(readFileSync(join(place.path, 'drizzle/meta/_journal.json'), 'utf8')) as { entries: readonly { tag: string; when: number }[] })
      .entries
    if (!first) throw new Error('drizzle-kit wrote no migration')
    const next = [
      { ...first, when: first.when - 86_400_000 },
      { tag: '0001_next', when: first.when - 1 },
    ]
    const snapshot = JSON.parse(readFileSync(join(place.path, 'drizzle/meta/0000_snapshot.json'), 'utf8'))
    const columns = snapshot.tables['public.posts'].columns
    columns.name = { name: 'name', type: 'text', primaryKey: false, notNull: false }
    columns.nick = { name: 'nick', type: 'text', primaryKey: false, notNull: false }
    place.write({
      'drizzle/0001_next.sql': 'ALTER TABLE "posts" ADD COLUMN "name" text;',
      'drizzle/meta/0001_snapshot.json': JSON.stringify({ ...snapshot, id: '11111111-1111-1111-1111-111111111111', prevId: snapshot.id }),
      'drizzle/meta/_journal.json': journal(next.map((entry) => ({ ...entry, sql: '' }))),
    })
    const after = await checked()
    expect(found(after).slice(0, -1)).toEqual(['note pulled-baseline 0000_' + note0()])
    expect(after.findings.at(-1)).toMatchObject({
      rule: 'snapshot-drift',
      severity: 'error',
      message: expect.stringContaining('The snapshot has column posts.nick (text)'),
    })
  })

  const note0 = (): string => {
    const { entries } = JSON.parse(readFileSync(join(place.path, 'drizzle/meta/_journal.json'), 'utf8')) as { entries: readonly { tag: string }[] }
    return entries[0]?.tag.slice(5) ?? ''
  }
})
