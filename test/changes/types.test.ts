import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { introspect } from '../../src/adapters/postgres/index.ts'
import { invert } from '../../src/changes/index.ts'
import { toSql } from '../../src/changes/to-sql.ts'
import type { Engine } from '../../src/model/engine.ts'
import { qualified } from '../../src/model/name.ts'
import { differences } from '../../src/model/printed.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

const type = (name: string) => qualified('public', name)

describe('names of domain constraints', () => {
  it('avoid those of the tables and domains of the schema', () => {
    const { catalog } = play(
      'CREATE TABLE t (v int CONSTRAINT d_check1 CHECK (v > 0)); CREATE DOMAIN d AS int CHECK (VALUE > 0) CONSTRAINT x CHECK (VALUE > 1) CHECK (VALUE > 2)',
    )
    const domain = catalog.types.get(type('d'))
    expect(domain?.kind === 'domain' && [...domain.constraints.keys()]).toEqual(['d_check', 'x', 'd_check2'])
  })
})

describe('labels of an enum', () => {
  it('are added where the statement says', () => {
    const { catalog } = play(
      `ALTER TYPE e ADD VALUE 'z'; ALTER TYPE e ADD VALUE 'm' BEFORE 'b'; ALTER TYPE e ADD VALUE 'n' AFTER 'm'; ALTER TYPE e ADD VALUE IF NOT EXISTS 'a'`,
      play(`CREATE TYPE e AS ENUM ('a', 'b')`),
    )
    expect(catalog.types.get(type('e'))).toEqual({ kind: 'enum', labels: ['a', 'm', 'n', 'b', 'z'] })
  })

  it.each([
    [`ALTER TYPE e ADD VALUE 'a'`, '42710'],
    [`ALTER TYPE e ADD VALUE 'c' BEFORE 'no'`, '22023'],
    [`ALTER TYPE e RENAME VALUE 'no' TO 'c'`, '22023'],
    [`ALTER TYPE e RENAME VALUE 'a' TO 'b'`, '42710'],
    [`ALTER TYPE d ADD VALUE 'x'`, '42809'],
    ['DROP TYPE t', '2BP01'],
    ['DROP TYPE e', '2BP01'],
    ['DROP DOMAIN e', '42809'],
    [`CREATE TYPE t AS ENUM ('x')`, '42710'],
  ])('%s is refused with %s', (sql, sqlstate) => {
    const start = play(`CREATE TYPE e AS ENUM ('a', 'b'); CREATE DOMAIN d AS int; CREATE TABLE t (m e)`)
    expect(() => play(sql, start)).toThrow(expect.objectContaining({ sqlstate }))
  })

  it('leaves text alone that only looks like a label', () => {
    const { catalog } = play(
      `ALTER TYPE e RENAME VALUE 'a' TO 'c'`,
      play(`CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (m e DEFAULT 'a', s text DEFAULT 'a' CHECK (s <> 'a' AND m <> 'a'))`),
    )
    const table = catalog.tables.get(type('t'))
    expect(JSON.stringify(table?.columns.map((column) => column.default))).toBe('[{"A_Const":{"sval":{"sval":"c"}}},{"A_Const":{"sval":{"sval":"a"}}}]')
    const check = JSON.stringify(table?.constraints.get('t_check'))
    expect([check.split('"sval":"c"').length, check.split('{"sval":"a"}').length]).toEqual([2, 2])
  })
})

describe('a label taken back', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await openEngine({ profile: 'replay', extensions: [] })
  })
  afterAll(async () => engine[Symbol.asyncDispose]())

  const given = `CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad'); COMMENT ON TYPE mood IS 'how';
    CREATE DOMAIN feeling AS mood DEFAULT 'ok' CHECK (VALUE <> 'sad'::mood); CREATE TYPE pair AS (a mood, b int); COMMENT ON COLUMN pair.a IS 'x';
    CREATE TABLE t (id serial PRIMARY KEY, m mood DEFAULT 'sad' NOT NULL, ms mood[] DEFAULT '{sad}', f feeling, p pair,
      g mood GENERATED ALWAYS AS (CASE WHEN id > 1 THEN 'sad'::mood ELSE 'glad'::mood END) STORED, is_glad bool GENERATED ALWAYS AS (m = 'glad'::mood) STORED,
      note text DEFAULT 'ok'::mood::text, UNIQUE (id, m), CONSTRAINT chk CHECK (m <> 'ok'::mood), CHECK ('sad' <> ALL (ms)));
    COMMENT ON COLUMN t.m IS 'm'; COMMENT ON CONSTRAINT chk ON t IS 'c'; CREATE TABLE u (id int, m mood, FOREIGN KEY (id, m) REFERENCES t (id, m));
    CREATE INDEX plain ON t (m); CREATE INDEX partly ON t (id) WHERE m = 'sad'; CREATE INDEX computed ON t ((CASE WHEN m = 'sad' THEN 1 ELSE 2 END)); COMMENT ON INDEX partly IS 'i';
    CREATE VIEW v AS SELECT t.id, t.m FROM t WHERE t.m = 'glad'::mood; CREATE VIEW w AS SELECT v.m FROM v; COMMENT ON VIEW v IS 'v'; GRANT SELECT ON v TO PUBLIC;
    CREATE MATERIALIZED VIEW counted AS SELECT t.m, count(*) AS n FROM t GROUP BY t.m; CREATE UNIQUE INDEX one ON counted (m);
    ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON t USING (m = 'glad'::mood);
    CREATE POLICY other ON u USING (EXISTS (SELECT 1 FROM t WHERE t.id = u.id AND t.m = 'sad'));
    CREATE FUNCTION f(x mood DEFAULT 'ok') RETURNS mood[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[x]'; COMMENT ON FUNCTION f IS 'f';
    CREATE FUNCTION fired() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER tr BEFORE UPDATE OF m ON t FOR EACH ROW WHEN (NEW.m = 'sad'::mood) EXECUTE FUNCTION fired()`

  it.each([`ALTER TYPE mood ADD VALUE 'great'`, `ALTER TYPE mood ADD VALUE 'bad' BEFORE 'sad'`])(
    '%s: as if it had never been there, and rows survive',
    async (sql) => {
      const start = play(given)
      const { catalog, changes } = play(sql, start)
      await using session = await engine.session(await engine.createDatabase())
      await session.script(given)
      const printed = await introspect(session)
      await session.script(`INSERT INTO t (m, ms, f, p) VALUES ('glad', '{ok,glad}', 'glad', '(sad,2)')`)
      await session.script(sql)
      const back = changes.flatMap(({ change, before }) => {
        const inverse = invert(change, before)
        return 'irreversible' in inverse ? [] : inverse
      })
      expect(back.map(({ kind }) => kind)).toEqual(['set-enum-values'])
      for (const statement of toSql(back, catalog)) await session.script(statement)
      expect(differences(printed, await introspect(session))).toEqual([])
      expect(await session.query('SELECT m, ms, f, p, g, is_glad FROM t')).toEqual([
        { m: 'glad', ms: '{ok,glad}', f: 'glad', p: '(sad,2)', g: 'glad', is_glad: true },
      ])
    },
  )
})
