/** All references of a catalog, found fast: each immutable value remembers its own, and which names they point to. */
import type { Attribute, Catalog, Constraint, Definition, Index, Routine, Sequence, Table, Type, View } from '../model/catalog.ts'
import { keyOf, leadingName, type ObjectKey, partsOf, type QualifiedName, type RelationName } from '../model/name.ts'
import { emptyCatalog } from './edit.ts'
import {
  hasPartsOnly,
  type Reference,
  referencesOfAttribute,
  referencesOfConstraint,
  referencesOfDefinition,
  referencesOfIndex,
  referencesOfSequence,
  referencesOfTable,
  referencesOfTree,
  referencesOfType,
  referencesOfView,
} from './references.ts'
import { newColumns, newConstraints } from './table-parts.ts'
import { isUserMade } from './types.ts'
import { Lookup } from './versioned-map.ts'

type Remembered = {
  readonly name: string
  /** What else the references were read from. */
  readonly beside: unknown
  readonly references: readonly Reference[]
}

/** True where a column points to nothing. */
const isPlain = ({ type, default: value, generated }: Attribute): boolean => value === undefined && !generated && !isUserMade(type)

const none: ReadonlySet<string> = new Set()

const anchors = new Map<ObjectKey, string>()

/** The first two parts of a name: a column's table, an overload's name. Two keys that may mean the same thing have the same anchor. */
const anchorOf = (key: ObjectKey): string => {
  const known = anchors.get(key)
  if (known !== undefined) return known
  const [schema = '', name = ''] = partsOf(key)
  const anchor = `${schema}\0${name}`
  anchors.set(key, anchor)
  return anchor
}

const anchorsOf = (references: readonly Reference[]): ReadonlySet<string> => new Set(references.map(({ to }) => anchorOf(to)))

const remembered = new WeakMap<object, Remembered>()

const remember = (value: object, name: string, beside: unknown, read: () => readonly Reference[]): Remembered => {
  const known = remembered.get(value)
  if (known && known.name === name && known.beside === beside) return known
  const next = { name, beside, references: read() }
  remembered.set(value, next)
  return next
}

const ofIndex = (catalog: Catalog, name: RelationName, index: Index): Remembered =>
  remember(index, name, catalog.tables.get(index.relation) ?? catalog.views.get(index.relation), () => referencesOfIndex(name, index, catalog))

const ofRoutine = (name: string, routine: Routine): Remembered =>
  remember(routine, name, undefined, () => referencesOfTree(keyOf('routine', name), routine.definition))

const ofDefinition = (key: ObjectKey, definition: Definition): Remembered => remember(definition, key, undefined, () => referencesOfDefinition(key, definition))

const ofTable = (name: RelationName, table: Table): Remembered => remember(table, name, undefined, () => referencesOfTable(name, table))
const ofView = (name: RelationName, view: View): Remembered => remember(view, name, undefined, () => referencesOfView(name, view))
const ofType = (name: QualifiedName, type: Type): Remembered => remember(type, name, undefined, () => referencesOfType(name, type))
const ofSequence = (name: RelationName, sequence: Sequence): Remembered => remember(sequence, name, undefined, () => referencesOfSequence(name, sequence))

/** Calls `visit` with every reference in a catalog. */
export const eachReference = (catalog: Catalog, visit: (reference: Reference) => void): void => {
  const all = ({ references }: Remembered): void => references.forEach(visit)
  for (const [name, table] of catalog.tables) all(ofTable(name, table))
  for (const [name, index] of catalog.indexes) all(ofIndex(catalog, name, index))
  for (const [name, view] of catalog.views) all(ofView(name, view))
  for (const [name, type] of catalog.types) all(ofType(name, type))
  for (const [name, sequence] of catalog.sequences) all(ofSequence(name, sequence))
  for (const [name, routine] of catalog.routines) all(ofRoutine(name, routine))
  for (const [key, definition] of catalog.definitions) all(ofDefinition(key, definition))
}

/** What an index points to is one of few things, whatever columns its relation has: its anchors do not depend on the catalog. */
const anchorsOfIndex = (index: Index, name: RelationName): ReadonlySet<string> => anchorsOf(referencesOfIndex(name, index, emptyCatalog))

const ofParts = new WeakMap<Attribute | Constraint, { readonly on: RelationName; readonly anchors: readonly string[] }>()

/** The anchors of a column or constraint, read once for all versions of its table. */
const anchorsOfPart = (part: Attribute | Constraint, on: RelationName, read: () => readonly Reference[]): readonly string[] => {
  const known = ofParts.get(part)
  if (known && known.on === on) return known.anchors
  const found = [...anchorsOf(read())]
  ofParts.set(part, { on, anchors: found })
  return found
}

/** Anchors of columns and constraints of the table `on`, its own left out: which of its columns they name does not matter. */
const anchorsOfParts = (on: RelationName, columns: readonly Attribute[], constraints: Iterable<readonly [string, Constraint]>): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const column of columns) {
    if (isPlain(column)) continue
    for (const anchor of anchorsOfPart(column, on, () => referencesOfAttribute(on, column, none))) found.add(anchor)
  }
  for (const [name, constraint] of constraints) {
    if (constraint.type === 'primary key' || constraint.type === 'unique') continue
    for (const anchor of anchorsOfPart(constraint, on, () => referencesOfConstraint(on, name, constraint, none))) found.add(anchor)
  }
  found.delete(anchorOf(keyOf('table', on)))
  return found
}

const anchorsOfTable = (table: Table, on: RelationName): ReadonlySet<string> =>
  hasPartsOnly(table) ? anchorsOfParts(on, table.columns, table.constraints) : anchorsOf(ofTable(on, table).references)

/** Tables by the anchors of their references, their own left out. */
const tablesByAnchor = new Lookup<RelationName, Table>({
  words: anchorsOfTable,
  newWords: (table, on, other) =>
    hasPartsOnly(table) ? anchorsOfParts(on, newColumns(table, other), newConstraints(table, other)) : anchorsOfTable(table, on),
})
const indexesByAnchor = new Lookup<RelationName, Index>({ words: anchorsOfIndex })
const viewsByAnchor = new Lookup<RelationName, View>({ words: (view, name) => anchorsOf(ofView(name, view).references) })
const typesByAnchor = new Lookup<QualifiedName, Type>({ words: (type, name) => anchorsOf(ofType(name, type).references) })
const sequencesByAnchor = new Lookup<RelationName, Sequence>({ words: (sequence, name) => anchorsOf(ofSequence(name, sequence).references) })
const routinesByAnchor = new Lookup<string, Routine>({ words: (routine, name) => anchorsOf(ofRoutine(name, routine).references) })
const definitionsByAnchor = new Lookup<ObjectKey, Definition>({ words: (definition, key) => anchorsOf(ofDefinition(key, definition).references) })

const findReferencesTo = (catalog: Catalog, object: ObjectKey): readonly Reference[] => {
  const anchor = anchorOf(object)
  const found: Reference[] = []
  const some = ({ references }: Remembered): void => {
    for (const reference of references) if (anchorOf(reference.to) === anchor) found.push(reference)
  }
  const own = leadingName(object)
  const table = catalog.tables.get(own)
  if (table) some(ofTable(own, table))
  for (const [name, other] of tablesByAnchor.find(catalog.tables, anchor)) if (name !== own) some(ofTable(name, other))
  for (const [name, index] of indexesByAnchor.find(catalog.indexes, anchor)) some(ofIndex(catalog, name, index))
  for (const [name, view] of viewsByAnchor.find(catalog.views, anchor)) some(ofView(name, view))
  for (const [name, type] of typesByAnchor.find(catalog.types, anchor)) some(ofType(name, type))
  for (const [name, sequence] of sequencesByAnchor.find(catalog.sequences, anchor)) some(ofSequence(name, sequence))
  for (const [name, routine] of routinesByAnchor.find(catalog.routines, anchor)) some(ofRoutine(name, routine))
  for (const [key, definition] of definitionsByAnchor.find(catalog.definitions, anchor)) some(ofDefinition(key, definition))
  return found
}

/** Indexes of partitions by the index that they are attached to. */
const indexesByWhole = new Lookup<RelationName, Index>({ words: ({ attachedTo }) => (attachedTo === undefined ? none : new Set([attachedTo])) })

/** References to an index. Nothing points to one but the index of a partition: the tables need not be looked through. */
export const referencesToIndex = (catalog: Catalog, object: ObjectKey): readonly Reference[] =>
  [...indexesByWhole.find(catalog.indexes, leadingName(object))].map(([name]) => ({ from: keyOf('index', name), to: object, how: 'automatic' }))

const asked = new WeakMap<Catalog, { readonly object: ObjectKey; readonly references: readonly Reference[] }>()

/** Every reference that may point to `object`, to a part of it or to its whole. The last answer is kept: a drop is read and applied over the same catalog. */
export const referencesAbout = (catalog: Catalog, object: ObjectKey): readonly Reference[] => {
  const known = asked.get(catalog)
  if (known?.object === object) return known.references
  const references = findReferencesTo(catalog, object)
  asked.set(catalog, { object, references })
  return references
}
