import { beforeAll, describe, expect, it } from 'vitest'
import { answer } from '../../src/changes/conditions.ts'
import { conditionalDdl } from '../../src/changes/do-block.ts'
import { effects } from '../../src/changes/effects.ts'
import { Reading } from '../../src/changes/reading.ts'
import { catches } from '../../src/changes/sqlstates.ts'
import { systemTable } from '../../src/changes/system-tables.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readPlPgSql } from '../../src/sql/plpgsql.ts'
import { readExpression } from '../../src/sql/print.ts'
import { readStatements } from '../../src/sql/script.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

const kinds = (sql: string, given = ''): readonly string[] => play(sql, play(given)).changes.map(({ change }) => change.kind)
const doing = (body: string): string => `DO $$ ${body} $$`

describe('exceptions', () => {
  it('puts the catalog back to the start of the block that catches', () => {
    const { catalog } = play(
      doing(`BEGIN CREATE TABLE b (id int); CREATE TABLE a (id int); EXCEPTION WHEN duplicate_table THEN CREATE TABLE c (id int); END`),
      play('CREATE TABLE a (id int)'),
    )
    expect([...catalog.tables.keys()]).toEqual(['"public"."a"', '"public"."c"'])
  })
  it('lets through what no handler names', () => {
    expect(() => play(doing(`BEGIN CREATE TABLE a (id int); EXCEPTION WHEN duplicate_object THEN NULL; END`), play('CREATE TABLE a (id int)'))).toThrow(
      'already exists',
    )
  })
  it('knows classes, codes and OTHERS', () => {
    expect(catches('syntax_error_or_access_rule_violation', '42P07')).toBe(true)
    expect(catches('42P07', '42P07')).toBe(true)
    expect(catches('others', 'P0004')).toBe(false)
    expect(catches('duplicate_object', '42P07')).toBe(false)
  })
  it('raises what RAISE raises', () => {
    expect(() => play(doing(`BEGIN RAISE EXCEPTION 'no %', 1; END`))).toThrow('no %')
    expect(
      kinds(doing(`BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'unique_violation'; EXCEPTION WHEN unique_violation THEN CREATE TABLE a (id int); END`)),
    ).toEqual(['create-table'])
  })
})

const shop = `CREATE SCHEMA app; CREATE TYPE mood AS ENUM ('happy', 'sad'); CREATE TABLE t (id int PRIMARY KEY, note text NOT NULL, feeling mood); CREATE INDEX t_note ON t (note);
  CREATE TABLE app.u (t_id int CONSTRAINT u_fk REFERENCES t)`

describe('conditions', () => {
  const answers: readonly (readonly [string, 'yes' | 'no' | 'unknown'])[] = [
    [
      `EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 't' AND column_name = 'note' AND is_nullable = 'NO')`,
      'yes',
    ],
    [`NOT EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = 'mood' AND n.nspname = 'app')`, 'yes'],
    [`EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'u_fk' AND conrelid = 'app.u'::regclass AND confrelid = 't'::regclass)`, 'yes'],
    [`EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'u_fk' AND connamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'public'))`, 'no'],
    [`EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('t') AND attname IN ('gone', 'note') AND NOT attisdropped AND attnum > 0)`, 'yes'],
    [`to_regclass('public.missing') IS NULL AND to_regtype('mood') IS NOT NULL`, 'yes'],
    [`EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid WHERE t.typname = 'mood' AND e.enumlabel = 'angry')`, 'no'],
    [`EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 't_note' AND indexdef LIKE '%note%')`, 'yes'],
    [`(SELECT count(*) FROM information_schema.tables WHERE table_schema = 'app') = 1`, 'yes'],
    [`'sad' = ANY (ARRAY['happy', 'sad']) OR EXISTS (SELECT 1 FROM t)`, 'yes'],
    [`EXISTS (SELECT 1 FROM t WHERE id = 1)`, 'unknown'],
    [`NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app_user')`, 'yes'],
    [`EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'postgres')`, 'unknown'],
    [`current_setting('server_version_num')::int > 150000`, 'unknown'],
    [`NOT (1 = NULL)`, 'no'],
    [`(NULL IS NOT DISTINCT FROM (SELECT relname FROM pg_class WHERE relname = 'gone')) IS TRUE`, 'yes'],
    [`1 <> ALL (ARRAY[2, 3]) AND 2 NOT IN (1, 3) AND ('t', 'note') = ('t', 'note') AND 't'::bool IS NOT FALSE`, 'yes'],
    [`coalesce((SELECT relrowsecurity FROM pg_class WHERE relname = 't'), true)`, 'no'],
    [`format('%I.%2$s', 'a b', 'c') = '"a b".c' AND lower('A') || upper('b') = 'aB' AND current_schema() = 'public'`, 'yes'],
    [`'app.u'::regclass::text = 'app.u' AND 't'::regclass::text LIKE '_' AND to_regnamespace('nowhere') IS NULL`, 'yes'],
    [`EXISTS (SELECT 1 FROM pg_indexes WHERE tablename = 't' AND indexdef LIKE '%(note)%')`, 'unknown'],
    [
      `EXISTS (SELECT 1 FROM information_schema.table_constraints c JOIN information_schema.key_column_usage k USING (constraint_name) WHERE k.column_name = 't_id')`,
      'yes',
    ],
    [`EXISTS (SELECT 1 FROM pg_class c WHERE relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid))`, 'no'],
    [`EXISTS (SELECT 1 FROM pg_class LEFT JOIN pg_namespace ON true)`, 'unknown'],
  ]
  it.each(answers)('%s', (condition, expected) => {
    const { catalog, session } = play(shop)
    const [statement] = readStatements('SELECT 1')
    if (!statement) throw new Error('no statement')
    expect(answer(new Reading(statement, catalog, session, effects), readExpression(condition))).toBe(expected)
  })
})

describe('system tables', () => {
  const named = (catalog: Catalog, name: string) => systemTable(catalog, 'information_schema', 'columns')?.filter(({ table_name }) => table_name === name)

  it('keep the rows of what did not change', () => {
    const before = play(`CREATE TABLE a (id int); CREATE TABLE b (id int)`)
    const after = play(`ALTER TABLE b ADD COLUMN c int`, before)
    expect(named(before.catalog, 'a')).toHaveLength(1)
    expect(named(after.catalog, 'a')?.[0]).toBe(named(before.catalog, 'a')?.[0])
    expect(named(after.catalog, 'b')?.map(({ column_name }) => column_name)).toEqual(['id', 'c'])
  })
  it('tell of a renamed table by its new name', () => {
    const before = play(`CREATE TABLE a (id int)`)
    expect(named(before.catalog, 'a')).toHaveLength(1)
    const { catalog } = play(`ALTER TABLE a RENAME TO b`, before)
    expect(named(catalog, 'a')).toEqual([])
    expect(named(catalog, 'b')).toHaveLength(1)
    expect(named(before.catalog, 'a')).toHaveLength(1)
  })
})

describe('following', () => {
  it('reads the branch whose condition holds', () => {
    const body = `BEGIN IF EXISTS (SELECT FROM pg_class WHERE relname = 'a') THEN DROP TABLE a; ELSIF to_regclass('b') IS NULL THEN CREATE TABLE b (id int); ELSE CREATE TABLE c (id int); END IF; END`
    expect(kinds(doing(body))).toEqual(['create-table'])
    expect(kinds(doing(body), 'CREATE TABLE a (id int)')).toEqual(['drop-table'])
  })
  it('runs constant and computed texts that it can compute', () => {
    expect(kinds(doing(`BEGIN EXECUTE 'CREATE TABLE a (id int)'; END`))).toEqual(['create-table'])
    expect(
      kinds(`DO $$ DECLARE n text := 'a b'; BEGIN EXECUTE format('CREATE TABLE %I (id int DEFAULT %L)', n, 5) || ' WITH (fillfactor = 50)'; END $$`),
    ).toEqual(['create-table'])
  })
  it('keeps the rest of a block beside what it cannot follow', () => {
    const { changes } = play(doing(`BEGIN EXECUTE format('DROP TABLE %I', current_user); CREATE TABLE a (id int); END`))
    expect(changes.map(({ change }) => change.kind)).toEqual(['opaque', 'create-table'])
    const [first] = changes
    expect(first?.change.kind === 'opaque' && readStatements(first.change.sql)[0]?.node).toBe('DoStmt')
  })
  it('takes rows’ business as data, whatever its condition', () => {
    expect(kinds(doing(`BEGIN IF EXISTS (SELECT 1 FROM a) THEN UPDATE a SET id = 1; RAISE EXCEPTION 'x'; END IF; END`), 'CREATE TABLE a (id int)')).toEqual([
      'change-data',
    ])
    expect(
      kinds(`DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM a LOOP DELETE FROM a WHERE id = r.id; END LOOP; END $$`, 'CREATE TABLE a (id int)'),
    ).toEqual(['change-data'])
  })
  it('is opaque where rows decide over the catalog, also after a RETURN that they decide', () => {
    expect(kinds(doing(`BEGIN IF EXISTS (SELECT 1 FROM a) THEN DROP TABLE a; END IF; END`), 'CREATE TABLE a (id int)')).toEqual(['opaque'])
    expect(kinds(doing(`BEGIN IF EXISTS (SELECT 1 FROM a) THEN RETURN; END IF; DROP TABLE a; END`), 'CREATE TABLE a (id int)')).toEqual(['opaque'])
    const loop = `FOR r IN SELECT id FROM a LOOP CREATE TABLE b (id int); RETURN; END LOOP`
    expect(kinds(`DO $$ DECLARE r record; BEGIN ${loop}; DROP TABLE a; END $$`, 'CREATE TABLE a (id int)')).toEqual(['opaque', 'opaque'])
  })
  it('says that a computed GRANT touches only what it may be about', () => {
    const given = `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE a (id int)`
    const { changes } = play(
      `DO $$ DECLARE r record; BEGIN FOR r IN SELECT proname FROM pg_proc LOOP EXECUTE format('GRANT EXECUTE ON FUNCTION %I() TO x', r.proname); END LOOP; END $$`,
      play(given),
    )
    expect(changes.map(({ change }) => change.kind === 'opaque' && change.touches)).toEqual([['routine "public"."f"()']])
  })
  it('is opaque for calls of routines that change the catalog', () => {
    const given = `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE ''CREATE TABLE x (a int)''; END'; CREATE FUNCTION g() RETURNS void LANGUAGE sql AS 'SELECT f()'`
    expect(kinds(`SELECT g()`, given)).toEqual(['opaque'])
    expect(kinds(doing(`BEGIN PERFORM g(); END`), given)).toEqual(['opaque'])
  })
})

it('prints PL/pgSQL that PostgreSQL parses to the same again', () => {
  const body = `DECLARE a text := 'x'; arr text[] := ARRAY['a']; b int; BEGIN FOREACH a IN ARRAY arr LOOP CONTINUE WHEN a = 'b'; END LOOP; FOR i IN REVERSE 10..1 BY 2 LOOP PERFORM f(i); END LOOP;
    CASE a WHEN 'x' THEN NULL; ELSE RAISE NOTICE 'n %', a; END CASE; SELECT 1 INTO STRICT b; GET DIAGNOSTICS b = ROW_COUNT; WHILE b < 3 LOOP b := b + 1; EXIT; END LOOP;
    BEGIN EXECUTE 'x' INTO b USING a; EXCEPTION WHEN SQLSTATE '42P07' OR others THEN RAISE; END; END`
  const texts = (text: string): string =>
    readPlPgSql(text)
      .body.map((statement) => statement.text)
      .join('\n')
  const printed = `DECLARE ${readPlPgSql(body)
    .variables.map((variable) => variable.text)
    .join(' ')} BEGIN ${texts(body)} END`
  expect(texts(printed)).toBe(texts(body))
})

it('names the DDL that stands under conditions', () => {
  const [statement] = readStatements(
    doing(
      `BEGIN CREATE TABLE a (id int); IF x THEN DROP TABLE b; UPDATE c SET d = 1; END IF; BEGIN NULL; EXCEPTION WHEN others THEN EXECUTE 'DROP TYPE e'; END; END`,
    ),
  )
  expect(conditionalDdl(statement?.tree ?? {}).map(({ node }) => node)).toEqual(['DropStmt', 'DropStmt'])
})
