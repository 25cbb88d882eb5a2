/** A value as SQL, of a type, as a demand wants it. */
import { builtinType } from '../changes/types.ts'
import type { Catalog, TypeReference } from '../model/catalog.ts'
import { quoteLiteral } from '../sql/print.ts'
import { adverseKey, adverseValues } from './adverse.ts'
import { clausesOf } from './clauses.ts'
import type { Demand, Limit, Span } from './demand.ts'
import { matching } from './pattern.ts'
import { code, plainValue } from './plain.ts'
import { castType, domainConditions, shapeOf } from './shape.ts'
import { statesOf } from './states.ts'

/** Where a value is wanted. */
export type Place = {
  readonly catalog: Catalog
  /** SQL of the row's number. */
  readonly number: string
  /** SQL of a number that walks through short lists; not in step with that of other columns in later rounds. */
  readonly turn: string
  /** The row numbers that texts made in advance are for. */
  readonly first: number
  readonly rows: number
  readonly adverse: boolean
  /** The column is part of a key: values that come twice are of no use. */
  readonly distinct: boolean
}

const pick = (values: readonly string[], turn: string): string =>
  values.length === 1 ? (values[0] ?? 'NULL') : `(ARRAY[${values.join(', ')}])[1 + mod(${turn}, ${values.length})]`

const cast = (sql: string, type: string): string => `CAST(${sql} AS ${type})`

const integers = new Set(['int2', 'int4', 'int8'])
const numbers = new Set([...integers, 'numeric', 'float4', 'float8', 'money'])
const texts = new Set(['text', 'varchar', 'bpchar', 'citext', 'name'])
const times: Readonly<Record<string, string>> = { timestamp: 'hour', timestamptz: 'hour', interval: 'minute' }

/** Values for numbers between limits go round in at most so many. */
const widest = 1000
const smallest = 1000

const tightest = (limits: readonly Limit[] | undefined, greatest: boolean): Limit | undefined =>
  limits?.reduce((best, limit) => {
    const [a, b] = [Number(best.constant), Number(limit.constant)]
    return Number.isNaN(b) || (greatest ? a >= b : a <= b) ? best : limit
  })

const integerBetween = (low: number | undefined, high: number | undefined, place: Place): string | undefined => {
  if (low !== undefined && high !== undefined) return high - low > widest + smallest ? undefined : `${low} + mod(${place.turn}, ${high - low + 1})`
  if (low !== undefined) return low > smallest ? `${low} + ${place.number}` : undefined
  return high !== undefined && high > 0 ? `${high} - mod(${place.turn}, ${Math.min(high, widest)})` : `${high} - ${place.number}`
}

const numberBetween = (name: string, min: Limit | undefined, max: Limit | undefined, place: Place): string | undefined => {
  const [low, high] = [min, max].map((limit) => (limit?.constant === undefined ? undefined : Number(limit.constant)))
  if ((low === undefined && high === undefined) || Number.isNaN(low) || Number.isNaN(high)) return undefined
  if (integers.has(name)) {
    const least = low === undefined ? undefined : Math.floor(low) + (min?.inclusive && Number.isInteger(low) ? 0 : 1)
    const most = high === undefined ? undefined : Math.ceil(high) - (max?.inclusive && Number.isInteger(high) ? 0 : 1)
    return integerBetween(least, most, place)
  }
  if (low !== undefined && high !== undefined) return `${low} + CAST(${high - low} AS numeric) * (1 + mod(${place.turn}, 97)) / 99`
  if (low !== undefined) return low >= 0 && low < 1 ? undefined : `${low} + 1 + mod(${place.number}, ${widest}) / CAST(8 AS numeric)`
  return `${high} - 1 - mod(${place.turn}, ${widest})`
}

/** A moment or a day after the lower limit, or before the upper one. */
const timeBetween = (name: string, type: string, min: Limit | undefined, max: Limit | undefined, place: Place): string | undefined => {
  const limit = min ?? max
  const unit = times[name]
  if (!limit || (!unit && name !== 'date')) return undefined
  const start = cast(limit.constant === undefined ? limit.sql : quoteLiteral(limit.constant), type)
  const count = `1 + mod(${place.turn}, ${widest})`
  const step = unit ? `(${count}) * interval '1 ${unit}'` : `CAST(${count} AS integer)`
  return `${start} ${min ? '+' : '-'} ${step}`
}

const between = (name: string, type: string, demand: Demand, place: Place): string | undefined => {
  const [min, max] = [tightest(demand.min, true), tightest(demand.max, false)]
  if (!min && !max) return undefined
  if (numbers.has(name)) return numberBetween(name, min, max, place)
  if (texts.has(name)) return min?.constant === undefined ? undefined : `${quoteLiteral(min.constant)} || ${code(place.number)}`
  return timeBetween(name, type, min, max, place)
}

/** Limits of a number with those of its precision, where it has one of its own. */
const withinPrecision = (demand: Demand, [precision, scale = 0]: readonly number[]): Demand => {
  const low = Number(tightest(demand.min, true)?.constant ?? Number.NaN)
  if (precision === undefined || (!demand.min && !demand.max) || (!demand.max && low >= 0 && low < 1)) return demand
  const most = 10 ** (precision - scale) - 1
  const limit = (constant: number): Limit => ({ sql: String(constant), constant: String(constant), inclusive: true })
  return { ...demand, min: [limit(-most), ...(demand.min ?? [])], max: [limit(most), ...(demand.max ?? [])] }
}

/** Texts of known shapes, where a condition asks for one that is not understood; each with an example. */
const shapes: readonly { readonly sql: (number: string) => string; readonly example: string }[] = [
  { sql: (number) => `'#' || lpad(to_hex(${number}), 6, '0')`, example: '#0003e9' },
  { sql: (number) => `'v-' || ${number}`, example: 'v-1001' },
  { sql: (number) => `'v' || ${number} || '@example.com'`, example: 'v1001@example.com' },
  { sql: (number) => `'00000000-0000-4000-8000-' || lpad(to_hex(${number}), 12, '0')`, example: '00000000-0000-4000-8000-0000000003e9' },
  { sql: (number) => `'https://example.com/' || ${number}`, example: 'https://example.com/1001' },
  { sql: (number) => `CAST(${number} AS text)`, example: '1001' },
  { sql: (number) => `'V' || ${number}`, example: 'V1001' },
  { sql: (number) => `'1.0.' || ${number}`, example: '1.0.1001' },
  { sql: (number) => `'+1555' || lpad(CAST(${number} AS text), 7, '0')`, example: '+15550001001' },
  { sql: (number) => `lpad(to_hex(${number}), 64, '0')`, example: '3e9'.padStart(64, '0') },
  { sql: (number) => `'Va1!' || ${number}`, example: 'Va1!1001' },
]

export const commonShapes = (number: string): readonly string[] => shapes.map(({ sql }) => sql(number))

const matches = (pattern: string, example: string): boolean => {
  try {
    return new RegExp(pattern).test(example)
  } catch {
    return true
  }
}

/** The common shapes that match all patterns, as far as JavaScript reads them; all where none does. */
const shapesFor = (patterns: readonly string[], number: string): readonly string[] => {
  const fitting = shapes.filter(({ example }) => patterns.every((pattern) => matches(pattern, example)))
  return (fitting.length > 0 ? fitting : shapes).map(({ sql }) => sql(number))
}

/** How many texts that match a pattern are made in advance. */
const mostMatching = 2000

const ofPatterns = (patterns: readonly string[], length: Span | undefined, place: Place): string | undefined => {
  const lists = patterns.map((pattern) => matching(pattern, place.first, Math.min(place.rows, mostMatching), length))
  const longest = [...lists].sort((a, b) => b.length - a.length)[0] ?? []
  return longest.length > 0 ? pick(longest.map(quoteLiteral), place.turn) : pick(shapesFor(patterns, place.number), place.turn)
}

const ofLength = ({ min = 0, max }: Span, room: number | undefined, place: Place): string => {
  const most = Math.min(max ?? Number.POSITIVE_INFINITY, room ?? Number.POSITIVE_INFINITY)
  const text = most <= 0 ? `''` : code(place.number, most)
  return min > 1 ? `lpad(${text}, GREATEST(${min}, length(${text})), '0')` : text
}

const jsonLiteral: Readonly<Record<string, string>> = { object: '{}', array: '[]', string: '"v"', number: '1', boolean: 'true', null: 'null' }

const isNumeric = ({ min, max }: Demand): boolean =>
  [...(min ?? []), ...(max ?? [])].some(({ constant = '' }) => constant !== '' && !Number.isNaN(Number(constant)))

const jsonArray = (least: number, place: Place): string =>
  least === 0 ? `jsonb_build_array()` : `jsonb_build_array(${Array.from({ length: least }, (_, at) => `${place.number} + ${at}`).join(', ')})`

/** A JSON document: an object unless something else is asked for, with the keys that are. */
const ofJson = (demand: Demand, place: Place): string => {
  if (demand.count || demand.json === 'array') return jsonArray(Math.min(demand.count?.min ?? 1, demand.count?.max ?? 1000), place)
  if (demand.json !== undefined && demand.json !== 'object') return cast(quoteLiteral(jsonLiteral[demand.json] ?? '{}'), 'jsonb')
  const keys = [...(demand.keys ?? [])].map(([key, inner]) => `${quoteLiteral(key)}, ${jsonValue(inner, place)}`)
  return `jsonb_build_object(${["'n'", place.number, ...keys].join(', ')})`
}

const jsonValue = (demand: Demand, place: Place): string => {
  if (demand.json !== undefined || demand.count || demand.keys) return ofJson(demand, place)
  const type = builtinType(isNumeric(demand) ? 'int4' : 'text')
  return valueSql(type, demand, place) ?? 'NULL'
}

const ofScalar = (name: string, modifiers: readonly number[], type: string, demand: Demand, place: Place): string | undefined => {
  const [room] = modifiers
  if (demand.patterns && texts.has(name)) return ofPatterns(demand.patterns, demand.length ?? (room === undefined ? undefined : { max: room }), place)
  if (demand.length && texts.has(name)) return ofLength(demand.length, room, place)
  const limited = between(name, type, name === 'numeric' ? withinPrecision(demand, modifiers) : demand, place)
  if (limited !== undefined) return limited
  if (name === 'json' || name === 'jsonb') {
    if (demand.keys || demand.json !== undefined || demand.count) return cast(ofJson(demand, place), type)
  }
  if (place.adverse && !demand.plain) {
    if (place.distinct) return adverseKey(name, place.number, modifiers) ?? plainValue(name, place.number, modifiers)
    const values = adverseValues(name, modifiers)
    if (values.length > 0) return pick(values, place.turn)
  }
  return plainValue(name, name === 'bool' ? place.turn : place.number, modifiers)
}

/** What a domain asks of a value inside of another; of a column, the table's states ask it. */
const domainDemand = (catalog: Catalog, type: TypeReference): Demand => {
  const conditions = domainConditions(catalog, type).map(({ expression }) => clausesOf(expression).clauses)
  return statesOf(new Map(), conditions, () => true)[0]?.get('value') ?? {}
}

const ofArray = (element: TypeReference, demand: Demand, place: Place): string | undefined => {
  const wanted = Math.max(demand.count?.min ?? (demand.count?.max === 0 ? 0 : 1), demand.contains?.length ?? 0)
  const own = demand.elements ? { oneOf: demand.elements } : domainDemand(place.catalog, element)
  const extra = Array.from({ length: Math.max(wanted - (demand.contains?.length ?? 0), 0) }, (_, at) =>
    valueSql(element, own, { ...place, adverse: false, number: `(${place.number} + ${at})`, turn: `(${place.turn} + ${at})` }),
  )
  if (extra.includes(undefined)) return undefined
  const type = castType(place.catalog, element)
  const full = `ARRAY[${[...(demand.contains ?? []).map((value) => cast(quoteLiteral(value), type)), ...extra].join(', ')}]`
  return place.adverse && Object.keys(demand).every((key) => key === 'null') ? `CASE WHEN mod(${place.turn}, 3) = 0 THEN '{}' ELSE ${full} END` : full
}

const ofRange = (name: string, subtype: TypeReference, place: Place): string | undefined => {
  const [low, high] = [`(2 * ${place.number})`, `(2 * ${place.number} + 1)`].map((number) => valueSql(subtype, {}, { ...place, number, adverse: false }))
  return low && high ? `${name}(${low}, ${high})` : undefined
}

/** A value cast to its type; of a domain, to the type beneath it. Undefined where no value of the type is known. */
export const valueSql = (written: TypeReference, demand: Demand, at: Place): string | undefined => {
  if (demand.null === true) return cast('NULL', castType(at.catalog, written))
  const type = castType(at.catalog, written)
  const place = demand.ahead ? { ...at, number: `(${at.number} + ${demand.ahead})`, turn: `(${at.turn} + ${demand.ahead})` } : at
  const shape = shapeOf(at.catalog, written)
  if (demand.oneOf) return cast(pick(demand.oneOf.map(quoteLiteral), place.turn), type)
  switch (shape.kind) {
    case 'enum': {
      const labels = shape.labels.filter((label) => !demand.not?.includes(label))
      return labels.length > 0 ? cast(pick(labels.map(quoteLiteral), place.turn), type) : undefined
    }
    case 'array':
      return castIf(ofArray(written.array ? { ...written, array: false } : shape.element, demand, place), type)
    case 'composite': {
      const fields = shape.fields.map((field) => valueSql(field.type, domainDemand(place.catalog, field.type), place) ?? 'NULL')
      return cast(`ROW(${fields.join(', ')})`, type)
    }
    case 'range':
      return castIf(ofRange(shape.name, shape.subtype, place), type)
    case 'scalar': {
      const scalar = ofScalar(shape.name, shape.modifiers, type, demand, place)
      return castIf(scalar !== undefined && demand.folded ? `${demand.folded}(${scalar})` : scalar, type)
    }
  }
}

const castIf = (sql: string | undefined, type: string): string | undefined => (sql === undefined ? undefined : cast(sql, type))
