/** What a change of a type means to code that writes and reads its values. */
import { keepsBytes } from '../../changes/conversions.ts'
import { equal } from '../../changes/equal.ts'
import { displayType, userTypeName } from '../../changes/types.ts'
import type { Attribute, Catalog, Type, TypeReference } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, type QualifiedName } from '../../model/name.ts'
import { printExpression } from '../../sql/print.ts'
import { type Judgement, major, minor, none, patch, strongest } from './judgement.ts'
import type { Moment } from './moment.ts'

/** The digits that an integer type needs. */
const digits: Readonly<Record<string, number>> = { int2: 5, int4: 10, int8: 19 }

const modifier = ({ typmods }: TypeReference, at: number): number | undefined =>
  typmods[at] === undefined ? undefined : Number(printExpression(typmods[at] as Tree))

/** Digits before the point and behind it that a `numeric` holds. */
const room = (type: TypeReference): readonly [before: number, behind: number] => {
  const precision = modifier(type, 0)
  const scale = modifier(type, 1) ?? 0
  return precision === undefined ? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] : [precision - scale, scale]
}

const inText = (type: TypeReference): string => `a JavaScript driver gives ${displayType(type)} as text`

const toNumeric = (from: TypeReference, to: TypeReference): Judgement | undefined => {
  const [before, behind] = room(to)
  const [needed, decimals] = from.name === 'numeric' ? room(from) : [digits[from.name] ?? Number.POSITIVE_INFINITY, 0]
  if (before < needed || behind < decimals) return undefined
  return from.name === 'numeric'
    ? minor('every number still fits, and may be shown with more decimals', 'rewrite', 'driver-type')
    : minor(`every number still fits; ${inText(to)}`, 'rewrite', 'driver-type')
}

const textLength = (type: TypeReference): number => (type.name === 'bpchar' ? (modifier(type, 0) ?? 1) : (modifier(type, 0) ?? Number.POSITIVE_INFINITY))

/** A type that holds every value of the other one; undefined where it may not. */
const widened = (from: TypeReference, to: TypeReference): Judgement | undefined => {
  if (from.array !== to.array || from.schema !== 'pg_catalog' || to.schema !== 'pg_catalog') return undefined
  const [old, next] = [digits[from.name], digits[to.name]]
  if (old !== undefined && next !== undefined && next > old)
    return to.name === 'int8'
      ? minor('every number still fits; bigint comes as text in JavaScript', 'rewrite', 'driver-type')
      : minor('every number still fits', 'rewrite')
  if (to.name === 'numeric' && (old !== undefined || from.name === 'numeric')) return toNumeric(from, to)
  if (from.name === 'float4' && to.name === 'float8') return minor('every number still fits, and is shown with more digits', 'rewrite')
  if (from.name === 'bpchar' && ['text', 'varchar', 'bpchar'].includes(to.name) && textLength(to) >= textLength(from))
    return minor('every text still fits; the blanks that fill it up may differ', 'rewrite', 'reader-risk')
  return undefined
}

/** A column's type before the migration and after it. */
export const compareColumnTypes = (from: Attribute, to: Attribute): Judgement => {
  const collated = !equal(from.collation, to.collation)
  if (equal(from.type, to.type))
    return collated
      ? minor('the type is the same, and texts are compared and sorted otherwise', 'behaviour')
      : patch('after the migration the type is what it was')
  const wider =
    userTypeName(from.type) === undefined && userTypeName(to.type) === undefined && keepsBytes(from.type, to.type)
      ? minor('every value that was let in before still is')
      : widened(from.type, to.type)
  if (wider) return collated ? strongest(wider, minor('texts are compared and sorted otherwise', 'behaviour')) : wider
  return major(`code that writes and reads ${displayType(from.type)} meets ${displayType(to.type)}`)
}

/** Whether an INSERT that leaves the column out is refused. */
export const blocksInserts = ({ types }: Catalog, { type, notNull, default: value, identity, generated }: Attribute): boolean => {
  if (value !== undefined || identity || generated) return false
  const name = userTypeName(type)
  const domain = name === undefined || type.array ? undefined : types.get(name)
  return notNull !== false || (domain?.kind === 'domain' && domain.notNull !== false && domain.default === undefined)
}

/** What a name of a type leads to after the migration, where it led to another type before. */
export const compareTypes = (old: Type, now: Type): Judgement => {
  if (equal(old, now)) return patch('after the migration the type is what it was')
  if (old.kind === 'enum' && now.kind === 'enum') {
    const gone = old.labels.filter((label) => !now.labels.includes(label))
    if (gone.length > 0) return major(`the type is made again without ${gone.map((label) => `'${label}'`).join(', ')}`)
    return now.labels.length > old.labels.length
      ? minor('the type is made again with more values', 'reader-risk')
      : minor('the type is made again with its values in another order', 'behaviour')
  }
  return major('another type has the name now')
}

/** A type that is dropped or renamed. */
export const typeGone = (name: QualifiedName, { start, end, startName }: Moment): Judgement => {
  const before = startName(name)
  const old = start.types.get(before)
  if (!old) return none('this migration made the type')
  const now = end.types.get(before)
  return now ? compareTypes(old, now) : major(`code that names the type ${display(before)} (a cast, a parameter) fails`)
}
