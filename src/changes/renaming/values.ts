/** Small values that hold names, wherever they stand: types, names in parts, elements of indexes, rules and triggers. */
import type { IndexElement, TypeReference } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { localName, qualified, schemaOf } from '../../model/name.ts'
import { changed } from '../edit.ts'
import type { Renaming } from './new-names.ts'
import { followTree, type OwnTable } from './trees.ts'

/** A type under its new name; PostgreSQL's own stay. */
export const followType = (type: TypeReference, renaming: Renaming): TypeReference => {
  if (type.schema === undefined || type.schema === 'pg_catalog') return type
  const name = qualified(type.schema, type.name)
  const next = renaming.type(name)
  return next === name ? type : { ...type, schema: schemaOf(next), name: localName(next) }
}

/** A collation, operator or operator class whose schema is renamed. */
export const followParts = (parts: readonly string[], renaming: Renaming): readonly string[] => {
  const [schema, ...rest] = parts
  if (schema === undefined || rest.length === 0) return parts
  const next = renaming.schema(schema)
  return next === schema ? parts : [next, ...rest]
}

/** An element of an index or of an exclusion; `own` is the table that it stands on. */
export const followElement = (element: IndexElement, renaming: Renaming, own: OwnTable | undefined): IndexElement => {
  const { on, collation, operatorClass } = element
  return changed(element, {
    on: typeof on === 'string' ? on : followTree(on, renaming, own),
    ...(collation ? { collation: followParts(collation, renaming) } : {}),
    ...(operatorClass ? { operatorClass: followParts(operatorClass, renaming) } : {}),
  })
}

/** Rules and triggers: their trees name the relation they stand on. */
export const followDefinition = <T extends { readonly definition: Tree }>(value: T, renaming: Renaming, own: OwnTable): T =>
  changed<{ readonly definition: Tree }>(value, { definition: followTree(value.definition, renaming, own) }) as T
