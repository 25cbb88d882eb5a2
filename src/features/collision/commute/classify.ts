/** Which of the classes two statements are that do not get along. */
import { equal } from '../../../changes/equal.ts'
import type { Change } from '../../../model/change.ts'
import { leadingName, type ObjectKey, parseKey, partsOf, type QualifiedName, qualified } from '../../../model/name.ts'
import type { ClassNumber } from '../classes.ts'
import { type Effect, renames, touchedBy } from './acts.ts'
import { needs, needsLabel } from './needs.ts'
import type { Alone } from './orders.ts'

/** Enums of which a side takes labels away, or which it makes anew. */
export type Rebuilt = { readonly landed: ReadonlySet<QualifiedName>; readonly mine: ReadonlySet<QualifiedName> }

/** Two statements, each with the side it stands on. */
export type Pair = {
  readonly landed: Effect
  readonly mine: Effect
  readonly sides: { readonly landed: Alone; readonly mine: Alone }
  readonly rebuilt: Rebuilt
}

const shared = (a: Iterable<ObjectKey>, b: ReadonlySet<ObjectKey> | readonly ObjectKey[]): readonly ObjectKey[] => {
  const other = new Set(b)
  return [...a].filter((object) => other.has(object))
}

/** True for the object itself, and for a part of a table or type, and what stands in a schema. */
const isWithin = (object: ObjectKey, whole: ObjectKey): boolean => {
  const { kind, name } = parseKey(whole)
  if (object === whole) return true
  if (kind === 'schema') return parseKey(object).kind !== 'schema' && partsOf(object)[0] === partsOf(whole)[0]
  return (kind === 'table' || kind === 'view' || kind === 'type') && leadingName(object) === name
}

/** What one takes away and the other one changes or needs. */
export const lostTo = (from: Effect, user: Effect): readonly ObjectKey[] => {
  const touched = touchedBy(user)
  return [...from.removed].filter((object) => touched.some((each) => isWithin(each, object)) || needs(user, object) !== undefined)
}

const both = ({ landed, mine }: Pair, holds: (one: Effect, other: Effect) => boolean): boolean => holds(landed, mine) || holds(mine, landed)

const isSame = ({ landed, mine }: Pair): boolean =>
  (landed.changes.length > 0 && equal(landed.changes, mine.changes)) ||
  equal(landed.act.statement.tree, mine.act.statement.tree) ||
  (landed.made.size === 0 &&
    mine.made.size === 0 &&
    shared(landed.removed, mine.removed).some((object) => isWholeOf(landed, object) && isWholeOf(mine, object)))

/** Whether an object is what the statement is about, and not gone with something else. */
const isWholeOf = ({ removed }: Effect, object: ObjectKey): boolean => ![...removed].some((other) => other !== object && isWithin(object, other))

const enumOf = (change: Change): QualifiedName | undefined =>
  change.kind === 'add-enum-value' || change.kind === 'rename-enum-value' || change.kind === 'set-enum-values' ? change.type : undefined

const labelClass = ({ landed, mine }: Pair): ClassNumber | undefined => {
  for (const a of landed.changes) {
    for (const b of mine.changes) {
      if (enumOf(a) === undefined || enumOf(a) !== enumOf(b)) continue
      if (a.kind === 'add-enum-value' && b.kind === 'add-enum-value') return 11
      if (a.kind === 'rename-enum-value' && b.kind === 'rename-enum-value') return 15
      const added = a.kind === 'add-enum-value' ? a : b.kind === 'add-enum-value' ? b : undefined
      const renamed = a.kind === 'rename-enum-value' ? a : b.kind === 'rename-enum-value' ? b : undefined
      return added && renamed && added.value === renamed.to ? 13 : 14
    }
  }
  return isRenamedLabel(landed, mine) || isRenamedLabel(mine, landed) ? 14 : undefined
}

const isRenamedLabel = (one: Effect, other: Effect): boolean =>
  one.changes.some((change) => change.kind === 'rename-enum-value' && needsLabel(other, change.type, change.from))

const usesEnum = (effect: Effect, type: QualifiedName): boolean =>
  touchedBy(effect).includes(`type ${type}`) ||
  needs(effect, `type ${type}`) !== undefined ||
  effect.changes.some((change) => JSON.stringify('to' in change ? change.to : null)?.includes(`"name":${JSON.stringify(partsOf(type)[1])}`)) ||
  touchedBy(effect).some((object) =>
    effect.step.before.tables.get(leadingName(object))?.columns.some(({ type: of }) => of.schema !== undefined && `"${of.schema}"."${of.name}"` === type),
  )

const isRebuilt = ({ landed, mine, rebuilt }: Pair): boolean =>
  [...rebuilt.landed, ...rebuilt.mine].some((type) => usesEnum(landed, type) && usesEnum(mine, type))

const renameClass = (pair: Pair): ClassNumber | undefined => {
  const { landed, mine, sides } = pair
  const [l, m] = [renames(landed), renames(mine)]
  if (!l && !m) return undefined
  if (l && m) return shared(landed.removed, mine.removed).length + shared(landed.made, mine.made).length > 0 ? 15 : undefined
  const [renaming, other, side] = l ? [landed, mine, sides.mine] : [mine, landed, sides.landed]
  const gone = shared(renaming.removed, other.removed)
  if (gone.length > 0) return side.effects.some(({ made }) => [...made].some((object) => isReplacement(object, gone))) ? 16 : 14
  if (shared(renaming.made, other.made).length > 0) return 13
  return lostTo(renaming, other).length > 0 || shared(renaming.altered, touchedBy(other)).length > 0 ? 14 : undefined
}

/** Made in the place of something that has gone: a table for a table, a column in the same table. */
const isReplacement = (object: ObjectKey, gone: readonly ObjectKey[]): boolean => {
  const { kind } = parseKey(object)
  return gone.some((old) => parseKey(old).kind === kind && (kind === 'table' || leadingName(old) === leadingName(object)))
}

const named: ReadonlySet<string> = new Set(['index', 'constraint'])

const takenName = ({ landed, mine }: Pair): ClassNumber | undefined => {
  const same = shared(landed.made, mine.made)
  // A table that both make has parts that both make: the table is what counts.
  if (same.length > 0) return same.some((object) => !named.has(parseKey(object).kind)) ? 8 : 13
  const names = new Set([...landed.made].flatMap(namesTakenBy))
  return [...mine.made].flatMap(namesTakenBy).some((name) => names.has(name)) ? 13 : undefined
}

/** An object's name, and that of the index behind a constraint. */
const namesTakenBy = (object: ObjectKey): readonly string[] => {
  const { kind, name } = parseKey(object)
  const parts = partsOf(name)
  return kind === 'constraint' ? [name, qualified(parts[0] ?? '', parts.at(-1) ?? '')] : [name]
}

const accessKinds = ['drop-role', 'set-row-security', 'set-privileges', 'rename-role'] as const
const isAccess = ({ landed, mine }: Pair): boolean =>
  [landed, mine].some(({ kinds }) => kinds.has('drop-role')) ||
  [landed, mine].every(({ kinds }) => accessKinds.some((kind) => kinds.has(kind)) && kinds.has('set-row-security'))

/** The class of a pair; undefined where neither touches what the other one does: something else stands between them. */
export const classOf = (pair: Pair): ClassNumber | undefined => {
  if (isSame(pair)) return 7
  if (isRebuilt(pair)) return 12
  const special = labelClass(pair) ?? renameClass(pair) ?? takenName(pair)
  if (special !== undefined) return special
  if (isAccess(pair)) return 18
  if (both(pair, (one, other) => lostTo(one, other).length > 0)) return 9
  return shared(touchedBy(pair.landed), touchedBy(pair.mine)).length > 0 ? 10 : undefined
}
