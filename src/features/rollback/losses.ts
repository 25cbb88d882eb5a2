/** What a rollback cannot bring back: rows from before the migration, and what was written since into what it had made. Claims, which the proof with rows confirms or refutes. */
import { returnsFrom } from '../../changes/conversions.ts'
import { columnOn } from '../../changes/found-by.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display, type RelationName } from '../../model/name.ts'
import { displayPlace } from './columns.ts'
import type { Made } from './inverse.ts'
import { Names } from './names.ts'

export type Loss = {
  /** For people: `all values of users.note`. */
  readonly what: string
  readonly table: RelationName
  /** Without one, whole rows. */
  readonly columns?: readonly string[]
  /** Whatever the rows hold; otherwise it depends on them. */
  readonly certain: boolean
}

const ofColumn = (what: string, on: RelationName, column: string, certain = true): Loss => ({
  what: `${what} ${displayPlace(on, column)}`,
  table: on,
  columns: [column],
  certain,
})

const ofTable = (table: RelationName): Loss => ({ what: `all rows of ${display(table)}`, table, certain: true })

/** A generated column is computed anew, a foreign table has its rows elsewhere. */
const holdsValues = (catalog: Catalog, on: RelationName, column: string): boolean =>
  catalog.tables.get(on)?.kind !== 'foreign' && columnOn(catalog, on, column)?.generated === undefined

const ofRows = ({ command, relations }: Change<'change-data'>): readonly Loss[] =>
  relations.map((table) => ({
    what: command === 'INSERT' ? `rows that INSERT adds to ${display(table)} stay there` : `rows of ${display(table)} as they were before ${command}`,
    table,
    certain: false,
  }))

/** What a change takes from tables as they stand in its own catalog. */
const lostBy = ({ change, before }: Made): readonly Loss[] => {
  switch (change.kind) {
    case 'drop-table':
      return before.tables.get(change.name)?.kind === 'foreign' ? [] : [ofTable(change.name)]
    case 'drop-column':
      return holdsValues(before, change.on, change.column) ? [ofColumn('all values of', change.on, change.column)] : []
    case 'set-column-type': {
      const from = columnOn(before, change.on, change.column)?.type
      return from && returnsFrom(from, change.to, change.using, before)
        ? []
        : [ofColumn('values that do not come back from the new type of', change.on, change.column, false)]
    }
    case 'change-data':
      return ofRows(change)
    default:
      return []
  }
}

/** Only what was there before the migration can be missed: with the names that it had then. */
export const lossesOf = (made: readonly Made[]): readonly Loss[] => {
  const names = new Names()
  const lost = made.flatMap((each) => {
    const found = lostBy(each).flatMap((loss): readonly Loss[] => {
      const table = names.table(loss.table)
      const columns = loss.columns?.flatMap((column) => names.column(loss.table, column) ?? [])
      return table === undefined || columns?.length === 0 ? [] : [{ ...loss, table, ...(columns ? { columns } : {}) }]
    })
    names.follow(each.change)
    return found
  })
  return [...new Map(lost.map((loss) => [loss.what, loss])).values()]
}

/** What a migration has added, and its rollback removes with all that was written into it since. `after`: the catalog that the migration made. */
export const lostSince = (rollback: readonly Change[], after: Catalog): readonly Loss[] => {
  const names = new Names()
  return rollback.flatMap((change): readonly Loss[] => {
    const lost = sinceBy(change, names, after)
    names.follow(change)
    return lost
  })
}

const sinceBy = (change: Change, names: Names, after: Catalog): readonly Loss[] => {
  if (change.kind === 'drop-table') {
    const table = names.table(change.name)
    return table === undefined || after.tables.get(table)?.kind === 'foreign' ? [] : [ofTable(table)]
  }
  if (change.kind !== 'drop-column') return []
  const [table, column] = [names.table(change.on), names.column(change.on, change.column)]
  return table === undefined || column === undefined || !holdsValues(after, table, column) ? [] : [ofColumn('all values of', table, column)]
}
