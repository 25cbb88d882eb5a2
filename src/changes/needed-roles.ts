/** Roles that a history names and does not make. */
import type { Change } from '../model/change.ts'
import type { Step } from './replay.ts'

/** Words that stand for roles, and the role that every database has. */
const notRoles = new Set(['PUBLIC', 'CURRENT_USER', 'CURRENT_ROLE', 'SESSION_USER', 'public', 'postgres'])

const rolesIn = (change: Change): readonly string[] => {
  switch (change.kind) {
    case 'create-policy':
      return change.policy.roles
    case 'alter-policy':
      return change.to.roles
    case 'set-privileges':
    case 'set-default-privileges':
      return Object.keys(change.to ?? {})
    case 'set-owner':
      return change.to === undefined ? [] : [change.to]
    case 'create-role':
      return change.role.memberOf
    case 'alter-role':
      return [change.name, ...change.to.memberOf]
    default:
      return []
  }
}

/** The roles that must be there before the first migration. */
export const neededRoles = (steps: readonly Step[]): readonly string[] => {
  const made = new Set<string>()
  const needed = new Set<string>()
  for (const { changes } of steps) {
    for (const change of changes) {
      if (change.kind === 'create-role') made.add(change.name)
      for (const role of rolesIn(change)) if (!made.has(role) && !notRoles.has(role)) needed.add(role)
    }
  }
  return [...needed]
}
