/** A file is parsed in one go where that is safe: what is read must be what Drizzle sends, chunk by chunk. */
import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import type { Script } from '../../src/model/statement.ts'
import { breakpoint, splitChunks } from '../../src/sql/chunks.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'

beforeAll(loadSql)

const shop = new URL('../../examples/shop/drizzle/', import.meta.url)
const files = readdirSync(shop)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => readFileSync(new URL(file, shop), 'utf8'))

/** `@` stands for a breakpoint. */
const odd = [
  'SELECT 1; -- note@ SELECT 2;\n',
  'SELECT 1 -- note@\nSELECT 2',
  "SELECT 'a@\nb'",
  'SELECT "a@\nb"; SELECT 1',
  'SELECT 1; /* a@\nb */ SELECT 2;',
  'SELECT 1 /* a@\nb */; SELECT 2;',
  'SELECT 1; /* a@\nb */',
  '/* a@\nb */',
  'SELECT 1@\n\n@\nSELECT 2;\n-- x\n@\n',
  'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;@\nSELECT 2; END;',
  'DO $$ BEGIN@\nEND $$;',
  'é SELECT@\nSELECT 1;',
  "-- é中😀\nSELECT 'é';@\n-- c\nSELECT 2; -- d\n-- e\nSELECT 3",
  '-- only',
  '-- a@\n-- b',
  'SELECT 1;;;@;;SELECT 2',
  'SELECT 1;@\nSELECT 2;\r\n@\r\n\tSELECT 3',
  '@\n@\nSELECT 1',
  'SELECT 1;SELECT 2@\nSELECT 3;SELECT 4',
  'ALTER TABLE a@ ADD COLUMN b int',
  'SELECT 1;@SELECT \0 2;@SELECT 3',
].map((text) => text.replaceAll('@', breakpoint))

const gist = ({ statements, faults }: Script, shift = 0) => ({
  statements: statements.map(({ text, node, tree, start, end, comments }) => ({
    text,
    node,
    tree,
    from: start.offset + shift,
    to: end.offset + shift,
    comments: comments.map((comment) => [comment.text, comment.start.offset + shift]),
  })),
  faults: faults.map(({ message, at, text }) => ({ message, at: at.offset + shift, text })),
})

test.each([...files, ...odd])('%j', (sql) => {
  const whole = readScript(sql)
  const alone = splitChunks(sql).map(({ text, start }) => gist(readScript(text), start))
  expect(gist(whole)).toEqual({ statements: alone.flatMap(({ statements }) => statements), faults: alone.flatMap(({ faults }) => faults) })
  expect(whole.chunks.map(({ statements }) => statements)).toEqual(alone.map(({ statements }) => statements.length))
  for (const { text, start, end, index } of whole.statements) {
    expect(sql.slice(start.offset, end.offset)).toBe(text)
    expect(whole.statements[index]?.text).toBe(text)
    expect(start.line).toBe(sql.slice(0, start.offset).split('\n').length)
  }
})

test.each(["COMMENT ON TABLE t IS 'a -- b'", 'SELECT "a -- b"', 'SELECT 1 /* -- a */ + 2', "SELECT E'\\' -- b'", 'SELECT $$ -- a $$', "SELECT 1 -- a\n, '--'"])(
  'a statement ends where its words end, not at what only looks like a comment: %s',
  (sql) => {
    for (const behind of ['', ';', ' -- end', '; -- end\n', ' -- end\n;\n', '\n-- one\n-- two -- three\n']) {
      const [statement] = readScript(`${sql}${behind}`).statements
      expect(statement).toMatchObject({ text: sql, end: { offset: sql.length } })
    }
  },
)
