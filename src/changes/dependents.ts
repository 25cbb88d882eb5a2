/** What goes with an object, and what holds it back: DROP … RESTRICT and CASCADE. */
import type { Catalog, Constraint, Table } from '../model/catalog.ts'
import {
  displayKey,
  keyOf,
  leadingName,
  member,
  type ObjectKey,
  parseKey,
  partsOf,
  type QualifiedName,
  quoteIdentifier,
  type RelationName,
  schemaOf,
} from '../model/name.ts'
import { referringTables } from './found-by.ts'
import { referencesAbout, referencesToIndex } from './reference-index.ts'
import { keyBehind, type Reference } from './references.ts'
import { refuse } from './refusal.ts'

/** True for the key of a column's default: the column's, with a word more. */
export const isDefault = (key: ObjectKey): boolean => key.endsWith(' default')

/** Kinds of which a reference to something else may be one to them. */
const mayCover: ReadonlySet<string> = new Set(['table', 'view', 'sequence', 'routine'])

/** True when a reference to `to` is one to `dropped` or to a part of it. */
const covers = (dropped: ObjectKey, to: ObjectKey): boolean => {
  if (dropped === to) return true
  const gone = parseKey(dropped)
  if (!mayCover.has(gone.kind)) return false
  const target = parseKey(to)
  switch (gone.kind) {
    case 'table':
    case 'view':
      return (
        (target.name === gone.name && (target.kind === 'table' || target.kind === 'view' || target.kind === 'type')) ||
        (target.kind === 'column' && target.name.startsWith(`${gone.name}.`))
      )
    case 'sequence':
      return target.kind === 'table' && target.name === gone.name
    case 'routine':
      return target.kind === 'routine' && gone.name.startsWith(`${target.name}(`)
    default:
      return false
  }
}

/** Kinds that live inside a table, view or type. */
const partKinds: ReadonlySet<string> = new Set(['column', 'constraint', 'trigger', 'policy', 'rule', 'domain constraint'])

/** Indexes and owned sequences go inside the DROP of their table; an owned sequence inside that of its column. */
const goesAlong = (catalog: Catalog, object: ObjectKey, dropped: ObjectKey): boolean => {
  const { kind, name } = parseKey(object)
  const gone = parseKey(dropped)
  if (kind === 'index') return (gone.kind === 'table' || gone.kind === 'view') && catalog.indexes.get(name as RelationName)?.relation === gone.name
  if (kind !== 'sequence') return false
  const owner = catalog.sequences.get(name as RelationName)?.ownedBy
  return owner !== undefined && (gone.name === owner.table || gone.name === member(owner.table, owner.column))
}

type ForeignKey = Extract<Constraint, { type: 'foreign key' }>

const foreignKeys = new WeakMap<Table, readonly (readonly [string, ForeignKey])[]>()

const foreignKeysOf = (table: Table): readonly (readonly [string, ForeignKey])[] => {
  const known = foreignKeys.get(table)
  if (known) return known
  const found = [...table.constraints].flatMap(([name, constraint]) => (constraint.type === 'foreign key' ? [[name, constraint] as const] : []))
  foreignKeys.set(table, found)
  return found
}

/** The table whose key a constraint or index is: only a unique index can be one. */
const keyedTable = (catalog: Catalog, object: ObjectKey): RelationName | undefined => {
  const { kind, name } = parseKey(object)
  if (kind === 'constraint') return leadingName(object)
  const index = kind === 'index' ? catalog.indexes.get(name as RelationName) : undefined
  return index?.unique ? index.relation : undefined
}

/** Foreign keys that rest on a dropped primary key, unique constraint or unique index. */
const foreignKeysOn = (catalog: Catalog, dropped: ObjectKey): readonly Reference[] => {
  const relation = keyedTable(catalog, dropped)
  if (relation === undefined) return []
  const found: Reference[] = []
  for (const [on, table] of referringTables(catalog, relation)) {
    for (const [name, constraint] of foreignKeysOf(table)) {
      if (constraint.references === relation && keyBehind(catalog, constraint) === dropped)
        found.push({ from: keyOf('constraint', member(on, name)), to: dropped, how: 'normal' })
    }
  }
  return found
}

const partsDropped = (catalog: Catalog, dropped: ObjectKey): readonly ObjectKey[] => {
  const { kind, name } = parseKey(dropped)
  if (kind !== 'table') return []
  const table = catalog.tables.get(name as RelationName)
  return [
    ...[...(table?.constraints ?? [])].flatMap(([constraint, { type }]) =>
      type === 'primary key' || type === 'unique' ? [keyOf('constraint', member(name as QualifiedName, constraint))] : [],
    ),
  ]
}

export type Dropped = { readonly object: ObjectKey; readonly implied: boolean }

/** The dropped object that holds another one as its part, if there is one. */
const containerOf = (object: ObjectKey, dropped: (key: ObjectKey) => boolean): ObjectKey | undefined => {
  if (isDefault(object)) {
    const column = object.slice(0, -' default'.length) as ObjectKey
    return dropped(column) ? column : containerOf(column, dropped)
  }
  if (!partKinds.has(parseKey(object).kind)) return undefined
  const owner = leadingName(object)
  return [keyOf('table', owner), keyOf('view', owner), keyOf('type', owner)].find(dropped)
}

/** References to an object or its parts. */
const pointingTo = (catalog: Catalog, object: ObjectKey): readonly Reference[] =>
  parseKey(object).kind === 'index' ? referencesToIndex(catalog, object) : referencesAbout(catalog, object).filter(({ to }) => covers(object, to))

/** References to an object or its parts, and foreign keys that rest on it. */
const referencesTo = (catalog: Catalog, object: ObjectKey): readonly Reference[] => {
  const found = pointingTo(catalog, object)
  return [object, ...partsDropped(catalog, object)].reduce((all, part) => all.concat(foreignKeysOn(catalog, part)), found)
}

/** One DROP, as it is worked out: depth first, so that what depends on an object comes before it. */
class Drop {
  readonly order: Dropped[] = []
  readonly held: Reference[] = []
  readonly #catalog: Catalog
  readonly #wanted: ReadonlySet<ObjectKey>
  readonly #cascade: boolean
  readonly #state = new Map<ObjectKey, 'doing' | 'done'>()

  constructor(catalog: Catalog, targets: readonly ObjectKey[], cascade: boolean) {
    this.#catalog = catalog
    this.#wanted = new Set(targets)
    this.#cascade = cascade
  }

  readonly takes = (object: ObjectKey): boolean => this.#wanted.has(object) || this.#state.has(object)

  /** Works all targets out; one that has gone inside another's drop is done. */
  run(): void {
    for (const target of this.#wanted) if (containerOf(target, (key) => this.#state.get(key) === 'done') === undefined) this.visit(target)
  }

  visit(object: ObjectKey): void {
    if (this.#state.has(object)) return
    this.#before(object)
    this.order.push({ object, implied: !this.#wanted.has(object) })
  }

  #before(object: ObjectKey): void {
    this.#state.set(object, 'doing')
    for (const reference of referencesTo(this.#catalog, object)) if (reference.how !== 'part') this.#follow(reference, object)
    this.#state.set(object, 'done')
  }

  #follow(reference: Reference, object: ObjectKey): void {
    const { from } = reference
    const container = containerOf(from, this.takes)
    if (container === object || this.#state.has(from)) return
    // A part goes with its whole, unless both wait for each other: then it goes first, by itself.
    if (container !== undefined && this.#state.get(container) !== 'doing') return this.visit(container)
    if (goesAlong(this.#catalog, from, object)) return this.#before(from)
    if (reference.how === 'normal' && !this.#cascade && container === undefined && !this.#wanted.has(from)) {
      this.held.push(reference)
      return
    }
    this.visit(from)
  }
}

/**
 * The objects that a DROP of `targets` takes, dependents first. What goes inside another's drop is left out. Refuses with 2BP01 when something else
 * depends on them and `cascade` is not asked for.
 */
export const dropOrder = (catalog: Catalog, targets: readonly ObjectKey[], cascade: boolean): readonly Dropped[] => {
  const drop = new Drop(catalog, targets, cascade)
  drop.run()
  const holding = drop.held.find(({ from }) => !drop.takes(from) && containerOf(from, drop.takes) === undefined)
  if (holding)
    refuse(
      '2BP01',
      `cannot drop ${displayKey(holding.to)} because other objects depend on it`,
      `${displayKey(holding.from)} depends on ${displayKey(holding.to)}`,
    )
  if (drop.held.length === 0) return drop.order
  // What seemed to hold goes too, by another way: then it goes before what it depends on.
  const all = new Drop(catalog, targets, true)
  all.run()
  return all.order
}

/** Refuses with 2BP01 when anything outside of `object` still depends on it. */
export const refuseDependents = (catalog: Catalog, object: ObjectKey): void => {
  const check = (reference: Reference): void => {
    if (reference.how !== 'normal' || reference.from === object || containerOf(reference.from, (key) => key === object)) return
    refuse(
      '2BP01',
      `cannot drop ${displayKey(object)} because other objects depend on it`,
      `${displayKey(reference.from)} depends on ${displayKey(reference.to)}`,
    )
  }
  for (const reference of pointingTo(catalog, object)) check(reference)
  const onKeys = [object, ...partsDropped(catalog, object)].flatMap((part) => foreignKeysOn(catalog, part))
  for (const reference of onKeys) check({ ...reference, to: object })
}

/** All objects in a schema, as keys. */
export const objectsIn = (catalog: Catalog, schema: string): readonly ObjectKey[] => {
  const start = `${quoteIdentifier(schema)}.`
  const named = (kind: 'table' | 'view' | 'sequence' | 'type', names: Iterable<QualifiedName>): readonly ObjectKey[] =>
    [...names].filter((name) => schemaOf(name) === schema).map((name) => keyOf(kind, name))
  return [
    ...named('view', catalog.views.keys()),
    ...named('table', catalog.tables.keys()),
    ...named('sequence', catalog.sequences.keys()),
    ...named('type', catalog.types.keys()),
    ...[...catalog.routines.keys()].filter((name) => name.startsWith(start)).map((name) => keyOf('routine', name)),
    ...[...catalog.definitions.keys()].filter((key) => partsOf(key).length === 3 && partsOf(key)[1] === schema),
  ]
}
