/** What a condition comes to in a row whose values are known in part. */
import type { Expression } from '../../model/catalog.ts'
import { child, list, strings, text } from '../../sql/tree.ts'

/** Functions that answer NULL to a NULL, of those that stand in conditions. */
const strictFunctions = new Set(
  'char_length character_length length octet_length lower upper btrim ltrim rtrim trim jsonb_typeof json_typeof abs date_part date_trunc array_length jsonb_array_length'.split(
    ' ',
  ),
)

/** What an expression comes to; undefined where that is not known. */
export type Value = boolean | number | string | null | undefined

const constant = (node: Expression | undefined): Value => {
  const value = child(node, 'A_Const')
  if (!value) return undefined
  if (value.isnull === true) return null
  const [integer, decimal, truth, string] = ['ival', 'fval', 'boolval', 'sval'].map((key) => child(value, key))
  if (integer) return Number(integer.ival ?? 0)
  if (decimal) return Number(text(decimal, 'fval'))
  return truth ? truth.boolval === true : string && text(string, 'sval')
}

/** A number may be written as a text: `DEFAULT '0'`. */
const compared = (left: Value, right: Value): number | undefined => {
  if (left === undefined || right === undefined || left === null || right === null) return undefined
  if (typeof left === typeof right) return left < right ? -1 : left > right ? 1 : 0
  const [a, b] = [Number(left), Number(right)]
  return typeof left === 'boolean' || typeof right === 'boolean' || Number.isNaN(a) || Number.isNaN(b) ? undefined : a - b
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
}

const allOrNone = (values: readonly Value[], decisive: boolean): Value =>
  values.includes(decisive) ? decisive : values.includes(undefined) ? undefined : values.includes(null) ? null : !decisive

type Values = (column: string) => Value

/** Lists of `IN`, `= ANY (ARRAY[…])`, and the limits of BETWEEN. */
export const itemsOf = (node: unknown): readonly Expression[] => {
  if (Array.isArray(node)) return node as readonly Expression[]
  const tree = node as Expression | undefined
  const inner = child(child(tree, 'TypeCast'), 'arg')
  return inner ? itemsOf(inner) : [...list(child(tree, 'A_ArrayExpr'), 'elements'), ...list(child(tree, 'List'), 'items')]
}

const operationValue = (operation: Expression, values: Values): Value => {
  const [kind, name] = [text(operation, 'kind') ?? '', strings(list(operation, 'name')).at(-1) ?? '']
  const left = evaluated(child(operation, 'lexpr'), values)
  if (kind === 'AEXPR_IN' || kind === 'AEXPR_OP_ANY') {
    const hits = itemsOf(operation.rexpr).map((item) => equality(left, evaluated(item, values)))
    const among = hits.length === 0 ? undefined : allOrNone(hits, true)
    return name === '=' ? among : name === '<>' && kind === 'AEXPR_IN' && typeof among === 'boolean' ? !among : among === null ? null : undefined
  }
  if (kind === 'AEXPR_BETWEEN') {
    const [low, high] = itemsOf(operation.rexpr).map((item) => compared(left, evaluated(item, values)))
    return left === null ? null : low === undefined || high === undefined ? undefined : low >= 0 && high <= 0
  }
  const right = evaluated(child(operation, 'rexpr'), values)
  if (kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT') {
    const order = left === null || right === null ? (left === undefined || right === undefined ? undefined : left === right ? 0 : 1) : compared(left, right)
    return order === undefined ? undefined : (order !== 0) === (kind === 'AEXPR_DISTINCT')
  }
  if (kind !== 'AEXPR_OP' && !kind.startsWith('AEXPR_LIKE') && !kind.startsWith('AEXPR_ILIKE')) return undefined
  if (left === null || right === null) return null
  const order = compared(left, right)
  const compare = kind === 'AEXPR_OP' ? comparisons[name] : undefined
  return order === undefined || !compare ? undefined : compare(order)
}

const equality = (left: Value, right: Value): Value => {
  if (left === null || right === null) return null
  const order = compared(left, right)
  return order === undefined ? undefined : order === 0
}

/** What a condition comes to in a row of these values, as PostgreSQL answers it. Texts are compared for being equal alone where a collation could tell them apart. */
export const evaluated = (expression: Expression | undefined, values: Values): Value => {
  const [column, test, logic, operation, call, cast] = ['ColumnRef', 'NullTest', 'BoolExpr', 'A_Expr', 'FuncCall', 'TypeCast'].map((key) =>
    child(expression, key),
  )
  if (column) return values(strings(list(column, 'fields')).at(-1) ?? '')
  if (cast) return evaluated(child(cast, 'arg'), values)
  if (test) {
    const value = evaluated(child(test, 'arg'), values)
    return value === undefined ? undefined : (value === null) === (text(test, 'nulltesttype') === 'IS_NULL')
  }
  if (logic) {
    const parts = list(logic, 'args').map((part) => evaluated(part, values))
    const [first] = parts
    if (text(logic, 'boolop') === 'NOT_EXPR') return typeof first === 'boolean' ? !first : first === null ? null : undefined
    return allOrNone(parts, text(logic, 'boolop') === 'OR_EXPR')
  }
  if (call) {
    const strict = strictFunctions.has(strings(list(call, 'funcname')).at(-1) ?? '')
    return strict && list(call, 'args').some((argument) => evaluated(argument, values) === null) ? null : undefined
  }
  return operation ? operationValue(operation, values) : constant(expression)
}
