/** Operators over two values. */
import { type Known, unknown, type Value } from '../system-tables.ts'
import { not, truth } from './logic.ts'

/** An operator that NULL makes NULL, and a value that memory does not have makes unknown. */
const strict =
  (operate: (left: NonNullable<Known>, right: NonNullable<Known>) => Value) =>
  (left: Value, right: Value): Value => {
    if (left === null || right === null) return null
    return typeof left === 'symbol' || typeof right === 'symbol' ? unknown : operate(left, right)
  }

export const equals = strict((left, right) =>
  typeof left === 'boolean' || typeof right === 'boolean' ? truth(left) === truth(right) : String(left) === String(right),
)

/** IS NOT DISTINCT FROM. */
export const same = (left: Value, right: Value): Value => {
  if (left !== null && right !== null) return equals(left, right)
  return left === unknown || right === unknown ? unknown : left === right
}

/** Numbers alone: the order of texts is the collation's. */
const ordered = (holds: (difference: number) => boolean) =>
  strict((left, right) => {
    const difference = Number(left) - Number(right)
    return Number.isNaN(difference) ? unknown : holds(difference)
  })

const operators: ReadonlyMap<string, (left: Value, right: Value) => Value> = new Map([
  ['=', equals],
  ['<>', (left, right) => not(equals(left, right))],
  ['!=', (left, right) => not(equals(left, right))],
  ['<', ordered((difference) => difference < 0)],
  ['<=', ordered((difference) => difference <= 0)],
  ['>', ordered((difference) => difference > 0)],
  ['>=', ordered((difference) => difference >= 0)],
  ['||', strict((left, right) => `${left}${right}`)],
])

/** The value of `left operator right`; unknown for an operator that is not known here. */
export const operate = (operator: string, left: Value, right: Value): Value => {
  const known = operators.get(operator)
  return known ? known(left, right) : unknown
}
