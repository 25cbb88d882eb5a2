import { describe, expect, test } from 'vitest'
import { schemaText, simulated } from '../../../../src/adapters/code/types/removal.ts'
import type { Removal } from '../../../../src/model/type-evidence.ts'

const file = 'schema.ts'
const at = { file, line: 1, symbol: 't' } as const
const column = (key: string): Removal => ({ kind: 'column', ...at, key })
const value = (one: string, key?: string): Removal => ({ kind: 'value', ...at, value: one, ...(key === undefined ? {} : { key }) })
const table: Removal = { kind: 'table', ...at }

const brand = ".$type<{ readonly __pgstrata: 'column' }>()"
const opaque = "undefined as unknown as { readonly __pgstrata: 'table' }"

const cases: readonly (readonly [what: string, removal: Removal, text: string, drop: string, brand: string])[] = [
  [
    'a property',
    column('a'),
    "const t = pgTable('t', { a: text(), b })",
    "const t = pgTable('t', { ...{}, b })",
    `const t = pgTable('t', { a: (text())${brand}, b })`,
  ],
  [
    'over several lines',
    column('a'),
    "const t = pgTable('t', {\n  a: text()\n    .notNull(),\n})",
    "const t = pgTable('t', {\n  ...{}\n,\n})",
    `const t = pgTable('t', {\n  a: (text()\n    .notNull())${brand},\n})`,
  ],
  [
    'a key in quotes',
    column('a-b'),
    "const t = pgTable('t', { 'a-b': text() })",
    "const t = pgTable('t', { ...{} })",
    `const t = pgTable('t', { 'a-b': (text())${brand} })`,
  ],
  ['a short property', column('a'), "const t = pgTable('t', { a })", "const t = pgTable('t', { ...{} })", `const t = pgTable('t', { a: (a)${brand} })`],
  [
    'a function of column types',
    column('a'),
    "const t = pgTable('t', (c) => ({ a: c.text() }))",
    "const t = pgTable('t', (c) => ({ ...{} }))",
    `const t = pgTable('t', (c) => ({ a: (c.text())${brand} }))`,
  ],
  [
    'behind the table',
    column('a'),
    "const t = s.table('t', { a: text() }).enableRLS()",
    "const t = s.table('t', { ...{} }).enableRLS()",
    `const t = s.table('t', { a: (text())${brand} }).enableRLS()`,
  ],
  [
    'a column that comes with others',
    column('a'),
    "const t = pgTable('t', { ...made })",
    `const t = pgTable('t', ((({ "a": __pgstrata, ...others }) => others)({ ...made })))`,
    `const t = pgTable('t', (((made) => ({ ...made, "a": made["a"]${brand} }))({ ...made })))`,
  ],
  [
    'columns by name',
    column('a'),
    "const t = pgTable('t', columns)",
    `const t = pgTable('t', ((({ "a": __pgstrata, ...others }) => others)(columns)))`,
    `const t = pgTable('t', (((made) => ({ ...made, "a": made["a"]${brand} }))(columns)))`,
  ],
  [
    'a table that a call wraps',
    column('a'),
    "const t = guarded(pgTable('t', { a: text() }))",
    "const t = guarded(pgTable('t', { ...{} }))",
    `const t = guarded(pgTable('t', { a: (text())${brand} }))`,
  ],
  [
    'a table in an object',
    column('a'),
    "const all = { t: pgTable('t', { a: text() }) }",
    "const all = { t: pgTable('t', { ...{} }) }",
    `const all = { t: pgTable('t', { a: (text())${brand} }) }`,
  ],
  ['a table', table, "export const t = pgTable('t', {\n})\nconst u = 1", '\n\nconst u = 1', `export const t = ${opaque}\n\nconst u = 1`],
  ['the first value', value('a'), "const t = pgEnum('t', ['a', 'b'])", "const t = pgEnum('t', ['b'])", "const t = pgEnum('t', ['a', 'b'])"],
  [
    'the last value',
    value('b'),
    "const t = pgEnum('t', [\n  'a',\n  'b',\n])",
    "const t = pgEnum('t', [\n  'a'\n,\n])",
    "const t = pgEnum('t', [\n  'a',\n  'b',\n])",
  ],
  [
    'a value of an object',
    value('b'),
    "const t = pgEnum('t', { A: 'a', B: 'b' })",
    "const t = pgEnum('t', { A: 'a', ...{} })",
    "const t = pgEnum('t', { A: 'a', B: 'b' })",
  ],
  [
    'a value of a list with a name',
    value('b'),
    "const t = pgEnum('t', all); const all = ['a', 'b'] as const",
    "const t = pgEnum('t', all); const all = ['a'] as const",
    "const t = pgEnum('t', all); const all = ['a', 'b'] as const",
  ],
  [
    'a value of one column',
    value('b', 'k'),
    "const t = pgTable('t', { j: text({ enum: ['a', 'b'] }), k: text({ enum: ['a', 'b'] }) })",
    "const t = pgTable('t', { j: text({ enum: ['a', 'b'] }), k: text({ enum: ['a'] }) })",
    "const t = pgTable('t', { j: text({ enum: ['a', 'b'] }), k: text({ enum: ['a', 'b'] }) })",
  ],
]

describe('a text in the simulation', () => {
  test.each(cases)('%s', (_, removal, text, drop, branded) => {
    const schema = schemaText(file, text)
    expect(simulated(file, schema, [removal], 'drop')).toBe(drop)
    expect(simulated(file, schema, [removal], 'brand')).toBe(branded)
    for (const made of [drop, branded]) expect(made.split('\n')).toHaveLength(text.split('\n').length)
  })

  test('several columns at once', () => {
    const schema = schemaText(file, "const t = pgTable('t', { a: text(), b: text(), c: text() })")
    expect(simulated(file, schema, [column('a'), column('c')], 'drop')).toBe("const t = pgTable('t', { ...{}, b: text(), ...{} })")
  })

  test('in JavaScript nothing gets another type', () => {
    const removal: Removal = { ...column('a'), file: 'schema.js' }
    const text = "const t = pgTable('t', { a: text() })"
    expect(simulated('schema.js', schemaText('schema.js', text), [removal], 'brand')).toBe(text)
  })

  test.each([
    ['no table of that name', 'const other = 1', column('a')],
    ['a table that a helper makes of columns alone', 'const t = makeTable({ a: text() })', column('a')],
    ['no columns in the text', 'const t = makeTable()', column('a')],
    ['a value that is made elsewhere', "const t = pgEnum('t', valuesOf(all))", value('a')],
  ])('%s: undefined', (_, text, removal) => {
    expect(simulated(file, schemaText(file, text), [removal], 'drop')).toBeUndefined()
  })
})
