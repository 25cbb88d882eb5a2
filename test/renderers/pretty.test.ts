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

test('a clean report says so', () => expect(pretty.render(empty, options)).toBe('pgstrata doctor\n\n✓ Clean\n'))

test('unknown is never clean', () => expect(lines(pretty.render({ ...empty, unknown: report.unknown }, options)).at(-1)).toBe('? Unknown: 1 unknown'))

test('the verdict follows --fail-on', () => {
  const warned = { ...empty, findings: [finding({ severity: 'warning' })] }
  expect(lines(pretty.render(warned, options)).at(-1)).toBe('✓ Clean: 1 warning')
  expect(lines(pretty.render(warned, { ...options, failOn: 'warning' })).at(-1)).toBe('✗ Findings: 1 warning')
})

test('findings stand below their file, the deciding ones first, with place, rule and help', () => {
  const text = pretty.render(report, { ...options, width: 120 })
  const at = (part: string): number => {
    expect(text).toContain(part)
    return text.indexOf(part)
  }
  expect(at('drizzle/meta/_journal.json')).toBeLessThan(at('97:5  ✗'))
  expect(at('97:5  ✗')).toBeLessThan(at('▲'))
  expect(at('→ Give it a later')).toBeGreaterThan(at('97:5  ✗'))
  expect(text).toContain('(waived until 2027-01-31: known)')
  expect(text).toContain('(old: landed already)')
})

test('ASCII where the terminal has no more', () => {
  const text = pretty.render({ ...report, findings: [finding()] }, { ...options, unicode: false }).replaceAll('表', '')
  expect(text).toMatch(/^[\n\u0020-\u007e]*$/)
  expect(text).toContain('`- view order_summary')
})

test('notes alike are folded, and all shown when asked', () => {
  const notes = Array.from({ length: 17 }, (_, index) =>
    finding({ severity: 'note', rule: 'several-statements', message: `note number ${index}.`, file: `${index}.sql` }),
  )
  const text = pretty.render({ ...empty, findings: notes }, options)
  expect(text.match(/note number/g)).toHaveLength(2)
  expect(text).toContain('15 more several-statements (--verbose shows all)')
  expect(text).toContain('17 notes')
  expect(pretty.render({ ...empty, findings: notes }, { ...options, verbose: true }).match(/note number/g)).toHaveLength(17)
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
