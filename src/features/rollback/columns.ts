/** Columns by their table. */
import type { Table } from '../../model/catalog.ts'
import { display, displayIdentifier, type RelationName } from '../../model/name.ts'

/** For people: `users.note`; the table alone without a column. */
export const displayPlace = (on: RelationName, column: string | undefined): string =>
  column === undefined ? display(on) : `${display(on)}.${displayIdentifier(column)}`

/** The columns of a table's primary key; none where it has no key. */
export const primaryKeyOf = ({ constraints }: Pick<Table, 'constraints'>): readonly string[] => {
  const key = [...constraints.values()].find(({ type }) => type === 'primary key')
  return key && 'columns' in key ? key.columns : []
}
