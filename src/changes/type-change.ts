/** What a new type of a column does to its table, beside the column. */
import type { Attribute, Catalog, Expression, TypeReference } from '../model/catalog.ts'
import type { Footprint } from '../model/lock.ts'
import { qualified, type RelationName, schemaOf } from '../model/name.ts'
import { child } from '../sql/tree.ts'
import { constraintColumns, isOfIndex } from './columns-of.ts'
import { keepsBytes } from './conversions.ts'
import { baseOf, isConstrainedDomain } from './domain-columns.ts'
import { equal } from './equal.ts'
import { referencedColumn } from './expressions.ts'
import { locking, rewriting, scanning, scanningRows, together } from './footprint.ts'
import { constraintsOn, indexesOn, referringTables } from './found-by.ts'
import { constraintIndexes } from './names.ts'

type NewType = { readonly to: TypeReference; readonly collation?: readonly string[]; readonly using?: Expression }

/** `USING column::type`, which is what the statement does without it. */
const saysNothing = (using: Expression | undefined, column: string): boolean => {
  if (using === undefined) return true
  const cast = child(using, 'TypeCast')
  return referencedColumn(cast ? child(cast, 'arg') : using) === column
}

/** True when every stored value stays as it is: the table is not rewritten. */
export const keepsRows = (catalog: Catalog, { name, type }: Attribute, { to, using }: NewType): boolean =>
  saysNothing(using, name) && !isConstrainedDomain(catalog, to) && keepsBytes(baseOf(catalog, type), baseOf(catalog, to))

/** Indexes that are made again, because the column is in them. */
const indexesWith = (catalog: Catalog, on: RelationName, column: string): readonly RelationName[] => {
  const table = catalog.tables.get(on)
  const owned = table ? constraintIndexes(table) : new Set<string>()
  const keys = [...(table?.constraints ?? [])].flatMap(([name, constraint]) =>
    owned.has(name) && constraintColumns(constraint).includes(column) ? [qualified(schemaOf(on), name)] : [],
  )
  return [...keys, ...indexesOn(catalog, on).flatMap(([name, index]) => (isOfIndex(index, column) ? [name] : []))]
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
  const kept = keepsRows(catalog, attribute, change)
  const indexes = indexesWith(catalog, on, attribute.name)
  const resorted = kept && !equal(attribute.collation, change.collation) && indexes.length > 0
  return together(
    kept ? locking('ACCESS EXCLUSIVE', on) : rewriting(catalog, on),
    locking('ACCESS EXCLUSIVE', ...indexes),
    constraintsAgain(catalog, on, attribute.name, !kept),
    resorted ? { ...scanningRows(catalog, on), rewrites: indexes } : scanning(),
  )
}
