/** Changes as SQL that PostgreSQL runs, in the order given. */
import type { Catalog, Constraint } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { withoutDefaults } from './default-grants.ts'
import { applyAll, statementsOf } from './index.ts'

/** Constraints that CREATE TABLE can hold without meaning another thing: UNIQUE would be merged, NOT VALID would be ignored. */
const fitsInside = (constraint: Constraint): boolean => constraint.type === 'primary key' || (constraint.type === 'check' && constraint.state === 'valid')

/** The constraints that directly follow a CREATE TABLE and can be written inside it. */
const constraintsInside = (changes: readonly Change[], at: number): readonly Change<'add-constraint'>[] => {
  const created = changes[at]
  const inside: Change<'add-constraint'>[] = []
  if (created?.kind !== 'create-table') return inside
  for (let next = at + 1; next < changes.length; next++) {
    const change = changes[next]
    if (change?.kind !== 'add-constraint' || change.on !== created.name || !fitsInside(change.constraint)) break
    inside.push(change)
  }
  return inside
}

const withConstraints = (change: Change<'create-table'>, inside: readonly Change<'add-constraint'>[]): Change<'create-table'> => ({
  ...change,
  table: { ...change.table, constraints: new Map(inside.map(({ name, constraint }) => [name, constraint])) },
})

/** Changes that are written together, with the catalog before them. */
export type SqlStep = {
  readonly change: Change
  /** Keys and checks that are written inside the change's CREATE TABLE. */
  readonly inside: readonly Change<'add-constraint'>[]
  readonly before: Catalog
  readonly statements: readonly string[]
}

/** Each change with its statements (without semicolons), to be run one after the other on a database whose catalog is `before`. */
export const sqlSteps = (changes: readonly Change[], before: Catalog): readonly SqlStep[] => {
  const steps: SqlStep[] = []
  let catalog = before
  for (let at = 0; at < changes.length; at++) {
    const change = changes[at]
    if (!change) continue
    const inside = constraintsInside(changes, at)
    const printed = change.kind === 'create-table' && inside.length > 0 ? withConstraints(change, inside) : change
    const written = statementsOf(printed, catalog)
    const after = applyAll([change, ...inside], catalog)
    steps.push({ change, inside, before: catalog, statements: [...written, ...withoutDefaults(change, after)] })
    catalog = after
    at += inside.length
  }
  return steps
}

/**
 * Statements without semicolons, to be run one after the other on a database whose catalog is `before`. Keys and checks that follow a new table are
 * written inside its CREATE TABLE.
 */
export const toSql = (changes: readonly Change[], before: Catalog): readonly string[] => sqlSteps(changes, before).flatMap(({ statements }) => statements)
