/** What hangs on objects by their keys. */
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { ObjectKey } from '../../model/name.ts'
import { changedEntries } from './unit.ts'

const factChanges = <V>(
  from: ReadonlyMap<ObjectKey, V>,
  to: ReadonlyMap<ObjectKey, V>,
  change: (object: ObjectKey, to: V | undefined) => Change,
): readonly Change[] => [
  ...changedEntries(from, to).map(([object, , value]) => change(object, value)),
  ...[...from.keys()].filter((object) => !to.has(object)).map((object) => change(object, undefined)),
]

/**
 * What hangs on objects by their keys: owners, privileges, comments. Compared when all objects are there. Default privileges come after privileges, for
 * they would change what is made behind them.
 */
export const compareFacts = (a: Catalog, b: Catalog): readonly Change[] => [
  ...factChanges(a.owners, b.owners, (object, to) => ({ kind: 'set-owner', object, to })),
  ...factChanges(a.privileges, b.privileges, (object, to) => ({ kind: 'set-privileges', object, to })),
  ...factChanges(a.defaultPrivileges, b.defaultPrivileges, (object, to) => ({ kind: 'set-default-privileges', object, to })),
  ...factChanges(a.comments, b.comments, (object, to) => ({ kind: 'set-comment', object, to })),
]
