/** Columns of a table that is there in both: their types, values, NOT NULLs and order. */
import type { Attribute, Table } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { keyOf, type RelationName } from '../../model/name.ts'
import { columnProperties } from '../column-properties.ts'
import { conversion } from '../conversions.ts'
import { memberKey } from '../create.ts'
import { withFields } from '../edit.ts'
import { equal } from '../equal.ts'
import { chooseName } from '../names.ts'
import { type Unit, unit } from './unit.ts'

const columnChanges = (on: RelationName, from: Attribute, to: Attribute): readonly Change[] => {
  const column = to.name
  const retyped = !equal(from.type, to.type) || !equal(from.collation, to.collation)
  const freed = retyped && from.default !== undefined
  // A new type says again how values are stored.
  const kept = columnProperties(retyped ? withFields(from, { storage: undefined, compression: undefined }) : from)
  return [
    ...(from.generated && !to.generated ? [{ kind: 'set-generated', on, column, to: undefined } as const] : []),
    ...(from.identity && !to.identity ? [{ kind: 'set-identity', on, column, to: undefined } as const] : []),
    ...(freed ? [{ kind: 'set-default', on, column, to: undefined } as const] : []),
    ...(retyped
      ? [
          {
            kind: 'set-column-type',
            on,
            column,
            to: to.type,
            ...(to.collation ? { collation: to.collation } : {}),
            ...conversion(to.name, from.type, to.type),
          } as const,
        ]
      : []),
    ...(from.generated && to.generated && !equal(from.generated, to.generated) ? [{ kind: 'set-generated', on, column, to: to.generated } as const] : []),
    ...(!freed && equal(from.default, to.default)
      ? []
      : freed && to.default === undefined
        ? []
        : [{ kind: 'set-default', on, column, to: to.default } as const]),
    ...notNullChanges(on, from, to),
    ...(to.identity && !equal(from.identity, to.identity) ? [{ kind: 'set-identity', on, column, to: to.identity } as const] : []),
    ...(equal(kept, columnProperties(to)) ? [] : [{ kind: 'set-column-properties', on, column, to: columnProperties(to) } as const]),
    // Whether a column is inherited follows from its table's parents; PostgreSQL has no statement for it.
    ...(from.inherited === to.inherited ? [] : [{ kind: 'respell', object: memberKey('column', on, column), from, to } as const]),
  ]
}

const notNullChanges = (on: RelationName, { notNull: from }: Attribute, { name: column, notNull: to }: Attribute): readonly Change[] => {
  if (equal(from, to)) return []
  if (!to) return [{ kind: 'drop-not-null', on, column }]
  if (!from) return [{ kind: 'set-not-null', on, column, to }]
  const renamed: readonly Change[] = from.name === to.name ? [] : [{ kind: 'rename-constraint', on, from: from.name, to: to.name }]
  if (from.notValid && !to.notValid && from.noInherit === to.noInherit) return [...renamed, { kind: 'validate-constraint', on, name: to.name }]
  return equal({ ...from, name: to.name }, to)
    ? renamed
    : [
        { kind: 'drop-not-null', on, column },
        { kind: 'set-not-null', on, column, to },
      ]
}

const orderChange = (on: RelationName, from: Table, to: Table): readonly Change[] => {
  const kept = from.columns.map(({ name }) => name).filter((name) => to.columns.some((column) => column.name === name))
  const reached = [...kept, ...to.columns.map(({ name }) => name).filter((name) => !kept.includes(name))]
  const wanted = to.columns.map(({ name }) => name)
  return equal(reached, wanted) ? [] : [{ kind: 'reorder-columns', on, to: wanted }]
}

/** NOT NULLs that must give up their name before another column takes it, each with a name for the meantime. */
const clearedNames = (from: Table, to: Table): ReadonlyMap<string, string> => {
  const wanted = new Map(to.columns.flatMap(({ name, notNull }) => (notNull ? [[notNull.name, name] as const] : [])))
  const taken = new Set([
    ...from.columns.flatMap(({ notNull }) => (notNull ? [notNull.name] : [])),
    ...wanted.keys(),
    ...from.constraints.keys(),
    ...to.constraints.keys(),
  ])
  const cleared = from.columns.filter(
    ({ name, notNull }) => notNull && wanted.has(notNull.name) && wanted.get(notNull.name) !== name && to.columns.some((column) => column.name === name),
  )
  return new Map(cleared.map(({ name }) => [name, chooseName(name, undefined, 'aside', (candidate) => taken.has(candidate))]))
}

/** The columns of one table: names that must give way first, then each column, then their order. */
export const columnUnits = (on: RelationName, from: Table, to: Table): readonly Unit[] => {
  const cleared = clearedNames(from, to)
  const names = `${keyOf('table', on)} names`
  const aside = from.columns.flatMap(({ name, notNull }): readonly Change[] => {
    const meantime = cleared.get(name)
    return notNull && meantime !== undefined ? [{ kind: 'rename-constraint', on, from: notNull.name, to: meantime }] : []
  })
  const units = to.columns.flatMap((column) => {
    const old = from.columns.find(({ name }) => name === column.name)
    const key = memberKey('column', on, column.name)
    const sequence = column.identity && !equal(old?.identity, column.identity) ? [keyOf('sequence', column.identity.sequence)] : []
    if (!old) return unit(key, 'column', [{ kind: 'add-column', on, attribute: column }], sequence)
    const meantime = cleared.get(old.name)
    const start = old.notNull && meantime !== undefined ? { ...old, notNull: { ...old.notNull, name: meantime } } : old
    return start === column ? [] : unit(key, 'column', columnChanges(on, start, column), sequence)
  })
  // Columns are added at the end, in the goal's order.
  const added = units.filter(({ changes }) => changes[0]?.kind === 'add-column')
  const chained = units.map((each) => {
    const before = added[added.indexOf(each) - 1]
    return { ...each, after: [...each.after, names, ...(before ? [before.key] : [])] }
  })
  return [
    ...unit(names, 'table', aside),
    ...chained,
    ...unit(
      `${keyOf('table', on)} order`,
      'order',
      orderChange(on, from, to),
      units.map(({ key }) => key),
    ),
  ]
}
