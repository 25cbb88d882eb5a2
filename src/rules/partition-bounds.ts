/** What the bound of a partition asks of its rows, and whether the table's own checks say so already. */
import { columnsIn, referencedColumn } from '../changes/expressions.ts'
import type { Catalog, Constraint, Expression, Table } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { quoteIdentifier, type RelationName } from '../model/name.ts'
import { printExpression } from '../sql/print.ts'
import { child, list, strings, text } from '../sql/tree.ts'

/** The columns of a partition key; undefined where one of its parts is an expression. */
export const keyColumns = ({ partitionBy }: Table): readonly string[] | undefined => {
  const parts = list(partitionBy, 'partParams').map((part) => text(child(part, 'PartitionElem'), 'name'))
  return parts.every((part): part is string => part !== undefined) ? parts : undefined
}

const constantOf = (datum: Tree | undefined): Tree | undefined => (datum && !child(datum, 'ColumnRef') ? datum : undefined)

/** One bound of a single column: `from` is inside, `to` is not; absent without limit. `values`: a list's. */
type Bound = { readonly column: string; readonly from?: Tree; readonly to?: Tree; readonly values?: readonly Tree[]; readonly nulls: boolean }

const isNull = (datum: Tree): boolean => child(datum, 'A_Const')?.isnull === true

/** The bound of a range or list over one column; undefined for all others. */
const boundOf = (parent: Table, bound: Tree): Bound | undefined => {
  const columns = keyColumns(parent)
  const [column] = columns ?? []
  if (column === undefined || columns?.length !== 1 || bound.is_default === true) return undefined
  const strategy = text(bound, 'strategy')
  if (strategy === 'l') {
    const values = list(bound, 'listdatums')
    return { column, values: values.filter((value) => !isNull(value)), nulls: values.some(isNull) }
  }
  if (strategy !== 'r') return undefined
  const [from, to] = [constantOf(list(bound, 'lowerdatums')[0]), constantOf(list(bound, 'upperdatums')[0])]
  return { column, nulls: false, ...(from ? { from } : {}), ...(to ? { to } : {}) }
}

/** The bound as the condition of a CHECK; undefined where it cannot be written as a simple one. */
export const boundCondition = (parent: Table, bound: Tree): string | undefined => {
  const found = boundOf(parent, bound)
  if (!found || (found.nulls && found.values?.length === 0)) return undefined
  const column = quoteIdentifier(found.column)
  if (found.values) {
    const within = `${column} IN (${found.values.map(printExpression).join(', ')})`
    return found.nulls ? `${column} IS NULL OR ${within}` : `${column} IS NOT NULL AND ${within}`
  }
  return [
    `${column} IS NOT NULL`,
    ...(found.from ? [`${column} >= ${printExpression(found.from)}`] : []),
    ...(found.to ? [`${column} < ${printExpression(found.to)}`] : []),
  ].join(' AND ')
}

const conjuncts = (expression: Expression): readonly Tree[] => {
  const both = child(expression, 'BoolExpr')
  return text(both, 'boolop') === 'AND_EXPR' ? list(both, 'args').flatMap(conjuncts) : [expression]
}

const isNotNullTest = (conjunct: Tree, column: string): boolean => {
  const test = child(conjunct, 'NullTest')
  return text(test, 'nulltesttype') === 'IS_NOT_NULL' && referencedColumn(child(test, 'arg')) === column
}

const validChecks = ({ constraints }: Table): readonly Tree[] =>
  [...constraints.values()]
    .filter((constraint): constraint is Extract<Constraint, { type: 'check' }> => constraint.type === 'check' && constraint.state === 'valid')
    .flatMap(({ expression }) => conjuncts(expression))

type Value = number | string
/** A constant without its cast: a number, or a text that sorts as its type does where both sides are written alike. */
const constantValue = (tree: Tree | undefined): Value | undefined => {
  const cast = child(tree, 'TypeCast')
  if (cast) return constantValue(child(cast, 'arg'))
  const constant = child(tree, 'A_Const')
  const [integer, float, string] = [child(constant, 'ival'), child(constant, 'fval'), child(constant, 'sval')]
  if (integer) return Number(integer.ival ?? 0)
  if (float) return Number(text(float, 'fval'))
  return string ? (text(string, 'sval') ?? '') : undefined
}

type Compared = 'below' | 'equal' | 'above' | 'unknown'
const compare = (a: Value | undefined, b: Value | undefined): Compared => {
  if (a === undefined || b === undefined || typeof a !== typeof b) return 'unknown'
  if (a === b) return 'equal'
  if (typeof a === 'string' && a.length !== (b as string).length) return 'unknown'
  return a < b ? 'below' : 'above'
}

/** What a conjunct says of a column's limits: `column >= 5` → `['>=', 5]`. */
const limitsIn = (conjunct: Tree, column: string): readonly (readonly [string, Value | undefined])[] => {
  const node = child(conjunct, 'A_Expr')
  if (referencedColumn(child(node, 'lexpr')) !== column) return []
  const [operator = ''] = strings(list(node, 'name'))
  if (text(node, 'kind') === 'AEXPR_BETWEEN') {
    const [low, high] = list(child(child(node, 'rexpr'), 'List'), 'items').map(constantValue)
    return [
      ['>=', low],
      ['<=', high],
    ]
  }
  return text(node, 'kind') === 'AEXPR_OP' ? [[operator, constantValue(child(node, 'rexpr'))]] : []
}

type Proof = 'yes' | 'no' | 'unknown'
const best = (proofs: readonly Proof[]): Proof => (proofs.includes('yes') ? 'yes' : proofs.includes('unknown') ? 'unknown' : 'no')

const startsAt = (limits: ReturnType<typeof limitsIn>, from: Tree): Proof =>
  best(
    limits.map(([operator, value]): Proof => {
      if (!['>', '>=', '='].includes(operator)) return 'no'
      const order = compare(value, constantValue(from))
      return order === 'unknown' ? 'unknown' : order === 'below' ? 'no' : 'yes'
    }),
  )

const endsBefore = (limits: ReturnType<typeof limitsIn>, to: Tree): Proof =>
  best(
    limits.map(([operator, value]): Proof => {
      if (!['<', '<=', '='].includes(operator)) return 'no'
      const order = compare(value, constantValue(to))
      if (order === 'unknown') return 'unknown'
      return order === 'below' || (order === 'equal' && operator === '<') ? 'yes' : 'no'
    }),
  )

const provesRange = (checks: readonly Tree[], { column, from, to }: Bound): Proof => {
  const limits = checks.flatMap((check) => limitsIn(check, column))
  const parts = [...(from ? [startsAt(limits, from)] : []), ...(to ? [endsBefore(limits, to)] : [])]
  if (parts.every((part) => part === 'yes')) return 'yes'
  const elsewhere = checks.some((check) => columnsIn(check).has(column) && limitsIn(check, column).length === 0 && !isNotNullTest(check, column))
  return parts.includes('no') && !elsewhere ? 'no' : 'unknown'
}

/**
 * Whether valid checks of a table say what a partition's bound asks, so that ATTACH PARTITION need not read it. `unknown` where they speak of the key in a
 * way that only PostgreSQL can judge.
 */
export const provesBound = (catalog: Catalog, parent: RelationName, table: Table, bound: Tree): Proof => {
  const above = catalog.tables.get(parent)
  if (!above) return 'unknown'
  const checks = validChecks(table)
  const found = boundOf(above, bound)
  if (!found) return checks.some((check) => (keyColumns(above) ?? []).some((column) => columnsIn(check).has(column))) ? 'unknown' : 'no'
  const { column, nulls } = found
  const notNull = table.columns.find(({ name }) => name === column)?.notNull
  const isThere = (notNull && !notNull.notValid) || checks.some((check) => isNotNullTest(check, column))
  if (found.values) return checks.some((check) => columnsIn(check).has(column) && !isNotNullTest(check, column)) && (isThere || nulls) ? 'unknown' : 'no'
  const range = provesRange(checks, found)
  return isThere ? range : 'no'
}

/** True when a valid check of the default partition speaks of the key: PostgreSQL may then be spared reading it for a new partition's rows. */
export const mayBeSpared = (catalog: Catalog, parent: RelationName, partition: RelationName): boolean => {
  const [above, table] = [catalog.tables.get(parent), catalog.tables.get(partition)]
  return (
    above !== undefined && table !== undefined && validChecks(table).some((check) => (keyColumns(above) ?? []).some((column) => columnsIn(check).has(column)))
  )
}
