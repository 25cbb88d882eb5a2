import { beforeAll, describe, expect, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { fromPsql } from '../../src/sql/psql.ts'
import { readScript } from '../../src/sql/script.ts'

beforeAll(loadSql)

/** What the parser finds in it: each statement's line and first words. */
const statements = (sql: string): readonly string[] => {
  const { statements: found, faults } = readScript(fromPsql(sql).sql)
  expect(faults).toEqual([])
  return found.map(({ text, start }) => `${start.line}: ${text.split(/\s+/).slice(0, 3).join(' ')}`)
}

const dump = String.raw`--
-- PostgreSQL database dump
--

\restrict aBcD1234

-- Dumped from database version 16.4
SET statement_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE FUNCTION public.f() RETURNS text
    LANGUAGE sql
    AS $_$SELECT 'a;\b' || $1$_$;

CREATE TABLE public.notes (
    id integer NOT NULL,
    note text DEFAULT 'COPY a FROM stdin; it''s \x'::text
);

COPY public.notes (id, note) FROM stdin;
1	it's "half; open
2	\N
3	/* $$ \\.
\.

COPY public.empty (id) FROM stdin;
\.

SELECT pg_catalog.setval('public.notes_id_seq', 3, true);

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);

\unrestrict aBcD1234
`

describe('a dump', () => {
  it('is SQL without its rows and psql’s commands, each line where it was', () => {
    expect(statements(dump)).toEqual([
      '8: SET statement_timeout =',
      '10: SET client_encoding =',
      "11: SELECT pg_catalog.set_config('search_path', '',",
      '13: CREATE FUNCTION public.f()',
      '17: CREATE TABLE public.notes',
      "31: SELECT pg_catalog.setval('public.notes_id_seq', 3,",
      '33: ALTER TABLE ONLY',
    ])
    expect(fromPsql(dump).sql.split('\n')).toHaveLength(dump.split('\n').length)
  })

  it('says what was left out', () => {
    expect(fromPsql(dump)).toMatchObject({ notes: ['3 rows of 2 COPYs left out', '2 commands of psql left out (\\restrict, \\unrestrict)'], unread: [] })
  })

  it('with the line ends of Windows', () => {
    expect(fromPsql(dump.replaceAll('\n', '\r\n')).notes).toEqual(fromPsql(dump).notes)
    expect(statements(dump.replaceAll('\n', '\r\n'))).toHaveLength(7)
  })

  it('with statements about the database itself', () => {
    const { sql, notes, unread } = fromPsql(
      "CREATE DATABASE shop WITH ENCODING = 'UTF8';\nALTER DATABASE shop OWNER TO o;\nCOMMENT ON DATABASE shop IS 'x;y';\nGRANT CONNECT ON DATABASE shop TO o;\n\\connect shop\nCREATE SCHEMA public;\nCREATE TABLE t ();",
    )
    expect(sql.trim()).toBe('CREATE TABLE t ();')
    expect(notes).toEqual([
      '1 command of psql left out (\\connect)',
      '4 statements about the database itself left out',
      'CREATE SCHEMA public left out: an empty database has it',
    ])
    expect(unread).toEqual([])
  })

  it('cut off within its rows', () => {
    expect(fromPsql('COPY t FROM stdin;\n1\n2').notes).toEqual(['2 rows of 1 COPY left out'])
    expect(fromPsql('COPY t FROM stdin').sql).toBe('COPY t FROM stdin')
  })
})

describe('what only looks like psql', () => {
  it.each([
    ["SELECT 'a\\'; SELECT 2;", 2],
    ["SELECT E'\\'; \\\\'; SELECT 2;", 2],
    ["SELECT e'it''s \\' ; '; SELECT 2;", 2],
    ['SELECT 1 AS "\\connect x; """; SELECT 2;', 2],
    ['SELECT $$ \\i x; $$; SELECT $a$ $$ \\q; $a$;', 2],
    ['SELECT 1 AS a$b$, 2 AS c$b$; SELECT 2;', 2],
    ['-- \\connect\n/* \\i /* \\q ; */ ; */ SELECT 1;', 1],
    ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3;', 2],
  ])('%s', (sql, count) => {
    expect(fromPsql(sql)).toEqual({ sql, notes: [], unread: [] })
    expect(statements(sql)).toHaveLength(count)
  })
})

describe('commands that bring SQL from elsewhere', () => {
  it('are named, without their arguments', () => {
    const { unread } = fromPsql('\\i other.sql\nSELECT 1;\n\\if :x\n\\endif\n\\c one\n\\c "user=u password=hunter22"\n\\c one')
    expect(unread.map(({ line, command }) => `${line} ${command}`)).toEqual(['1 \\i', '3 \\if', '4 \\endif', '6 \\c'])
    expect(JSON.stringify(unread)).not.toContain('hunter22')
  })

  it('end a statement where they send it', () => {
    expect(statements('SELECT 1 \\gset\nSELECT 2 \\g\nSELECT 3;')).toEqual(['1: SELECT 1', '2: SELECT 2', '3: SELECT 3'])
    expect(fromPsql('SELECT 1 \\gexec').unread).toMatchObject([{ line: 1, command: '\\gexec' }])
  })
})
