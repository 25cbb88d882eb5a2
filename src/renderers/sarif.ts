/** SARIF 2.1.0 (OASIS standard), as GitHub's code scanning and editors read it. */
import type { Log, ReportingDescriptor, Result, Run } from 'sarif'
import type { Finding } from '../model/finding.ts'
import type { Report } from '../model/report.ts'
import { defineRenderer } from './define.ts'
import { detailText } from './plain.ts'
import { clean, worstFirst } from './text.ts'

/** GitHub takes 25,000 results of a run and shows 5,000. */
const mostResults = 25_000

/** A path as a URI reference: segments encoded, forward slashes. */
const uriOf = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

const rulesIn = (findings: readonly Finding[]): readonly ReportingDescriptor[] =>
  [...new Map(findings.map((finding) => [finding.rule, finding])).values()].map(({ rule, severity, help }) => ({
    id: rule,
    name: rule,
    shortDescription: { text: rule.replaceAll('-', ' ') },
    ...(help === undefined ? {} : { help: { text: clean(help), markdown: clean(help) } }),
    defaultConfiguration: { level: severity },
    properties: { tags: ['postgresql', 'drizzle'] },
  }))

/** Lines and columns of SARIF begin at 1, as ours. A finding without a file is about the repository. */
const locationOf = ({ file, line, column, endLine, message }: Finding): Result['locations'] =>
  file === undefined
    ? []
    : [
        {
          physicalLocation: {
            artifactLocation: { uri: uriOf(file), uriBaseId: '%SRCROOT%' },
            ...(line === undefined
              ? {}
              : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }), ...(endLine === undefined ? {} : { endLine }) } }),
          },
          message: { text: clean(message) },
        },
      ]

/** Waived and old findings are suppressed, with the reason, and not left out. */
const suppressionsOf = ({ waived, old }: Finding): Result['suppressions'] => [
  ...(waived ? [{ kind: 'inSource' as const, status: 'accepted' as const, justification: clean(`${waived.reason} (until ${waived.until})`) }] : []),
  ...(old ? [{ kind: 'external' as const, status: 'accepted' as const, justification: 'The migration has landed already.' }] : []),
]

const resultOf = (finding: Finding, ruleIndex: number): Result => {
  const details = detailText(finding)
  const suppressions = suppressionsOf(finding)
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: finding.severity,
    message: { text: clean([finding.message, ...(finding.help === undefined ? [] : [finding.help]), ...details].join('\n')) },
    locations: locationOf(finding) ?? [],
    partialFingerprints: { 'pgstrata/v1': finding.fingerprint },
    ...(suppressions && suppressions.length > 0 ? { suppressions } : {}),
  }
}

const runOf = (report: Report, version: string): Run => {
  const findings = worstFirst(report.findings).slice(0, mostResults)
  const rules = rulesIn(findings)
  const indexes = new Map(rules.map(({ id }, index) => [id, index]))
  return {
    tool: { driver: { name: 'pgstrata', version, semanticVersion: version, rules: [...rules] } },
    automationDetails: { id: `pgstrata/${report.operation}/` },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The directory in which pgstrata ran.' } } },
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: report.unknown.map(({ what, why }) => ({ level: 'warning' as const, message: { text: clean(`${what}: ${why}`) } })),
      },
    ],
    results: findings.map((finding) => resultOf(finding, indexes.get(finding.rule) ?? 0)),
  }
}

export const sarif = defineRenderer({
  name: 'sarif',
  summary: 'SARIF 2.1.0, for GitHub code scanning and editors; waived and old findings are suppressed, with the reason.',
  render(report, { version }) {
    const log: Log = {
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [runOf(report, version)],
    }
    return `${JSON.stringify(log, undefined, 2)}\n`
  },
})
