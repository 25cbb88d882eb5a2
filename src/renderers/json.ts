import type { Finding } from '../model/finding.ts'
import type { Report } from '../model/report.ts'
import { verdictOf } from '../model/report.ts'
import { defineRenderer } from './define.ts'

/** A finding with its keys in the contract's order. */
export const findingJson = (finding: Finding): Finding => ({
  rule: finding.rule,
  severity: finding.severity,
  message: finding.message,
  ...(finding.help === undefined ? {} : { help: finding.help }),
  ...(finding.docs === undefined ? {} : { docs: finding.docs }),
  ...(finding.file === undefined ? {} : { file: finding.file }),
  ...(finding.line === undefined ? {} : { line: finding.line }),
  ...(finding.column === undefined ? {} : { column: finding.column }),
  ...(finding.endLine === undefined ? {} : { endLine: finding.endLine }),
  ...(finding.migration === undefined ? {} : { migration: finding.migration }),
  ...(finding.statement === undefined ? {} : { statement: finding.statement }),
  ...(finding.source === undefined ? {} : { source: finding.source }),
  ...(finding.lock === undefined ? {} : { lock: finding.lock }),
  ...(finding.precheck === undefined ? {} : { precheck: finding.precheck }),
  ...(finding.remedy === undefined ? {} : { remedy: finding.remedy }),
  fingerprint: finding.fingerprint,
  ...(finding.waived === undefined ? {} : { waived: finding.waived }),
  ...(finding.old === undefined ? {} : { old: finding.old }),
})

/** The contract's report, `pgstrata/report@1`. */
export const reportJson = (report: Report, { version, failOn }: { readonly version: string; readonly failOn: Parameters<typeof verdictOf>[1] }) => ({
  schema: 'pgstrata/report@1',
  operation: report.operation,
  version,
  verdict: verdictOf(report, failOn),
  analysed: report.analysed,
  findings: report.findings.map(findingJson),
  data: report.data,
  unknown: report.unknown,
})

export const json = defineRenderer({
  name: 'json',
  summary: 'The whole report for machines: schema pgstrata/report@1.',
  render: (report, options) => `${JSON.stringify(reportJson(report, options), undefined, 2)}\n`,
})
