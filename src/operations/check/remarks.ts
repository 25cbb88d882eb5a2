/** What one part has to say beside another one's findings. */
import type { Finding } from '../../model/finding.ts'
import { compatibilityRules } from '../../rules/compatibility/index.ts'
import { type Part, statementKey } from './part.ts'

const remarked = (finding: Finding, remark: string | undefined): Finding =>
  remark === undefined || !Object.hasOwn(compatibilityRules, finding.rule) ? finding : { ...finding, message: `${finding.message} ${remark}` }

/** The parts, with what is known of the code beside findings about running code. A finding stays what it is: nothing is silenced. */
export const withRemarks = (parts: readonly Part[]): readonly Part[] => {
  const remarks = new Map(parts.flatMap((part) => [...(part.remarks ?? [])]))
  if (remarks.size === 0) return parts
  return parts.map((part) => ({ ...part, findings: part.findings.map((finding) => remarked(finding, remarks.get(statementKey(finding)))) }))
}
