import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { fitColumns } from '../../src/renderers/blocks.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { empty, finding, options, report } from './report.ts'

const lines = (text: string): readonly string[] => text.trimEnd().split('\n')

describe.each([40, 80, 120])('at %i columns', (width) => {
  test('no line is wider', () => {
    for (const line of lines(pretty.render(report, { ...options, width }))) expect(stringWidth(line), line).toBeLessThanOrEqual(width)
  })

  test('colour changes no column', () => {
    const plain = pretty.render(report, { ...options, width })
    const coloured = pretty.render(report, { ...options, width, color: true })
    expect(coloured).not.toBe(plain)
    expect(stripVTControlCharacters(coloured)).toBe(plain)
  })
})

test('below 40 columns it is drawn as at 40', () =>
  expect(pretty.render(report, { ...options, width: 12 })).toBe(pretty.render(report, { ...options, width: 40 })))

test('the first line says what ran and what was looked at, the last one the verdict', () => {
  const all = lines(pretty.render(report, options))
  expect(all[0]).toBe('pgstrata check  15 migrations · 1,234 statements · 1 opaque')
  expect(all.at(-1)).toBe('✗ Findings: 1 error, 1 warning, 1 note, 1 waived, 1 old, 1 unknown')
})

test('of what was looked at, zeros are told only where there is nothing else', () => {
  const first = (analysed: Record<string, number>) => lines(pretty.render({ ...empty, analysed }, options))[0]
  expect(first({ migrations: 3, opaque: 0 })).toBe('pgstrata doctor  3 migrations')
  expect(first({ migrations: 0 })).toBe('pgstrata doctor  0 migrations')
})

test('a clean report says so', () => expect(pretty.render(empty, options)).toBe('pgstrata doctor\n\n✓ Clean\n'))

test('unknown is never clean', () => expect(lines(pretty.render({ ...empty, unknown: report.unknown }, options)).at(-1)).toBe('? Unknown: 1 unknown'))

test('the verdict follows --fail-on', () => {
  const warned = { ...empty, findings: [finding({ severity: 'warning' })] }
  expect(lines(pretty.render(warned, options)).at(-1)).toBe('✓ Passed: 1 warning')
  expect(lines(pretty.render(warned, { ...options, failOn: 'warning' })).at(-1)).toBe('✗ Findings: 1 warning')
})

test('errors stand before warnings, each with the place that a terminal can open, and what to do', () => {
  const text = pretty.render(report, { ...options, width: 120 })
  const at = (part: string): number => {
    expect(text).toContain(part)
    return text.indexOf(part)
  }
  expect(at('✗ journal-order')).toBeLessThan(at('drizzle/meta/_journal.json:97:5  Migration 0013_shipments'))
  expect(at('→ Give it a later')).toBeLessThan(at('▲ same-second'))
  expect(at('▲ same-second')).toBeLessThan(at('● several-statements'))
  expect(at('● several-statements')).toBeLessThan(at('○ missing-file'))
  expect(text).toMatch(/○ missing-file .*Gone[.] [(]waived until 2027-01-31: known[)]/)
  expect(text).toMatch(/○ missing-file .*Gone, long ago[.] [(]old[)]/)
})

test('what to do is said once for findings alike', () => {
  const alike = ['a.sql', 'b.sql'].map((file) => finding({ file, message: `${file} is bad.` }))
  const text = pretty.render({ ...empty, findings: [...alike, finding({ file: 'c.sql', help: 'Another way.' })] }, options)
  expect(text).toContain('✗ journal-order (3)\n')
  expect(text.match(/→ Give it a later/g)).toHaveLength(1)
  expect(text.match(/→ Another way[.]/g)).toHaveLength(1)
})

test('ASCII where the terminal has no more', () => {
  const text = pretty.render({ ...report, findings: [finding()] }, { ...options, unicode: false }).replaceAll('表', '')
  expect(text).toMatch(/^[\n\u0020-\u007e]*$/)
  expect(text).toContain('`- view order_summary')
})

const many = (severity: 'warning' | 'note', count: number) =>
  Array.from({ length: count }, (_, index) =>
    finding({ severity, rule: 'several-statements', message: `number ${index} is so.`, file: `${index}.sql`, line: 3 }),
  )

test('notes are one line a rule with their number and some places, and all shown when asked', () => {
  const text = pretty.render({ ...empty, findings: [...many('note', 17), finding({ severity: 'note', rule: 'gap', help: 'Nothing.' })] }, options)
  expect(text).toMatch(/^● several-statements {2}17 {2}0[.]sql:3:5, 1[.]sql:3:5, 10[.]sql:3:5 …$/m)
  expect(text).toMatch(/^● gap {18}1 {2}drizzle\/meta\/_journal[.]json:97:5 {2}Migration/m)
  expect(text).not.toContain('Nothing.')
  expect(text).toContain('18 notes')
  expect(pretty.render({ ...empty, findings: many('note', 17) }, { ...options, verbose: true }).match(/ is so/g)).toHaveLength(17)
})

test('places in one file name it once', () => {
  const notes = [3, 9, 12].map((line) => finding({ severity: 'note', line, message: 'so' }))
  expect(pretty.render({ ...empty, findings: notes }, options)).toContain('● journal-order  3  drizzle/meta/_journal.json:3:5, 9, 12\n')
})

test('many warnings alike are counted, and all shown when asked', () => {
  const text = pretty.render({ ...empty, findings: many('warning', 17) }, options)
  expect(text.match(/ is so/g)).toHaveLength(5)
  expect(text).toContain('… 12 more (--verbose shows all)')
  expect(pretty.render({ ...empty, findings: many('warning', 17) }, { ...options, verbose: true }).match(/ is so/g)).toHaveLength(17)
  expect(pretty.render({ ...empty, findings: many('warning', 7) }, options).match(/ is so/g)).toHaveLength(7)
})

test('what only tells is not called clean', () => {
  expect(pretty.render({ ...empty, informs: true }, options)).toBe('pgstrata doctor\n')
  expect(pretty.render({ ...empty, informs: true, unknown: report.unknown }, options)).toContain('? Unknown')
})

test('errors are never folded', () => {
  const errors = Array.from({ length: 17 }, (_, index) => finding({ message: `error number ${index}.` }))
  expect(pretty.render({ ...empty, findings: errors }, options).match(/error number/g)).toHaveLength(17)
})

test('columns of a table stand below each other, numbers to the right', () => {
  const table = {
    type: 'table' as const,
    columns: [{ title: 'name' }, { title: 'rows', align: 'right' as const }],
    rows: [
      ['表', '7'],
      ['orders', '1200'],
    ],
  }
  const all = lines(pretty.render({ ...empty, blocks: [table] }, options))
  expect(all.slice(2, 5)).toEqual(['  name    rows', '  表         7', '  orders  1200'])
})

test('a table that cannot be narrow enough becomes a list of its cells', () => {
  const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta']
  const table = { type: 'table' as const, columns: names.map((title) => ({ title })), rows: [names.map((name) => `${name} has a long value`)] }
  const text = pretty.render({ ...empty, blocks: [table] }, { ...options, width: 40 })
  for (const name of names) expect(text).toMatch(new RegExp(`^  ${name} +${name} has a long value$`, 'm'))
})

test('a diff marks what went and what came', () => {
  const text = pretty.render(report, options)
  expect(text).toContain('│ - a integer')
  expect(text).toContain('│ + a bigint')
  expect(text).toContain('│   b text')
})

describe('fitColumns', () => {
  test('leaves what fits', () => expect(fitColumns([5, 5], 12)).toEqual([5, 5]))
  test('takes from the widest', () => expect(fitColumns([5, 30], 22)).toEqual([5, 15]))
  test('gives up rather than squeeze', () => expect(fitColumns([20, 20, 20], 20)).toBeUndefined())
})
