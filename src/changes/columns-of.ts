/** The columns that indexes and constraints are about. */
import type { Constraint, Index, IndexElement } from '../model/catalog.ts'
import { columnsIn } from './expressions.ts'
import type { KeyConstraint } from './names.ts'

type Elements = readonly Pick<IndexElement, 'on'>[]

/** Elements that are a column, without those that are expressions. */
export const plainColumns = (elements: Elements): readonly string[] => elements.flatMap(({ on }) => (typeof on === 'string' ? [on] : []))

/** Columns that are elements, and those that expressions read. */
export const elementColumns = (elements: Elements): readonly string[] => elements.flatMap(({ on }) => (typeof on === 'string' ? [on] : [...columnsIn(on)]))

/** The columns that decide on an index's entries; each once. */
export const indexColumns = ({ elements, where }: Pick<Index, 'elements' | 'where'>): readonly string[] => [
  ...new Set([...elementColumns(elements), ...columnsIn(where)]),
]

/** The elements of the index that a constraint owns. */
export const ownedElements = (constraint: KeyConstraint): readonly IndexElement[] =>
  constraint.type === 'exclusion' ? constraint.elements.map(({ element }) => element) : constraint.columns.map((on) => ({ on }))

/** The columns of its own table that a constraint is about. */
export const constraintColumns = (constraint: Constraint): readonly string[] => {
  switch (constraint.type) {
    case 'check':
      return [...columnsIn(constraint.expression)]
    case 'exclusion':
      return elementColumns(ownedElements(constraint))
    default:
      return constraint.columns
  }
}

/** True for a column that an index has in itself: as an element, in an expression, its condition or among what it carries along. */
export const isOfIndex = (index: Pick<Index, 'elements' | 'include' | 'where'>, column: string): boolean =>
  index.include.includes(column) || indexColumns(index).includes(column)
