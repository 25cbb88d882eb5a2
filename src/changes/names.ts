/** The names that PostgreSQL chooses by itself (`makeObjectName`, `ChooseRelationName`, `ChooseConstraintName`; verified on 18.4). */
import type { Attribute, Catalog, Constraint, Table } from '../model/catalog.ts'
import { localName, type QualifiedName, qualified, type RelationName, schemaOf } from '../model/name.ts'
import { refuse } from './refusal.ts'
import { newColumns, newConstraints } from './table-parts.ts'
import { Lookup } from './versioned-map.ts'

const limit = 63
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Clips at a whole UTF-8 character. */
const clip = (bytes: Uint8Array, length: number): string => {
  let end = Math.min(length, bytes.length)
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return decoder.decode(bytes.slice(0, end))
}

const ascii = /^[\x20-\x7e]*$/

/** Needs no counting of bytes: a UTF-16 unit is at most three of them, one of ASCII is one. */
const certainlyFits = (name: string): boolean => name.length <= limit / 3 || (name.length <= limit && ascii.test(name))

/** An identifier as PostgreSQL keeps it: at most 63 bytes. */
export const clipIdentifier = (name: string): string => (certainlyFits(name) ? name : clip(encoder.encode(name), limit))

/** `name1_name2_label` in at most 63 bytes: the longer of the two names is shortened byte by byte. */
export const makeObjectName = (name1: string, name2: string | undefined, label: string): string => {
  const whole = name2 === undefined ? `${name1}_${label}` : `${name1}_${name2}_${label}`
  return certainlyFits(whole) ? whole : shortened(name1, name2, label)
}

const shortened = (name1: string, name2: string | undefined, label: string): string => {
  const first = encoder.encode(name1)
  const second = encoder.encode(name2 ?? '')
  const available = limit - encoder.encode(label).length - 1 - (name2 === undefined ? 0 : 1)
  let length1 = first.length
  let length2 = second.length
  while (length1 + length2 > available) {
    if (length1 > length2) length1--
    else length2--
  }
  return [clip(first, length1), ...(name2 === undefined ? [] : [clip(second, length2)]), label].join('_')
}

/** Makes a name that `taken` does not know: the suffix `1`, `2` … is glued to the label. */
export const chooseName = (name1: string, name2: string | undefined, label: string, taken: (name: string) => boolean): string => {
  for (let pass = 0; ; pass++) {
    const name = makeObjectName(name1, name2, pass === 0 ? label : `${label}${pass}`)
    if (!taken(name)) return name
  }
}

/** The name that a domain's NOT NULL has where nothing else is called so. */
export const usualNotNullName = (domain: QualifiedName): string => chooseName(localName(domain), undefined, 'not_null', () => false)

/** A constraint that owns an index of the same name. */
export type KeyConstraint = Extract<Constraint, { type: 'primary key' | 'unique' | 'exclusion' }>

export const ownsIndex = (constraint: Constraint): constraint is KeyConstraint =>
  constraint.type === 'primary key' || constraint.type === 'unique' || constraint.type === 'exclusion'

const indexNames = new WeakMap<Table, ReadonlySet<string>>()

/** Names of the indexes that a table's constraints own. */
export const constraintIndexes = (table: Table): ReadonlySet<string> => {
  const known = indexNames.get(table)
  if (known) return known
  const names = new Set([...table.constraints].filter(([, constraint]) => ownsIndex(constraint)).map(([name]) => name))
  indexNames.set(table, names)
  return names
}

const tablesByIndex = new Lookup<RelationName, Table>({
  words: constraintIndexes,
  newWords: (table, _name, other) => newConstraints(table, other).flatMap(([name, constraint]) => (ownsIndex(constraint) ? [name] : [])),
})

/** The table whose constraint owns the index of that name, if one does. */
export const ownerOfIndex = (catalog: Catalog, name: RelationName): RelationName | undefined =>
  tablesByIndex.find(catalog.tables, localName(name)).find(([owner]) => schemaOf(owner) === schemaOf(name))?.[0]

/** What kind of relation (anything in pg_class) has that name. */
export const relationKind = (catalog: Catalog, name: RelationName): 'table' | 'view' | 'index' | 'sequence' | 'constraint index' | 'composite' | undefined => {
  if (catalog.tables.has(name)) return 'table'
  if (catalog.views.has(name)) return 'view'
  if (catalog.indexes.has(name)) return 'index'
  if (catalog.sequences.has(name)) return 'sequence'
  if (catalog.types.get(name)?.kind === 'composite') return 'composite'
  return ownerOfIndex(catalog, name) === undefined ? undefined : 'constraint index'
}

/**
 * Refuses the name of a new relation that another one has (42P07), or that a type has (42710: `heap_create_with_catalog` looks for types even where the
 * relation gets no row type). A composite type's own relation is a relation too.
 */
export const refuseTakenRelation = (catalog: Catalog, name: RelationName): void => {
  if (relationKind(catalog, name) !== undefined) refuse('42P07', `relation "${localName(name)}" already exists`)
  if (catalog.types.has(name)) refuse('42710', `type "${localName(name)}" already exists`)
}

const notNullNames = (columns: readonly Attribute[]): readonly string[] => {
  const names: string[] = []
  for (const { notNull } of columns) if (notNull) names.push(notNull.name)
  return names
}

/** Tables by the names of their constraints, NOT NULLs included. */
const tablesByConstraint = new Lookup<RelationName, Table>({
  words: ({ constraints, columns }) => new Set([...constraints.keys(), ...notNullNames(columns)]),
  newWords: (table, _name, other) => [...newConstraints(table, other).map(([name]) => name), ...notNullNames(newColumns(table, other))],
})

/** True when any table of the schema has a constraint of that name; implied names avoid these. NOT NULL constraints count on 18. */
const constraintTaken = (catalog: Catalog, schema: string, name: string): boolean =>
  tablesByConstraint.find(catalog.tables, name).some(([owner]) => schemaOf(owner) === schema)

/** A free relation name in `schema`: for indexes and sequences; the index of a constraint also avoids the schema's constraint names. */
export const chooseRelationName = (
  catalog: Catalog,
  schema: string,
  name1: string,
  name2: string | undefined,
  label: string,
  isConstraint = false,
): QualifiedName =>
  qualified(
    schema,
    chooseName(
      name1,
      name2,
      label,
      (name) => relationKind(catalog, qualified(schema, name)) !== undefined || (isConstraint && constraintTaken(catalog, schema, name)),
    ),
  )

/** A free constraint name for a table: checks, foreign keys and NOT NULL. */
export const chooseConstraintName = (
  catalog: Catalog,
  on: RelationName,
  name2: string | undefined,
  label: string,
  also: ReadonlySet<string> = new Set(),
): string => chooseName(localName(on), name2, label, (name) => also.has(name) || constraintTaken(catalog, schemaOf(on), name))
