/** Sequences and who owns them. */
import type { Catalog } from '../../model/catalog.ts'
import { keyOf } from '../../model/name.ts'
import { memberKey } from '../create.ts'
import { equal } from '../equal.ts'
import { changedEntries, type Unit, unit } from './unit.ts'

/** Sequences, and their owners as units of their own: a column has to be there first. */
export const sequenceUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changedEntries(a.sequences, b.sequences).flatMap(([name, old, sequence]) => {
    const key = keyOf('sequence', name)
    const { ownedBy, ...free } = sequence
    const internal = ownedBy?.mode === 'internal'
    const own =
      internal || equal(old?.ownedBy, ownedBy)
        ? []
        : unit(
            `${key} owner`,
            'owner',
            [{ kind: 'set-sequence-owner', name, to: ownedBy }],
            [key, ...(ownedBy ? [memberKey('column', ownedBy.table, ownedBy.column)] : [])],
          )
    if (!old) return [...unit(key, 'sequence', [{ kind: 'create-sequence', name, sequence: internal ? sequence : free }]), ...own]
    const same = old.type === sequence.type && old.persistence === sequence.persistence && equal(old.options, sequence.options)
    // An identity's sequence changes with its column's type, which comes before it.
    const altered = same ? [] : [{ kind: 'alter-sequence', name, type: sequence.type, options: sequence.options, persistence: sequence.persistence } as const]
    return [...unit(key, internal ? 'owner' : 'sequence', altered, internal && ownedBy ? [memberKey('column', ownedBy.table, ownedBy.column)] : []), ...own]
  })
