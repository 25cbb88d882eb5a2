/** What a change of a partitioned table, or of one that others inherit from, does to its children: PostgreSQL does it by itself (verified on 18.4). */
import type { Attribute, Catalog, Constraint, Index, Table } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { keyOf, localName, member, type RelationName, schemaOf } from '../model/name.ts'
import { chooseKeyName, joinedElementNames } from './constraints.ts'
import { dropOrder } from './dependents.ts'
import { dropChange } from './drop-change.ts'
import { mapItems, mapValues } from './edit.ts'
import { equal } from './equal.ts'
import { childrenOf, columnOn, constraintsOn, indexesOn } from './found-by.ts'
import { chooseRelationName, ownsIndex } from './names.ts'

/** A column as a child has it. */
export const inheritedColumn = (attribute: Attribute): Attribute => ({ ...attribute, inherited: true })

/** The name that a child's copy of a constraint gets: keys are named for the child, others keep the parent's name. */
const copyName = (catalog: Catalog, child: RelationName, name: string, constraint: Constraint): string =>
  ownsIndex(constraint) ? chooseKeyName(catalog, child, constraint) : name

const sameKey = (a: Constraint, b: Constraint): boolean => a.type === b.type && equal({ ...a, inherited: undefined }, { ...b, inherited: undefined })

/** The child's own constraint that stands for the parent's. */
const counterpart = (child: Table, name: string, constraint: Constraint): string | undefined => {
  if (constraint.type === 'check') return child.constraints.get(name)?.type === 'check' ? name : undefined
  return [...child.constraints].find(([, own]) => sameKey(own, constraint))?.[0]
}

/** The constraint that a child lacks, as the change that adds it; undefined when it has one or needs none. */
export const copyConstraint = (
  catalog: Catalog,
  on: RelationName,
  name: string,
  constraint: Constraint,
  inherited: boolean,
): Change<'add-constraint'> | undefined => {
  const child = catalog.tables.get(on)
  if (
    !child ||
    (child.foreign && constraint.type !== 'check') ||
    (constraint.type === 'check' && constraint.noInherit) ||
    counterpart(child, name, constraint) !== undefined
  )
    return undefined
  if (constraint.type !== 'check' && child.partitionOf === undefined && inherited) return undefined
  const copy: Constraint = constraint.type === 'check' && inherited ? { ...constraint, inherited: true } : constraint
  return { kind: 'add-constraint', on, name: copyName(catalog, on, name, constraint), constraint: copy }
}

/** What makes two indexes the same but for their table and name. */
const shape = ({ elements, include, where, unique, method, nullsNotDistinct }: Index): unknown => ({
  elements,
  include,
  where,
  unique,
  method,
  nullsNotDistinct,
})

/** The index that a partition lacks; undefined when it has one that fits, or is foreign. */
export const copyIndex = (catalog: Catalog, on: RelationName, parent: RelationName, index: Index, attached: boolean): Change<'create-index'> | undefined => {
  if (catalog.tables.get(on)?.foreign) return undefined
  if (indexesOn(catalog, on).some(([, own]) => own.attachedTo === parent || (own.attachedTo === undefined && equal(shape(own), shape(index))))) return undefined
  const columns = joinedElementNames(index.elements, index.include)
  const name = chooseRelationName(catalog, schemaOf(on), localName(on), columns, 'idx')
  const { only: _only, attachedTo: _parent, statistics: _statistics, ...copy } = index
  return { kind: 'create-index', name, concurrently: false, index: { ...copy, relation: on, ...(attached ? { attachedTo: parent } : {}) } }
}

const ofChild = (catalog: Catalog, child: RelationName, change: Change): readonly Change[] => {
  const table = catalog.tables.get(child)
  if (!table) return []
  const column = (name: string): Attribute | undefined => table.columns.find((attribute) => attribute.name === name)
  switch (change.kind) {
    case 'add-column':
      return column(change.attribute.name) ? [] : [{ kind: 'add-column', on: child, attribute: inheritedColumn(change.attribute) }]
    case 'drop-column':
      return column(change.column)?.inherited
        ? dropOrder(catalog, [keyOf('column', member(child, change.column))], true).map(({ object }) => dropChange(catalog, object))
        : []
    case 'add-constraint': {
      const copy = copyConstraint(catalog, child, change.name, change.constraint, true)
      return copy ? [copy] : []
    }
    case 'drop-constraint': {
      const own = table.constraints.get(change.name)
      return own?.type === 'check' && own.inherited ? [{ kind: 'drop-constraint', on: child, name: change.name }] : []
    }
    case 'set-not-null':
      return column(change.column)?.notNull || change.to.noInherit ? [] : [{ kind: 'set-not-null', on: child, column: change.column, to: change.to }]
    case 'drop-not-null':
      return column(change.column)?.notNull ? [{ kind: 'drop-not-null', on: child, column: change.column }] : []
    case 'set-default':
      return column(change.column) && !equal(column(change.column)?.default, change.to)
        ? [{ kind: 'set-default', on: child, column: change.column, to: change.to }]
        : []
    case 'set-column-type':
      return column(change.column)?.inherited ? [{ ...change, on: child }] : []
    default:
      return []
  }
}

/** A key or foreign key of a partitioned table takes its copies along when it goes. */
const droppedCopies = (before: Catalog, change: Change<'drop-constraint'>): readonly Change[] => {
  const constraint = before.tables.get(change.on)?.constraints.get(change.name)
  if (!constraint || constraint.type === 'check') return []
  return childrenOf(before, change.on).flatMap((child): readonly Change[] => {
    const table = before.tables.get(child)
    const copy = table?.partitionOf ? counterpart(table, change.name, constraint) : undefined
    return copy === undefined ? [] : [{ kind: 'drop-constraint', on: child, name: copy }]
  })
}

/** The changes of children that follow from a change of their parent. `before` and `after` are the catalogs around it. */
export const impliedForChildren = (before: Catalog, after: Catalog, change: Change): readonly Change[] => {
  if (change.kind === 'create-index') {
    const { index, name } = change
    if (index.only || !after.tables.has(index.relation)) return []
    return childrenOf(after, index.relation).flatMap((child) => {
      const copy = after.tables.get(child)?.partitionOf ? copyIndex(after, child, name, index, true) : undefined
      return copy ? [copy] : []
    })
  }
  if (!('on' in change) || typeof change.on !== 'string' || !after.tables.has(change.on as RelationName)) return []
  const children = childrenOf(after, change.on as RelationName)
  if (children.length === 0) return []
  return [...(change.kind === 'drop-constraint' ? droppedCopies(before, change) : []), ...children.flatMap((child) => ofChild(after, child, change))]
}

const hasParent = (table: Table | undefined): boolean => table !== undefined && (table.partitionOf !== undefined || table.inherits.length > 0)

/** True for a change of a child that PostgreSQL makes with its parent's: it has no statement of its own. */
export const comesWithParent = (change: Change, before: Catalog): boolean => {
  switch (change.kind) {
    case 'add-column':
      return change.attribute.inherited === true && hasParent(before.tables.get(change.on))
    case 'drop-column':
    case 'set-column-type':
      return hasParent(before.tables.get(change.on)) && columnOn(before, change.on, change.column)?.inherited === true
    case 'set-not-null':
    case 'drop-not-null':
    case 'set-default':
      return change.implied === true && hasParent(before.tables.get(change.on))
    case 'create-index':
      return (
        change.index.attachedTo !== undefined &&
        before.tables.get(change.index.relation)?.partitionOf !== undefined &&
        before.indexes.get(change.index.attachedTo)?.only !== true
      )
    case 'drop-index':
      return before.indexes.get(change.name)?.attachedTo !== undefined
    case 'drop-constraint': {
      const constraint = before.tables.get(change.on)?.constraints.get(change.name)
      return (change.implied === true || (constraint?.type === 'check' && constraint.inherited === true)) && hasParent(before.tables.get(change.on))
    }
    case 'add-constraint': {
      const table = before.tables.get(change.on)
      const parents = table ? [...(table.partitionOf ? [table.partitionOf.parent] : []), ...table.inherits] : []
      if (change.constraint.type === 'check' && change.constraint.inherited && parents.length > 0) return true
      return table?.partitionOf !== undefined && constraintsOn(before, table.partitionOf.parent).some((constraint) => sameKey(constraint, change.constraint))
    }
    default:
      return false
  }
}

/** Marks what a partition shares with its parent as inherited; INHERIT does no such thing. */
export const joined = (catalog: Catalog, child: RelationName, parent: RelationName): Table | undefined => {
  const [table, above] = [catalog.tables.get(child), catalog.tables.get(parent)]
  if (!table || !above) return table
  const shared = new Set(above.columns.map(({ name }) => name))
  return {
    ...table,
    columns: table.columns.map((attribute) => (shared.has(attribute.name) ? inheritedColumn(attribute) : attribute)),
    constraints: mapValues(
      table.constraints,
      (constraint, name): Constraint =>
        constraint.type === 'check' && !constraint.inherited && above.constraints.get(name)?.type === 'check' ? { ...constraint, inherited: true } : constraint,
    ),
  }
}

/** The opposite: what no remaining parent has is the child's own again. */
export const parted = (table: Table, remaining: readonly Table[] = []): Table => ({
  ...table,
  columns: mapItems(table.columns, (column) => {
    if (!column.inherited || remaining.some(({ columns }) => columns.some(({ name }) => name === column.name))) return column
    const { inherited: _inherited, ...own } = column
    return own
  }),
  constraints: mapValues(table.constraints, (constraint, name): Constraint => {
    if (constraint.type !== 'check' || !constraint.inherited || remaining.some(({ constraints }) => constraints.has(name))) return constraint
    const { inherited: _inherited, ...own } = constraint
    return own
  }),
})

/** The indexes of a child with their parents': each parent index takes the first that fits. */
export const attachments = (catalog: Catalog, child: RelationName, parent: RelationName): ReadonlyMap<RelationName, RelationName> => {
  const taken = new Map<RelationName, RelationName>()
  for (const [above, index] of catalog.indexes) {
    if (index.relation !== parent || [...catalog.indexes.values()].some((own) => own.relation === child && own.attachedTo === above)) continue
    const own = [...catalog.indexes].find(
      ([name, candidate]) => candidate.relation === child && candidate.attachedTo === undefined && !taken.has(name) && equal(shape(candidate), shape(index)),
    )
    if (own) taken.set(own[0], above)
  }
  return taken
}
