/** Runs rules and makes their hits findings. */
import type { Config } from '../model/config.ts'
import type { Finding } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import { below } from '../model/path.ts'
import type { HistoryRule, HistoryView, RuleHit } from './define.ts'
import { rules } from './index.ts'

type Policy = Config['policy']

/** The same while lines move and files grow: rule, migration or file, object. */
const fingerprintOf = (rule: HistoryRule, hit: RuleHit): string =>
  [rule.id, hit.migration ?? hit.path ?? '', hit.object].filter((part) => part !== undefined).join('/')

const toFinding = (rule: HistoryRule, hit: RuleHit, history: History, policy: Policy): Finding => {
  const chosen = policy?.rules?.[rule.id]
  return {
    rule: rule.id,
    severity: chosen !== undefined && chosen !== 'off' ? chosen : (hit.severity ?? rule.severity),
    message: hit.message,
    help: hit.help ?? rule.instead,
    docs: `rules/${rule.id}`,
    ...(hit.path === undefined ? {} : { file: below(history.folder, hit.path) }),
    ...(hit.line === undefined ? {} : { line: hit.line }),
    ...(hit.column === undefined ? {} : { column: hit.column }),
    ...(hit.migration === undefined ? {} : { migration: hit.migration }),
    fingerprint: fingerprintOf(rule, hit),
  }
}

/** Judges a folder by all rules of scope `history`. A rule that the policy sets `off` does not run; another severity there wins over the rule's. */
export const judgeHistory = (view: HistoryView, policy: Policy = {}): readonly Finding[] =>
  rules.filter((rule) => policy.rules?.[rule.id] !== 'off').flatMap((rule) => rule.check(view).map((hit) => toFinding(rule, hit, view.history, policy)))
