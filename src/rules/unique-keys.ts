/** What a table's unique indexes and constraints promise. */
import { constraintsOn, indexesOn } from '../changes/found-by.ts'
import { printElement } from '../changes/print.ts'
import type { Catalog, Index } from '../model/catalog.ts'
import type { RelationName } from '../model/name.ts'
import { printExpression } from '../sql/print.ts'

const ofIndex = ({ elements, where }: Pick<Index, 'elements' | 'where'>): string =>
  [...elements.map(({ on }) => printElement({ on })).sort(), where ? `WHERE ${printExpression(where)}` : ''].join(', ')

/** One text for all keys that promise the same: the elements in any order, and the rows it holds for. */
export const uniqueKeyOf = (index: Pick<Index, 'elements' | 'where'>): string => ofIndex(index)

/** The same for the columns of a constraint. */
export const uniqueKeyOfColumns = (columns: readonly string[]): string => ofIndex({ elements: columns.map((on) => ({ on })) })

/** The keys of a table, each as such a text. */
export const uniqueKeys = (catalog: Catalog, on: RelationName): ReadonlySet<string> =>
  new Set([
    ...constraintsOn(catalog, on).flatMap((constraint) =>
      (constraint.type === 'primary key' || constraint.type === 'unique') && !constraint.deferrable ? [uniqueKeyOfColumns(constraint.columns)] : [],
    ),
    ...indexesOn(catalog, on).flatMap(([, index]) => (index.unique ? [uniqueKeyOf(index)] : [])),
  ])

/** True when the table has a unique index over just these columns that holds for some rows only. */
export const hasPartialKey = (catalog: Catalog, on: RelationName, columns: readonly string[]): boolean =>
  indexesOn(catalog, on).some(([, { unique, elements, where }]) => unique && where !== undefined && uniqueKeyOf({ elements }) === uniqueKeyOfColumns(columns))
