import { beforeAll, describe, expect, it } from 'vitest'
import { statementsOf } from '../../src/changes/index.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

const printed = (sql: string): readonly string[] => {
  const last = play(sql).changes.at(-1)
  return last ? statementsOf(last.change, last.before) : []
}
const one = `CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';`
const trigger = `CREATE TABLE t (id int, note text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';`

describe('routines', () => {
  it('are known by their name and the types of what goes in', () => {
    const { catalog } = play(
      `CREATE TYPE mood AS ENUM ('a'); CREATE FUNCTION f(a mood[], OUT b int, INOUT c varchar(10), VARIADIC d text[]) LANGUAGE sql AS 'SELECT 1, c'; CREATE PROCEDURE p() LANGUAGE sql AS ''`,
    )
    expect([...catalog.routines.keys()]).toEqual(['"public"."f"("public"."mood"[], "pg_catalog"."varchar", "pg_catalog"."text"[])', '"public"."p"()'])
  })

  it('keep their text to the letter, whatever it holds', () => {
    const [sql] = printed(`CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $x$ SELECT '$$ $body$ \\ ''' $x$`)
    const again = play(sql ?? '').catalog.routines.get('"public"."f"()')
    expect(JSON.stringify(again)).toContain(JSON.stringify(` SELECT '$$ $body$ \\ ''' `))
  })

  it.each([
    ['42723', `${one} CREATE FUNCTION f(b int) RETURNS text LANGUAGE sql AS ''`],
    ['42P13', `${one} CREATE OR REPLACE FUNCTION f(a int) RETURNS text LANGUAGE sql AS ''`],
    ['42P13', `${one} CREATE OR REPLACE FUNCTION f(b int) RETURNS int LANGUAGE sql AS ''`],
    ['42P13', `CREATE FUNCTION f(a int DEFAULT 1) RETURNS int LANGUAGE sql AS ''; CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS ''`],
    ['42809', `${one} CREATE OR REPLACE PROCEDURE f(a int) LANGUAGE sql AS ''`],
    ['42725', `${one} CREATE FUNCTION f() RETURNS int LANGUAGE sql AS ''; DROP FUNCTION f`],
    ['42883', 'DROP FUNCTION f(int)'],
    ['42809', `${one} DROP PROCEDURE f(int)`],
    ['2BP01', `CREATE TABLE t (id int); CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'; DROP TABLE t`],
    ['2BP01', `CREATE TABLE t (id int); CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT id FROM t; END; ALTER TABLE t DROP COLUMN id`],
    ['2BP01', `${trigger} CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f(); DROP FUNCTION f()`],
    ['42883', 'CREATE TABLE t (id int); CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f()'],
    ['42703', `${trigger} CREATE TRIGGER x BEFORE UPDATE OF other ON t EXECUTE FUNCTION f()`],
    ['42710', `${trigger} CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f(); CREATE TRIGGER x BEFORE DELETE ON t EXECUTE FUNCTION f()`],
    ['42704', 'CREATE TABLE t (id int); DROP TRIGGER x ON t'],
    ['42704', 'CREATE TABLE t (id int); ALTER TABLE t DISABLE TRIGGER x'],
    ['42710', 'CREATE TABLE t (id int); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING; CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING'],
    ['42704', 'CREATE TABLE t (id int); DROP RULE r ON t'],
    [
      '2BP01',
      `CREATE TABLE t (id int); CREATE TABLE log (id int); CREATE RULE r AS ON DELETE TO t DO ALSO INSERT INTO log VALUES (old.id); ALTER TABLE log DROP COLUMN id`,
    ],
  ])('refuses with %s: %s', (sqlstate, sql) => {
    expect(() => play(sql)).toThrow(expect.objectContaining({ sqlstate }))
  })

  it('settles %TYPE', () => {
    expect(printed('CREATE TABLE t (id bigint); CREATE FUNCTION f(a t.id%TYPE) RETURNS SETOF t.id%TYPE LANGUAGE sql AS $$SELECT 1$$')[0]).toContain(
      'RETURNS SETOF bigint',
    )
  })

  it('resolves a parsed body: parameters stay, columns are qualified', () => {
    expect(
      printed(
        'CREATE TABLE t (id int, note text); CREATE FUNCTION f(wanted int) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT note FROM t WHERE id = wanted; END',
      )[0],
    ).toContain('SELECT t.note AS note FROM public.t WHERE t.id = wanted')
  })

  it('alters options one by one', () => {
    const [sql] = printed(
      `CREATE FUNCTION f() RETURNS int LANGUAGE sql VOLATILE SET search_path = a SET work_mem = '1MB' AS 'SELECT 1'; ALTER FUNCTION f STABLE RESET search_path SET work_mem = '2MB' COST 7`,
    )
    expect(sql).toMatch(/CREATE OR REPLACE FUNCTION .* STABLE .*2MB.*COST 7/s)
    expect(sql).not.toMatch(/search_path|1MB|VOLATILE/)
  })
})

describe('triggers and rules', () => {
  it('name their relation and function with the schema', () => {
    expect(printed(`${trigger} CREATE TRIGGER x BEFORE UPDATE OF note ON t FOR EACH ROW WHEN (old.note <> new.note) EXECUTE FUNCTION f('a')`)).toEqual([
      `CREATE TRIGGER x BEFORE UPDATE OF note ON public.t FOR EACH ROW WHEN ( old.note <> new.note ) EXECUTE FUNCTION public.f ( 'a' )`,
    ])
  })

  it('are switched with ALTER TABLE, all of them or one', () => {
    const two = `${trigger} CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f(); CREATE TRIGGER y AFTER INSERT ON t EXECUTE FUNCTION f();`
    expect(
      play(`${two} ALTER TABLE t DISABLE TRIGGER ALL`)
        .changes.slice(-2)
        .map(({ change }) => change.kind),
    ).toEqual(['set-trigger-enabled', 'set-trigger-enabled'])
    expect(printed(`${two} ALTER TABLE t ENABLE ALWAYS TRIGGER y`)).toEqual(['ALTER TABLE "public"."t" ENABLE ALWAYS TRIGGER "y"'])
    expect(play(`${two} ALTER TABLE t ENABLE TRIGGER y`).changes.at(-1)?.change.kind).toBe('create-trigger')
  })

  it('write the columns of an INSERT that names none', () => {
    expect(
      printed('CREATE TABLE t (id int, note text); CREATE TABLE log (a int, b text); CREATE RULE r AS ON DELETE TO t DO ALSO INSERT INTO log SELECT old.id')[0],
    ).toContain('INSERT INTO public.log (a) SELECT old.id')
  })
})
