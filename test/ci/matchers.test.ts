/** The problem matchers, tried on what the format compact really says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compact } from '../../src/renderers/compact.ts'
import { root } from '../cli/cli.ts'
import { empty, finding, options } from '../renderers/report.ts'

type Pattern = {
  readonly regexp: string
  readonly file: number
  readonly line: number
  readonly column: number
  readonly severity?: number
  readonly code: number
  readonly message: number
}
type Matcher = { readonly owner: string; readonly severity?: string; readonly pattern: readonly Pattern[] | Pattern }

const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const github: readonly Matcher[] = read('ci/github/problem-matcher.json').problemMatcher
const code: Matcher = read('editors/vscode/tasks.json').tasks[0].problemMatcher

const findings = [
  finding({ severity: 'error', file: 'drizzle/0001_a b.sql', line: 3, column: 5, rule: 'index-not-concurrent', message: 'Writes wait: 12:30:45 error x-y z' }),
  finding({ severity: 'warning', file: 'packages/db/drizzle/0002.sql', line: 120, column: 1, rule: 'fk-validating', message: 'Zwei\nZeilen' }),
  finding({
    severity: 'note',
    file: 'drizzle/0003.sql',
    line: 1,
    column: 1,
    rule: 'prefer-text',
    message: 'Note.',
    waived: { reason: 'x', until: '2030-01-01' },
  }),
  finding({ severity: 'error', file: 'C:/shop/0004.sql', line: 7, column: 9, rule: 'unparsed', message: 'Windows.' }),
]
const lines = compact
  .render({ ...empty, operation: 'lint', findings, unknown: [{ what: 'environment production', why: 'no answer' }] }, options)
  .trimEnd()
  .split('\n')

const seen = ({ pattern, severity }: Matcher) =>
  lines.flatMap((line) => {
    const one = Array.isArray(pattern) ? pattern[0] : (pattern as Pattern)
    const match = one && new RegExp(one.regexp).exec(line)
    if (!one || !match) return []
    return [
      {
        file: match[one.file],
        line: match[one.line],
        column: match[one.column],
        severity: one.severity ? match[one.severity] : severity,
        code: match[one.code],
        message: match[one.message],
      },
    ]
  })

const expected = [
  { file: 'C:/shop/0004.sql', line: '7', column: '9', severity: 'error', code: 'unparsed', message: 'Windows.' },
  { file: 'drizzle/0001_a b.sql', line: '3', column: '5', severity: 'error', code: 'index-not-concurrent', message: 'Writes wait: 12:30:45 error x-y z' },
  { file: 'packages/db/drizzle/0002.sql', line: '120', column: '1', severity: 'warning', code: 'fk-validating', message: 'Zwei Zeilen' },
]
const note = { file: 'drizzle/0003.sql', line: '1', column: '1', code: 'prefer-text', message: 'Note. (waived)' }

test('GitHub’s: errors and warnings by their own word, notes as notices (it knows no other word for them)', () => {
  expect(lines).toHaveLength(5)
  expect(github.flatMap(seen)).toEqual([...expected, { ...note, severity: 'notice' }])
  expect(new Set(github.map(({ owner }) => owner)).size).toBe(github.length)
})

test('VS Code’s: all in one', () => expect(seen(code)).toEqual([...expected, { ...note, severity: 'note' }]))
