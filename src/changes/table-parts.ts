/** What one version of a table has that another has not. Versions share their columns and constraints, so that looking is comparing. */
import type { Attribute, Constraint, Table } from '../model/catalog.ts'

/** The columns of `table` that `other` does not have just so. */
export const newColumns = (table: Table, other: Table): readonly Attribute[] => {
  const { columns } = other
  return columns === table.columns ? [] : table.columns.filter((column, at) => column !== columns[at] && !columns.includes(column))
}

/** The constraints of `table` that `other` does not have just so. */
export const newConstraints = (table: Table, other: Table): readonly (readonly [string, Constraint])[] => {
  if (table.constraints === other.constraints) return []
  const found: (readonly [string, Constraint])[] = []
  table.constraints.forEach((constraint, name) => {
    if (other.constraints.get(name) !== constraint) found.push([name, constraint])
  })
  return found
}
