import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../src/model/finding.ts'
import { github } from '../../src/renderers/github.ts'
import { gitlab } from '../../src/renderers/gitlab.ts'
import { junit } from '../../src/renderers/junit.ts'
import { markdown } from '../../src/renderers/markdown.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { sarif } from '../../src/renderers/sarif.ts'
import { empty, finding, options, report } from './report.ts'

/** A finding of the policy with all that it can carry. */
const detailed = finding({
  rule: 'index-not-concurrent',
  file: 'drizzle/a b/0042_x.sql',
  line: 3,
  endLine: 4,
  message: 'Building index a keeps writes to t waiting.',
  source: 'CREATE INDEX a\n  ON t (b)',
  lock: { relation: 't', mode: 'SHARE', blocks: 'writes', duration: 'index build' },
  precheck: 'SELECT b FROM t LIMIT 20',
  remedy: {
    title: 'Build it without blocking writes',
    steps: [{ when: 'outside', sql: ['CREATE INDEX CONCURRENTLY a ON t (b)'], note: 'Before the migration.' }],
  },
})

describe('sarif', () => {
  const parse = (findings: readonly Finding[]) => JSON.parse(sarif.render({ ...report, findings }, options)).runs[0]

  test('has every finding once, each with its rule by index', () => {
    const run = parse(report.findings)
    expect(run.results).toHaveLength(report.findings.length)
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId)
    expect(new Set(run.tool.driver.rules.map(({ id }: { id: string }) => id)).size).toBe(run.tool.driver.rules.length)
  })

  test('places a finding with an encoded relative URI and lines from 1', () => {
    const [{ locations, partialFingerprints, message }] = parse([detailed]).results
    expect(locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'drizzle/a%20b/0042_x.sql', uriBaseId: '%SRCROOT%' },
      region: { startLine: 3, startColumn: 5, endLine: 4 },
    })
    expect(partialFingerprints).toEqual({ 'pgstrata/v1': 'f1' })
    expect(message.text).toContain('CREATE INDEX CONCURRENTLY a ON t (b);')
  })

  test('suppresses what is waived or old, with the reason', () => {
    const [waived, old, live] = parse([
      finding({ waived: { reason: 'small table', until: '2027-01-31' } }),
      finding({ old: true, fingerprint: 'g' }),
      finding(),
    ]).results.toSorted((a: { suppressions?: { kind: string }[] }, b: { suppressions?: { kind: string }[] }) =>
      (b.suppressions?.[0]?.kind ?? '').localeCompare(a.suppressions?.[0]?.kind ?? ''),
    )
    expect(waived.suppressions).toEqual([{ kind: 'inSource', status: 'accepted', justification: 'small table (until 2027-01-31)' }])
    expect(old.suppressions[0].kind).toBe('external')
    expect(live).not.toHaveProperty('suppressions')
  })

  test('holds no more results than GitHub takes', () => {
    const many = Array.from({ length: 25_010 }, (_, at) => finding({ fingerprint: `f${at}` }))
    expect(parse(many).results).toHaveLength(25_000)
  })
})

describe('junit', () => {
  const parser = new XMLParser({ ignoreAttributes: false, isArray: (name) => ['testsuite', 'testcase'].includes(name) })
  const parse = (text: string) => {
    expect(XMLValidator.validate(text)).toBe(true)
    return parser.parse(text).testsuites
  }

  test('is well formed whatever a message holds', () => {
    const hostile = finding({ message: `<a b="c"> & ]]> \u0000\ud800 'x'`, file: 'a<b>&".sql', help: '--> ]]>' })
    const [suite] = parse(junit.render({ ...empty, findings: [hostile] }, options)).testsuite
    expect(suite['@_name']).toBe('a<b>&".sql')
    expect(suite.testcase[0].failure['@_message']).toContain('<a b="c"> & ]]>')
  })

  test('counts failures, skipped and errors as they are', () => {
    const suites = parse(junit.render(report, options)).testsuite
    const sum = (key: string) => suites.reduce((total: number, suite: Record<string, string>) => total + Number(suite[key]), 0)
    expect([sum('@_tests'), sum('@_failures'), sum('@_skipped'), sum('@_errors')]).toEqual([report.findings.length + 1, 1, 2, 1])
  })

  test('fails warnings only when they fail the run', () => {
    const warning = { ...empty, findings: [finding({ severity: 'warning' })] }
    expect(junit.render(warning, options)).toContain('failures="0"')
    expect(junit.render(warning, { ...options, failOn: 'warning' })).toContain('failures="1"')
  })

  test('a clean report is one test that passed', () => expect(parse(junit.render(empty, options)).testsuite[0]['@_tests']).toBe('1'))
})

describe('gitlab', () => {
  const parse = (findings: readonly Finding[]) => JSON.parse(gitlab.render({ ...empty, findings }, options))

  test('has what GitLab asks for, and nothing that is settled', () => {
    expect(parse([detailed, finding({ old: true })])).toEqual([
      {
        description: detailed.message,
        check_name: 'index-not-concurrent',
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        severity: 'critical',
        location: { path: 'drizzle/a b/0042_x.sql', lines: { begin: 3, end: 4 } },
      },
    ])
  })

  test('fingerprints are unique and stay the same', () => {
    const prints = (findings: readonly Finding[]) => parse(findings).map(({ fingerprint }: { fingerprint: string }) => fingerprint)
    const [a, b] = prints([finding(), finding()])
    expect(a).not.toBe(b)
    expect(prints([finding()])).toEqual([a])
  })
})

test.each([pretty, markdown, github])('$name shows the lock, what to ask and what to run', (renderer) => {
  const text = renderer.render({ ...empty, findings: [detailed] }, options)
  for (const part of ['SHARE on t: writes wait, while the index is built', 'SELECT b FROM t LIMIT 20;', 'CREATE INDEX CONCURRENTLY a ON t (b);'])
    expect(text).toContain(part)
})

test('pretty frames the code with its line numbers, on a narrow terminal too', () => {
  const text = pretty.render({ ...empty, findings: [detailed] }, { ...options, width: 40 })
  expect(text).toMatch(/3 │ CREATE INDEX a\n\s+4 │ {3}ON t \(b\)/)
})
