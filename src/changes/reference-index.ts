/** All references of a catalog, found fast: each immutable value remembers its own, sorted by what they point to. */
import type { Catalog, Definition, Index, Routine } from '../model/catalog.ts'
import { keyOf, type ObjectKey, partsOf, type RelationName } from '../model/name.ts'
import { type Reference, referencesOfDefinition, referencesOfIndex, referencesOfSequence, referencesOfTable, referencesOfTree, referencesOfType, referencesOfView } from './references.ts'

type Remembered = {
  readonly name: string
  /** What else the references were read from. */
  readonly beside: unknown
  readonly references: readonly Reference[]
  readonly byAnchor: ReadonlyMap<string, readonly Reference[]>
}

/** The first two parts of a name: a column's table, an overload's name. Two keys that may mean the same thing have the same anchor. */
const anchorOf = (key: ObjectKey): string => {
  const [schema = '', name = ''] = partsOf(key)
  return `${schema}\0${name}`
}

const sortByAnchor = (references: readonly Reference[]): ReadonlyMap<string, readonly Reference[]> => {
  const sorted = new Map<string, Reference[]>()
  for (const reference of references) {
    const anchor = anchorOf(reference.to)
    const others = sorted.get(anchor)
    if (others) others.push(reference)
    else sorted.set(anchor, [reference])
  }
  return sorted
}

const remembered = new WeakMap<object, Remembered>()

const remember = (value: object, name: string, beside: unknown, read: () => readonly Reference[]): Remembered => {
  const known = remembered.get(value)
  if (known && known.name === name && known.beside === beside) return known
  const references = read()
  const next = { name, beside, references, byAnchor: sortByAnchor(references) }
  remembered.set(value, next)
  return next
}

const ofIndex = (catalog: Catalog, name: RelationName, index: Index): Remembered =>
  remember(index, name, catalog.tables.get(index.relation) ?? catalog.views.get(index.relation), () => referencesOfIndex(name, index, catalog))

const ofRoutine = (name: string, routine: Routine): Remembered => remember(routine, name, undefined, () => referencesOfTree(keyOf('routine', name), routine.definition))

const ofDefinition = (key: ObjectKey, definition: Definition): Remembered => remember(definition, key, undefined, () => referencesOfDefinition(key, definition))

const eachHolder = (catalog: Catalog, visit: (holder: Remembered) => void): void => {
  for (const [name, table] of catalog.tables) visit(remember(table, name, undefined, () => referencesOfTable(name, table)))
  for (const [name, index] of catalog.indexes) visit(ofIndex(catalog, name, index))
  for (const [name, view] of catalog.views) visit(remember(view, name, undefined, () => referencesOfView(name, view)))
  for (const [name, type] of catalog.types) visit(remember(type, name, undefined, () => referencesOfType(name, type)))
  for (const [name, sequence] of catalog.sequences) visit(remember(sequence, name, undefined, () => referencesOfSequence(name, sequence)))
  for (const [name, routine] of catalog.routines) visit(ofRoutine(name, routine))
  for (const [key, definition] of catalog.definitions) visit(ofDefinition(key, definition))
}

/** Calls `visit` with every reference in a catalog. */
export const eachReference = (catalog: Catalog, visit: (reference: Reference) => void): void => eachHolder(catalog, ({ references }) => references.forEach(visit))

/** Calls `visit` with every reference that may point to `object`, to a part of it or to its whole. */
export const eachReferenceTo = (catalog: Catalog, object: ObjectKey, visit: (reference: Reference) => void): void => {
  const anchor = anchorOf(object)
  eachHolder(catalog, ({ byAnchor }) => byAnchor.get(anchor)?.forEach(visit))
}
