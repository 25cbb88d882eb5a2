/** JUnit XML: each file a suite, each finding a test case that failed, was skipped (old, waived) or passed with a word (below the level that fails). */
import type { Finding } from '../model/finding.ts'
import { type FailOn, type Report, verdictOf } from '../model/report.ts'
import { defineRenderer } from './define.ts'
import { detailText } from './plain.ts'
import { clean, groupBy, isSettled, oneLine, placeOf, worstFirst } from './text.ts'

/** Characters that XML 1.0 has no way to write are taken out by `clean`, lone surrogates here. */
const escapeXml = (text: string): string =>
  clean(text)
    .replaceAll(/\p{Surrogate}|[\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

const attribute = (text: string): string => escapeXml(text).replaceAll('\n', '&#10;')

const fails = (report: Report, finding: Finding, failOn: FailOn): boolean => verdictOf({ ...report, findings: [finding], unknown: [] }, failOn) === 'findings'

type Outcome = 'failed' | 'skipped' | 'passed'

const outcomeOf = (report: Report, finding: Finding, failOn: FailOn): Outcome =>
  isSettled(finding) ? 'skipped' : fails(report, finding, failOn) ? 'failed' : 'passed'

const bodyOf = (finding: Finding): string =>
  [placeOf(finding), finding.message, ...(finding.help ? [finding.help] : []), ...detailText(finding)].filter(Boolean).join('\n')

const insideOf = (finding: Finding, outcome: Outcome): string => {
  const message = attribute(oneLine(finding.message))
  if (outcome === 'failed') return `<failure type="${attribute(finding.severity)}" message="${message}">${escapeXml(bodyOf(finding))}</failure>`
  if (outcome === 'skipped')
    return `<skipped message="${attribute(finding.waived ? `waived until ${finding.waived.until}: ${finding.waived.reason}` : 'has landed already')}"/>`
  return `<system-out>${escapeXml(`${finding.severity}: ${bodyOf(finding)}`)}</system-out>`
}

const caseOf = (suite: string, name: string, inside: string): string =>
  `    <testcase classname="${attribute(suite)}" name="${attribute(name)}">${inside}</testcase>`

const suiteOf = (name: string, cases: readonly string[], outcomes: readonly Outcome[], errors = 0): string =>
  [
    `  <testsuite name="${attribute(name)}" tests="${cases.length}" failures="${outcomes.filter((each) => each === 'failed').length}" errors="${errors}" skipped="${outcomes.filter((each) => each === 'skipped').length}">`,
    ...cases,
    '  </testsuite>',
  ].join('\n')

const findingSuite = (report: Report, file: string, findings: readonly Finding[], failOn: FailOn): string => {
  const outcomes = findings.map((finding) => outcomeOf(report, finding, failOn))
  const cases = findings.map((finding, at) =>
    caseOf(file, `${finding.rule}${finding.line === undefined ? '' : ` line ${finding.line}`}`, insideOf(finding, outcomes[at] ?? 'passed')),
  )
  return suiteOf(file, cases, outcomes)
}

const unknownSuite = ({ unknown }: Report): string =>
  suiteOf(
    'unknown',
    unknown.map(({ what, why, help }) =>
      caseOf('unknown', what, `<error type="unknown" message="${attribute(oneLine(why))}">${escapeXml(help ?? '')}</error>`),
    ),
    [],
    unknown.length,
  )

/** A report without findings still holds a test, for a run that looked at nothing must not look like one that found nothing. */
const cleanSuite = ({ operation }: Report): string => suiteOf(operation, [caseOf(operation, 'nothing was found', '')], [])

export const junit = defineRenderer({
  name: 'junit',
  summary: 'JUnit XML: findings that decide are failures, old and waived ones are skipped, what is unknown is an error.',
  render(report, { failOn }) {
    const suites = [
      ...[...groupBy(worstFirst(report.findings), ({ file }) => file ?? report.operation)].map(([file, findings]) =>
        findingSuite(report, file, findings, failOn),
      ),
      ...(report.unknown.length > 0 ? [unknownSuite(report)] : []),
    ]
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="pgstrata ${attribute(report.operation)}">`,
      ...(suites.length > 0 ? suites : [cleanSuite(report)]),
      '</testsuites>',
      '',
    ].join('\n')
  },
})
