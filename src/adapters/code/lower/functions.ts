/** Functions, arrow functions and methods, with their parameters. */
import type { ArrowFunctionExpression, Decorator, Function as FunctionNode, Node } from 'oxc-parser'
import type { Expression, FunctionTree, Parameter, Statement } from '../tree.ts'
import type { Scope } from './scope.ts'
import { namesIn, targetOf, targetWithDefault } from './targets.ts'
import { annotationOf, typeOf, typeParametersOf } from './types.ts'

type Callable = FunctionNode | ArrowFunctionExpression

export const decoratorsOf = (
  node: { readonly decorators?: readonly Decorator[] | undefined },
  scope: Scope,
): { readonly decorators?: readonly Expression[] } =>
  node.decorators?.length ? { decorators: node.decorators.map(({ expression }) => scope.draft.knots.expression(expression, scope)) } : {}

const parameterOf = (node: Node, scope: Scope): Parameter => {
  if (node.type === 'TSParameterProperty') {
    const [field = ''] = namesIn(node)
    return { ...targetWithDefault(node.parameter, scope), field, ...decoratorsOf(node, scope) }
  }
  const decorators = decoratorsOf(node as { readonly decorators?: readonly Decorator[] }, scope)
  if (node.type !== 'RestElement') return { ...targetWithDefault(node, scope), ...decorators }
  return { to: { ...targetOf(node.argument, scope), ...annotationOf(node, scope) }, rest: true, ...decorators }
}

const directiveOf = (node: Node): readonly string[] => ('directive' in node && typeof node.directive === 'string' ? [node.directive] : [])

export const directivesOf = (nodes: readonly Node[]): readonly string[] => nodes.flatMap(directiveOf)

const nodesOf = ({ body }: Callable): readonly Node[] => (body?.type === 'BlockStatement' ? body.body : [])

const bodyOf = (node: Callable, scope: Scope): readonly Statement[] => {
  const { body } = node
  const { knots } = scope.draft
  if (!body) return []
  if (body.type === 'BlockStatement') return knots.body(body.body, scope)
  return [{ k: 'return', e: knots.expression(body, scope), at: scope.draft.at(body) }]
}

/** TypeScript's `this` parameter is a type only. */
const isThis = (node: Node): boolean => node.type === 'Identifier' && node.name === 'this'

const scopeOf = (node: Callable, fn: number, outer: Scope): Scope => {
  const scope = outer.inner(fn)
  scope.hide(typeParametersOf(node.typeParameters))
  if (node.type === 'FunctionExpression' && node.id) scope.draft.own(fn, { b: scope.declare(node.id.name), fn })
  for (const param of node.params) for (const name of namesIn(param)) scope.declare(name)
  return scope
}

const traitsOf = (node: Callable): Partial<FunctionTree> => {
  const directives = directivesOf(nodesOf(node))
  const typeParams = typeParametersOf(node.typeParameters)
  return {
    ...(node.type === 'ArrowFunctionExpression' && { arrow: true as const }),
    ...(node.generator && { generator: true as const }),
    ...(directives.length > 0 && { directives }),
    ...(typeParams.length > 0 && { typeParams }),
  }
}

/** Position of the function in the tree. */
export const functionOf = (node: Callable, outer: Scope, name: string): number => {
  const { draft } = outer
  const at = draft.at(node)
  const index = draft.reserveFunction(node.id?.name ?? name, at, outer.fn)
  const scope = scopeOf(node, index, outer)
  const params = node.params.filter((one) => !isThis(one)).map((one) => parameterOf(one, scope))
  const body = bodyOf(node, scope)
  draft.functions[index] = {
    name: node.id?.name ?? name,
    at,
    outer: outer.fn,
    params,
    body,
    ...(node.returnType && { returns: typeOf(node.returnType.typeAnnotation, scope) }),
    ...traitsOf(node),
  }
  return index
}

/** Statements that run as one: a static block. */
export const blockFunction = (nodes: readonly Node[], outer: Scope, node: Node, name: string): number => {
  const { draft } = outer
  const index = draft.reserveFunction(name, draft.at(node), outer.fn)
  const body = draft.knots.body(nodes, outer.inner(index))
  draft.functions[index] = { name, at: draft.at(node), outer: outer.fn, params: [], body, arrow: true }
  return index
}
