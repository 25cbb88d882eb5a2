/** Routines and views that name one another, in the order in which they can be made. */
import type { Catalog } from '../model/catalog.ts'
import { keyOf, leadingName, type ObjectKey, parseKey, type RelationName } from '../model/name.ts'
import { eachReference } from './reference-index.ts'

const isReader = (catalog: Catalog, key: ObjectKey): boolean => {
  const { kind, name } = parseKey(key)
  return kind === 'view' ? catalog.views.has(name as RelationName) : kind === 'routine' && catalog.routines.has(name)
}

/** The readers that a reference is to: a view by any of its names, each routine of a name. */
const readersAt = (readers: ReadonlySet<ObjectKey>, to: ObjectKey): readonly ObjectKey[] => {
  const { kind, name } = parseKey(to)
  if (kind === 'routine') return [...readers].filter((key) => key === to || key.startsWith(`${to}(`))
  const view = keyOf('view', kind === 'column' ? leadingName(to) : name)
  return ['view', 'table', 'type', 'column'].includes(kind) && readers.has(view) ? [view] : []
}

/** `early`: routines that need no view; `late`: views, and the routines that read some. Each after what it names. */
export const sortedReaders = (
  catalog: Catalog,
  found: ReadonlySet<ObjectKey>,
): { readonly early: readonly ObjectKey[]; readonly late: readonly ObjectKey[] } => {
  const readers = new Set([...found].filter((key) => isReader(catalog, key)))
  const needs = new Map<ObjectKey, Set<ObjectKey>>()
  eachReference(catalog, ({ from, to }) => {
    if (!readers.has(from)) return
    for (const need of readersAt(readers, to)) if (need !== from) needs.set(from, new Set([...(needs.get(from) ?? []), need]))
  })
  const order = new Map<ObjectKey, 'early' | 'late'>()
  const visit = (key: ObjectKey, path: ReadonlySet<ObjectKey>): void => {
    if (order.has(key) || path.has(key)) return
    const before = [...(needs.get(key) ?? [])]
    for (const need of before) visit(need, new Set([...path, key]))
    order.set(key, key.startsWith('view ') || before.some((need) => order.get(need) === 'late') ? 'late' : 'early')
  }
  for (const key of readers) visit(key, new Set())
  const of = (place: 'early' | 'late'): readonly ObjectKey[] => [...order].flatMap(([key, own]) => (own === place ? [key] : []))
  return { early: of('early'), late: of('late') }
}
