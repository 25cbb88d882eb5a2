/** Enums, composite types and domains, and the other types that are one definition. */
import type { Catalog, Type } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { keyOf, type QualifiedName } from '../../model/name.ts'
import { equal } from '../equal.ts'
import { changedEntries, type Unit, unit } from './unit.ts'

/** Labels that were added keep the order of the old ones. */
const enumChanges = (type: QualifiedName, from: readonly string[], to: readonly string[]): readonly Change[] => {
  if (
    !equal(
      to.filter((label) => from.includes(label)),
      from,
    )
  )
    return [{ kind: 'set-enum-values', type, to }]
  return to.flatMap((value, at): readonly Change[] => (from.includes(value) ? [] : [{ kind: 'add-enum-value', type, value, at }]))
}

const compositeChanges = (type: QualifiedName, from: Extract<Type, { kind: 'composite' }>, to: Extract<Type, { kind: 'composite' }>): readonly Change[] => {
  const names = new Set(to.attributes.map(({ name }) => name))
  const kept = from.attributes.filter(({ name }) => names.has(name))
  const inOrder = kept.every(({ name }, at) => to.attributes[at]?.name === name)
  // An attribute in another place is dropped and added again, and so is everything behind it.
  const stays = inOrder
    ? kept
    : kept.slice(
        0,
        kept.findIndex(({ name }, at) => to.attributes[at]?.name !== name),
      )
  return [
    ...from.attributes.filter((attribute) => !stays.includes(attribute)).map(({ name }): Change => ({ kind: 'drop-attribute', type, attribute: name })),
    ...to.attributes.flatMap((attribute): readonly Change[] => {
      const old = stays.find(({ name }) => name === attribute.name)
      if (!old) return [{ kind: 'add-attribute', type, attribute }]
      if (equal(old, attribute)) return []
      return [
        { kind: 'set-attribute-type', type, attribute: attribute.name, to: attribute.type, ...(attribute.collation ? { collation: attribute.collation } : {}) },
      ]
    }),
  ]
}

type NotNull = Extract<Type, { kind: 'domain' }>['notNull']

const notNullChanges = (domain: QualifiedName, from: NotNull, to: NotNull): readonly Change[] => {
  if (equal(from, to)) return []
  return from && to ? [{ kind: 'rename-domain-constraint', domain, from: from.name, to: to.name }] : [{ kind: 'set-domain-not-null', domain, to }]
}

const domainChanges = (domain: QualifiedName, from: Extract<Type, { kind: 'domain' }>, to: Extract<Type, { kind: 'domain' }>): readonly Change[] => [
  ...(equal(from.default, to.default) ? [] : [{ kind: 'set-domain-default', domain, to: to.default } as const]),
  ...notNullChanges(domain, from.notNull, to.notNull),
  ...changedEntries(from.constraints, to.constraints).flatMap(([name, old, constraint]): readonly Change[] => {
    if (!old) return [{ kind: 'add-domain-constraint', domain, name, constraint }]
    if (old.notValid && !constraint.notValid) return [{ kind: 'validate-domain-constraint', domain, name }]
    return [
      { kind: 'drop-domain-constraint', domain, name },
      { kind: 'add-domain-constraint', domain, name, constraint },
    ]
  }),
]

const typeChanges = (name: QualifiedName, from: Type | undefined, to: Type): readonly Change[] => {
  if (!from) return [{ kind: 'create-type', name, type: to }]
  if (from.kind === 'enum' && to.kind === 'enum') return enumChanges(name, from.labels, to.labels)
  if (from.kind === 'composite' && to.kind === 'composite') return compositeChanges(name, from, to)
  return from.kind === 'domain' && to.kind === 'domain' ? domainChanges(name, from, to) : []
}

/** Types that are new, and those that an ALTER TYPE or ALTER DOMAIN changes. */
export const typeUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changedEntries(a.types, b.types).flatMap(([name, old, type]) => unit(keyOf('type', name), 'type', typeChanges(name, old, type)))
