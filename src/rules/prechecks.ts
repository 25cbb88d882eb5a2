/** Queries that production is asked before a migration: each row of the answer stands in the way of a statement. */
import { printElement } from '../changes/print.ts'
import type { Constraint, Expression, IndexElement } from '../model/catalog.ts'
import { quoteIdentifier, type RelationName } from '../model/name.ts'
import { printExpression } from '../sql/print.ts'
import { plainSql } from './plain-sql.ts'

const limit = 'LIMIT 20'

const elementText = ({ on }: IndexElement): string => printElement({ on })

/** Values that are there more than once: what a unique index over these elements refuses. NULLs never clash, unless they are told to. */
export const duplicateRows = (
  relation: RelationName,
  elements: readonly IndexElement[],
  { where, nullsNotDistinct = false }: { readonly where?: Expression | undefined; readonly nullsNotDistinct?: boolean } = {},
): string => {
  const values = elements.map(elementText)
  const conditions = [...(where ? [`(${printExpression(where)})`] : []), ...(nullsNotDistinct ? [] : values.map((value) => `${value} IS NOT NULL`))]
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const group = values.map((_value, at) => at + 1).join(', ')
  return plainSql(`SELECT ${values.join(', ')}, count(*) FROM ${relation}${filter} GROUP BY ${group} HAVING count(*) > 1 ${limit}`)
}

/** Rows of a table for which a condition holds; all of them without one. */
export const rowsWhere = (relation: RelationName, condition?: string): string =>
  plainSql(`SELECT * FROM ${relation}${condition === undefined ? '' : ` WHERE ${condition}`} ${limit}`)

/** Values of a column for which a condition holds; by default those that are not NULL. */
export const valuesWhere = (relation: RelationName, column: string, condition?: string): string =>
  plainSql(`SELECT ${quoteIdentifier(column)} FROM ${relation} WHERE ${condition ?? `${quoteIdentifier(column)} IS NOT NULL`} ${limit}`)

/** Rows that reference nothing. A foreign key of several columns that are not all given counts only with MATCH FULL. */
export const orphanRows = (
  relation: RelationName,
  { columns, references, referenced, match }: Pick<Extract<Constraint, { type: 'foreign key' }>, 'columns' | 'references' | 'referenced' | 'match'>,
): string => {
  const given = columns.map((column) => `r.${quoteIdentifier(column)} IS NOT NULL`).join(match === 'full' ? ' OR ' : ' AND ')
  const pairs = columns.map((column, at) => `p.${quoteIdentifier(referenced[at] ?? column)} = r.${quoteIdentifier(column)}`).join(' AND ')
  return `SELECT r.* FROM ${relation} AS r WHERE (${given}) AND NOT EXISTS (SELECT FROM ${references} AS p WHERE ${pairs}) ${limit}`
}
