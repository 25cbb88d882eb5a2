/** What a difference means: nothing that may harm is called low. */
import { expect, it } from 'vitest'
import { itemsOf } from '../../../src/features/drift/items.ts'
import { riskOf } from '../../../src/features/drift/risk.ts'
import type { PrintedDifference } from '../../../src/model/printed.ts'

const risk = (difference: PrintedDifference, expectsAll = true, live = true) => {
  const [item, ...others] = itemsOf([difference])
  if (!item || others.length > 0) throw new Error('one difference is one item')
  return riskOf(item, expectsAll, live)
}

const column = '"public"."t"."a"'
const key = '"public"."t"."k"'

it.each<[string, PrintedDifference, string]>([
  ['a missing column', { kind: 'column', identity: column, from: { type: 'text' } }, 'high'],
  ['a column that INSERTs must name', { kind: 'column', identity: column, to: { type: 'text', notNull: true } }, 'high'],
  ['a NOT NULL that is not valid there', { kind: 'not-null', identity: column, from: {}, to: { notValid: true } }, 'medium'],
  ['a NOT NULL of another name', { kind: 'not-null', identity: column, from: { name: 'a' }, to: { name: 'b' } }, 'low'],
  ['a NOT NULL that is gone', { kind: 'column', identity: column, from: { type: 'text', notNull: true }, to: { type: 'text' } }, 'high'],
  [
    'a check that is not valid there',
    { kind: 'constraint', identity: key, from: { definition: 'CHECK ((a > 0))' }, to: { definition: 'CHECK ((a > 0)) NOT VALID' } },
    'medium',
  ],
  [
    'a check that is not enforced there',
    { kind: 'constraint', identity: key, from: { definition: 'CHECK ((a > 0))' }, to: { definition: 'CHECK ((a > 0)) NOT ENFORCED' } },
    'high',
  ],
  ['a missing unique index', { kind: 'index', identity: key, from: { definition: 'CREATE UNIQUE INDEX k ON public.t USING btree (a)' } }, 'high'],
  ['an INVALID index', { kind: 'index', identity: key, from: { definition: 'x' }, to: { definition: 'x', invalid: true } }, 'high'],
  ['row security that is off there', { kind: 'table', identity: '"public"."t"', from: { rowSecurity: true }, to: {} }, 'high'],
  ['a missing restrictive policy', { kind: 'policy', identity: key, from: { restrictive: true } }, 'high'],
  ['a comment', { kind: 'comment', identity: `column ${column}`, from: { text: 'x' } }, 'low'],
  ['a kind without words of its own', { kind: 'access method', identity: '"m"', from: { a: 1 }, to: { a: 2 } }, 'high'],
])('%s', (_, difference, level) => expect(risk(difference).level).toBe(level))

it('nobody made by hand what a text says', () => {
  const table: PrintedDifference = { kind: 'table', identity: '"public"."t"', to: { kind: 'table' } }
  expect(risk(table, false, true).why).toContain('Nobody’s migrations')
  expect(risk(table, false, false).why).toBe('It is new there.')
  expect(risk({ kind: 'column', identity: column, to: { type: 'text', notNull: true } }, false, false).level).toBe('high')
})
