import { beforeAll, expect, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { sayTheSame } from '../../src/sql/printed/same-text.ts'

beforeAll(loadSql)

const check = (definition: string) => ({ definition })

it.each([
  [
    `CHECK (((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])))`,
    `CHECK (((a)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text])))`,
  ],
  ['CHECK ((((a > 1) OR (b > 1)) OR (c > 1)))', 'CHECK (((a > 1) OR (b > 1) OR (c > 1)))'],
  ['CHECK (((a > 1) AND ((b > 1) AND (c > 1))))', 'CHECK (((a > 1) AND (b > 1) AND (c > 1)))'],
])('%s is %s', (a, b) => expect(sayTheSame('constraint', check(a), check(b))).toBe(true))

it.each([
  ['CHECK ((a > 1))', 'CHECK ((a > 2))'],
  ['CHECK (((a > 1) OR (b > 1)))', 'CHECK (((b > 1) OR (a > 1)))'],
  ['CHECK (((a > 1) OR ((b > 1) AND (c > 1))))', 'CHECK (((a > 1) OR (b > 1) OR (c > 1)))'],
  [`CHECK ((a = ANY ((ARRAY['x'::character varying])::text[])))`, `CHECK ((a = ANY (ARRAY[('x'::character varying)::bpchar])))`],
  [`CHECK ((a = ANY ((ARRAY['x'::text])::text[])))`, `CHECK ((a = ANY ((ARRAY['y'::text])::text[])))`],
  ['CHECK ((a > 1))', 'CHECK ((a > 1)) NOT VALID'],
])('%s is not %s', (a, b) => expect(sayTheSame('constraint', check(a), check(b))).toBe(false))

it('only texts may differ, and only those that hold expressions', () => {
  const column = { type: 'integer', default: '((1 + 2) + 3)' }
  expect(sayTheSame('column', column, { ...column, notNull: true })).toBe(false)
  expect(sayTheSame('comment', { text: '((a OR b) OR c)' }, { text: '(a OR b OR c)' })).toBe(false)
  expect(sayTheSame('policy', { command: 'all', using: '(((a) OR (b)) OR (c))' }, { command: 'all', using: '((a) OR (b) OR (c))' })).toBe(true)
})

it('a text that is no SQL is the same as itself only', () => {
  expect(sayTheSame('constraint', check('CHECK ('), check('CHECK ('))).toBe(true)
  expect(sayTheSame('constraint', check('CHECK ('), check('CHECK (('))).toBe(false)
})
