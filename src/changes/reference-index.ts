/** All references of a catalog, found fast: each immutable value remembers its own, and which names they point to. */
import type { Catalog, Definition, Index, Routine, Sequence, Table, Type, View } from '../model/catalog.ts'
import { keyOf, type ObjectKey, partsOf, type QualifiedName, type RelationName } from '../model/name.ts'
import { emptyCatalog } from './edit.ts'
import {
  type Reference,
  referencesOfDefinition,
  referencesOfIndex,
  referencesOfSequence,
  referencesOfTable,
  referencesOfTree,
  referencesOfType,
  referencesOfView,
} from './references.ts'
import { Lookup } from './versioned-map.ts'

type Remembered = {
  readonly name: string
  /** What else the references were read from. */
  readonly beside: unknown
  readonly references: readonly Reference[]
  readonly anchors: ReadonlySet<string>
}

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
  const references = read()
  const next = { name, beside, references, anchors: anchorsOf(references) }
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

const tablesByAnchor = new Lookup<RelationName, Table>((table, name) => ofTable(name, table).anchors)
const indexesByAnchor = new Lookup<RelationName, Index>(anchorsOfIndex)
const viewsByAnchor = new Lookup<RelationName, View>((view, name) => ofView(name, view).anchors)
const typesByAnchor = new Lookup<QualifiedName, Type>((type, name) => ofType(name, type).anchors)
const sequencesByAnchor = new Lookup<RelationName, Sequence>((sequence, name) => ofSequence(name, sequence).anchors)
const routinesByAnchor = new Lookup<string, Routine>((routine, name) => ofRoutine(name, routine).anchors)
const definitionsByAnchor = new Lookup<ObjectKey, Definition>((definition, key) => ofDefinition(key, definition).anchors)

/** Calls `visit` with every reference that may point to `object`, to a part of it or to its whole. */
export const eachReferenceTo = (catalog: Catalog, object: ObjectKey, visit: (reference: Reference) => void): void => {
  const anchor = anchorOf(object)
  const some = ({ references }: Remembered): void => {
    for (const reference of references) if (anchorOf(reference.to) === anchor) visit(reference)
  }
  for (const [name, table] of tablesByAnchor.find(catalog.tables, anchor)) some(ofTable(name, table))
  for (const [name, index] of indexesByAnchor.find(catalog.indexes, anchor)) some(ofIndex(catalog, name, index))
  for (const [name, view] of viewsByAnchor.find(catalog.views, anchor)) some(ofView(name, view))
  for (const [name, type] of typesByAnchor.find(catalog.types, anchor)) some(ofType(name, type))
  for (const [name, sequence] of sequencesByAnchor.find(catalog.sequences, anchor)) some(ofSequence(name, sequence))
  for (const [name, routine] of routinesByAnchor.find(catalog.routines, anchor)) some(ofRoutine(name, routine))
  for (const [key, definition] of definitionsByAnchor.find(catalog.definitions, anchor)) some(ofDefinition(key, definition))
}
