/** Columns whose values ALTER DOMAIN checks. */
import type { Catalog, TypeReference } from '../model/catalog.ts'
import type { Footprint } from '../model/lock.ts'
import { type QualifiedName, qualified, type RelationName } from '../model/name.ts'
import { noFootprint } from './define.ts'
import { locking, scanning, together } from './footprint.ts'
import { userTypeName } from './types.ts'

const over = (catalog: Catalog, type: QualifiedName, domain: QualifiedName): boolean => {
  if (type === domain) return true
  const value = catalog.types.get(type)
  const name = value?.kind === 'domain' ? userTypeName(value.base) : undefined
  return name !== undefined && over(catalog, name, domain)
}

/** Tables with a column of the domain, or of a domain over it. */
const tablesOfDomain = (catalog: Catalog, domain: QualifiedName): readonly RelationName[] =>
  [...catalog.tables]
    .filter(([, table]) => table.columns.some(({ type }) => type.schema !== undefined && over(catalog, qualified(type.schema, type.name), domain)))
    .map(([name]) => name)

/** The type that a domain is over, at the bottom; another type is itself. A domain's modifiers are those of its base. */
export const baseOf = (catalog: Catalog, type: TypeReference): TypeReference => {
  const name = type.array ? undefined : userTypeName(type)
  const value = name === undefined ? undefined : catalog.types.get(name)
  return value?.kind === 'domain' ? baseOf(catalog, value.base) : type
}

/** True for a domain that has a condition, or is over one: values of it are checked row by row, even NULL. */
export const isConstrainedDomain = (catalog: Catalog, type: TypeReference): boolean => {
  const name = type.array ? undefined : userTypeName(type)
  const value = name === undefined ? undefined : catalog.types.get(name)
  return value?.kind === 'domain' && (value.notNull !== false || value.constraints.size > 0 || isConstrainedDomain(catalog, value.base))
}

/** A new condition reads every table with such a column under SHARE (`get_rels_with_domain`); taking one away reads nothing. */
export const domainFootprint = (catalog: Catalog, domain: QualifiedName, checks: boolean): Footprint => {
  if (!checks) return noFootprint
  const tables = tablesOfDomain(catalog, domain)
  return together(locking('SHARE', ...tables), scanning(...tables))
}
