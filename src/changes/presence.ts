/** Whether a catalog has an object. */
import type { Catalog } from '../model/catalog.ts'
import { leadingName, type ObjectKey, parseKey, partsOf, type RelationName } from '../model/name.ts'

/** Where a table keeps its parts. */
export const partMaps = { constraint: 'constraints', policy: 'policies', trigger: 'triggers', rule: 'rules' } as const

const hasPart = (catalog: Catalog, object: ObjectKey, kind: keyof typeof partMaps): boolean => {
  const part = partsOf(object).at(-1) ?? ''
  const owner = leadingName(object)
  const map = partMaps[kind]
  const view = map === 'triggers' || map === 'rules' ? catalog.views.get(owner)?.[map] : undefined
  return (catalog.tables.get(owner)?.[map] ?? view)?.has(part) ?? false
}

const hasColumn = (catalog: Catalog, object: ObjectKey): boolean => {
  const column = partsOf(object).at(-1) ?? ''
  const owner = leadingName(object)
  return (catalog.tables.get(owner)?.columns.some(({ name }) => name === column) || catalog.views.get(owner)?.columns.includes(column)) ?? false
}

/** True when the catalog has the object of that key. Facts (owners, comments) hang on an object and are none. */
export const isPresent = (catalog: Catalog, object: ObjectKey): boolean => {
  const { kind, name } = parseKey(object)
  const [first = ''] = partsOf(name)
  const relation = name as RelationName
  switch (kind) {
    case 'schema':
      return catalog.schemas.has(first)
    case 'extension':
      return catalog.extensions.has(first)
    case 'role':
      return catalog.roles.has(first)
    case 'type':
      return catalog.types.has(relation)
    case 'sequence':
      return catalog.sequences.has(relation)
    case 'table':
      return catalog.tables.has(relation)
    case 'view':
      return catalog.views.has(relation)
    case 'index':
      return catalog.indexes.has(relation)
    case 'routine':
      return catalog.routines.has(name)
    case 'definition':
      return catalog.definitions.has(object)
    case 'column':
      return hasColumn(catalog, object)
    case 'constraint':
    case 'policy':
    case 'trigger':
    case 'rule':
      return hasPart(catalog, object, kind)
    default:
      return false
  }
}
