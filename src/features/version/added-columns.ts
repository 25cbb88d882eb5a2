/** Columns that a migration adds: what they hold where code does not know them. */
import { isVolatile } from '../../changes/volatility.ts'
import type { Attribute, Expression } from '../../model/catalog.ts'
import type { RelationName } from '../../model/name.ts'
import { evaluated, type Value } from './condition-values.ts'
import type { Moment } from './moment.ts'

export const generates = ({ default: value, identity }: Attribute): boolean =>
  identity !== undefined || (value !== undefined && ('sequence' in value || isVolatile(value as Expression)))

/** Columns that this migration adds, as they are in the end. */
export const newColumns = (on: RelationName, columns: readonly string[], moment: Moment): readonly Attribute[] =>
  columns.flatMap((column) => (moment.oldColumn(on, column) ? [] : (moment.newColumn(on, column) ?? [])))

export const staysNull = ({ default: value, identity, generated, notNull }: Attribute): boolean =>
  value === undefined && !identity && !generated && notNull === false

/** True where the rows that were there got a value, and a row of code that does not know the column gets the same. */
export const hasDefault = ({ generated, default: value }: Attribute): boolean => !generated && value !== undefined

/** What a new column holds where code leaves it out. */
export const leftOut = (column: Attribute | undefined): Value => {
  if (!column || column.generated || column.identity) return undefined
  if (column.default === undefined) return column.notNull === false ? null : undefined
  return 'sequence' in column.default ? undefined : evaluated(column.default, () => undefined)
}
