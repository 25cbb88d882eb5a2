/** Filters and orders as objects: `where: { status: 'draft', age: { gt: 3 }, OR: […] }`. */
import { any, type Site, type Value } from '../value.ts'
import { Column } from './column.ts'
import type { Ground } from './ground.ts'
import { operators } from './operators.ts'
import { propertiesOf } from './properties.ts'
import { recordColumn, recordExpression, recordLiterals } from './record.ts'
import type { Registry } from './registry.ts'
import { Source } from './source.ts'
import { each, elementsOf, stringsIn } from './values.ts'

const groups = new Set(['AND', 'OR', 'NOT'])

/** `'draft'`, `{ eq: 'draft' }`, `{ in: ['draft', 'sent'] }`, `{ OR: […] }`. */
const literalsOf = (value: Value, site: Site): readonly string[] => [
  ...stringsIn(value, site),
  ...elementsOf(value)
    .filter(({ kind }) => kind === 'object')
    .flatMap((object) => [...propertiesOf(object, site).known.values()].flatMap((property) => literalsOf(property.value, site))),
]

export const recordFilter = (table: Source, filter: Value, site: Site, registry: Registry): void => {
  for (const single of elementsOf(filter)) {
    if (single.kind !== 'object') continue
    for (const [key, { value }] of propertiesOf(single, site).known) recordKey(table, key, value, site, registry)
  }
}

const recordKey = (table: Source, key: string, value: Value, site: Site, registry: Registry): void => {
  if (groups.has(key)) return recordFilter(table, value, site, registry)
  if (key === 'RAW') return recordExpression(called(value, table, site, registry.ground), { role: 'where', from: [table] }, site, registry.ground)
  const column = table.fields().get(key)
  if (column instanceof Column) {
    recordColumn(column, 'where', 'read', site)
    return recordLiterals(column, literalsOf(value, site), 'read', site)
  }
  for (const target of each(registry.relation(table.number, key)?.target)) if (target instanceof Source) recordFilter(target, value, site, registry)
}

/** `(fields, operators) => …` is called, anything else is itself. */
export const called = (value: Value, table: Source, site: Site, ground: Ground): Value =>
  value.kind === 'function' ? site.machine.invoke(value, [table, operators(ground)], site) : (value ?? any)

/** `orderBy: { createdAt: 'desc' }`. */
export const recordOrder = (table: Source, order: Value, site: Site): void => {
  for (const key of propertiesOf(order, site).known.keys()) {
    const column = table.fields().get(key)
    if (column instanceof Column) recordColumn(column, 'order', 'read', site)
  }
}
