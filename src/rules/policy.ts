/** Every policy rule: judgements on statements and batches. Each group holds its own list. */
import { compatibilityRules } from './compatibility/index.ts'
import type { PolicyRule } from './define.ts'
import { lockRules } from './locks/index.ts'
import { tasteRules } from './taste/index.ts'
import { transactionRules } from './transactions/index.ts'

const byId = { ...lockRules, ...transactionRules, ...compatibilityRules, ...tasteRules } as const

export type PolicyRuleId = keyof typeof byId

export const policyRulesById: { readonly [K in PolicyRuleId]: PolicyRule } = byId

/** All policy rules, in the order in which they are shown. */
export const policyRules: readonly PolicyRule[] = Object.values(policyRulesById)
