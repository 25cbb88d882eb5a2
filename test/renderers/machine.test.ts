import { describe, expect, test } from 'vitest'
import { compact } from '../../src/renderers/compact.ts'
import { github } from '../../src/renderers/github.ts'
import { json } from '../../src/renderers/json.ts'
import { markdown } from '../../src/renderers/markdown.ts'
import { ndjson } from '../../src/renderers/ndjson.ts'
import { empty, finding, options, report } from './report.ts'

describe('json', () => {
  const parsed = JSON.parse(json.render(report, options))

  test('has the keys of the contract in their order', () => {
    expect(Object.keys(parsed)).toEqual(['schema', 'operation', 'version', 'verdict', 'analysed', 'findings', 'data', 'unknown'])
    expect(parsed).toMatchObject({
      schema: 'pgstrata/report@1',
      operation: 'check',
      version: '9.9.9',
      verdict: 'findings',
      data: report.data,
      unknown: report.unknown,
    })
    expect(parsed.analysed).toEqual({ migrations: 15, statements: 1234, opaque: 1 })
  })

  test('has every finding as it is', () => expect(parsed.findings).toEqual(report.findings))

  test.each([
    [empty, 'clean'],
    [{ ...empty, unknown: report.unknown }, 'unknown'],
    [{ ...empty, findings: [finding({ waived: { reason: 'r', until: '2027-01-01' } })] }, 'clean'],
  ])('derives the verdict', (given, verdict) => expect(JSON.parse(json.render(given, options)).verdict).toBe(verdict))
})

test('ndjson is one finding a line, then what is unknown', () => {
  const parsed = ndjson
    .render(report, options)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(parsed).toEqual([...report.findings, { unknown: report.unknown[0] }])
  expect(ndjson.render(empty, options)).toBe('')
})

describe('compact', () => {
  test('is one line a finding', () => {
    const text = compact.render({ ...empty, findings: [finding({ message: 'two\nlines' })] }, options)
    expect(text).toBe('drizzle/meta/_journal.json:97:5 error journal-order two lines\n')
  })

  test('names the operation where there is no file', () => {
    const { file, line, column, ...rest } = finding()
    expect(compact.render({ ...empty, findings: [rest] }, options)).toMatch(/^doctor error journal-order /)
    expect([file, line, column]).not.toContain(undefined)
  })
})

describe('github', () => {
  test('escapes what would end a property or a command', () => {
    const text = github.render({ ...empty, findings: [finding({ file: 'a,b:c%.sql', message: '50% of\nit ::error::', help: 'do, so: %' })] }, options)
    expect(text).toBe('::error file=a%2Cb%3Ac%25.sql,line=97,col=5,title=journal-order::50%25 of%0Ait ::error::%0Ado, so: %25\n')
  })

  test('a note is a notice; old and waived findings are not annotated', () => {
    const text = github.render(report, options)
    expect(text).toMatch(/^::notice .*several-statements/m)
    expect(text).not.toContain('missing-file')
  })

  test('shows ten of a level, the worst first, and says how many more there are', () => {
    const many = [...Array.from({ length: 12 }, (_, index) => finding({ severity: 'warning', fingerprint: `w${index}` })), finding()]
    const all = github
      .render({ ...empty, findings: many }, options)
      .trimEnd()
      .split('\n')
    expect(all[0]).toMatch(/^::error /)
    expect(all.filter((line) => line.startsWith('::warning '))).toHaveLength(10)
    expect(all.at(-1)).toMatch(/^2 more findings/)
  })
})

describe('markdown', () => {
  const text = markdown.render(report, options)

  test('has the verdict before all details', () => expect(text.indexOf('**Findings**: 1 error')).toBeLessThan(text.indexOf('journal-order')))

  test('has tables, code, diffs, trees and definitions', () => {
    expect(text).toContain('| table | rows | what was done to it |\n| :-- | --: | :-- |')
    expect(text).toContain('```sql\nCREATE TABLE x (')
    expect(text).toContain('```diff\n-a integer\n+a bigint\n b text\n```')
    expect(text).toContain('- table orders\n  - index orders\\_idx')
    expect(text).toContain('- **engine**: PostgreSQL 18.4, embedded')
  })

  test('lets no text become markup, a mention or the end of a fence', () => {
    const hostile = {
      ...empty,
      findings: [finding({ message: '<img src=x> **b** @octocat [l](u)', rule: 'a`b' })],
      blocks: [{ type: 'code' as const, language: 'sql', text: '```\nbreak out' }],
    }
    const out = markdown.render(hostile, options)
    expect(out).not.toContain('<img')
    expect(out).not.toContain('**b**')
    expect(out).not.toContain('@octocat')
    expect(out).toContain('````sql\n```\nbreak out\n````')
    expect(out).toContain('`` a`b ``')
  })

  test('a cell stays on its line', () => {
    const block = { type: 'table' as const, columns: [{ title: 'a|b' }], rows: [['one\ntwo | three']] }
    expect(markdown.render({ ...empty, blocks: [block] }, options)).toContain('| a\\|b |\n| :-- |\n| one<br>two \\| three |')
  })
})
