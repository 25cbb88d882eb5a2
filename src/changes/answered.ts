/** What the engine answers in memory's place: objects that statements changed which memory cannot follow. */
import type { Catalog } from '../model/catalog.ts'
import { type ObjectKey, parseKey, partsOf, quoteIdentifier } from '../model/name.ts'
import { withEntry } from './edit.ts'
import { equal } from './equal.ts'

/** A printed object that differs before and after the statement. */
export type ChangedObject = { readonly kind: string; readonly identity: string }

const firstTwo = (name: string): string => partsOf(name).slice(0, 2).map(quoteIdentifier).join('.')

/** The relation, type, routine or schema that a printed object is or belongs to: the first two parts of its name; the whole identity where nothing in it is quoted. */
export const wholeOf = ({ identity }: { readonly identity: string }): string => firstTwo(identity) || identity

/** Printed kinds that say something of an object and are none themselves. */
const facts = new Set(['comment', 'owner', 'privileges', 'default privileges', 'security label'])

/** The same name from a key of the catalog; a definition's begins with its word. */
const wholeOfKey = (key: ObjectKey): string => {
  const { kind, name } = parseKey(key)
  return kind === 'definition' ? partsOf(name).slice(1, 3).map(quoteIdentifier).join('.') : firstTwo(name)
}

/** A map with the entries that were asked for as the other one has them, or without them. */
const replaced = <K, V>(own: ReadonlyMap<K, V>, live: ReadonlyMap<K, V>, asked: (key: K) => boolean): ReadonlyMap<K, V> => {
  let next = own
  for (const key of new Set([...own.keys(), ...live.keys()])) {
    if (asked(key) && !equal(next.get(key), live.get(key))) next = withEntry(next, key, live.get(key))
  }
  return next
}

/**
 * The catalog with these objects as the live one has them, or without them where it has none: tables with all their parts, indexes, sequences, views, types, routines, definitions, schemas, extensions,
 * and comments, owners and privileges. `changed` are the printed objects that differ before and after. Roles are the cluster's and stay.
 */
export const withAnswered = (catalog: Catalog, live: Catalog, changed: readonly ChangedObject[]): Catalog => {
  const objects = new Set(changed.filter(({ kind }) => !facts.has(kind)).map(wholeOf))
  const spoken = new Set(changed.map(wholeOf))
  const words = new Set(changed.map(({ kind }) => kind))
  const isObject = (name: string): boolean => objects.has(firstTwo(name))
  const isSpoken = (key: ObjectKey): boolean => spoken.has(wholeOfKey(key))
  const isSimple = (name: string): boolean => objects.has(quoteIdentifier(name))
  // Names of casts, operators and their like are written otherwise by the server: all of a word are taken.
  const isWord = (key: ObjectKey): boolean => words.has(partsOf(parseKey(key).name)[0] ?? '')
  return {
    ...catalog,
    schemas: replaced(catalog.schemas, live.schemas, isSimple),
    extensions: replaced(catalog.extensions, live.extensions, isSimple),
    types: replaced(catalog.types, live.types, isObject),
    sequences: replaced(catalog.sequences, live.sequences, isObject),
    tables: replaced(catalog.tables, live.tables, isObject),
    indexes: replaced(catalog.indexes, live.indexes, isObject),
    views: replaced(catalog.views, live.views, isObject),
    routines: replaced(catalog.routines, live.routines, isObject),
    definitions: replaced(catalog.definitions, live.definitions, isWord),
    comments: replaced(catalog.comments, live.comments, isSpoken),
    privileges: replaced(catalog.privileges, live.privileges, isSpoken),
    owners: replaced(catalog.owners, live.owners, isSpoken),
    defaultPrivileges: replaced(catalog.defaultPrivileges, live.defaultPrivileges, () => words.has('default privileges')),
  }
}
