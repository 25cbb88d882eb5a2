/** Which relations of a catalog lie in a tablespace, and which of them have files that a move copies. */
import { isPartitioned } from '../changes/found-by.ts'
import { constraintIndexes, ownerOfIndex } from '../changes/names.ts'
import type { Catalog } from '../model/catalog.ts'
import { qualified, type RelationName, schemaOf } from '../model/name.ts'

/** The tablespace that a name stands for; none is that of the database, nearly always pg_default. */
export const tablespaceNamed = (name: string | undefined): string => name ?? 'pg_default'

/** A relation that a move copies. `table`: it, or the table or view that it is an index of. */
export type Stored = { readonly relation: RelationName; readonly what: 'table' | 'view' | 'index'; readonly table: RelationName; readonly tablespace: string }

/** A relation with a file that holds rows or what is built of them. Undefined: it has none, or it is empty as yet. An index of a constraint counts as lying in the database's tablespace. */
export const storedAs = (catalog: Catalog, relation: RelationName): Stored | undefined => {
  const [table, view, index] = [catalog.tables.get(relation), catalog.views.get(relation), catalog.indexes.get(relation)]
  if (table) return table.kind === 'table' ? { relation, what: 'table', table: relation, tablespace: tablespaceNamed(table.tablespace) } : undefined
  if (view) return view.materialized && view.withData ? { relation, what: 'view', table: relation, tablespace: tablespaceNamed(view.tablespace) } : undefined
  const owner = index?.relation ?? ownerOfIndex(catalog, relation)
  if (owner === undefined || isPartitioned(catalog, owner)) return undefined
  return { relation, what: 'index', table: owner, tablespace: tablespaceNamed(index?.tablespace) }
}

const namesOf = (catalog: Catalog, what: Stored['what']): readonly RelationName[] => {
  if (what === 'table') return [...catalog.tables.keys()]
  if (what === 'view') return [...catalog.views.keys()]
  const ofConstraints = [...catalog.tables].flatMap(([on, table]) => [...constraintIndexes(table)].map((name) => qualified(schemaOf(on), name)))
  return [...catalog.indexes.keys(), ...ofConstraints]
}

/** All relations of a kind that lie in a tablespace. */
export const storedIn = (catalog: Catalog, what: Stored['what'], tablespace: string): readonly Stored[] =>
  namesOf(catalog, what).flatMap((name) => {
    const stored = storedAs(catalog, name)
    return stored?.what === what && stored.tablespace === tablespace ? [stored] : []
  })
