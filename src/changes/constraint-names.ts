/** The names of constraints that a table has: NOT NULLs and constraint triggers count. */
import type { Catalog } from '../model/catalog.ts'
import type { RelationName } from '../model/name.ts'
import { child } from '../sql/tree.ts'
import { tableOf } from './edit.ts'

/** True when a table has a constraint, or a NOT NULL, of that name. */
export const constraintNamed = (catalog: Catalog, on: RelationName, name: string): boolean => {
  const table = tableOf(catalog, on)
  return table.constraints.has(name) || table.columns.some(({ notNull }) => notNull && notNull.name === name)
}

/** True when a table's new constraint may not have that name: a constraint trigger has one too. */
export const constraintNameTaken = (catalog: Catalog, on: RelationName, name: string): boolean => {
  const trigger = child(tableOf(catalog, on).triggers.get(name)?.definition, 'CreateTrigStmt')
  return constraintNamed(catalog, on, name) || trigger?.isconstraint === true
}
