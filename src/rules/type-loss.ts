/** What may happen to the values of a column whose type changes: PostgreSQL's casts (pg_cast, tried on 18.4). */

import { referencedColumn } from '../changes/expressions.ts'
import { builtinType, printType, userTypeName } from '../changes/types.ts'
import type { Attribute, Catalog, Expression, TypeReference } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { quoteIdentifier } from '../model/name.ts'
import { printExpression, quoteLiteral } from '../sql/print.ts'
import { child, list, strings } from '../sql/tree.ts'
import { plainSql } from './plain-sql.ts'

/** `refused`: whatever the rows hold. `fails`: for some values. `loses`: silently. */
export type Loss = {
  readonly how: 'refused' | 'fails' | 'loses'
  /** What happens to which values, to follow the column's name. */
  readonly words: string
  /** SQLSTATE of a refusal. */
  readonly code?: string
  /** Holds for the values that are in the way; `undefined` where no query tells. */
  readonly condition?: string
  /** Digits of a second that nobody misses much. */
  readonly slight?: true
}

type Cast = {
  readonly from: TypeReference
  readonly to: TypeReference
  /** The column in SQL. */
  readonly value: string
  /** Values are cast by an explicit cast: it cuts where an assignment is refused. */
  readonly explicit: boolean
  readonly catalog: Catalog
  readonly postgres: number
}

const integers: Readonly<Record<string, { readonly bits: number; readonly digits: number; readonly min: string; readonly max: string }>> = {
  int2: { bits: 16, digits: 5, min: '-32768', max: '32767' },
  int4: { bits: 32, digits: 10, min: '-2147483648', max: '2147483647' },
  int8: { bits: 64, digits: 19, min: '-9223372036854775808', max: '9223372036854775807' },
}
const floats: Readonly<Record<string, { readonly bits: number; readonly exact: string; readonly digits: number; readonly most: string }>> = {
  float4: { bits: 24, exact: '16777216', digits: 6, most: '3.4e38' },
  float8: { bits: 53, exact: '9007199254740992', digits: 15, most: '1.7e308' },
}
const textual = new Set(['text', 'varchar', 'bpchar', 'name', 'char'])
const moments = new Set(['timestamp', 'timestamptz', 'date'])

const modifier = (type: TypeReference, at = 0): number | undefined => {
  const node = type.typmods[at]
  return node === undefined ? undefined : Number(printExpression(node as Tree))
}

const name = (type: TypeReference): string => (type.schema === 'pg_catalog' ? type.name : '')

/** The values of an enum; undefined for another type. */
const labelsOf = (catalog: Catalog, type: TypeReference): readonly string[] | undefined => {
  const user = userTypeName(type)
  const found = user === undefined || type.array ? undefined : catalog.types.get(user)
  return found?.kind === 'enum' ? found.labels : undefined
}

/** The casts between different built-in types that ALTER COLUMN … TYPE takes without USING (castcontext `i` or `a`), beside those to text. */
const assignments: Readonly<Record<string, readonly string[]>> = {
  int2: ['int4', 'int8', 'numeric', 'float4', 'float8', 'oid'],
  int4: ['int2', 'int8', 'numeric', 'float4', 'float8', 'oid', 'money'],
  int8: ['int2', 'int4', 'numeric', 'float4', 'float8', 'oid', 'money'],
  numeric: ['int2', 'int4', 'int8', 'float4', 'float8', 'money'],
  float4: ['int2', 'int4', 'int8', 'numeric', 'float8'],
  float8: ['int2', 'int4', 'int8', 'numeric', 'float4'],
  money: ['numeric'],
  oid: ['int4', 'int8'],
  bool: [],
  uuid: [],
  bytea: [],
  date: ['timestamp', 'timestamptz'],
  time: ['timetz', 'interval'],
  timetz: ['time'],
  timestamp: ['date', 'time', 'timestamptz'],
  timestamptz: ['date', 'time', 'timetz', 'timestamp'],
  interval: ['time'],
  json: ['jsonb'],
  jsonb: ['json'],
  inet: ['cidr'],
  cidr: ['inet'],
  text: [],
  varchar: [],
  bpchar: [],
}

/** True where PostgreSQL is known to have no cast that it takes without USING. */
export const needsUsing = (from: TypeReference, to: TypeReference, catalog: Catalog): boolean => {
  if (textual.has(name(to)) && (!to.array || from.array)) return false
  const [own, next] = [labelsOf(catalog, { ...from, array: false }), labelsOf(catalog, { ...to, array: false })]
  const known = (type: TypeReference, labels: unknown): boolean => labels !== undefined || name(type) in assignments
  if (!known(from, own) || !known(to, next)) return false
  if (from.array !== to.array) return true
  if (own || next) return userTypeName(from) !== userTypeName(to)
  return name(from) !== name(to) && !(assignments[name(from)] ?? []).includes(name(to))
}

/** The longest text of a type's values, where there is one. */
const longest = ({ from, catalog }: Cast): number | undefined => {
  const fixed: Readonly<Record<string, number>> = { bool: 5, uuid: 36, int2: 6, int4: 11, int8: 20, date: 13 }
  const labels = labelsOf(catalog, from)
  if (labels) return Math.max(0, ...labels.map((label) => [...label].length))
  if (from.array) return undefined
  if (textual.has(name(from))) return name(from) === 'name' ? 63 : modifier(from)
  return fixed[name(from)]
}

const toText = (cast: Cast): Loss | undefined => {
  const { from, to, value, explicit } = cast
  const limit = modifier(to) ?? (name(to) === 'bpchar' && to.typmods.length > 0 ? 1 : undefined)
  const most = longest(cast)
  if (limit === undefined || (most !== undefined && most <= limit)) return undefined
  const text = textual.has(name(from)) && !from.array ? value : `${value}::text`
  const condition = `char_length(${text}) > ${limit}`
  return explicit
    ? { how: 'loses', words: `is cut to ${limit} characters without a word, for the explicit cast in USING cuts`, condition }
    : { how: 'fails', words: `must not hold anything longer than ${limit} characters`, code: '22001', condition }
}

const regularExpressions: Readonly<Record<string, string>> = {
  int2: '^\\s*[-+]?[0-9]+\\s*$',
  int4: '^\\s*[-+]?[0-9]+\\s*$',
  int8: '^\\s*[-+]?[0-9]+\\s*$',
  uuid: '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$',
}

/** A condition that holds for texts that are no value of a type. */
const notValid = ({ to, value, catalog, postgres }: Cast): string | undefined => {
  const labels = labelsOf(catalog, to)
  if (labels) return `${value}::text NOT IN (${labels.map(quoteLiteral).join(', ')})`
  if (postgres >= 16) return `NOT pg_input_is_valid(${value}::text, ${quoteLiteral(plainSql(printType(to)))})`
  const expression = to.array ? undefined : regularExpressions[name(to)]
  return expression === undefined ? undefined : `${value}::text !~ ${quoteLiteral(expression)}`
}

const fromText = (cast: Cast): Loss => {
  const condition = notValid(cast)
  const dated = moments.has(name(cast.to)) || name(cast.to).startsWith('time')
  return {
    how: 'fails',
    words: 'must hold nothing but texts that are values of the new type',
    code: dated ? '22007' : '22P02',
    ...(condition === undefined ? {} : { condition }),
  }
}

const betweenEnums = (cast: Cast): Loss | undefined => {
  const [own = [], next = []] = [labelsOf(cast.catalog, cast.from), labelsOf(cast.catalog, cast.to)]
  const gone = own.filter((label) => !next.includes(label))
  return gone.length === 0
    ? undefined
    : {
        how: 'fails',
        words: `must not hold ${gone.map(quoteLiteral).join(', ')}, which the new type does not have`,
        code: '22P02',
        condition: `${cast.value}::text IN (${gone.map(quoteLiteral).join(', ')})`,
      }
}

const toInteger = ({ from, to, value }: Cast): Loss | undefined => {
  const [next, own] = [integers[name(to)], integers[name(from)]]
  if (!next || (own && own.bits <= next.bits)) return undefined
  const range = `${value} NOT BETWEEN ${next.min} AND ${next.max}`
  return own
    ? { how: 'fails', words: `must hold no number below ${next.min} or above ${next.max}`, code: '22003', condition: range }
    : { how: 'fails', words: 'loses its fractions, and must hold no number out of range', code: '22003', condition: `${value} <> trunc(${value}) OR ${range}` }
}

/** A comparison with what comes back, behind a guard: a cast that overflows would make the query itself fail. */
const comesBack = (value: string, type: string, back: string, most: string): string =>
  `CASE WHEN abs(${value}) > ${most} THEN true ELSE ${value}::${type}::text::${back} <> ${value} END`

const toFloat = ({ from, to, value }: Cast): Loss | undefined => {
  const [next, own, integer] = [floats[name(to)], floats[name(from)], integers[name(from)]]
  if (!next || (own && own.bits <= next.bits)) return undefined
  if (integer)
    return integer.bits <= next.bits
      ? undefined
      : { how: 'loses', words: `is rounded beyond ${next.exact}`, condition: `${value}::${name(to)}::text::numeric <> ${value}` }
  return { how: 'loses', words: `keeps ${next.digits} digits and loses the rest`, condition: comesBack(value, name(to), own ? 'float8' : 'numeric', next.most) }
}

const toNumeric = ({ from, to, value }: Cast): Loss | undefined => {
  const precision = modifier(to)
  const float = floats[name(from)]
  if (precision === undefined)
    return (
      float && {
        how: 'loses',
        words: `keeps ${float.digits} digits and loses the rest`,
        condition: `${value}::numeric <> ${value}::text::numeric`,
        slight: true,
      }
    )
  const scale = modifier(to, 1) ?? 0
  const integer = integers[name(from)]
  const [ownPrecision, ownScale] = integer ? [integer.digits, 0] : [modifier(from), modifier(from, 1) ?? 0]
  const overflows = ownPrecision === undefined || ownPrecision - ownScale > precision - scale
  const rounds = !integer && (ownPrecision === undefined || ownScale > scale)
  // A scale above the precision leaves no digit before the point, and none of the first behind it.
  const digits = Math.max(0, precision - scale)
  const most = '9'.repeat(digits) || '0'
  // abs() of the smallest integer is out of range itself.
  const tooBig = integer ? `${value} NOT BETWEEN -${most} AND ${most}` : `abs(${value}) >= 1e${precision - scale}`
  // A float's text has the digits that applications see; its cast to numeric has fewer.
  const rounded = float ? `${value}::text::numeric <> round(${value}::numeric, ${scale})` : `${value} <> round(${value}, ${scale})`
  if (overflows)
    return {
      how: 'fails',
      words: `must hold no number of more than ${digits} digits before the point${rounds ? `, and is rounded to ${scale} behind it` : ''}`,
      code: '22003',
      condition: rounds ? `${tooBig} OR ${rounded}` : tooBig,
    }
  return rounds ? { how: 'loses', words: `is rounded to ${scale} digits behind the point`, condition: rounded } : undefined
}

const toTime = ({ from, to, value }: Cast): Loss | undefined => {
  const [own, next] = [name(from), name(to)]
  if (next === 'date' && own !== 'date') return { how: 'loses', words: 'loses its time of day', condition: `${value} <> ${value}::date` }
  if (next.startsWith('time') && !moments.has(next) && (moments.has(own) || own === 'interval'))
    return {
      how: 'loses',
      words: own === 'interval' ? 'loses its days' : 'loses its date',
      condition: own === 'interval' ? `${value} <> ${value}::time::interval` : `${value} IS NOT NULL`,
    }
  const [before, after] = [modifier(from) ?? 6, modifier(to) ?? 6]
  if (own === 'date' || after >= before || next === 'interval') return undefined
  return { how: 'loses', words: `is rounded to ${after} digits of a second`, condition: `${value} <> ${value}::${printType(to)}`, slight: true }
}

const others = ({ from, to, value, explicit }: Cast): Loss | undefined => {
  if (name(from) === 'inet' && name(to) === 'cidr')
    return {
      how: 'fails',
      words: 'must hold networks only, without bits behind the mask',
      code: '22P02',
      condition: `host(${value}) <> host(network(${value}))`,
    }
  if (explicit && name(from) === 'int4' && name(to) === 'bool')
    return { how: 'loses', words: 'keeps of a number only whether it is 0', condition: `${value} NOT IN (0, 1)` }
  return undefined
}

const times = new Set(['date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval'])

const lossOfValues = (cast: Cast): Loss | undefined => {
  const { from, to, catalog } = cast
  if (from.array !== to.array) {
    if (!to.array && textual.has(name(to))) return toText(cast)
    return !from.array && textual.has(name(from)) ? fromText(cast) : undefined
  }
  if (to.array) return undefined
  if (textual.has(name(to))) return toText(cast)
  if (labelsOf(catalog, from)) return labelsOf(catalog, to) ? betweenEnums(cast) : undefined
  if (textual.has(name(from)) && (labelsOf(catalog, to) || name(to) !== '')) return fromText(cast)
  if (name(to) in integers) return toInteger(cast)
  if (name(to) in floats) return toFloat(cast)
  if (name(to) === 'numeric') return toNumeric(cast)
  return times.has(name(to)) && times.has(name(from)) ? toTime(cast) : others(cast)
}

/** How USING makes the new values: by a plain cast of the column, or by an expression whose sense only its author knows. Absent: by assignment. */
const usingOf = (using: Expression | undefined, column: string, to: TypeReference): 'assigned' | 'cast' | 'computed' => {
  if (using === undefined) return 'assigned'
  const isColumn = (node: Tree | undefined): boolean => referencedColumn(node) === column
  if (isColumn(using)) return 'assigned'
  const outer = child(using, 'TypeCast')
  if (!outer) return 'computed'
  let inner: Tree | undefined = child(outer, 'arg')
  while (inner && child(inner, 'TypeCast')) inner = child(child(inner, 'TypeCast'), 'arg')
  const target = strings(list(child(outer, 'typeName'), 'names')).at(-1)
  return isColumn(inner) && target === to.name ? 'cast' : 'computed'
}

/** The type that a default has before it is cast to its column's: a literal in quotes takes the column's. Undefined where it cannot be told. */
const typeOfDefault = (value: Attribute['default'], column: TypeReference): TypeReference | undefined => {
  if (value === undefined || 'sequence' in value) return undefined
  const constant = child(value as Expression, 'A_Const')
  if (constant) return 'sval' in constant ? column : 'boolval' in constant ? builtinType('bool') : 'ival' in constant ? builtinType('int4') : undefined
  const typeName = child(child(value as Expression, 'TypeCast'), 'typeName')
  const [schema, local] = strings(list(typeName, 'names'))
  if (schema === undefined || list(typeName, 'arrayBounds').length > 0) return undefined
  return local === undefined ? builtinType(schema) : { schema, name: local, typmods: [], array: false }
}

export type TypeChange = {
  readonly column: string
  readonly from: TypeReference
  readonly to: TypeReference
  readonly using?: Expression | undefined
  readonly default?: Attribute['default'] | undefined
}

/** What a change of a column's type may do to its values; undefined where all of them pass, or where an expression in USING says how. */
export const lossOf = ({ column, from, to, using, default: value }: TypeChange, catalog: Catalog, postgres: number): Loss | undefined => {
  const how = usingOf(using, column, to)
  if (how === 'assigned' && needsUsing(from, to, catalog))
    return { how: 'refused', words: 'has no cast to its new type that PostgreSQL uses by itself: it wants USING', code: '42804' }
  const own = typeOfDefault(value, from)
  if (own && needsUsing(own, to, catalog))
    return { how: 'refused', words: 'has a default that PostgreSQL cannot cast to the new type by itself', code: '42804' }
  return how === 'computed' ? undefined : lossOfValues({ from, to, value: quoteIdentifier(column), explicit: how === 'cast', catalog, postgres })
}
