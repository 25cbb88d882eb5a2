import type { Role } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { displayIdentifier, keyOf, quoteIdentifier } from '../../model/name.ts'
import { printStatement } from '../../sql/print.ts'
import { child, flag, list, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import { equal } from '../equal.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { membersIn, opaqueRole, printRoleChange, roleOf, settingKey, withRoleOptions } from '../role-options.ts'
import { roleName, roleNames } from '../roles.ts'

const set = (reading: Reading, name: string, to: Role): void => {
  if (!equal(to, roleOf(reading.catalog, name))) reading.emit({ kind: 'alter-role', name, to })
}

/** True when a role is another one, or has its rights through other roles. */
const isMember = (reading: Reading, role: string, group: string): boolean =>
  role === group || (reading.catalog.roles.get(role)?.memberOf ?? []).some((next) => isMember(reading, next, group))

const join = (reading: Reading, member: string, group: string, joins: boolean): void => {
  if (!reading.catalog.roles.has(member)) return opaqueRole(reading, member)
  if (joins && isMember(reading, group, member)) refuse('0LP01', `role "${member}" is a member of role "${group}"`)
  const role = roleOf(reading.catalog, member)
  const others = role.memberOf.filter((other) => other !== group)
  set(reading, member, { ...role, memberOf: joins ? [...others, group].sort() : others })
}

/** ALTER ROLE … options, and ALTER GROUP … ADD and DROP USER. */
const read = (reading: Reading, node: Tree): void => {
  const name = roleName(child(node, 'role'))
  if (!reading.catalog.roles.has(name)) return opaqueRole(reading, name)
  const role = roleOf(reading.catalog, name)
  const elements = list(node, 'options')
  for (const member of membersIn(elements)) join(reading, member, name, Number(node.action ?? 1) > 0)
  set(reading, name, { ...role, options: withRoleOptions(role.options, elements) })
}

/** What stands after TO in `SET x TO …`. */
const settingValue = (node: Tree): string | undefined => {
  if (text(node, 'kind') !== 'VAR_SET_VALUE') return undefined
  return /\b(?:TO|=)\s+([\s\S]+)$/.exec(printStatement({ VariableSetStmt: node }))?.[1]
}

const readSetting = (reading: Reading, node: Tree): void => {
  if (text(node, 'database') !== undefined) return notUnderstood('a setting of a role in one database')
  const name = roleName(child(node, 'role'))
  if (!reading.catalog.roles.has(name)) return opaqueRole(reading, name)
  const role = roleOf(reading.catalog, name)
  const statement = child(node, 'setstmt') ?? {}
  const key = settingKey(text(statement, 'name') ?? '')
  const value = settingValue(statement)
  const { [key]: _before, ...others } = role.options
  const kept =
    text(statement, 'kind') === 'VAR_RESET_ALL'
      ? Object.fromEntries(Object.entries(role.options).filter(([option]) => !option.startsWith(settingKey(''))))
      : others
  set(reading, name, { ...role, options: value === undefined ? kept : { ...others, [key]: value } })
}

/** GRANT role TO role. */
const readMembership = (reading: Reading, node: Tree): void => {
  if (list(node, 'opt').length > 0) notUnderstood('options of a membership')
  for (const group of list(node, 'granted_roles').map((role) => text(child(role, 'AccessPriv'), 'priv_name') ?? '')) {
    for (const member of roleNames(list(node, 'grantee_roles'))) join(reading, member, group, flag(node, 'is_grant'))
  }
}

export const alterRole = defineChange({
  kind: 'alter-role',
  summary: 'A role gets other attributes, settings or memberships.',
  reads: { AlterRoleStmt: read, AlterRoleSetStmt: readSetting, GrantRoleStmt: readMembership },
  apply: ({ name, to }, catalog) => put(catalog, 'roles', name, to),
  invert: ({ name }, before) => [{ kind: 'alter-role', name, to: roleOf(before, name) }],
  toSql: ({ name, to }, before) => printRoleChange(name, before.roles.get(name) ?? { options: {}, memberOf: [] }, to),
  footprint: () => noFootprint,
  describe: ({ name }) => `role ${displayIdentifier(name)} is altered`,
  touches: ({ name }) => [keyOf('role', quoteIdentifier(name))],
  examples: [
    { given: `CREATE ROLE app`, sql: `ALTER ROLE app LOGIN CREATEDB` },
    { given: `CREATE ROLE app; CREATE ROLE team`, sql: `GRANT team TO app` },
    { given: `CREATE ROLE app; CREATE ROLE team; GRANT team TO app`, sql: `REVOKE team FROM app` },
    { given: `CREATE ROLE app`, sql: `ALTER ROLE app SET statement_timeout TO '5s'` },
  ],
})
