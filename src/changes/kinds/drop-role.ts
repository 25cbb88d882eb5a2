import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { displayIdentifier, keyOf, quoteIdentifier } from '../../model/name.ts'
import { flag, list } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { droppedKey } from '../drop-change.ts'
import { drop } from '../edit.ts'
import { defaultParts } from '../privileges.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { opaqueRole, roleOf } from '../role-options.ts'
import { roleNames } from '../roles.ts'

/** Refuses with 2BP01 while objects, privileges or policies name the role. */
const refuseUsed = (catalog: Catalog, name: string): void => {
  const owns = [...catalog.owners.values()].includes(name)
  const holds = [...catalog.privileges.values(), ...catalog.defaultPrivileges.values()].some((privileges) => name in privileges)
  const promises = [...catalog.defaultPrivileges.keys()].some((key) => defaultParts(key).role === name)
  const serves = [...catalog.tables.values()].some((table) => [...table.policies.values()].some((policy) => policy.roles.includes(name)))
  if (owns || holds || promises || serves) refuse('2BP01', `role "${name}" cannot be dropped because some objects depend on it`)
}

const read = (reading: Reading, node: Tree): void => {
  for (const name of roleNames(list(node, 'roles'))) {
    if (flag(node, 'missing_ok') && !reading.catalog.roles.has(name)) continue
    if (!reading.catalog.roles.has(name)) {
      opaqueRole(reading, name)
      continue
    }
    for (const [member, role] of reading.catalog.roles) {
      if (role.memberOf.includes(name))
        reading.imply({ kind: 'alter-role', name: member, to: { ...role, memberOf: role.memberOf.filter((group) => group !== name) } })
    }
    reading.emit({ kind: 'drop-role', name })
  }
}

export const dropRole = defineChange({
  kind: 'drop-role',
  summary: 'A role is dropped, in the whole cluster.',
  reads: { DropRoleStmt: read },
  apply({ name }, catalog) {
    refuseUsed(catalog, name)
    const role = keyOf('role', quoteIdentifier(name))
    return drop(drop(catalog, 'roles', name), 'comments', role)
  },
  invert({ name }, before) {
    const comment = before.comments.get(keyOf('role', quoteIdentifier(name)))
    return [
      { kind: 'create-role', name, role: roleOf(before, name) },
      ...(comment === undefined ? [] : [{ kind: 'set-comment', object: keyOf('role', quoteIdentifier(name)), to: comment } as const]),
    ]
  },
  toSql: ({ name }) => [`DROP ROLE ${quoteIdentifier(name)}`],
  footprint: () => noFootprint,
  describe: ({ name }) => `role ${displayIdentifier(name)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE ROLE app`, sql: `DROP ROLE app` },
    { given: `CREATE ROLE app; CREATE ROLE team; GRANT team TO app`, sql: `DROP ROLE IF EXISTS team, missing` },
  ],
})
