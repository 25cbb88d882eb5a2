/** Our door to libpg-query against the package's own: the same trees, the same refusals. */
import { readdirSync, readFileSync } from 'node:fs'
import { loadModule, parsePlPgSQLSync, parseSync, type SqlError as TheirError } from 'libpg-query'
import { beforeAll, describe, expect, test } from 'vitest'
import { definitions } from '../../src/changes/index.ts'
import type { Json } from '../../src/model/json.ts'
import { loadSql, parsePlPgSqlRaw, parseRaw, SqlError } from '../../src/sql/parser.ts'
import { isTree } from '../../src/sql/tree.ts'

beforeAll(async () => {
  await loadModule()
  await loadSql()
})

const shop = new URL('../../examples/shop/drizzle/', import.meta.url)
const texts = [
  ...Object.values(definitions).flatMap(({ examples }) => examples.flatMap(({ given = '', sql }) => [given, sql])),
  ...readdirSync(shop)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => readFileSync(new URL(file, shop), 'utf8')),
].filter((text) => text.trim() !== '')

const positions = new Set(['location', 'name_location', 'list_start', 'list_end', 'rexpr_list_start', 'rexpr_list_end'])

const withoutPositions = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(withoutPositions)
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(positions.has(key) && typeof inner === 'number'))
      .map(([key, inner]) => [key, withoutPositions(inner)]),
  )
}

const theirs = (sql: string): Json => withoutPositions((parseSync(sql).stmts ?? []) as unknown as Json)

const refusal = (parse: () => unknown): unknown => {
  try {
    parse()
  } catch (error) {
    return error
  }
  return undefined
}

test('texts of all kinds of change give the same trees, but for positions', () => {
  expect(texts.length).toBeGreaterThan(300)
  for (const text of texts) {
    const refused = refusal(() => parseSync(text))
    if (refused) expect(refusal(() => parseRaw(text))).toBeInstanceOf(SqlError)
    else expect(parseRaw(text)).toEqual(theirs(text))
  }
})

describe('texts that could be taken for something else', () => {
  test.each([
    ['a string that looks like a position', `SELECT '{"location":5,"list_end":-1,"name_location":3}', ',"location":7', '"location":'`],
    ['a column and a table of the name', 'CREATE TABLE location (location int, "a,""location"":5" text, list_end int)'],
    ['a comment that looks like one', `COMMENT ON TABLE t IS ',"location":12}'`],
    ['characters of two, three and four bytes', `SELECT 'é ü 中文 😀' AS "naïve 😀"; SELECT 2`],
    ['only blanks and comments', ' -- nothing\n/* at all */ '],
    ['arrays and lists', "SELECT ARRAY[1, 2], a IN (1, 2), ROW(1) FROM JSON_TABLE('{}', '$' COLUMNS (a int PATH '$.a')) t"],
  ])('%s', (_what, sql) => {
    expect(parseRaw(sql)).toEqual(theirs(sql))
  })

  test('a text of a megabyte, after which the memory has moved', () => {
    const sql = `SELECT '${'x'.repeat(1 << 20)}'; SELECT '${'é'.repeat(1 << 20)}'`
    expect(parseRaw(sql)).toEqual(theirs(sql))
    expect(parseRaw('SELECT 1')).toEqual(theirs('SELECT 1'))
  })
})

describe('refusals', () => {
  test.each(['SELECT FROM WHERE', 'CREATE TABEL t ()', "SELECT 'open", 'SELECT 1; ALTER', `SELECT '中文😀'; DROP TABEL t`, 'SELECT 1 /* open'])('%s', (sql) => {
    const their = refusal(() => parseSync(sql)) as TheirError
    const ours = refusal(() => parseRaw(sql))
    expect(ours).toBeInstanceOf(SqlError)
    expect(ours).toMatchObject({ message: their.message, position: their.sqlDetails?.cursorPosition })
  })
})

describe('PL/pgSQL', () => {
  const blocks = ['DO $$ BEGIN PERFORM 1; END $$', `DO $$ DECLARE a int := 1; BEGIN IF a > 0 THEN RAISE NOTICE '%, "location":5 é', a; END IF; END $$`]
  test.each(blocks)('%s', (sql) => {
    expect(parsePlPgSqlRaw(sql)).toEqual(parsePlPgSQLSync(sql))
  })
  test('a refusal has its words', () => {
    const sql = 'DO $$ BEGIN IF; END $$'
    expect(refusal(() => parsePlPgSqlRaw(sql))).toMatchObject({ message: (refusal(() => parsePlPgSQLSync(sql)) as Error).message })
  })
})
