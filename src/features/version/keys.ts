/** Unique keys: what a constraint or an index lets be there once. */
import { equal } from '../../changes/equal.ts'
import { constraintsOn, indexesOn } from '../../changes/found-by.ts'
import type { Catalog, Constraint, Expression, Index } from '../../model/catalog.ts'
import type { RelationName } from '../../model/name.ts'

/** What makes rows unique: a constraint or an index. */
export type Key = { readonly elements: Index['elements']; readonly where?: Expression; readonly nullsNotDistinct: boolean }

export const keyOfConstraint = (constraint: Constraint): Key | undefined =>
  constraint.type === 'primary key' || constraint.type === 'unique'
    ? { elements: constraint.columns.map((on) => ({ on })), nullsNotDistinct: constraint.nullsNotDistinct }
    : undefined

export const keyOfIndex = ({ elements, where, nullsNotDistinct }: Index): Key => ({
  // The order of an index says nothing of what it keeps out.
  elements: elements.map(({ descending: _descending, nulls: _nulls, ...element }) => element),
  ...(where === undefined ? {} : { where }),
  nullsNotDistinct,
})

export const keysOf = (catalog: Catalog, on: RelationName): readonly Key[] => [
  ...constraintsOn(catalog, on).flatMap((constraint) => keyOfConstraint(constraint) ?? []),
  ...indexesOn(catalog, on).flatMap(([, index]) => (index.unique ? [keyOfIndex(index)] : [])),
]

/** Two rows that the new key keeps apart were kept apart by an old one: it has fewer columns, on all rows or the same ones. */
export const implies = (old: Key, now: Key): boolean =>
  old.elements.every((element) => now.elements.some((other) => equal(element, other))) &&
  (old.where === undefined || equal(old.where, now.where)) &&
  (old.nullsNotDistinct || !now.nullsNotDistinct)

export const sameKey = (a: Key, b: Key): boolean => implies(a, b) && implies(b, a)

/** A key with its columns called otherwise; expressions stay as they are. */
export const renamed = (key: Key, name: (column: string) => string): Key => ({
  ...key,
  elements: key.elements.map((element) => (typeof element.on === 'string' ? { ...element, on: name(element.on) } : element)),
})
