/** Keys of things, under the names that they have afterwards. */
import { keyOf, member, type ObjectKey, parseKey, partsOf, type QualifiedName, qualified, quoteIdentifier, type RelationName } from '../../model/name.ts'
import type { Renaming } from './new-names.ts'

/** The key of a thing under its new name. */
export const followKey = (key: ObjectKey, renaming: Renaming): ObjectKey => {
  const { kind, name } = parseKey(key)
  switch (kind) {
    case 'table':
    case 'view':
    case 'index':
    case 'sequence':
      return keyOf(kind, renaming.relation(name as RelationName))
    case 'type':
      return keyOf(kind, renaming.type(name as QualifiedName))
    case 'routine':
      return keyOf(kind, name.includes('(') ? renaming.routineKey(name) : renaming.routine(name as QualifiedName, undefined))
    case 'schema':
      return keyOf(kind, quoteIdentifier(renaming.schema(partsOf(name)[0] ?? '')))
    case 'definition':
      return renaming.definition(key)
    case 'default privileges': {
      const [role, schema, ...rest] = partsOf(name)
      return keyOf(kind, [role ?? '', renaming.schema(schema ?? ''), ...rest].map(quoteIdentifier).join('.'))
    }
    case 'column':
    case 'constraint':
    case 'trigger':
    case 'policy':
    case 'rule':
    case 'domain constraint': {
      const [schema, owner, own] = partsOf(name)
      if (schema === undefined || owner === undefined || own === undefined) return key
      const from = qualified(schema, owner)
      const to = kind === 'domain constraint' ? renaming.type(from) : renaming.relation(from)
      return to === from ? key : keyOf(kind, member(to, own))
    }
    default:
      return key
  }
}
