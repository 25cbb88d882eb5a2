/** The logic of conditions: true, false, NULL as SQL has them, and unknown. Unknown is stronger than NULL: it may be anything. */
import { present, unknown, type Value } from '../system-tables.ts'

const spelled: ReadonlyMap<Value, Value> = new Map<Value, Value>([
  ['t', true],
  ['true', true],
  ['on', true],
  ['f', false],
  ['false', false],
  ['off', false],
  [present, unknown],
])

/** A value as a condition: words are read as `boolean` reads them. */
export const truth = (value: Value): Value => spelled.get(value) ?? value

/** What `decides` settles, unless none of the values is it. */
const unless = (decides: boolean, values: readonly Value[]): Value => {
  if (values.includes(decides)) return decides
  if (values.includes(unknown)) return unknown
  return values.includes(null) ? null : !decides
}

export const and = (values: readonly Value[]): Value => unless(false, values)
export const or = (values: readonly Value[]): Value => unless(true, values)
export const not = (value: Value): Value => (typeof value === 'boolean' ? !value : value)
