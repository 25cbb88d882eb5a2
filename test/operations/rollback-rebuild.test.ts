/** `rollback --rebuild`: columns come back in their old order, with everything that uses those which move. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rollback } from '../../src/operations/rollback.ts'
import { makePlace, type Place, startServer } from './place.ts'
import { plainFlags } from './rollback-flags.ts'

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

type Told = {
  readonly sql: string
  readonly proof: { readonly schema: string; readonly rows: readonly { readonly state: string }[] }
  readonly reordered: readonly { readonly table: string; readonly why?: string }[]
}

const back = async (...sql: readonly string[]): Promise<Told> => {
  place.numbered(...sql)
  await using world = await place.world()
  const [only] = ((await rollback.run(world, { arguments: [], flags: { ...plainFlags, rebuild: true } })).data as { readonly migrations: readonly Told[] })
    .migrations
  if (!only) throw new Error('no rollback')
  return only
}

const everything = `CREATE TABLE up (id integer PRIMARY KEY);
CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.c := NEW.c + 1000; RETURN NEW; END';
CREATE TABLE t (id integer PRIMARY KEY, gone text, b integer DEFAULT 7, c integer DEFAULT 0 NOT NULL CONSTRAINT small CHECK (c < 1000000) UNIQUE, n serial,
  i bigint GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 5), up integer REFERENCES up, twice integer GENERATED ALWAYS AS (c * 2) STORED, note varchar(40) COLLATE "C");
CREATE INDEX t_note ON t (lower(note)) WHERE note IS NOT NULL;
CREATE TABLE kid (c integer REFERENCES t (c) ON DELETE CASCADE);
CREATE VIEW v AS SELECT id, c, note FROM t; CREATE VIEW w AS SELECT note FROM v; CREATE MATERIALIZED VIEW m AS SELECT c FROM t;
CREATE TRIGGER of_c BEFORE UPDATE OF c ON t FOR EACH ROW EXECUTE FUNCTION more(); CREATE TRIGGER any_row BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION more();
ALTER TABLE t ENABLE ALWAYS TRIGGER any_row; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON t USING (note <> 'x');
COMMENT ON COLUMN t.note IS 'a note'; ALTER TABLE t ALTER note SET STATISTICS 50; CREATE STATISTICS s ON b, c FROM t; GRANT SELECT (note) ON t TO PUBLIC`

test('with everything that can hang on a column: the catalog is exact, values stay, numbers go on', async () => {
  const told = await back(everything, 'ALTER TABLE t DROP COLUMN gone')
  expect(told).toMatchObject({ proof: { schema: 'exact' }, reordered: [] })
  const server = await startServer()
  try {
    const { session } = await server.database()
    await session.script('CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text, created_at bigint)')
    await session.script(
      `${everything}; INSERT INTO up VALUES (1); INSERT INTO t (id, c, up, note) VALUES (1, 10, 1, 'x'), (2, 20, NULL, NULL); INSERT INTO kid VALUES (10)`,
    )
    const rows = 'SELECT id, b, c, n, i::int, up, twice, note FROM t ORDER BY id'
    const before = await session.query(rows)
    await session.script('ALTER TABLE t DROP COLUMN gone')
    await session.script(told.sql)
    expect(await session.query(rows)).toEqual(before)
    expect(
      await session.query(
        `SELECT string_agg(attname, ' ' ORDER BY attnum) AS names FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped`,
      ),
    ).toEqual([{ names: 'id gone b c n i up twice note' }])
    expect(await session.query(`INSERT INTO t (id, c) VALUES (3, 30) RETURNING n, i::int`)).toEqual([{ n: 3, i: 15 }])
  } finally {
    await server.stop()
  }
})

test('only what must stand further behind is made anew', async () => {
  const told = await back('CREATE TABLE t (a integer, b integer, c integer, d integer)', 'ALTER TABLE t DROP COLUMN c')
  expect(told.proof.schema).toBe('exact')
  expect(told.sql).toContain('ADD COLUMN d integer')
  expect(told.sql).not.toContain('ADD COLUMN b')
})

test('a generated column in front of what it is made from cannot be made again there: said, and left', async () => {
  const told = await back('CREATE TABLE t (a integer, g integer GENERATED ALWAYS AS (z * 2) STORED, b integer, z integer)', 'ALTER TABLE t DROP COLUMN b')
  expect(told).toMatchObject({ proof: { schema: 'order-only' }, reordered: [{ table: 't', why: 'g is generated from a column that stands behind it' }] })
})

test('columns that partitions inherit stay: said', async () => {
  const told = await back(
    'CREATE TABLE t (a integer, b integer, c integer) PARTITION BY RANGE (a); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)',
    'ALTER TABLE t DROP COLUMN b',
  )
  expect(told).toMatchObject({ proof: { schema: 'order-only' }, reordered: expect.arrayContaining([{ table: 't', why: 'its columns are inherited' }]) })
})
