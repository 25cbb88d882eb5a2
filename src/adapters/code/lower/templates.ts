/** Template literals, tagged or not. */
import type { TaggedTemplateExpression, TemplateLiteral } from 'oxc-parser'
import type { Expression } from '../tree.ts'
import type { Scope } from './scope.ts'
import { typeArgumentsOf } from './types.ts'

const partsOf = (node: TemplateLiteral, scope: Scope): { readonly q: readonly string[]; readonly e: readonly Expression[] } => ({
  q: node.quasis.map(({ value }) => value.cooked ?? value.raw),
  e: node.expressions.map((one) => scope.draft.knots.expression(one, scope)),
})

export const templateOf = (node: TemplateLiteral, scope: Scope): Expression => {
  const at = scope.draft.at(node)
  const { q, e } = partsOf(node, scope)
  return e.length ? { k: 'tpl', q, e, at } : { k: 'lit', v: q[0] ?? '', at }
}

export const taggedOf = (node: TaggedTemplateExpression, scope: Scope): Expression => ({
  k: 'tag',
  f: scope.draft.knots.expression(node.tag, scope),
  ...partsOf(node.quasi, scope),
  ...typeArgumentsOf(node.typeArguments, scope),
  at: scope.draft.at(node),
})
