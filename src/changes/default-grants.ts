/** Default privileges while changes are written as SQL: the server grants them to what a script makes, whether the goal has them or not. */
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { keyOf, type ObjectKey } from '../model/name.ts'
import { put } from './edit.ts'
import { equal } from './equal.ts'
import { statementsOf } from './index.ts'
import { madeBy, privilegesOf, withDefaultPrivileges } from './privileges.ts'

/** The identities whose sequences a change makes on the server: they come with their column. */
const identitiesIn = (change: Change): readonly ObjectKey[] => {
  const attributes = change.kind === 'create-table' ? change.table.columns : change.kind === 'add-column' ? [change.attribute] : []
  const identities = change.kind === 'set-identity' ? [change.to] : attributes.map(({ identity }) => identity)
  return identities.flatMap((identity) => (identity ? [keyOf('sequence', identity.sequence)] : []))
}

const made = (change: Change): readonly ObjectKey[] => {
  const comesWithColumn = change.kind === 'create-sequence' && change.sequence.ownedBy?.mode === 'internal'
  const object = comesWithColumn ? undefined : madeBy(change)
  return [...(object === undefined ? [] : [object]), ...identitiesIn(change)]
}

/** GRANTs and REVOKEs that take back what the server has given to new objects beyond what the catalog after the change says. */
export const withoutDefaults = (change: Change, after: Catalog): readonly string[] => {
  if (after.defaultPrivileges.size === 0) return []
  return made(change).flatMap((object) => {
    const given = withDefaultPrivileges(after, object)
    if (given === undefined || equal(given, privilegesOf(after, object))) return []
    return statementsOf({ kind: 'set-privileges', object, to: after.privileges.get(object) }, put(after, 'privileges', object, given))
  })
}
