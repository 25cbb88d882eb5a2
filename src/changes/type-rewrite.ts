/** When PostgreSQL writes a table anew because a column's type changes (`ATColumnChangeRequiresRewrite`; each case measured on 18.4). */
import type { Catalog, Expression, TypeReference } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { printExpression } from '../sql/print.ts'
import { child, list } from '../sql/tree.ts'
import { baseOf, isConstrainedDomain } from './domain-columns.ts'
import { equal } from './equal.ts'
import { readType } from './types.ts'

/** `time zone`: a rewrite unless the session's TimeZone is UTC. */
export type Rewrite = 'none' | 'time zone' | 'rewrite'

const worst = (rewrites: readonly Rewrite[]): Rewrite => (rewrites.includes('rewrite') ? 'rewrite' : rewrites.includes('time zone') ? 'time zone' : 'none')

/** Pairs of types between which no byte changes (pg_cast, castmethod `b`; citext's own); to a type without length. */
const sameBytes: Readonly<Record<string, readonly string[]>> = {
  text: ['varchar', 'bpchar', 'citext'],
  varchar: ['text', 'bpchar', 'citext'],
  citext: ['text', 'varchar', 'bpchar'],
  xml: ['text', 'varchar', 'bpchar'],
  cidr: ['inet'],
  bit: ['varbit'],
  varbit: ['bit'],
  int4: ['oid'],
  oid: ['int4', 'regclass', 'regtype', 'regproc', 'regrole', 'regnamespace'],
  regclass: ['oid', 'int4'],
}

const numbers = (typmods: readonly Json[]): readonly number[] => typmods.map((typmod) => Number(printExpression(typmod as Tree)))

/** Bits of an interval's fields, SECOND to YEAR (`INTERVAL_MASK`). */
const intervalFields = [1 << 12, 1 << 11, 1 << 10, 1 << 3, 1 << 1, 1 << 2]

/** The smallest field of an interval's modifiers, 0 for seconds; all fields where there are none. */
const leastField = ([mask]: readonly number[]): number => (mask === undefined ? 0 : intervalFields.findIndex((bit) => (mask & bit) !== 0))

/** `interval_support`: no smaller field is cut off, and no fraction of a second. */
const keepsInterval = (from: readonly number[], to: readonly number[]): boolean => {
  const [was = Number.POSITIVE_INFINITY, is = Number.POSITIVE_INFINITY] = [from[1], to[1]]
  return leastField(to) <= leastField(from) && (leastField(from) > 0 || is >= 6 || is >= was)
}

/** Whether values of one length fit into another without being looked at; `from` or `to` empty: no limit. */
const keepsLength = (name: string, from: readonly number[], to: readonly number[]): boolean => {
  if (to.length === 0 || equal(from as readonly Json[], to as readonly Json[])) return true
  const [was = Number.POSITIVE_INFINITY, wasScale = 0] = from
  const [is = 0, scale = 0] = to
  switch (name) {
    case 'varchar':
    case 'varbit':
      return is >= was
    case 'numeric':
      return from.length > 0 && is >= was && scale === wasScale
    case 'timestamp':
    case 'timestamptz':
    case 'time':
    case 'timetz':
      return is >= Math.min(was, 6)
    case 'interval':
      return keepsInterval(from, to)
    default:
      return false
  }
}

const isSame = (a: TypeReference, b: TypeReference): boolean => a.schema === b.schema && a.name === b.name && a.array === b.array

const cast = (catalog: Catalog, from: TypeReference, to: TypeReference): Rewrite => {
  if (isSame(from, to) && equal(from.typmods, to.typmods)) return 'none'
  if (isConstrainedDomain(catalog, to)) return 'rewrite'
  const [was, is] = [baseOf(catalog, from), baseOf(catalog, to)]
  if (isSame(was, is)) {
    const same = was.array ? is.typmods.length === 0 || equal(was.typmods, is.typmods) : keepsLength(is.name, numbers(was.typmods), numbers(is.typmods))
    return same ? 'none' : 'rewrite'
  }
  if (was.array || is.array) return 'rewrite'
  if (was.name.startsWith('timestamp') && is.name.startsWith('timestamp')) return is.typmods.length === 0 ? 'time zone' : 'rewrite'
  return is.typmods.length === 0 && sameBytes[was.name]?.includes(is.name) === true ? 'none' : 'rewrite'
}

/** The types through which USING leads, from the column on; undefined when it computes anything else. */
const castsIn = (catalog: Catalog, column: string, expression: Expression): readonly TypeReference[] | undefined => {
  const reference = list(child(expression, 'ColumnRef'), 'fields')
  if (reference.length > 0) return child(reference.at(-1), 'String')?.sval === column ? [] : undefined
  const node = child(expression, 'TypeCast')
  const [arg, typeName] = [child(node, 'arg'), child(node, 'typeName')]
  const inner = arg && castsIn(catalog, column, arg)
  return inner && typeName ? [...inner, readType(typeName, catalog, [])] : undefined
}

/** What ALTER COLUMN … TYPE does to the table's rows. */
export const rewriteOf = (catalog: Catalog, column: string, from: TypeReference, to: TypeReference, using?: Expression): Rewrite => {
  const through = using ? castsIn(catalog, column, using) : []
  if (!through) return 'rewrite'
  const path = [from, ...through, to]
  return worst(path.slice(1).map((type, at) => cast(catalog, path[at] ?? from, type)))
}

const indexFamilies = [
  ['text', 'varchar'],
  ['inet', 'cidr'],
] as const

/** True when an index on nothing but the column itself is kept when its type changes without a rewrite: its operators stay the same. */
export const keepsIndex = (catalog: Catalog, from: TypeReference, to: TypeReference): boolean => {
  const [was, is] = [baseOf(catalog, from), baseOf(catalog, to)]
  return (
    isSame(was, is) || (!was.array && !is.array && indexFamilies.some((family: readonly string[]) => family.includes(was.name) && family.includes(is.name)))
  )
}
