import { beforeAll, describe, expect, it } from 'vitest'
import { opaqueNodes } from '../../src/changes/definitions.ts'
import { statementsOf } from '../../src/changes/index.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

const keys = (sql: string): readonly string[] => [...play(sql).catalog.definitions.keys()]

const made: readonly (readonly [string, string])[] = [
  [`CREATE TABLE t (a int, b int); CREATE STATISTICS ON a, b FROM t`, 'definition "statistics"."public"."t_a_b_stat"'],
  [`CREATE TABLE t (a int, b int); CREATE STATISTICS s (ndistinct) ON a, b FROM t`, 'definition "statistics"."public"."s"'],
  [`CREATE COLLATION ci (provider = 'icu', locale = 'en', deterministic = false)`, 'definition "collation"."public"."ci"'],
  [`CREATE PUBLICATION p FOR ALL TABLES`, 'definition "publication"."p"'],
  [`CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)`, 'definition "operator"."public"."===(int4, int4)"'],
  [`CREATE CAST (text AS jsonb) WITH INOUT`, 'definition "cast"."text AS jsonb"'],
  [`CREATE OPERATOR FAMILY f USING btree`, 'definition "operator family"."public"."f USING btree"'],
  [`CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple)`, 'definition "text search dictionary"."public"."d"'],
  [
    `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR PUBLIC SERVER s`,
    'definition "user mapping"."PUBLIC SERVER s"',
  ],
  [
    `CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()`,
    'definition "event trigger"."e"',
  ],
]

describe('definitions', () => {
  it.each(made)('%s', (sql, key) => {
    expect(keys(sql)).toContain(key)
  })
  it('are dropped by the name with which they were made', () => {
    expect(
      keys(
        `CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq); DROP OPERATOR === (int, int); CREATE CAST (text AS jsonb) WITH INOUT; DROP CAST (text AS jsonb)`,
      ),
    ).toEqual([])
    expect(keys(`CREATE OPERATOR FAMILY f USING btree; DROP OPERATOR FAMILY f USING btree; DROP COLLATION IF EXISTS missing`)).toEqual([])
    expect(() => keys('DROP PUBLICATION p')).toThrow('does not exist')
  })
  it('keep names qualified, so that the search path does not matter later', () => {
    const { changes } = play(`CREATE SCHEMA s; SET search_path TO s; CREATE TABLE t (a int, b int); CREATE STATISTICS st ON a, b FROM t`)
    const last = changes.at(-1)
    expect(last && statementsOf(last.change, last.before)).toEqual(['CREATE STATISTICS s.st ON a, b FROM s.t'])
  })
  it('are renamed with their comment', () => {
    const { catalog } = play(`CREATE PUBLICATION p; COMMENT ON PUBLICATION p IS 'x'; ALTER PUBLICATION p RENAME TO q`)
    expect([...catalog.comments]).toEqual([['definition "publication"."q"', 'x']])
  })
  it('have comments, each under the word of its own kind', () => {
    const { catalog, changes } = play(`CREATE FOREIGN DATA WRAPPER w; COMMENT ON FOREIGN DATA WRAPPER w IS 'x';
      CREATE SERVER s FOREIGN DATA WRAPPER w; COMMENT ON SERVER s IS 'y'; CREATE COLLATION c (locale = 'C'); COMMENT ON COLLATION c IS 'z'`)
    expect([...catalog.comments]).toEqual([
      ['definition "foreign data wrapper"."w"', 'x'],
      ['definition "server"."s"', 'y'],
      ['definition "collation"."public"."c"', 'z'],
    ])
    const said = changes.filter(({ change }) => change.kind === 'set-comment').flatMap(({ change, before }) => statementsOf(change, before))
    expect(said).toEqual([`COMMENT ON FOREIGN DATA WRAPPER "w" IS 'x'`, `COMMENT ON SERVER "s" IS 'y'`, `COMMENT ON COLLATION "public"."c" IS 'z'`])
  })
  it('go with their table when they are statistics, and stay when they are a publication', () => {
    expect(keys(`CREATE TABLE t (a int, b int); CREATE STATISTICS s ON a, b FROM t; CREATE PUBLICATION p FOR TABLE t; DROP TABLE t`)).toEqual([
      'definition "publication"."p"',
    ])
  })
})

it('says of each statement that stays opaque what it is', () => {
  for (const sentence of Object.values(opaqueNodes)) expect(sentence).toMatch(/^[A-Z].*\.$/)
})
