/** COMMENT ON: which object a statement means, and how it is named in SQL. */
import type { Catalog } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import {
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
} from '../model/name.ts'
import { child, list, strings, text } from '../sql/tree.ts'
import { constraintNamed } from './constraint-names.ts'
import { namedInSchemas, standsInSchema, wordOf } from './definition-words.ts'
import { ownerOfIndex, relationKind } from './names.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { domainNamed, objectParts, schemaDefinition } from './rename-readers.ts'
import { routineNamed } from './routine-names.ts'
import { typeNamed, userType } from './type-names.ts'

const word = (node: Tree): string => text(child(child(node, 'object'), 'String'), 'sval') ?? ''

/** The relation that parts name; refuses with 42P01. */
const relationNamed = (reading: Reading, parts: readonly string[]): RelationName =>
  reading.find(parts, (name) => relationKind(reading.catalog, name) !== undefined) ?? refuse('42P01', `relation "${parts.join('.')}" does not exist`)

const onRelation = (reading: Reading, node: Tree, is: (name: RelationName) => boolean, what: string): RelationName => {
  const parts = strings(objectParts(node))
  const name = relationNamed(reading, parts)
  return is(name) ? name : refuse('42809', `"${parts.at(-1) ?? ''}" is not ${what}`)
}

const column = (reading: Reading, node: Tree): ObjectKey => {
  const parts = strings(objectParts(node))
  const on = relationNamed(reading, parts.slice(0, -1))
  const name = parts.at(-1) ?? ''
  const type = reading.catalog.types.get(on)
  const columns = [
    ...(reading.catalog.tables.get(on)?.columns.map((attribute) => attribute.name) ?? []),
    ...(reading.catalog.views.get(on)?.columns ?? []),
    ...(type?.kind === 'composite' ? type.attributes.map((attribute) => attribute.name) : []),
  ]
  return columns.includes(name) ? keyOf('column', member(on, name)) : refuse('42703', `column "${name}" of relation "${localName(on)}" does not exist`)
}

/** Constraint, trigger, policy or rule of a relation: the name stands last. */
const part = (reading: Reading, node: Tree, kind: 'constraint' | 'trigger' | 'policy' | 'rule'): ObjectKey => {
  const parts = strings(objectParts(node))
  const on = relationNamed(reading, parts.slice(0, -1))
  const name = parts.at(-1) ?? ''
  return hasPart(reading.catalog, on, kind, name)
    ? keyOf(kind, member(on, name))
    : refuse('42704', `${kind} "${name}" for table "${localName(on)}" does not exist`)
}

const hasPart = (catalog: Catalog, on: RelationName, kind: 'constraint' | 'trigger' | 'policy' | 'rule', name: string): boolean => {
  const table = catalog.tables.get(on)
  const view = catalog.views.get(on)
  switch (kind) {
    case 'constraint':
      return table !== undefined && constraintNamed(catalog, on, name)
    case 'policy':
      return table?.policies.has(name) ?? false
    case 'trigger':
      return (table ?? view)?.triggers.has(name) ?? false
    case 'rule':
      return (table ?? view)?.rules.has(name) ?? false
  }
}

const domainConstraint = (reading: Reading, node: Tree): ObjectKey => {
  const [type, constraint] = objectParts(node)
  const domain = domainNamed(reading, list(child(type, 'TypeName'), 'names'))
  const name = text(child(constraint, 'String'), 'sval') ?? ''
  if (!userType(reading.catalog, domain, 'domain').constraints.has(name)) refuse('42704', `constraint "${name}" for domain ${localName(domain)} does not exist`)
  return keyOf('domain constraint', member(domain, name))
}

const schema = (reading: Reading, node: Tree): ObjectKey =>
  reading.catalog.schemas.has(word(node)) ? keyOf('schema', quoteIdentifier(word(node))) : refuse('3F000', `schema "${word(node)}" does not exist`)

const extension = (reading: Reading, node: Tree): ObjectKey => {
  if (word(node) === 'plpgsql') notUnderstood('a comment on plpgsql, which every database has')
  return reading.catalog.extensions.has(word(node))
    ? keyOf('extension', quoteIdentifier(word(node)))
    : refuse('42704', `extension "${word(node)}" does not exist`)
}

/** The definitions that COMMENT ON names by a name alone. */
const commented: ReadonlySet<string> = new Set([
  ...namedInSchemas,
  'OBJECT_PUBLICATION',
  'OBJECT_SUBSCRIPTION',
  'OBJECT_EVENT_TRIGGER',
  'OBJECT_FOREIGN_SERVER',
  'OBJECT_FDW',
  'OBJECT_ACCESS_METHOD',
  'OBJECT_LANGUAGE',
])

const definition = (reading: Reading, node: Tree, type: string): ObjectKey => {
  if (!commented.has(type)) notUnderstood(`COMMENT ON ${type.replace('OBJECT_', '').replaceAll('_', ' ')}`)
  if (standsInSchema(type)) return schemaDefinition(reading, wordOf(type), strings(objectParts(node)))
  const key = keyOf('definition', [wordOf(type), word(node)].map(quoteIdentifier).join('.'))
  return reading.catalog.definitions.has(key) ? key : refuse('42704', `${wordOf(type)} "${word(node)}" does not exist`)
}

/** The object that COMMENT ON names; refuses what is missing. */
export const commentedObject = (reading: Reading, node: Tree): ObjectKey => {
  const { catalog } = reading
  const type = text(node, 'objtype') ?? ''
  switch (type) {
    case 'OBJECT_TABLE':
      return keyOf(
        'table',
        onRelation(reading, node, (name) => catalog.tables.has(name), 'a table'),
      )
    case 'OBJECT_FOREIGN_TABLE':
      return keyOf(
        'table',
        onRelation(reading, node, (name) => catalog.tables.get(name)?.kind === 'foreign', 'a foreign table'),
      )
    case 'OBJECT_VIEW':
      return keyOf(
        'view',
        onRelation(reading, node, (name) => catalog.views.get(name)?.materialized === false, 'a view'),
      )
    case 'OBJECT_MATVIEW':
      return keyOf(
        'view',
        onRelation(reading, node, (name) => catalog.views.get(name)?.materialized === true, 'a materialized view'),
      )
    case 'OBJECT_INDEX':
      return keyOf(
        'index',
        onRelation(reading, node, (name) => catalog.indexes.has(name) || ownerOfIndex(catalog, name) !== undefined, 'an index'),
      )
    case 'OBJECT_SEQUENCE':
      return keyOf(
        'sequence',
        onRelation(reading, node, (name) => catalog.sequences.has(name), 'a sequence'),
      )
    case 'OBJECT_COLUMN':
      return column(reading, node)
    case 'OBJECT_TABCONSTRAINT':
      return part(reading, node, 'constraint')
    case 'OBJECT_TRIGGER':
      return part(reading, node, 'trigger')
    case 'OBJECT_POLICY':
      return part(reading, node, 'policy')
    case 'OBJECT_RULE':
      return part(reading, node, 'rule')
    case 'OBJECT_DOMCONSTRAINT':
      return domainConstraint(reading, node)
    case 'OBJECT_TYPE':
      return keyOf('type', typeNamed(reading, list(child(child(node, 'object'), 'TypeName'), 'names')))
    case 'OBJECT_DOMAIN':
      return keyOf('type', domainNamed(reading, list(child(child(node, 'object'), 'TypeName'), 'names')))
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_AGGREGATE':
    case 'OBJECT_ROUTINE':
      return keyOf('routine', routineNamed(reading, child(node, 'object'), type))
    case 'OBJECT_SCHEMA':
      return schema(reading, node)
    case 'OBJECT_EXTENSION':
      return extension(reading, node)
    case 'OBJECT_ROLE':
      return keyOf('role', quoteIdentifier(word(node)))
    case 'OBJECT_DATABASE':
      return keyOf('database', quoteIdentifier(word(node)))
    default:
      return definition(reading, node, type)
  }
}

/** The relation that a fact's object is or belongs to, if any. */
export const relationOf = (object: ObjectKey): RelationName | undefined => {
  const { kind, name } = parseKey(object)
  if (kind === 'table' || kind === 'view' || kind === 'index' || kind === 'sequence') return name as RelationName
  if (kind !== 'column' && kind !== 'constraint' && kind !== 'trigger' && kind !== 'policy' && kind !== 'rule') return undefined
  const [first, second] = partsOf(name)
  return qualified(first ?? '', second ?? '')
}

const definitionSql = (name: string): string => {
  const [type, ...rest] = partsOf(name)
  return `${(type ?? '').toUpperCase()} ${rest.map(quoteIdentifier).join('.')}`
}

/** An object as COMMENT ON, ALTER … OWNER and their like name it: `CONSTRAINT "c" ON "public"."t"`. */
export const objectSql = (object: ObjectKey, catalog: Catalog): string => {
  const { kind, name } = parseKey(object)
  switch (kind) {
    case 'table':
      return `${catalog.tables.get(name as QualifiedName)?.kind === 'foreign' ? 'FOREIGN ' : ''}TABLE ${name}`
    case 'view':
      return `${catalog.views.get(name as QualifiedName)?.materialized ? 'MATERIALIZED ' : ''}VIEW ${name}`
    case 'type':
      return `${catalog.types.get(name as QualifiedName)?.kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${name}`
    case 'constraint':
    case 'trigger':
    case 'policy':
    case 'rule':
      return `${kind.toUpperCase()} ${quoteIdentifier(partsOf(name).at(-1) ?? '')} ON ${relationOf(object) ?? name}`
    case 'domain constraint': {
      const [first, second, own] = partsOf(name)
      return `CONSTRAINT ${quoteIdentifier(own ?? '')} ON DOMAIN ${qualified(first ?? '', second ?? '')}`
    }
    case 'definition':
      return definitionSql(name)
    default:
      return `${kind.toUpperCase()} ${name}`
  }
}
