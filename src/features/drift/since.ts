/** Since which migration a folder has had an object as it is, or which one took it away. */
import { equal } from '../../changes/equal.ts'
import type { Catalog, Table } from '../../model/catalog.ts'
import { type ObjectKey, partsOf, qualified, type RelationName } from '../../model/name.ts'
import type { PrintedDifference } from '../../model/printed.ts'

/** What the catalog holds of a printed object; undefined where it has none, or where memory does not keep it apart. */
const partIn = (catalog: Catalog, { kind, identity }: Pick<PrintedDifference, 'kind' | 'identity'>): unknown => {
  const [first = '', second = '', third = ''] = partsOf(identity)
  const name: RelationName = qualified(first, second)
  const table = catalog.tables.get(name)
  switch (kind) {
    case 'schema':
      return catalog.schemas.get(first)
    case 'extension':
      return catalog.extensions.get(first)
    case 'table':
      return table && bare(table)
    case 'column':
      return table?.columns.find((column) => column.name === third)
    case 'not-null':
      return table?.columns.find((column) => column.name === third)?.notNull || undefined
    case 'constraint':
      return table?.constraints.get(third)
    case 'trigger':
      return (table ?? catalog.views.get(name))?.triggers.get(third)
    case 'rule':
      return (table ?? catalog.views.get(name))?.rules.get(third)
    case 'policy':
      return table?.policies.get(third)
    case 'index':
      return catalog.indexes.get(name)
    case 'view':
      return catalog.views.get(name)
    case 'sequence':
      return catalog.sequences.get(name)
    case 'type':
      return catalog.types.get(name)
    case 'routine':
      return catalog.routines.get(identity) ?? onlyRoutine(catalog, name)
    case 'comment':
      return catalog.comments.get(identity as ObjectKey)
    default:
      return undefined
  }
}

/** A table without its parts. */
const bare = ({ columns: _columns, constraints: _constraints, policies: _policies, triggers: _triggers, rules: _rules, ...rest }: Table): unknown => rest

/** A routine whose argument types the server writes otherwise than memory: found where its name is no other's. */
const onlyRoutine = (catalog: Catalog, name: RelationName): unknown => {
  const found = [...catalog.routines].filter(([key]) => key.startsWith(`${name}(`))
  return found.length === 1 ? found[0]?.[1] : undefined
}

export type Since = { readonly migration: number; readonly what: 'made' | 'gone' }

/** The migration after which the object is as it is at the end; or, where it is not there at the end, the one that took it away. Catalogs: after each migration. */
export const sinceOf = (catalogs: readonly Catalog[], object: Pick<PrintedDifference, 'kind' | 'identity'>): Since | undefined => {
  const last = catalogs.length - 1
  const end = catalogs[last]
  if (!end) return undefined
  const now = partIn(end, object)
  for (let at = last - 1; at >= 0; at--) {
    const then = partIn(catalogs[at] as Catalog, object)
    if (then === now || equal(then, now)) continue
    return { migration: at + 1, what: now === undefined ? 'gone' : 'made' }
  }
  return now === undefined ? undefined : { migration: 0, what: 'made' }
}
