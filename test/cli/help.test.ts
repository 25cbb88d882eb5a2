import { describe, expect, test } from 'vitest'
import { commonFlags } from '../../src/cli/flags.ts'
import { asksForHelp, flagUsage, helpText } from '../../src/cli/help.ts'
import { verbs } from './verbs.ts'

const plain = { width: 100, color: false }

test('the program names every verb with its summary and every common flag', () => {
  const text = helpText([], verbs, plain)
  for (const { name, summary } of verbs) expect(text).toMatch(new RegExp(`^  ${name}\\b.*${summary.replace(/[.?]/g, '\\$&')}`, 'm'))
  for (const [name, flag] of Object.entries(commonFlags)) expect(text).toContain(flagUsage(name, flag))
  expect(text).toContain('no telemetry')
})

test('a verb shows its arguments, flags, defaults and examples', () => {
  const text = helpText(['check', '--help'], verbs, plain)
  expect(text).toContain('--only PART')
  expect(text).toContain('--row-limit N')
  expect(text).toContain('Default: 10.')
  expect(text).toContain('--no-colors')
  expect(text).toContain('pgstrata check\n      the verdict')
  expect(helpText(['rollback', '-h'], verbs, plain)).toMatch(/^pgstrata rollback TAG \[FLAGS\]/)
  expect(helpText(['lint'], verbs, plain)).toMatch(/^pgstrata lint \[FILE\.\.\.\] \[FLAGS\]/)
})

describe.each([40, 60, 100, 300])('at %i columns', (width) => {
  test.each([[[]], [['check']]])('no line of %j is wider', (argv) => {
    for (const line of helpText(argv, verbs, { width, color: false }).split('\n')) expect(line.length, line).toBeLessThanOrEqual(Math.min(width, 100))
  })
})

test('it has no escape sequence unless colours are wanted', () => {
  expect(helpText([], verbs, plain)).not.toContain('\u001b')
  expect(helpText([], verbs, { ...plain, color: true })).toContain('\u001b[1mVerbs\u001b[22m')
})

test('after -- nothing is a flag', () => {
  expect(asksForHelp(['check', '--help'])).toBe(true)
  expect(asksForHelp(['help', 'check'])).toBe(true)
  expect(asksForHelp(['lint', '--', '-h'])).toBe(false)
})
