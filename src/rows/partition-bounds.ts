/** What the bounds of partitions ask of a row: as SQL, and as ways to meet them. */
import { referencedColumn } from '../changes/expressions.ts'
import { childrenOf } from '../changes/found-by.ts'
import type { Catalog, Table } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { quoteIdentifier, type RelationName } from '../model/name.ts'
import { printExpression, quoteLiteral } from '../sql/print.ts'
import { child, list, text } from '../sql/tree.ts'
import type { Wish } from './atom.ts'
import type { Clause } from './clauses.ts'
import { bareSql, constantText, isNullConstant } from './constant.ts'
import type { Demand, Limit } from './demand.ts'

/** A partition key's part: SQL, and its column unless it is an expression. */
type Part = { readonly sql: string; readonly column?: string }

/** A partition: what must hold of a row so that it goes there, and a way to bring that about. */
type Bound = { readonly condition: string; readonly clause: Clause }

const partsOf = ({ partitionBy }: Table): readonly Part[] =>
  list(partitionBy, 'partParams').map((parameter) => {
    const element = child(parameter, 'PartitionElem')
    const column = text(element, 'name')
    return column === undefined ? { sql: `(${bareSql(child(element, 'expr') ?? {})})` } : { sql: quoteIdentifier(column), column }
  })

const wish = ({ column }: Part, demand: Demand): Clause => (column === undefined ? [] : [{ column, demand }])

const listBound = (bound: Tree, part: Part): Bound => {
  const values = list(bound, 'listdatums')
  const filled = values.filter((value) => !isNullConstant(value))
  const within = filled.length > 0 ? `${part.sql} IN (${filled.map(printExpression).join(', ')})` : 'false'
  const texts = filled.flatMap((value) => constantText(value) ?? [])
  const clause = texts.length > 0 ? wish(part, { null: false, oneOf: texts }) : wish(part, filled.length > 0 ? { null: false } : { null: true })
  return { condition: filled.length < values.length ? `(${part.sql} IS NULL OR ${within})` : `COALESCE(${within}, false)`, clause }
}

/** Before or after everything: a datum of a range that is MINVALUE or MAXVALUE. */
const endless = (datum: Tree): string | undefined => referencedColumn(datum)

/** `(a, b) >= (1, 2)`, written out, since an end can be MINVALUE or MAXVALUE; `operator` is that of the last part. */
const beyond = (parts: readonly Part[], datums: readonly Tree[], strict: '>' | '<', last: string): string => {
  const [part, datum] = [parts[0], datums[0]]
  if (!part || !datum) return last.endsWith('=') ? 'true' : 'false'
  const end = endless(datum)
  if (end !== undefined) return (end === 'minvalue') === (strict === '>') ? 'true' : 'false'
  const value = printExpression(datum)
  if (parts.length === 1) return `${part.sql} ${last} ${value}`
  return `(${part.sql} ${strict} ${value} OR (${part.sql} = ${value} AND ${beyond(parts.slice(1), datums.slice(1), strict, last)}))`
}

const limitOf = (datum: Tree | undefined, inclusive: boolean): Limit | undefined => {
  if (!datum || endless(datum) !== undefined) return undefined
  const constant = constantText(datum)
  return { sql: printExpression(datum), inclusive, ...(constant === undefined ? {} : { constant }) }
}

/** A way into a range: the first part between its ends, or, where both are the same, that and the next. */
const rangeClause = (parts: readonly Part[], lower: readonly Tree[], upper: readonly Tree[]): Clause => {
  const [part] = parts
  if (!part) return []
  const [min, max] = [limitOf(lower[0], true), limitOf(upper[0], parts.length > 1)]
  if (min?.constant !== undefined && min.constant === max?.constant)
    return [...wish(part, { null: false, oneOf: [min.constant] }), ...rangeClause(parts.slice(1), lower.slice(1), upper.slice(1))]
  return wish(part, { null: false, ...(min ? { min: [min] } : {}), ...(max ? { max: [max] } : {}) })
}

const rangeBound = (bound: Tree, parts: readonly Part[]): Bound => {
  const [lower, upper] = [list(bound, 'lowerdatums'), list(bound, 'upperdatums')]
  const filled = parts.map(({ sql }) => `${sql} IS NOT NULL`)
  const condition = `COALESCE(${[...filled, beyond(parts, lower, '>', '>='), beyond(parts, upper, '<', '<')].join(' AND ')}, false)`
  return { condition, clause: rangeClause(parts, lower, upper) }
}

const hashBound = (bound: Tree, parts: readonly Part[], parent: RelationName): Bound => {
  const [modulus, remainder] = [Number(bound.modulus ?? 0), Number(bound.remainder ?? 0)]
  const keys = parts.map(({ sql }) => sql).join(', ')
  return { condition: `satisfies_hash_partition(CAST(${quoteLiteral(parent)} AS regclass), ${modulus}, ${remainder}, ${keys})`, clause: [] }
}

const boundOf = (bound: Tree, parts: readonly Part[], parent: RelationName): Bound => {
  const strategy = text(bound, 'strategy')
  if (strategy === 'l') return listBound(bound, parts[0] ?? { sql: 'NULL' })
  return strategy === 'h' ? hashBound(bound, parts, parent) : rangeBound(bound, parts)
}

/** A partition that holds rows itself, or stands above one, with what sends a row there from the root. */
export type Reach = { readonly name: RelationName; readonly table: Table; readonly condition: string; readonly clause: readonly Wish[]; readonly leaf: boolean }

const isDefault = (table: Table): boolean => table.partitionOf?.bound.is_default === true

/** All partitions below a table, with the conditions on the whole way to each. */
export const partitionsBelow = (catalog: Catalog, parent: RelationName, condition = 'true', clause: Clause = []): readonly Reach[] => {
  const table = catalog.tables.get(parent)
  if (table?.kind !== 'partitioned') return []
  const parts = partsOf(table)
  const children = childrenOf(catalog, parent).flatMap((name) => {
    const partition = catalog.tables.get(name)
    return partition?.partitionOf ? [{ name, table: partition, bound: partition.partitionOf.bound }] : []
  })
  const bounds = new Map(children.filter((each) => !isDefault(each.table)).map((each) => [each.name, boundOf(each.bound, parts, parent)]))
  const others = `NOT (${['false', ...[...bounds.values()].map((bound) => bound.condition)].join(' OR ')})`
  return children.flatMap((each) => {
    const own = bounds.get(each.name) ?? { condition: others, clause: [] }
    const here = { condition: `${condition} AND ${own.condition}`, clause: [...clause, ...own.clause] }
    const leaf = each.table.kind !== 'partitioned'
    return [{ name: each.name, table: each.table, ...here, leaf }, ...partitionsBelow(catalog, each.name, here.condition, here.clause)]
  })
}
