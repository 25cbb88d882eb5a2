/** Texts for regular expressions: JavaScript is the judge of those that it reads as PostgreSQL does. */
import { expect, it } from 'vitest'
import { fromLike, matching } from '../../src/rows/pattern.ts'

const patterns = [
  '^#[0-9A-Fa-f]{6}$',
  '^[0-9]{17,20}$',
  '^[0-9]{4}-(0[1-9]|1[0-2])$',
  '^https://[a-z0-9-]+([.][a-z0-9-]+)*[.]example[.]org$',
  '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$',
  '^\\d{3}-\\w+\\s?x*$',
  '^[^/]+$',
  '^(?:a|b|cd)+[\\]\\-z]$',
  '^[a-z][a-z0-9_]{2,62}$',
  '^v\\d+\\.\\d+\\.\\d+(-[a-z]+)?$',
]

it.each(patterns)('%s', (pattern) => {
  const texts = matching(pattern, 1001, 20)
  expect(texts).toHaveLength(20)
  expect(texts.filter((text) => !new RegExp(pattern).test(text))).toEqual([])
  const since = matching(pattern, 1021, 20)
  expect(since.filter((text) => texts.includes(text))).toEqual([])
})

it('a length is kept where the pattern leaves room', () => {
  expect(matching('^[a-z]+$', 1001, 3, { min: 10, max: 12 }).map((text) => text.length)).toEqual([12, 12, 12])
  expect(matching('^[a-z]*$', 1001, 1, { max: 1 })).toHaveLength(1)
})

it('a class of POSIX', () => {
  for (const text of matching('^[[:upper:]]{2}[[:digit:]]+$', 7, 5)) expect(text).toMatch(/^[A-Z]{2}\d+$/)
})

it.each(['^(?=.*x)y$', '(a)\\1', '[', '(', 'a)'])('%s is not understood, and gives none', (pattern) => {
  expect(matching(pattern, 1, 3)).toEqual([])
})

it('LIKE', () => {
  for (const text of matching(fromLike('https://%._x\\%'), 1001, 5)) expect(text).toMatch(/^https:\/\/[a-z0-9]*\.[a-z0-9]x%$/)
})
