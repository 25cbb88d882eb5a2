/** A label of an enum with another name. PostgreSQL holds labels as OIDs, so it is renamed wherever a literal stands for it. */
import type { Attribute, Catalog, Constraint, Index, IndexElement, Table, Type } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { keyOf, type QualifiedName, type RelationName } from '../../model/name.ts'
import { child, list, text } from '../../sql/tree.ts'
import { changed, mapEntries, mapItems, mapValues, put } from '../edit.ts'
import { hasSubquery } from '../expressions.ts'
import { referencesOfTable } from '../references.ts'
import { userType } from '../type-names.ts'
import { type Columns, columnsHolding, type Held, type Holding, holdingOf, none, typingIn } from './holding.ts'
import { asHolding, inTree, type Rename } from './literals.ts'

/** Renames a label in trees of one catalog; `held` are its tables with columns that hold the enum. A tree without the label stays the same object. */
export const renamer = (type: QualifiedName, from: string, to: string, held: Held) => {
  const tree = <T extends Tree>(value: T, own: Columns = none): T => inTree(value, { type, from, to, typing: typingIn(value, held, own) })
  const value = (expression: Tree, holding: Holding | undefined, own: Columns): Tree => {
    const rename: Rename = { type, from, to, typing: typingIn(expression, held, own) }
    const inside = inTree(expression, rename)
    return holding ? (asHolding(inside, holding, rename) as Tree) : inside
  }
  return { tree, value }
}

type Renamer = ReturnType<typeof renamer>

const inElement = (item: IndexElement, { tree }: Renamer, own: Columns): IndexElement =>
  typeof item.on === 'string' ? item : changed(item, { on: tree(item.on, own) })

const inConstraint = (constraint: Constraint, by: Renamer, own: Columns): Constraint => {
  if (constraint.type === 'check') return changed(constraint, { expression: by.tree(constraint.expression, own) })
  if (constraint.type !== 'exclusion') return constraint
  return changed(constraint, {
    elements: mapItems(constraint.elements, (pair) => changed(pair, { element: inElement(pair.element, by, own) })),
    ...(constraint.where ? { where: by.tree(constraint.where, own) } : {}),
  })
}

const inColumn = (column: Attribute, by: Renamer, own: Columns): Attribute => {
  const { default: value, generated, name } = column
  return changed(column, {
    ...(value && typeof value.sequence !== 'string' ? { default: by.value(value as Tree, own.get(name), own) } : {}),
    ...(generated ? { generated: changed(generated, { expression: by.value(generated.expression, own.get(name), own) }) } : {}),
  })
}

/** Values of a partition's bound stand in the order of the parent's key. */
const inBound = (bound: Tree, parent: Table | undefined, by: Renamer, columns: Columns): Tree => {
  const key = list(parent?.partitionBy, 'partParams').map((item) => columns.get(text(child(item, 'PartitionElem'), 'name') ?? ''))
  const values = (name: string, holding: (at: number) => Holding | undefined): readonly Tree[] => {
    let at = 0
    return mapItems(list(bound, name), (item) => {
      const mapped = by.value(item, holding(at), none)
      at++
      return mapped
    })
  }
  const parts = {
    listdatums: values('listdatums', () => key[0]),
    lowerdatums: values('lowerdatums', (at) => key[at]),
    upperdatums: values('upperdatums', (at) => key[at]),
  }
  const changes = Object.entries(parts).filter(([name, items]) => Array.isArray(bound[name]) && items !== bound[name])
  return changes.length === 0 ? bound : { ...bound, ...Object.fromEntries(changes) }
}

const inTable = (catalog: Catalog, table: Table, by: Renamer, held: Held, own: Columns): Table =>
  changed(table, {
    columns: mapItems(table.columns, (column) => inColumn(column, by, own)),
    constraints: mapValues(table.constraints, (constraint) => inConstraint(constraint, by, own)),
    policies: mapValues(table.policies, (policy) =>
      changed(policy, { ...(policy.using ? { using: by.tree(policy.using, own) } : {}), ...(policy.check ? { check: by.tree(policy.check, own) } : {}) }),
    ),
    triggers: mapValues(table.triggers, (trigger) => changed(trigger, { definition: by.tree(trigger.definition, own) })),
    rules: mapValues(table.rules, (rule) => changed(rule, { definition: by.tree(rule.definition, own) })),
    ...(table.partitionBy ? { partitionBy: by.tree(table.partitionBy, own) } : {}),
    ...(table.partitionOf
      ? {
          partitionOf: changed(table.partitionOf, {
            bound: inBound(table.partitionOf.bound, catalog.tables.get(table.partitionOf.parent), by, held.get(table.partitionOf.parent) ?? none),
          }),
        }
      : {}),
  })

const inIndex = (index: Index, by: Renamer, own: Columns): Index =>
  changed(index, { elements: mapItems(index.elements, (item) => inElement(item, by, own)), ...(index.where ? { where: by.tree(index.where, own) } : {}) })

const inType = (catalog: Catalog, value: Type, by: Renamer, type: QualifiedName): Type => {
  if (value.kind !== 'domain') return value
  const holding = holdingOf(catalog, value.base, type)
  const own: Columns = holding ? new Map([['value', holding]]) : none
  return changed(value, {
    ...(value.default ? { default: by.value(value.default, holding, own) } : {}),
    constraints: mapValues(value.constraints, (constraint) => changed(constraint, { expression: by.tree(constraint.expression, own) })),
  })
}

/** True when a table may hold a label of the enum, in columns of its own, in casts, or through other tables. */
const refers = (name: RelationName, table: Table, held: Held, own: Columns, type: QualifiedName): boolean =>
  own.size > 0 ||
  held.has(table.partitionOf?.parent ?? ('' as RelationName)) ||
  table.rules.size > 0 ||
  [...table.policies.values()].some(({ using, check }) => hasSubquery(using) || hasSubquery(check)) ||
  referencesOfTable(name, table).some(({ to }) => to === keyOf('type', type))

/** Where a catalog holds expressions. */
export const kindsWithTrees = ['tables', 'indexes', 'views', 'types', 'routines', 'definitions'] as const

type Within = (kind: (typeof kindsWithTrees)[number], name: string) => boolean

/** The catalog in which a label has another name: in the enum, and in every expression that holds it as a literal; `within` leaves entries as they are. */
export const renameLabel = (catalog: Catalog, type: QualifiedName, from: string, to: string, within: Within = () => true): Catalog => {
  const labels = userType(catalog, type, 'enum').labels
  const held = new Map(
    [...catalog.tables].map(([name, table]) => [name, columnsHolding(catalog, table, type)] as const).filter(([, columns]) => columns.size > 0),
  )
  const by = renamer(type, from, to, held)
  let next = put(catalog, 'types', type, { kind: 'enum', labels: labels.map((label) => (label === from ? to : label)) })
  next = mapEntries(next, 'tables', (table, name) => {
    const own = held.get(name) ?? none
    return { key: name, value: within('tables', name) && refers(name, table, held, own, type) ? inTable(catalog, table, by, held, own) : table }
  })
  next = mapEntries(next, 'indexes', (index, name) => ({
    key: name,
    value:
      within('indexes', name) && (index.where || index.elements.some(({ on }) => typeof on !== 'string'))
        ? inIndex(index, by, held.get(index.relation) ?? none)
        : index,
  }))
  next = mapEntries(next, 'views', (view, name) => ({ key: name, value: within('views', name) ? changed(view, { query: by.tree(view.query) }) : view }))
  next = mapEntries(next, 'types', (value, name) => ({ key: name, value: within('types', name) ? inType(catalog, value, by, type) : value }))
  next = mapEntries(next, 'routines', (routine, name) => ({
    key: name,
    value: within('routines', name) ? changed(routine, { definition: by.tree(routine.definition) }) : routine,
  }))
  return mapEntries(next, 'definitions', (definition, key) => ({
    key,
    value: within('definitions', key) ? changed(definition, { create: by.tree(definition.create) }) : definition,
  }))
}
