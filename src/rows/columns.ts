/** What a candidate holds in each column: SQL over its number `"#g"`, its round `"#r"`, its state `"#s"` and the samples of parents. */
import type { Attribute, Catalog } from '../model/catalog.ts'
import { quoteIdentifier } from '../model/name.ts'
import { printExpression, quoteLiteral } from '../sql/print.ts'
import type { Demand } from './demand.ts'
import type { Facts, ForeignKey } from './facts.ts'
import type { Sample } from './parents.ts'
import { castType, shapeOf } from './shape.ts'
import type { State } from './states.ts'
import { commonShapes, type Place, valueSql } from './value.ts'

/** The plan for one INSERT. */
export type Plan = {
  readonly catalog: Catalog
  readonly facts: Facts
  readonly adverse: boolean
  readonly rows: number
  /** The first row's number. */
  readonly first: number
  /** Values that were asked for, by column. */
  readonly given: ReadonlyMap<string, readonly string[]>
  readonly states: readonly State[]
  readonly samples: readonly Sample[]
  /** Foreign keys of rows that are their own parents. */
  readonly own: readonly ForeignKey[]
  /** Foreign keys whose parents come later: the parent with the same number is promised. */
  readonly apart: ReadonlySet<ForeignKey>
}

/** Steps by which columns walk away from each other. */
const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53]
export const stepOf = (position: number): number => primes[position % primes.length] ?? 2

/** From this round on, columns of conditions hold plain values only, and those of conditions that are not understood try others. */
const trying = 2

const textTypes = new Set(['text', 'varchar', 'bpchar', 'citext', 'name'])
const numberTypes = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'])

/** About a quarter of the rows; others in each column. */
const sometimes = (position: number): string => `mod("#g" + ("#g" / 4) * ${position} + ${position}, 4) = 0`

/** Part of a key, or of a reference to one that has not been written. */
const inKeys = ({ facts, apart }: Plan, column: string): boolean =>
  [...facts.keys, ...facts.exclusions].some(({ columns }) => columns.has(column)) ||
  facts.foreignKeys.some((key) => apart.has(key) && key.columns.includes(column))

const placeOf = (plan: Plan, { name }: Attribute, position: number): Place => {
  const step = stepOf(position)
  const unread = plan.facts.unread.has(name)
  return {
    catalog: plan.catalog,
    number: unread ? `("#g" + "#r" * ${step})` : '"#g"',
    turn: plan.adverse ? `("#g" + ("#r" + 1) * ${step})` : `("#g" + "#r" * ${step})`,
    first: plan.first,
    rows: plan.rows * 2,
    adverse: plan.adverse && !plan.facts.computedOf.has(name),
    distinct: inKeys(plan, name),
  }
}

/** Constants that stand beside the column in a condition that is not understood, and texts of common shapes. */
const hints = (plan: Plan, { name, type }: Attribute, turn: string): string | undefined => {
  const constants = plan.facts.unread.get(name)
  const shape = shapeOf(plan.catalog, type)
  if (!constants || shape.kind !== 'scalar') return undefined
  const isText = textTypes.has(shape.name)
  if (!isText && !numberTypes.has(shape.name)) return undefined
  const fitting = isText ? [...constants.map(quoteLiteral), ...commonShapes('"#g"')] : constants.filter((text) => /^-?\d{1,4}$/.test(text)).map(quoteLiteral)
  return fitting.length === 0 ? undefined : `CAST((ARRAY[${fitting.join(', ')}])[1 + mod(${turn}, ${fitting.length})] AS ${castType(plan.catalog, type)})`
}

const cases = (branches: readonly (readonly [string, string | undefined])[], otherwise: string): string => {
  const written = branches.flatMap(([condition, value]) => (value === undefined || value === otherwise ? [] : `WHEN ${condition} THEN ${value}`))
  return written.length === 0 ? otherwise : `CASE ${written.join(' ')} ELSE ${otherwise} END`
}

const isFree = (plan: Plan, { name }: Attribute, demand: Demand): boolean => !plan.facts.required.has(name) && demand.null === undefined

/** A value that no parent gives. Undefined: its type is not known here. */
const ownValue = (plan: Plan, attribute: Attribute, position: number, demand: Demand): string | undefined => {
  const place = placeOf(plan, attribute, position)
  const type = castType(plan.catalog, attribute.type)
  const nothing = `CAST(NULL AS ${type})`
  const given = plan.given.get(attribute.name)
  if (given && !place.distinct && demand.null !== true)
    return `CAST((ARRAY[${given.map(quoteLiteral).join(', ')}])[1 + mod(${place.turn}, ${given.length})] AS ${type})`
  const value = valueSql(attribute.type, demand, place)
  const free = isFree(plan, attribute, demand)
  if (value === undefined) return free ? nothing : undefined
  const unread = plan.facts.unread.has(attribute.name)
  const plain = plan.facts.mentioned.has(attribute.name) ? valueSql(attribute.type, demand, { ...place, adverse: false }) : undefined
  return cases(
    [
      [sometimes(position), plan.adverse && free ? nothing : undefined],
      [`"#r" >= ${trying} AND mod("#r" + ${position}, 3) = 0`, unread && demand.oneOf === undefined ? hints(plan, attribute, place.turn) : undefined],
      [`"#r" >= ${trying} AND mod("#g" / ${2 ** (position % 8)}, 2) = 0`, unread && free ? nothing : undefined],
      [`"#r" >= ${trying}`, plain],
    ],
    value,
  )
}

/** The columns of a foreign key that can be NULL without another key's being so. */
const loose = (plan: Plan, key: ForeignKey, sample: Sample): readonly string[] => {
  const others = new Set(sample.keys.filter((other) => other !== key).flatMap(({ columns }) => columns))
  const free = key.columns.filter((column) => !plan.facts.required.has(column) && !others.has(column))
  return key.match === 'full' && free.length < key.columns.length ? [] : free
}

const sampledValue = (plan: Plan, { name, type }: Attribute, sample: Sample, demand: Demand): string => {
  const cast = castType(plan.catalog, type)
  if (demand.null === true) return `CAST(NULL AS ${cast})`
  const value = `CAST(${quoteIdentifier(sample.name)}.${quoteIdentifier(name)} AS ${cast})`
  const key = plan.adverse && demand.null === undefined ? sample.keys.find((each) => loose(plan, each, sample).includes(name)) : undefined
  if (!key) return value
  const position = plan.facts.columns.findIndex((column) => column.name === key.columns[0])
  return `CASE WHEN ${sometimes(position)} THEN NULL ELSE ${value} END`
}

/** The column of the same row that a row which is its own parent takes the value from. */
const ownParent = (plan: Plan, column: string): string | undefined => {
  for (const { columns, referenced } of plan.own) {
    const at = columns.indexOf(column)
    if (at >= 0 && referenced[at] !== column) return referenced[at]
  }
  return undefined
}

/** States that want the same of the column share its value. */
const byState = (plan: Plan, column: string, valueFor: (demand: Demand) => string | undefined): string | undefined => {
  const values = plan.states.map((state) => valueFor(state.get(column) ?? {}))
  const groups = new Map<string, number[]>()
  for (const [state, value] of values.entries()) {
    if (value === undefined) return undefined
    groups.set(value, [...(groups.get(value) ?? []), state])
  }
  const [[most = 'NULL'] = [], ...others] = [...groups].sort(([, a], [, b]) => b.length - a.length)
  return cases(
    others.map(([value, states]) => [`"#s" IN (${states.join(', ')})`, value]),
    most,
  )
}

const collate = (sql: string, { collation }: Attribute): string => (collation ? `${sql} COLLATE ${collation.map(quoteIdentifier).join('.')}` : sql)

const defaultOf = ({ default: given }: Attribute): string | undefined => {
  if (given === undefined) return undefined
  return 'sequence' in given ? `nextval(CAST(${quoteLiteral(String(given.sequence))} AS regclass))` : printExpression(given)
}

/** A column of the candidates; undefined where no value of its type is known and it can be neither NULL nor left to its default. */
export const columnSql = (plan: Plan, attribute: Attribute, seen: ReadonlySet<string> = new Set()): string | undefined => {
  const position = plan.facts.columns.indexOf(attribute)
  const parent = seen.has(attribute.name) ? undefined : ownParent(plan, attribute.name)
  const source = parent === undefined ? undefined : plan.facts.columns.find(({ name }) => name === parent)
  if (source) return columnSql(plan, source, new Set([...seen, attribute.name]))
  const sample = plan.samples.find(({ columns }) => columns.has(attribute.name))
  const valueFor = (demand: Demand): string | undefined =>
    sample ? sampledValue(plan, attribute, sample, demand) : ownValue(plan, attribute, position, demand)
  const value = byState(plan, attribute.name, valueFor) ?? defaultOf(attribute)
  return value === undefined ? undefined : collate(value, attribute)
}
