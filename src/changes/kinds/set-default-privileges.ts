import type { Privileges } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { displayIdentifier, type ObjectKey, quoteIdentifier } from '../../model/name.ts'
import { child, flag, list, optionNamed, stringValue, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { drop, put } from '../edit.ts'
import { equal } from '../equal.ts'
import { printRole } from '../print.ts'
import {
  allOf,
  type DefaultType,
  defaultClasses,
  defaultKey,
  defaultParts,
  defaultStart,
  granted,
  inWords,
  migratingRole,
  printDifference,
} from '../privileges.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { roleNames, rolesIn } from '../roles.ts'

const types: Readonly<Record<string, DefaultType>> = {
  OBJECT_TABLE: 'tables',
  OBJECT_SEQUENCE: 'sequences',
  OBJECT_FUNCTION: 'functions',
  OBJECT_ROUTINE: 'functions',
  OBJECT_TYPE: 'types',
  OBJECT_SCHEMA: 'schemas',
}

const set = (reading: Reading, object: ObjectKey, next: Privileges): void => {
  const before = reading.catalog.defaultPrivileges.get(object) ?? defaultStart(object)
  if (!equal(next, before)) reading.emit({ kind: 'set-default-privileges', object, to: equal(next, defaultStart(object)) ? undefined : next })
}

const read = (reading: Reading, node: Tree): void => {
  const option = (name: string): Tree | undefined => optionNamed(list(node, 'options'), name)
  const action = child(node, 'action') ?? {}
  const type = types[text(action, 'objtype') ?? ''] ?? notUnderstood('default privileges of large objects')
  const roles = option('roles') ? rolesIn(option('roles')) : [migratingRole]
  const schemas = option('schemas') ? list(child(child(option('schemas'), 'arg'), 'List'), 'items').map((schema) => stringValue(schema) ?? '') : ['']
  for (const schema of schemas) if (schema !== '' && !reading.catalog.schemas.has(schema)) refuse('3F000', `schema "${schema}" does not exist`)
  const named = list(action, 'privileges').map((privilege) => (text(child(privilege, 'AccessPriv'), 'priv_name') ?? '').toUpperCase())
  const grant = {
    grant: flag(action, 'is_grant'),
    option: flag(action, 'grant_option'),
    grantees: roleNames(list(action, 'grantees')),
    privileges: named.length > 0 ? named : allOf(defaultClasses[type]),
  }
  for (const role of roles) {
    for (const schema of schemas) {
      const object = defaultKey(role, schema, type)
      set(reading, object, granted(reading.catalog.defaultPrivileges.get(object) ?? defaultStart(object), grant, role))
    }
  }
}

/** `ALTER DEFAULT PRIVILEGES FOR ROLE … IN SCHEMA …`; the migrating role is not named. */
const printHead = (object: ObjectKey): string => {
  const { role, schema } = defaultParts(object)
  return `ALTER DEFAULT PRIVILEGES${role === migratingRole ? '' : ` FOR ROLE ${printRole(role)}`}${schema === '' ? '' : ` IN SCHEMA ${quoteIdentifier(schema)}`}`
}

export const setDefaultPrivileges = defineChange({
  kind: 'set-default-privileges',
  summary: 'The privileges that new objects get are changed.',
  reads: { AlterDefaultPrivilegesStmt: read },
  apply: ({ object, to }, catalog) => (to === undefined ? drop(catalog, 'defaultPrivileges', object) : put(catalog, 'defaultPrivileges', object, to)),
  invert: ({ object }, before) => [{ kind: 'set-default-privileges', object, to: before.defaultPrivileges.get(object) }],
  toSql({ object, to }, before) {
    const { type } = defaultParts(object)
    const from = before.defaultPrivileges.get(object) ?? defaultStart(object)
    return printDifference(from, to ?? defaultStart(object), defaultClasses[type], type.toUpperCase()).map((statement) => `${printHead(object)} ${statement}`)
  },
  footprint: () => noFootprint,
  describe({ object, to }) {
    const { role, schema, type } = defaultParts(object)
    const where = `${schema === '' ? '' : ` in schema ${displayIdentifier(schema)}`}${role === migratingRole ? '' : ` of role ${displayIdentifier(role)}`}`
    return `default privileges on new ${type}${where} are ${to === undefined ? 'the built-in ones' : inWords(to)}`
  },
  touches: ({ object }) => [object],
  examples: [
    { given: `CREATE ROLE app`, sql: `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO app` },
    {
      given: `CREATE ROLE app; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO app`,
      sql: `ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE INSERT ON TABLES FROM app`,
    },
    { sql: `ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC` },
    { given: `CREATE ROLE app`, sql: `ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT USAGE ON SEQUENCES TO PUBLIC` },
  ],
})
