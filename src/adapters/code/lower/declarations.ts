/** Declarations of TypeScript: types, enums, namespaces, `import x = …`. */
import type { Node, TSGlobalDeclaration, TSModuleDeclaration } from 'oxc-parser'
import type { BindingId, Expression, Property, Statement, Type } from '../tree.ts'
import { declarationOf, declaredNames } from './hoist.ts'
import { wordOf } from './keys.ts'
import type { Scope } from './scope.ts'
import { heritageOf, objectType, typeOf, typeParametersOf } from './types.ts'

type EnumNode = Extract<Node, { type: 'TSEnumDeclaration' }>

const paramsOf = (names: readonly string[]): { readonly params?: readonly string[] } => (names.length ? { params: names } : {})

export const declareAlias = (node: Extract<Node, { type: 'TSTypeAliasDeclaration' }>, outer: Scope): void => {
  const params = typeParametersOf(node.typeParameters)
  const scope = outer.inner()
  scope.hide(params)
  outer.draft.types.push({ b: outer.declare(node.id.name), ...paramsOf(params), T: typeOf(node.typeAnnotation, scope), at: outer.draft.at(node) })
}

export const declareInterface = (node: Extract<Node, { type: 'TSInterfaceDeclaration' }>, outer: Scope): void => {
  const params = typeParametersOf(node.typeParameters)
  const scope = outer.inner()
  scope.hide(params)
  const parents = node.extends.map((one) => heritageOf(one, scope))
  outer.draft.types.push({
    b: outer.declare(node.id.name),
    ...paramsOf(params),
    T: objectType(node.body.body, scope),
    ...(parents.length > 0 && { extends: parents }),
    at: outer.draft.at(node),
  })
}

/** A member without a value counts on from the one before it. */
const enumMembers = (node: EnumNode, scope: Scope): readonly Extract<Property, { k: 'key' }>[] => {
  let next: number | undefined = 0
  return node.body.members.map((member) => {
    const at = scope.draft.at(member)
    const counted: Expression = next === undefined ? { k: 'other', e: [], at } : { k: 'lit', v: next, at }
    const e = member.initializer ? scope.draft.knots.expression(member.initializer, scope) : counted
    next = e.k === 'lit' && typeof e.v === 'number' ? e.v + 1 : undefined
    return { k: 'key', n: wordOf(member.id), e, at }
  })
}

export const enumOf = (node: EnumNode, scope: Scope): Statement => {
  const at = scope.draft.at(node)
  const b = scope.declare(node.id.name)
  const p = enumMembers(node, scope)
  const values = p.flatMap(({ e }): Type[] => (e.k === 'lit' ? [{ k: 'lit', v: e.v }] : []))
  scope.draft.types.push({ b, T: { k: 'union', e: values }, at })
  return { k: 'let', to: { k: 'name', b, at }, e: { k: 'obj', p, at }, at }
}

const isOnlyType = ({ type }: Node): boolean => type === 'TSTypeAliasDeclaration' || type === 'TSInterfaceDeclaration'

const exportedFrom = (node: Node, scope: Scope): readonly Property[] => {
  const declared = declarationOf(node)
  if (node.type !== 'ExportNamedDeclaration' || isOnlyType(declared)) return []
  const at = scope.draft.at(node)
  const listed = node.specifiers.map(({ local, exported }) => [wordOf(exported), scope.value(wordOf(local))] as const)
  const named = declaredNames(declared).map((name) => [name, scope.own(name)] as const)
  return [...listed, ...named].flatMap(([n, b]): Property[] => (b === undefined ? [] : [{ k: 'key', n, e: { k: 'ref', b, at }, at }]))
}

type Lower = (nodes: readonly Node[], scope: Scope) => readonly Statement[]

const namespaceValue = (b: BindingId, nodes: readonly Node[], at: number, scope: Scope): Statement => ({
  k: 'let',
  to: { k: 'name', b, at },
  e: { k: 'obj', p: nodes.flatMap((one) => exportedFrom(one, scope)), at },
  at,
})

/** A namespace runs where it stands and its value is an object. What is declared of other modules (`declare module 'x'`) and of the world is left out. */
export const namespaceOf = (node: TSModuleDeclaration | TSGlobalDeclaration, outer: Scope, lower: Lower): readonly Statement[] => {
  if (node.id.type !== 'Identifier' || node.global || !node.body) return []
  const { draft } = outer
  const b = outer.declare(node.id.name)
  // Two declarations of one namespace see each other's exports.
  const scope = draft.namespaces.get(b) ?? outer.inner()
  draft.namespaces.set(b, scope)
  const body = lower(node.body.body, scope)
  return [...body, namespaceValue(b, node.body.body, draft.at(node), scope)]
}

const aliasedValue = (node: Node, scope: Scope): Expression => {
  const at = scope.draft.at(node)
  if (node.type === 'TSQualifiedName') return { k: 'get', o: aliasedValue(node.left, scope), p: node.right.name, at }
  return scope.draft.knots.expression(node, scope)
}

/** `import x = require('y')` and `import x = N.y`. */
export const importEquals = (node: Extract<Node, { type: 'TSImportEqualsDeclaration' }>, scope: Scope): readonly Statement[] => {
  const at = scope.draft.at(node)
  const b = scope.declare(node.id.name)
  const { moduleReference } = node
  if (moduleReference.type !== 'TSExternalModuleReference') return [{ k: 'let', to: { k: 'name', b, at }, e: aliasedValue(moduleReference, scope), at }]
  scope.draft.imports.push({ b, from: moduleReference.expression.value, name: '*', ...(node.importKind === 'type' && { type: true as const }), at })
  return []
}
