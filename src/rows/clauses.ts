/**
 * A condition as the ways in which it can be met: each way is a list of wishes that must all come true. What is not understood asks for nothing; its
 * columns are named, and rows are then found by trying.
 */
import { columnsIn, referencedColumn } from '../changes/expressions.ts'
import type { Expression } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { printExpression } from '../sql/print.ts'
import { child, flag, list, text, unwrap } from '../sql/tree.ts'
import { endsOf, isComparison, type Wish, wishOf } from './atom.ts'
import { constantsIn, constantText, isNullConstant, uncast } from './constant.ts'
import { callOf, isNumberCast, operatorOf, targetOf, under } from './target.ts'

export type Clause = readonly Wish[]

export type Clauses = {
  readonly clauses: readonly Clause[]
  /** Columns of what was not understood, with the constants beside them. */
  readonly unread: ReadonlyMap<string, readonly string[]>
}

/** A condition with more ways than this is met in one of the first. */
const enough = 48

/** Of so many conditions that are counted, every combination is tried. */
const countable = 6

const nothing: readonly Clause[] = [[]]

/** All pairs, both wishes together. */
const every = (parts: readonly (readonly Clause[])[]): readonly Clause[] =>
  parts.reduce<readonly Clause[]>((known, part) => known.flatMap((one) => part.map((other) => [...one, ...other])).slice(0, enough), nothing)

const any = (parts: readonly (readonly Clause[])[]): readonly Clause[] => parts.flat().slice(0, enough)

const booleanNodes = new Set(['BoolExpr', 'NullTest', 'BooleanTest'])
const relational = new Set([
  'AEXPR_IN',
  'AEXPR_BETWEEN',
  'AEXPR_NOT_BETWEEN',
  'AEXPR_DISTINCT',
  'AEXPR_NOT_DISTINCT',
  'AEXPR_OP_ANY',
  'AEXPR_OP_ALL',
  'AEXPR_LIKE',
])

/** True for what is a condition by its form; a boolean column is not seen. */
const isCondition = (node: Tree): boolean => {
  const [name, inner] = unwrap(uncast(node))
  if (booleanNodes.has(name)) return true
  return name === 'A_Expr' && (relational.has(text(inner, 'kind') ?? '') || isComparison(operatorOf(inner)))
}

class Reader {
  readonly unread = new Map<string, readonly string[]>()

  /** The ways in which a condition is true, or false. */
  ways(written: Tree, positive: boolean): readonly Clause[] {
    const node = uncast(written)
    const [name, inner] = unwrap(node)
    switch (name) {
      case 'BoolExpr':
        return this.#connected(inner, positive)
      case 'NullTest':
        return this.#nullTest(node, inner, (text(inner, 'nulltesttype') === 'IS_NULL') === positive)
      case 'BooleanTest':
        return this.#booleanTest(inner, positive)
      case 'A_Const':
        return isNullConstant(node) || flag(child(inner, 'boolval'), 'boolval') === positive ? nothing : []
      case 'ColumnRef':
        return [[{ column: referencedColumn(node) ?? '', demand: { oneOf: [String(positive)] } }]]
      case 'CaseExpr':
        return this.#cases(inner, positive)
      case 'A_Expr':
        return this.#expression(node, inner, positive)
      default:
        return this.#unknown(node)
    }
  }

  #unknown(node: Tree): readonly Clause[] {
    const constants = constantsIn(node)
    for (const column of columnsIn(node)) this.unread.set(column, [...new Set([...(this.unread.get(column) ?? []), ...constants])])
    return nothing
  }

  #connected(node: Tree, positive: boolean): readonly Clause[] {
    const args = list(node, 'args')
    const operator = text(node, 'boolop')
    if (operator === 'NOT_EXPR') return args[0] ? this.ways(args[0], !positive) : nothing
    const parts = args.map((part) => this.ways(part, positive))
    return (operator === 'AND_EXPR') === positive ? every(parts) : any(parts)
  }

  #nullTest(whole: Tree, node: Tree, isNull: boolean): readonly Clause[] {
    const operand = child(node, 'arg')
    const target = operand ? targetOf(operand) : undefined
    if (target?.of !== 'value') return this.#unknown(whole)
    if (target.path.length === 0) return [[{ column: target.column, demand: { null: isNull } }]]
    return isNull ? nothing : [[{ column: target.column, demand: { null: false, ...under(target.path, { null: false }) } }]]
  }

  #booleanTest(node: Tree, positive: boolean): readonly Clause[] {
    const operand = child(node, 'arg')
    if (!operand) return nothing
    const kind = text(node, 'booltesttype') ?? ''
    if (kind.endsWith('UNKNOWN')) return nothing
    return this.ways(operand, (kind === 'IS_TRUE' || kind === 'IS_NOT_FALSE') === positive)
  }

  /** One branch after the other: its condition holds, those before it do not, and its result is as wished. */
  #cases(node: Tree, positive: boolean): readonly Clause[] {
    const on = child(node, 'arg')
    const before: (readonly Clause[])[] = []
    const found: (readonly Clause[])[] = []
    for (const branch of list(node, 'args').map((item) => child(item, 'CaseWhen'))) {
      const [given, result] = [child(branch, 'expr'), child(branch, 'result')]
      if (!given || !result) continue
      const condition: Tree = on ? { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr: on, rexpr: given } } : given
      found.push(every([...before, this.ways(condition, true), this.ways(result, positive)]))
      before.push(this.ways(condition, false))
    }
    const otherwise = child(node, 'defresult')
    return any([...found, every([...before, otherwise ? this.ways(otherwise, positive) : nothing])])
  }

  #expression(whole: Tree, node: Tree, positive: boolean): readonly Clause[] {
    const kind = text(node, 'kind')
    if (kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT') return this.#distinct(whole, node, (kind === 'AEXPR_NOT_DISTINCT') === positive)
    if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_NOT_BETWEEN') return this.#between(whole, node, (kind === 'AEXPR_BETWEEN') === positive)
    const special = this.#equalConditions(node, positive) ?? this.#counted(node, positive)
    if (special) return special
    const wish = wishOf(node, positive, printExpression)
    return wish ? [[wish]] : this.#unknown(whole)
  }

  /** `a IS [NOT] DISTINCT FROM constant`: unequal also where `a` is NULL. */
  #distinct(whole: Tree, node: Tree, same: boolean): readonly Clause[] {
    const [left, right] = [child(node, 'lexpr'), child(node, 'rexpr')]
    if (!left || !right) return this.#unknown(whole)
    if (isNullConstant(right)) return this.#nullTest(whole, { arg: left }, same)
    const target = targetOf(left)
    const wish = wishOf({ ...node, kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }] }, same, printExpression)
    if (!target || !wish) return this.#unknown(whole)
    return same || target.path.length > 0 ? [[wish]] : [[wish], [{ column: target.column, demand: { null: true } }]]
  }

  #between(whole: Tree, node: Tree, within: boolean): readonly Clause[] {
    const [ends, lexpr] = [endsOf(node), child(node, 'lexpr')]
    if (!ends || !lexpr) return this.#unknown(whole)
    const side = (operator: string, rexpr: Tree): readonly Clause[] =>
      this.ways({ A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: operator } }], lexpr, rexpr } }, within)
    const sides = [side('>=', ends[0]), side('<=', ends[1])]
    return within ? every(sides) : any(sides)
  }

  /** `(a IS NULL) = (b IS NULL)`: both hold or both do not; with `<>`, one of them. */
  #equalConditions(node: Tree, positive: boolean): readonly Clause[] | undefined {
    const [left, right, operator] = [child(node, 'lexpr'), child(node, 'rexpr'), operatorOf(node)]
    if (text(node, 'kind') !== 'AEXPR_OP' || !left || !right || (operator !== '=' && operator !== '<>')) return undefined
    if (!isCondition(left) && !isCondition(right)) return undefined
    const same = (operator === '=') === positive
    return any([true, false].map((holds) => every([this.ways(left, holds), this.ways(right, holds === same)])))
  }

  /** `num_nonnulls(a, b) = 1`, `(a IS NULL)::int + (b IS NULL)::int = 1`: every combination with the right number. */
  #counted(node: Tree, positive: boolean): readonly Clause[] | undefined {
    const [left, wanted, operator] = [child(node, 'lexpr'), constantText(child(node, 'rexpr')), operatorOf(node)]
    const conditions = left ? counted(left) : undefined
    if (!conditions || wanted === undefined || !isComparison(operator) || conditions.length > countable) return undefined
    const combinations = Array.from({ length: 2 ** conditions.length }, (_, bits) => conditions.map((_condition, at) => ((bits >> at) & 1) === 1))
    const fitting = combinations.filter((held) => compares(held.filter(Boolean).length, operator, Number(wanted)) === positive)
    return any(fitting.map((held) => every(conditions.map((condition, at) => this.ways(condition, held[at] === true)))))
  }
}

const compares = (left: number, operator: string, right: number): boolean => {
  switch (operator) {
    case '=':
      return left === right
    case '<>':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    default:
      return left >= right
  }
}

const nullTest = (arg: Tree, kind: 'IS_NULL' | 'IS_NOT_NULL'): Tree => ({ NullTest: { arg, nulltesttype: kind } })

/** The conditions that a sum counts; undefined where it is no such sum. */
const counted = (node: Tree): readonly Tree[] | undefined => {
  const call = callOf(node)
  if (call?.name === 'num_nonnulls') return call.args.map((arg) => nullTest(arg, 'IS_NOT_NULL'))
  if (call?.name === 'num_nulls') return call.args.map((arg) => nullTest(arg, 'IS_NULL'))
  const sum = child(node, 'A_Expr')
  const [left, right] = [child(sum, 'lexpr'), child(sum, 'rexpr')]
  if (sum && left && right && operatorOf(sum) === '+') {
    const [a, b] = [counted(left), counted(right)]
    return a && b ? [...a, ...b] : undefined
  }
  return counts(node)
}

/** `condition::int`, or `CASE WHEN condition THEN 1 ELSE 0 END`. */
const counts = (node: Tree): readonly Tree[] | undefined => {
  const cast = child(node, 'TypeCast')
  const inner = child(cast, 'arg')
  if (inner && isCondition(inner) && isNumberCast(node)) return [inner]
  const cases = child(node, 'CaseExpr')
  const branches = list(cases, 'args')
  const only = child(branches[0], 'CaseWhen')
  const condition = child(only, 'expr')
  const isOne = constantText(child(only, 'result')) === '1' && (constantText(child(cases, 'defresult')) ?? '0') === '0'
  return branches.length === 1 && condition && isOne ? [condition] : undefined
}

/** The ways in which a condition is met. */
export const clausesOf = (condition: Expression): Clauses => {
  const reader = new Reader()
  return { clauses: reader.ways(condition, true), unread: reader.unread }
}
