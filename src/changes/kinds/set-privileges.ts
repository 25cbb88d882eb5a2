import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import {
  displayKey,
  keyOf,
  localName,
  member,
  type ObjectKey,
  parseKey,
  partsOf,
  type QualifiedName,
  qualified,
  quoteIdentifier,
  type RelationName,
  schemaOf,
} from '../../model/name.ts'
import { child, flag, list, strings, stringValue, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { wordOf } from '../definition-words.ts'
import { columnOf, drop, put } from '../edit.ts'
import { equal } from '../equal.ts'
import { columnOn } from '../found-by.ts'
import { relationKind } from '../names.ts'
import { allOf, builtIn, classOf, type Grant, granted, inWords, migratingRole, printDifference, privilegesOf } from '../privileges.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { roleNames } from '../roles.ts'
import { routineNamed } from '../routine-names.ts'

const relationKey = (catalog: Catalog, name: RelationName): ObjectKey => {
  const kind = relationKind(catalog, name)
  if (kind === 'table' || kind === 'view' || kind === 'sequence') return keyOf(kind, name)
  return refuse('42809', `"${localName(name)}" is ${kind === 'composite' ? 'a composite type' : 'an index'}`)
}

const routineKinds: Readonly<Record<string, readonly string[]>> = {
  OBJECT_FUNCTION: ['function', 'aggregate'],
  OBJECT_PROCEDURE: ['procedure'],
  OBJECT_ROUTINE: ['function', 'procedure', 'aggregate'],
}

/** All objects of a class in a schema. ALL TABLES means views too. */
const inSchema = (catalog: Catalog, type: string, schema: string): readonly ObjectKey[] => {
  if (!catalog.schemas.has(schema)) return refuse('3F000', `schema "${schema}" does not exist`)
  const here = <K extends QualifiedName>(names: Iterable<K>): readonly K[] => [...names].filter((name) => schemaOf(name) === schema)
  if (type === 'OBJECT_TABLE')
    return [...here(catalog.tables.keys()).map((name) => keyOf('table', name)), ...here(catalog.views.keys()).map((name) => keyOf('view', name))]
  if (type === 'OBJECT_SEQUENCE') return here(catalog.sequences.keys()).map((name) => keyOf('sequence', name))
  const kinds = routineKinds[type] ?? []
  return [...catalog.routines].filter(([name, { kind }]) => partsOf(name)[0] === schema && kinds.includes(kind)).map(([name]) => keyOf('routine', name))
}

/** The definitions that have privileges. */
const withPrivileges = ['OBJECT_LANGUAGE', 'OBJECT_FDW', 'OBJECT_FOREIGN_SERVER']

const namedObject = (reading: Reading, type: string, node: Tree): ObjectKey => {
  const range = child(node, 'RangeVar')
  if (range) return relationKey(reading.catalog, reading.relation(range))
  switch (type) {
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
      return keyOf('routine', routineNamed(reading, node, type))
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return keyOf('type', reading.type(list(child(node, 'List'), 'items')))
    case 'OBJECT_SCHEMA': {
      const schema = stringValue(node) ?? ''
      return reading.catalog.schemas.has(schema) ? keyOf('schema', quoteIdentifier(schema)) : refuse('3F000', `schema "${schema}" does not exist`)
    }
    default: {
      if (!withPrivileges.includes(type)) notUnderstood(`privileges on ${type.replace('OBJECT_', '').toLowerCase().replaceAll('_', ' ')}: not the schema's`)
      return keyOf('definition', `${quoteIdentifier(wordOf(type))}.${quoteIdentifier(stringValue(node) ?? '')}`)
    }
  }
}

/** Temporary relations leave no trace. */
const isTemporary = (reading: Reading, node: Tree): boolean => {
  const range = child(node, 'RangeVar')
  return range !== undefined && reading.isTemporary(range)
}

const targets = (reading: Reading, node: Tree): readonly ObjectKey[] => {
  const type = text(node, 'objtype') ?? ''
  const objects = list(node, 'objects')
  if (text(node, 'targtype') === 'ACL_TARGET_ALL_IN_SCHEMA') return objects.flatMap((schema) => inSchema(reading.catalog, type, stringValue(schema) ?? ''))
  return objects.filter((object) => !isTemporary(reading, object)).map((object) => namedObject(reading, type, object))
}

/** Sets an object's list; the built-in default is kept as none. */
const set = (reading: Reading, object: ObjectKey, next: ReturnType<typeof granted>, implied = false): void => {
  const { catalog } = reading
  if (equal(next, privilegesOf(catalog, object))) return
  const change = { kind: 'set-privileges', object, to: equal(next, builtIn(catalog, object)) ? undefined : next } as const
  if (implied) reading.imply(change)
  else reading.emit(change)
}

const apply = (reading: Reading, object: ObjectKey, grant: Grant, implied = false): void =>
  set(reading, object, granted(privilegesOf(reading.catalog, object), grant, reading.catalog.owners.get(object) ?? migratingRole), implied)

const read = (reading: Reading, node: Tree): void => {
  const how = { grant: flag(node, 'is_grant'), option: flag(node, 'grant_option'), grantees: roleNames(list(node, 'grantees')) }
  const named = list(node, 'privileges').map((privilege) => child(privilege, 'AccessPriv') ?? {})
  for (const object of targets(reading, node)) {
    const of = classOf(object)
    const whole =
      named.length === 0
        ? allOf(of)
        : named.filter((privilege) => list(privilege, 'cols').length === 0).flatMap((privilege) => privilegeNames(privilege, allOf(of)))
    if (whole.length > 0) apply(reading, object, { ...how, privileges: whole })
    if (of !== 'TABLE') continue
    const relation = parseKey(object).name as RelationName
    if (!how.grant && whole.length > 0) revokeFromColumns(reading, relation, { ...how, privileges: whole })
    for (const privilege of named) {
      for (const column of strings(list(privilege, 'cols'))) {
        if (reading.catalog.tables.has(relation)) columnOf(reading.catalog, relation, column)
        apply(reading, keyOf('column', member(relation, column)), { ...how, privileges: privilegeNames(privilege, allOf('COLUMN')) })
      }
    }
  }
}

/** One named privilege in capitals; ALL (…) of columns is all of theirs. */
const privilegeNames = (privilege: Tree, all: readonly string[]): readonly string[] => {
  const name = text(privilege, 'priv_name')?.toUpperCase()
  if (name === undefined) return all
  return all.includes(name) ? [name] : refuse('0LP01', `invalid privilege type ${name}`)
}

/** A REVOKE on a table takes the same privileges from its columns. */
const revokeFromColumns = (reading: Reading, relation: RelationName, grant: Grant): void => {
  for (const object of reading.catalog.privileges.keys()) {
    if (object.startsWith(`column ${relation}.`)) apply(reading, object, grant, true)
  }
}

/** `TABLE "s"."t"`, and the column of a column's key. */
const printObject = (catalog: Catalog, object: ObjectKey): readonly [string, string] => {
  const { name } = parseKey(object)
  const of = classOf(object)
  const parts = partsOf(name)
  if (of === 'COLUMN') return [`TABLE ${qualified(parts[0] ?? '', parts[1] ?? '')}`, ` (${quoteIdentifier(parts[2] ?? '')})`]
  if (of === 'LANGUAGE' || of === 'FOREIGN DATA WRAPPER' || of === 'FOREIGN SERVER') return [`${of} ${quoteIdentifier(parts.at(-1) ?? '')}`, '']
  if (of === 'ROUTINE') return [`${catalog.routines.get(name)?.kind === 'procedure' ? 'PROCEDURE' : 'FUNCTION'} ${name}`, '']
  return [`${of} ${name}`, '']
}

/** An identity's sequence that stands ready comes with its column: until then there is nothing to grant. */
const waitsForColumn = (catalog: Catalog, object: ObjectKey): boolean => {
  const { kind, name } = parseKey(object)
  const owner = kind === 'sequence' ? catalog.sequences.get(name as RelationName)?.ownedBy : undefined
  return owner?.mode === 'internal' && columnOn(catalog, owner.table, owner.column)?.identity?.sequence !== name
}

export const setPrivileges = defineChange({
  kind: 'set-privileges',
  summary: 'The privileges of an object are granted or revoked.',
  reads: { GrantStmt: read },
  apply: ({ object, to }, catalog) => (to === undefined ? drop(catalog, 'privileges', object) : put(catalog, 'privileges', object, to)),
  invert: ({ object }, before) => [{ kind: 'set-privileges', object, to: before.privileges.get(object) }],
  toSql({ object, to }, before) {
    if (waitsForColumn(before, object)) return []
    const [printed, columns] = printObject(before, object)
    return printDifference(privilegesOf(before, object), to ?? builtIn(before, object), classOf(object), printed, columns)
  },
  footprint: () => noFootprint,
  describe: ({ object, to }) => `privileges on ${displayKey(object)} are ${to === undefined ? 'the built-in ones' : inWords(to)}`,
  touches: ({ object }) => [object],
  examples: [
    { given: `CREATE ROLE app; CREATE TABLE a (id int, note text)`, sql: `GRANT SELECT, INSERT ON a TO app` },
    { given: `CREATE ROLE app; CREATE TABLE a (id int, note text)`, sql: `GRANT SELECT (id), UPDATE (note) ON a TO app WITH GRANT OPTION` },
    { given: `CREATE ROLE app; CREATE TABLE a (id int); GRANT ALL ON a TO app`, sql: `REVOKE DELETE, TRUNCATE ON a FROM app` },
    { given: `CREATE ROLE app; CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a`, sql: `GRANT SELECT ON ALL TABLES IN SCHEMA public TO app` },
    { given: `CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'`, sql: `REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC` },
    { given: `CREATE ROLE app; CREATE SCHEMA s; CREATE SEQUENCE s.q; CREATE TYPE s.e AS ENUM ('a')`, sql: `GRANT USAGE, CREATE ON SCHEMA s TO app, PUBLIC` },
    { given: `CREATE ROLE app; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO app`, sql: `CREATE TABLE a (id int)` },
  ],
})
