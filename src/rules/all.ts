/** Every rule there is, whatever it looks at. */
import type { HistoryRule, PolicyRule, RuleWords } from './define.ts'
import { historyRules } from './index.ts'
import { policyRulesById } from './policy.ts'
import { reportedRules } from './reported.ts'

export type AnyRule = RuleWords<string> | HistoryRule | PolicyRule

export const rulesById: ReadonlyMap<string, AnyRule> = new Map<string, AnyRule>(Object.entries({ ...policyRulesById, ...historyRules, ...reportedRules }))

/** Every id that a waiver or the policy may name. */
export const ruleIds: readonly string[] = [...rulesById.keys()]
