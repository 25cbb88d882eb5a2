/** The database's own objects that depend on something. */
import { bodyOf } from '../../changes/data.ts'
import { isDefault } from '../../changes/dependents.ts'
import { referencesAbout } from '../../changes/reference-index.ts'
import type { Catalog, Constraint } from '../../model/catalog.ts'
import type { Confidence } from '../../model/code.ts'
import { display, displayKey, keyOf, leadingName, localName, member, type ObjectKey, parseKey, partsOf, type RelationName } from '../../model/name.ts'

/** An object that depends on what is asked about. */
export type Dependent = { readonly key: ObjectKey; readonly kind: string; readonly name: string; readonly why: string; readonly confidence: Confidence }

/** The relation of a key: a column's table, a table itself. */
const relationIn = (key: ObjectKey): RelationName =>
  parseKey(key).kind === 'table' || parseKey(key).kind === 'view' ? (parseKey(key).name as RelationName) : leadingName(key)

const kindOf = (catalog: Catalog, key: ObjectKey): string => {
  const { kind, name } = parseKey(key)
  if (kind === 'view') return catalog.views.get(name as RelationName)?.materialized ? 'materialized view' : 'view'
  if (kind === 'routine') return catalog.routines.get(name)?.kind ?? 'function'
  if (kind === 'column') return isDefault(key) ? 'default' : 'column'
  if (kind !== 'constraint') return kind
  const constraint = constraintAt(catalog, key)
  return constraint === undefined || constraint.type === 'primary key' || constraint.type === 'foreign key'
    ? (constraint?.type ?? kind)
    : `${constraint.type} constraint`
}

const constraintAt = (catalog: Catalog, key: ObjectKey): Constraint | undefined =>
  catalog.tables.get(leadingName(key))?.constraints.get(partsOf(key).at(-1) ?? '')

const nameOf = (key: ObjectKey): string => {
  const plain = isDefault(key) ? (key.slice(0, -' default'.length) as ObjectKey) : key
  return displayKey(plain)
    .slice(parseKey(plain).kind.length + 1)
    .replaceAll('"', '')
}

const isPart = (key: ObjectKey, of: ObjectKey): boolean => {
  const [whole, part] = [parseKey(of), parseKey(key)]
  return (whole.kind === 'table' || whole.kind === 'view') && (part.name === whole.name || part.name.startsWith(`${whole.name}.`))
}

/** Whether a reference to `to` is one to `of`, or to a part of it. */
const meets = (to: ObjectKey, of: ObjectKey): boolean => to === of || isPart(to, of)

const directly = (catalog: Catalog, of: ObjectKey): readonly ObjectKey[] => [
  ...new Set(
    referencesAbout(catalog, of)
      .filter(({ from, to }) => meets(to, of) && from !== of && !(from === `${of} default`))
      .map(({ from }) => from),
  ),
]

const whyOf = (catalog: Catalog, key: ObjectKey, of: ObjectKey): string => {
  const { kind } = parseKey(key)
  const constraint = kind === 'constraint' ? constraintAt(catalog, key) : undefined
  if (constraint?.type === 'foreign key') return foreignText(constraint)
  if (kind === 'column')
    return isDefault(key)
      ? 'its default uses it'
      : catalog.tables.get(leadingName(key))?.columns.find(({ name }) => name === partsOf(key).at(-1))?.generated
        ? 'is generated from it'
        : 'has it as its type'
  if (kind === 'view') return `reads ${nameOf(of)}`
  return kind === 'index' ? 'is built on it' : kind === 'trigger' ? 'fires on it' : 'names it'
}

const foreignText = ({ references, onDelete }: Extract<Constraint, { type: 'foreign key' }>): string =>
  `refers to ${display(references).replaceAll('"', '')}${onDelete === 'no action' || onDelete === 'restrict' ? '' : `, ON DELETE ${onDelete.toUpperCase()}`}`

/** Dependents, and what depends on the views among them. */
const referring = (catalog: Catalog, objects: readonly ObjectKey[]): readonly Dependent[] => {
  const found = new Map<ObjectKey, Dependent>()
  const todo = [...objects]
  for (const of of todo) {
    for (const key of directly(catalog, of)) {
      if (found.has(key) || objects.some((object) => object === key || isOwnPart(catalog, key, object))) continue
      found.set(key, { key, kind: kindOf(catalog, key), name: nameOf(key), why: whyOf(catalog, key, of), confidence: 'certain' })
      if (parseKey(key).kind === 'view') todo.push(key)
    }
  }
  return [...found.values()]
}

/** A table's own columns, keys, checks and indexes are no dependents of it; what refers to another table is told. */
const isOwnPart = (catalog: Catalog, key: ObjectKey, object: ObjectKey): boolean => {
  const { kind, name } = parseKey(key)
  if (kind === 'index') return keyOf('table', catalog.indexes.get(name as RelationName)?.relation ?? '') === object
  if (kind === 'constraint') return isPart(key, object) && constraintAt(catalog, key)?.type !== 'foreign key'
  return kind === 'column' && isPart(key, object)
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
const hasWord = (text: string, word: string): boolean => new RegExp(`(?<![\\w$])${escaped(word)}(?![\\w$])`, 'i').test(text)

/** Functions whose body is a text: PostgreSQL itself does not know what it names. */
const byText = (catalog: Catalog, object: ObjectKey): readonly Dependent[] => {
  const { kind } = parseKey(object)
  if (kind !== 'column' && kind !== 'table') return []
  const relation = relationIn(object)
  const [table, column] = [localName(relation), kind === 'column' ? (partsOf(object).at(-1) ?? '') : undefined]
  return [...catalog.routines].flatMap(([name, routine]): readonly Dependent[] => {
    const body = bodyOf(routine)
    const ofTriggers = catalog.tables.get(relation) && firedBy(catalog, relation, name)
    const names = column === undefined ? hasWord(body, table) : hasWord(body, column) && (ofTriggers || hasWord(body, table))
    if (!names) return []
    const key = keyOf('routine', name)
    return [
      {
        key,
        kind: routine.kind,
        name: nameOf(key),
        why: `its text names ${column ?? table}${ofTriggers ? ', and a trigger of the table runs it' : ''}`,
        confidence: 'possible',
      },
    ]
  })
}

/** Whether a trigger of the table runs the function. */
const firedBy = (catalog: Catalog, relation: RelationName, routine: string): boolean =>
  referencesAbout(catalog, keyOf('routine', routine)).some(
    ({ from, to }) => parseKey(from).kind === 'trigger' && leadingName(from) === relation && routine.startsWith(`${parseKey(to).name}(`),
  )

/** Triggers, policies and rules of a table are about all of its rows. */
const ofTable = (catalog: Catalog, object: ObjectKey): readonly Dependent[] => {
  const { kind, name } = parseKey(object)
  const table = kind === 'table' ? catalog.tables.get(name as RelationName) : undefined
  if (!table) return []
  const own = (kindOfPart: 'trigger' | 'policy' | 'rule', names: Iterable<string>, why: string): readonly Dependent[] =>
    [...names].map((part) => {
      const key = keyOf(kindOfPart, member(name as RelationName, part))
      return { key, kind: kindOfPart, name: nameOf(key), why, confidence: 'certain' }
    })
  return [
    ...own('trigger', table.triggers.keys(), 'fires when its rows are written'),
    ...own('policy', table.policies.keys(), 'decides which of its rows are seen and written'),
    ...own('rule', table.rules.keys(), 'rewrites statements about it'),
  ]
}

/** What depends on the objects, views of views included; each once. */
export const dependentsOf = (catalog: Catalog, objects: readonly ObjectKey[]): readonly Dependent[] => {
  const all = [...referring(catalog, objects), ...objects.flatMap((object) => [...ofTable(catalog, object), ...byText(catalog, object)])]
  return [...new Map(all.toReversed().map((dependent) => [dependent.key, dependent])).values()].toReversed()
}

/** Tables whose rows' deletion deletes rows of this one: foreign keys with ON DELETE CASCADE, at any distance. */
export const cascadingInto = (catalog: Catalog, relation: RelationName): ReadonlyMap<RelationName, string> => {
  const found = new Map<RelationName, string>()
  const todo = [relation]
  for (const on of todo) {
    for (const [name, constraint] of catalog.tables.get(on)?.constraints ?? []) {
      if (constraint.type !== 'foreign key' || constraint.onDelete !== 'cascade' || constraint.references === relation || found.has(constraint.references))
        continue
      found.set(constraint.references, `${name}, ON DELETE CASCADE`)
      todo.push(constraint.references)
    }
  }
  return found
}
