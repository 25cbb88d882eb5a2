/** One comparison of a condition as the demand under which it holds or fails. NULL does neither, and a CHECK lets it through: so none is asked not to be NULL. */
import { columnsIn, referencedColumn } from '../changes/expressions.ts'
import type { Tree } from '../model/json.ts'
import { child, list, text } from '../sql/tree.ts'
import { constantList, constantText, isNullConstant, uncast } from './constant.ts'
import type { Demand } from './demand.ts'
import { fromLike } from './pattern.ts'
import { operatorOf, type Target, targetOf, under } from './target.ts'

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>='

/** A demand on one column, or a comparison of two. */
export type Wish = { readonly column: string; readonly demand: Demand } | { readonly left: string; readonly comparison: Comparison; readonly right: string }

const opposites: Readonly<Record<Comparison, Comparison>> = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' }
const mirrored: Readonly<Record<Comparison, Comparison>> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

export const isComparison = (operator: string): operator is Comparison => operator in opposites

const span = (comparison: Comparison, value: number): Demand['length'] => {
  switch (comparison) {
    case '=':
      return { min: value, max: value }
    case '<>':
      return { min: value + 1 }
    case '<':
      return { max: value - 1 }
    case '<=':
      return { max: value }
    case '>':
      return { min: value + 1 }
    case '>=':
      return { min: value }
  }
}

/** A text that reads as a number. */
const digits = '[1-9][0-9]{3}'

const about = ({ column, path, number }: Target, demand: Demand): Wish => ({
  column,
  demand: under(path, number && path.length === 0 ? { ...demand, patterns: [...(demand.patterns ?? []), digits] } : demand),
})

const limited = (comparison: Comparison, sql: string, constant: string | undefined): Demand => {
  const limit = { sql, ...(constant === undefined ? {} : { constant }), inclusive: comparison.endsWith('=') }
  return comparison.startsWith('<') ? { max: [limit] } : { min: [limit] }
}

const ofValue = (comparison: Comparison, constant: string): Demand => {
  if (comparison === '=') return { oneOf: [constant] }
  return comparison === '<>' ? { not: [constant] } : limited(comparison, constant, constant)
}

const ofConstant = (target: Target, comparison: Comparison, constant: string): Wish | undefined => {
  if (target.of === 'value') return about(target, ofValue(comparison, constant))
  if (target.of === 'json type') return comparison === '=' ? about(target, { json: constant }) : about(target, {})
  const measured = span(comparison, Number(constant))
  if (!measured) return undefined
  if (target.of === 'length') return about(target, { length: measured })
  return about(target, { count: measured })
}

/** A text that must be its own lower or upper case. */
const ofFold = (folded: 'lower' | 'upper'): Demand => ({ plain: true, folded })

const plainColumn = ({ path, of, folded }: Target): boolean => path.length === 0 && of === 'value' && folded === undefined

const ofTwo = (left: Target, comparison: Comparison, right: Target): Wish | undefined => {
  if (left.column === right.column) {
    const folded = left.folded ?? right.folded
    return comparison === '=' ? { column: left.column, demand: folded ? ofFold(folded) : { plain: true } } : undefined
  }
  return plainColumn(left) && plainColumn(right) ? { left: left.column, comparison, right: right.column } : undefined
}

/** `left operator right`, where one side is a column and the other a constant or a column too. */
const compare = (left: Tree, comparison: Comparison, right: Tree, sqlOf: (node: Tree) => string): Wish | undefined => {
  const [from, to] = [targetOf(left), targetOf(right)]
  if (from && to) return ofTwo(from, comparison, to)
  if (!from) return to ? compare(right, mirrored[comparison], left, sqlOf) : undefined
  const constant = constantText(right)
  if (constant !== undefined) return ofConstant(from, comparison, constant)
  const fixed = columnsIn(right).size === 0 && from.of === 'value' && !isNullConstant(right)
  return fixed && comparison !== '=' && comparison !== '<>' ? about(from, limited(comparison, sqlOf(right), undefined)) : undefined
}

const ofList = (target: Target, values: readonly string[], within: boolean): Wish | undefined =>
  target.of === 'value' ? about(target, within ? { oneOf: values } : { not: values }) : undefined

const ofPattern = (target: Target | undefined, pattern: string | undefined, positive: boolean): Wish | undefined => {
  if (!target || target.of !== 'value' || pattern === undefined) return undefined
  return about(target, positive ? { patterns: [pattern] } : { plain: true })
}

/** Operators of arrays and JSON documents, with a constant on the right. */
const ofContainment = (operator: string, target: Target | undefined, right: Tree): Wish | undefined => {
  if (!target || target.of !== 'value') return undefined
  if (operator === '?') return about(target, under([constantText(right) ?? ''], { null: false }))
  const values = constantList(right)
  if (!values) return undefined
  if (operator === '<@') return about(target, { elements: values })
  if (operator === '@>') return about(target, { contains: values })
  return operator === '&&' ? about(target, { contains: values.slice(0, 1) }) : undefined
}

const ofOperator = (expression: Tree, left: Tree, right: Tree, positive: boolean, sqlOf: (node: Tree) => string): Wish | undefined => {
  const operator = operatorOf(expression)
  if (isComparison(operator)) return compare(left, positive ? operator : opposites[operator], right, sqlOf)
  if (operator === '~' || operator === '~*') return ofPattern(targetOf(left), constantText(right), positive)
  if (operator === '!~' || operator === '!~*') return ofPattern(targetOf(left), constantText(right), !positive)
  return positive ? ofContainment(operator, targetOf(left), right) : undefined
}

/** `= ANY (…)` and `<> ALL (…)`, over constants, or over a column that is an array. */
const ofAny = (left: Tree, right: Tree, within: boolean): Wish | undefined => {
  const element = constantText(left)
  const array = referencedColumn(uncast(right))
  if (element !== undefined && array !== undefined) return within ? { column: array, demand: { contains: [element] } } : undefined
  const [target, values] = [targetOf(left), constantList(right)]
  return target && values ? ofList(target, values, within) : undefined
}

const ofLike = (expression: Tree, left: Tree, right: Tree, positive: boolean): Wish | undefined => {
  const pattern = constantText(right)
  const negated = operatorOf(expression).startsWith('!')
  return ofPattern(targetOf(left), pattern === undefined ? undefined : fromLike(pattern), positive !== negated)
}

/** The wish under which an operator's expression is true, or false; undefined where it is not understood. */
export const wishOf = (expression: Tree, positive: boolean, sqlOf: (node: Tree) => string): Wish | undefined => {
  const [left, right] = [child(expression, 'lexpr'), child(expression, 'rexpr')]
  if (!left || !right) return undefined
  switch (text(expression, 'kind')) {
    case 'AEXPR_OP':
      return ofOperator(expression, left, right, positive, sqlOf)
    case 'AEXPR_OP_ANY':
      return operatorOf(expression) === '=' ? ofAny(left, right, positive) : undefined
    case 'AEXPR_OP_ALL':
      return operatorOf(expression) === '<>' ? ofAny(left, right, !positive) : undefined
    case 'AEXPR_IN':
      return ofAny(left, right, (operatorOf(expression) === '=') === positive)
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return ofLike(expression, left, right, positive)
    default:
      return undefined
  }
}

/** The two ends of BETWEEN. */
export const endsOf = (expression: Tree): readonly [Tree, Tree] | undefined => {
  const [low, high] = list(child(child(expression, 'rexpr'), 'List'), 'items')
  return low && high ? [low, high] : undefined
}
