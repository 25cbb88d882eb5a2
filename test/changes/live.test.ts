/** A live catalog in memory: what a server prints, read back and written as SQL, is the same catalog; on every example of every kind of change, and on kinds that have none. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { withAnswered } from '../../src/changes/answered.ts'
import { catalogOf, type LiveCatalog } from '../../src/changes/catalog-of.ts'
import { catalogSql } from '../../src/changes/catalog-sql.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { definitions } from '../../src/changes/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import { qualified } from '../../src/model/name.ts'
import { differences, type PrintedCatalog } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { rowsAgain } from '../../src/sql/printed/as-written.ts'
import { readStatements } from '../../src/sql/script.ts'
import { seenAfter } from '../support/rolled-back.ts'
import { play } from '../support/sql.ts'
import { makeTablespace } from '../support/tablespace.ts'

await loadSql()

let engine: Engine
let session: Session

beforeAll(async () => {
  engine = await openEngine({ extensions: ['citext', 'pg_trgm', 'hstore', 'pgcrypto', 'uuid-ossp', 'vector', 'postgres_fdw'], profile: 'replay' })
  session = await engine.session(await engine.createDatabase())
  await makeTablespace(engine)
})

afterAll(async () => {
  await session?.[Symbol.asyncDispose]()
  await engine?.[Symbol.asyncDispose]()
})

/** What `look` sees after statements that are rolled back. */
const after = <T>(sql: readonly string[], look: () => Promise<T>): Promise<T> => seenAfter(engine, session, sql, look)

const print = (): Promise<PrintedCatalog> => engine.print(session, { inTransaction: true })

const read = (printed: PrintedCatalog): LiveCatalog => catalogOf(printed, { migratingRole: 'postgres' })

/** Reads what the server prints after these statements, and expects that the SQL of it prints the same. */
const expectSame = async (sql: readonly string[], roles: readonly string[] = []): Promise<LiveCatalog> => {
  const real = await after(sql, print)
  const live = read(real)
  expect(live.left).toEqual([])
  const made = [...roles.map((role) => `CREATE ROLE "${role}"`), ...catalogSql(live.catalog)]
  const fingerprint = await after(made, () => engine.fingerprint(session, { inTransaction: true }))
  if (fingerprint !== real.fingerprint) expect(differences(real, await after(made, print))).toEqual([])
  expect(fingerprint).toBe(real.fingerprint)
  return live
}

/** What cannot stand in a transaction, or ends it. */
const leaves = (sql: string): boolean =>
  readStatements(sql).some(({ node, tree }) => ['TransactionStmt', 'VacuumStmt', 'ReindexStmt'].includes(node) || tree.concurrent === true)

describe.each(Object.values(definitions).filter(({ examples }) => examples.length > 0))('$kind', ({ examples }) => {
  it.each(examples.filter(({ sql }) => !leaves(sql)).map((example) => [example.sql, example] as const))('%s', async (_sql, { given = '', sql }) => {
    await expectSame(
      [given, sql],
      [...play(sql, play(given)).catalog.roles.keys()].filter((role) => role !== 'CURRENT_USER'),
    )
  })
})

describe('what no example has', () => {
  it.each([
    ['a varchar in a list, and out of one', `CREATE TABLE t (a varchar(9) CHECK (a IN ('x', 'y')), b varchar CHECK (b NOT IN ('x', 'y')))`],
    [
      'rows that are compared',
      `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TABLE t (a int, b int, c int, d int);
      CREATE TRIGGER u BEFORE UPDATE ON t FOR EACH ROW WHEN ((old.a, old.b, old.c, old.d) IS DISTINCT FROM (new.a, new.b, new.c, new.d)) EXECUTE FUNCTION f()`,
    ],
    ['the one-byte type', `CREATE TABLE t (a "char" DEFAULT 'x'::"char", b tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english', 'x'), 'A')) STORED)`],
    [
      'a view before the function that reads it',
      `CREATE TABLE t (a int); CREATE VIEW z AS SELECT a FROM t; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM z; END;
      CREATE VIEW a AS SELECT f() AS n FROM z`,
    ],
    [
      'partitions of partitions',
      `CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)) PARTITION BY LIST (a); CREATE INDEX i ON p (b);
      CREATE TABLE a_q PARTITION OF p FOR VALUES IN (1) PARTITION BY RANGE (b); CREATE TABLE a_r PARTITION OF a_q DEFAULT`,
    ],
    [
      'an index of some partitions only',
      `CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE b PARTITION OF p FOR VALUES IN (1); CREATE TABLE c PARTITION OF p FOR VALUES IN (2);
      CREATE INDEX i ON ONLY p (a); CREATE INDEX j ON b (a); ALTER INDEX i ATTACH PARTITION j`,
    ],
    [
      'a foreign key of a partitioned table',
      `CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE p (a int REFERENCES o) PARTITION BY LIST (a); CREATE TABLE c PARTITION OF p DEFAULT`,
    ],
    [
      'names with quotes',
      `CREATE SCHEMA "My.data"; CREATE TABLE "My.data"."T""x" ("A.b" serial PRIMARY KEY, "c)" text); CREATE INDEX "i ON x" ON "My.data"."T""x" ("c)")`,
    ],
    ['a NOT NULL that was not validated', `CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID`],
    ['a sequence that counts down', `CREATE SEQUENCE s INCREMENT -2 MAXVALUE -5 START -7`],
    [
      'casts and conversions',
      `CREATE TYPE e AS ENUM ('a'); CREATE FUNCTION as_int(e) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE CAST (e AS int) WITH FUNCTION as_int(e) AS ASSIGNMENT; CREATE CAST (int AS e) WITH INOUT`,
    ],
    [
      'text search',
      `CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = pg_catalog.simple, stopwords = english); CREATE TEXT SEARCH CONFIGURATION c (PARSER = pg_catalog.default);
      ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR asciiword, word WITH d, pg_catalog.simple`,
    ],
    [
      'operators and their classes',
      `CREATE FUNCTION same(a int, b int) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2'; CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same);
      CREATE OPERATOR CLASS oc FOR TYPE int USING hash AS OPERATOR 1 ===, FUNCTION 1 hashint4(int)`,
    ],
    [
      'publications',
      `CREATE SCHEMA s; CREATE TABLE t (a int PRIMARY KEY, b text); CREATE TABLE u (a int); CREATE PUBLICATION p FOR TABLE t (a) WHERE (a > 5), TABLE u WITH (publish = 'insert, delete', publish_via_partition_root);
      CREATE PUBLICATION q FOR TABLES IN SCHEMA s; CREATE PUBLICATION r FOR ALL TABLES`,
    ],
    [
      'event triggers',
      `CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$; CREATE EVENT TRIGGER t ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION f(); ALTER EVENT TRIGGER t DISABLE`,
    ],
    [
      'foreign servers',
      `CREATE EXTENSION postgres_fdw; CREATE SERVER far TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h', dbname 'd'); CREATE SERVER near FOREIGN DATA WRAPPER postgres_fdw; CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u')`,
    ],
    [
      'foreign tables',
      `CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw; CREATE TABLE p (a int NOT NULL, b text) PARTITION BY RANGE (a); CREATE INDEX ON p (b);
      CREATE FOREIGN TABLE f (a int OPTIONS (column_name 'A'), b text COLLATE "C" DEFAULT 'x' CHECK (b <> '')) SERVER far OPTIONS (schema_name 's', table_name 'T');
      CREATE FOREIGN TABLE q PARTITION OF p FOR VALUES FROM (0) TO (9) SERVER far; CREATE VIEW v AS SELECT a FROM f; GRANT SELECT ON f TO PUBLIC; COMMENT ON FOREIGN TABLE f IS 'x'`,
    ],
    [
      'aggregates',
      `CREATE AGGREGATE biggest(int) (SFUNC = int4larger, STYPE = int, PARALLEL = safe, COMBINEFUNC = int4larger); COMMENT ON AGGREGATE biggest(int) IS 'x'`,
    ],
    [
      'an extension elsewhere, and without public',
      `CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TABLE ext.t (a ext.citext UNIQUE); DROP SCHEMA public`,
    ],
    [
      'views with options and a default',
      `CREATE TABLE t (a int, b int); CREATE VIEW v WITH (security_invoker = true, check_option = cascaded) AS SELECT a FROM t WHERE a > 0; CREATE VIEW w AS SELECT * FROM v WITH LOCAL CHECK OPTION`,
    ],
    [
      'a disabled rule and trigger',
      `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TABLE t (a int); CREATE TRIGGER u BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
      ALTER TABLE t ENABLE ALWAYS TRIGGER u; CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING; ALTER TABLE t DISABLE RULE r`,
    ],
  ])('%s', async (_name, sql) => {
    await expectSame([sql])
  })
})

describe('what has no place in memory is named', () => {
  it.each([
    [
      'a secret',
      `CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw; CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u', password 'p')`,
      ['user mapping PUBLIC SERVER "far"'],
    ],
    [
      'what the printer of trees cannot write',
      `CREATE FUNCTION same(a int, b int) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2'; CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same, COMMUTATOR = ===)`,
      ['operator "public".===(integer, integer)'],
    ],
    [
      'what stands on it',
      `CREATE TYPE pair AS (a int); CREATE TABLE t OF pair; COMMENT ON TABLE t IS 'x'; CREATE TABLE u (a int)`,
      ['table "public"."t"', 'comment table "public"."t"'],
    ],
  ])('%s', async (_name, sql, names) => {
    const { left } = read(await after([sql], print))
    expect(left.map(({ kind, identity }) => `${kind} ${identity}`)).toEqual(names)
    for (const { why } of left) expect(why).not.toBe('')
  })
})

it('a child whose columns stand in an order of their own keeps it', async () => {
  const { catalog } = read(
    await after(
      [`CREATE TABLE p (a int); CREATE TABLE c (b int) INHERITS (p); ALTER TABLE p ADD d int`, `ALTER TABLE p DROP a CASCADE`, `ALTER TABLE p ADD a int`],
      print,
    ),
  )
  expect(catalog.tables.get(qualified('public', 'c'))?.columns.map(({ name }) => name)).toEqual(['b', 'd', 'a'])
})

it('an OR of comparisons that was not of rows stays as it is', () => {
  const flat = '((a IS DISTINCT FROM b) OR (c IS DISTINCT FROM d) OR (e IS DISTINCT FROM f))'
  expect(rowsAgain(flat)).toBe(flat)
  expect(rowsAgain('((((a IS DISTINCT FROM b) OR (c IS DISTINCT FROM d)) OR (e IS DISTINCT FROM f)))')).toBe('((ROW(a, c, e) IS DISTINCT FROM ROW(b, d, f)))')
})

it('answered: only what changed is taken from the live catalog, and what it has not is gone', async () => {
  const own = play(
    `CREATE TABLE kept (a int DEFAULT 1); CREATE TABLE gone (a serial PRIMARY KEY); CREATE TABLE changed (a int); COMMENT ON TABLE changed IS 'old'; CREATE TYPE e AS ENUM ('a')`,
  ).catalog
  const before = await after(
    [
      `CREATE TABLE kept (a int DEFAULT 1); CREATE TABLE gone (a serial PRIMARY KEY); CREATE TABLE changed (a int); COMMENT ON TABLE changed IS 'old'; CREATE TYPE e AS ENUM ('a')`,
    ],
    print,
  )
  const now = await after(
    [
      `CREATE TABLE kept (a int DEFAULT 1); CREATE TABLE changed (a int, b text); COMMENT ON TABLE changed IS 'new'; CREATE TYPE e AS ENUM ('a'); CREATE TABLE made (a int PRIMARY KEY); GRANT SELECT ON kept TO PUBLIC`,
    ],
    print,
  )
  const { catalog: live } = read(now)
  const answered = withAnswered(own, live, differences(before, now))
  expect([...answered.tables.keys()].sort()).toEqual(['"public"."changed"', '"public"."kept"', '"public"."made"'])
  expect([...answered.sequences.keys()]).toEqual([])
  expect(answered.tables.get(qualified('public', 'kept'))).toBe(own.tables.get(qualified('public', 'kept')))
  expect(answered.types).toBe(own.types)
  expect(answered.comments.get('table "public"."changed"')).toBe('new')
  expect(answered.privileges.get('table "public"."kept"')).toEqual(live.privileges.get('table "public"."kept"'))
  expect(withAnswered(own, emptyCatalog, [])).toEqual(own)
})
