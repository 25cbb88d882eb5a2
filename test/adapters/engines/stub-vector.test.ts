import { afterAll, beforeAll, expect, it } from 'vitest'
import { embeddedEngine } from '../../../src/adapters/engines/index.ts'
import type { Engine } from '../../../src/model/engine.ts'
import type { Session } from '../../../src/model/session.ts'

let engine: Engine
let session: Session
beforeAll(async () => {
  engine = await embeddedEngine({ profile: 'replay', extensions: ['vector'] })
  session = await engine.session(await engine.createDatabase())
  await session.script(`CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE docs (id integer, v vector(3), h halfvec(3), s sparsevec(3), b bit(3))`)
})
afterAll(async () => engine[Symbol.asyncDispose]())

it('prints types and indexes as pgvector does', async () => {
  await session.script(engine.adapt('CREATE INDEX near ON docs USING hnsw (v vector_cosine_ops) WITH (m = 16, ef_construction = 64)'))
  expect(
    await session.query(
      `SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'docs'::regclass AND attname IN ('v', 'h', 's') ORDER BY attnum`,
    ),
  ).toEqual([{ type: 'vector(3)' }, { type: 'halfvec(3)' }, { type: 'sparsevec(3)' }])
  expect(await session.query(`SELECT indexdef FROM pg_indexes WHERE indexname = 'near'`)).toEqual([
    { indexdef: 'CREATE INDEX near ON public.docs USING hnsw (v vector_cosine_ops)' },
  ])
})

const vectorKinds = ['l2', 'ip', 'cosine']
const classes = [
  ...vectorKinds.flatMap((kind) => ['vector', 'halfvec'].map((type) => ['ivfflat', type === 'vector' ? 'v' : 'h', `${type}_${kind}_ops`] as const)),
  ...[...vectorKinds, 'l1'].flatMap((kind) => ['vector', 'halfvec', 'sparsevec'].map((type) => ['hnsw', type[0] ?? '', `${type}_${kind}_ops`] as const)),
  ['hnsw', 'b', 'bit_hamming_ops'] as const,
  ['hnsw', 'b', 'bit_jaccard_ops'] as const,
  ['ivfflat', 'b', 'bit_hamming_ops'] as const,
]
it.each(classes)('takes USING %s (%s %s)', async (method, column, name) => {
  await session.script(`CREATE INDEX ON docs USING ${method} (${column} ${name})`)
})

it.each([
  `SELECT v <-> '[1,2,3]' AS d FROM docs ORDER BY v <=> '[1,2,3]', v <#> '[1,2,3]', v <+> '[1,2,3]'`,
  `SELECT h <-> h, s <-> s, b <~> b, b <%> b FROM docs`,
  `SELECT l2_distance(v, v), cosine_distance(v, v), inner_product(v, v), l1_distance(v, v), vector_norm(v), l2_normalize(v), subvector(v, 1, 2), binary_quantize(v) FROM docs`,
  `SELECT avg(v), sum(h) FROM docs`,
  `SELECT v + v, v - v, v * v, v || v, v = v, v < v FROM docs GROUP BY v ORDER BY v`,
  `SELECT ARRAY[1,2,3]::vector, ARRAY[1.5]::real[]::vector(1), v::real[], v::halfvec, h::vector, v::sparsevec FROM docs`,
  `CREATE VIEW close AS SELECT id, 1 - (v <=> '[1,2,3]') AS similarity FROM docs`,
  `ALTER TABLE docs ADD CONSTRAINT three CHECK (vector_dims(v) = 3)`,
  `CREATE FUNCTION find(q vector(3)) RETURNS SETOF docs LANGUAGE sql AS 'SELECT * FROM docs ORDER BY v <-> q LIMIT 5'`,
  `ALTER TABLE docs ADD normal vector(3) GENERATED ALWAYS AS (l2_normalize(v)) STORED`,
  `CREATE INDEX halves ON docs USING hnsw ((v::halfvec(3)) halfvec_l2_ops)`,
  `SET hnsw.ef_search = 100`,
])('accepts %s', async (sql) => {
  await session.script(sql)
})

it('holds vectors of any length under an index', async () => {
  await session.script(`INSERT INTO docs (v) VALUES ('[1,2,3]'); CREATE TABLE wide (v vector(4000)); CREATE INDEX ON wide USING hnsw (v vector_l2_ops);
    INSERT INTO wide SELECT ('[' || string_agg(random()::text, ',') || ']')::vector FROM generate_series(1, 4000)`)
  expect(await session.query('SELECT vector_dims(v) AS d FROM wide')).toEqual([{ d: 4000 }])
  expect(await session.query('SELECT v::text AS v, v::real[] AS a FROM docs')).toEqual([{ v: '[1,2,3]', a: '{1,2,3}' }])
})
