/** Renames of columns: everything in a catalog that names them follows. */
import type { Attribute, Catalog, Constraint, Definition, Index, IndexElement, Policy, Table, View } from '../../model/catalog.ts'
import type { Json, Tree } from '../../model/json.ts'
import { qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { child, isTree, list, mapTree, stringNode, stringValue, text } from '../../sql/tree.ts'
import { memberKey } from '../create.ts'
import { changed, mapEntries, mapItems, mapValues, moveFacts, tableOf } from '../edit.ts'
import { hasSubquery, renameColumnIn } from '../expressions.ts'
import { childrenOf } from '../found-by.ts'
import { renameColumnInTree } from '../scopes.ts'

/** One column's rename: `columns` are its relation's columns before it. */
type ColumnRename = { readonly on: RelationName; readonly from: string; readonly to: string; readonly columns: readonly string[] }

const inNames = (names: readonly string[], { from, to }: ColumnRename): readonly string[] => mapItems(names, (name) => (name === from ? to : name))

/** An expression over the table's own columns. */
const inOwn = (expression: Tree, rename: ColumnRename): Tree =>
  hasSubquery(expression)
    ? renameColumnInTree(expression, rename.on, rename.from, rename.to, true, rename.columns)
    : renameColumnIn(expression, rename.from, rename.to)

/** A tree that may name the column only through a range. */
const inOther = <T extends Tree>(tree: T, { on, from, to, columns }: ColumnRename): T => renameColumnInTree(tree, on, from, to, false, columns) as T

/** CREATE TRIGGER's and CREATE RULE's trees say themselves which relation they stand on; some are held without their node's name. */
const inStatement = (definition: Tree, node: 'CreateTrigStmt' | 'RuleStmt', rename: ColumnRename): Tree =>
  node in definition ? inOther(definition, rename) : (child(inOther({ [node]: definition }, rename), node) ?? definition)

const inElement = (element: IndexElement, rename: ColumnRename): IndexElement =>
  changed(element, { on: typeof element.on === 'string' ? (element.on === rename.from ? rename.to : element.on) : inOwn(element.on, rename) })

const inOwnConstraint = (constraint: Constraint, rename: ColumnRename): Constraint => {
  switch (constraint.type) {
    case 'primary key':
    case 'unique':
      return changed(constraint, { columns: inNames(constraint.columns, rename), include: inNames(constraint.include, rename) })
    case 'check':
      return changed(constraint, { expression: inOwn(constraint.expression, rename) })
    case 'foreign key':
      return changed(constraint, { columns: inNames(constraint.columns, rename), setColumns: inNames(constraint.setColumns, rename) })
    case 'exclusion':
      return changed(constraint, {
        elements: mapItems(constraint.elements, (pair) => changed(pair, { element: inElement(pair.element, rename) })),
        include: inNames(constraint.include, rename),
        ...(constraint.where ? { where: inOwn(constraint.where, rename) } : {}),
      })
  }
}

const inReferences = (constraint: Constraint, rename: ColumnRename): Constraint =>
  constraint.type === 'foreign key' && constraint.references === rename.on
    ? changed(constraint, { referenced: inNames(constraint.referenced, rename) })
    : constraint

const inPolicy = (policy: Policy, rename: ColumnRename, change: (tree: Tree, rename: ColumnRename) => Tree): Policy =>
  changed(policy, { ...(policy.using ? { using: change(policy.using, rename) } : {}), ...(policy.check ? { check: change(policy.check, rename) } : {}) })

const inOwnColumn = (attribute: Attribute, rename: ColumnRename): Attribute => {
  const { name, generated } = attribute
  return changed(attribute, {
    name: name === rename.from ? rename.to : name,
    ...(generated ? { generated: changed(generated, { expression: inOwn(generated.expression, rename) }) } : {}),
  })
}

/** Columns of a partition key are plain names. */
const inPartitionKey = (spec: Tree, rename: ColumnRename): Tree =>
  mapTree(inOwn(spec, rename), (node) => {
    const element = child(node, 'PartitionElem')
    return element && text(element, 'name') === rename.from ? { PartitionElem: { ...element, name: rename.to } } : node
  })

const inOwnTable = (table: Table, rename: ColumnRename): Table =>
  changed(table, {
    columns: mapItems(table.columns, (attribute) => inOwnColumn(attribute, rename)),
    constraints: mapValues(table.constraints, (constraint) => inReferences(inOwnConstraint(constraint, rename), rename)),
    policies: mapValues(table.policies, (policy) => inPolicy(policy, rename, inOwn)),
    triggers: mapValues(table.triggers, (trigger) => changed(trigger, { definition: inStatement(trigger.definition, 'CreateTrigStmt', rename) })),
    rules: mapValues(table.rules, (rule) => changed(rule, { definition: inStatement(rule.definition, 'RuleStmt', rename) })),
    ...(table.partitionBy ? { partitionBy: inPartitionKey(table.partitionBy, rename) } : {}),
  })

const inOtherTable = (table: Table, rename: ColumnRename): Table =>
  changed(table, {
    constraints: mapValues(table.constraints, (constraint) => inReferences(constraint, rename)),
    policies: mapValues(table.policies, (policy) => inPolicy(policy, rename, (tree) => (hasSubquery(tree) ? inOther(tree, rename) : tree))),
    rules: mapValues(table.rules, (rule) => changed(rule, { definition: inStatement(rule.definition, 'RuleStmt', rename) })),
  })

const inIndex = (index: Index, rename: ColumnRename): Index =>
  index.relation !== rename.on
    ? index
    : changed(index, {
        elements: mapItems(index.elements, (element) => inElement(element, rename)),
        include: inNames(index.include, rename),
        ...(index.where ? { where: inOwn(index.where, rename) } : {}),
      })

const inView = (view: View, rename: ColumnRename): View => {
  if (!view.reads.some((key) => key.includes(rename.on))) return view
  const [from, to] = [memberKey('column', rename.on, rename.from), memberKey('column', rename.on, rename.to)]
  return changed(view, {
    query: inOther(view.query, rename),
    reads: mapItems(view.reads, (key) => (key === from ? to : key)),
    rules: mapValues(view.rules, (rule) => changed(rule, { definition: inStatement(rule.definition, 'RuleStmt', rename) })),
  })
}

const isRange = (node: Json | undefined, on: RelationName): boolean =>
  isTree(node) && qualified(text(node, 'schemaname') ?? '', text(node, 'relname') ?? '') === on

/** Statistics and publications name columns in lists of their own. */
const inDefinitionTree = (tree: Tree, rename: ColumnRename): Tree =>
  mapTree(tree, (node) => {
    if (isRange(node.relation, rename.on) && Array.isArray(node.columns)) {
      const where = child(node, 'whereClause')
      return {
        ...node,
        columns: list(node, 'columns').map((item) => (stringValue(item) === rename.from ? stringNode(rename.to) : item)),
        ...(where ? { whereClause: inOwn(where, rename) } : {}),
      }
    }
    if (isRange(node.relation, rename.on) && child(node, 'whereClause')) return { ...node, whereClause: inOwn(child(node, 'whereClause') ?? {}, rename) }
    const relations = list(node, 'relations').map((range) => child(range, 'RangeVar'))
    if (!Array.isArray(node.exprs) || !relations.some((range) => isRange(range, rename.on))) return node
    return {
      ...node,
      exprs: list(node, 'exprs').map((item) => {
        const element = child(item, 'StatsElem')
        if (!element) return item
        const expression = child(element, 'expr')
        return {
          StatsElem: {
            ...element,
            ...(text(element, 'name') === rename.from ? { name: rename.to } : {}),
            ...(expression ? { expr: inOwn(expression, rename) } : {}),
          },
        }
      }),
    }
  })

const mentionsRelation = (tree: Json, on: RelationName): boolean => JSON.stringify(tree).includes(JSON.stringify(schemaOf(on)))

const inDefinition = (definition: Definition, rename: ColumnRename): Definition =>
  mentionsRelation(definition.create, rename.on) || definition.alters.some((alter) => mentionsRelation(alter, rename.on))
    ? changed(definition, {
        create: same(definition.create, inDefinitionTree(definition.create, rename)),
        alters: mapItems(definition.alters, (alter) => same(alter, inDefinitionTree(alter, rename))),
      })
    : definition

/** The old tree when the new one says the same, so that nothing looks changed. */
const same = (before: Tree, after: Tree): Tree => (JSON.stringify(before) === JSON.stringify(after) ? before : after)

const referring = (table: Table, on: RelationName): boolean => {
  for (const constraint of table.constraints.values()) if (constraint.type === 'foreign key' && constraint.references === on) return true
  return table.rules.size > 0 || [...table.policies.values()].some(({ using, check }) => hasSubquery(using) || hasSubquery(check))
}

/** The catalog in which everything outside of a relation that names its column has the new name, and the relation itself if it is a table. */
export const renameInOne = (catalog: Catalog, rename: ColumnRename): Catalog => {
  const { on, from, to } = rename
  let next = mapEntries(catalog, 'tables', (table, name) => ({
    key: name,
    value: name === on ? inOwnTable(table, rename) : referring(table, on) ? inOtherTable(table, rename) : table,
  }))
  next = mapEntries(next, 'indexes', (index, name) => ({ key: name, value: inIndex(index, rename) }))
  next = mapEntries(next, 'sequences', (sequence, name) => ({
    key: name,
    value: sequence.ownedBy?.table === on && sequence.ownedBy.column === from ? { ...sequence, ownedBy: { ...sequence.ownedBy, column: to } } : sequence,
  }))
  next = mapEntries(next, 'views', (view, name) => ({ key: name, value: inView(view, rename) }))
  next = mapEntries(next, 'routines', (routine, key) => ({
    key,
    value: mentionsRelation(routine.definition, on) ? changed(routine, { definition: inOther(routine.definition, rename) }) : routine,
  }))
  next = mapEntries(next, 'definitions', (definition, key) => ({ key, value: inDefinition(definition, rename) }))
  return moveFacts(next, memberKey('column', on, from), memberKey('column', on, to))
}

/** The catalog in which a column, and with it what its children inherit, has another name. */
export const renameColumn = (catalog: Catalog, on: RelationName, from: string, to: string): Catalog => {
  const columns = tableOf(catalog, on).columns.map(({ name }) => name)
  let next = renameInOne(catalog, { on, from, to, columns })
  for (const name of childrenOf(catalog, on)) next = renameColumn(next, name, from, to)
  return next
}
