/** Constraints that are assumed: keys, foreign keys, checks. */
import type { Constraint } from '../../model/catalog.ts'
import { display, keyOf, localName, member, type RelationName, schemaOf } from '../../model/name.ts'
import { editTable, withEntry } from '../edit.ts'
import { constraintsOn } from '../found-by.ts'
import type { Supposing } from './supposing.ts'
import { columnInName, foreignKey, keyConstraint, noExpression, notNullTest } from './values.ts'

const addConstraint = (supposing: Supposing, on: RelationName, name: string, constraint: Constraint, what: string): void => {
  supposing.suppose(keyOf('constraint', member(on, name)), what, (catalog) =>
    catalog.tables.has(on) ? editTable(catalog, on, (table) => ({ ...table, constraints: withEntry(table.constraints, name, constraint) })) : catalog,
  )
}

/** The key that a foreign key refers to: unique columns, or the primary key, whose columns are not known. */
export const supposeKey = (supposing: Supposing, on: RelationName | undefined, columns: readonly string[]): void => {
  if (on === undefined || !supposing.isOpen(on)) return
  supposing.columns(on, columns)
  const constraints = constraintsOn(supposing.catalog, on)
  const fits = (constraint: Constraint): boolean =>
    columns.length === 0
      ? constraint.type === 'primary key'
      : (constraint.type === 'primary key' || constraint.type === 'unique') && [...constraint.columns].sort().join('\0') === [...columns].sort().join('\0')
  if (constraints.some(fits)) return
  const name = columns.length === 0 ? `${localName(on)}_pkey` : `key of ${localName(on)} (${columns.join(', ')})`
  const what = columns.length === 0 ? `the primary key of ${display(on)}` : `a key of ${display(on)}: ${columns.join(', ')}`
  addConstraint(supposing, on, name, keyConstraint(columns.length === 0 ? 'primary key' : 'unique', columns), what)
}

/** A constraint of an assumed table. What it says is not known but by its name, where that follows PostgreSQL's or Drizzle's own habit. */
export const supposeConstraint = (supposing: Supposing, on: RelationName | undefined, name: string, as: 'any' | 'not valid' | 'foreign key'): void => {
  const table = on === undefined ? undefined : supposing.catalog.tables.get(on)
  if (on === undefined || !table || !supposing.isOpen(on) || supposing.isGone(keyOf('constraint', member(on, name)))) return
  if (table.constraints.has(name) || table.columns.some(({ notNull }) => notNull && notNull.name === name)) return
  const what = `constraint ${name} of ${display(on)}`
  if (as === 'foreign key' || (as === 'any' && /_fk(ey)?$/.test(name))) return supposeForeignKey(supposing, on, name)
  if (as === 'any' && name.endsWith('_pkey') && ![...table.constraints.values()].some(({ type }) => type === 'primary key'))
    return addConstraint(supposing, on, name, keyConstraint('primary key', []), `${what}: the primary key`)

  const column = columnInName(localName(on), name)
  const constraint: Constraint = {
    type: 'check',
    expression: column === undefined ? noExpression : notNullTest(column),
    noInherit: false,
    state: as === 'not valid' ? 'not valid' : 'valid',
  }
  addConstraint(supposing, on, name, constraint, column === undefined ? `${what}: a check` : `${what}: ${column} IS NOT NULL`)
}

const supposeForeignKey = (supposing: Supposing, on: RelationName, name: string): void => {
  const references = supposing.relation([schemaOf(on), `the table that ${name} references`])
  if (references !== undefined) addConstraint(supposing, on, name, foreignKey(references), `constraint ${name} of ${display(on)}: a foreign key`)
}

/** Tables that refer to an assumed one: there may be some, and nothing else is known of them. */
export const supposeReferences = (supposing: Supposing, to: RelationName | undefined): void => {
  if (to === undefined || !supposing.isOpen(to)) return
  const from = supposing.relation([schemaOf(to), `the tables that reference ${localName(to)}`])
  if (from !== undefined) addConstraint(supposing, from, `references to ${localName(to)}`, foreignKey(to), `foreign keys that reference ${display(to)}`)
}
