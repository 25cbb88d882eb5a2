/** Both orders in memory: what fails in each, and through which statement of the other side. */
import { equal } from '../../../changes/equal.ts'
import { isPresent } from '../../../changes/presence.ts'
import type { Catalog } from '../../../model/catalog.ts'
import type { PostgresRefusal } from '../../../model/error.ts'
import type { ObjectKey, QualifiedName } from '../../../model/name.ts'
import { type Act, type Effect, effectOf, type Play, play } from './acts.ts'
import { needs, needsLabel } from './needs.ts'

/** A label of an enum. */
export type Label = { readonly type: QualifiedName; readonly label: string }

const labelsOf = (catalog: Catalog, type: QualifiedName): readonly string[] => {
  const found = catalog.types.get(type)
  return found?.kind === 'enum' ? found.labels : []
}

const lacks = (catalog: Catalog, { type, label }: Label): boolean => catalog.types.has(type) && !labelsOf(catalog, type).includes(label)

/** A side by itself, on the base. */
export type Alone = {
  readonly acts: readonly Act[]
  readonly effects: readonly Effect[]
  readonly catalog: Catalog
  /** What the base has and the side leaves without. */
  readonly removed: ReadonlySet<ObjectKey>
  /** Labels of enums that the base has and the side leaves without. */
  readonly labels: readonly Label[]
  /** Statements that do not even run by themselves. */
  readonly broken: readonly Effect[]
}

export const alone = (base: Catalog, acts: readonly Act[]): Alone => {
  const { steps, catalog } = play(base, acts)
  const effects = [...steps].map(([act, step]) => effectOf(act, step))
  const removed = new Set(effects.flatMap(({ removed }) => [...removed]).filter((object) => isPresent(base, object) && !isPresent(catalog, object)))
  const labels = [...base.types.keys()].flatMap((type) => labelsOf(base, type).flatMap((label) => (lacks(catalog, { type, label }) ? [{ type, label }] : [])))
  return { acts, effects, catalog, removed, labels, broken: effects.filter(({ step }) => step.refused !== undefined) }
}

/** Why a statement does not run behind the other side. */
export type Failure = { readonly effect: Effect; readonly refusal?: PostgresRefusal; readonly missing?: ObjectKey; readonly label?: Label }

/** A failure, and the statement of the other side that brings it about. */
export type Blamed = Failure & { readonly by: Act }

const missingFor = (effect: Effect, before: Catalog, removed: ReadonlySet<ObjectKey>, how: 'certain' | 'possible'): ObjectKey | undefined =>
  [...removed].find((object) => isPresent(effect.step.before, object) && !isPresent(before, object) && needs(effect, object) === how)

const missingLabel = (effect: Effect, before: Catalog, gone: readonly Label[]): Label | undefined =>
  gone.find((each) => !lacks(effect.step.before, each) && lacks(before, each) && needsLabel(effect, each.type, each.label))

const failureOf = (effect: Effect, order: Play, { removed, labels }: Alone): Failure | undefined => {
  const step = order.steps.get(effect.act)
  if (!step) return undefined
  if (step.refused) return { effect, refusal: step.refused }
  const missing = missingFor(effect, step.before, removed, 'certain')
  if (missing !== undefined) return { effect, missing }
  const label = missingLabel(effect, step.before, labels)
  return label && { effect, label }
}

/** The first so many acts behind which it comes true, found by halving: the last of them is why. */
export const turningPoint = (count: number, isSo: (first: number) => boolean): number => {
  let [low, high] = [0, count]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (isSo(middle)) high = middle
    else low = middle
  }
  return high
}

/** The statement of the other side that does the very same: nothing else has to be asked. */
const twinOf = ({ effects }: Alone, { act, changes }: Effect): Act | undefined =>
  effects.find((other) => equal(other.act.statement.tree, act.statement.tree) && equal(other.changes, changes))?.act

const blame = (base: Catalog, first: Alone, second: Alone, failure: Failure): Blamed => {
  const twin = failure.refusal && twinOf(first, failure.effect)
  if (twin) return { ...failure, by: twin }
  const until = second.acts.slice(0, second.acts.indexOf(failure.effect.act) + 1)
  const fails = (count: number): boolean => {
    const step = play(base, [...first.acts.slice(0, count), ...until]).steps.get(failure.effect.act)
    if (!step) return false
    if (failure.missing !== undefined) return !isPresent(step.before, failure.missing)
    return failure.label ? lacks(step.before, failure.label) : step.refused !== undefined
  }
  const at = turningPoint(first.acts.length, fails) - 1
  const by = first.acts[at]
  if (!by) throw new Error('a statement that runs alone fails behind nothing')
  return { ...failure, by }
}

/** What fails of the second side when it comes behind the first. */
export const failing = (base: Catalog, first: Alone, second: Alone): readonly Blamed[] => {
  const order = play(base, [...first.acts, ...second.acts])
  const found = second.effects.flatMap((effect) => (effect.step.refused ? [] : (failureOf(effect, order, first) ?? [])))
  return found.map((failure) => blame(base, first, second, failure))
}

/** Statements of the second side that may name what the first has removed: only an engine tells. */
export const doubtful = (base: Catalog, first: Alone, second: Alone): readonly { readonly effect: Effect; readonly missing: ObjectKey }[] => {
  const order = play(base, [...first.acts, ...second.acts])
  return second.effects.flatMap((effect) => {
    const step = order.steps.get(effect.act)
    const missing = step && !step.refused ? missingFor(effect, step.before, first.removed, 'possible') : undefined
    return missing === undefined ? [] : [{ effect, missing }]
  })
}
