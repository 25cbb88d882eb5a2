/** What a type is made of: domains looked through, so that a value is written in the type beneath and the domain's conditions are asked of it. */
import { printType, readType, userTypeName } from '../changes/types.ts'
import type { Catalog, DomainConstraint, Type, TypeReference } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import type { QualifiedName } from '../model/name.ts'
import { child, list, optionNamed } from '../sql/tree.ts'
import { constantText } from './constant.ts'

type Field = { readonly name: string; readonly type: TypeReference }

export type Shape =
  /** A type of PostgreSQL or of an extension, by its name; modifiers as numbers. */
  | { readonly kind: 'scalar'; readonly name: string; readonly modifiers: readonly number[] }
  | { readonly kind: 'array'; readonly element: TypeReference }
  | { readonly kind: 'enum'; readonly labels: readonly string[] }
  | { readonly kind: 'composite'; readonly fields: readonly Field[] }
  | { readonly kind: 'range'; readonly name: QualifiedName; readonly subtype: TypeReference }

type Domain = Extract<Type, { kind: 'domain' }>

const domainOf = (catalog: Catalog, type: TypeReference): Domain | undefined => {
  const name = type.array ? undefined : userTypeName(type)
  const found = name ? catalog.types.get(name) : undefined
  return found?.kind === 'domain' ? found : undefined
}

/** The type under a domain, and under the domain that this may be of. */
export const baseType = (catalog: Catalog, type: TypeReference): TypeReference => {
  const domain = domainOf(catalog, type)
  if (domain) return baseType(catalog, domain.base)
  if (!type.array) return type
  return { ...baseType(catalog, { ...type, array: false }), array: true }
}

/** The conditions of a domain and of those beneath it; of an array's elements not. */
export const domainConditions = (catalog: Catalog, type: TypeReference): readonly DomainConstraint[] => {
  const domain = domainOf(catalog, type)
  return domain ? [...domain.constraints.values(), ...domainConditions(catalog, domain.base)] : []
}

export const domainIsNotNull = (catalog: Catalog, type: TypeReference): boolean => {
  const domain = domainOf(catalog, type)
  return domain !== undefined && (domain.notNull !== false || domainIsNotNull(catalog, domain.base))
}

const modifiersOf = ({ typmods }: TypeReference): readonly number[] => typmods.map((modifier: Json) => Number(constantText(modifier as Tree) ?? 0))

const subtypeOf = (catalog: Catalog, definition: Tree): TypeReference | undefined => {
  const statement = child(definition, 'CreateRangeStmt') ?? definition
  const named = child(child(optionNamed(list(statement, 'params'), 'subtype'), 'arg'), 'TypeName')
  return named ? readType(named, catalog, ['public']) : undefined
}

const userShape = (catalog: Catalog, name: QualifiedName): Shape | undefined => {
  const type = catalog.types.get(name)
  if (type?.kind === 'enum') return type
  if (type?.kind === 'composite') return { kind: 'composite', fields: type.attributes }
  const subtype = type?.kind === 'range' ? subtypeOf(catalog, type.definition) : undefined
  if (subtype) return { kind: 'range', name, subtype }
  const row = catalog.tables.get(name)
  return row ? { kind: 'composite', fields: row.columns } : undefined
}

/** The shape of a type; domains are looked through. A user's type that is none of these is a scalar, by its name. */
export const shapeOf = (catalog: Catalog, written: TypeReference): Shape => {
  const type = baseType(catalog, written)
  if (type.array) return { kind: 'array', element: { ...type, array: false } }
  const name = userTypeName(type)
  const shape = name ? userShape(catalog, name) : undefined
  return shape ?? { kind: 'scalar', name: type.name, modifiers: modifiersOf(type) }
}

/** The type that a value is cast to before the domain's conditions are asked. */
export const castType = (catalog: Catalog, type: TypeReference): string => printType(baseType(catalog, type))
