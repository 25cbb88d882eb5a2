/** How the values of a column get from one type to another. */
import type { Catalog, Expression, TypeReference } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { printExpression } from '../sql/print.ts'
import { child, list, strings } from '../sql/tree.ts'
import { equal } from './equal.ts'
import { cast, referencedColumn } from './expressions.ts'
import { builtinType, typeNode, userTypeName } from './types.ts'

const unbounded = new Set(['text', 'varchar'])

/** Conversions that keep the stored bytes (manual, ALTER TABLE notes; measured on 15 to 18): no rewrite. */
export const keepsBytes = (from: TypeReference, to: TypeReference): boolean => {
  if (from.array !== to.array || from.schema !== 'pg_catalog' || to.schema !== 'pg_catalog') return equal({ ...from, typmods: [] }, { ...to, typmods: [] })
  const length = (type: TypeReference): number => (type.typmods.length === 0 ? Number.POSITIVE_INFINITY : Number(printExpression(type.typmods[0] as Tree)))
  const scale = (type: TypeReference): number => (type.typmods.length < 2 ? 0 : Number(printExpression(type.typmods[1] as Tree)))
  if (unbounded.has(from.name) && unbounded.has(to.name)) return length(to) >= length(from)
  if (from.name === 'cidr' && to.name === 'inet') return true
  if (from.name !== to.name) return false
  if (from.name === 'numeric') return to.typmods.length === 0 || (from.typmods.length > 0 && length(to) >= length(from) && scale(to) === scale(from))
  if (['timestamp', 'timestamptz', 'time', 'timetz', 'interval', 'varbit'].includes(from.name)) return length(to) >= length(from)
  return equal(from.typmods, to.typmods)
}

/** Types between which every cast is there (pg_cast on 18.4). */
const families = [
  ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'],
  ['text', 'varchar', 'bpchar', 'name', 'char'],
  ['json', 'jsonb'],
  ['inet', 'cidr'],
  ['macaddr', 'macaddr8'],
  ['bit', 'varbit'],
] as const
const oneWay: Readonly<Record<string, readonly string[]>> = {
  timestamp: ['timestamptz', 'date', 'time'],
  timestamptz: ['timestamp', 'date', 'time', 'timetz'],
  date: ['timestamp', 'timestamptz'],
  time: ['timetz', 'interval'],
  timetz: ['time'],
  interval: ['time'],
  bool: ['int4'],
  int4: ['bool', 'oid', 'money'],
  int8: ['oid', 'money'],
  int2: ['oid'],
  numeric: ['money'],
  money: ['numeric'],
  oid: ['int4', 'int8'],
}
const textual = new Set<string>(families[1])

/** False where PostgreSQL has no cast from one built-in type to another, so that values can only meet in text. Of other types it is taken to have one. */
export const castExists = (from: TypeReference, to: TypeReference): boolean => {
  if (from.array !== to.array) return [from, to].some(({ array, name, schema }) => !array && schema === 'pg_catalog' && textual.has(name))
  if (from.schema !== 'pg_catalog' || to.schema !== 'pg_catalog' || from.name === to.name || textual.has(from.name) || textual.has(to.name)) return true
  return families.some((family: readonly string[]) => family.includes(from.name) && family.includes(to.name)) || (oneWay[from.name] ?? []).includes(to.name)
}

const columnRef = (column: string): Expression => ({ ColumnRef: { fields: [{ String: { sval: column } }] } })

const throughCast = (column: string, from: TypeReference, to: TypeReference): Expression => {
  const users = userTypeName(from) !== undefined && userTypeName(to) !== undefined && userTypeName(from) !== userTypeName(to)
  const meetInText = users || !castExists(from, to)
  const inText = builtinType('text', from.array && to.array)
  return cast(meetInText ? cast(columnRef(column), typeNode(inText)) : columnRef(column), typeNode(to))
}

/** The USING of a change of type; none where PostgreSQL keeps the bytes. Values are cast as written by hand: an assignment cast need not exist, and two enums meet in text only. */
export const conversion = (column: string, from: TypeReference, to: TypeReference): { readonly using?: Expression } =>
  keepsBytes(from, to) ? {} : { using: throughCast(column, from, to) }

const isColumn = (node: Expression | undefined, column: string): boolean => {
  const inner = child(child(node, 'TypeCast'), 'arg')
  return inner ? isColumn(inner, column) : referencedColumn(node) === column
}

/** `to_timestamp(c)`, `to_timestamp(c / 1000)`: back by the seconds since 1970, times the divisor. */
const secondsBack = (using: Expression, column: string): Expression | undefined => {
  const call = child(using, 'FuncCall')
  if (strings(list(call, 'funcname')).at(-1) !== 'to_timestamp') return undefined
  const [argument, ...more] = list(call, 'args')
  const operation = child(argument, 'A_Expr')
  const operator = strings(list(operation, 'name')).at(-1)
  const seconds: Expression = {
    FuncCall: {
      funcname: [{ String: { sval: 'pg_catalog' } }, { String: { sval: 'extract' } }],
      args: [{ A_Const: { sval: { sval: 'epoch' } } }, columnRef(column)],
      funcformat: 'COERCE_SQL_SYNTAX',
    },
  }
  if (more.length > 0) return undefined
  if (isColumn(argument, column)) return seconds
  const divisor = child(operation, 'rexpr')
  return operator === '/' && divisor && 'A_Const' in divisor && isColumn(child(operation, 'lexpr'), column)
    ? { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '*' } }], lexpr: seconds, rexpr: divisor } }
    : undefined
}

/** `c AT TIME ZONE 'UTC'` leads both ways. */
const zoneBack = (using: Expression, column: string): Expression | undefined => {
  const call = child(using, 'FuncCall')
  const [zone, value] = list(call, 'args')
  return strings(list(call, 'funcname')).at(-1) === 'timezone' && zone && 'A_Const' in zone && isColumn(value, column) ? using : undefined
}

const isText = ({ name, schema }: TypeReference): boolean => schema === 'pg_catalog' && textual.has(name)

/** The USING of a change of type that takes back another one, whose own was `undone`. From text to text there is none: an assignment refuses what a cast would cut off (22001). */
export const conversionBack = (column: string, from: TypeReference, to: TypeReference, undone: Expression | undefined): { readonly using?: Expression } => {
  const seconds = undone && secondsBack(undone, column)
  const exact = undone && (zoneBack(undone, column) ?? (seconds ? cast(seconds, typeNode(to)) : undefined))
  if (exact) return { using: exact }
  return isText(from) && isText(to) && from.array === to.array ? {} : { using: throughCast(column, from, to) }
}

/** Without a length, and without blanks that do not count. */
const holdsAnyText = ({ name, schema, typmods }: TypeReference): boolean => schema === 'pg_catalog' && unbounded.has(name) && typmods.length === 0

const integers = ['int2', 'int4', 'int8', 'numeric']

/** True where every value comes back as it was from a change of type and the one that takes it back: the new type holds all that the old one does, in one spelling. */
export const returnsFrom = (from: TypeReference, to: TypeReference, using: Expression | undefined, { types }: Catalog): boolean => {
  if (keepsBytes(from, to)) return true
  if (from.array !== to.array || (using && !isPlainCast(using))) return false
  const [own, next] = [from, to].map((type) => types.get(userTypeName(type) as never))
  if (own?.kind === 'enum') return holdsAnyText(to) || (next?.kind === 'enum' && own.labels.every((label) => next.labels.includes(label)))
  if (holdsAnyText(to)) return true
  const [at, then] = [integers.indexOf(from.name), integers.indexOf(to.name)]
  return at >= 0 && then > at && to.typmods.length === 0
}

/** `c::text::kind`: nothing but casts of a column. */
const isPlainCast = (using: Expression): boolean => {
  const inner = child(child(using, 'TypeCast'), 'arg')
  return inner ? isPlainCast(inner) : 'ColumnRef' in using
}
