/** Object literals. */
import type { Node, ObjectExpression } from 'oxc-parser'
import type { Expression, Property } from '../tree.ts'
import { keyOf } from './keys.ts'
import type { Scope } from './scope.ts'

const propertyOf = (node: Node, scope: Scope): readonly Property[] => {
  const at = scope.draft.at(node)
  const { expression } = scope.draft.knots
  if (node.type === 'SpreadElement') return [{ k: 'spread', e: expression(node.argument, scope), at }]
  // A setter is no value of the property; what it is given shows where it is assigned.
  if (node.type !== 'Property' || node.kind === 'set') return []
  const n = keyOf(node)
  if (n === undefined) return [{ k: 'computed', i: expression(node.key, scope), e: expression(node.value, scope), at }]
  return [{ k: 'key', n, e: expression(node.value, scope, n), ...(node.kind === 'get' && { get: true as const }), at }]
}

export const objectOf = (node: ObjectExpression, scope: Scope): Expression => ({
  k: 'obj',
  p: node.properties.flatMap((one) => propertyOf(one, scope)),
  at: scope.draft.at(node),
})
