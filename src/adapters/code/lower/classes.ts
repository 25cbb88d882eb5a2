/** Classes with their members. Signatures without a body say nothing of what runs and are left out. */
import type { ClassElement, Class as ClassNode } from 'oxc-parser'
import type { ClassTree } from '../tree.ts'
import { blockFunction, decoratorsOf, functionOf } from './functions.ts'
import { keyOf } from './keys.ts'
import type { Scope } from './scope.ts'
import { annotationOf, heritageOf, typeParametersOf } from './types.ts'

type Member = ClassTree['members'][number]
type Method = Extract<ClassElement, { type: 'MethodDefinition' | 'TSAbstractMethodDefinition' }>
type Field = Exclude<ClassElement, Method | { type: 'StaticBlock' } | { type: 'TSIndexSignature' }>

const nameOf = (node: Method | Field, scope: Scope): string => keyOf(node) ?? `[${scope.draft.text.slice(node.key.start, node.key.end)}]`

const commonOf = (node: Method | Field, scope: Scope): Pick<Member, 'n' | 'static' | 'decorators' | 'at'> => ({
  n: nameOf(node, scope),
  ...(node.static && { static: true as const }),
  ...decoratorsOf(node, scope),
  at: scope.draft.at(node),
})

const methodOf = (node: Method, scope: Scope): readonly Member[] => {
  if (node.kind === 'constructor' || !node.value.body) return []
  return [{ ...commonOf(node, scope), kind: node.kind, fn: functionOf(node.value, scope, nameOf(node, scope)) }]
}

const fieldOf = (node: Field, scope: Scope): Member => ({
  ...commonOf(node, scope),
  kind: 'field',
  ...(node.value && { e: scope.draft.knots.expression(node.value, scope, nameOf(node, scope)) }),
  ...annotationOf(node, scope),
})

const memberOf = (node: ClassElement, scope: Scope): readonly Member[] => {
  switch (node.type) {
    case 'MethodDefinition':
    case 'TSAbstractMethodDefinition':
      return methodOf(node, scope)
    case 'PropertyDefinition':
    case 'TSAbstractPropertyDefinition':
    case 'AccessorProperty':
    case 'TSAbstractAccessorProperty':
      return [fieldOf(node, scope)]
    case 'StaticBlock': {
      const at = scope.draft.at(node)
      const block = { k: 'fn', i: blockFunction(node.body, scope, node, 'static'), at } as const
      return [{ n: '', static: true, kind: 'field', e: { k: 'call', f: block, a: [], at }, at }]
    }
    default:
      return []
  }
}

const constructorOf = (node: ClassNode, scope: Scope, name: string): { readonly constructor_?: number } => {
  for (const member of node.body.body)
    if (member.type === 'MethodDefinition' && member.kind === 'constructor' && member.value.body)
      return { constructor_: functionOf(member.value, scope, `new ${name}`) }
  return {}
}

/** Position of the class in the tree. */
export const classOf = (node: ClassNode, outer: Scope, given: string): number => {
  const { draft } = outer
  const name = node.id?.name ?? given
  const index = draft.reserveClass(name, draft.at(node), outer.fn)
  const scope = outer.inner()
  scope.hide(typeParametersOf(node.typeParameters))
  if (node.type === 'ClassExpression' && node.id) draft.own(outer.fn, { b: scope.declare(node.id.name), class: index })
  draft.classes[index] = {
    name,
    at: draft.at(node),
    outer: outer.fn,
    ...(node.superClass && { extends: draft.knots.expression(node.superClass, scope) }),
    ...(node.implements?.length && { implements: node.implements.map((one) => heritageOf(one, scope)) }),
    ...decoratorsOf(node, outer),
    ...constructorOf(node, scope, name),
    members: node.body.body.flatMap((one) => memberOf(one, scope)),
  }
  return index
}
