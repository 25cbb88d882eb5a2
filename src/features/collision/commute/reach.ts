/** How far a statement reaches that memory cannot follow. */
import { type ObjectKey, partsOf } from '../../../model/name.ts'
import { type Effect, touchedBy } from './acts.ts'
import { namesIn } from './needs.ts'
import type { Alone } from './orders.ts'

/** Nodes that say by name all that they change; a call or a block may do anything. */
const saysAll = (effect: Effect, touches: readonly ObjectKey[]): boolean =>
  !['DoStmt', 'SelectStmt', 'CallStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'ExecuteStmt'].includes(effect.act.statement.node) &&
  touches.some((object) => !object.startsWith('routine '))

const wholes = (objects: Iterable<ObjectKey>): ReadonlySet<string> => new Set([...objects].map((object) => partsOf(object).slice(0, 2).join('.')))

/** What stands in an effect's own text, by name: more than it changes. */
const near = (effect: Effect): readonly ObjectKey[] => {
  const { certain, possible } = namesIn(effect)
  return [...touchedBy(effect), ...effect.changes.flatMap((change) => ('on' in change ? [`table ${change.on}` as ObjectKey] : [])), ...certain, ...possible]
}

/** Every word of a text, in small letters. */
export const wordsIn = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\w$\u0080-\uffff]+/g))

const localNames = (wholes: ReadonlySet<string>): readonly string[] => [...wholes].map((whole) => (whole.split('.').at(-1) ?? '').toLowerCase())

/** Neither names what the other one changes: in what it says, or anywhere in its text. */
const isApart = (effect: Effect, touches: readonly ObjectKey[] | 'unknown', other: Alone): boolean => {
  if (other.acts.length === 0) return true
  if (touches === 'unknown' || !saysAll(effect, touches)) return false
  const words = wordsIn(effect.act.statement.text)
  const own = localNames(wholes(touches))
  return other.effects.every((each) => {
    const theirs = wordsIn(each.act.statement.text)
    return localNames(wholes(near(each))).every((name) => !words.has(name)) && own.every((name) => !theirs.has(name))
  })
}

export type Beyond = { readonly effect: Effect; readonly reason: string }

/** Statements that memory cannot follow and that may reach what the other side does. */
export const beyondMemory = (own: Alone, other: Alone): readonly Beyond[] =>
  own.effects.flatMap((effect) =>
    effect.changes.flatMap((change) => (change.kind === 'opaque' && !isApart(effect, change.touches, other) ? [{ effect, reason: change.reason }] : [])),
  )
