/** What a condition asks of one column, so that a value can be written that meets it; PostgreSQL then judges the value. */

/** A limit: SQL without columns, and its text where it is a constant. */
export type Limit = { readonly sql: string; readonly constant?: string; readonly inclusive: boolean }

/** A smallest and a greatest number, both inclusive. */
export type Span = { readonly min?: number; readonly max?: number }

export type Demand = {
  /** True: it must be NULL. False: it must not. */
  readonly null?: boolean
  /** Constants, one of which it must be. */
  readonly oneOf?: readonly string[]
  /** Constants that it must not be. */
  readonly not?: readonly string[]
  readonly min?: readonly Limit[]
  readonly max?: readonly Limit[]
  /** The length of a text. */
  readonly length?: Span
  /** Regular expressions that a text must match. */
  readonly patterns?: readonly string[]
  /** The number of elements of an array, in JSON too. */
  readonly count?: Span
  /** The elements that an array may have, and those that it must have. */
  readonly elements?: readonly string[]
  readonly contains?: readonly string[]
  /** What `jsonb_typeof` answers. */
  readonly json?: string
  /** Demands on the values under the keys of a JSON object. */
  readonly keys?: ReadonlyMap<string, Demand>
  /** A text that is the same in lower or in upper case. */
  readonly folded?: 'lower' | 'upper'
  /** It must be the plain value: it is compared with another column, or looked at by a condition that is not understood. */
  readonly plain?: true
  /** How many numbers it must be ahead of a column that it is compared with. */
  readonly ahead?: number
}

const both = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): readonly T[] | undefined => (a && b ? [...new Set([...a, ...b])] : (a ?? b))

const shared = (a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined =>
  a && b ? a.filter((value) => b.includes(value)) : (a ?? b)

const narrow = (a: Span | undefined, b: Span | undefined): Span | undefined => {
  if (!a || !b) return a ?? b
  const min = Math.max(a.min ?? 0, b.min ?? 0)
  const max = Math.min(a.max ?? Number.POSITIVE_INFINITY, b.max ?? Number.POSITIVE_INFINITY)
  return { min, ...(Number.isFinite(max) ? { max } : {}) }
}

const mergeKeys = (a: Demand['keys'], b: Demand['keys']): Demand['keys'] | 'contradiction' => {
  if (!a || !b) return a ?? b
  const merged = new Map(a)
  for (const [key, demand] of b) {
    const one = meet(a.get(key) ?? {}, demand)
    if (!one) return 'contradiction'
    merged.set(key, one)
  }
  return merged
}

const asksForValue = (demand: Demand): boolean => Object.keys(demand).some((key) => key !== 'null' && key !== 'plain' && key !== 'not' && key !== 'ahead')

const isEmpty = (span: Span | undefined): boolean => span !== undefined && (span.min ?? 0) > (span.max ?? Number.POSITIVE_INFINITY)

const numberOf = ({ constant = '' }: Limit): number => (constant.trim() === '' ? Number.NaN : Number(constant))

/** True where numbers leave no room between the limits. */
const isClosed = (min: readonly Limit[] = [], max: readonly Limit[] = []): boolean =>
  min.some((low) => max.some((high) => numberOf(low) > numberOf(high) || (numberOf(low) === numberOf(high) && !(low.inclusive && high.inclusive))))

/** Both demands at once; undefined where they contradict each other. */
export const meet = (a: Demand, b: Demand): Demand | undefined => {
  const keys = mergeKeys(a.keys, b.keys)
  const isNull = a.null ?? b.null
  if (keys === 'contradiction' || (a.null !== undefined && b.null !== undefined && a.null !== b.null)) return undefined
  if (a.json !== undefined && b.json !== undefined && a.json !== b.json) return undefined
  const not = both(a.not, b.not)
  const oneOf = shared(a.oneOf, b.oneOf)?.filter((value) => !not?.includes(value))
  const merged: Record<string, unknown> = {
    null: isNull,
    not,
    oneOf,
    min: both(a.min, b.min),
    max: both(a.max, b.max),
    length: narrow(a.length, b.length),
    patterns: both(a.patterns, b.patterns),
    count: narrow(a.count, b.count),
    elements: shared(a.elements, b.elements),
    contains: both(a.contains, b.contains),
    json: a.json ?? b.json,
    keys,
    folded: a.folded ?? b.folded,
    plain: a.plain ?? b.plain,
    ahead: a.ahead === undefined && b.ahead === undefined ? undefined : Math.max(a.ahead ?? 0, b.ahead ?? 0),
  }
  for (const key of Object.keys(merged)) if (merged[key] === undefined) delete merged[key]
  const demand = merged as Demand
  if (oneOf?.length === 0 || isEmpty(demand.length) || isEmpty(demand.count) || isClosed(demand.min, demand.max)) return undefined
  return isNull === true && asksForValue(demand) ? undefined : demand
}
