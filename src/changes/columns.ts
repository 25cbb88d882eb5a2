/** Reading columns, wherever they are defined: CREATE TABLE and ADD COLUMN. */
import type { Attribute, Expression, Sequence, TypeReference } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { localName, qualified, type RelationName, schemaOf } from '../model/name.ts'
import { child, flag, list, optionNamed, strings, text } from '../sql/tree.ts'
import { constraintNode, type Placed } from './constraints.ts'
import { nextvalArgument } from './expressions.ts'
import { readForeignOptions } from './foreign-options.ts'
import { chooseConstraintName, chooseRelationName, refuseTakenRelation, relationKind } from './names.ts'
import type { Reading } from './reading.ts'
import { notUnderstood } from './refusal.ts'
import { initialOptions } from './sequence-options.ts'
import { builtinType, integerTypes, readCollation, readOptions, sequenceType, serialType } from './types.ts'

export type ReadColumn = {
  readonly attribute: Attribute
  /** Made before the column: a serial's or an identity's sequence. */
  readonly sequence?: { readonly name: RelationName; readonly value: Sequence; readonly serial: boolean }
  /** Its constraints other than NOT NULL, in order, each with the column's name. */
  readonly constraints: readonly Placed[]
}

/** Deferral written after a column constraint belongs to that constraint. */
const withAttributes = (nodes: readonly Tree[]): readonly Tree[] => {
  const merged: Tree[] = []
  for (const node of nodes) {
    const last = merged.at(-1)
    const type = text(node, 'contype') ?? ''
    if (!type.startsWith('CONSTR_ATTR_') || !last) {
      merged.push(node)
      continue
    }
    const set = {
      CONSTR_ATTR_DEFERRABLE: { deferrable: true },
      CONSTR_ATTR_NOT_DEFERRABLE: {},
      CONSTR_ATTR_DEFERRED: { deferrable: true, initdeferred: true },
      CONSTR_ATTR_IMMEDIATE: {},
      CONSTR_ATTR_ENFORCED: { is_enforced: true },
      CONSTR_ATTR_NOT_ENFORCED: { is_enforced: false },
    }[type]
    merged[merged.length - 1] = { ...last, ...(set ?? {}) }
  }
  return merged
}

/** Options of an identity's or CREATE SEQUENCE's list: type and name are told apart from what is kept. */
export const readSequenceOptions = (elements: readonly Tree[]): Readonly<Record<string, string>> => {
  const kept = elements.filter(
    (element) => !['as', 'owned_by', 'sequence_name', 'logged', 'unlogged'].includes(text(child(element, 'DefElem'), 'defname') ?? ''),
  )
  const options = readOptions(kept)
  return Object.fromEntries(
    kept.map((element) => {
      const node = child(element, 'DefElem')
      const name = text(node, 'defname') ?? ''
      return [name, node?.arg === undefined ? 'none' : (options[name] ?? '')]
    }),
  )
}

/** A default as the catalog holds it: `nextval('s')` of a known sequence is a reference to it. */
export const readDefault = (reading: Reading, tree: Tree): NonNullable<Attribute['default']> => {
  const named = nextvalArgument(tree)
  if (named === undefined) return reading.expression(tree) satisfies Expression
  const parts = splitName(named)
  const sequence = reading.find(parts, (name) => relationKind(reading.catalog, name) === 'sequence')
  return sequence === undefined ? reading.expression(tree) : { sequence }
}

/** True where a row gets a value that the INSERT does not give. */
export const fillsItself = ({ default: value, identity, generated }: Attribute): boolean =>
  value !== undefined || identity !== undefined || generated !== undefined

/** A name in a text, as `regclass` reads it: unquoted parts fold to lower case. */
export const splitName = (name: string): readonly string[] =>
  [...name.matchAll(/"((?:[^"]|"")+)"|([^."\s]+)/g)].map((match) => (match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"')))

const generatedOf = (reading: Reading, node: Tree | undefined): Attribute['generated'] | undefined => {
  const expression = child(node, 'raw_expr')
  return node && expression ? { stored: text(node, 'generated_kind') !== 'v', expression: reading.expression(expression) } : undefined
}

/** An identity's sequence: its name is given, or chosen like a serial's. */
const identitySequence = (
  reading: Reading,
  on: RelationName,
  column: string,
  type: 'smallint' | 'integer' | 'bigint',
  node: Tree,
): NonNullable<ReadColumn['sequence']> => {
  const elements = list(node, 'options')
  const given = optionNamed(elements, 'sequence_name')
  const parts = strings(list(child(child(given, 'arg'), 'List'), 'items'))
  const name =
    parts.length > 0
      ? qualified(parts.length > 1 ? (parts[0] ?? '') : schemaOf(on), parts.at(-1) ?? '')
      : chooseRelationName(reading.catalog, schemaOf(on), localName(on), column, 'seq')
  return {
    name,
    serial: false,
    value: { type, options: initialOptions(type, readSequenceOptions(elements)), persistence: 'permanent', ownedBy: { table: on, column, mode: 'internal' } },
  }
}

const serialSequence = (reading: Reading, on: RelationName, column: string, type: 'smallint' | 'integer' | 'bigint'): NonNullable<ReadColumn['sequence']> => ({
  name: chooseRelationName(reading.catalog, schemaOf(on), localName(on), column, 'seq'),
  serial: true,
  value: { type, options: {}, persistence: 'permanent' },
})

/** One ColumnDef. `taken` are the constraint names of the same statement, which an implied NOT NULL name avoids. */
export const readColumn = (
  reading: Reading,
  on: RelationName,
  definition: Tree,
  taken: ReadonlySet<string> = new Set(),
  persistence: Sequence['persistence'] = reading.catalog.tables.get(on)?.persistence ?? 'permanent',
): ReadColumn => {
  const name = text(definition, 'colname') ?? ''
  const typeName = child(definition, 'typeName') ?? notUnderstood(`column ${name} has no type`)
  const nodes = withAttributes(list(definition, 'constraints').map((node) => constraintNode(node) ?? {}))
  const find = (type: string): Tree | undefined => nodes.find((node) => text(node, 'contype') === type)
  const serial = serialType(typeName)
  const type = serial ? builtinType(integerTypes[serial]) : reading.typeReference(typeName)
  const identity = find('CONSTR_IDENTITY')
  const made = serial
    ? serialSequence(reading, on, name, serial)
    : identity
      ? identitySequence(reading, on, name, sequenceType(type) ?? 'bigint', identity)
      : undefined
  // The sequence of an unlogged table's column is unlogged too (`generateSerialExtraStmts`, PostgreSQL 15 and later).
  const sequence = made && persistence !== made.value.persistence ? { ...made, value: { ...made.value, persistence } } : made
  const notNull = find('CONSTR_NOTNULL')
  const isNotNull = notNull !== undefined || serial !== undefined || identity !== undefined
  const value = child(find('CONSTR_DEFAULT'), 'raw_expr')
  const generated = generatedOf(reading, find('CONSTR_GENERATED'))
  const collation = readCollation(child(definition, 'collClause') ?? child(child(definition, 'collClause'), 'CollateClause'))
  const storage = text(definition, 'storage_name')
  const compression = text(definition, 'compression')
  const foreignOptions = readForeignOptions(list(definition, 'fdwoptions'))
  return {
    attribute: {
      name,
      type,
      ...(collation ? { collation } : {}),
      notNull: isNotNull
        ? {
            name: text(notNull, 'conname') ?? chooseConstraintName(reading.catalog, on, name, 'not_null', taken),
            ...(flag(notNull, 'is_no_inherit') ? { noInherit: true } : {}),
          }
        : false,
      ...(sequence?.serial ? { default: { sequence: sequence.name } } : value && !isNullDefault(value, type) ? { default: readDefault(reading, value) } : {}),
      ...(identity && sequence ? { identity: { always: text(identity, 'generated_when') === 'a', sequence: sequence.name } } : {}),
      ...(generated ? { generated } : {}),
      ...(storage ? { storage: storage.toLowerCase() } : {}),
      ...(compression ? { compression } : {}),
      ...(Object.keys(foreignOptions).length > 0 ? { foreignOptions } : {}),
    },
    ...(sequence ? { sequence } : {}),
    constraints: nodes
      .filter((node) => !['CONSTR_NOTNULL', 'CONSTR_NULL', 'CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'].includes(text(node, 'contype') ?? ''))
      .map((node) => ({ node, column: name })),
  }
}

/**
 * `DEFAULT NULL` is no default (`AddRelationNewConstraints`), but for a type with modifiers: there the NULL is wrapped in a length coercion and kept
 * (`varchar(20) DEFAULT NULL` prints `NULL::character varying`, 18.4).
 */
export const isNullDefault = (value: Tree, type: TypeReference): boolean => flag(child(value, 'A_Const'), 'isnull') && type.typmods.length === 0

/** Makes a column's sequence before it. */
export const makeSequence = (reading: Reading, { sequence }: ReadColumn): void => {
  if (!sequence) return
  refuseTakenRelation(reading.catalog, sequence.name)
  reading.imply({ kind: 'create-sequence', name: sequence.name, sequence: sequence.value })
}

/** Ties a serial's sequence to its column after it. */
export const ownSequence = (reading: Reading, on: RelationName, { attribute, sequence }: ReadColumn): void => {
  if (sequence?.serial) reading.imply({ kind: 'set-sequence-owner', name: sequence.name, to: { table: on, column: attribute.name, mode: 'auto' } })
}
