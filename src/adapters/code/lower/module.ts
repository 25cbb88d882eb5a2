/** What a file imports and exports by ECMAScript's and TypeScript's statements. */
import type { ExportNamedDeclaration, ImportDeclaration, Node } from 'oxc-parser'
import type { Export, Import } from '../tree.ts'
import { expressionOf } from './expressions.ts'
import { declarationOf, declaredNames } from './hoist.ts'
import { wordOf } from './keys.ts'
import type { Scope } from './scope.ts'

type Specifier = ImportDeclaration['specifiers'][number]

const nameOf = (node: Specifier): string => {
  if (node.type === 'ImportDefaultSpecifier') return 'default'
  return node.type === 'ImportNamespaceSpecifier' ? '*' : wordOf(node.imported)
}

const isTypeOnly = (node: ImportDeclaration, specifier: Specifier): boolean =>
  node.importKind === 'type' || (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type')

const importsOf = (node: ImportDeclaration, scope: Scope): readonly Import[] =>
  node.specifiers.map((one) => ({
    b: scope.declare(one.local.name),
    from: node.source.value,
    name: nameOf(one),
    ...(isTypeOnly(node, one) && { type: true as const }),
    at: scope.draft.at(one),
  }))

const bound = (name: string, local: string, node: Node, scope: Scope): readonly Export[] => {
  const b = scope.own(local)
  return b === undefined ? [] : [{ name, b, at: scope.draft.at(node) }]
}

const namedExports = (node: ExportNamedDeclaration, scope: Scope): readonly Export[] => {
  const { source, declaration } = node
  const declared = declaration ? declaredNames(declaration).flatMap((name) => bound(name, name, node, scope)) : []
  const listed = node.specifiers.flatMap((one) =>
    source
      ? [{ name: wordOf(one.exported), from: source.value, import: wordOf(one.local), at: scope.draft.at(one) }]
      : bound(wordOf(one.exported), wordOf(one.local), one, scope),
  )
  return [...declared, ...listed]
}

const defaultExport = (declared: Node, node: Node, scope: Scope): readonly Export[] => {
  const [name] = declaredNames(declared)
  if (name !== undefined) return bound('default', name, node, scope)
  // An overload's signature; the function itself follows.
  if (declared.type === 'TSDeclareFunction') return []
  return [{ name: 'default', e: expressionOf(declared, scope, 'default'), at: scope.draft.at(node) }]
}

const exportsOf = (node: Node, scope: Scope): readonly Export[] => {
  const at = scope.draft.at(node)
  switch (node.type) {
    case 'ExportNamedDeclaration':
      return namedExports(node, scope)
    case 'ExportAllDeclaration':
      return [node.exported ? { name: wordOf(node.exported), from: node.source.value, import: '*', at } : { name: '*', from: node.source.value, at }]
    case 'ExportDefaultDeclaration':
      return defaultExport(declarationOf(node), node, scope)
    case 'TSExportAssignment':
      return [{ name: 'default', e: expressionOf(node.expression, scope, 'default'), at }]
    default:
      return []
  }
}

const isSame = (a: Export, b: Export): boolean => a.name === b.name && a.name !== '*'

/** `import './x'` is there for what the file does. */
const isForEffect = ({ specifiers, importKind }: ImportDeclaration): boolean => specifiers.length === 0 && importKind !== 'type'

/** Runs after the statements, when all names have their bindings. An overloaded function is exported once. */
export const collectModule = (nodes: readonly Node[], scope: Scope): void => {
  const { imports, exports, effects } = scope.draft
  for (const node of nodes) {
    if (node.type === 'ImportDeclaration') {
      imports.push(...importsOf(node, scope))
      if (isForEffect(node)) effects.push(node.source.value)
    }
    for (const one of exportsOf(node, scope)) if (!exports.some((other) => isSame(other, one))) exports.push(one)
  }
}
