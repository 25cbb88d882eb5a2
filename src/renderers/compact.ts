import { defineRenderer } from './define.ts'
import { oneLine, placeOf, worstFirst } from './text.ts'

export const compact = defineRenderer({
  name: 'compact',
  summary: 'One line per finding, `file:line:column severity rule message`, for problem matchers and grep.',
  render: (report) =>
    [
      ...worstFirst(report.findings).map((finding) => {
        const state = finding.waived ? ' (waived)' : finding.old ? ' (old)' : ''
        return `${oneLine(placeOf(finding) || report.operation)} ${finding.severity} ${finding.rule} ${oneLine(finding.message)}${state}\n`
      }),
      ...report.unknown.map(({ what, why }) => `${report.operation} unknown ${oneLine(what)}: ${oneLine(why)}\n`),
    ].join(''),
})
