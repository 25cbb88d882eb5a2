/** Conditions that are decided without a row: `true`, `1 = 1`, `NOT false`, `NULL IS NULL`. */
import type { Tree } from '../model/json.ts'
import { child, list, stringValue, text } from '../sql/tree.ts'
import { equal } from './equal.ts'

type Constant = { readonly value: string | number | boolean | null }

/** A constant, also behind a cast to the type that it has anyway. */
const constantOf = (node: Tree | undefined): Constant | undefined => {
  const cast = child(node, 'TypeCast')
  if (cast)
    return text(list(child(cast, 'typeName'), 'names').at(-1), 'sval') === 'bool' ? booleanOf(constantOf(child(cast, 'arg'))) : constantOf(child(cast, 'arg'))
  const constant = child(node, 'A_Const')
  if (!constant) return undefined
  if (constant.isnull === true) return { value: null }
  const [boolean, integer, other] = [child(constant, 'boolval'), child(constant, 'ival'), child(constant, 'sval') ?? child(constant, 'fval')]
  // What is false or 0 is left out of the tree.
  if (boolean) return { value: boolean.boolval === true }
  if (integer) return { value: Number(integer.ival ?? 0) }
  const value = text(other, 'sval') ?? text(other, 'fval')
  return value === undefined ? undefined : { value }
}

const booleanOf = (constant: Constant | undefined): Constant | undefined => {
  if (typeof constant?.value !== 'string') return constant
  if (/^(?:t|true|y|yes|on|1)$/i.test(constant.value)) return { value: true }
  return /^(?:f|false|n|no|off|0)$/i.test(constant.value) ? { value: false } : undefined
}

const ofBoth = (node: Tree): boolean | undefined => {
  const values = list(node, 'args').map(truthOf)
  switch (text(node, 'boolop')) {
    case 'AND_EXPR':
      return values.includes(false) ? false : values.every((value) => value === true) ? true : undefined
    case 'OR_EXPR':
      return values.includes(true) ? true : values.every((value) => value === false) ? false : undefined
    default: {
      const [value] = values
      return value === undefined ? undefined : !value
    }
  }
}

const ofComparison = (node: Tree): boolean | undefined => {
  const [left, right] = [constantOf(child(node, 'lexpr')), constantOf(child(node, 'rexpr'))]
  if (text(node, 'kind') !== 'AEXPR_OP' || !left || !right || left.value === null || right.value === null) return undefined
  const operator = stringValue(list(node, 'name').at(-1) ?? {})
  if (typeof left.value !== typeof right.value) return undefined
  if (operator === '=') return equal(left, right)
  return operator === '<>' ? !equal(left, right) : undefined
}

const ofNullTest = (node: Tree): boolean | undefined => {
  const constant = constantOf(child(node, 'arg'))
  return constant && (constant.value === null) === (text(node, 'nulltesttype') === 'IS_NULL')
}

/** What a condition is for every row; undefined where rows decide, or where it is not looked into. */
export const truthOf = (condition: Tree | undefined): boolean | undefined => {
  const both = child(condition, 'BoolExpr')
  if (both) return ofBoth(both)
  const comparison = child(condition, 'A_Expr')
  if (comparison) return ofComparison(comparison)
  const test = child(condition, 'NullTest')
  if (test) return ofNullTest(test)
  const value = booleanOf(constantOf(condition))?.value
  return typeof value === 'boolean' ? value : undefined
}
