/** Owners: only objects that the migrating role does not own have an entry. */
import type { Catalog } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { keyOf, localName, type ObjectKey, parseKey, quoteIdentifier, type RelationName } from '../model/name.ts'
import { child, list, stringValue } from '../sql/tree.ts'
import { definitionTypes } from './definition-words.ts'
import { definitionNamed, namedParts, printDefinitionObject } from './definitions.ts'
import { sequencesOwnedBy } from './found-by.ts'
import { relationKind } from './names.ts'
import { migratingRole } from './privileges.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { routineNamed } from './routine-names.ts'

const relationKinds = { table: 'table', view: 'view', sequence: 'sequence', index: 'index', 'constraint index': 'index', composite: 'type' } as const

/** The key of a relation, by what it is. */
export const relationKey = (catalog: Catalog, name: RelationName): ObjectKey => keyOf(relationKinds[relationKind(catalog, name) ?? 'table'], name)

/** The object of an AlterOwnerStmt that has a home in the catalog; stops reading for others. */
export const ownedObject = (reading: Reading, type: string, node: Tree | undefined): ObjectKey => {
  switch (type) {
    case 'OBJECT_SCHEMA': {
      const schema = stringValue(node) ?? ''
      return reading.catalog.schemas.has(schema) ? keyOf('schema', quoteIdentifier(schema)) : refuse('3F000', `schema "${schema}" does not exist`)
    }
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return keyOf('type', reading.type(list(child(node, 'List'), 'items')))
    case 'OBJECT_FUNCTION':
    case 'OBJECT_PROCEDURE':
    case 'OBJECT_ROUTINE':
    case 'OBJECT_AGGREGATE':
      return keyOf('routine', routineNamed(reading, node, type))
    default:
      if (!definitionTypes.includes(type)) return notUnderstood(`the owner of a ${type.replace('OBJECT_', '').toLowerCase().replaceAll('_', ' ')}`)
      return definitionNamed(reading, type, namedParts(reading, type, node))
  }
}

const words: Readonly<Record<string, string>> = { table: 'TABLE', sequence: 'SEQUENCE', schema: 'SCHEMA', type: 'TYPE' }

/** `ALTER … ` with the object's name, for OWNER TO. */
export const alterHead = (catalog: Catalog, object: ObjectKey): string => {
  const { kind, name } = parseKey(object)
  if (kind === 'view') return `ALTER ${catalog.views.get(name as RelationName)?.materialized ? 'MATERIALIZED VIEW' : 'VIEW'} ${name}`
  if (kind === 'routine') return `ALTER ${(catalog.routines.get(name)?.kind ?? 'function').toUpperCase()} ${name}`
  if (kind === 'definition') return `ALTER ${printDefinitionObject(object)}`
  return `ALTER ${words[kind] ?? kind.toUpperCase()} ${name}`
}

/** The owner of an object. */
export const ownerOf = (catalog: Catalog, object: ObjectKey): string => catalog.owners.get(object) ?? migratingRole

/** Sequences that go with a table: an owned sequence has its table's owner. */
export const ownedSequences = (catalog: Catalog, on: RelationName): readonly RelationName[] => sequencesOwnedBy(catalog, on).map(([name]) => name)

/** Refuses a sequence that follows its table. */
export const refuseOwned = (catalog: Catalog, name: RelationName): void => {
  const owner = catalog.sequences.get(name)?.ownedBy
  if (owner)
    refuse('0A000', `cannot change owner of sequence "${localName(name)}"`, `Sequence "${localName(name)}" is linked to table "${localName(owner.table)}".`)
}
