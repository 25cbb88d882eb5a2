import { readFileSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WorldOptions } from '../../src/cli/world.ts'
import { type Report, verdictOf } from '../../src/model/report.ts'
import { rollback } from '../../src/operations/rollback.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { options } from '../renderers/report.ts'
import { makePlace, type Place, startServer } from './place.ts'
import { plainFlags, type RollbackFlags } from './rollback-flags.ts'

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

type Told = {
  readonly tag: string
  readonly sql: string
  readonly class: string
  readonly proof: { readonly schema: string; readonly why?: string; readonly stopped?: readonly string[] }
  readonly loses: readonly { readonly what: string }[]
  readonly since: { readonly loses: readonly { readonly what: string }[]; readonly guards: readonly { readonly what: string; readonly query: string | null }[] }
}

const run = async (tag?: string, flags: Partial<RollbackFlags> = {}, world: WorldOptions = {}): Promise<Report> => {
  await using open = await place.world(world)
  return await rollback.run(open, { arguments: tag === undefined ? [] : [tag], flags: { ...plainFlags, ...flags } })
}
const migrationsOf = (report: Report): readonly Told[] => (report.data as { readonly migrations: readonly Told[] }).migrations
const only = (report: Report): Told => {
  const [first, ...others] = migrationsOf(report)
  if (!first || others.length > 0) throw new Error(`${others.length + 1} rollbacks`)
  return first
}
/** The last migration of these. */
const back = async (...sql: readonly string[]): Promise<Told> => {
  place.numbered(...sql)
  return only(await run())
}
/** Its statements, without what every file has. */
const statements = ({ sql }: Told): readonly string[] =>
  sql.split('\n').filter((line) => !/^(--|BEGIN;|COMMIT;|SET LOCAL lock_timeout|DELETE FROM "drizzle")/.test(line) && line !== '')

const users = 'CREATE TABLE users (id integer PRIMARY KEY, mail text, note text)'

describe('the way back', () => {
  test('a rename stays a rename, and what it carries along is not touched', async () => {
    const told = await back(
      `${users}; CREATE INDEX users_mail ON users (mail)`,
      'ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME COLUMN mail TO email',
    )
    expect(statements(told)).toEqual(['ALTER TABLE people RENAME COLUMN email TO mail;', 'ALTER TABLE people RENAME TO users;'])
    expect(told).toMatchObject({ class: 'lossless', proof: { schema: 'exact' }, loses: [], since: { loses: [], guards: [] } })
  })

  test('what a loop has renamed, which memory cannot follow, is renamed back: PostgreSQL knows it is the same', async () => {
    const told = await back(
      `CREATE TYPE mood AS ENUM ('a', 'b'); ${users}; CREATE INDEX users_mail ON users (mail); ALTER TABLE users ADD m mood`,
      `DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT relname FROM pg_class WHERE relname = 'users' LOOP EXECUTE format('ALTER TABLE %I RENAME TO people', r.relname); END LOOP;
  FOR r IN SELECT attname FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'mail' LOOP
    EXECUTE format('ALTER TABLE people RENAME COLUMN %I TO email', r.attname); EXECUTE format('ALTER TABLE people ADD %I integer', r.attname);
  END LOOP;
  EXECUTE 'ALTER TYPE mood RENAME VALUE ' || quote_literal('a') || ' TO ' || quote_literal('z'); EXECUTE 'ALTER INDEX users_mail RENAME TO ' || quote_ident('people_email');
END $$`,
    )
    expect(told).toMatchObject({ class: 'lossless', road: 'difference', proof: { schema: 'exact' } })
    expect(statements(told)).toEqual([
      'ALTER TABLE people RENAME TO users;',
      'ALTER TABLE users DROP COLUMN mail;',
      'ALTER TABLE users RENAME COLUMN email TO mail;',
      `ALTER TYPE mood RENAME VALUE 'z' TO 'a';`,
      'ALTER INDEX people_email RENAME TO users_mail;',
    ])
  })

  test('what a new table has goes with it', async () => {
    const told = await back(
      users,
      'CREATE TABLE posts (id serial PRIMARY KEY, by integer REFERENCES users, CHECK (id > 0)); CREATE INDEX posts_by ON posts (by)',
    )
    expect(statements(told)).toEqual(['DROP TABLE posts;'])
    expect(told.since.loses).toEqual([{ what: 'all rows of posts', table: 'posts' }])
  })

  test('an enum that got two labels is rebuilt once, with what uses it; rows that use them are asked for', async () => {
    const told = await back(
      `CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood DEFAULT 'a', CHECK (m <> 'b')); CREATE INDEX i ON t (m) WHERE m = 'a'; CREATE VIEW v AS SELECT m FROM t`,
      `ALTER TYPE mood ADD VALUE 'c'; ALTER TYPE mood ADD VALUE 'd' BEFORE 'a'`,
    )
    expect(told.proof).toMatchObject({ schema: 'exact' })
    expect(told.sql.match(/CREATE TYPE mood AS ENUM/g)).toHaveLength(1)
    expect(told.since.guards).toEqual([
      { what: 't.m holds d, c, which the type had not before', query: `SELECT m FROM t WHERE m::text = ANY (ARRAY['d', 'c']) LIMIT 20` },
    ])
  })

  test('a DO block, a function, a trigger and a policy', async () => {
    const told = await back(
      `${users}; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
      `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'log') THEN CREATE TABLE log (id integer); END IF; END $$;
CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := 'x'; RETURN NEW; END $$;
CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON users USING (id > 0)`,
    )
    expect(told.proof).toMatchObject({ schema: 'exact' })
    expect(told.sql).toContain('BEGIN RETURN NEW; END')
  })

  test('CONCURRENTLY and COMMIT: what is dropped is dropped in the transaction, what is made is made behind it', async () => {
    const told = await back(
      `${users}; CREATE INDEX old ON users (mail)`,
      ['COMMIT;', 'DROP INDEX CONCURRENTLY old;', 'CREATE INDEX CONCURRENTLY new ON users (note)'].join('--> statement-breakpoint\n'),
    )
    expect(told.proof).toMatchObject({ schema: 'exact' })
    expect(told.sql).toMatch(/DROP INDEX new;\n.*\nCOMMIT;\nCREATE INDEX CONCURRENTLY old ON users USING btree \(mail\);\n$/)
  })

  test('a type that was changed comes back by the cast that undoes the one before', async () => {
    const told = await back(
      'CREATE TABLE t (at integer, note varchar(5))',
      'ALTER TABLE t ALTER at TYPE timestamptz USING to_timestamp(at), ALTER note TYPE text',
    )
    expect(statements(told).filter((line) => line.startsWith('ALTER'))).toEqual([
      'ALTER TABLE t ALTER COLUMN note TYPE varchar(5);',
      'ALTER TABLE t ALTER COLUMN at TYPE integer USING (EXTRACT(EPOCH FROM at))::int;',
    ])
    expect(told.since.guards.map(({ query }) => query)).toContain('SELECT note FROM t WHERE char_length(note) > 5 LIMIT 20')
  })

  test('a column that was dropped is lost, stands last, and stops the rollback where it may not be NULL', async () => {
    const told = await back('CREATE TABLE t (a integer, b text NOT NULL, c integer)', 'ALTER TABLE t DROP COLUMN b')
    expect(told).toMatchObject({
      class: 'lossy',
      proof: { schema: 'order-only', columns: ['t.b', 't.c'] },
      loses: [{ what: 'all values of t.b' }],
      reordered: [{ table: 't' }],
    })
    expect(told.since.guards).toEqual([{ what: 't has rows, for which b has no value', query: 'SELECT * FROM t LIMIT 20' }])
  })

  test('changed rows are named, and a table that only the migration knew is not missed', async () => {
    const told = await back(users, `CREATE TABLE tmp (id integer); INSERT INTO tmp SELECT id FROM users; UPDATE users SET note = 'x'; DROP TABLE tmp`)
    expect(told.loses).toEqual([{ what: 'rows of users as they were before UPDATE', table: 'users' }])
    expect(statements(told)).toEqual([])
  })

  test('rows that an earlier migration wrote stop it: said, and proven with the table emptied', async () => {
    const told = await back(`${users}; ALTER TABLE users ALTER mail SET NOT NULL; INSERT INTO users VALUES (1, 'x', 'y')`, 'ALTER TABLE users DROP COLUMN mail')
    expect(told.proof).toMatchObject({ schema: 'order-only', stopped: ['users has rows, for which mail has no value'] })
  })
})

describe('--keep', () => {
  test('what was written since is copied before it goes, each time; the catalog from before is exact beside it', async () => {
    const first = `CREATE TYPE mood AS ENUM ('a', 'b'); ${users}`
    place.numbered(first, 'ALTER TABLE users ADD m mood; CREATE TABLE logs (id serial PRIMARY KEY, note text); ALTER TABLE logs ENABLE ROW LEVEL SECURITY')
    const told = only(await run(undefined, { keep: true }))
    expect(told).toMatchObject({ class: 'lossless', proof: { schema: 'exact' }, since: { keptIn: 'pgstrata_archive_0001_since' } })
    expect(pretty.render(await run(undefined, { keep: true }), options)).toContain('all rows of logs: kept in pgstrata_archive_0001_since')
    const server = await startServer()
    try {
      const { session } = await server.database()
      await session.script(`CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text, created_at bigint); ${first}`)
      for (const round of [1, 2]) {
        await session.script('ALTER TABLE users ADD m mood; CREATE TABLE logs (id serial PRIMARY KEY, note text); ALTER TABLE logs ENABLE ROW LEVEL SECURITY')
        await session.script(`DELETE FROM users; INSERT INTO users (id, m) VALUES (${round}, 'b'); INSERT INTO logs (note) VALUES ('round ${round}')`)
        await session.script(told.sql)
      }
      expect(await session.query('SELECT id, m FROM pgstrata_archive_0001_since.users ORDER BY id')).toEqual([
        { id: 1, m: 'b' },
        { id: 2, m: 'b' },
      ])
      expect(await session.query('SELECT note FROM pgstrata_archive_0001_since.logs ORDER BY note')).toEqual([{ note: 'round 1' }, { note: 'round 2' }])
    } finally {
      await server.stop()
    }
  })
})

describe('which ones', () => {
  const three = [users, 'ALTER TABLE users ADD a integer', 'ALTER TABLE users ADD b integer'] as const
  test('the last one, one by the beginning of its tag, all behind one, all', async () => {
    place.numbered(...three)
    expect(only(await run()).tag).toBe('0002_m')
    const named = await run('0001')
    expect(only(named).tag).toBe('0001_m')
    expect(pretty.render(named, options)).toContain('1 migration behind it has to be rolled back first: --to.')
    expect(migrationsOf(await run(undefined, { to: '0000' })).map(({ tag }) => tag)).toEqual(['0002_m', '0001_m'])
    expect(migrationsOf(await run(undefined, { all: true, unproven: true })).map(({ proof }) => proof.schema)).toEqual(['not-run', 'not-run', 'not-run'])
  })

  test('a tag that is none, or the beginning of several', async () => {
    place.numbered(...three)
    await expect(run('9')).rejects.toMatchObject({ code: 'no-such-migration', message: 'drizzle has no migration 9.' })
    await expect(run('000')).rejects.toMatchObject({ code: 'no-such-migration', message: '000 is the beginning of 3 tags of drizzle.' })
    await expect(run('0001', { all: true })).rejects.toMatchObject({ code: 'usage' })
  })

  test('a migration whose file is missing is unknown, and no rollback of it is called anything', async () => {
    place.numbered(users, 'ALTER TABLE users ADD a integer')
    rmSync(`${place.path}/drizzle/0001_m.sql`)
    const report = await run()
    expect(migrationsOf(report)).toEqual([])
    expect(report.unknown).toEqual([{ what: 'the rollback of 0001_m', why: 'its file 0001_m.sql is missing in drizzle', help: 'pgstrata doctor says more.' }])
    expect(verdictOf(report)).toBe('unknown')
  })

  test('a history that does not run itself is unknown, and exit 3', async () => {
    place.numbered(users, 'ALTER TABLE users ADD a integer', 'ALTER TABLE nobody ADD a integer')
    const report = await run(undefined, { all: true })
    expect(report.unknown).toEqual([expect.objectContaining({ what: 'rollbacks of drizzle', why: expect.stringContaining('0002_m does not run itself') })])
    expect(verdictOf(report)).toBe('unknown')
    expect(migrationsOf(report).map(({ proof }) => proof.schema)).toEqual(['not-run', 'exact', 'exact'])
  })
})

describe('files', () => {
  test('are written beside the migrations, and are no migrations', async () => {
    place.numbered(users, 'ALTER TABLE users ADD a integer')
    await run(undefined, { all: true, write: true })
    expect(readFileSync(`${place.path}/drizzle/0001_m.down.sql`, 'utf8')).toContain('ALTER TABLE users DROP COLUMN a;')
    const checked = await run(undefined, { check: true })
    expect(checked).toMatchObject({ findings: [], analysed: { migrations: 2, proven: 2 } })
  })

  test('--check: missing, stale, edited and failing ones', async () => {
    place.numbered(users, 'ALTER TABLE users ADD a integer', 'ALTER TABLE users ADD b integer', 'ALTER TABLE users ADD c integer')
    await run(undefined, { to: '0000', write: true })
    const at = (tag: string): string => `drizzle/${tag}.down.sql`
    const text = (tag: string): string => readFileSync(`${place.path}/${at(tag)}`, 'utf8')
    place.write({
      'drizzle/0001_m.sql': 'ALTER TABLE users ADD a bigint',
      [at('0002_m')]: text('0002_m').replace('DROP COLUMN b', 'RENAME COLUMN b TO z'),
      // By hand, and as good.
      [at('0003_m')]: text('0003_m').replace('DROP COLUMN c', 'DROP COLUMN IF EXISTS c'),
    })
    const { findings } = await run(undefined, { check: true })
    expect(findings.map(({ rule, migration, file }) => [rule, migration, file])).toEqual([
      ['rollback-stale', '0001_m', at('0001_m')],
      ['rollback-missing', '0000_m', at('0000_m')],
      ['rollback-failed', '0002_m', at('0002_m')],
    ])
  })

  test('a file as it is written takes a database back that Drizzle has migrated, and Drizzle migrates it again', async () => {
    const server = await startServer()
    try {
      const database = await server.database()
      place.numbered(users, `ALTER TABLE users RENAME COLUMN mail TO email; CREATE TYPE mood AS ENUM ('a'); ALTER TABLE users ADD m mood DEFAULT 'a' NOT NULL`)
      await database.migrate(`${place.path}/drizzle`)
      await database.session.script(`INSERT INTO users (id, email) VALUES (1, 'x@y')`)
      await database.session.script(only(await run()).sql)
      expect(await database.session.query('SELECT * FROM users')).toEqual([{ id: 1, mail: 'x@y', note: null }])
      await database.migrate(`${place.path}/drizzle`)
      expect(await database.session.query('SELECT * FROM users')).toEqual([{ id: 1, email: 'x@y', note: null, m: 'a' }])
      await database.session.script('UPDATE users SET note = NULL')
    } finally {
      await server.stop()
    }
  })

  test('a guard stops before anything has run', async () => {
    const server = await startServer()
    try {
      const database = await server.database()
      place.numbered(`CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood)`, `CREATE TABLE later (); ALTER TYPE mood ADD VALUE 'b'`)
      await database.migrate(`${place.path}/drizzle`)
      await database.session.script(`INSERT INTO t VALUES ('b')`)
      await expect(database.session.script(only(await run()).sql)).rejects.toThrow('The rollback would be refused: t.m holds b, which the type had not before.')
      await database.session.script('ROLLBACK')
      expect(await database.session.query(`SELECT to_regclass('later') IS NOT NULL AS there`)).toEqual([{ there: true }])
    } finally {
      await server.stop()
    }
  })
})

describe('over rows', () => {
  test('tidy and untidy rows come back, and what was written since does not stop it', async () => {
    const told = await back(
      `${users}; CREATE TABLE posts (id integer PRIMARY KEY, by integer REFERENCES users ON DELETE CASCADE)`,
      'ALTER TABLE users ADD COLUMN age integer; ALTER TABLE users ALTER id TYPE bigint',
    )
    expect(told.proof).toMatchObject({
      schema: 'exact',
      rows: [
        { pass: 'benign', state: 'kept' },
        { pass: 'adverse', state: 'kept' },
        { pass: 'since', state: 'kept' },
      ],
    })
    expect(told.class).toBe('lossless')
  })

  test('what is lost is named by the proof, and a change of type that loses nothing of these rows is not lossy', async () => {
    const lossy = await back('CREATE TABLE t (id integer PRIMARY KEY, n numeric)', 'ALTER TABLE t ALTER n TYPE integer USING round(n)::integer')
    expect(lossy.class).toBe('lossy')
    expect(lossy.proof).toMatchObject({
      rows: [{ pass: 'benign' }, { pass: 'adverse', state: 'changed', changed: [{ table: 't', column: 'n' }] }, { pass: 'since' }],
    })
    const lossless = await back('CREATE TABLE t (id integer PRIMARY KEY, n integer)', 'ALTER TABLE t ALTER n TYPE double precision')
    expect(lossless).toMatchObject({ class: 'lossless', loses: [{ what: 'values that do not come back from the new type of t.n' }] })
  })

  test('a deleted row takes along what refers to it: no more is lost than was said', async () => {
    place.numbered(`${users}; CREATE TABLE posts (id integer PRIMARY KEY, by integer NOT NULL REFERENCES users ON DELETE CASCADE)`, 'DELETE FROM users')
    const report = await run()
    expect(report.findings).toEqual([])
    expect(only(report)).toMatchObject({ class: 'lossy', proof: { rows: [{ state: 'changed' }, { state: 'changed' }] } })
  })

  test('a trigger that changes rows of another table: said by nobody, and so a finding', async () => {
    place.numbered(
      `CREATE TABLE a (id integer PRIMARY KEY, n integer); CREATE TABLE b (id integer PRIMARY KEY, n integer);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE b SET n = -1; RETURN NULL; END $$; CREATE TRIGGER t AFTER UPDATE ON a EXECUTE FUNCTION f();
CREATE TABLE c (id integer PRIMARY KEY REFERENCES b ON DELETE CASCADE)`,
      'UPDATE a SET n = 0; ALTER TABLE b ADD x integer',
    )
    expect((await run()).findings).toEqual([
      expect.objectContaining({ rule: 'rollback-failed', message: expect.stringContaining('it loses more than it says: b.n') }),
    ])
  })

  test('where the usual rows are refused, those are tried that its own casts take: labels, moments, lists', async () => {
    const told = await back(
      `CREATE TABLE t (id integer PRIMARY KEY, status text NOT NULL, "createdAt" text, list jsonb NOT NULL)`,
      `CREATE TYPE state AS ENUM ('open', 'done'); ALTER TABLE t ALTER status TYPE state USING status::state;
UPDATE t SET "createdAt" = "createdAt"::timestamptz::text WHERE "createdAt" NOT LIKE '%+%'; UPDATE t SET id = id WHERE jsonb_array_length(list) > 9`,
    )
    expect(told.proof).toMatchObject({
      rows: [
        { pass: 'benign', rows: 12, state: 'changed', changed: [{ table: 't', column: 'createdAt' }] },
        { pass: 'adverse', rows: 12, state: 'changed', changed: [{ table: 't', column: 'createdAt' }] },
        { pass: 'since', rows: 12 },
      ],
    })
  })

  test('a migration that no row lets pass is tried over the empty table, and that is said', async () => {
    const told = await back(users, 'ALTER TABLE users ADD COLUMN age integer NOT NULL')
    expect(told.proof).toMatchObject({
      schema: 'exact',
      rows: [{ pass: 'benign', state: 'kept', rows: 0, without: ['users'] }, { without: ['users'] }, { pass: 'since' }],
    })
  })

  test('new labels of an enum are used by rows written since, and a guard stops it', async () => {
    const told = await back(`CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (id integer PRIMARY KEY, m mood)`, `ALTER TYPE mood ADD VALUE 'b'`)
    expect(told.proof).toMatchObject({
      rows: [{ state: 'kept' }, { state: 'kept' }, { pass: 'since', state: 'stopped', why: 't.m holds b, which the type had not before' }],
    })
  })
})
