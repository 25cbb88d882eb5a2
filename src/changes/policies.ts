/** Row-level security policies: reading and printing. */
import type { Catalog, Expression, Policy } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { display, localName, quoteIdentifier, type RelationName } from '../model/name.ts'
import { child, list, text } from '../sql/tree.ts'
import { tableOf } from './edit.ts'
import { asStatement } from './hosts.ts'
import { printPolicyBody } from './print.ts'
import { unprintable } from './printable.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { resolveTableExpression } from './resolve.ts'

const keywords: { readonly [type: string]: string } = {
  ROLESPEC_PUBLIC: 'PUBLIC',
  ROLESPEC_CURRENT_USER: 'CURRENT_USER',
  ROLESPEC_CURRENT_ROLE: 'CURRENT_ROLE',
  ROLESPEC_SESSION_USER: 'SESSION_USER',
}

/** Roles as written; PUBLIC among others stands for all of them. */
const readRoles = (nodes: readonly Tree[]): readonly string[] => {
  const roles = nodes.map((node) => {
    const role = child(node, 'RoleSpec')
    return keywords[text(role, 'roletype') ?? ''] ?? text(role, 'rolename') ?? ''
  })
  return roles.includes('PUBLIC') ? ['PUBLIC'] : roles
}

const readCondition = (reading: Reading, tree: Tree | undefined, on: RelationName): Expression | undefined => {
  if (!tree) return undefined
  const condition = resolveTableExpression(tree, on, reading.catalog, reading.searchPath).tree
  const reason = unprintable(asStatement(condition))
  return reason === undefined ? condition : notUnderstood(`the policy's condition: ${reason}`)
}

/** What an ALTER POLICY or CREATE POLICY says: absent is what it does not say. */
export const readParts = (reading: Reading, node: Tree, on: RelationName): Partial<Pick<Policy, 'roles' | 'using' | 'check'>> => {
  const using = readCondition(reading, child(node, 'qual'), on)
  const check = readCondition(reading, child(node, 'with_check'), on)
  return { ...(list(node, 'roles').length > 0 ? { roles: readRoles(list(node, 'roles')) } : {}), ...(using ? { using } : {}), ...(check ? { check } : {}) }
}

const commands = ['all', 'select', 'insert', 'update', 'delete'] as const

/** Refuses conditions that a command has no use for (42601). */
export const refuseUseless = ({ command, using, check }: Policy): void => {
  if ((command === 'select' || command === 'delete') && check) refuse('42601', 'WITH CHECK cannot be applied to SELECT or DELETE')
  if (command === 'insert' && using) refuse('42601', 'only WITH CHECK expression allowed for INSERT')
}

/** A CreatePolicyStmt's content as a policy. */
export const readPolicy = (reading: Reading, node: Tree, on: RelationName): Policy => {
  const command = commands.find((word) => word === text(node, 'cmd_name')) ?? 'all'
  const policy: Policy = { permissive: node.permissive === true, command, roles: ['PUBLIC'], ...readParts(reading, node, on) }
  refuseUseless(policy)
  return policy
}

/** The policy of that name; refuses with 42704. */
export const policyOf = (catalog: Catalog, on: RelationName, name: string): Policy =>
  tableOf(catalog, on).policies.get(name) ?? refuse('42704', `policy "${name}" for table "${localName(on)}" does not exist`)

/** The table of a policy statement; a view is refused with 42809. */
export const policyTable = (reading: Reading, range: Tree): RelationName => {
  const on = reading.relation(range)
  return reading.catalog.tables.has(on) ? on : refuse('42809', `"${display(on)}" is not a table`)
}

/** `CREATE POLICY …` */
export const printPolicy = (on: RelationName, name: string, policy: Policy): string =>
  `CREATE POLICY ${quoteIdentifier(name)} ON ${on} AS ${policy.permissive ? 'PERMISSIVE' : 'RESTRICTIVE'} FOR ${policy.command.toUpperCase()} ${printPolicyBody(policy)}`
