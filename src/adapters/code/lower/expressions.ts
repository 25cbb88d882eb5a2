/** Expressions. What the analysis has no use for is `other`, with its parts, so that what they call and read is not lost. */
import type { CallExpression, NewExpression, Node } from 'oxc-parser'
import type { Expression } from '../tree.ts'
import { classOf } from './classes.ts'
import { functionOf } from './functions.ts'
import { elementOf } from './jsx.ts'
import { keyOf } from './keys.ts'
import { objectOf } from './objects.ts'
import type { Scope } from './scope.ts'
import { targetOf } from './targets.ts'
import { taggedOf, templateOf } from './templates.ts'
import { typeArgumentsOf, typeOf } from './types.ts'

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

const isType = ({ type }: Node): boolean => type.startsWith('TS') && type.includes('Type')

/** A node of a kind that nobody expected: whatever is an expression in it. */
const partsOf = (node: Node): readonly Node[] =>
  Object.entries(node)
    .filter(([key]) => key !== 'parent')
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
    .filter((value) => isNode(value) && !isType(value))

const other = (parts: readonly Node[], node: Node, scope: Scope): Expression => ({
  k: 'other',
  e: parts.map((one) => expressionOf(one, scope)),
  at: scope.draft.at(node),
})

const nameOf = (name: string, node: Node, scope: Scope): Expression => {
  const at = scope.draft.at(node)
  const b = scope.value(name)
  if (b !== undefined) return { k: 'ref', b, at }
  return name === 'undefined' ? { k: 'other', e: [], at } : { k: 'global', n: name, at }
}

const literalOf = (node: Extract<Node, { type: 'Literal' }>, scope: Scope): Expression => {
  const { value } = node
  const at = scope.draft.at(node)
  if ('bigint' in node || 'regex' in node || typeof value === 'bigint' || value instanceof RegExp) return { k: 'other', e: [], at }
  return { k: 'lit', v: value, at }
}

/** `require` of a literal, where nothing in the file is called so. */
const requiredBy = ({ callee, arguments: given }: CallExpression | NewExpression, scope: Scope): string | undefined => {
  const [first] = given
  if (callee.type !== 'Identifier' || callee.name !== 'require' || scope.value('require') !== undefined) return undefined
  return first?.type === 'Literal' && typeof first.value === 'string' ? first.value : undefined
}

const callOf = (node: CallExpression | NewExpression, scope: Scope): Expression => {
  const at = scope.draft.at(node.callee.type === 'MemberExpression' ? node.callee.property : node)
  const from = node.type === 'CallExpression' ? requiredBy(node, scope) : undefined
  if (from !== undefined) return { k: 'import', from, at }
  const k = node.type === 'CallExpression' ? 'call' : 'new'
  const f = expressionOf(node.callee, scope)
  const a = node.arguments.map((one) => expressionOf(one, scope))
  return node.typeArguments ? { k, f, a, ...typeArgumentsOf(node.typeArguments, scope), at } : { k, f, a, at }
}

const memberOf = (node: Extract<Node, { type: 'MemberExpression' }>, scope: Scope): Expression => {
  const o = expressionOf(node.object, scope)
  const p = keyOf({ key: node.property, computed: node.computed })
  const at = scope.draft.at(node.property)
  return p === undefined ? { k: 'index', o, i: expressionOf(node.property, scope), at } : { k: 'get', o, p, at }
}

/** What is before `&&` is the value only where it says no more than no. */
const logicalOf = (node: Extract<Node, { type: 'LogicalExpression' }>, scope: Scope): Expression => ({
  k: 'choice',
  t: expressionOf(node.left, scope),
  keep: node.operator !== '&&',
  e: [expressionOf(node.right, scope)],
  at: scope.draft.at(node),
})

const castOf = (node: Extract<Node, { type: 'TSAsExpression' | 'TSSatisfiesExpression' | 'TSTypeAssertion' }>, scope: Scope, name: string): Expression => {
  const e = expressionOf(node.expression, scope, name)
  const T = node.typeAnnotation
  if (T.type === 'TSTypeReference' && T.typeName.type === 'Identifier' && T.typeName.name === 'const') return e
  return { k: 'cast', e, T: typeOf(T, scope), how: node.type === 'TSSatisfiesExpression' ? 'satisfies' : 'as', at: scope.draft.at(node) }
}

const negativeOf = (node: Extract<Node, { type: 'UnaryExpression' }>, scope: Scope): Expression => {
  const { argument } = node
  const isNumber = node.operator === '-' && argument.type === 'Literal' && typeof argument.value === 'number'
  return isNumber ? { k: 'lit', v: -Number(argument.value), at: scope.draft.at(node) } : other([argument], node, scope)
}

const assignmentOf = (node: Extract<Node, { type: 'AssignmentExpression' }>, scope: Scope): Expression => {
  const name = node.left.type === 'MemberExpression' ? keyOf({ key: node.left.property, computed: node.left.computed }) : undefined
  const e = expressionOf(node.right, scope, name ?? (node.left.type === 'Identifier' ? node.left.name : ''))
  return { k: 'assign', to: targetOf(node.left, scope), op: node.operator, e, at: scope.draft.at(node) }
}

const importOf = (node: Extract<Node, { type: 'ImportExpression' }>, scope: Scope): Expression => {
  const from = expressionOf(node.source, scope)
  if (from.k !== 'lit' || typeof from.v !== 'string') return { k: 'other', e: [from], at: from.at }
  return { k: 'import', from: from.v, at: scope.draft.at(node) }
}

/** `name` is what a function or class without a name of its own is called by. */
export const expressionOf = (node: Node, scope: Scope, name = ''): Expression => {
  const { draft } = scope
  switch (node.type) {
    case 'Identifier':
      return nameOf(node.name, node, scope)
    case 'Literal':
      return literalOf(node, scope)
    case 'TemplateLiteral':
      return templateOf(node, scope)
    case 'TaggedTemplateExpression':
      return taggedOf(node, scope)
    case 'MemberExpression':
      return memberOf(node, scope)
    case 'CallExpression':
    case 'NewExpression':
      return callOf(node, scope)
    case 'ObjectExpression':
      return objectOf(node, scope)
    case 'ArrayExpression':
      return { k: 'arr', e: node.elements.map((one) => (one ? expressionOf(one, scope) : { k: 'other', e: [], at: draft.at(node) })), at: draft.at(node) }
    case 'SpreadElement':
      return { k: 'spread', e: expressionOf(node.argument, scope), at: draft.at(node) }
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'ArrowFunctionExpression':
      return { k: 'fn', i: functionOf(node, scope, name), at: draft.at(node) }
    case 'ClassExpression':
    case 'ClassDeclaration':
      return { k: 'class', i: classOf(node, scope, name), at: draft.at(node) }
    case 'AwaitExpression':
      return { k: 'await', e: expressionOf(node.argument, scope), at: draft.at(node) }
    case 'YieldExpression':
      if (!node.argument) return other([], node, scope)
      return { k: 'yield', e: expressionOf(node.argument, scope), ...(node.delegate && { all: true as const }), at: draft.at(node) }
    case 'ConditionalExpression':
      return {
        k: 'choice',
        t: expressionOf(node.test, scope),
        keep: false,
        e: [expressionOf(node.consequent, scope, name), expressionOf(node.alternate, scope, name)],
        at: draft.at(node),
      }
    case 'LogicalExpression':
      return logicalOf(node, scope)
    case 'BinaryExpression':
      return { k: 'binary', op: node.operator, l: expressionOf(node.left, scope), r: expressionOf(node.right, scope), at: draft.at(node) }
    case 'PrivateIdentifier':
      return { k: 'lit', v: `#${node.name}`, at: draft.at(node) }
    case 'AssignmentExpression':
      return assignmentOf(node, scope)
    case 'UnaryExpression':
      return negativeOf(node, scope)
    case 'ThisExpression':
      return { k: 'this', at: draft.at(node) }
    case 'Super':
      return { k: 'super', at: draft.at(node) }
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
      return castOf(node, scope, name)
    case 'ChainExpression':
    case 'ParenthesizedExpression':
    case 'TSNonNullExpression':
    case 'TSInstantiationExpression':
    case 'JSXExpressionContainer':
      return expressionOf(node.expression, scope, name)
    case 'JSXSpreadChild':
      return { k: 'spread', e: expressionOf(node.expression, scope), at: draft.at(node) }
    case 'ImportExpression':
      return importOf(node, scope)
    case 'JSXElement':
    case 'JSXFragment':
      return elementOf(node, scope)
    case 'JSXEmptyExpression':
    case 'MetaProperty':
      return other([], node, scope)
    default:
      return other(partsOf(node), node, scope)
  }
}
