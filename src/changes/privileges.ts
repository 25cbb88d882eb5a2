/**
 * Privileges as PostgreSQL keeps them (`aclitem`): grantee → privilege → grant option, complete for each object whose list differs from the built-in default.
 * `PUBLIC` is everybody; `CURRENT_USER` is the migrating role, which owns what has no entry in `owners`. An owner's own privileges are in the list too,
 * so that a REVOKE from the owner is kept; its grant options are implied and never written.
 */
import type { Catalog, Privileges } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { keyOf, type ObjectKey, parseKey, partsOf, type QualifiedName, quoteIdentifier, schemaOf } from '../model/name.ts'
import { equal } from './equal.ts'
import { printRole } from './print.ts'

/** The migrating role. */
export const migratingRole = 'CURRENT_USER'

/** The classes of objects that have privileges, by the word of GRANT. */
export type PrivilegeClass = 'TABLE' | 'COLUMN' | 'SEQUENCE' | 'ROUTINE' | 'TYPE' | 'SCHEMA' | 'LANGUAGE' | 'FOREIGN DATA WRAPPER' | 'FOREIGN SERVER'

const all: Readonly<Record<PrivilegeClass, readonly string[]>> = {
  TABLE: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'],
  COLUMN: ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES'],
  SEQUENCE: ['USAGE', 'SELECT', 'UPDATE'],
  ROUTINE: ['EXECUTE'],
  TYPE: ['USAGE'],
  SCHEMA: ['USAGE', 'CREATE'],
  LANGUAGE: ['USAGE'],
  'FOREIGN DATA WRAPPER': ['USAGE'],
  'FOREIGN SERVER': ['USAGE'],
}

/** Every privilege of a class; ALL stands for them. */
export const allOf = (of: PrivilegeClass): readonly string[] => all[of]

/** What everybody may do by default (`acldefault`, acl.c). */
const toPublic: Partial<Record<PrivilegeClass, readonly string[]>> = { ROUTINE: ['EXECUTE'], TYPE: ['USAGE'], LANGUAGE: ['USAGE'] }

const list = (privileges: readonly string[]): { readonly [privilege: string]: boolean } => Object.fromEntries(privileges.map((privilege) => [privilege, false]))

/** The built-in default of a class, for an owner. A column has none. */
export const defaultFor = (of: PrivilegeClass, owner: string = migratingRole): Privileges => {
  const everybody = toPublic[of]
  return of === 'COLUMN' ? {} : { [owner]: list(all[of]), ...(everybody ? { PUBLIC: list(everybody) } : {}) }
}

const classes: Readonly<Record<string, PrivilegeClass>> = {
  table: 'TABLE',
  view: 'TABLE',
  column: 'COLUMN',
  sequence: 'SEQUENCE',
  routine: 'ROUTINE',
  type: 'TYPE',
  schema: 'SCHEMA',
}
const definitionClasses: Readonly<Record<string, PrivilegeClass>> = {
  language: 'LANGUAGE',
  'foreign data wrapper': 'FOREIGN DATA WRAPPER',
  server: 'FOREIGN SERVER',
}

/** The class of an object, by its key. */
export const classOf = (object: ObjectKey): PrivilegeClass => {
  const { kind, name } = parseKey(object)
  return classes[kind] ?? definitionClasses[partsOf(name)[0] ?? ''] ?? 'TABLE'
}

/** The built-in default of one object. The schema `public` begins with a list of its own since PostgreSQL 15. */
export const builtIn = (catalog: Catalog, object: ObjectKey): Privileges =>
  object === 'schema "public"' ? { pg_database_owner: list(all.SCHEMA), PUBLIC: list(['USAGE']) } : defaultFor(classOf(object), catalog.owners.get(object))

/** The privileges of one object, the default when nothing else is kept. */
export const privilegesOf = (catalog: Catalog, object: ObjectKey): Privileges => catalog.privileges.get(object) ?? builtIn(catalog, object)

export type Grant = {
  readonly grant: boolean
  readonly privileges: readonly string[]
  readonly grantees: readonly string[]
  /** WITH GRANT OPTION, or GRANT OPTION FOR. */
  readonly option: boolean
}

const without = <T extends { readonly [key: string]: unknown }>(value: T, keys: readonly string[]): T =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) as T

/** A list after a GRANT or REVOKE. An owner's grant options are implied. */
export const granted = (before: Privileges, { grant, privileges, grantees, option }: Grant, owner: string): Privileges => {
  let next = before
  for (const grantee of grantees) {
    const held = next[grantee] ?? {}
    const changed = grant
      ? { ...held, ...Object.fromEntries(privileges.map((privilege) => [privilege, (held[privilege] ?? false) || (option && grantee !== owner)])) }
      : option
        ? { ...held, ...Object.fromEntries(privileges.filter((privilege) => privilege in held).map((privilege) => [privilege, false])) }
        : without(held, privileges)
    next = Object.keys(changed).length > 0 ? { ...next, [grantee]: changed } : without(next, [grantee])
  }
  return next
}

/** Two lists as one, the first one's entries kept (`aclmerge`). */
const merged = (left: Privileges, right: Privileges): Privileges => {
  let next = left
  for (const [grantee, held] of Object.entries(right)) {
    const before = next[grantee] ?? {}
    next = {
      ...next,
      [grantee]: { ...before, ...Object.fromEntries(Object.entries(held).map(([privilege, option]) => [privilege, option || (before[privilege] ?? false)])) },
    }
  }
  return next
}

/** The object types of ALTER DEFAULT PRIVILEGES. */
export type DefaultType = 'tables' | 'sequences' | 'functions' | 'types' | 'schemas'
export const defaultClasses: Readonly<Record<DefaultType, PrivilegeClass>> = {
  tables: 'TABLE',
  sequences: 'SEQUENCE',
  functions: 'ROUTINE',
  types: 'TYPE',
  schemas: 'SCHEMA',
}
const defaultTypes: Readonly<Partial<Record<string, DefaultType>>> = {
  table: 'tables',
  view: 'tables',
  sequence: 'sequences',
  routine: 'functions',
  type: 'types',
  schema: 'schemas',
}

/** The key of default privileges: an empty schema means all schemas. */
export const defaultKey = (role: string, schema: string, type: DefaultType): ObjectKey =>
  keyOf('default privileges', [role, schema, type].map(quoteIdentifier).join('.'))

/** The parts of that key. */
export const defaultParts = (key: ObjectKey): { readonly role: string; readonly schema: string; readonly type: DefaultType } => {
  const [role, schema, type] = partsOf(parseKey(key).name)
  return { role: role ?? migratingRole, schema: schema ?? '', type: type as DefaultType }
}

/** What default privileges begin with: for all schemas the built-in default, for one schema nothing (they are added to the others). */
export const defaultStart = (key: ObjectKey): Privileges => {
  const { role, schema, type } = defaultParts(key)
  return schema === '' ? defaultFor(defaultClasses[type], role) : {}
}

/** The list that a new object gets from the default privileges of the migrating role; undefined for the built-in one (`get_user_default_acl`). */
export const withDefaultPrivileges = (catalog: Catalog, object: ObjectKey): Privileges | undefined => {
  if (catalog.defaultPrivileges.size === 0) return undefined
  const { kind, name } = parseKey(object)
  const type = defaultTypes[kind]
  if (!type) return undefined
  const start = defaultFor(defaultClasses[type])
  const schema = type === 'schemas' ? '' : schemaOf(name as QualifiedName)
  const everywhere = catalog.defaultPrivileges.get(defaultKey(migratingRole, '', type)) ?? start
  const here = schema === '' ? undefined : catalog.defaultPrivileges.get(defaultKey(migratingRole, schema, type))
  const list = here ? merged(everywhere, here) : everywhere
  return equal(list, start) ? undefined : list
}

/** The object that a change makes, when new objects of its kind get default privileges. */
export const madeBy = (change: Change): ObjectKey | undefined => {
  switch (change.kind) {
    case 'create-table':
      return keyOf('table', change.name)
    case 'create-view':
      return keyOf('view', change.name)
    case 'create-sequence':
      return keyOf('sequence', change.name)
    case 'create-routine':
      return keyOf('routine', change.name)
    case 'create-type':
      return keyOf('type', change.name)
    case 'create-schema':
      return keyOf('schema', quoteIdentifier(change.name))
    default:
      return undefined
  }
}

/** What PostgreSQL adds to a change that makes an object: the privileges that ALTER DEFAULT PRIVILEGES promised. `catalog` is the one after the change. */
export const impliedPrivileges = (catalog: Catalog, change: Change): Change<'set-privileges'> | undefined => {
  const object = catalog.defaultPrivileges.size === 0 ? undefined : madeBy(change)
  const to = object === undefined ? undefined : withDefaultPrivileges(catalog, object)
  return object === undefined || to === undefined ? undefined : { kind: 'set-privileges', object, to }
}

const printPrivileges = (privileges: readonly string[], of: PrivilegeClass, columns: string): string =>
  privileges.length === all[of].length
    ? `ALL${columns}`
    : all[of]
        .filter((privilege) => privileges.includes(privilege))
        .map((privilege) => `${privilege}${columns}`)
        .join(', ')

/** GRANTs and REVOKEs that lead from one list to another: each as `GRANT … ON <object> TO …`. */
export const printDifference = (from: Privileges, to: Privileges, of: PrivilegeClass, object: string, columns = ''): readonly string[] => {
  const statements: string[] = []
  const add = (privileges: readonly string[], print: (printed: string) => string): void => {
    if (privileges.length > 0) statements.push(print(printPrivileges(privileges, of, columns)))
  }
  for (const grantee of [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()) {
    const [before, after] = [from[grantee] ?? {}, to[grantee] ?? {}]
    const role = printRole(grantee)
    add(
      Object.keys(before).filter((privilege) => !(privilege in after)),
      (printed) => `REVOKE ${printed} ON ${object} FROM ${role} CASCADE`,
    )
    add(
      Object.keys(before).filter((privilege) => before[privilege] && after[privilege] === false),
      (printed) => `REVOKE GRANT OPTION FOR ${printed} ON ${object} FROM ${role} CASCADE`,
    )
    add(
      Object.keys(after).filter((privilege) => after[privilege] === false && !(privilege in before)),
      (printed) => `GRANT ${printed} ON ${object} TO ${role}`,
    )
    add(
      Object.keys(after).filter((privilege) => after[privilege] && !before[privilege]),
      (printed) => `GRANT ${printed} ON ${object} TO ${role} WITH GRANT OPTION`,
    )
  }
  return statements
}

/** Privileges in words: `select, insert to app`. */
export const inWords = (privileges: Privileges): string =>
  Object.entries(privileges)
    .map(([grantee, held]) => `${Object.keys(held).join(', ').toLowerCase()} to ${grantee}`)
    .join('; ') || 'nobody'
