/** Where a rule on locks must know exactly what PostgreSQL does: many cases, each judged and run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { CleanDatabase } from '../support/clean-database.ts'
import { observe, type Seen } from '../support/observe.ts'
import { judged } from './policy.ts'

await loadSql()

let engine: Engine
let clean: CleanDatabase
beforeAll(async () => {
  engine = await openEngine({ extensions: ['citext', 'pgcrypto'], profile: 'replay' })
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
