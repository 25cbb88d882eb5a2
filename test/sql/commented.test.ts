import { beforeAll, describe, expect, test } from 'vitest'
import { mended } from '../../src/sql/mend.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'

beforeAll(() => loadSql())

const header =
  '-- Current sql file was generated after introspecting the database\n-- If you want to run this migration please uncomment this code before executing migrations\n'
const a = 'CREATE TABLE "a" (\n\t"id" integer PRIMARY KEY NOT NULL\n);\n'
const b = 'CREATE TABLE "b" (\n\t"id" integer PRIMARY KEY NOT NULL\n);\n'
const breakpoint = '--> statement-breakpoint\n'

describe('a file that is one big comment', () => {
  test.each([
    ['as drizzle-kit pull writes it', `${header}/*\n${a}${breakpoint}${b}\n*/`],
    ['without breakpoints', `${header}/*\n${a}\n${b}\n*/`],
    ['with the misspelled line of 0.18', `${header.replace('migrations', 'migraitons')}/*\n${a}\n${b}*/\n`],
    ['without its first lines', `/*\n${a}${breakpoint}${b}*/`],
    ['with -- before each line of it', `${header}/*\n${a}${breakpoint}${b}\n*/`.replaceAll(/^/gm, '-- ')],
    ['with -- before each line but the breakpoint', `${a}${breakpoint}${b}`.replaceAll(/^(?!-)/gm, '-- ')],
    ['with a byte order mark and CRLF', `\uFEFF${header}/*\n${a}${breakpoint}${b}*/`.replaceAll('\n', '\r\n')],
    ['with the end of a comment in a text', `${header}/*\n${a.replace('NOT NULL', "DEFAULT '*/5' NOT NULL")}${breakpoint}${b}*/`],
  ])('%s: what it holds, at its places; none of it runs', (_name, sql) => {
    const { statements, commented } = readScript(sql)
    expect(statements).toEqual([])
    expect(commented?.faults).toEqual([])
    expect(commented?.mended).toEqual([])
    expect(commented?.statements.map(({ node, text }) => [node, text.slice(0, 16)])).toEqual([
      ['CreateStmt', 'CREATE TABLE "a"'],
      ['CreateStmt', 'CREATE TABLE "b"'],
    ])
    expect(commented?.statements.map(({ start }) => sql.slice(start.offset, start.offset + 500).includes('CREATE TABLE'))).toEqual([true, true])
  })

  test.each([
    ['prose', '-- Custom SQL migration file, put your code below! --'],
    ['prose about a table', '/* Please create table a by hand. */'],
    ['no table', '/* SELECT 1; */'],
    ['a comment beside a statement', `/* ${a} */ SELECT 1;`],
    ['a statement between two comments', `/* ${a} */ SELECT 1; /* ${b} */`],
    ['uncommented by hand', `${header}${a}${breakpoint}${b}`],
    ['MySQL', `${header}/*\n${a.replaceAll('"', '`')}\n*/`],
    ['nothing', `${header}/*\n\n*/`],
  ])('%s is none', (_name, sql) => {
    expect(readScript(sql).commented).toBeUndefined()
  })

  test('the breakpoints cut it apart: the server is sent an unterminated comment, and that is a fault of the file', () => {
    const { faults, chunks } = readScript(`${header}/*\n${a}${breakpoint}${b}*/`)
    expect(chunks).toHaveLength(2)
    expect(faults[0]).toMatchObject({ chunk: 0, message: expect.stringContaining('unterminated /* comment') })
  })
})

describe('what drizzle-kit writes wrongly', () => {
  const table = (...items: readonly string[]): string => `${header}/*\nCREATE TABLE "t" (\n\t${items.join(',\n\t')}\n);\n${breakpoint}${b}*/`

  test.each([
    ['a check that keeps a NOT VALID', table('"id" integer', 'CONSTRAINT "c" CHECK ((id > 0)) NOT VALID)'), ['id']],
    ['one that closes the table', table('"id" integer', 'CONSTRAINT "c" CHECK (((id > 0) OR (id < 5)))) NOT VALID)'), ['id']],
    ['such a check between others', table('"id" integer', 'CONSTRAINT "c" CHECK ((id > 0)) NOT VALID)', 'CONSTRAINT "u" UNIQUE("id")'), ['id']],
    ['a check over several lines', table('"id" integer', 'CONSTRAINT "c" CHECK (CHECK (\nCASE\n    WHEN (id > 0) THEN true\nEND))'), ['id']],
    [
      'a default cut in the middle',
      table(`"id" integer`, `"l" varchar(24)[] DEFAULT '{"}'::character varying(2"}' NOT NULL`, '"n" text NOT NULL'),
      ['id', 'l', 'n'],
    ],
  ])('%s is taken out', (_name, sql, columns) => {
    const { commented } = readScript(sql)
    expect(commented?.faults).toEqual([])
    expect(commented?.statements).toHaveLength(2)
    expect(commented?.mended).toEqual([commented?.statements[0]])
    const elements = commented?.statements[0]?.tree.tableElts as readonly {
      readonly ColumnDef?: { readonly colname: string; readonly constraints?: unknown }
    }[]
    expect(elements.flatMap(({ ColumnDef }) => ColumnDef?.colname ?? [])).toEqual(columns)
  })

  test('what cannot be mended stays a fault, and the rest is read', () => {
    const { commented } = readScript(`${header}/*\n${a}${breakpoint}CREATE INDEX "i" ON "a" USING btree (date_trunc('minute'::text, (id timestamp_ops);\n*/`)
    expect(commented?.statements).toHaveLength(1)
    expect(commented?.faults).toMatchObject([{ at: { line: 8 } }])
  })

  test('a text keeps its length, and only what is complained of goes', () => {
    const index = 'CREATE INDEX "i" ON "a" USING btree ("x" int4_ops,"y" text_ops) WHERE (x > 0)'
    expect(mended(index, { sqlstate: '42804' })).toBe('CREATE INDEX "i" ON "a" USING btree ("x"         ,"y"         ) WHERE (x > 0)')
    expect(mended(index, { sqlstate: '42703' })).toBeUndefined()
    const policy = 'CREATE POLICY "p" ON "a" AS PERMISSIVE FOR SELECT TO public USING (mine(id))'
    expect(mended(policy, { sqlstate: '42883' })?.trimEnd()).toBe('CREATE POLICY "p" ON "a" AS PERMISSIVE FOR SELECT TO public')
    const made = 'CREATE TABLE "t" (\n\t"id" text PRIMARY KEY DEFAULT make_id() NOT NULL,\n\t"n" text\n)'
    expect(mended(made, { sqlstate: '42883', position: made.indexOf('make_id') })?.replaceAll(/ +/g, ' ')).toBe(
      'CREATE TABLE "t" (\n\t"id" text PRIMARY KEY NOT NULL,\n\t"n" text\n)',
    )
    expect(mended(made, { sqlstate: '42704', position: made.indexOf('text\n') })).toBeUndefined()
  })
})
