import type { Catalog, Privileges } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { displayIdentifier, keyOf, quoteIdentifier } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { mapEntries, mapItems, mapValues } from '../edit.ts'
import { defaultKey, defaultParts } from '../privileges.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { opaqueRole } from '../role-options.ts'

const read = (reading: Reading, node: Tree): void => {
  const from = text(node, 'subname') ?? ''
  if (!reading.catalog.roles.has(from)) return opaqueRole(reading, from)
  reading.emit({ kind: 'rename-role', from, to: text(node, 'newname') ?? '' })
}

/** PostgreSQL keeps roles by number: everything that names one follows. */
const rename = (catalog: Catalog, from: string, to: string): Catalog => {
  const name = (role: string): string => (role === from ? to : role)
  const inList = (privileges: Privileges): Privileges => {
    const { [from]: held, ...others } = privileges
    return held === undefined ? privileges : { ...others, [to]: held }
  }
  const oldKey = keyOf('role', quoteIdentifier(from))
  let next = mapEntries(catalog, 'roles', (role, key) => ({
    key: name(key),
    value: role.memberOf.includes(from) ? { ...role, memberOf: mapItems(role.memberOf, name).slice().sort() } : role,
  }))
  next = mapEntries(next, 'owners', (owner, key) => ({ key, value: name(owner) }))
  next = mapEntries(next, 'privileges', (privileges, key) => ({ key, value: inList(privileges) }))
  next = mapEntries(next, 'defaultPrivileges', (privileges, key) => {
    const { role, schema, type } = defaultParts(key)
    return { key: role === from ? defaultKey(to, schema, type) : key, value: inList(privileges) }
  })
  next = mapEntries(next, 'comments', (comment, key) => ({ key: key === oldKey ? keyOf('role', quoteIdentifier(to)) : key, value: comment }))
  return mapEntries(next, 'tables', (table, key) => {
    const policies = mapValues(table.policies, (policy) => (policy.roles.includes(from) ? { ...policy, roles: mapItems(policy.roles, name) } : policy))
    return { key, value: policies === table.policies ? table : { ...table, policies } }
  })
}

export const renameRole = defineChange({
  kind: 'rename-role',
  summary: 'A role gets another name; all that it owns and may do follows.',
  reads: { 'RenameStmt OBJECT_ROLE': read },
  apply({ from, to }, catalog) {
    if (catalog.roles.has(to)) refuse('42710', `role "${to}" already exists`)
    return rename(catalog, from, to)
  },
  invert: ({ from, to }) => [{ kind: 'rename-role', from: to, to: from }],
  toSql: ({ from, to }) => [`ALTER ROLE ${quoteIdentifier(from)} RENAME TO ${quoteIdentifier(to)}`],
  footprint: () => noFootprint,
  describe: ({ from, to }) => `role ${displayIdentifier(from)} is now called ${displayIdentifier(to)}`,
  touches: ({ from, to }) => [keyOf('role', quoteIdentifier(from)), keyOf('role', quoteIdentifier(to))],
  examples: [
    { given: `CREATE ROLE app; CREATE TABLE a (id int); GRANT SELECT ON a TO app`, sql: `ALTER ROLE app RENAME TO service` },
    { given: `CREATE ROLE app; CREATE ROLE team; GRANT team TO app`, sql: `ALTER ROLE team RENAME TO crew` },
  ],
})
