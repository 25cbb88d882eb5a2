/** New catalogs from old ones: copy on write, sharing all that did not change. */
import type { Attribute, Catalog, Index, Table } from '../model/catalog.ts'
import { display, displayIdentifier, type ObjectKey, parseKey, type RelationName } from '../model/name.ts'
import { refuse } from './refusal.ts'
import { asNext, withDeleted, withSet } from './versioned-map.ts'

type Maps = { [M in keyof Catalog]: Catalog[M] extends ReadonlyMap<infer K, infer V> ? { readonly key: K; readonly value: V } : never }

/** The catalog of an empty database: the schema `public`, and the role that runs the migrations. */
export const emptyCatalog: Catalog = {
  schemas: new Map([['public', {}]]),
  extensions: new Map(),
  types: new Map(),
  sequences: new Map(),
  tables: new Map(),
  indexes: new Map(),
  views: new Map(),
  routines: new Map(),
  definitions: new Map(),
  comments: new Map(),
  privileges: new Map(),
  defaultPrivileges: new Map(),
  owners: new Map(),
  roles: new Map([['CURRENT_USER', { options: {}, memberOf: [] }]]),
}

/** The catalog with one entry set. */
export const put = <M extends keyof Catalog>(catalog: Catalog, map: M, key: Maps[M]['key'], value: Maps[M]['value']): Catalog => ({
  ...catalog,
  [map]: withSet(catalog[map] as ReadonlyMap<unknown, unknown>, key, value),
})

/** The catalog without one entry; the same catalog when there is none. */
export const drop = <M extends keyof Catalog>(catalog: Catalog, map: M, key: Maps[M]['key']): Catalog => {
  const entries = catalog[map] as ReadonlyMap<unknown, unknown>
  return entries.has(key) ? { ...catalog, [map]: withDeleted(entries, key) } : catalog
}

/** The catalog with one map's entries changed; the same catalog when none of them did. `undefined` removes, `key` moves. */
export const mapEntries = <M extends keyof Catalog>(
  catalog: Catalog,
  map: M,
  change: (value: Maps[M]['value'], key: Maps[M]['key']) => { readonly key: Maps[M]['key']; readonly value: Maps[M]['value'] } | undefined,
): Catalog => {
  let changed = false
  const next = new Map<unknown, unknown>()
  for (const [key, value] of catalog[map] as ReadonlyMap<Maps[M]['key'], Maps[M]['value']>) {
    const entry = change(value, key)
    if (!entry || entry.key !== key || entry.value !== value) changed = true
    if (entry) next.set(entry.key, entry.value)
  }
  return changed ? { ...catalog, [map]: asNext(catalog[map] as ReadonlyMap<unknown, unknown>, next) } : catalog
}

/** A map with its values changed; the same map when none did. */
export const mapValues = <K, V>(map: ReadonlyMap<K, V>, change: (value: V, key: K) => V): ReadonlyMap<K, V> => {
  let next: Map<K, V> | undefined
  for (const [key, value] of map) {
    const changed = change(value, key)
    if (changed !== value) (next ??= new Map(map)).set(key, changed)
  }
  return next ? asNext(map, next) : map
}

/** An array with its items changed; the same array when none did. */
export const mapItems = <T>(items: readonly T[], change: (item: T) => T): readonly T[] => {
  let next: T[] | undefined
  items.forEach((item, at) => {
    const changed = change(item)
    if (changed !== item) (next ??= [...items])[at] = changed
  })
  return next ?? items
}

/** The value with those fields, or the same value when they are what it has. */
export const changed = <T extends object>(value: T, fields: Partial<T>): T => {
  for (const key in fields) if (fields[key] !== value[key]) return { ...value, ...fields }
  return value
}

/** A map with one entry set, or (value undefined) removed. */
export const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> => {
  const next = new Map(map)
  if (value === undefined) next.delete(key)
  else next.set(key, value)
  return next
}

/** A value without some keys, or with them set: `undefined` removes a key, so that absent and undefined are never mixed. */
export const withFields = <T extends object>(value: T, fields: { readonly [K in keyof T]?: T[K] | undefined }): T => {
  const next = { ...value } as Record<string, unknown>
  for (const [key, field] of Object.entries(fields)) {
    if (field === undefined) delete next[key]
    else next[key] = field
  }
  return next as T
}

/** The table of that name; refuses with 42P01. */
export const tableOf = (catalog: Catalog, name: RelationName): Table =>
  catalog.tables.get(name) ?? refuse('42P01', `relation "${display(name)}" does not exist`)

/** The column of that name; refuses with 42703. */
export const columnOf = (catalog: Catalog, on: RelationName, column: string): Attribute =>
  tableOf(catalog, on).columns.find((attribute) => attribute.name === column) ??
  refuse('42703', `column ${displayIdentifier(column)} of relation "${display(on)}" does not exist`)

/** The index of that name; refuses with 42P01. */
export const indexOf = (catalog: Catalog, name: RelationName): Index =>
  catalog.indexes.get(name) ?? refuse('42P01', `relation "${display(name)}" does not exist`)

/** The catalog with one table changed. */
export const editTable = (catalog: Catalog, name: RelationName, change: (table: Table) => Table): Catalog => {
  const table = tableOf(catalog, name)
  const next = change(table)
  return next === table ? catalog : put(catalog, 'tables', name, next)
}

/** The catalog with one column changed. */
export const editColumn = (catalog: Catalog, on: RelationName, column: string, change: (attribute: Attribute) => Attribute): Catalog => {
  columnOf(catalog, on, column)
  return editTable(catalog, on, (table) => ({
    ...table,
    columns: mapItems(table.columns, (attribute) => (attribute.name === column ? change(attribute) : attribute)),
  }))
}

/** Facts that hang on a thing by its key. */
const facts = ['comments', 'privileges', 'owners'] as const

/** The catalog without the facts of the things for which `gone` holds. */
export const dropFacts = (catalog: Catalog, gone: (key: ObjectKey) => boolean): Catalog => {
  let next = catalog
  for (const map of facts) {
    for (const key of next[map].keys()) if (gone(key)) next = drop(next, map, key)
  }
  return next
}

/** The catalog with the facts of one thing under its new key. */
export const moveFacts = (catalog: Catalog, from: ObjectKey, to: ObjectKey): Catalog => {
  let next = catalog
  for (const map of facts) {
    const fact = next[map].get(from)
    if (fact !== undefined) next = put(drop(next, map, from), map, to, fact as never)
  }
  return next
}

/** What has parts with facts of their own. An index or a sequence has none, though a type may have its name. */
export const hasParts: ReadonlySet<string> = new Set(['table', 'view', 'type'])

/** The same for one thing and everything whose name begins with its name (a table's columns, constraints, triggers). */
export const dropFactsOf = (catalog: Catalog, object: ObjectKey): Catalog => {
  const { kind, name } = parseKey(object)
  return dropFacts(catalog, (key) => key === object || (hasParts.has(kind) && key.includes(`${name}.`) && parseKey(key).name.startsWith(`${name}.`)))
}
