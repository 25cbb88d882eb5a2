/** The value of an expression, as far as the catalog and known variables tell. */
import type { Tree } from '../../model/json.ts'
import { child, flag, list, strings, text, unwrap } from '../../sql/tree.ts'
import { unknown, type Value } from '../system-tables.ts'
import { call } from './functions.ts'
import { like } from './like.ts'
import { and, not, or, truth } from './logic.ts'
import { equals, operate, same } from './operators.ts'
import { cast } from './registered.ts'
import { type Context, type Evaluate, fieldsOf, namedValue } from './scope.ts'
import { exists, selectValues } from './select.ts'

/** The last part of a name: of a function, of an operator. */
const lastOf = (node: Tree, key: string): string | undefined => strings(list(node, key)).at(-1)

const constant = (node: Tree): Value => {
  if (flag(node, 'isnull')) return null
  const sval = child(node, 'sval')
  if (sval) return text(sval, 'sval') ?? ''
  const ival = child(node, 'ival')
  if (ival) return Number(ival.ival ?? 0)
  const boolval = child(node, 'boolval')
  if (boolval) return flag(boolval, 'boolval')
  const fval = child(node, 'fval')
  return fval ? Number(text(fval, 'fval') ?? '0') : unknown
}

/** The elements of `ARRAY[…]` or `'{a,b}'`. */
const elements = (context: Context, node: Tree | undefined): readonly Value[] => {
  if (!node) return [unknown]
  const array = child(node, 'A_ArrayExpr')
  if (array) return list(array, 'elements').map((element) => evaluate(context, element))
  const inner = child(child(node, 'TypeCast'), 'arg')
  if (inner) return elements(context, inner)
  const value = evaluate(context, node)
  if (typeof value !== 'string' || !/^\{[^"\\{}]*\}$/.test(value)) return [unknown]
  return value
    .slice(1, -1)
    .split(',')
    .map((part) => part.trim())
}

const isIndexDefinition = (node: Tree | undefined): boolean => fieldsOf(child(node, 'ColumnRef')).at(-1) === 'indexdef'

const operation = (context: Context, node: Tree): Value => {
  const operator = lastOf(node, 'name') ?? ''
  const kind = text(node, 'kind')
  const [left, right] = [child(node, 'lexpr'), child(node, 'rexpr')]
  const value = (tree: Tree | undefined): Value => (tree ? evaluate(context, tree) : unknown)
  switch (kind) {
    case 'AEXPR_OP': {
      const [lefts = [], rights = []] = [left, right].map((side) => list(child(side, 'RowExpr'), 'args'))
      const isRows = operator === '=' && lefts.length > 0 && lefts.length === rights.length
      return isRows ? and(lefts.map((side, at) => equals(value(side), value(rights[at])))) : operate(operator, value(left), value(right))
    }
    case 'AEXPR_IN': {
      const any = or(list(child(right, 'List'), 'items').map((item) => equals(value(left), value(item))))
      return operator === '<>' ? not(any) : any
    }
    case 'AEXPR_OP_ANY':
      return or(elements(context, right).map((element) => operate(operator, value(left), element)))
    case 'AEXPR_OP_ALL':
      return and(elements(context, right).map((element) => operate(operator, value(left), element)))
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE': {
      const matches = like(value(left), value(right), { insensitive: kind === 'AEXPR_ILIKE', ours: isIndexDefinition(left) })
      return operator.startsWith('!') ? not(matches) : matches
    }
    case 'AEXPR_NOT_DISTINCT':
      return same(value(left), value(right))
    case 'AEXPR_DISTINCT':
      return not(same(value(left), value(right)))
    default:
      return unknown
  }
}

const subLink = (context: Context, node: Tree): Value => {
  const select = child(child(node, 'subselect'), 'SelectStmt')
  if (!select) return unknown
  const query = { select, context, evaluate }
  switch (text(node, 'subLinkType')) {
    case 'EXISTS_SUBLINK':
      return exists(query)
    case 'EXPR_SUBLINK': {
      const found = selectValues(query)
      return found === undefined || found.length > 1 ? unknown : (found[0] ?? null)
    }
    case 'ANY_SUBLINK': {
      const tested = child(node, 'testexpr')
      const found = selectValues(query)
      if (!tested || found === undefined) return unknown
      const value = evaluate(context, tested)
      return or(found.map((candidate) => operate(lastOf(node, 'operName') ?? '=', value, candidate)))
    }
    default:
      return unknown
  }
}

const connected = (boolop: string | undefined, values: readonly Value[]): Value => {
  if (boolop === 'AND_EXPR') return and(values)
  if (boolop === 'OR_EXPR') return or(values)
  const [only = unknown] = values
  return not(only)
}

/** `IS [NOT] TRUE`, `FALSE`, `UNKNOWN`. */
const isTruth = (value: Value, test: string): Value => {
  if (value === unknown) return unknown
  const holds = test.endsWith('TRUE') ? value === true : test.endsWith('FALSE') ? value === false : value === null
  return test.startsWith('IS_NOT') ? !holds : holds
}

/** The value of an expression's tree. Refuses what PostgreSQL refuses, as a cast of a missing name to regclass. */
export const evaluate: Evaluate = (context, tree) => {
  const [name, node] = unwrap(tree)
  const argument = (): Value => evaluate(context, child(node, 'arg') ?? {})
  const all = (): readonly Value[] => list(node, 'args').map((item) => evaluate(context, item))
  switch (name) {
    case 'A_Const':
      return constant(node)
    case 'ColumnRef':
      return namedValue(context, fieldsOf(node))
    case 'TypeCast':
      return cast(context.reading, argument(), child(node, 'typeName'))
    case 'A_Expr':
      return operation(context, node)
    case 'BoolExpr':
      return connected(text(node, 'boolop'), all().map(truth))
    case 'NullTest': {
      const value = argument()
      const isNull = value === unknown ? unknown : value === null
      return text(node, 'nulltesttype') === 'IS_NOT_NULL' ? not(isNull) : isNull
    }
    case 'BooleanTest':
      return isTruth(truth(argument()), text(node, 'booltesttype') ?? '')
    case 'SubLink':
      return subLink(context, node)
    case 'CoalesceExpr': {
      const [first = null] = all().filter((value) => value !== null)
      return first
    }
    case 'SQLValueFunction':
      return text(node, 'op') === 'SVFOP_CURRENT_SCHEMA' ? call(context.reading, 'current_schema', []) : unknown
    case 'FuncCall':
      return call(context.reading, lastOf(node, 'funcname') ?? '', all())
    default:
      return unknown
  }
}
