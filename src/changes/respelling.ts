/**
 * What ALTER COLUMN TYPE does to the expressions over the column: PostgreSQL parses its own print of them again, in which every literal has the type that was chosen
 * when the expression was made (verified on 18.4). So before the change, literals beside the column get that type, and IN becomes = ANY (ARRAY[…]).
 */
import type { Attribute, Catalog, Constraint, Expression, Index, Policy, TypeReference } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Tree } from '../model/json.ts'
import { keyOf, member, type RelationName } from '../model/name.ts'
import { child, list, mapTree, stringValue, text } from '../sql/tree.ts'
import { mapItems, mapValues } from './edit.ts'
import { cast, columnsIn, literalText, referencedColumn, withoutTypmods } from './expressions.ts'
import { indexesOn } from './found-by.ts'
import { builtinType, typeNode } from './types.ts'

/** The type that an untyped literal gets beside a column in an operator: the column's; text for varchar, which has no operators of its own. */
const literalType = (type: TypeReference): TypeReference =>
  type.schema === 'pg_catalog' && type.name === 'varchar' && !type.array ? builtinType('text') : withoutTypmods(type)

const typed = (node: Tree | undefined, type: TypeReference): Tree | undefined =>
  node !== undefined && literalText(node) !== undefined ? cast(node, typeNode(type)) : node

const inList = (operation: Tree, items: readonly Tree[], type: TypeReference): Tree => {
  const not = stringValue(list(operation, 'name')[0]) === '<>'
  const elements = items.map((item) => typed(item, withoutTypmods(type)) ?? item)
  const array: Tree = { A_ArrayExpr: { elements } }
  const varchar = type.schema === 'pg_catalog' && type.name === 'varchar'
  return {
    A_Expr: {
      ...operation,
      kind: not ? 'AEXPR_OP_ALL' : 'AEXPR_OP_ANY',
      rexpr: varchar ? cast(array, typeNode(builtinType('text', true))) : array,
    },
  }
}

/** The expression as PostgreSQL would print it, as far as literals beside the column go. */
export const respellExpression = (expression: Expression, column: string, type: TypeReference): Expression =>
  mapTree(expression, (node) => {
    const operation = child(node, 'A_Expr')
    if (!operation) return node
    const left = child(operation, 'lexpr')
    const right = operation.rexpr
    const kind = text(operation, 'kind')
    if (kind === 'AEXPR_IN' && referencedColumn(left) === column) {
      const items = Array.isArray(right) ? (right as readonly Tree[]) : list(child(right as Tree, 'List'), 'items')
      return items.length > 0 ? inList(operation, items, type) : node
    }
    if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_NOT_BETWEEN') {
      const bounds = list(child(right as Tree, 'List'), 'items')
      if (referencedColumn(left) !== column || bounds.length === 0) return node
      return { A_Expr: { ...operation, rexpr: { List: { items: bounds.map((bound) => typed(bound, literalType(type)) ?? bound) } } } }
    }
    if (kind !== 'AEXPR_OP' && kind !== 'AEXPR_LIKE' && kind !== 'AEXPR_ILIKE') return node
    const only = right as Tree | undefined
    if (referencedColumn(left) === column && literalText(only) !== undefined) return { A_Expr: { ...operation, rexpr: typed(only, literalType(type)) ?? {} } }
    if (referencedColumn(only) === column && literalText(left) !== undefined) return { A_Expr: { ...operation, lexpr: typed(left, literalType(type)) ?? {} } }
    return node
  })

const respellConstraint = (constraint: Constraint, column: string, type: TypeReference): Constraint =>
  constraint.type === 'check' && columnsIn(constraint.expression).has(column)
    ? sameOr(constraint, 'expression', respellExpression(constraint.expression, column, type))
    : constraint

const sameOr = <T extends object, K extends keyof T>(value: T, key: K, next: T[K]): T => (value[key] === next ? value : { ...value, [key]: next })

const respellIndex = (index: Index, column: string, type: TypeReference): Index => {
  const elements = mapItems(index.elements, (element) =>
    typeof element.on === 'string' ? element : sameOr(element, 'on', respellExpression(element.on, column, type)),
  )
  const kept = sameOr(index, 'elements', elements)
  return kept.where ? sameOr(kept, 'where', respellExpression(kept.where, column, type)) : kept
}

/** `'x'` as a default keeps the column's old type, without modifiers. */
const respellDefault = (attribute: Attribute): Attribute => {
  const value = attribute.default
  if (value === undefined || 'sequence' in value || literalText(value as Expression) === undefined) return attribute
  return { ...attribute, default: cast(value as Expression, typeNode(withoutTypmods(attribute.type))) }
}

/** The changes that PostgreSQL makes by itself before a column's type changes. */
export const respellings = (catalog: Catalog, on: RelationName, column: string): readonly Change[] => {
  const table = catalog.tables.get(on)
  const attribute = table?.columns.find(({ name }) => name === column)
  if (!table || !attribute) return []
  const changes: Change[] = []
  const note = <T extends Attribute | Constraint | Index | Policy>(object: Change<'respell'>['object'], from: T, to: T): void => {
    if (from !== to) changes.push({ kind: 'respell', object, from, to, implied: true })
  }
  note(keyOf('column', member(on, column)), attribute, respellDefault(attribute))
  mapValues(table.constraints, (constraint, name) => {
    note(keyOf('constraint', member(on, name)), constraint, respellConstraint(constraint, column, attribute.type))
    return constraint
  })
  for (const [name, index] of indexesOn(catalog, on)) note(keyOf('index', name), index, respellIndex(index, column, attribute.type))
  return changes
}
