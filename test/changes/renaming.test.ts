import { beforeAll, describe, expect, it } from 'vitest'
import { statementsOf } from '../../src/changes/index.ts'
import { type ObjectKey, qualified } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { printExpression } from '../../src/sql/print.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

const name = (local: string, schema = 'public') => qualified(schema, local)

/** The code with which a statement is refused. */
const refusal = (given: string, sql: string): string => {
  const start = play(given)
  try {
    play(sql, start)
  } catch (error) {
    return String((error as { sqlstate?: string }).sqlstate)
  }
  return 'not refused'
}

describe('a renamed table', () => {
  const given = `CREATE TABLE a (id serial PRIMARY KEY, x text UNIQUE CHECK (a.x <> '')); CREATE TABLE b (a int REFERENCES a); CREATE INDEX i ON a (x)`

  it('keeps the names of its constraints, indexes and sequences, and is followed by what names it', () => {
    const { catalog } = play('ALTER TABLE a RENAME TO z', play(given))
    expect([...(catalog.tables.get(name('z'))?.constraints.keys() ?? [])].sort()).toEqual(['a_pkey', 'a_x_check', 'a_x_key'])
    expect(catalog.tables.get(name('b'))?.constraints.get('b_a_fkey')).toMatchObject({ references: name('z') })
    expect(catalog.indexes.get(name('i'))?.relation).toBe(name('z'))
    expect(catalog.sequences.get(name('a_id_seq'))?.ownedBy?.table).toBe(name('z'))
    const check = catalog.tables.get(name('z'))?.constraints.get('a_x_check')
    expect(check?.type === 'check' && printExpression(check.expression)).toBe("z.x <> ''")
  })

  it('shares what does not name it', () => {
    const before = play(`${given}; CREATE TABLE other (n int CHECK (n > 0))`)
    const after = play('ALTER TABLE a RENAME TO z', before)
    expect(after.catalog.tables.get(name('other'))).toBe(before.catalog.tables.get(name('other')))
    expect(after.catalog.views).toBe(before.catalog.views)
  })

  it('takes its indexes, constraints and owned sequences to another schema', () => {
    const { catalog } = play('CREATE SCHEMA s; ALTER TABLE a SET SCHEMA s', play(given))
    expect([...catalog.indexes.keys(), ...catalog.sequences.keys(), ...catalog.tables.keys()].sort()).toEqual(
      [name('a', 's'), name('a_id_seq', 's'), name('b'), name('i', 's')].sort(),
    )
    expect(catalog.tables.get(name('a', 's'))?.columns[0]?.default).toEqual({ sequence: name('a_id_seq', 's') })
  })

  it('may be called a table when it is an index, a view or a sequence', () => {
    const { changes } = play(
      'ALTER TABLE i RENAME TO i2; ALTER TABLE v RENAME TO v2; ALTER TABLE a_id_seq RENAME TO q; ALTER TABLE a_pkey RENAME TO k',
      play(`${given}; CREATE VIEW v AS SELECT 1 AS one`),
    )
    expect(changes.map(({ change }) => change.kind)).toEqual(['rename-index', 'rename-view', 'rename-sequence', 'rename-constraint'])
  })

  it('leaves ranges with an alias, and another relation of its name, alone', () => {
    const { catalog } = play(
      'ALTER TABLE t RENAME TO z',
      play('CREATE SCHEMA s; CREATE TABLE s.t (x int); CREATE TABLE t (x int); CREATE VIEW v AS SELECT q.x FROM t q; CREATE VIEW w AS SELECT t.x FROM s.t'),
    )
    const query = (view: string) =>
      printExpression({ SelectStmt: catalog.views.get(name(view))?.query.SelectStmt ?? catalog.views.get(name(view))?.query ?? {} })
    expect(query('v')).toContain('q.x')
    expect(query('w')).toContain('t.x')
  })
})

describe('a renamed column', () => {
  it('is renamed in keys, references, checks, indexes, policies, owners and comments', () => {
    const { catalog } = play(
      'ALTER TABLE t RENAME a TO b',
      play(`CREATE TABLE t (a serial PRIMARY KEY CHECK (a > 0)); CREATE TABLE u (t int REFERENCES t (a), a int); CREATE INDEX i ON t ((a + 1)) INCLUDE (a) WHERE a < 9;
        CREATE POLICY p ON t USING (a = 1); COMMENT ON COLUMN t.a IS 'x'`),
    )
    const table = catalog.tables.get(name('t'))
    expect(table?.constraints.get('t_pkey')).toMatchObject({ columns: ['b'] })
    expect(catalog.tables.get(name('u'))?.constraints.get('u_t_fkey')).toMatchObject({ referenced: ['b'] })
    expect(JSON.stringify([table?.constraints.get('t_a_check'), catalog.indexes.get(name('i')), table?.policies.get('p')])).not.toContain('"a"')
    expect(catalog.sequences.get(name('t_a_seq'))?.ownedBy?.column).toBe('b')
    expect([...catalog.comments]).toEqual([['column "public"."t"."b"' as ObjectKey, 'x']])
    expect(catalog.tables.get(name('u'))?.columns.map((column) => column.name)).toEqual(['t', 'a'])
  })
})

describe('refusals', () => {
  const given = `CREATE TABLE a (id int PRIMARY KEY, x int CONSTRAINT c CHECK (x > 0)); CREATE INDEX i ON a (x); CREATE TYPE e AS ENUM ('x'); CREATE TYPE comp AS (p int);
    CREATE SCHEMA s; CREATE VIEW v AS SELECT 1 AS one; CREATE TABLE q (n serial)`
  it.each([
    ['ALTER TABLE a RENAME TO i', '42P07'],
    ['ALTER TABLE a RENAME TO e', '42710'],
    ['ALTER VIEW a RENAME TO b', '42809'],
    ['ALTER TABLE comp RENAME TO b', '42809'],
    ['ALTER TABLE missing RENAME TO b', '42P01'],
    ['ALTER TABLE IF EXISTS missing RENAME TO b', 'not refused'],
    ['ALTER TABLE a RENAME id TO x', '42701'],
    ['ALTER TABLE a RENAME no TO y', '42703'],
    ['ALTER TABLE a RENAME CONSTRAINT no TO y', '42704'],
    ['ALTER TABLE a RENAME CONSTRAINT c TO a_pkey', '42710'],
    ['ALTER TABLE a RENAME CONSTRAINT a_pkey TO i', '42P07'],
    ['ALTER TABLE a RENAME CONSTRAINT c TO i', 'not refused'],
    ['ALTER TYPE a RENAME TO b', '42809'],
    ['ALTER TYPE e RENAME TO a', '42710'],
    ['ALTER DOMAIN e RENAME TO b', '42809'],
    ['ALTER SCHEMA s RENAME TO public', '42P06'],
    ['ALTER SCHEMA s RENAME TO pg_x', '42939'],
    ['ALTER SCHEMA no RENAME TO x', '3F000'],
    ['ALTER TABLE a SET SCHEMA no', '3F000'],
    ['ALTER TABLE i SET SCHEMA s', '42809'],
    ['ALTER SEQUENCE q_n_seq SET SCHEMA s', '0A000'],
    ['ALTER FUNCTION f() RENAME TO g', '42883'],
    ['COMMENT ON COLUMN a.no IS $$x$$', '42703'],
  ])('%s: %s', (sql, sqlstate) => expect(refusal(given, sql)).toBe(sqlstate))
})

describe('a comment', () => {
  it('names what it is on as PostgreSQL wants it', () => {
    const start = play(`CREATE TABLE t (a int CHECK (a > 0)); CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE DOMAIN d AS int CHECK (VALUE > 0)`)
    const { changes } = play(
      `COMMENT ON CONSTRAINT t_a_check ON t IS 'x'; COMMENT ON MATERIALIZED VIEW m IS 'y'; COMMENT ON CONSTRAINT d_check ON DOMAIN d IS ''`,
      start,
    )
    expect(changes.flatMap(({ change, before }) => statementsOf(change, before))).toEqual([
      `COMMENT ON CONSTRAINT "t_a_check" ON "public"."t" IS 'x'`,
      `COMMENT ON MATERIALIZED VIEW "public"."m" IS 'y'`,
      `COMMENT ON CONSTRAINT "d_check" ON DOMAIN "public"."d" IS NULL`,
    ])
  })
})
