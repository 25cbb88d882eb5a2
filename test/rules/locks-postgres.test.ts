/** Where a rule on locks must know exactly what PostgreSQL does: many cases, each judged and run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { CleanDatabase } from '../support/clean-database.ts'
import { observe, type Seen } from '../support/observe.ts'
import { makeTablespace } from '../support/tablespace.ts'
import { judged } from './policy.ts'

await loadSql()

let engine: Engine
let clean: CleanDatabase
beforeAll(async () => {
  engine = await openEngine({ extensions: ['citext', 'pgcrypto'], profile: 'replay' })
  await makeTablespace(engine)
  clean = new CleanDatabase(engine)
})
afterAll(async () => engine?.[Symbol.asyncDispose]())

const seenIn = (given: string, sql: string): Promise<Seen> =>
  clean.within([], async ({ session }) => {
    await session.script(given)
    await session.script('BEGIN')
    try {
      return await observe(session, sql)
    } finally {
      await session.script('ROLLBACK')
    }
  })

const claimOf = (given: string, sql: string, rule: string) => judged({ shows: '', given, sql }, [rule]).find((each) => each.rule.id === rule)?.hit.claim

describe('change-type-rewrite speaks when the table is written anew, or read for its indexes and checks, and at no other time', () => {
  const given = (column: string, more: string): string =>
    `CREATE EXTENSION citext; CREATE DOMAIN label AS text; CREATE TABLE t (id int, ${column}, other text); ${more}; INSERT INTO t (id) SELECT generate_series(1, 9)`
  const index = 'CREATE INDEX i ON t (a)'
  it.each([
    ['a varchar(10)', index, 'varchar(20)'],
    ['a varchar(10)', index, 'text'],
    ['a varchar(10)', 'CREATE INDEX i ON t (other, a DESC)', 'text'],
    ['a varchar(10)', 'CREATE INDEX i ON t (lower(a))', 'text'],
    ['a varchar(10)', "CREATE INDEX i ON t (id) WHERE a = 'x'", 'text'],
    ['a varchar(10)', "CREATE INDEX i ON t (a) WHERE other = 'x'", 'text'],
    ['a varchar(10)', 'CREATE INDEX i ON t (lower(other))', 'text'],
    ['a varchar(10)', "CREATE INDEX i ON t (other) WHERE other <> ''", 'text'],
    ['a varchar(10)', 'CREATE INDEX i ON t (other) INCLUDE (a)', 'text'],
    ['a varchar(10) UNIQUE', '', 'text'],
    ['a varchar(10) PRIMARY KEY DEFAULT gen_random_uuid()::text::varchar(10)', '', 'label'],
    ["a varchar(10) CHECK (a <> '')", '', 'text'],
    ['a varchar(10)', 'ALTER TABLE t ADD CHECK (other <> a)', 'text'],
    ['a varchar(10)', "ALTER TABLE t ADD CHECK (other <> '')", 'text'],
    ['a varchar(10)', "ALTER TABLE t ADD CHECK (a <> '') NOT VALID", 'text'],
    ['a varchar(10)', index, 'citext'],
    ['a text', index, 'text COLLATE "C"'],
    ['a text', '', 'text COLLATE "C"'],
    ['a numeric(10, 2)', index, 'numeric(12, 2)'],
    ['a cidr', index, 'inet'],
    ['a int', index, 'oid'],
    ['a int', '', 'oid'],
    ['a int', index, 'int'],
    ['a int', index, 'bigint'],
    ['a varchar(5)[]', index, 'varchar[]'],
    ['a bit(3)', index, 'varbit'],
    ['a timestamp(3)', index, 'timestamp'],
  ])('%s, %s: %s', async (column, more, type) => {
    const start = given(column, more)
    const sql = `ALTER TABLE t ALTER COLUMN a TYPE ${type}`
    const seen = await seenIn(start, sql)
    const claim = claimOf(start, sql, 'change-type-rewrite')
    expect({ rewrites: claim?.rewrites !== undefined, scans: claim !== undefined }).toEqual({
      rewrites: seen.rewrites.some((name) => name === '"public"."t"'),
      scans: seen.scans.length > 0,
    })
  })
})

describe('attach-partition-scan knows which checks spare the scan', () => {
  const range = 'CREATE TABLE p (a int, b text) PARTITION BY RANGE (a); CREATE TABLE c (a int, b text)'
  const list = 'CREATE TABLE p (a text, b text) PARTITION BY LIST (a); CREATE TABLE c (a text, b text)'
  const days = 'CREATE TABLE p (a date) PARTITION BY RANGE (a); CREATE TABLE c (a date)'
  const pairs = 'CREATE TABLE p (a int, b int) PARTITION BY RANGE (a, b); CREATE TABLE c (a int, b int)'
  const there = 'ALTER TABLE p ALTER a SET NOT NULL; ALTER TABLE c ALTER a SET NOT NULL'
  const check = (condition: string): string => `ALTER TABLE c ADD CHECK (${condition})`
  const ten = 'FROM (0) TO (10)'
  it.each([
    [range, there, ten],
    [range, `${there}; ${check('a >= 0 AND a < 10')}`, ten],
    [range, `${there}; ${check('a > 0 AND a < 10')}`, ten],
    [range, `${there}; ${check('a >= 1')}; ${check('a <= 9')}`, ten],
    [range, `${there}; ${check('a BETWEEN 0 AND 9')}`, ten],
    [range, `${there}; ${check('a BETWEEN 0 AND 10')}`, ten],
    [range, `${there}; ${check('a = 5')}`, ten],
    [range, `${there}; ${check('a >= -1 AND a < 10')}`, ten],
    [range, `${there}; ${check('a >= 0')}`, ten],
    [range, `${there}; ${check('a >= 0')}`, 'FROM (0) TO (MAXVALUE)'],
    [range, check('a >= 0 AND a < 10'), ten],
    [range, check('a IS NOT NULL AND a >= 0 AND a < 10'), ten],
    [range, `${check('a IS NOT NULL')}; ${check('a >= 0 AND a < 10')}`, ten],
    [range, `${there}; ${check('a >= 0 AND a < 10')}; ALTER TABLE c ADD CHECK (b <> '')`, ten],
    [range, `${there}; ${check("b <> ''")}`, ten],
    [range, `${there}; ALTER TABLE c ADD CHECK (a >= 0 AND a < 10) NOT VALID`, ten],
    [days, `${there}; ${check("a >= '2030-01-01' AND a < '2030-02-01'")}`, "FROM ('2030-01-01') TO ('2031-01-01')"],
    [days, `${there}; ${check("a >= '2029-12-31' AND a < '2030-02-01'")}`, "FROM ('2030-01-01') TO ('2031-01-01')"],
    [list, '', "IN ('x', 'y')"],
    [list, `${there}; ${check("a IN ('x', 'y')")}`, "IN ('x', 'y')"],
    [list, `${there}; ${check("a = 'x'")}`, "IN ('x', 'y')"],
    [list, check("b = 'x'"), "IN ('x', 'y')"],
    [pairs, '', 'FROM (0, 0) TO (10, 10)'],
  ])('%s; %s: %s', async (tables, more, bound) => {
    const given = `${tables}; ${more}`
    const sql = `ALTER TABLE p ATTACH PARTITION c FOR VALUES ${bound}`
    const seen = await seenIn(given, sql)
    expect(claimOf(given, sql, 'attach-partition-scan')?.scans ?? []).toEqual(seen.scans)
  })
})

describe('add-column-volatile-default knows which defaults are computed row by row', () => {
  const given = `CREATE EXTENSION pgcrypto; CREATE SEQUENCE numbers; CREATE DOMAIN token AS uuid DEFAULT gen_random_uuid(); CREATE DOMAIN five AS int DEFAULT 5; CREATE DOMAIN checked AS int CHECK (VALUE > 0);
    CREATE DOMAIN there AS int NOT NULL; CREATE FUNCTION dice() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 4; END'; CREATE FUNCTION calm() RETURNS int STABLE LANGUAGE plpgsql AS 'BEGIN RETURN 4; END';
    CREATE TABLE t (id int); INSERT INTO t VALUES (1)`
  it.each(
    `uuid DEFAULT gen_random_uuid()|timestamptz DEFAULT now()|timestamptz DEFAULT CURRENT_TIMESTAMP|timestamptz DEFAULT clock_timestamp()|timestamptz DEFAULT statement_timestamp()|text DEFAULT 'x'
    date DEFAULT now() + interval '1 day'|float8 DEFAULT random()|text DEFAULT md5(random()::text)|jsonb DEFAULT '{}'::jsonb|text[] DEFAULT ARRAY[]::text[]|bytea DEFAULT gen_random_bytes(4)|int DEFAULT dice()
    int DEFAULT calm()|token|five|checked|checked DEFAULT 1|there DEFAULT 1|text DEFAULT CURRENT_USER|timestamp DEFAULT (now() AT TIME ZONE 'UTC')|uuid DEFAULT uuidv7()|text DEFAULT timeofday()|int|int DEFAULT NULL`
      .split(/[|\n]/)
      .map((type) => type.trim()),
  )('%s', async (type) => {
    const sql = `ALTER TABLE t ADD COLUMN a ${type}`
    const seen = await seenIn(given, sql)
    expect(claimOf(given, sql, 'add-column-volatile-default')?.rewrites ?? []).toEqual(seen.rewrites)
  })
})

describe('set-tablespace knows what is copied', () => {
  const given = `CREATE TABLE t (id int PRIMARY KEY, note text, span int4range, CONSTRAINT spans EXCLUDE USING gist (span WITH &&)); CREATE INDEX t_note ON t (note); INSERT INTO t SELECT generate_series(1, 9);
    CREATE TABLE u (id int PRIMARY KEY) TABLESPACE fast; CREATE INDEX u_id ON u (id) TABLESPACE fast; CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE INDEX m_id ON m (id); CREATE MATERIALIZED VIEW n AS SELECT id FROM t WITH NO DATA;
    CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9)`
  it.each([
    'ALTER TABLE t SET TABLESPACE fast',
    'ALTER TABLE t SET TABLESPACE pg_default',
    'ALTER TABLE u SET TABLESPACE fast',
    'ALTER TABLE u SET TABLESPACE pg_default',
    'ALTER TABLE p SET TABLESPACE fast',
    'ALTER TABLE p1 SET TABLESPACE fast',
    'ALTER TABLE t SET TABLESPACE fast, ADD COLUMN other int',
    'ALTER TABLE t_note SET TABLESPACE fast',
    'ALTER INDEX t_note SET TABLESPACE fast',
    'ALTER INDEX t_note SET TABLESPACE pg_default',
    'ALTER INDEX t_pkey SET TABLESPACE fast',
    'ALTER INDEX t_pkey SET TABLESPACE pg_default',
    'ALTER INDEX spans SET TABLESPACE fast',
    'ALTER INDEX u_id SET TABLESPACE fast',
    'ALTER INDEX u_id SET TABLESPACE pg_default',
    'ALTER INDEX p_pkey SET TABLESPACE fast',
    'ALTER INDEX p1_pkey SET TABLESPACE fast',
    'ALTER MATERIALIZED VIEW m SET TABLESPACE fast',
    'ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE fast',
    'ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE pg_default',
    'ALTER TABLE ALL IN TABLESPACE fast SET TABLESPACE pg_default',
    'ALTER INDEX ALL IN TABLESPACE fast SET TABLESPACE pg_default',
    'ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE fast',
  ])('%s', async (sql) => {
    const seen = await seenIn(given, sql)
    expect([...(claimOf(given, sql, 'set-tablespace')?.rewrites ?? [])].sort()).toEqual([...seen.rewrites].sort())
  })

  it('what was moved beforehand is found there: nothing is copied', async () => {
    const seen = await seenIn(`${given}; REINDEX (TABLESPACE fast) INDEX t_note`, 'ALTER INDEX t_note SET TABLESPACE fast')
    expect(seen.rewrites).toEqual([])
    expect(seen.taken.map(({ mode }) => mode)).toEqual(['ACCESS EXCLUSIVE'])
  })
})

describe('set-access-method knows which tables are written anew', () => {
  const given = `CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TABLE u (id int) USING columnar; CREATE TABLE h (id int) USING heap;
    CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9); CREATE MATERIALIZED VIEW m AS SELECT id FROM t`
  it.each([
    ['t', 'TABLE t SET ACCESS METHOD columnar'],
    ['t', 'TABLE t SET ACCESS METHOD heap'],
    ['t', 'TABLE t SET ACCESS METHOD DEFAULT'],
    ['h', 'TABLE h SET ACCESS METHOD DEFAULT'],
    ['h', 'TABLE h SET ACCESS METHOD columnar, ADD COLUMN other int'],
    ['u', 'TABLE u SET ACCESS METHOD columnar'],
    ['u', 'TABLE u SET ACCESS METHOD DEFAULT'],
    ['p', 'TABLE p SET ACCESS METHOD columnar'],
    ['p1', 'TABLE p1 SET ACCESS METHOD columnar'],
    ['m', 'MATERIALIZED VIEW m SET ACCESS METHOD columnar'],
  ])('%s: ALTER %s', async (relation, words) => {
    const sql = `ALTER ${words}`
    const seen = await seenIn(given, sql)
    expect(claimOf(given, sql, 'set-access-method')?.rewrites ?? []).toEqual(seen.rewrites.filter((name) => name === `"public"."${relation}"`))
  })
})

describe('a table that is written anew once is spoken of once', () => {
  const given = 'CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (id int); INSERT INTO t VALUES (1)'
  it.each([
    ['SET TABLESPACE fast, ALTER COLUMN id TYPE bigint', 'change-type-rewrite'],
    ['SET TABLESPACE fast, SET UNLOGGED', 'set-logged-unlogged'],
    ['SET ACCESS METHOD columnar, SET UNLOGGED', 'set-logged-unlogged'],
    ['SET ACCESS METHOD columnar, ALTER COLUMN id TYPE bigint', 'change-type-rewrite'],
    ['SET ACCESS METHOD columnar, SET TABLESPACE fast', 'set-access-method'],
    ['SET ACCESS METHOD columnar, ADD CHECK (id > 0)', 'set-access-method'],
  ])('%s: %s', async (commands, rule) => {
    const sql = `ALTER TABLE t ${commands}`
    const found = judged({ shows: '', given, sql }).filter(({ hit }) => hit.claim !== undefined)
    expect(found.map((each) => each.rule.id)).toEqual([rule])
    expect((await seenIn(given, sql)).rewrites).toEqual(['"public"."t"'])
  })
})

describe('what work-after-AX calls a query from end to end is one for the planner too', () => {
  const given = `CREATE TABLE users (id bigint PRIMARY KEY, email text, name text); CREATE INDEX ON users (email, name); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int);
    INSERT INTO users SELECT n, n::text, n::text FROM generate_series(1, 20000) n; INSERT INTO orders SELECT n, n, n FROM generate_series(1, 20000) n; ANALYZE`
  const lock = 'ALTER TABLE users ADD COLUMN note text'
  it.each([
    ['SELECT count(*) FROM users', 'users'],
    ['SELECT * FROM users ORDER BY name', 'users'],
    ['SELECT count(*) FROM users WHERE name IS NULL', 'users'],
    ['SELECT max(total) FROM orders', 'orders'],
    ['SELECT max(id), count(*) FROM orders', 'orders'],
    ['SELECT count(*) FROM (SELECT user_id FROM orders GROUP BY user_id) AS each', 'orders'],
    ['WITH large AS MATERIALIZED (SELECT * FROM orders WHERE total > 10) SELECT count(*) FROM large', 'orders'],
    ['EXPLAIN (ANALYZE) SELECT * FROM orders', 'orders'],
    ['COPY orders TO STDOUT', 'orders'],
    ['CREATE TEMP TABLE large AS SELECT * FROM orders WHERE total > 10', 'orders'],
    ['CREATE TABLE large AS SELECT * FROM orders', 'orders'],
    ["SELECT * FROM users WHERE email = '7'", undefined],
    ['SELECT * FROM orders WHERE id = 7', undefined],
    ['SELECT max(id) FROM orders', undefined],
    ["SELECT setval('s', coalesce(max(id), 1)) FROM orders", undefined],
    ['EXPLAIN SELECT * FROM orders', undefined],
  ])('%s', async (sql, table) => {
    const seen = await seenIn(`CREATE SEQUENCE s; ${given}`, sql)
    const found = judged({ shows: '', given: `CREATE SEQUENCE s; ${given}`, sql: `${lock};\n${sql}` }, ['work-after-AX']).filter(
      ({ rule }) => rule.id === 'work-after-AX',
    )
    expect(found.map(({ hit }) => hit.relation)).toEqual(table === undefined ? [] : [`"public"."${table}"`])
    expect(seen.scans).toEqual(found.map(({ hit }) => hit.relation))
  })
})
