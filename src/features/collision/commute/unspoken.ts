/** What PostgreSQL runs through without a word, and what still means another thing than somebody thought. */
import { type ObjectKey, parseKey, partsOf, type RelationName } from '../../../model/name.ts'
import type { Effect } from './acts.ts'
import { unreadBody } from './named.ts'
import type { Alone } from './orders.ts'
import { wordsIn } from './reach.ts'

export type Unspoken = { readonly landed: Effect; readonly mine: Effect; readonly objects: readonly ObjectKey[]; readonly number: 9 | 18 }

const secured = ({ changes }: Effect): readonly RelationName[] =>
  changes.flatMap((change) =>
    change.kind === 'create-policy' || change.kind === 'alter-policy' || (change.kind === 'set-row-security' && change.enabled) ? [change.on] : [],
  )
const opened = ({ changes }: Effect): readonly RelationName[] =>
  changes.flatMap((change) => (change.kind === 'set-row-security' && !change.enabled ? [change.on] : []))

/** A policy on a table of which the other side switches row security off: it guards nothing. */
const unguarded = (one: Effect, other: Effect): readonly ObjectKey[] => {
  const off = new Set(opened(one))
  return secured(other).flatMap((on) => (off.has(on) ? [`table ${on}` as ObjectKey] : []))
}

/** Tables and columns that are gone and that the text of a function still names. */
const unread = (removing: Effect, defining: Effect): readonly ObjectKey[] => {
  const body = defining.changes.map(unreadBody).find((text) => text !== undefined)
  if (body === undefined) return []
  const said = wordsIn(body)
  return [...removing.removed].filter((object) => {
    const { kind, name } = parseKey(object)
    const parts = partsOf(name).slice(1)
    return (kind === 'table' || kind === 'column' || kind === 'view') && parts.length > 0 && parts.every((part) => said.has(part.toLowerCase()))
  })
}

/** Pairs that no order of running tells apart. */
export const unspoken = (landed: Alone, mine: Alone): readonly Unspoken[] =>
  mine.effects.flatMap((m) =>
    landed.effects.flatMap((l): readonly Unspoken[] => {
      const access = [...unguarded(l, m), ...unguarded(m, l)]
      const texts = [...unread(l, m), ...unread(m, l)]
      return [
        ...(access.length > 0 ? [{ landed: l, mine: m, objects: access, number: 18 } as const] : []),
        ...(texts.length > 0 ? [{ landed: l, mine: m, objects: texts, number: 9 } as const] : []),
      ]
    }),
  )
