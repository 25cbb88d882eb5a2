/** Rows of every type: the server takes them, in both styles, alone and as a key. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { withRows } from './seeded.ts'

await loadSql()

let engine: Engine

beforeAll(async () => {
  engine = await openEngine({ extensions: ['citext', 'hstore', 'ltree', 'cube', 'vector'], profile: 'replay' })
})

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]()
})

/** All base types of pg_catalog that a column can have and that have an input. */
const base =
  `boolean smallint integer bigint real double precision|numeric money text varchar char "char" name uuid bytea bit varbit date timestamp timestamptz time timetz interval json jsonb jsonpath xml
  tsvector tsquery inet cidr macaddr macaddr8 point line lseg box path polygon circle oid xid cid xid8 tid pg_lsn pg_snapshot txid_snapshot aclitem int2vector oidvector refcursor
  regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype int4range int8range numrange daterange tsrange tstzrange
  int4multirange int8multirange nummultirange datemultirange tsmultirange tstzmultirange`
    .replace('double precision|', '|double precision|')
    .split('|')
    .flatMap((part) => (part === 'double precision' ? part : part.trim().split(/\s+/)))

const modified = [
  'varchar(1)', 'varchar(3)', 'varchar(40)', 'char(1)', 'char(2)', 'char(12)', 'bit(3)', 'bit(64)', 'varbit(5)', 'varbit(100)', 'numeric(3)', 'numeric(5,4)', 'numeric(4,4)',
  'numeric(2,-2)', 'numeric(3,5)', 'numeric(30,10)', 'timestamp(0)', 'timestamptz(3)', 'time(0)', 'timetz(2)', 'interval(3)', 'interval day to second', 'text[]', 'integer[][]',
  'varchar(3)[]', 'jsonb[]', 'mood', 'mood[]', 'pair', 'pair[]', 'span', 'positive', 'positive[]', 'slugs', 'nested', 'citext', 'hstore', 'ltree', 'cube', 'vector(3)', 'vector(1536)', 'halfvec(5)',
] // biome-ignore format: a list

const given = `
  CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION ltree; CREATE EXTENSION cube; CREATE EXTENSION vector;
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
  CREATE TYPE pair AS (label text, mood mood);
  CREATE TYPE span AS RANGE (subtype = double precision);
  CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
  CREATE DOMAIN slugs AS text CHECK (VALUE ~ '^[a-z]+-[0-9]+$') CHECK (length(VALUE) <= 12);
  CREATE DOMAIN nested AS positive NOT NULL CHECK (VALUE < 50);`

const styles = ['benign', 'adverse'] as const

it('every base type that pg_type lists is tried', async () => {
  await using session = await engine.session(await engine.createDatabase())
  const rows = await session.query(`SELECT format_type(oid, NULL) AS type FROM pg_type
    WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm') AND typcategory <> 'A'
      AND typname NOT IN ('pg_node_tree', 'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list', 'pg_brin_bloom_summary', 'pg_brin_minmax_multi_summary', 'gtsvector', 'unknown')`)
  const spoken: Readonly<Record<string, string>> = {
    'character varying': 'varchar', character: 'char', 'bit varying': 'varbit', 'timestamp without time zone': 'timestamp', 'timestamp with time zone': 'timestamptz',
    'time without time zone': 'time', 'time with time zone': 'timetz',
  } // biome-ignore format: a list
  const known = new Set(base)
  expect(rows.map(({ type }) => spoken[String(type)] ?? String(type)).filter((type) => !known.has(type))).toEqual([])
})

describe.each(styles)('%s', (style) => {
  it('a column of each base type', async () => {
    const ddl = [...base, ...modified].map((type, at) => `CREATE TABLE t${at} (a ${type}, b ${type} NOT NULL)`).join(';\n')
    await withRows(engine, `${given}${ddl}`, { style }, async ({ counts, unseedable, rows }) => {
      expect(unseedable).toEqual([])
      expect(Object.entries(counts).filter(([, count]) => count !== 20)).toEqual([])
      const each = [...base, ...modified].map((_type, at) => `(SELECT count(*)::int FROM t${at} WHERE a IS NULL)`)
      const nulls = (await rows(`SELECT ARRAY[${each.join(', ')}] AS n`))[0]?.n as readonly number[]
      const isNull = (count: number) => (style === 'benign' ? count === 0 : count > 0 && count < 12)
      // The domain `nested` is NOT NULL by itself.
      expect([...base, ...modified].filter((type, at) => type !== 'nested' && !isNull(nulls[at] ?? 0))).toEqual([])
    })
  })

  it('a key of each type that can be one: as many rows as it has values, or as are wanted', async () => {
    const few = new Set(['boolean', 'bit', 'bit(3)', 'mood', 'mood[]', 'varbit(5)'])
    const keyless = new Set(
      'json jsonpath xml point line lseg box path polygon circle aclitem refcursor xid cid pg_snapshot txid_snapshot int2vector vector(1536)'.split(' '),
    )
    const types = [...base, ...modified].filter((type) => !keyless.has(type))
    const ddl = types.map((type, at) => `CREATE TABLE t${at} (a ${type} UNIQUE)`).join(';\n')
    await withRows(engine, `${given}${ddl}`, { style }, async ({ counts, again }) => {
      const scarce = types.filter((_type, at) => (counts[`t${at}`] ?? 0) < 20)
      expect(scarce.filter((type) => !few.has(type))).toEqual([])
      const more = await again(1000)
      expect(types.filter((type, at) => !scarce.includes(type) && (more[`t${at}`] ?? 0) <= 20)).toEqual([])
    })
  })
})

it('the same number gives the same seeds', async () => {
  const ddl = 'CREATE TABLE a (id serial PRIMARY KEY, name text)'
  const first = await withRows(engine, ddl, { style: 'adverse' }, ({ rows }) => rows('SELECT * FROM a'))
  expect(await withRows(engine, ddl, { style: 'adverse' }, ({ rows }) => rows('SELECT * FROM a'))).toEqual(first)
})

it('adverse values are those that a cast loses', async () => {
  const ddl = 'CREATE TABLE a (word text, amount numeric(10,2), at timestamptz, code varchar(5), n integer)'
  await withRows(engine, ddl, { style: 'adverse', rows: 60 }, async ({ rows }) => {
    const words = (await rows('SELECT DISTINCT word, code FROM a')).flatMap(({ word, code }) => [word, code])
    expect(words).toEqual(expect.arrayContaining(['', '007', 'MiXeD Case', 'xxxxx']))
    expect((await rows('SELECT 1 FROM a WHERE amount <> trunc(amount)')).length).toBeGreaterThan(0)
    expect((await rows('SELECT 1 FROM a WHERE n < 0')).length).toBeGreaterThan(0)
    expect((await rows("SELECT 1 FROM a WHERE at <> date_trunc('second', at)")).length).toBeGreaterThan(0)
    expect((await rows('SELECT n FROM a GROUP BY n HAVING count(*) > 1')).length).toBeGreaterThan(0)
  })
})

it('a type that is not known: NULL where it may be, its default where it has one, else said by name', async () => {
  const ddl = `
    CREATE TYPE odd; CREATE FUNCTION odd_in(cstring) RETURNS odd AS 'textin' LANGUAGE internal IMMUTABLE STRICT; CREATE FUNCTION odd_out(odd) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
    CREATE TYPE odd (INPUT = odd_in, OUTPUT = odd_out, LIKE = text);
    CREATE TABLE may (a odd); CREATE TABLE must (id int PRIMARY KEY, a odd NOT NULL); CREATE TABLE has (a odd NOT NULL DEFAULT 'x'::odd); CREATE TABLE child (must int NOT NULL REFERENCES must)`
  await withRows(engine, ddl, { style: 'benign' }, async ({ counts, unseedable }) => {
    expect(counts).toMatchObject({ may: 20, must: 0, has: 20, child: 0 })
    expect(unseedable).toEqual(['must: column a is NOT NULL and no value of type odd is known', 'child: its rows need a row of must, which can have none'])
  })
})
