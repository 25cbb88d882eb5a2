/** Making the rows of a system table: each object gives its own, and gives them once. */
import type { Catalog, Constraint, Trigger } from '../../model/catalog.ts'
import { parseKey, partsOf, type RelationName } from '../../model/name.ts'
import type { Row } from './row.ts'

/** Makes the rows of one system table. */
export type Maker = (catalog: Catalog) => readonly Row[]

/** The rows of several makers, in this order. */
export const together =
  (...makers: readonly Maker[]): Maker =>
  (catalog) =>
    makers.flatMap((maker) => maker(catalog))

/**
 * A maker over one of the catalog's maps. Versions of a catalog share the objects that did not change, so the rows of an object are kept with it; they say its
 * name too, hence the same object under a new name gives new ones.
 */
const each =
  <K, V extends object>(entries: (catalog: Catalog) => ReadonlyMap<K, V>) =>
  (rows: (name: K, object: V) => readonly Row[]): Maker => {
    const made = new WeakMap<V, { readonly name: K; readonly rows: readonly Row[] }>()
    const rowsOf = (name: K, object: V): readonly Row[] => {
      const known = made.get(object)
      if (known?.name === name) return known.rows
      const own = rows(name, object)
      made.set(object, { name, rows: own })
      return own
    }
    return (catalog) => {
      const all: Row[] = []
      for (const [name, object] of entries(catalog)) for (const row of rowsOf(name, object)) all.push(row)
      return all
    }
  }

export const eachTable = each(({ tables }) => tables)
export const eachView = each(({ views }) => views)
export const eachIndex = each(({ indexes }) => indexes)
export const eachSequence = each(({ sequences }) => sequences)
export const eachType = each(({ types }) => types)
export const eachExtension = each(({ extensions }) => extensions)
const eachRoutineKey = each(({ routines }) => routines)
const eachRole = each(({ roles }) => roles)
const eachDefinition = each(({ definitions }) => definitions)

/** Constraints of tables; NOT NULL is not among them. */
export const eachConstraint = (rows: (on: RelationName, name: string, constraint: Constraint) => readonly Row[]): Maker =>
  eachTable((on, { constraints }) => [...constraints].flatMap(([name, constraint]) => rows(on, name, constraint)))

/** NOT NULL constraints. Whether and how a system table shows one depends on the major, so their rows may be there or not. */
export const eachNotNull = (row: (on: RelationName, name: string) => Row): Maker =>
  eachTable((on, { columns }) => columns.flatMap(({ notNull }) => (notNull ? [{ ...row(on, notNull.name), maybe: true }] : [])))

/** Triggers of tables and views. */
export const eachTrigger = (row: (on: RelationName, name: string, enabled: Trigger['enabled']) => Row): Maker => {
  const rows = (on: RelationName, { triggers }: { readonly triggers: ReadonlyMap<string, Trigger> }): readonly Row[] =>
    [...triggers].map(([name, { enabled }]) => row(on, name, enabled))
  return together(eachTable(rows), eachView(rows))
}

/** Routines by schema and name. */
export const eachRoutine = (row: (schema: string, name: string, kind: string) => Row): Maker =>
  eachRoutineKey((key, { kind }) => {
    const [schema = '', name = ''] = partsOf(key)
    return [row(schema, name, kind)]
  })

/** Schemas that every database has. */
export const systemSchemas: readonly string[] = ['pg_catalog', 'information_schema', 'pg_toast']

/** The schemas of the catalog and of every database. */
export const eachSchema =
  (row: (schema: string) => Row): Maker =>
  ({ schemas }) =>
    [...schemas.keys(), ...systemSchemas].map(row)

/** Roles, in a column of that name. The migrating role and the roles of every cluster may have any name. */
export const rolesAs = (column: string): Maker =>
  together(
    eachRole((name) => [{ [column]: name }]),
    () => [{ [column]: 'postgres', maybe: true }],
  )

/** Names of the definitions of one type, in a column of that name. */
export const definitionsAs = (column: string, of: string): Maker =>
  eachDefinition((key, { type }) => (type === of ? [{ [column]: partsOf(parseKey(key).name).at(-1) ?? '' }] : []))
