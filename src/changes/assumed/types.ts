/** Types that are assumed, and their parts: labels, attributes, constraints. */
import type { Type } from '../../model/catalog.ts'
import { display, keyOf, localName, member, type ObjectKey, type QualifiedName, qualified, schemaOf } from '../../model/name.ts'
import { put, withEntry } from '../edit.ts'
import { usualNotNullName } from '../names.ts'
import type { Name, Supposing } from './supposing.ts'
import { emptyTable, noExpression, unknownType } from './values.ts'

/** The type of that name, which a user made; it is assumed when there is none. Undefined for the system's. */
export const supposeType = (supposing: Supposing, parts: Name, as: 'enum' | 'domain' | 'composite' = 'enum'): QualifiedName | undefined => {
  const name = supposing.place(parts, (candidate) => supposing.catalog.types.has(candidate))
  if (name === undefined || supposing.catalog.types.has(name) || supposing.isGone(keyOf('type', name))) return name
  const values: { readonly [K in typeof as]: Type } = {
    enum: { kind: 'enum', labels: [] },
    domain: { kind: 'domain', base: unknownType, notNull: false, constraints: new Map() },
    composite: { kind: 'composite', attributes: [] },
  }
  supposing.open(name)
  supposing.suppose(keyOf('type', name), `${as} ${display(name)}`, (catalog) => put(catalog, 'types', name, values[as]))
  return name
}

/** A part or a property of an assumed type. */
const supposeInType = <K extends Type['kind']>(
  supposing: Supposing,
  name: QualifiedName | undefined,
  kind: K,
  object: ObjectKey,
  what: string,
  edit: (type: Type & { kind: K }) => Type,
): void => {
  if (name === undefined || !supposing.isOpen(name) || supposing.isGone(object)) return
  supposing.suppose(object, what, (catalog) => {
    const type = catalog.types.get(name)
    if (type?.kind !== kind) return catalog
    const next = edit(type as Type & { kind: K })
    return next === type ? catalog : put(catalog, 'types', name, next)
  })
}

/** A label of an assumed enum. */
export const supposeLabel = (supposing: Supposing, name: QualifiedName | undefined, label: string): void => {
  supposeInType(supposing, name, 'enum', keyOf('type', name ?? ''), `label '${label}' of ${display(name ?? '')}`, (type) =>
    type.labels.includes(label) ? type : { ...type, labels: [...type.labels, label] },
  )
}

/** An attribute of an assumed composite type. */
export const supposeAttribute = (supposing: Supposing, name: QualifiedName | undefined, attribute: string): void => {
  supposeInType(
    supposing,
    name,
    'composite',
    keyOf('column', member(name ?? ('' as QualifiedName), attribute)),
    `attribute ${attribute} of ${display(name ?? '')}`,
    (type) =>
      type.attributes.some((known) => known.name === attribute) ? type : { ...type, attributes: [...type.attributes, { name: attribute, type: unknownType }] },
  )
}

/** Tables with columns of an assumed domain: nobody knows which there are, and a new condition of the domain reads all of them. */
export const supposeTablesWith = (supposing: Supposing, domain: QualifiedName | undefined): void => {
  if (domain === undefined || !supposing.isOpen(domain)) return
  const [schema, name] = [schemaOf(domain), localName(domain)]
  const table = qualified(schema, `the tables with ${name}`)
  const columns = [{ name, type: { schema, name, typmods: [], array: false }, notNull: false as const }]
  supposing.suppose(keyOf('table', table), `tables with columns of domain ${display(domain)}`, (catalog) =>
    catalog.tables.has(table) ? catalog : put(catalog, 'tables', table, { ...emptyTable, columns }),
  )
}

/** A check of an assumed domain. What it says is not known. */
export const supposeDomainConstraint = (supposing: Supposing, name: QualifiedName | undefined, constraint: string, notValid: boolean): void => {
  supposeInType(
    supposing,
    name,
    'domain',
    keyOf('domain constraint', member(name ?? ('' as QualifiedName), constraint)),
    `constraint ${constraint} of domain ${display(name ?? '')}`,
    (type) =>
      type.constraints.has(constraint) ? type : { ...type, constraints: withEntry(type.constraints, constraint, { expression: noExpression, notValid }) },
  )
}

/** An assumed domain is assumed to be NOT NULL. */
export const supposeDomainNotNull = (supposing: Supposing, name: QualifiedName | undefined): void => {
  supposeInType(supposing, name, 'domain', keyOf('type', name ?? ''), `domain ${display(name ?? '')} is not null`, (type) =>
    type.notNull || name === undefined ? type : { ...type, notNull: { name: usualNotNullName(name) } },
  )
}
