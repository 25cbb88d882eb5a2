/** What in a catalog uses an extension: columns of its types, indexes with its operator classes, values of its functions. */
import type { Catalog, Index, TypeReference } from '../model/catalog.ts'
import type { Json } from '../model/json.ts'
import { keyOf, member, type ObjectKey } from '../model/name.ts'
import { child, list, strings, walk } from '../sql/tree.ts'
import { membersOf } from './type-names.ts'

type Members = ReturnType<typeof membersOf>

/** An extension's types have no schema in references, or the one that it was put into. */
const isMember = (type: TypeReference, members: Members, schema: string | undefined): boolean =>
  members.types.has(type.name) && (type.schema === undefined || type.schema === schema)

const calls = (expression: Json | undefined, members: Members): boolean => {
  let found = false
  walk(expression, (node) => {
    const name = strings(list(child(node, 'FuncCall'), 'funcname')).at(-1)
    if (name !== undefined && members.functions(name)) found = true
    return !found
  })
  return found
}

const usesClass = ({ elements }: Index, members: Members): boolean =>
  elements.some(({ on, operatorClass }) => members.classes(operatorClass?.at(-1) ?? '') || (typeof on !== 'string' && calls(on, members)))

/** The objects that depend on an extension, as far as its members are known. Defaults are said as `column … default`. */
export const usesOf = (catalog: Catalog, extension: string): readonly ObjectKey[] => {
  const members = membersOf(extension)
  const schema = catalog.extensions.get(extension)?.schema
  const found: ObjectKey[] = []
  for (const [name, table] of catalog.tables) {
    for (const column of table.columns) {
      const key = keyOf('column', member(name, column.name))
      if (isMember(column.type, members, schema) || calls(column.generated?.expression, members)) found.push(key)
      else if (column.default && !('sequence' in column.default) && calls(column.default as Json, members)) found.push(`${key} default` as ObjectKey)
    }
    for (const [constraint, value] of table.constraints)
      if (value.type === 'check' && calls(value.expression, members)) found.push(keyOf('constraint', member(name, constraint)))
  }
  for (const [name, type] of catalog.types) if (type.kind === 'domain' && isMember(type.base, members, schema)) found.push(keyOf('type', name))
  for (const [name, index] of catalog.indexes) if (usesClass(index, members) || calls(index.where, members)) found.push(keyOf('index', name))
  for (const [name, view] of catalog.views) if (calls(view.query, members)) found.push(keyOf('view', name))
  return found
}
