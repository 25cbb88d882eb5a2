/** The rebuild of an enum: no statement of PostgreSQL removes or moves a label, so the type is made anew and everything that uses it moves over. */
import type { Attribute, Catalog, Type } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import {
  keyOf,
  leadingName,
  localName,
  member,
  type ObjectKey,
  parseKey,
  partsOf,
  type QualifiedName,
  qualified,
  quoteIdentifier,
  type RelationName,
  schemaOf,
} from '../model/name.ts'
import { printExpression } from '../sql/print.ts'
import { namesIn } from './expressions.ts'
import { makeObjectName } from './names.ts'
import { printCreateType } from './print-types.ts'
import { sortedReaders } from './readers.ts'
import { eachReference } from './reference-index.ts'
import { printType, userTypeName } from './types.ts'

/** The types made over a type, each after what it is made over, the type itself first. */
export const typesOver = (catalog: Catalog, name: QualifiedName, seen: Set<QualifiedName> = new Set([name])): readonly QualifiedName[] => {
  for (const [other, type] of catalog.types) {
    if (seen.has(other) || !partsOfType(type).includes(name)) continue
    seen.delete(other)
    seen.add(other)
    typesOver(catalog, other, seen)
  }
  return [...seen]
}

const partsOfType = (type: Type): readonly QualifiedName[] => {
  if (type.kind === 'composite') return type.attributes.flatMap((attribute) => userTypeName(attribute.type) ?? [])
  if (type.kind === 'domain')
    return [userTypeName(type.base), ...[...type.constraints.values()].flatMap(({ expression }) => typeNamesIn(expression))].flatMap((name) => name ?? [])
  return type.kind === 'enum' ? [] : typeNamesIn(type.definition)
}

const typeNamesIn = (tree: Parameters<typeof namesIn>[0]): readonly QualifiedName[] =>
  [...namesIn(tree)].filter((key) => key.startsWith('type ')).map((key) => parseKey(key).name as QualifiedName)

const isPart = (key: ObjectKey, kind: 'column' | 'view'): boolean => key.startsWith(`${kind} `)

/** Everything that names one of the types, or a column that has one, at any distance. A default stands as `column … default`. */
export const dependentsOfTypes = (catalog: Catalog, types: readonly QualifiedName[]): ReadonlySet<ObjectKey> => {
  const found = new Set<ObjectKey>(types.map((type) => keyOf('type', type)))
  const inexact = new Set([...catalog.views].filter(([, { exact }]) => !exact).map(([name]) => keyOf('view', name)))
  const reached = (from: ObjectKey, to: ObjectKey): boolean => {
    if (found.has(to)) return true
    const { kind, name } = parseKey(to)
    if (kind === 'table' || kind === 'type')
      return found.has(keyOf('view', name)) || (inexact.has(from) && [...found].some((key) => isPart(key, 'column') && leadingName(key) === name))
    if (kind === 'column') return found.has(keyOf('view', leadingName(to)))
    return kind === 'routine' && [...found].some((key) => key.startsWith(`${to}(`))
  }
  for (let size = -1; size !== found.size; ) {
    size = found.size
    eachReference(catalog, ({ from, to }) => {
      if (!found.has(from) && reached(from, to)) found.add(from)
    })
  }
  return found
}

type Column = { readonly on: RelationName; readonly attribute: Attribute }

const columnsWhere = (catalog: Catalog, is: (on: RelationName, attribute: Attribute) => boolean): readonly Column[] =>
  [...catalog.tables].flatMap(([on, table]) => table.columns.filter((attribute) => is(on, attribute)).map((attribute) => ({ on, attribute })))

const keyOfColumn = ({ on, attribute }: Column): ObjectKey => keyOf('column', member(on, attribute.name))
const alterColumn = ({ on, attribute }: Column): string => `ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(attribute.name)}`

/** Objects of one kind among the dependents, as owner and own name. */
const parts = (
  found: ReadonlySet<ObjectKey>,
  kind: 'constraint' | 'policy' | 'trigger' | 'rule',
): readonly { readonly on: RelationName; readonly name: string }[] =>
  [...found].filter((key) => key.startsWith(`${kind} `)).map((key) => ({ on: leadingName(key), name: partsOf(key).at(-1) ?? '' }))

/** Definitions that PostgreSQL carries over itself when a column's type changes. */
const followsColumns: ReadonlySet<string> = new Set(['statistics', 'publication'])

/** What must be away while columns change their type, and the changes that bring it back. */
const partsToRebuild = (catalog: Catalog, found: ReadonlySet<ObjectKey>): { readonly drops: readonly Change[]; readonly recreates: readonly Change[] } => {
  const recreates: Change[] = []
  const drops: Change[] = []
  const both = (drop: Change, create: Change): void => {
    drops.push(drop)
    recreates.push(create)
  }
  const { early, late } = sortedReaders(catalog, found)
  const routine = (name: string): void => {
    const value = catalog.routines.get(name)
    if (value) both({ kind: 'drop-routine', name }, { kind: 'create-routine', name, routine: value })
  }
  for (const key of early) routine(parseKey(key).name)
  for (const [object, definition] of catalog.definitions)
    if (found.has(object) && !followsColumns.has(definition.type)) both({ kind: 'drop-definition', object }, { kind: 'create-definition', object, definition })
  const constraints = parts(found, 'constraint').flatMap(({ on, name }) => {
    const constraint = catalog.tables.get(on)?.constraints.get(name)
    return !constraint || constraint.type === 'primary key' || constraint.type === 'unique' || (constraint.type === 'check' && constraint.inherited)
      ? []
      : [{ on, name, constraint }]
  })
  for (const { on, name, constraint } of constraints)
    if (constraint.type !== 'foreign key') both({ kind: 'drop-constraint', on, name }, { kind: 'add-constraint', on, name, constraint })
  for (const [name, index] of catalog.indexes) {
    const plain = !index.where && index.elements.every(({ on }) => typeof on === 'string')
    if (!plain && found.has(keyOf('index', name)))
      both({ kind: 'drop-index', name, concurrently: false }, { kind: 'create-index', name, index, concurrently: false })
  }
  for (const { on, name, constraint } of constraints)
    if (constraint.type === 'foreign key') both({ kind: 'drop-constraint', on, name }, { kind: 'add-constraint', on, name, constraint })
  for (const key of late) {
    const name = parseKey(key).name as RelationName
    const view = key.startsWith('view ') ? catalog.views.get(name) : undefined
    if (!view) routine(name)
    if (view) both({ kind: 'drop-view', name }, { kind: 'create-view', name, view: { ...view, rules: new Map(), triggers: new Map() } })
    for (const [index, value] of catalog.indexes)
      if (value.relation === name) recreates.push({ kind: 'create-index', name: index, index: value, concurrently: false })
    for (const [rule, value] of view?.rules ?? []) recreates.push({ kind: 'create-rule', on: name, name: rule, rule: value })
    for (const [trigger, value] of view?.triggers ?? []) recreates.push({ kind: 'create-trigger', on: name, name: trigger, trigger: value })
  }
  for (const { on, name } of parts(found, 'policy')) {
    const policy = catalog.tables.get(on)?.policies.get(name)
    if (policy) both({ kind: 'drop-policy', on, name }, { kind: 'create-policy', on, name, policy })
  }
  for (const { on, name } of parts(found, 'trigger')) {
    const trigger = catalog.tables.get(on)?.triggers.get(name)
    if (trigger) both({ kind: 'drop-trigger', on, name }, { kind: 'create-trigger', on, name, trigger })
  }
  for (const { on, name } of parts(found, 'rule')) {
    const rule = catalog.tables.get(on)?.rules.get(name)
    if (rule) both({ kind: 'drop-rule', on, name }, { kind: 'create-rule', on, name, rule })
  }
  return { drops: drops.reverse(), recreates }
}

/** A free name for a type that is put aside. */
const asideName = (catalog: Catalog, name: QualifiedName): string => {
  for (let number = 0; ; number++) {
    const aside = makeObjectName(localName(name), undefined, number === 0 ? 'old' : `old${number}`)
    const taken = qualified(schemaOf(name), aside)
    if (!catalog.types.has(taken) && !catalog.tables.has(taken) && !catalog.views.has(taken) && !catalog.indexes.has(taken) && !catalog.sequences.has(taken))
      return aside
  }
}

/** Values of generated columns are computed, not converted: PostgreSQL wants a cast between the types then. */
const castBetween = (
  before: Catalog,
  from: QualifiedName,
  to: QualifiedName,
  columns: readonly Column[],
): { readonly make: readonly string[]; readonly drop: readonly string[] } =>
  columns.some(({ attribute }) => attribute.generated) && before.types.has(to)
    ? { make: [`CREATE CAST (${from} AS ${to}) WITH INOUT AS ASSIGNMENT`], drop: [`DROP CAST (${from} AS ${to})`] }
    : { make: [], drop: [] }

const converted = (column: Column): string => {
  const { type, name, generated } = column.attribute
  const cast = type.array ? `${quoteIdentifier(name)}::text[]::${printType(type)}` : `${quoteIdentifier(name)}::text::${printType(type)}`
  return `${alterColumn(column)} TYPE ${printType(type)}${generated ? '' : ` USING ${cast}`}`
}

const defaultSql = (print: (change: Change<'set-default'>) => readonly string[], { on, attribute }: Column, to: Attribute['default']): readonly string[] =>
  print({ kind: 'set-default', on, column: attribute.name, to })

/**
 * Statements that give an enum other labels: dependents away, the old types aside, new types, columns over, dependents back, old types dropped.
 * @param print one change as statements
 * @param facts statements that bring back what hangs on an object that was made anew
 */
export const rebuildEnum = (
  before: Catalog,
  type: QualifiedName,
  labels: readonly string[],
  print: (change: Change) => readonly string[],
  facts: (key: ObjectKey) => readonly string[],
): readonly string[] => {
  const types = typesOver(before, type)
  const found = dependentsOfTypes(before, types)
  const { drops, recreates } = partsToRebuild(before, found)
  const rebuilt = new Set(types)
  const typed = columnsWhere(before, (_on, attribute) => rebuilt.has(userTypeName(attribute.type) ?? ('' as QualifiedName)))
  const own = typed.filter(({ on, attribute }) => !attribute.inherited && !before.tables.get(on)?.partitionOf && !before.tables.get(on)?.ofType)
  const generated = columnsWhere(before, (on, attribute) => attribute.generated !== undefined && found.has(keyOfColumn({ on, attribute })))
  const defaults = columnsWhere(
    before,
    (on, attribute) =>
      attribute.default !== undefined &&
      (typed.some((column) => column.on === on && column.attribute === attribute) || found.has(`${keyOfColumn({ on, attribute })} default` as ObjectKey)),
  )
  const aside = new Map(types.map((name) => [name, asideName(before, name)]))
  const old = (name: QualifiedName): QualifiedName => qualified(schemaOf(name), aside.get(name) ?? localName(name))
  const cast = castBetween(before, old(type), type, own)
  return [
    ...drops.flatMap(print),
    ...generated.map((column) => `${alterColumn(column)} SET EXPRESSION AS (NULL)`),
    ...defaults.flatMap((column) => defaultSql(print, column, undefined)),
    ...types.map((name) => `ALTER TYPE ${name} RENAME TO ${quoteIdentifier(aside.get(name) ?? '')}`),
    ...types.flatMap((name) => printNew(before, name, type, labels)),
    ...cast.make,
    ...own.map(converted),
    ...cast.drop,
    ...generated.map((column) => `${alterColumn(column)} SET EXPRESSION AS (${printExpression(column.attribute.generated?.expression ?? {})})`),
    ...defaults.flatMap((column) => defaultSql(print, column, column.attribute.default)),
    ...recreates.flatMap(print),
    ...[...types].reverse().map((name) => `DROP TYPE ${old(name)}`),
    ...[...types.map((name) => keyOf('type', name)), ...recreates.flatMap(madeBy)].flatMap(facts),
  ]
}

const printNew = (before: Catalog, name: QualifiedName, type: QualifiedName, labels: readonly string[]): readonly string[] => {
  const value: Type | undefined = name === type ? { kind: 'enum', labels } : before.types.get(name)
  return value ? printCreateType(name, value) : []
}

/** The object that a change makes. */
const madeBy = (change: Change): readonly ObjectKey[] => {
  switch (change.kind) {
    case 'create-routine':
      return [keyOf('routine', change.name)]
    case 'add-constraint':
      return [
        keyOf('constraint', member(change.on, change.name)),
        ...(change.constraint.type === 'exclusion' ? [keyOf('index', qualified(schemaOf(change.on), change.name))] : []),
      ]
    case 'create-index':
      return [keyOf('index', change.name)]
    case 'create-definition':
      return [change.object]
    case 'create-view':
      return [keyOf('view', change.name)]
    case 'create-policy':
      return [keyOf('policy', member(change.on, change.name))]
    case 'create-trigger':
      return [keyOf('trigger', member(change.on, change.name))]
    case 'create-rule':
      return [keyOf('rule', member(change.on, change.name))]
    default:
      return []
  }
}
