/** Families of tables that are assumed: partitions and heirs, and what they belong to. */
import type { Table } from '../../model/catalog.ts'
import { display, keyOf, type RelationName } from '../../model/name.ts'
import { editTable } from '../edit.ts'
import type { Supposing } from './supposing.ts'
import { partitioned } from './values.ts'

/** An assumed table is assumed to be partitioned. */
export const supposePartitioned = (supposing: Supposing, name: RelationName): void => {
  const table = supposing.catalog.tables.get(name)
  if (!table || table.kind === 'partitioned' || !supposing.isOpen(name)) return
  supposing.suppose(keyOf('table', name), `table ${display(name)} is partitioned`, (catalog) =>
    catalog.tables.has(name) ? editTable(catalog, name, (before) => ({ ...before, ...partitioned('PARTITION_STRATEGY_RANGE') })) : catalog,
  )
}

/** A partition or an heir and what it belongs to: whichever of them is assumed has the other's columns. */
export const supposeAlike = (supposing: Supposing, parent: RelationName | undefined, child: RelationName | undefined): void => {
  const [upper, lower] = [parent, child].map((name) => (name === undefined ? undefined : supposing.catalog.tables.get(name)))
  if (parent === undefined || child === undefined || !upper || !lower) return
  takeColumns(supposing, child, upper)
  takeColumns(supposing, parent, supposing.catalog.tables.get(child) ?? lower)
}

const takeColumns = (supposing: Supposing, to: RelationName, from: Table): void => {
  const missing = from.columns.filter(({ name }) => !supposing.catalog.tables.get(to)?.columns.some((known) => known.name === name))
  if (!supposing.isOpen(to) || missing.length === 0) return
  const taken = missing.map(({ name, type, notNull }) => ({ name, type, notNull }))
  supposing.suppose(keyOf('table', to), `table ${display(to)} has the columns ${taken.map(({ name }) => name).join(', ')}`, (catalog) =>
    catalog.tables.has(to) ? editTable(catalog, to, (table) => ({ ...table, columns: [...table.columns, ...taken] })) : catalog,
  )
}

/** The child is a partition of the parent, or inherits from it. */
export const supposeBelonging = (supposing: Supposing, parent: RelationName | undefined, child: RelationName | undefined, as: 'partition' | 'heir'): void => {
  const table = child === undefined ? undefined : supposing.catalog.tables.get(child)
  if (parent === undefined || child === undefined || !table || !supposing.isOpen(child) || !supposing.catalog.tables.has(parent)) return
  if (as === 'partition' ? table.partitionOf : table.inherits.includes(parent)) return
  const what = `table ${display(child)} ${as === 'partition' ? 'is a partition of' : 'inherits from'} ${display(parent)}`
  supposing.suppose(keyOf('table', child), what, (catalog) =>
    catalog.tables.has(child)
      ? editTable(catalog, child, (before) =>
          as === 'partition' ? { ...before, partitionOf: { parent, bound: { is_default: true } } } : { ...before, inherits: [...before.inherits, parent] },
        )
      : catalog,
  )
}
