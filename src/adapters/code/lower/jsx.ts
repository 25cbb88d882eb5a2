/** Elements of JSX: attributes are properties, children that are text say nothing. */
import type { JSXElement, JSXFragment, Node } from 'oxc-parser'
import type { Expression, Property } from '../tree.ts'
import type { Scope } from './scope.ts'

const attributeName = (node: Node): string => {
  if (node.type === 'JSXIdentifier') return node.name
  return node.type === 'JSXNamespacedName' ? `${node.namespace.name}:${node.name.name}` : ''
}

const reference = (name: string, at: number, scope: Scope): Expression => {
  const b = scope.value(name)
  return b === undefined ? { k: 'global', n: name, at } : { k: 'ref', b, at }
}

/** A name that begins with a small letter is the host's own. */
const isHost = (name: string): boolean => /^[a-z]/.test(name) || name.includes(':')

const tagOf = (node: Node, scope: Scope): Expression | string => {
  const at = scope.draft.at(node)
  if (node.type === 'JSXMemberExpression') {
    const o = node.object.type === 'JSXMemberExpression' ? tagOf(node.object, scope) : reference(attributeName(node.object), at, scope)
    return typeof o === 'string' ? o : { k: 'get', o, p: node.property.name, at }
  }
  if (node.type === 'Identifier') return reference(node.name, at, scope)
  const name = attributeName(node)
  return isHost(name) ? name : reference(name, at, scope)
}

const attributeOf = (node: Node, scope: Scope): readonly Property[] => {
  const at = scope.draft.at(node)
  const { expression } = scope.draft.knots
  if (node.type === 'JSXSpreadAttribute') return [{ k: 'spread', e: expression(node.argument, scope), at }]
  if (node.type !== 'JSXAttribute') return []
  const n = attributeName(node.name)
  return [{ k: 'key', n, e: node.value ? expression(node.value, scope, n) : { k: 'lit', v: true, at }, at }]
}

const isSaid = (node: Node): boolean => node.type !== 'JSXText' && !(node.type === 'JSXExpressionContainer' && node.expression.type === 'JSXEmptyExpression')

export const elementOf = (node: JSXElement | JSXFragment, scope: Scope): Expression => {
  const opening = node.type === 'JSXElement' ? node.openingElement : undefined
  return {
    k: 'jsx',
    tag: opening ? tagOf(opening.name, scope) : '',
    p: (opening?.attributes ?? []).flatMap((one) => attributeOf(one, scope)),
    c: node.children.filter(isSaid).map((one) => scope.draft.knots.expression(one, scope)),
    at: scope.draft.at(node),
  }
}
