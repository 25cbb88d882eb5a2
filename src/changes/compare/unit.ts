/** The unit of a comparison: changes that belong to one object, and where they stand among the others. */
import type { Change } from '../../model/change.ts'
import { equal } from '../equal.ts'

/** Changes that belong together, and what they must come after beyond the references of their object. */
export type Unit = { readonly key: string; readonly phase: number; readonly changes: readonly Change[]; readonly after: readonly string[] }

/** Where nothing else decides, objects are made in this order. */
const phases = {
  schema: 0,
  role: 0,
  extension: 1,
  collation: 2,
  type: 3,
  sequence: 4,
  routine: 5,
  table: 6,
  column: 7,
  order: 8,
  owner: 9,
  key: 10,
  index: 11,
  'foreign key': 12,
  view: 13,
  trigger: 14,
  setting: 15,
  policy: 16,
  rule: 17,
  definition: 18,
} as const

/** One unit, or none where nothing changes. `after`: keys of what it must come after. */
export const unit = (key: string, phase: keyof typeof phases, changes: readonly Change[], after: readonly string[] = []): readonly Unit[] =>
  changes.length === 0 ? [] : [{ key, phase: phases[phase], changes, after }]

/** Entries of `b` that `a` has not, or has otherwise. */
export const changedEntries = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): readonly (readonly [K, V | undefined, V])[] =>
  [...b].flatMap(([key, value]) => {
    const old = a.get(key)
    return old === value || (old !== undefined && equal(old, value)) ? [] : [[key, old, value] as const]
  })
