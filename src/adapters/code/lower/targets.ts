/** What is assigned to or bound: names, patterns, properties. */
import type { Node } from 'oxc-parser'
import type { Expression, Target } from '../tree.ts'
import { keyOf } from './keys.ts'
import type { Scope } from './scope.ts'
import { annotationOf } from './types.ts'

type WithDefault = { readonly to: Target; readonly e?: Expression }
type Field = Extract<Target, { k: 'objectOf' }>['p'][number]

const nameTarget = (node: Extract<Node, { type: 'Identifier' }>, scope: Scope): Target => {
  const b = scope.value(node.name)
  const at = scope.draft.at(node)
  if (b === undefined) return { k: 'nowhere', at }
  return node.typeAnnotation ? { k: 'name', b, ...annotationOf(node, scope), at } : { k: 'name', b, at }
}

export const targetWithDefault = (node: Node, scope: Scope): WithDefault =>
  node.type === 'AssignmentPattern'
    ? { to: targetOf(node.left, scope), e: scope.draft.knots.expression(node.right, scope, node.left.type === 'Identifier' ? node.left.name : '') }
    : { to: targetOf(node, scope) }

const restOf = (nodes: readonly (Node | null)[], scope: Scope): { readonly rest?: Target } => {
  const last = nodes.at(-1)
  return last?.type === 'RestElement' ? { rest: targetOf(last.argument, scope) } : {}
}

const fieldOf = (node: Node, scope: Scope): readonly Field[] => {
  if (node.type !== 'Property') return []
  const n = keyOf(node) ?? scope.draft.knots.expression(node.key, scope)
  return [{ n, ...targetWithDefault(node.value, scope), at: scope.draft.at(node) }]
}

const elementOf = (node: Node | null, scope: Scope): WithDefault | null => (node ? targetWithDefault(node, scope) : null)

const placeOf = (node: Extract<Node, { type: 'MemberExpression' }>, scope: Scope): Target => {
  const { expression } = scope.draft.knots
  const p = keyOf({ key: node.property, computed: node.computed }) ?? expression(node.property, scope)
  return { k: 'place', o: expression(node.object, scope), p, at: scope.draft.at(node) }
}

/** Names must be declared before: a declaration's by hoisting, a parameter's by its function. */
export const targetOf = (node: Node, scope: Scope): Target => {
  const at = scope.draft.at(node)
  switch (node.type) {
    case 'Identifier':
      return nameTarget(node, scope)
    case 'ObjectPattern': {
      const p = node.properties.flatMap((one) => fieldOf(one, scope))
      return { k: 'objectOf', p, ...restOf(node.properties, scope), ...annotationOf(node, scope), at }
    }
    case 'ArrayPattern': {
      const e = node.elements.filter((one) => one?.type !== 'RestElement').map((one) => elementOf(one, scope))
      return { k: 'arrayOf', e, ...restOf(node.elements, scope), ...annotationOf(node, scope), at }
    }
    case 'AssignmentPattern':
      return targetOf(node.left, scope)
    case 'MemberExpression':
      return placeOf(node, scope)
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
    case 'TSTypeAssertion':
    case 'ParenthesizedExpression':
      return targetOf(node.expression, scope)
    default:
      return { k: 'nowhere', at }
  }
}

/** The names that a pattern binds. */
export const namesIn = (node: Node): readonly string[] => {
  switch (node.type) {
    case 'Identifier':
      return [node.name]
    case 'ObjectPattern':
      return node.properties.flatMap((one) => namesIn(one.type === 'Property' ? one.value : one))
    case 'ArrayPattern':
      return node.elements.flatMap((one) => (one ? namesIn(one) : []))
    case 'AssignmentPattern':
      return namesIn(node.left)
    case 'RestElement':
      return namesIn(node.argument)
    case 'TSParameterProperty':
      return namesIn(node.parameter)
    default:
      return []
  }
}
