/** Names of properties and members. */
import type { Node } from 'oxc-parser'

/** The name that a literal, or an identifier that is not computed, gives. */
export const keyOf = ({ key, computed }: { readonly key: Node; readonly computed: boolean }): string | undefined => {
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  if (key.type === 'Identifier' && !computed) return key.name
  if (key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number')) return String(key.value)
  if (key.type === 'TemplateLiteral' && key.expressions.length === 0) return key.quasis[0]?.value.cooked ?? undefined
  return undefined
}

/** What an import, an export or an enum's member is called: an identifier or a string. */
export const wordOf = (node: Node): string => {
  if (node.type === 'Identifier') return node.name
  return node.type === 'Literal' ? String(node.value) : ''
}
