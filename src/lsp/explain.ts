/** A rule's words, for a message window. */
import { rulesById } from '../rules/all.ts'

/** Undefined for what is no rule. */
export const explained = (id: string): string | undefined => {
  const rule = rulesById.get(id)
  return rule && `${rule.id}: ${rule.summary}\n\nWhy: ${rule.why}\n\nInstead: ${rule.instead}`
}
