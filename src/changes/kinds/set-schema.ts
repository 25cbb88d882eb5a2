import type { Catalog, Definition } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import {
  display,
  displayIdentifier,
  displayKey,
  inSchema,
  keyOf,
  localName,
  type ObjectKey,
  parseKey,
  partsOf,
  type QualifiedName,
  quoteIdentifier,
  schemaOf,
} from '../../model/name.ts'
import { isTree, stringNode, strings } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import { locking, sequencesOf } from '../footprint.ts'
import { relationKind } from '../names.ts'
import { refuse } from '../refusal.ts'
import { schemaReaders } from '../rename-readers.ts'
import { moveDefinition, relationMoves, renameRelation, renameRoutine, renameType } from '../renaming.ts'
import { routineKeyWith, routineParts } from '../routine-keys.ts'
import { routineNamed } from '../routine-names.ts'

const moved = (object: ObjectKey, schema: string): ObjectKey => {
  const { kind, name } = parseKey(object)
  if (kind === 'extension') return object
  if (kind === 'routine') return keyOf(kind, routineKeyWith(name, schema, routineParts(name).local))
  const [word, , local] = partsOf(name)
  return kind === 'definition'
    ? keyOf(kind, [word ?? '', schema, local ?? ''].map(quoteIdentifier).join('.'))
    : keyOf(kind, inSchema(name as QualifiedName, schema))
}

/** The schema that an object stands in. */
const schemaBefore = (object: ObjectKey, before: Catalog): string => {
  const { kind, name } = parseKey(object)
  if (kind === 'extension') return before.extensions.get(partsOf(name)[0] ?? '')?.schema ?? 'public'
  return partsOf(name)[kind === 'definition' ? 1 : 0] ?? ''
}

const refuseTakenRelations = (catalog: Catalog, from: QualifiedName, to: QualifiedName): void => {
  for (const name of relationMoves(catalog, from, to).values()) {
    if (relationKind(catalog, name) !== undefined) refuse('42P07', `relation "${localName(name)}" already exists in schema "${schemaOf(name)}"`)
  }
}

const moveRelation = (catalog: Catalog, object: ObjectKey, from: QualifiedName, to: QualifiedName): Catalog => {
  if (relationKind(catalog, from) === undefined) refuse('42P01', `relation "${display(from)}" does not exist`)
  if (catalog.sequences.get(from)?.ownedBy)
    refuse('0A000', 'cannot move an owned sequence into another schema', `Sequence "${localName(from)}" is linked to a table.`)
  refuseTakenRelations(catalog, from, to)
  if (!object.startsWith('sequence ') && catalog.types.has(to)) refuse('42710', `type "${localName(to)}" already exists in schema "${schemaOf(to)}"`)
  return renameRelation(catalog, from, to)
}

const moveType = (catalog: Catalog, from: QualifiedName, to: QualifiedName): Catalog => {
  const type = catalog.types.get(from) ?? refuse('42704', `type "${display(from)}" does not exist`)
  if (catalog.types.has(to) || catalog.tables.has(to) || catalog.views.has(to))
    refuse('42710', `type "${localName(to)}" already exists in schema "${schemaOf(to)}"`)
  if (type.kind === 'composite') refuseTakenRelations(catalog, from, to)
  return renameType(catalog, from, to)
}

/** The object's own name in its CREATE tree, with another schema. */
const inTree = ({ create, ...rest }: Definition, schema: string): Definition => {
  const rename = (tree: Tree): Tree => {
    const names = tree.defnames ?? tree.conversion_name
    const key = tree.defnames === undefined ? 'conversion_name' : 'defnames'
    return Array.isArray(names) ? { ...tree, [key]: [schema, strings(names as readonly Tree[]).at(-1) ?? ''].map(stringNode) } : tree
  }
  const [node] = Object.keys(create)
  const content = node === undefined ? undefined : create[node]
  return { ...rest, create: node !== undefined && /Stmt$/.test(node) && isTree(content) ? { [node]: rename(content) } : rename(create) }
}

const moveIn = (catalog: Catalog, object: ObjectKey, schema: string): Catalog => {
  const { kind, name } = parseKey(object)
  const to = moved(object, schema)
  switch (kind) {
    case 'type':
      return moveType(catalog, name as QualifiedName, parseKey(to).name as QualifiedName)
    case 'routine': {
      if (!catalog.routines.has(name)) refuse('42883', `function ${display(routineParts(name).name)} does not exist`)
      if (catalog.routines.has(parseKey(to).name))
        refuse('42723', `function ${routineParts(name).local}${routineParts(name).args} already exists in schema "${schema}"`)
      return renameRoutine(catalog, name, parseKey(to).name)
    }
    case 'extension': {
      const extension = partsOf(name)[0] ?? ''
      const value = catalog.extensions.get(extension) ?? refuse('42704', `extension "${extension}" does not exist`)
      return put(catalog, 'extensions', extension, { ...value, schema })
    }
    case 'definition': {
      const definition = catalog.definitions.get(object) ?? refuse('42704', `${displayKey(object)} does not exist`)
      if (catalog.definitions.has(to)) refuse('42710', `${displayKey(to)} already exists`)
      return moveDefinition(catalog, object, to, inTree(definition, schema))
    }
    default:
      return moveRelation(catalog, object, name as QualifiedName, parseKey(to).name as QualifiedName)
  }
}

const words = (object: ObjectKey, before: Catalog): string => {
  const { kind, name } = parseKey(object)
  switch (kind) {
    case 'view':
      return `${before.views.get(name as QualifiedName)?.materialized ? 'MATERIALIZED ' : ''}VIEW ${name}`
    case 'table':
      return `${before.tables.get(name as QualifiedName)?.kind === 'foreign' ? 'FOREIGN ' : ''}TABLE ${name}`
    case 'definition': {
      const [word, schema, local] = partsOf(name)
      return `${(word ?? '').toUpperCase()} ${[schema ?? '', local ?? ''].map(quoteIdentifier).join('.')}`
    }
    default:
      return `${kind.toUpperCase()} ${name}`
  }
}

export const setSchema = defineChange({
  kind: 'set-schema',
  summary: 'An object moves to another schema; a table takes its indexes, constraints and owned sequences along.',
  reads: schemaReaders(routineNamed),
  apply({ object, to }, catalog) {
    if (!catalog.schemas.has(to)) refuse('3F000', `schema "${to}" does not exist`)
    return moveIn(catalog, object, to)
  },
  invert({ object, to }, before) {
    const extension = parseKey(object).kind === 'extension' ? partsOf(object)[0] : undefined
    const value = extension === undefined ? undefined : before.extensions.get(extension)
    if (extension !== undefined && value && value.schema === undefined) return [{ kind: 'alter-extension', name: extension, to: value }]
    return [{ kind: 'set-schema', object: moved(object, to), to: schemaBefore(object, before) }]
  },
  toSql: ({ object, to }, before) => [`ALTER ${words(object, before)} SET SCHEMA ${quoteIdentifier(to)}`],
  footprint({ object }, before) {
    const { kind, name } = parseKey(object)
    return kind === 'table' || kind === 'view' || kind === 'sequence'
      ? locking('ACCESS EXCLUSIVE', name as QualifiedName, ...sequencesOf(before, name as QualifiedName))
      : noFootprint
  },
  describe: ({ object, to }) => `${displayKey(object)} moves to schema ${displayIdentifier(to)}`,
  touches: ({ object, to }) => [object, moved(object, to)],
  examples: [
    {
      given: `CREATE SCHEMA s; CREATE TABLE t (id serial PRIMARY KEY, a text UNIQUE); CREATE INDEX i ON t (a); CREATE TABLE u (t int REFERENCES t); CREATE VIEW v AS SELECT t.a FROM t;
        COMMENT ON INDEX i IS 'x'; COMMENT ON COLUMN t.a IS 'y'`,
      sql: 'ALTER TABLE t SET SCHEMA s',
    },
    { given: `CREATE SCHEMA s; CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (m mood DEFAULT 'sad'::mood)`, sql: 'ALTER TYPE mood SET SCHEMA s' },
    { given: 'CREATE SCHEMA "S"; CREATE SEQUENCE q; CREATE TABLE t (a int)', sql: 'ALTER SEQUENCE q SET SCHEMA "S"' },
    {
      given: `CREATE SCHEMA s; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int DEFAULT f())`,
      sql: 'ALTER FUNCTION f() SET SCHEMA s',
    },
    { given: 'CREATE SCHEMA s; CREATE VIEW v AS SELECT 1 AS one', sql: 'ALTER VIEW v SET SCHEMA s' },
  ],
})
