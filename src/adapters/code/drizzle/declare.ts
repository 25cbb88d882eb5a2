/** A table from its name and its columns' builders. */
import type { Site, Value } from '../value.ts'
import { ColumnBuilder, columnBuilders, unknownColumn } from './builder.ts'
import { Column } from './column.ts'
import { propertiesOf } from './properties.ts'
import type { Registry } from './registry.ts'
import type { Table, TableHead } from './table.ts'
import { each, isCallable } from './values.ts'

/** An object, or `(t) => ({ id: t.serial() })`. */
const buildersIn = (value: Value | undefined, site: Site): Value | undefined =>
  value !== undefined && isCallable(value) ? site.machine.invoke(value, [columnBuilders], site) : value

export const declareTable = (registry: Registry, head: TableHead, columns: Value | undefined, site: Site): Table => {
  const table = registry.declareTable(head)
  const { known, open } = propertiesOf(buildersIn(columns, site), site)
  if (open) site.machine.gap(`not all columns of ${table.name} are known`, site, table.number)
  for (const [key, { value }] of known) {
    const builder = each(value).find((single) => single instanceof ColumnBuilder)
    if (!table.columns.has(key)) table.columns.set(key, new Column(table.ground, table, key, builder?.facts ?? unknownColumn(site)))
  }
  return table
}
