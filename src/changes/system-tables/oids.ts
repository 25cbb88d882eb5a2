/** Object identifiers. They stand as texts, so that joins over them work. */
import { quoteIdentifier, type RelationName } from '../../model/name.ts'
import type { Value } from './row.ts'

export const relationOid = (name: RelationName): string => `relation ${name}`
export const namespaceOid = (schema: string): string => `namespace ${quoteIdentifier(schema)}`
/** `name` is quoted and qualified. */
export const typeOid = (name: string): string => `type ${name}`

/** True for an object identifier that has a name. */
export const isOid = (value: Value): value is string => typeof value === 'string' && /^(relation|type|namespace) "/.test(value)

/** The class and the quoted name of such an object identifier. */
export const parseOid = (oid: string): { readonly of: string; readonly name: string } => {
  const at = oid.indexOf('"')
  return { of: oid.slice(0, at - 1), name: oid.slice(at) }
}
