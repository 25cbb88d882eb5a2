/** Inverses without what other inverses do anyway: a table that is dropped needs no constraint dropped before, and an enum that lost two labels is rebuilt once. */
import { droppedKey, isDrop } from '../../changes/drop-change.ts'
import { equal } from '../../changes/equal.ts'
import { apply, touches } from '../../changes/index.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { PostgresRefusal } from '../../model/error.ts'
import { type ObjectKey, parseKey } from '../../model/name.ts'

/** Whether the changes lead from one catalog exactly to the other. */
export const leads = (changes: readonly Change[], from: Catalog, to: Catalog): boolean => {
  try {
    return equal(
      changes.reduce((catalog, change) => apply(change, catalog), from),
      to,
    )
  } catch (error) {
    if (error instanceof PostgresRefusal) return false
    throw error
  }
}

/** The relation of an index, the owner in any other key, or the object itself. */
const lies = (key: ObjectKey, inside: ObjectKey, { indexes }: Catalog): boolean => {
  const { kind, name } = parseKey(key)
  const outer = parseKey(inside).name
  if (kind === 'index') return indexes.get(name as never)?.relation === outer
  return key === inside || name.startsWith(`${outer}.`)
}

type Keep = (change: Change, at: number) => boolean

/** What goes with an object that is dropped later. */
const before = (drop: ObjectKey, position: number, from: Catalog): Keep => {
  return (change, at) => at >= position || !touches(change).every((key) => lies(key, drop, from))
}

/** What is set once more later. */
const superseded = (changes: readonly Change[]): Keep => {
  const last = new Map(changes.flatMap((change, at) => (change.kind === 'set-enum-values' ? [[change.type, at] as const] : [])))
  return (change, at) => change.kind !== 'set-enum-values' || last.get(change.type) === at
}

/** The same way with fewer changes, where fewer lead there. */
export const pruned = (changes: readonly Change[], from: Catalog, to: Catalog): readonly Change[] => {
  const without = (all: readonly Change[], keep: Keep): readonly Change[] => {
    const fewer = all.filter(keep)
    return fewer.length < all.length && leads(fewer, from, to) ? fewer : all
  }
  let left = without(changes, superseded(changes))
  for (const change of left.filter(isDrop)) {
    const position = left.indexOf(change)
    if (position >= 0) left = without(left, before(droppedKey(change), position, from))
  }
  return left
}
