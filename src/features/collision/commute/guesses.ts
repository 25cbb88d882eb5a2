/** What only PostgreSQL can judge: whether an expression still means something over another type, and whether the bounds of two partitions overlap. */
import { columnOn } from '../../../changes/found-by.ts'
import type { Catalog, TypeReference } from '../../../model/catalog.ts'
import type { Change } from '../../../model/change.ts'
import { keyOf, member, type ObjectKey, type RelationName } from '../../../model/name.ts'
import type { Effect } from './acts.ts'
import { pointsTo } from './needs.ts'
import type { Alone } from './orders.ts'

/** Types with the same operators, of which PostgreSQL writes expressions alike. */
const families: readonly (readonly string[])[] = [
  ['int2', 'int4', 'int8'],
  ['text', 'varchar'],
]

/** True where values of one type are values of the other, and expressions mean the same over both. */
export const isAkin = (from: TypeReference | undefined, to: TypeReference): boolean =>
  from !== undefined &&
  from.array === to.array &&
  from.schema === to.schema &&
  (from.name === to.name || families.some((family) => from.schema === 'pg_catalog' && family.includes(from.name) && family.includes(to.name)))

const typeOf = (catalog: Catalog, on: RelationName, column: string): TypeReference | undefined => columnOn(catalog, on, column)?.type

const isRetype = (change: Change): change is Change<'set-column-type'> => change.kind === 'set-column-type'

type Retyped = { readonly on: RelationName; readonly column: string; readonly akin: boolean }

/** Columns that a statement gives another type. */
const retyped = ({ changes, step }: Effect): readonly Retyped[] =>
  changes.filter(isRetype).map(({ on, column, to }) => ({ on, column, akin: isAkin(typeOf(step.before, on, column), to) }))

/** Checks, and indexes over more than columns: PostgreSQL writes the types of their parts down. */
const hasExpression = (change: Change): boolean => {
  if (change.kind === 'add-constraint') return change.constraint.type === 'check' || change.constraint.type === 'exclusion'
  return change.kind === 'create-index' && (change.index.where !== undefined || change.index.elements.some(({ on }) => typeof on !== 'string'))
}

const setsDefault = ({ changes }: Effect, on: RelationName, column: string): boolean =>
  changes.some((change) => change.kind === 'set-default' && change.to !== undefined && change.on === on && change.column === column)

const overOtherType = (one: Effect, other: Effect): ObjectKey | undefined => {
  const isUsed = ({ on, column, akin }: Retyped): boolean =>
    (akin ? other.changes.some(hasExpression) : true) && pointsTo(other, keyOf('column', member(on, column)))
  const found = retyped(one).find((each) => (!each.akin && setsDefault(other, each.on, each.column)) || isUsed(each))
  return found && keyOf('column', member(found.on, found.column))
}

const parentOf = (change: Change): RelationName | undefined =>
  change.kind === 'create-table' ? change.table.partitionOf?.parent : change.kind === 'attach-partition' ? change.parent : undefined

const sharedParent = (landed: Effect, mine: Effect): ObjectKey | undefined => {
  const parents = new Set(landed.changes.map(parentOf))
  const parent = mine.changes.map(parentOf).find((name) => name !== undefined && parents.has(name))
  return parent === undefined ? undefined : keyOf('table', parent)
}

export type Guess = { readonly landed: Effect; readonly mine: Effect; readonly object: ObjectKey; readonly why: string }

/** True where both give one column types of which memory does not know whether one becomes the other. */
export const isRetypedByBoth = (landed: Effect, mine: Effect): boolean =>
  [landed, mine].some((effect) => retyped(effect).some(({ akin }) => !akin)) &&
  landed.changes.filter(isRetype).some((a) => mine.changes.filter(isRetype).some((b) => a.on === b.on && a.column === b.column && !isAkin(a.to, b.to)))

/** Pairs that memory runs through without knowing whether PostgreSQL does. */
export const guesses = (landed: Alone, mine: Alone): readonly Guess[] =>
  mine.effects.flatMap((m) =>
    landed.effects.flatMap((l): readonly Guess[] => {
      const typed = overOtherType(l, m) ?? overOtherType(m, l)
      if (typed !== undefined) return [{ landed: l, mine: m, object: typed, why: 'one side changes its type, the other one uses it in an expression or a key' }]
      const parent = sharedParent(l, m)
      return parent === undefined ? [] : [{ landed: l, mine: m, object: parent, why: 'both sides make partitions of it, whose bounds may overlap' }]
    }),
  )
