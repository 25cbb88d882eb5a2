/** SELECT over system tables, in EXISTS or for its values. */
import type { Tree } from '../../model/json.ts'
import { child, list, strings, text } from '../../sql/tree.ts'
import { type Row, unknown, type Value } from '../system-tables.ts'
import { fromClause } from './from.ts'
import { and, or, truth } from './logic.ts'
import { type Context, type Evaluate, fieldsOf, rangeOf } from './scope.ts'

/** A SelectStmt inside of an expression, with the context of that expression. */
export type Query = { readonly select: Tree; readonly context: Context; readonly evaluate: Evaluate }

/** The conditions of an AND, one by one. */
const conjuncts = (tree: Tree): readonly Tree[] => {
  const both = child(tree, 'BoolExpr')
  return both && text(both, 'boolop') === 'AND_EXPR' ? list(both, 'args').flatMap(conjuncts) : [tree]
}

/** `column = value`, where the value is known before any row is. */
type Pin = { readonly range: number; readonly column: string; readonly value: string }

const pinOf = (evaluate: Evaluate, context: Context, condition: Tree): Pin | undefined => {
  const node = child(condition, 'A_Expr')
  if (!node || text(node, 'kind') !== 'AEXPR_OP' || strings(list(node, 'name')).at(-1) !== '=') return undefined
  const pin = (column: Tree | undefined, value: Tree | undefined): Pin | undefined => {
    const fields = fieldsOf(child(column, 'ColumnRef'))
    const range = fields.length === 0 ? -1 : rangeOf(context.scope, fields)
    if (range === -1 || !value) return undefined
    const known = evaluate(context, value)
    return typeof known === 'string' || typeof known === 'number' ? { range, column: fields.at(-1) ?? '', value: String(known) } : undefined
  }
  const [left, right] = [child(node, 'lexpr'), child(node, 'rexpr')]
  return pin(left, right) ?? pin(right, left)
}

const mayBe = (row: Row, { column, value }: Pin): boolean => {
  const own = row[column]
  if (own === undefined || typeof own === 'symbol' || typeof own === 'boolean') return true
  return own !== null && String(own) === value
}

/** Calls `found` with each combination of rows for which the conditions hold or may hold. `found` answers false to stop. Answers false when rows decide. */
const eachRow = ({ select, context, evaluate }: Query, found: (inside: Context, sure: boolean) => boolean): boolean => {
  const from = fromClause(context.reading.catalog, select)
  if (!from) return false
  const { ranges } = from
  const where = child(select, 'whereClause')
  const conditions = [...from.conditions, ...(where ? [where] : [])].flatMap(conjuncts)
  const inside = (rows: readonly Row[]): Context => ({ ...context, scope: { ranges, rows, ...(context.scope ? { outer: context.scope } : {}) } })
  const holdsIn = (here: Context): Value => and(conditions.map((condition) => truth(evaluate(here, condition))))
  const outside = inside([])
  // Once without rows, for what is refused or false whatever the rows are.
  const before = holdsIn(outside)
  if (before === false || before === null) return true
  const pins = conditions.flatMap((condition) => pinOf(evaluate, outside, condition) ?? [])
  const candidates = ranges.map(({ rows }, at) => {
    const own = pins.filter(({ range }) => range === at)
    return own.length === 0 ? rows : rows.filter((row) => own.every((pin) => mayBe(row, pin)))
  })
  const visit = (rows: readonly Row[]): boolean => {
    const here = inside(rows)
    const holds = rows.length === 0 ? before : holdsIn(here)
    if (holds === false || holds === null) return true
    const next = candidates[rows.length]
    if (next === undefined) return found(here, holds === true && !rows.some(({ maybe }) => maybe))
    return next.every((row) => visit([...rows, row]))
  }
  visit([])
  return true
}

const aggregates = new Set(['count', 'min', 'max', 'sum', 'bool_or', 'bool_and', 'array_agg', 'string_agg'])

const targets = (select: Tree): readonly Tree[] => list(select, 'targetList').map((target) => child(child(target, 'ResTarget'), 'val') ?? {})

/** The first aggregate function among a SELECT's targets. */
const aggregateOf = (select: Tree): string | undefined =>
  targets(select)
    .map((target) => strings(list(child(target, 'FuncCall'), 'funcname')).at(-1))
    .find((name) => name !== undefined && aggregates.has(name))

const isPlain = (select: Tree): boolean =>
  ['groupClause', 'havingClause', 'limitOffset', 'withClause', 'distinctClause', 'valuesLists'].every((key) => select[key] === undefined)

/** EXISTS. */
export const exists = (query: Query): Value => {
  const { select } = query
  const [left, right] = [child(select, 'larg'), child(select, 'rarg')]
  if (left && right) return text(select, 'op') === 'SETOP_UNION' ? or([left, right].map((side) => exists({ ...query, select: side }))) : unknown
  if (!isPlain(select)) return unknown
  if (aggregateOf(select) !== undefined) return true
  let answer: Value = false
  const done = eachRow(query, (_inside, sure) => {
    answer = sure ? true : unknown
    return !sure
  })
  return done ? answer : unknown
}

/** The values of the first target; undefined when they are not all known. `count(*)` is a number. */
export const selectValues = (query: Query): readonly Value[] | undefined => {
  const { select, evaluate } = query
  const [target] = targets(select)
  if (!target || !isPlain(select) || select.larg !== undefined) return undefined
  const aggregate = aggregateOf(select)
  const values: Value[] = []
  let sureOfAll = true
  const done = eachRow(query, (inside, sure) => {
    sureOfAll &&= sure
    values.push(aggregate === undefined ? evaluate(inside, target) : 1)
    return true
  })
  if (!done || !sureOfAll) return undefined
  if (aggregate === undefined) return values
  return aggregate === 'count' && 'agg_star' in (child(target, 'FuncCall') ?? {}) ? [values.length] : undefined
}
