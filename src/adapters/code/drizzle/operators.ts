/** The functions that make conditions, orders and aggregates of columns. */
import { type CallSite, native, type Site, type Value } from '../value.ts'
import { Column } from './column.ts'
import { type Compared, expressionOf, joinParts, noParts, partsOf } from './expression.ts'
import type { Ground } from './ground.ts'
import { Namespace } from './model.ts'
import { SqlTag } from './template.ts'
import { each, stringsIn } from './values.ts'

/** They compare their first argument with the others. */
const comparing = 'eq ne gt gte lt lte inArray notInArray between notBetween like notLike ilike notIlike arrayContains arrayContained arrayOverlaps'.split(' ')

const holding =
  'and or not isNull isNotNull exists notExists asc desc count countDistinct avg avgDistinct sum sumDistinct max min l2Distance l1Distance innerProduct cosineDistance hammingDistance jaccardDistance'.split(
    ' ',
  )

const compared = (column: Value, others: readonly Value[], site: Site): readonly Compared[] =>
  each(column)
    .filter((single): single is Column => single instanceof Column && single.facts.values !== undefined)
    .flatMap((single) => others.flatMap((other) => stringsIn(other, site)).map((value) => ({ column: single, value, place: site.place })))

/** Also `eq('draft', posts.status)`. */
const comparison = (ground: Ground, site: CallSite): Value => {
  const [first, ...others] = site.args
  if (first === undefined) return expressionOf(ground, noParts)
  const literals = [...compared(first, others, site), ...others.flatMap((other) => compared(other, [first], site))]
  return expressionOf(ground, joinParts([...site.args.map((arg) => partsOf(arg, site)), { ...noParts, compared: literals }]))
}

const held = (ground: Ground, site: CallSite): Value => expressionOf(ground, joinParts(site.args.map((arg) => partsOf(arg, site))))

const all = (ground: Ground): Readonly<Record<string, Value>> => ({
  ...Object.fromEntries(comparing.map((name) => [name, native(name, (site) => comparison(ground, site))])),
  ...Object.fromEntries(holding.map((name) => [name, native(name, (site) => held(ground, site))])),
  sql: new SqlTag(ground),
})

/** By name, also as `(fields, operators) => …` gets them. */
export const operators = (ground: Ground): Namespace => ground.once('operators', () => new Namespace('drizzle operators', all(ground)))
