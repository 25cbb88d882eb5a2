import { expect, test } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { comment } from '../../src/renderers/comment.ts'
import { markdown } from '../../src/renderers/markdown.ts'
import { empty, finding, options, report } from './report.ts'

const bytes = (text: string): number => Buffer.byteLength(text)
const many = (count: number, over: Partial<Report> = {}): Report => ({
  ...empty,
  findings: [
    ...Array.from({ length: count }, (_, at) =>
      finding({ severity: 'note', rule: 'many-notes', message: `Note ${at}. ${'é'.repeat(40)}`, file: `drizzle/${at % 7}.sql`, fingerprint: `n${at}` }),
    ),
    finding({ rule: 'the-worst', message: 'The worst of all.', file: 'drizzle/9.sql', fingerprint: 'w' }),
  ],
  ...over,
})
const shown = (text: string): number => [...text.matchAll(/`many-notes`/g)].length

test.each([
  ['comment', comment, 65_000, (text: string) => text.length],
  ['markdown', markdown, 1024 * 1024, bytes],
] as const)('%s is cut to what fits, the worst kept, and says how many are missing', (_, renderer, limit, size) => {
  const count = 20_000
  const text = renderer.render(many(count), options)
  expect(size(text)).toBeLessThanOrEqual(limit)
  expect(size(text)).toBeGreaterThan(limit * 0.99)
  expect(text).toContain('The worst of all.')
  expect(text).toContain(`**${count - shown(text)} more findings are left out**`)
  expect(text).toContain('❌ **Findings**: 1 error, 20,000 notes')
  expect(text.split('```').length % 2).toBe(1)
})

test('tables go before any finding does', () => {
  const text = comment.render({ ...many(10), blocks: [{ type: 'text', text: 'x'.repeat(100_000) }] }, options)
  expect(shown(text)).toBe(10)
  expect(text).toContain('**The tables are left out**')
  expect(text.length).toBeLessThan(10_000)
})

test('one finding that is too long by itself is counted, and what is unknown is not lost with a short one', () => {
  const huge = { ...empty, findings: [finding({ message: 'x'.repeat(70_000) })] }
  const text = comment.render(huge, options)
  expect(text).toContain('**1 more finding is left out**')
  expect(text.length).toBeLessThan(1000)
  expect(comment.render(many(2000, { unknown: report.unknown }), options)).toContain('the server did not answer')
})

test('what is unknown is at least counted', () => {
  const text = comment.render({ ...empty, unknown: Array.from({ length: 1000 }, (_, at) => ({ what: `table ${at}`, why: 'x'.repeat(100) })) }, options)
  expect(text).toContain('❔ **Unknown**: 1,000 unknown')
  expect(text).toContain('what is unknown (1000)')
  expect(text.length).toBeLessThan(1000)
})

test('what fits is the same in both', () => {
  expect(comment.render(report, options)).toBe(markdown.render(report, options))
  expect(markdown.render(report, options)).not.toContain('left out')
})
