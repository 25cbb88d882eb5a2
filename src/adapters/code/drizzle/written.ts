/** What INSERT and UPDATE write: `values({ … })`, `set({ … })`. */
import type { UseRole } from '../../../model/code.ts'
import type { Site, Value } from '../value.ts'
import { Column, columnsOf } from './column.ts'
import type { Ground } from './ground.ts'
import { type Properties, type Property, propertiesOf } from './properties.ts'
import { recordColumn, recordExpression, recordImplicit, recordLiterals } from './record.ts'
import type { Source } from './source.ts'
import { elementsOf, stringsIn } from './values.ts'

type Written = { readonly given: readonly string[]; readonly open: boolean }

const recordGiven = (column: Column, { value, carried }: Property, role: UseRole, site: Site, ground: Ground): void => {
  if (carried) return recordImplicit([column], role, 'write', site)
  recordColumn(column, role, 'write', site)
  recordLiterals(column, stringsIn(value, site), 'write', site)
  recordExpression(value, { role, from: [column.owner] }, site, ground)
}

const givenColumns = (table: Source, { known }: Properties): readonly (readonly [Column, Property])[] =>
  [...known].flatMap(([key, property]) => {
    const column = table.fields().get(key)
    return column instanceof Column ? [[column, property] as const] : []
  })

/** `$defaultFn` and `$onUpdate` give a value where the statement does not; the latter to an INSERT only where nothing else does. */
const isFilled = ({ facts: { onInsert, onUpdate } }: Column, role: UseRole): boolean =>
  role === 'values' ? onInsert === 'code' || (onInsert === undefined && onUpdate === true) : onUpdate === true

/** An object whose keys are not all known may name any column. */
const recordOne = (table: Source, value: Value, role: UseRole, site: Site, ground: Ground): Written => {
  const properties = propertiesOf(value, site)
  const given = givenColumns(table, properties)
  for (const [column, property] of given) recordGiven(column, property, role, site, ground)
  const named = new Set(given.map(([column]) => column))
  const rest = columnsOf(table).filter((column) => !named.has(column) && (properties.open || isFilled(column, role)))
  recordImplicit(rest, role, 'write', site)
  return { given: given.map(([{ name }]) => name), open: properties.open }
}

/** Each object that is written, alone or in a list. */
export const recordWritten = (table: Source, value: Value | undefined, role: UseRole, site: Site, ground: Ground): readonly Written[] =>
  elementsOf(value)
    .filter(({ kind }) => kind !== 'literal')
    .map((single) => recordOne(table, single, role, site, ground))
