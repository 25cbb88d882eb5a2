/** Tables whose rows are hard to write: PostgreSQL takes them, and their foreign keys hold. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { type Filled, withRows } from './seeded.ts'

await loadSql()

let engine: Engine

beforeAll(async () => {
  engine = await openEngine({ extensions: ['btree_gist', 'citext'], profile: 'replay' })
})

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]()
})

type Hard = {
  readonly what: string
  readonly ddl: string
  /** Fewest rows of each table; default: 20. */
  readonly least?: Readonly<Record<string, number>>
  /** Tables whose keys have no room for more rows. */
  readonly full?: readonly string[]
  /** Queries that must answer `true`. */
  readonly holds?: readonly string[]
}

const states = (column: string, table: string, count: number) => `SELECT count(DISTINCT ${column}) = ${count} FROM ${table}`

const hard: readonly Hard[] = [
  {
    what: 'a table that refers to itself',
    ddl: 'CREATE TABLE a (id serial PRIMARY KEY, parent int REFERENCES a, CHECK (parent <> id))',
    holds: ['SELECT count(*) > 3 FROM a WHERE parent IS NOT NULL'],
  },
  {
    what: 'a table that refers to itself and must',
    ddl: 'CREATE TABLE a (id uuid PRIMARY KEY, root uuid NOT NULL REFERENCES a, tenant int NOT NULL, UNIQUE (tenant, id), up uuid NOT NULL, FOREIGN KEY (tenant, up) REFERENCES a (tenant, id))',
  },
  {
    what: 'a circle of two, one of which may be absent',
    ddl: 'CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a); ALTER TABLE a ADD newest int REFERENCES b',
    holds: ['SELECT count(*) > 3 FROM a WHERE newest IS NOT NULL'],
  },
  {
    what: 'a circle of three that must all be there',
    ddl: `CREATE TABLE a (id text PRIMARY KEY, b text NOT NULL); CREATE TABLE b (id text PRIMARY KEY, c text NOT NULL); CREATE TABLE c (id text PRIMARY KEY, a text NOT NULL REFERENCES a);
      ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c; CREATE TABLE d (a text NOT NULL REFERENCES a)`,
  },
  {
    what: 'composite keys that share a column, simple and full',
    ddl: `CREATE TABLE org (id int PRIMARY KEY); CREATE TABLE member (org int REFERENCES org, id int, PRIMARY KEY (org, id)); CREATE TABLE team (org int REFERENCES org, id int, PRIMARY KEY (org, id));
      CREATE TABLE task (org int NOT NULL REFERENCES org, team int NOT NULL, member int, FOREIGN KEY (org, team) REFERENCES team, FOREIGN KEY (org, member) REFERENCES member);
      CREATE TABLE note (org int, member int, FOREIGN KEY (org, member) REFERENCES member MATCH FULL)`,
    holds: ['SELECT count(*) > 3 FROM task WHERE member IS NOT NULL'],
  },
  {
    what: 'a join table whose key is both parents, one of them with few rows',
    ddl: `CREATE TYPE role AS ENUM ('a', 'b', 'c'); CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE r (role role PRIMARY KEY); CREATE TABLE ur (u int REFERENCES u, r role REFERENCES r, PRIMARY KEY (u, r))`,
    least: { r: 3 },
    full: ['r'],
  },
  {
    what: 'a parent for one child only',
    ddl: 'CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int NOT NULL UNIQUE REFERENCES a)',
  },
  {
    what: 'exactly one of two, written in four ways',
    ddl: `CREATE TABLE a (x int, y int, CHECK (num_nonnulls(x, y) = 1)); CREATE TABLE b (x int, y int, CHECK ((x IS NULL)::int + (y IS NULL)::int = 1));
      CREATE TABLE c (x int, y int, CHECK ((x IS NULL) <> (y IS NULL))); CREATE TABLE d (x int, y int, z int, CHECK ((CASE WHEN x IS NULL THEN 0 ELSE 1 END + CASE WHEN y IS NULL THEN 0 ELSE 1 END) = 1))`,
    holds: ['SELECT count(x) > 0 AND count(y) > 0 FROM a', 'SELECT count(x) > 0 AND count(y) > 0 FROM c'],
  },
  {
    what: 'a kind that says which columns are filled',
    ddl: `CREATE TYPE kind AS ENUM ('literal', 'ref', 'secret'); CREATE TABLE v (id int PRIMARY KEY, kind kind NOT NULL, value jsonb, ref text, path text[], secret text,
      CHECK ((kind = 'literal' AND value IS NOT NULL AND ref IS NULL AND path IS NULL AND secret IS NULL) OR (kind = 'ref' AND value IS NULL AND ref IS NOT NULL AND secret IS NULL)
        OR (kind = 'secret' AND value IS NULL AND ref IS NULL AND path IS NULL AND secret IS NOT NULL)))`,
    holds: [states('kind', 'v', 3)],
  },
  {
    what: 'states over foreign keys',
    ddl: `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE q (id int PRIMARY KEY);
      CREATE TABLE c (scope text NOT NULL, p int REFERENCES p, q int REFERENCES q, CHECK ((scope = 'p' AND p IS NOT NULL AND q IS NULL) OR (scope = 'q' AND q IS NOT NULL AND p IS NULL)))`,
    holds: [states('scope', 'c', 2)],
  },
  {
    what: 'what a lease has together, and states that need it',
    ddl: `CREATE TABLE job (id int PRIMARY KEY, state text NOT NULL CHECK (state IN ('new', 'running', 'done')), token uuid, until timestamptz, ended timestamptz, started timestamptz,
      CHECK ((token IS NULL) = (until IS NULL)), CHECK ((state = 'running') = (token IS NOT NULL)), CHECK (state <> 'done' OR ended IS NOT NULL), CHECK (ended IS NULL OR ended > started))`,
    holds: [states('state', 'job', 3)],
  },
  {
    what: 'regular expressions, lengths and cases',
    ddl: `CREATE TABLE a (color text NOT NULL UNIQUE CHECK (color ~ '^#[0-9A-Fa-f]{6}$'), slug varchar(30) NOT NULL CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) BETWEEN 3 AND 30),
      email text NOT NULL CHECK (email ~* '^[A-Z0-9._%+-]+@[A-Z0-9.-]+\\.[A-Z]{2,}$') CHECK (email = lower(email)), hash char(64) NOT NULL CHECK (length(hash) = 64), code text NOT NULL CHECK (code = upper(code)),
      url text CHECK (url LIKE 'https://%'), odd text NOT NULL CHECK (odd ~ '^(?=.*@)[^ ]+$'), month text NOT NULL CHECK (month ~ '^\\d{4}-(0[1-9]|1[0-2])$'), name text NOT NULL CHECK (trim(name) <> ''))`,
  },
  {
    what: 'numbers and moments between limits',
    ddl: `CREATE TABLE texts (number text NOT NULL CHECK (number::int > 0)); CREATE TABLE a (stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5), share numeric(5,4) NOT NULL CHECK (share > 0 AND share < 1), price numeric(10,2) CHECK (price >= 0), low int CHECK (low < 0),
      born date CHECK (born < current_date), at timestamptz CHECK (at >= '2024-01-01'), five int NOT NULL CHECK (5 = five), percent real CHECK (percent >= 0 AND percent <= 100), big bigint CHECK (big > 5000000000),
      tight numeric(3,2) CHECK (tight >= 2), least int NOT NULL, most int NOT NULL, CHECK (least < most), begins time, ends time, CHECK (begins <= ends))`,
  },
  {
    what: 'arrays and documents of a shape',
    ddl: `CREATE TYPE tag AS ENUM ('x', 'y'); CREATE TABLE a (tags tag[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) BETWEEN 1 AND 2), words text[] CHECK (words <@ ARRAY['a', 'b', 'c'] AND cardinality(words) <= 3),
      must text[] NOT NULL CHECK ('owner' = ANY (must)), doc jsonb NOT NULL CHECK (jsonb_typeof(doc) = 'object' AND doc ? 'id'), list jsonb CHECK (jsonb_array_length(list) > 1), word jsonb NOT NULL CHECK (jsonb_typeof(word) = 'string'),
      deep jsonb CHECK ((deep ->> 'model') = 'small' AND (deep ->> 'mass')::float > 0 AND jsonb_typeof(deep -> 'items') = 'array'))`,
  },
  {
    what: 'domains',
    ddl: `CREATE DOMAIN email AS citext_like CHECK (VALUE ~ '@'); CREATE DOMAIN size AS int NOT NULL CHECK (VALUE BETWEEN 1 AND 8); CREATE DOMAIN code AS varchar(6) CHECK (VALUE ~ '^[A-Z]{3}[0-9]{3}$');
      CREATE TABLE a (email email NOT NULL, size size, code code NOT NULL UNIQUE, sizes size[], codes code[] NOT NULL)`.replace('citext_like', 'text'),
  },
  {
    what: 'small and partial and computed keys',
    ddl: `CREATE TYPE mood AS ENUM ('a', 'b', 'c'); CREATE TABLE a (id int PRIMARY KEY, mood mood NOT NULL UNIQUE, flag boolean UNIQUE); CREATE TABLE b (id int PRIMARY KEY, mood mood NOT NULL, active boolean NOT NULL);
      CREATE UNIQUE INDEX ON b (mood) WHERE active; CREATE TABLE c (email text NOT NULL, folder text); CREATE UNIQUE INDEX ON c (lower(email)); CREATE UNIQUE INDEX ON c (coalesce(folder, ''), email);
      CREATE TABLE d (x int, y int, UNIQUE NULLS NOT DISTINCT (x, y)); CREATE TABLE e (x mood, y mood, PRIMARY KEY (x, y)); CREATE TABLE f (code varchar(3) UNIQUE, letter char(1) UNIQUE, small smallint PRIMARY KEY);
      CREATE TABLE g (name text COLLATE "C" UNIQUE, doc jsonb NOT NULL); CREATE UNIQUE INDEX ON g ((doc ->> 'n'))`,
    least: { a: 2, e: 8 },
    full: ['a', 'e', 'f'],
  },
  {
    what: 'exclusion, and keys over time',
    ddl: `CREATE EXTENSION btree_gist; CREATE TABLE a (room int NOT NULL, during tstzrange NOT NULL, EXCLUDE USING gist (room WITH =, during WITH &&) DEFERRABLE);
      CREATE TABLE b (room mood2, during daterange, EXCLUDE USING gist (during WITH &&) WHERE (room = 'a')); CREATE TABLE p (id int, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS));
      CREATE TABLE c (id int NOT NULL, at daterange NOT NULL, FOREIGN KEY (id, PERIOD at) REFERENCES p (id, PERIOD at))`.replace('mood2', 'text'),
  },
  {
    what: 'generated and identity columns',
    ddl: `CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int NOT NULL, twice int GENERATED ALWAYS AS (n * 2) STORED UNIQUE, word text NOT NULL, search tsvector GENERATED ALWAYS AS (to_tsvector('english', word)) STORED, CHECK (twice > 0));
      CREATE TABLE b (a int NOT NULL REFERENCES a)`,
  },
  {
    what: 'partitions by list, with and without a default',
    ddl: `CREATE TABLE a (id int, region text NOT NULL, PRIMARY KEY (id, region)) PARTITION BY LIST (region); CREATE TABLE a_eu PARTITION OF a FOR VALUES IN ('de', 'cz'); CREATE TABLE a_us PARTITION OF a FOR VALUES IN ('us');
      CREATE TABLE b (id int, region text) PARTITION BY LIST (lower(region)); CREATE TABLE b_x PARTITION OF b FOR VALUES IN ('x'); CREATE TABLE b_rest PARTITION OF b DEFAULT;
      CREATE TABLE c (id int REFERENCES c2, region text) PARTITION BY LIST (region); CREATE TABLE c_null PARTITION OF c FOR VALUES IN (NULL, 'x')`.replace('REFERENCES c2', ''),
    least: { b_x: 0 },
    holds: ['SELECT count(*) > 0 FROM a_eu', 'SELECT count(*) > 0 FROM a_us'],
  },
  {
    what: 'partitions by range, by hash, below each other, with a child',
    ddl: `CREATE TABLE e (id uuid, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); CREATE TABLE e_2 PARTITION OF e FOR VALUES FROM ('2024-03-01') TO (MAXVALUE) PARTITION BY HASH (id);
      CREATE TABLE e_2a PARTITION OF e_2 FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE e_2b PARTITION OF e_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      CREATE TABLE f (id uuid NOT NULL, at timestamptz NOT NULL, FOREIGN KEY (id, at) REFERENCES e); CREATE TABLE r (x int, y int) PARTITION BY RANGE (x, y); CREATE TABLE r_1 PARTITION OF r FOR VALUES FROM (1, 5) TO (1, 50); CREATE TABLE r_2 PARTITION OF r FOR VALUES FROM (2, MINVALUE) TO (3, 4);
      CREATE TABLE h (id int NOT NULL) PARTITION BY HASH (id); CREATE TABLE h_0 PARTITION OF h FOR VALUES WITH (MODULUS 3, REMAINDER 0)`,
    least: { e_1: 1, e_2: 1, e_2a: 1, e_2b: 1, r_1: 1, r_2: 1 },
  },
  {
    what: 'inheritance, and a table without columns',
    ddl: 'CREATE TABLE parent (id int PRIMARY KEY, n int CHECK (n > 0)); CREATE TABLE kid (extra text) INHERITS (parent); CREATE TABLE bare ()',
    holds: ['SELECT count(*) = 20 FROM kid'],
  },
  {
    what: 'a condition that nobody understands',
    ddl: `CREATE FUNCTION fine(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 = 'good' AND $2 IS NULL $$; CREATE TABLE a (id int PRIMARY KEY, x text, y text, CHECK (fine(x, y) OR x || 'z' = 'goodz'), starts date NOT NULL, ends date NOT NULL, CHECK (ends - starts > 3))`,
    least: { a: 1 },
  },
] // biome-ignore format: SQL

/** What must hold of the tables after the first rows: `again` adds some to each that has room. */
const look = async ({ what: _what, least = {}, full = [], holds = [] }: Hard, { counts, unseedable, rows, again, session }: Filled) => {
  expect(unseedable).toEqual([])
  const wanted = (table: string): number => least[table] ?? (full.includes(table) || /_/.test(table) ? 1 : 20)
  expect(Object.entries(counts).filter(([table, count]) => count < wanted(table))).toEqual([])
  for (const sql of holds) expect(Object.values((await rows(sql))[0] ?? {}), sql).toEqual([true])
  await session.script('SET CONSTRAINTS ALL IMMEDIATE')
  const more = await again(1000)
  expect(
    Object.entries(counts).filter(([table, count]) => !full.includes(table) && !(table in least) && !/_/.test(table) && (more[table] ?? 0) <= count),
  ).toEqual([])
  await session.script('SET CONSTRAINTS ALL IMMEDIATE')
}

describe.each(['benign', 'adverse'] as const)('%s', (style) => {
  it.each(hard.map((each) => [each.what, each] as const))('%s', (_what, each) => withRows(engine, each.ddl, { style }, (filled) => look(each, filled)))
})
