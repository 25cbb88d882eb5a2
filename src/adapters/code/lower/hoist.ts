/** Declares names before anything that uses them is lowered: a function may name what comes after it. */
import type { Node } from 'oxc-parser'
import type { Scope } from './scope.ts'
import { namesIn } from './targets.ts'

/** What an export declares; other nodes are themselves. */
export const declarationOf = (node: Node): Node => {
  if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration') return node.declaration ?? node
  return node
}

const patternNames = ({ declarations }: Extract<Node, { type: 'VariableDeclaration' }>): readonly string[] => {
  const [first, second] = declarations
  return first && !second ? namesIn(first.id) : declarations.flatMap(({ id }) => namesIn(id))
}

/** The names that a declaration gives; values and types. */
export const declaredNames = (node: Node): readonly string[] => {
  switch (node.type) {
    case 'VariableDeclaration':
      return patternNames(node)
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
      return node.id ? [node.id.name] : []
    case 'TSModuleDeclaration':
      return node.id.type === 'Identifier' && !node.global ? [node.id.name] : []
    case 'TSEnumDeclaration':
    case 'TSImportEqualsDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
      return [node.id.name]
    default:
      return []
  }
}

/** What a block binds: a `var` belongs to the function around it. */
const namesOf = (node: Node): readonly string[] => {
  if (node.type === 'ImportDeclaration') return node.specifiers.map(({ local }) => local.name)
  return node.type === 'VariableDeclaration' && node.kind === 'var' ? [] : declaredNames(node)
}

/** What a block declares: everything but `var`. */
export const declareBlock = (nodes: readonly Node[], scope: Scope): void => {
  for (const node of nodes) for (const name of namesOf(declarationOf(node))) scope.declare(name)
}

const some = (...nodes: readonly (Node | null)[]): readonly Node[] => nodes.filter((node) => node !== null)

/** The statements in a statement, without those of functions in it. */
const statementsIn = (node: Node): readonly Node[] => {
  switch (node.type) {
    case 'BlockStatement':
      return node.body
    case 'IfStatement':
      return some(node.consequent, node.alternate)
    case 'ForStatement':
      return some(node.init, node.body)
    case 'ForInStatement':
    case 'ForOfStatement':
      return [node.left, node.body]
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement':
    case 'WithStatement':
      return [node.body]
    case 'TryStatement':
      return some(node.block, node.handler?.body ?? null, node.finalizer)
    case 'SwitchStatement':
      return node.cases.flatMap(({ consequent }) => consequent)
    default:
      return []
  }
}

/** `var` is the function's, wherever it stands. */
export const declareVars = (nodes: readonly Node[], scope: Scope): void => {
  for (const one of nodes) {
    const node = declarationOf(one)
    if (node.type === 'VariableDeclaration' && node.kind === 'var') for (const name of patternNames(node)) scope.declare(name)
    declareVars(statementsIn(node), scope)
  }
}
