import { expect, it } from 'vitest'
import { withoutIndexOptions } from '../../../src/adapters/engines/adapt.ts'

const methods = new Set(['hnsw', 'ivfflat'])
const adapt = (sql: string) => withoutIndexOptions(sql, methods)

it.each([
  ['CREATE INDEX i ON t USING hnsw (v vector_l2_ops) WITH (m = 16, ef_construction = 64);', 'CREATE INDEX i ON t USING hnsw (v vector_l2_ops) ;'],
  ['create index i on t using HNSW (v) with(m=16)', 'create index i on t using HNSW (v) '],
  [
    'CREATE UNIQUE INDEX IF NOT EXISTS "i" ON "t" USING "ivfflat" ("v") INCLUDE (a) WITH (lists = 100) WHERE x > 1;',
    'CREATE UNIQUE INDEX IF NOT EXISTS "i" ON "t" USING "ivfflat" ("v") INCLUDE (a)  WHERE x > 1;',
  ],
  [
    "CREATE INDEX i ON t /* USING btree */ USING hnsw -- hm (\n (f(v, 'with (')::vector(3) x) WITH (m = 16); SELECT 1",
    "CREATE INDEX i ON t /* USING btree */ USING hnsw -- hm (\n (f(v, 'with (')::vector(3) x) ; SELECT 1",
  ],
  ['DO $$ BEGIN CREATE INDEX i ON t USING hnsw (v) WITH (m = 16); END $$;', 'DO $$ BEGIN CREATE INDEX i ON t USING hnsw (v) ; END $$;'],
  [
    'DO $a$ BEGIN IF true THEN CREATE INDEX i ON t USING hnsw (v) WITH (m = 16); END IF; END $a$',
    'DO $a$ BEGIN IF true THEN CREATE INDEX i ON t USING hnsw (v) ; END IF; END $a$',
  ],
])('takes storage parameters out: %s', (sql, adapted) => expect(adapt(sql)).toBe(adapted))

it.each([
  'CREATE INDEX i ON t USING gin (v) WITH (fastupdate = off); -- hnsw',
  `SELECT 'CREATE INDEX i ON t USING hnsw (v) WITH (m = 16)'`,
  `SELECT E'it\\'s; CREATE INDEX i ON t USING hnsw (v) WITH (m = 16)'`,
  '-- CREATE INDEX i ON t USING hnsw (v) WITH (m = 16)',
  '/* a /* b */ CREATE INDEX i ON t USING hnsw (v) WITH (m = 16) */ SELECT 1',
  'CREATE TABLE hnsw (id integer) WITH (fillfactor = 70)',
  'CREATE INDEX i ON t USING hnsw (v); CREATE TABLE u (id integer) WITH (fillfactor = 70)',
  'CREATE INDEX "using hnsw" ON t (a) WITH (fillfactor = 70)',
  'CREATE INDEX i ON t USING hnsw (v) WHERE a IN (SELECT 1)',
  'WITH hnsw (a) AS (SELECT 1) SELECT * FROM hnsw',
  `SELECT $1, a$b$c FROM "un""closed`,
  'CREATE INDEX i ON t USING hnsw (',
  'DO $$ hnsw never closed',
  '',
])('leaves alone: %s', (sql) => expect(adapt(sql)).toBe(sql))
