/** What changes do to a catalog, and what PostgreSQL does behind them. */
import { impliedForChildren } from './children.ts'
import { apply } from './index.ts'
import { impliedPrivileges } from './privileges.ts'
import type { Effects } from './reading.ts'

export const effects: Effects = {
  apply,
  follows(change, before, after) {
    const privileges = impliedPrivileges(after, change)
    return [...(privileges ? [privileges] : []), ...impliedForChildren(before, after, change)]
  },
}
