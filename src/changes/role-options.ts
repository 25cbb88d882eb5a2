/** Attributes of roles: CREATE ROLE, ALTER ROLE and membership. A password is never kept. */
import type { Catalog, Options, Role } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { displayIdentifier, keyOf, quoteIdentifier } from '../model/name.ts'
import { quoteLiteral } from '../sql/print.ts'
import { child, text } from '../sql/tree.ts'
import { printRole } from './print.ts'
import { migratingRole } from './privileges.ts'
import type { Reading } from './reading.ts'
import { notUnderstood } from './refusal.ts'
import { firstRole, rolesIn } from './roles.ts'
import { optionText } from './types.ts'

const switches: Readonly<Record<string, readonly [string, string]>> = {
  superuser: ['SUPERUSER', 'NOSUPERUSER'],
  createdb: ['CREATEDB', 'NOCREATEDB'],
  createrole: ['CREATEROLE', 'NOCREATEROLE'],
  inherit: ['INHERIT', 'NOINHERIT'],
  canlogin: ['LOGIN', 'NOLOGIN'],
  isreplication: ['REPLICATION', 'NOREPLICATION'],
  bypassrls: ['BYPASSRLS', 'NOBYPASSRLS'],
}

/** What a role is when nothing is said. */
const defaults: Options = {
  superuser: 'false',
  createdb: 'false',
  createrole: 'false',
  inherit: 'true',
  canlogin: 'false',
  isreplication: 'false',
  bypassrls: 'false',
  connectionlimit: '-1',
}

/** A role's attributes with those of a list set; what equals the default is left out. */
export const withRoleOptions = (before: Options, elements: readonly Tree[]): Options => {
  const next: Record<string, string> = { ...before }
  for (const element of elements) {
    const option = child(element, 'DefElem')
    const name = text(option, 'defname') ?? ''
    if (['password', 'addroleto', 'rolemembers', 'adminmembers', 'sysid'].includes(name)) continue
    next[name] = optionText(option?.arg)
  }
  return Object.fromEntries(Object.entries(next).filter(([name, value]) => defaults[name] !== value))
}

/** IN ROLE and IN GROUP. */
export const membershipsIn = (elements: readonly Tree[]): readonly string[] =>
  elements
    .map((element) => child(element, 'DefElem'))
    .filter((option) => text(option, 'defname') === 'addroleto')
    .flatMap(rolesIn)

/** ROLE, USER and ADMIN: the roles that become members of the new one. */
export const membersIn = (elements: readonly Tree[]): readonly string[] =>
  elements
    .map((element) => child(element, 'DefElem'))
    .filter((option) => text(option, 'defname') === 'rolemembers' || text(option, 'defname') === 'adminmembers')
    .flatMap(rolesIn)

const printOne = (name: string, value: string): string => {
  const word = switches[name]
  if (word) return value === 'true' ? word[0] : word[1]
  if (name === 'connectionlimit') return `CONNECTION LIMIT ${value}`
  return name === 'validUntil' ? `VALID UNTIL ${quoteLiteral(value)}` : ''
}

/** Attributes as CREATE ROLE writes them; settings are statements of their own. */
export const printRoleOptions = (options: Options): string =>
  Object.keys(options)
    .sort()
    .map((name) => printOne(name, options[name] ?? ''))
    .filter(Boolean)
    .map((word) => ` ${word}`)
    .join('')

const settingPrefix = 'set '
/** The key under which ALTER ROLE … SET keeps a setting. */
export const settingKey = (setting: string): string => `${settingPrefix}${setting}`

const settingName = (key: string): string => key.slice(settingPrefix.length).split('.').map(quoteIdentifier).join('.')

/** Statements that lead from one role to another of the same name. */
export const printRoleChange = (name: string, from: Role, to: Role): readonly string[] => {
  const keys = [...new Set([...Object.keys(from.options), ...Object.keys(to.options)])].sort().filter((key) => from.options[key] !== to.options[key])
  const attributes = keys.filter((key) => !key.startsWith(settingPrefix))
  const role = printRole(name)
  const value = (key: string): string => to.options[key] ?? defaults[key] ?? (key === 'validUntil' ? 'infinity' : '')
  return [
    ...(attributes.length > 0
      ? [
          `ALTER ROLE ${role} ${attributes
            .map((key) => printOne(key, value(key)))
            .filter(Boolean)
            .join(' ')}`,
        ]
      : []),
    ...keys
      .filter((key) => key.startsWith(settingPrefix))
      .map((key) => {
        const set = to.options[key]
        return set === undefined ? `ALTER ROLE ${role} RESET ${settingName(key)}` : `ALTER ROLE ${role} SET ${settingName(key)} TO ${set}`
      }),
    ...from.memberOf.filter((group) => !to.memberOf.includes(group)).map((group) => `REVOKE ${quoteIdentifier(group)} FROM ${role}`),
    ...to.memberOf.filter((group) => !from.memberOf.includes(group)).map((group) => `GRANT ${quoteIdentifier(group)} TO ${role}`),
  ]
}

/** Says that a statement is about a role that no migration made (a cluster has such roles): what becomes of it is the engine's to say. */
export const opaqueRole = (reading: Reading, name: string): void => {
  const shown = name === migratingRole ? firstRole : name
  const reason = `role ${displayIdentifier(shown)} was not made by a migration`
  reading.emit({ kind: 'opaque', sql: reading.statement.text, reason, touches: [keyOf('role', quoteIdentifier(shown))] })
}

/** The role of that name. A cluster has roles that no migration made: a statement about one of these is not for memory. */
export const roleOf = (catalog: Catalog, name: string): Role =>
  catalog.roles.get(name) ?? notUnderstood(`role ${displayIdentifier(name)} was not made by a migration`)
