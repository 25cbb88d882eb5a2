/** ALTER … RENAME and SET SCHEMA of relations, as statements name them: a table's words may also mean a view, an index or a sequence. */
import type { Catalog } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { display, keyOf, localName, type ObjectKey, type QualifiedName, qualified, quoteIdentifier, type RelationName, schemaOf } from '../model/name.ts'
import { child, list, strings, text } from '../sql/tree.ts'
import { namedInSchemas, wordOf } from './definition-words.ts'
import { ownerOfIndex, relationKind } from './names.ts'
import type { Reading } from './reading.ts'
import { refuse } from './refusal.ts'
import { alteredRelation } from './temporary.ts'
import { typeNamed } from './type-names.ts'

type Wanted = 'table' | 'index' | 'sequence' | 'view' | 'materialized view' | 'foreign table'

/** Refuses a relation that is not what the statement's words say (42809); `ALTER TABLE` and `ALTER INDEX` are lenient. */
const refuseOther = (catalog: Catalog, name: RelationName, wanted: Wanted): void => {
  const kind = relationKind(catalog, name)
  const local = localName(name)
  if (kind === 'composite') refuse('42809', `"${local}" is a composite type`)
  const view = catalog.views.get(name)
  if (wanted === 'sequence' && kind !== 'sequence') refuse('42809', `"${local}" is not a sequence`)
  if (wanted === 'view' && (!view || view.materialized)) refuse('42809', `"${local}" is not a view`)
  if (wanted === 'materialized view' && !view?.materialized) refuse('42809', `"${local}" is not a materialized view`)
  if (wanted === 'foreign table' && catalog.tables.get(name)?.kind !== 'foreign') refuse('42809', `"${local}" is not a foreign table`)
}

/** The relation that an ALTER names; undefined when there is nothing to do (IF EXISTS, temporary). */
const target = (reading: Reading, node: Tree, wanted: Wanted): RelationName | undefined => {
  const name = alteredRelation(reading, node)
  if (name !== undefined) refuseOther(reading.catalog, name, wanted)
  return name
}

/** Reads RENAME TO of a relation: what it is decides the kind of change. */
export const readRenameRelation =
  (wanted: Wanted) =>
  (reading: Reading, node: Tree): void => {
    const name = target(reading, node, wanted)
    const to = text(node, 'newname') ?? ''
    if (name === undefined) return
    switch (relationKind(reading.catalog, name)) {
      case 'view':
        return reading.emit({ kind: 'rename-view', name, to })
      case 'index':
        return reading.emit({ kind: 'rename-index', name, to, ...(text(node, 'renameType') === 'OBJECT_INDEX' ? {} : { asTable: true as const }) })
      case 'sequence':
        return reading.emit({ kind: 'rename-sequence', name, to })
      case 'constraint index': {
        const on = ownerOfIndex(reading.catalog, name)
        return on === undefined
          ? undefined
          : reading.emit({
              kind: 'rename-constraint',
              on,
              from: localName(name),
              to,
              ...(text(node, 'renameType') === 'OBJECT_INDEX' ? { asIndex: true as const } : {}),
            })
      }
      default:
        return reading.emit({ kind: 'rename-table', name, to })
    }
  }

/** Reads SET SCHEMA of a relation. */
const readMoveRelation =
  (wanted: Wanted) =>
  (reading: Reading, node: Tree): void => {
    const name = target(reading, node, wanted)
    if (name === undefined) return
    const kind = relationKind(reading.catalog, name)
    if (kind === 'index' || kind === 'constraint index') refuse('42809', `cannot change schema of index "${localName(name)}"`)
    if (reading.catalog.sequences.get(name)?.ownedBy)
      refuse('0A000', 'cannot move an owned sequence into another schema', `Sequence "${localName(name)}" is linked to a table.`)
    move(reading, keyOf(kind === 'view' || kind === 'sequence' ? kind : 'table', name), schemaOf(name), text(node, 'newschema') ?? '')
  }

const move = (reading: Reading, object: ObjectKey, from: string, to: string): void => {
  if (!reading.catalog.schemas.has(to)) refuse('3F000', `schema "${to}" does not exist`)
  if (from !== to) reading.emit({ kind: 'set-schema', object, to })
}

/** A domain where one is meant; refuses another type with 42809. */
export const domainNamed = (reading: Reading, nodes: readonly Tree[]): QualifiedName => {
  const name = typeNamed(reading, nodes)
  return reading.catalog.types.get(name)?.kind === 'domain' ? name : refuse('42809', `${display(name)} is not a domain`)
}

/** The parts of the name that a statement has in `object`. */
export const objectParts = (node: Tree): readonly Tree[] => list(child(child(node, 'object'), 'List'), 'items')

const readMoveType = (reading: Reading, node: Tree): void => {
  const parts = objectParts(node)
  const name = text(node, 'objectType') === 'OBJECT_DOMAIN' ? domainNamed(reading, parts) : typeNamed(reading, parts)
  move(reading, keyOf('type', name), schemaOf(name), text(node, 'newschema') ?? '')
}

const readMoveExtension = (reading: Reading, node: Tree): void => {
  const name = text(child(child(node, 'object'), 'String'), 'sval') ?? ''
  const extension = reading.catalog.extensions.get(name) ?? refuse('42704', `extension "${name}" does not exist`)
  move(reading, keyOf('extension', quoteIdentifier(name)), extension.schema ?? '', text(node, 'newschema') ?? '')
}

/** The key of an object of one definition that stands in a schema; refuses with 42704. */
export const schemaDefinition = (reading: Reading, word: string, parts: readonly string[]): ObjectKey => {
  const key = (name: QualifiedName): ObjectKey => keyOf('definition', `"${word}".${name}`)
  const name = reading.find(parts, (candidate) => reading.catalog.definitions.has(key(candidate)))
  return name === undefined ? refuse('42704', `${word} "${parts.join('.')}" does not exist`) : key(name)
}

const readMoveDefinition =
  (word: string) =>
  (reading: Reading, node: Tree): void => {
    const object = schemaDefinition(reading, word, strings(objectParts(node)))
    const parts = /\."((?:[^"]|"")*)"\."(?:[^"]|"")*"$/.exec(object)
    move(reading, object, (parts?.[1] ?? '').replaceAll('""', '"'), text(node, 'newschema') ?? '')
  }

const routineMover =
  (find: (reading: Reading, object: Tree | undefined, kind: string) => string | undefined) =>
  (reading: Reading, node: Tree): void => {
    const key = find(reading, child(node, 'object'), text(node, 'objectType') ?? '')
    if (key !== undefined) move(reading, keyOf('routine', key), schemaOf(key as QualifiedName), text(node, 'newschema') ?? '')
  }

/** Readers of AlterObjectSchemaStmt by object type; `findRoutine` answers the key of the routine that a node names. */
export const schemaReaders = (
  findRoutine: (reading: Reading, object: Tree | undefined, kind: string) => string | undefined,
): { readonly [place: string]: (reading: Reading, node: Tree) => void } => ({
  'AlterObjectSchemaStmt OBJECT_TABLE': readMoveRelation('table'),
  'AlterObjectSchemaStmt OBJECT_FOREIGN_TABLE': readMoveRelation('foreign table'),
  'AlterObjectSchemaStmt OBJECT_VIEW': readMoveRelation('view'),
  'AlterObjectSchemaStmt OBJECT_MATVIEW': readMoveRelation('materialized view'),
  'AlterObjectSchemaStmt OBJECT_SEQUENCE': readMoveRelation('sequence'),
  'AlterObjectSchemaStmt OBJECT_TYPE': readMoveType,
  'AlterObjectSchemaStmt OBJECT_DOMAIN': readMoveType,
  'AlterObjectSchemaStmt OBJECT_EXTENSION': readMoveExtension,
  ...Object.fromEntries(['FUNCTION', 'PROCEDURE', 'AGGREGATE', 'ROUTINE'].map((kind) => [`AlterObjectSchemaStmt OBJECT_${kind}`, routineMover(findRoutine)])),
  ...Object.fromEntries(namedInSchemas.map((type) => [`AlterObjectSchemaStmt ${type}`, readMoveDefinition(wordOf(type))])),
})

/** A relation's name in another schema, or with another name. */
export const renamed = (name: RelationName, to: string): RelationName => qualified(schemaOf(name), to)

/** Refuses a name that something in pg_class (42P07) or, for what has a row type, in pg_type (42710) has already. */
export const refuseTaken = (catalog: Catalog, name: RelationName, hasType: boolean): void => {
  if (relationKind(catalog, name) !== undefined) refuse('42P07', `relation "${localName(name)}" already exists`)
  if (hasType && catalog.types.has(name)) refuse('42710', `type "${localName(name)}" already exists`)
}
