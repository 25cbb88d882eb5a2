/** Type annotations and declarations of types. What a type says beyond the shape of a value is `any`. */
import type { Node, TSTypeAnnotation, TSTypeParameterDeclaration, TSTypeParameterInstantiation } from 'oxc-parser'
import type { BindingId, Type } from '../tree.ts'
import { keyOf } from './keys.ts'
import type { Scope } from './scope.ts'

const any: Type = { k: 'any' }

type Path = { readonly n: readonly string[]; readonly b?: BindingId }
type ObjectType = Extract<Type, { k: 'object' }>
type Annotated = { readonly typeAnnotation?: TSTypeAnnotation | null }

export const typeParametersOf = (node: TSTypeParameterDeclaration | null | undefined): readonly string[] => (node?.params ?? []).map(({ name }) => name.name)

export const typeArgumentsOf = (node: TSTypeParameterInstantiation | null | undefined, scope: Scope): { readonly T?: readonly Type[] } =>
  node?.params.length ? { T: node.params.map((one) => typeOf(one, scope)) } : {}

export const annotationOf = (node: Node | Annotated, scope: Scope): { readonly T?: Type } => {
  const annotation = (node as Annotated).typeAnnotation
  return annotation ? { T: typeOf(annotation.typeAnnotation, scope) } : {}
}

/** `import('./x')` in a type imports the namespace under a name that no text can have. */
const importedPath = (from: string, scope: Scope): Path => {
  const { draft } = scope
  const name = `import(${from})`
  const known = draft.imports.find((one) => one.from === from && draft.bindings[one.b]?.name === name)
  if (known) return { n: [name], b: known.b }
  const b = draft.bind(name, 0)
  draft.imports.push({ b, from, name: '*', type: true, at: 1 })
  return { n: [name], b }
}

const withName = ({ n, b }: Path, name: string, scope: Scope): Path => {
  const member = b === undefined || n.length > 1 ? undefined : scope.draft.namespaces.get(b)?.own(name)
  return member === undefined ? { n: [...n, name], ...(b !== undefined && { b }) } : { n: [name], b: member }
}

const pathOf = (node: Node, scope: Scope): Path | undefined => {
  if (node.type === 'Identifier') {
    const b = scope.type(node.name)
    return { n: [node.name], ...(b !== undefined && { b }) }
  }
  if (node.type === 'TSImportType') {
    const path = importedPath(node.source.value, scope)
    const { qualifier } = node
    return qualifier ? qualifiedNames(qualifier).reduce((whole, name) => withName(whole, name, scope), path) : path
  }
  if (node.type !== 'TSQualifiedName' && node.type !== 'MemberExpression') return undefined
  const [left, right] = node.type === 'TSQualifiedName' ? [node.left, node.right] : [node.object, node.property]
  const path = pathOf(left, scope)
  return path && right.type === 'Identifier' ? withName(path, right.name, scope) : undefined
}

const qualifiedNames = (node: Node): readonly string[] => {
  if (node.type === 'TSQualifiedName') return [...qualifiedNames(node.left), node.right.name]
  return node.type === 'Identifier' ? [node.name] : []
}

const named = (node: Node, given: TSTypeParameterInstantiation | null | undefined, scope: Scope): Type => {
  const path = pathOf(node, scope)
  if (!path) return any
  const a = (given?.params ?? []).map((one) => typeOf(one, scope))
  const [first, second] = a
  const name = path.b === undefined && path.n.length === 1 ? path.n[0] : undefined
  if (first && (name === 'Array' || name === 'ReadonlyArray')) return { k: 'array', e: first }
  if (second && name === 'Record') return { k: 'object', p: [], index: second }
  return { k: 'name', ...path, ...(a.length > 0 && { a }) }
}

/** What `extends` and `implements` name. */
export const heritageOf = (node: { readonly expression: Node; readonly typeArguments: TSTypeParameterInstantiation | null }, scope: Scope): Type =>
  named(node.expression, node.typeArguments, scope)

const parameterTypeOf = (node: Node, scope: Scope): Type => {
  if (node.type === 'TSParameterProperty') return parameterTypeOf(node.parameter, scope)
  if (node.type === 'AssignmentPattern') return parameterTypeOf(node.left, scope)
  return annotationOf(node, scope).T ?? any
}

type Signature = {
  readonly params: readonly Node[]
  readonly returnType: TSTypeAnnotation | null
  readonly typeParameters: TSTypeParameterDeclaration | null
}

const functionType = ({ params, returnType, typeParameters }: Signature, outer: Scope): Type => {
  const scope = outer.inner()
  scope.hide(typeParametersOf(typeParameters))
  return { k: 'fn', params: params.map((one) => parameterTypeOf(one, scope)), returns: returnType ? typeOf(returnType.typeAnnotation, scope) : any }
}

/** The body of an interface or of `{ … }` as a type. */
export const objectType = (members: readonly Node[], scope: Scope): ObjectType => {
  const p: ObjectType['p'][number][] = []
  let index: Type | undefined
  for (const member of members) {
    if (member.type === 'TSIndexSignature') index = annotationOf(member, scope).T
    if (member.type !== 'TSPropertySignature' && member.type !== 'TSMethodSignature') continue
    const n = keyOf(member)
    if (n === undefined) continue
    const T = member.type === 'TSMethodSignature' ? functionType(member, scope) : (annotationOf(member, scope).T ?? any)
    p.push({ n, T, ...(member.optional && { optional: true as const }), at: scope.draft.at(member) })
  }
  return { k: 'object', p, ...(index && { index }) }
}

const literalType = (node: Node): Type => {
  if (node.type === 'UnaryExpression' && node.operator === '-' && node.argument.type === 'Literal') return { k: 'lit', v: -Number(node.argument.value) }
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return { k: 'lit', v: node.quasis[0]?.value.cooked ?? '' }
  if (node.type !== 'Literal') return any
  const { value } = node
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { k: 'lit', v: value } : any
}

/** `undefined` and `void` say nothing of what a value is when it is there. */
const unionOf = (nodes: readonly Node[], scope: Scope): Type => {
  const said = nodes.filter(({ type }) => type !== 'TSUndefinedKeyword' && type !== 'TSVoidKeyword')
  const [first] = said
  if (first && said.length === 1) return typeOf(first, scope)
  return said.length ? { k: 'union', e: said.map((one) => typeOf(one, scope)) } : any
}

const mappedType = (node: Extract<Node, { type: 'TSMappedType' }>, outer: Scope): Type => {
  const scope = outer.inner()
  scope.hide([node.key.name])
  return { k: 'object', p: [], index: node.typeAnnotation ? typeOf(node.typeAnnotation, scope) : any }
}

export const typeOf = (node: Node, scope: Scope): Type => {
  switch (node.type) {
    case 'TSTypeReference':
      return named(node.typeName, node.typeArguments, scope)
    case 'TSImportType':
      return named(node, node.typeArguments, scope)
    case 'TSTypeQuery': {
      const path = pathOf(node.exprName, scope)
      const a = node.typeArguments?.params.map((one) => typeOf(one, scope))
      return path ? { k: 'typeof', ...path, ...(a && { a }) } : any
    }
    case 'TSArrayType':
      return { k: 'array', e: typeOf(node.elementType, scope) }
    case 'TSRestType':
    case 'TSOptionalType':
      return typeOf(node.typeAnnotation, scope)
    case 'TSNamedTupleMember':
      return typeOf(node.elementType, scope)
    case 'TSTupleType':
      return { k: 'tuple', e: node.elementTypes.map((one) => typeOf(one, scope)) }
    case 'TSUnionType':
      return unionOf(node.types, scope)
    case 'TSIntersectionType':
      return { k: 'all', e: node.types.map((one) => typeOf(one, scope)) }
    case 'TSLiteralType':
      return literalType(node.literal)
    case 'TSNullKeyword':
      return { k: 'lit', v: null }
    case 'TSTypeLiteral':
      return objectType(node.members, scope)
    case 'TSFunctionType':
      return functionType(node, scope)
    case 'TSIndexedAccessType':
      return { k: 'at', o: typeOf(node.objectType, scope), i: typeOf(node.indexType, scope) }
    case 'TSTypeOperator':
      return node.operator === 'keyof' ? { k: 'keyof', e: typeOf(node.typeAnnotation, scope) } : typeOf(node.typeAnnotation, scope)
    case 'TSParenthesizedType':
      return typeOf(node.typeAnnotation, scope)
    case 'TSMappedType':
      return mappedType(node, scope)
    default:
      return any
  }
}
