/** What PostgreSQL refuses as long as a constraint is NOT VALID: statements behind it that ran before a fix, and would not run after it. */
import type { Step } from '../../changes/replay.ts'
import type { Catalog, Table } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display, displayIdentifier, type RelationName } from '../../model/name.ts'

const isUnproved = (table: Table | undefined, column: string): boolean =>
  table?.columns.some(({ name, notNull }) => name === column && notNull !== false && notNull.notValid === true) ?? false

const isUnchecked = (table: Table | undefined): boolean =>
  table !== undefined &&
  (table.columns.some(({ name }) => isUnproved(table, name)) ||
    Object.values(table.constraints).some((constraint) => 'state' in constraint && constraint.state === 'not valid'))

const columnRefusal = (catalog: Catalog, on: RelationName, columns: readonly string[], what: string): string | undefined => {
  const column = columns.find((name) => isUnproved(catalog.tables.get(on), name))
  return column && `a later statement makes ${displayIdentifier(column)} ${what}, which PostgreSQL refuses while its NOT NULL is NOT VALID`
}

const childRefusal = (catalog: Catalog, child: RelationName): string | undefined =>
  isUnchecked(catalog.tables.get(child))
    ? `a later statement gives ${display(child)} a parent, which PostgreSQL refuses while constraints of it are NOT VALID`
    : undefined

const refusalOf = (change: Change, catalog: Catalog): string | undefined => {
  switch (change.kind) {
    case 'add-constraint':
      return change.constraint.type === 'primary key' ? columnRefusal(catalog, change.on, change.constraint.columns, 'a primary key') : undefined
    case 'set-identity':
      return change.to ? columnRefusal(catalog, change.on, [change.column], 'an identity') : undefined
    case 'attach-partition':
      return childRefusal(catalog, change.child)
    case 'set-inheritance':
      return change.to.length > 0 ? childRefusal(catalog, change.on) : undefined
    default:
      return undefined
  }
}

/** Why PostgreSQL refuses the statement, for each of its changes that it refuses. Seen in PostgreSQL 18. */
export const refusalsWhileNotValid = ({ before, changes }: Step): readonly string[] => changes.flatMap((change) => refusalOf(change, before) ?? [])
