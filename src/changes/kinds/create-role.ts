import type { Tree } from '../../model/json.ts'
import { displayIdentifier, keyOf, quoteIdentifier } from '../../model/name.ts'
import { dollarQuote } from '../../sql/plpgsql.ts'
import { list, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { membershipsIn, membersIn, printRoleChange, printRoleOptions, roleOf, withRoleOptions } from '../role-options.ts'

const read = (reading: Reading, node: Tree): void => {
  const name = text(node, 'role') ?? ''
  const elements = list(node, 'options')
  const login = text(node, 'stmt_type') === 'ROLESTMT_USER' ? { canlogin: 'true' } : {}
  reading.emit({ kind: 'create-role', name, role: { options: withRoleOptions(login, elements), memberOf: [...new Set(membershipsIn(elements))].sort() } })
  for (const member of membersIn(elements)) {
    const role = roleOf(reading.catalog, member)
    reading.emit({ kind: 'alter-role', name: member, to: { ...role, memberOf: [...new Set([...role.memberOf, name])].sort() } })
  }
}

export const createRole = defineChange({
  kind: 'create-role',
  summary: 'A role is made, in the whole cluster.',
  reads: { CreateRoleStmt: read },
  apply({ name, role }, catalog) {
    if (catalog.roles.has(name)) refuse('42710', `role "${name}" already exists`)
    return put(catalog, 'roles', name, role)
  },
  invert: ({ name }) => [{ kind: 'drop-role', name }],
  /** A role belongs to the cluster and may be there already: that is no failure. */
  toSql({ name, role }) {
    const create = `CREATE ROLE ${quoteIdentifier(name)}${printRoleOptions(role.options)}`
    const bare = { options: Object.fromEntries(Object.entries(role.options).filter(([key]) => !key.startsWith('set '))), memberOf: [] }
    return [`DO ${dollarQuote(`BEGIN ${create}; EXCEPTION WHEN duplicate_object THEN NULL; END`)}`, ...printRoleChange(name, bare, role)]
  },
  footprint: () => noFootprint,
  describe: ({ name }) => `role ${displayIdentifier(name)} is made`,
  touches: ({ name }) => [keyOf('role', quoteIdentifier(name))],
  examples: [
    { sql: `CREATE ROLE app NOINHERIT CONNECTION LIMIT 5` },
    { given: `CREATE ROLE team`, sql: `CREATE USER app WITH PASSWORD 'secret' IN ROLE team` },
    { given: `CREATE ROLE app`, sql: `CREATE ROLE team ROLE app` },
  ],
})
