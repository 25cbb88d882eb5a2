/** Statements, flattened: what a branch or a loop does stands in the list after what decides it. */
import type { Class as ClassNode, Function as FunctionNode, Node } from 'oxc-parser'
import type { Statement } from '../tree.ts'
import { classOf } from './classes.ts'
import { declareAlias, declareInterface, enumOf, importEquals, namespaceOf } from './declarations.ts'
import { expressionOf } from './expressions.ts'
import { functionOf } from './functions.ts'
import { declarationOf, declareBlock, declareVars } from './hoist.ts'
import type { Scope } from './scope.ts'
import { targetOf } from './targets.ts'

type Of<T extends Node['type']> = Extract<Node, { type: T }>

const evaluated = (node: Node | null, scope: Scope): readonly Statement[] => (node ? [{ k: 'do', e: expressionOf(node, scope), at: scope.draft.at(node) }] : [])

const variables = (node: Of<'VariableDeclaration'>, scope: Scope): readonly Statement[] =>
  node.declarations.map(({ id, init, start }) => {
    const to = targetOf(id, scope)
    const at = scope.draft.at(start)
    return init ? { k: 'let', to, e: expressionOf(init, scope, id.type === 'Identifier' ? id.name : ''), at } : { k: 'let', to, at }
  })

const ownFunction = (node: FunctionNode, scope: Scope): readonly Statement[] => {
  if (node.id && node.body) scope.draft.own(scope.fn, { b: scope.declare(node.id.name), fn: functionOf(node, scope, node.id.name) })
  return []
}

const ownClass = (node: ClassNode, scope: Scope): readonly Statement[] => {
  if (node.id) scope.draft.own(scope.fn, { b: scope.declare(node.id.name), class: classOf(node, scope, node.id.name) })
  return []
}

const loopOver = (node: Of<'ForOfStatement' | 'ForInStatement'>, outer: Scope): readonly Statement[] => {
  const scope = outer.inner()
  const { left } = node
  declareBlock([left], scope)
  const pattern = left.type === 'VariableDeclaration' ? (left.declarations[0]?.id ?? left) : left
  const at = scope.draft.at(node)
  const e = expressionOf(node.right, outer)
  const to = targetOf(pattern, scope)
  const body = statementOf(node.body, scope)
  return [{ k: 'each', to, e, n: body.length, ...(node.type === 'ForInStatement' && { keys: true as const }), at }, ...body]
}

const countingLoop = (node: Of<'ForStatement'>, outer: Scope): readonly Statement[] => {
  const scope = outer.inner()
  if (node.init) declareBlock([node.init], scope)
  const start = node.init?.type === 'VariableDeclaration' ? variables(node.init, scope) : evaluated(node.init, scope)
  return [...start, ...evaluated(node.test, scope), ...evaluated(node.update, scope), ...statementOf(node.body, scope)]
}

const switchOf = (node: Of<'SwitchStatement'>, outer: Scope): readonly Statement[] => {
  const scope = outer.inner()
  const e = expressionOf(node.discriminant, outer)
  const bodies = node.cases.flatMap(({ consequent }) => consequent)
  const cases = node.cases.flatMap(({ test }) => (test ? [expressionOf(test, scope)] : []))
  return [{ k: 'switch', e, cases, at: scope.draft.at(node) }, ...statementsOf(bodies, scope)]
}

const caught = (node: Of<'CatchClause'>, outer: Scope): readonly Statement[] => {
  const scope = outer.inner()
  const { param } = node
  if (!param) return statementOf(node.body, scope)
  declareBlock(
    [{ type: 'VariableDeclaration', kind: 'let', declarations: [{ type: 'VariableDeclarator', id: param, init: null, start: 0, end: 0 }], start: 0, end: 0 }],
    scope,
  )
  return [{ k: 'let', to: targetOf(param, scope), at: scope.draft.at(param) }, ...statementOf(node.body, scope)]
}

const tryOf = (node: Of<'TryStatement'>, scope: Scope): readonly Statement[] => [
  ...statementOf(node.block, scope),
  ...(node.handler ? caught(node.handler, scope) : []),
  ...(node.finalizer ? statementOf(node.finalizer, scope) : []),
]

/** What an export declares; what it names and gives is `module.ts`'s. */
const exported = (node: Of<'ExportNamedDeclaration' | 'ExportDefaultDeclaration'>, scope: Scope): readonly Statement[] => {
  const declared = declarationOf(node)
  return declared === node ? [] : declarationStatement(declared, scope)
}

/** Expressions, which `export default` has too, are no declarations. */
const declarationStatement = (node: Node, scope: Scope): readonly Statement[] => {
  switch (node.type) {
    case 'VariableDeclaration':
      return variables(node, scope)
    case 'FunctionDeclaration':
      return ownFunction(node, scope)
    case 'ClassDeclaration':
      return ownClass(node, scope)
    case 'TSTypeAliasDeclaration':
      declareAlias(node, scope)
      return []
    case 'TSInterfaceDeclaration':
      declareInterface(node, scope)
      return []
    case 'TSEnumDeclaration':
      return [enumOf(node, scope)]
    case 'TSModuleDeclaration':
      return namespaceOf(node, scope, statementsOf)
    case 'TSImportEqualsDeclaration':
      return importEquals(node, scope)
    default:
      return []
  }
}

export const statementOf = (node: Node, scope: Scope): readonly Statement[] => {
  const at = scope.draft.at(node)
  switch (node.type) {
    case 'ExpressionStatement':
      return 'directive' in node && node.directive ? [] : evaluated(node.expression, scope)
    case 'ReturnStatement':
      return node.argument ? [{ k: 'return', e: expressionOf(node.argument, scope), at }] : []
    case 'ThrowStatement':
      return [{ k: 'throw', e: expressionOf(node.argument, scope), at }]
    case 'BlockStatement':
      return statementsOf(node.body, scope.inner())
    case 'IfStatement':
      return [...evaluated(node.test, scope), ...statementOf(node.consequent, scope), ...(node.alternate ? statementOf(node.alternate, scope) : [])]
    case 'ForOfStatement':
    case 'ForInStatement':
      return loopOver(node, scope)
    case 'ForStatement':
      return countingLoop(node, scope)
    case 'WhileStatement':
    case 'DoWhileStatement':
      return [...evaluated(node.test, scope), ...statementOf(node.body, scope)]
    case 'WithStatement':
      return [...evaluated(node.object, scope), ...statementOf(node.body, scope)]
    case 'SwitchStatement':
      return switchOf(node, scope)
    case 'TryStatement':
      return tryOf(node, scope)
    case 'LabeledStatement':
      return statementOf(node.body, scope)
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return exported(node, scope)
    default:
      return declarationStatement(node, scope)
  }
}

/** The statements of one block. */
export const statementsOf = (nodes: readonly Node[], scope: Scope): Statement[] => {
  declareBlock(nodes, scope)
  const all: Statement[] = []
  for (const one of nodes) all.push(...statementOf(one, scope))
  return all
}

export const bodyOf = (nodes: readonly Node[], scope: Scope): Statement[] => {
  declareVars(nodes, scope)
  return statementsOf(nodes, scope)
}
