/** Roles that a history names and does not make. */
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { parseKey, partsOf } from '../model/name.ts'
import type { Statement } from '../model/statement.ts'
import { text, walk } from '../sql/tree.ts'
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

const aboutRoles = new Set(['GrantStmt', 'AlterDefaultPrivilegesStmt', 'GrantRoleStmt', 'AlterRoleStmt'])

/** Roles that a statement about privileges or a role names: one that changes nothing wants them all the same. */
const rolesNamed = ({ node, tree }: Statement): readonly string[] => {
  if (!aboutRoles.has(node)) return []
  const roles: string[] = []
  walk(tree, (part) => {
    const role = text(part, 'roletype') === 'ROLESPEC_CSTRING' ? text(part, 'rolename') : undefined
    if (role !== undefined) roles.push(role)
    return undefined
  })
  return roles
}

/** `pg_read_all_data`, `pg_database_owner` …: the server's own, and nobody can make one of such a name. */
const isServers = (role: string): boolean => role.startsWith('pg_')

/** The roles that a statement names, other than those that it makes. */
export const rolesOfStep = ({ changes, statement }: Pick<Step, 'changes' | 'statement'>): readonly string[] => [
  ...rolesNamed(statement),
  ...changes.flatMap(rolesIn),
]

/** The roles that must be there before the first migration. */
export const neededRoles = (steps: readonly Step[]): readonly string[] => {
  const made = new Set<string>()
  const needed = new Set<string>()
  for (const { changes, statement } of steps) {
    for (const role of rolesNamed(statement)) if (!made.has(role) && !notRoles.has(role)) needed.add(role)
    for (const change of changes) {
      if (change.kind === 'create-role') made.add(change.name)
      for (const role of rolesIn(change)) if (!made.has(role) && !notRoles.has(role)) needed.add(role)
    }
  }
  return [...needed].filter((role) => !isServers(role))
}

/** The roles that must be there before a catalog can be written as SQL: owners, grantees, those of policies. */
export const rolesOf = ({ owners, privileges, defaultPrivileges, tables }: Catalog): readonly string[] => {
  const named = [
    ...owners.values(),
    ...[...privileges.values(), ...defaultPrivileges.values()].flatMap((granted) => Object.keys(granted)),
    ...[...defaultPrivileges.keys()].flatMap((key) => partsOf(parseKey(key).name)[0] ?? []),
    ...[...tables.values()].flatMap((table) => [...table.policies.values()].flatMap((policy) => policy.roles)),
  ]
  return [...new Set(named)].filter((role) => !notRoles.has(role))
}
