/** Composite types and their attributes, for ALTER TYPE. */
import type { Catalog, Type, TypeReference } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { display, localName, member, type QualifiedName, type RelationName } from '../model/name.ts'
import { text } from '../sql/tree.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { userType } from './type-names.ts'
import { userTypeName } from './types.ts'

export type CompositeAttribute = Extract<Type, { kind: 'composite' }>['attributes'][number]

/** The composite type that ALTER TYPE names as a relation; refuses another relation with 42809. */
export const compositeRelation = (reading: Reading, range: Tree): QualifiedName => {
  const name = reading.relation(range)
  return reading.catalog.types.get(name)?.kind === 'composite' ? name : refuse('42809', `"${text(range, 'relname') ?? ''}" is not a composite type`)
}

/** The attribute of that name; refuses with 42703. */
export const attributeNamed = (
  catalog: Catalog,
  type: QualifiedName,
  name: string,
  message = `column "${name}" of relation "${localName(type)}" does not exist`,
): CompositeAttribute => userType(catalog, type, 'composite').attributes.find((attribute) => attribute.name === name) ?? refuse('42703', message)

/** Tables made OF the type. */
export const typedTables = (catalog: Catalog, type: QualifiedName): readonly RelationName[] =>
  [...catalog.tables].filter(([, { ofType }]) => ofType === type).map(([name]) => name)

/** A column that holds values of the type, by itself, in arrays or inside another composite type, as PostgreSQL says it: `t.c`. */
export const columnUsing = (catalog: Catalog, type: QualifiedName): string | undefined => {
  for (const [name, table] of catalog.tables) {
    for (const column of table.columns) {
      const used = userTypeName(column.type)
      if (used !== undefined && holds(catalog, used, type)) return display(member(name, column.name))
    }
  }
  return undefined
}

/** Refuses (42P16) an attribute that would put a composite type inside itself. */
export const refuseInItself = (catalog: Catalog, type: QualifiedName, attribute: TypeReference): void => {
  const used = userTypeName(attribute)
  if (used !== undefined && holds(catalog, used, type)) refuse('42P16', `composite type ${localName(type)} cannot be made a member of itself`)
}

const holds = (catalog: Catalog, outer: QualifiedName, inner: QualifiedName): boolean => {
  if (outer === inner) return true
  const type = catalog.types.get(outer)
  const parts = type?.kind === 'composite' ? type.attributes.map((attribute) => attribute.type) : type?.kind === 'domain' ? [type.base] : []
  return parts.some((part) => {
    const name = userTypeName(part)
    return name !== undefined && holds(catalog, name, inner)
  })
}

/** Refuses (2BP01) to change the type of a typed table without CASCADE; with it the tables change too, which memory does not follow. */
export const refuseTyped = (reading: Reading, type: QualifiedName, command: Tree): void => {
  if (typedTables(reading.catalog, type).length === 0) return
  if (text(command, 'behavior') !== 'DROP_CASCADE') refuse('2BP01', `cannot alter type "${localName(type)}" because it is the type of a typed table`)
  notUnderstood(`type ${localName(type)} is changed together with its typed tables`)
}
