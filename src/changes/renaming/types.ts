/** User types that follow names. */
import type { Type } from '../../model/catalog.ts'
import type { Json, Tree } from '../../model/json.ts'
import { localName, type QualifiedName, schemaOf } from '../../model/name.ts'
import { child, stringNode } from '../../sql/tree.ts'
import { changed, mapItems, mapValues } from '../edit.ts'
import type { Renaming } from './new-names.ts'
import { followTree } from './trees.ts'
import { followParts, followType } from './values.ts'

/** A range's or base type's own name stands in its tree as a plain list. */
const followOwnType = (definition: Tree, from: QualifiedName, to: QualifiedName): Tree => {
  if (from === to) return definition
  const rename = (tree: Tree): Tree => {
    const next: Record<string, Json> = { ...tree }
    for (const key of ['typeName', 'defnames'] as const) if (Array.isArray(tree[key])) next[key] = [stringNode(schemaOf(to)), stringNode(localName(to))]
    return next
  }
  const [node = ''] = Object.keys(definition)
  const content = child(definition, node)
  return content && /Stmt$/.test(node) ? { [node]: rename(content) } : rename(definition)
}

export const followUserType = (name: QualifiedName, type: Type, renaming: Renaming): Type => {
  switch (type.kind) {
    case 'enum':
      return type
    case 'composite':
      return changed(type, {
        attributes: mapItems(type.attributes, (attribute) =>
          changed(attribute, {
            type: followType(attribute.type, renaming),
            ...(attribute.collation ? { collation: followParts(attribute.collation, renaming) } : {}),
          }),
        ),
      })
    case 'domain':
      return changed(type, {
        base: followType(type.base, renaming),
        ...(type.collation ? { collation: followParts(type.collation, renaming) } : {}),
        ...(type.default ? { default: followTree(type.default, renaming) } : {}),
        constraints: mapValues(type.constraints, (constraint) => changed(constraint, { expression: followTree(constraint.expression, renaming) })),
      })
    default:
      return changed(type, { definition: followOwnType(followTree(type.definition, renaming), name, renaming.type(name)) })
  }
}
