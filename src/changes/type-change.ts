/** What a new type of a column does to its table, beside the column. */
import type { Attribute, Catalog, Expression, Index, TypeReference } from '../model/catalog.ts'
import type { Footprint } from '../model/lock.ts'
import { qualified, type RelationName, schemaOf } from '../model/name.ts'
import { constraintColumns, indexColumns, isOfIndex, ownedElements, plainColumns } from './columns-of.ts'
import { equal } from './equal.ts'
import { locking, rewriting, scanning, scanningRows, together } from './footprint.ts'
import { constraintsOn, indexesOn, referringTables } from './found-by.ts'
import { ownsIndex } from './names.ts'
import { keepsIndex, rewriteOf } from './type-rewrite.ts'

type NewType = { readonly to: TypeReference; readonly collation?: readonly string[]; readonly using?: Expression }

type Key = Pick<Index, 'elements' | 'include' | 'where'>

/** True for an index that names nothing but columns, without a condition. */
const isPlain = ({ elements, where }: Key): boolean => plainColumns(elements).length === elements.length && where === undefined

/** All indexes of a table: those that constraints own too. */
const keysOn = (catalog: Catalog, on: RelationName): readonly (readonly [RelationName, Key])[] => {
  const owned = [...(catalog.tables.get(on)?.constraints ?? [])].flatMap(([name, constraint]) => {
    if (!ownsIndex(constraint)) return []
    const where = constraint.type === 'exclusion' && constraint.where ? { where: constraint.where } : {}
    return [[qualified(schemaOf(on), name), { elements: ownedElements(constraint), include: constraint.include, ...where }] as const]
  })
  return [...owned, ...indexesOn(catalog, on)]
}

/** Indexes that are made again, because the column is in them. */
const indexesWith = (catalog: Catalog, on: RelationName, column: string): readonly RelationName[] =>
  keysOn(catalog, on).flatMap(([name, key]) => (isOfIndex(key, column) ? [name] : []))

/**
 * Those of them that are built anew even where the rows stay as they are: their operators or their order change, or they have an expression or a condition
 * (`CheckIndexCompatible`).
 */
export const rebuiltIndexes = (catalog: Catalog, on: RelationName, attribute: Attribute, { to, collation }: NewType): readonly RelationName[] => {
  const kept = keepsIndex(catalog, attribute.type, to) && equal(attribute.collation, collation)
  return keysOn(catalog, on).flatMap(([name, key]) => (indexColumns(key).includes(attribute.name) && !(kept && isPlain(key)) ? [name] : []))
}

/** Checks and foreign keys are added anew: those that are valid read the rows again. */
const constraintsAgain = (catalog: Catalog, on: RelationName, column: string, rewritten: boolean): Footprint => {
  const own = constraintsOn(catalog, on).filter((constraint) => constraintColumns(constraint).includes(column))
  const checks = own.some((constraint) => constraint.type === 'check' && constraint.state === 'valid')
  const keys = own.flatMap((constraint) => (constraint.type === 'foreign key' ? [constraint] : []))
  const referring = referringTables(catalog, on).filter(([, table]) =>
    [...table.constraints.values()].some((key) => key.type === 'foreign key' && key.references === on && key.referenced.includes(column)),
  )
  return together(
    checks ? scanningRows(catalog, on) : scanning(),
    locking('ACCESS EXCLUSIVE', ...keys.map(({ references }) => references), ...referring.map(([name]) => name)),
    rewritten && keys.some(({ state }) => state === 'valid') ? scanningRows(catalog, on) : scanning(),
    ...(rewritten ? referring.map(([name]) => scanningRows(catalog, name)) : []),
  )
}

/** The footprint of ALTER COLUMN … TYPE. */
export const typeChangeFootprint = (catalog: Catalog, on: RelationName, attribute: Attribute, change: NewType): Footprint => {
  // In which time zone the session is, nobody knows here: what it may rewrite counts as rewritten.
  const kept = rewriteOf(catalog, attribute.name, attribute.type, change.to, change.using) === 'none'
  const rebuilt = kept ? rebuiltIndexes(catalog, on, attribute, change) : []
  return together(
    kept ? locking('ACCESS EXCLUSIVE', on) : rewriting(catalog, on),
    locking('ACCESS EXCLUSIVE', ...indexesWith(catalog, on, attribute.name)),
    constraintsAgain(catalog, on, attribute.name, !kept),
    rebuilt.length > 0 ? { ...scanningRows(catalog, on), rewrites: rebuilt } : scanning(),
  )
}
