/** Exports of CommonJS, where a file assigns them at its top: `module.exports = …`, `exports.x = …`. */
import type { Node } from 'oxc-parser'
import type { BindingId, Expression, Property, Statement } from '../tree.ts'
import { expressionOf } from './expressions.ts'
import { keyOf } from './keys.ts'
import type { Scope } from './scope.ts'

type Given = { readonly statements: readonly Statement[]; readonly value: Expression }

const isGlobal = (node: Node, name: string, scope: Scope): boolean => node.type === 'Identifier' && node.name === name && scope.value(name) === undefined

const isExports = (node: Node, scope: Scope): boolean => {
  if (isGlobal(node, 'exports', scope)) return true
  return node.type === 'MemberExpression' && keyOf({ key: node.property, computed: node.computed }) === 'exports' && isGlobal(node.object, 'module', scope)
}

/** The export's name that an assignment to this gives. */
const exportedBy = (node: Node, scope: Scope): string | undefined => {
  if (isExports(node, scope)) return 'default'
  if (node.type !== 'MemberExpression' || !isExports(node.object, scope)) return undefined
  return keyOf({ key: node.property, computed: node.computed })
}

const kept = (name: string, e: Expression, scope: Scope): { readonly b: BindingId; readonly statements: readonly Statement[] } => {
  if (e.k === 'ref') return { b: e.b, statements: [] }
  const b = scope.draft.bind(name, scope.fn)
  return { b, statements: [{ k: 'let', to: { k: 'name', b, at: e.at }, e, at: e.at }] }
}

/** Compilers write `exports.x = void 0` before all else. */
const isNothing = (e: Expression): boolean => e.k === 'other' && e.e.every(({ k }) => k === 'lit')

const publish = (name: string, e: Expression, scope: Scope): Given => {
  if (isNothing(e)) return { statements: [], value: e }
  const { b, statements } = kept(name, e, scope)
  scope.draft.exports.push({ name, b, at: e.at })
  return { statements, value: { k: 'ref', b, at: e.at } }
}

/** What an object has can be imported by name. */
const publishProperty = (property: Property, scope: Scope): { readonly statements: readonly Statement[]; readonly property: Property } => {
  if (property.k === 'spread' && property.e.k === 'import') scope.draft.exports.push({ name: '*', from: property.e.from, at: property.at })
  if (property.k !== 'key' || property.get) return { statements: [], property }
  const { statements, value } = publish(property.n, property.e, scope)
  return { statements, property: { ...property, e: value } }
}

const publishWhole = (e: Expression, scope: Scope): Given => {
  if (e.k === 'import') scope.draft.exports.push({ name: '*', from: e.from, at: e.at })
  if (e.k !== 'obj') return publish('default', e, scope)
  const parts = e.p.map((one) => publishProperty(one, scope))
  const whole = publish('default', { ...e, p: parts.map(({ property }) => property) }, scope)
  return { statements: [...parts.flatMap(({ statements }) => statements), ...whole.statements], value: whole.value }
}

const published = (node: Node, scope: Scope): Given | undefined => {
  if (node.type !== 'AssignmentExpression' || node.operator !== '=') return undefined
  const name = exportedBy(node.left, scope)
  if (name === undefined) return undefined
  const inner = published(node.right, scope)
  // `exports = module.exports = x` names one thing twice.
  if (inner && name === 'default') return inner
  const value = inner?.value ?? expressionOf(node.right, scope, name === 'default' ? '' : name)
  const given = name === 'default' ? publishWhole(value, scope) : publish(name, value, scope)
  return { statements: [...(inner?.statements ?? []), ...given.statements], value: given.value }
}

/** The statements of an assignment that exports; undefined for any other statement. */
export const commonJsStatements = (node: Node, scope: Scope): readonly Statement[] | undefined =>
  node.type === 'ExpressionStatement' ? published(node.expression, scope)?.statements : undefined
