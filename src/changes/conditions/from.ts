/** FROM over system tables. */
import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { child, flag, list, stringNode, strings, text } from '../../sql/tree.ts'
import { type Row, systemTable } from '../system-tables.ts'
import type { Range } from './scope.ts'

/** System tables, and the conditions that join them. */
export type Source = { readonly ranges: readonly Range[]; readonly conditions: readonly Tree[] }

const askedColumns = new WeakMap<readonly Row[], Map<string, boolean>>()

/** True when one of the rows has that column. Asked for each row of a join, so the answer is kept. */
const haveColumn = (rows: readonly Row[], column: string): boolean => {
  const asked = askedColumns.get(rows) ?? new Map<string, boolean>()
  askedColumns.set(rows, asked)
  const answer = asked.get(column) ?? rows.some((row) => Object.hasOwn(row, column))
  asked.set(column, answer)
  return answer
}

const joined = (sources: readonly Source[], conditions: readonly Tree[]): Source => ({
  ranges: sources.flatMap(({ ranges }) => ranges),
  conditions: [...sources.flatMap((source) => source.conditions), ...conditions],
})

/** `left.column = right.column` for a column of USING. */
const usingCondition = (column: string, left: Source, right: Source): Tree => {
  const side = ({ ranges }: Source): Tree => {
    const alias = ranges.find(({ has }) => has(column))?.alias ?? ''
    return { ColumnRef: { fields: [alias, column].map(stringNode) } }
  }
  return { A_Expr: { kind: 'AEXPR_OP', name: [stringNode('=')], lexpr: side(left), rexpr: side(right) } }
}

const sourceOf = (catalog: Catalog, item: Tree): Source | undefined => {
  const range = child(item, 'RangeVar')
  if (range) {
    const name = text(range, 'relname') ?? ''
    const rows = systemTable(catalog, text(range, 'schemaname'), name)
    return rows && { ranges: [{ alias: text(child(range, 'alias'), 'aliasname') ?? name, rows, has: (column) => haveColumn(rows, column) }], conditions: [] }
  }
  const join = child(item, 'JoinExpr')
  if (!join || text(join, 'jointype') !== 'JOIN_INNER' || flag(join, 'isNatural')) return undefined
  const left = sourceOf(catalog, child(join, 'larg') ?? {})
  const right = sourceOf(catalog, child(join, 'rarg') ?? {})
  if (!left || !right) return undefined
  const using = strings(list(join, 'usingClause')).map((column) => usingCondition(column, left, right))
  const on = child(join, 'quals')
  return joined([left, right], [...using, ...(on ? [on] : [])])
}

/** What a SELECT reads; undefined when it is anything but system tables and inner joins of them: then rows decide. */
export const fromClause = (catalog: Catalog, select: Tree): Source | undefined => {
  const sources: Source[] = []
  for (const item of list(select, 'fromClause')) {
    const source = sourceOf(catalog, item)
    if (!source) return undefined
    sources.push(source)
  }
  return joined(sources, [])
}
