/** Object literals. */
import type { Node, ObjectExpression } from 'oxc-parser'
import type { Expression, Property } from '../tree.ts'
import { keyOf } from './keys.ts'
import type { Scope } from './scope.ts'

const propertyOf = (node: Node, scope: Scope): Property | undefined => {
  const at = scope.draft.at(node)
  const { expression } = scope.draft.knots
  if (node.type === 'SpreadElement') return { k: 'spread', e: expression(node.argument, scope), at }
  // A setter is no value of the property; what it is given shows where it is assigned.
  if (node.type !== 'Property' || node.kind === 'set') return undefined
  const n = keyOf(node)
  if (n === undefined) return { k: 'computed', i: expression(node.key, scope), e: expression(node.value, scope), at }
  const e = expression(node.value, scope, n)
  return node.kind === 'get' ? { k: 'key', n, e, get: true, at } : { k: 'key', n, e, at }
}

export const objectOf = (node: ObjectExpression, scope: Scope): Expression => {
  const p: Property[] = []
  for (const one of node.properties) {
    const property = propertyOf(one, scope)
    if (property) p.push(property)
  }
  return { k: 'obj', p, at: scope.draft.at(node) }
}
