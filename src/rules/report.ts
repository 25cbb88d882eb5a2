/** Findings whose rule an operation reports. */
import type { Finding } from '../model/finding.ts'
import { type ReportedRuleId, reportedRules } from './reported.ts'

/** A finding of that rule. `object` tells apart two of one rule in one file, and stays the same while lines move. */
export const reportedFinding = (
  id: ReportedRuleId,
  message: string,
  place: Pick<Finding, 'file' | 'line' | 'column' | 'endLine' | 'migration' | 'statement'>,
  object: string,
  more: Partial<Pick<Finding, 'severity' | 'help'>> = {},
): Finding => {
  const { severity, instead } = reportedRules[id]
  return {
    rule: id,
    severity,
    message,
    help: instead,
    docs: `rules/${id}`,
    ...place,
    fingerprint: [id, place.migration ?? place.file, object].filter(Boolean).join('/'),
    ...more,
  }
}
