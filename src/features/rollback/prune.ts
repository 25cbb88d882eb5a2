/** Inverses without what other inverses do anyway: a table that is dropped needs no constraint dropped before, and an enum that lost two labels is rebuilt once. */
import { droppedKey, isDrop } from '../../changes/drop-change.ts'
import { equal } from '../../changes/equal.ts'
import { applyAll, touches } from '../../changes/index.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { PostgresRefusal } from '../../model/error.ts'
import { type ObjectKey, parseKey, type RelationName } from '../../model/name.ts'

/** Whether the changes lead from one catalog exactly to the other. */
export const leads = (changes: readonly Change[], from: Catalog, to: Catalog): boolean => {
  try {
    return equal(applyAll(changes, from), to)
  } catch (error) {
    if (error instanceof PostgresRefusal) return false
    throw error
  }
}

/** Whether an object is that other one, or a part of it: its column, its index, its sequence. */
const lies = (key: ObjectKey, inside: ObjectKey, { indexes, sequences }: Catalog): boolean => {
  const { kind, name } = parseKey(key)
  const outer = parseKey(inside).name
  if (kind === 'index') return indexes.get(name as RelationName)?.relation === outer
  if (kind === 'sequence' && sequences.get(name as RelationName)?.ownedBy?.table === outer) return true
  return key === inside || name.startsWith(`${outer}.`)
}

type Keep = (change: Change) => boolean

/** A foreign key may have to go before what it points to. */
const isForeignKey = (change: Change, { tables }: Catalog): boolean =>
  change.kind === 'drop-constraint' && tables.get(change.on)?.constraints.get(change.name)?.type === 'foreign key'

/** What is set once more later. */
const superseded = (changes: readonly Change[]): Keep => {
  const last = new Map(changes.flatMap((change) => (change.kind === 'set-enum-values' ? [[change.type, change] as const] : [])))
  return (change) => change.kind !== 'set-enum-values' || last.get(change.type) === change
}

/** The same way with fewer changes, where fewer lead there. */
export const pruned = (changes: readonly Change[], from: Catalog, to: Catalog): readonly Change[] => {
  let left = changes
  const without = (keep: Keep): boolean => {
    const fewer = left.filter(keep)
    if (fewer.length === left.length || !leads(fewer, from, to)) return false
    left = fewer
    return true
  }
  without(superseded(changes))
  for (const drop of changes.filter(isDrop)) {
    const object = droppedKey(drop)
    const others: Keep = (change) => change === drop || !touches(change).every((key) => lies(key, object, from))
    // Made only to be dropped; else what goes with it by itself.
    const madeHere = left.slice(0, left.indexOf(drop)).some((change) => touches(change)[0] === object && !isDrop(change))
    if (!left.includes(drop) || (madeHere && without((change) => change !== drop && others(change)))) continue
    if (!without(others)) without((change) => others(change) || isForeignKey(change, from))
  }
  return left
}
