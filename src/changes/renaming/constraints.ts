/** Renames of constraints, NOT NULLs included: with the index that one owns, and with what children inherit. */
import type { Catalog } from '../../model/catalog.ts'
import { keyOf, member, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { constraintNamed } from '../constraint-names.ts'
import { mapItems, moveFacts, put, tableOf, withFields } from '../edit.ts'
import { childrenOf } from '../found-by.ts'
import { constraintIndexes } from '../names.ts'
import { renameRelation } from '../renaming.ts'

/** True for constraints that children have under the same name. */
const isInherited = (catalog: Catalog, on: RelationName, name: string): boolean => {
  const table = tableOf(catalog, on)
  const constraint = table.constraints.get(name)
  if (constraint) return constraint.type === 'check' && !constraint.noInherit
  return table.columns.some(({ notNull }) => notNull && notNull.name === name && !notNull.noInherit)
}

/** The catalog in which a constraint (a NOT NULL too) has another name, with its index if it owns one, and with it what children inherit. */
export const renameConstraint = (catalog: Catalog, on: RelationName, from: string, to: string): Catalog => {
  const table = tableOf(catalog, on)
  const ownsIndex = constraintIndexes(table).has(from)
  const [oldIndex, newIndex] = [qualified(schemaOf(on), from), qualified(schemaOf(on), to)]
  let next = put(
    catalog,
    'tables',
    on,
    withFields(table, {
      constraints: table.constraints.has(from) ? new Map([...table.constraints].map(([name, value]) => [name === from ? to : name, value])) : table.constraints,
      columns: mapItems(table.columns, (column) =>
        column.notNull && column.notNull.name === from ? { ...column, notNull: { ...column.notNull, name: to } } : column,
      ),
      ...(ownsIndex && table.clusterOn === from ? { clusterOn: to } : {}),
      ...(ownsIndex && typeof table.replicaIdentity === 'object' && table.replicaIdentity.index === from ? { replicaIdentity: { index: to } } : {}),
    }),
  )
  if (ownsIndex) next = renameRelation(next, oldIndex, newIndex)
  next = moveFacts(next, keyOf('constraint', member(on, from)), keyOf('constraint', member(on, to)))
  if (!isInherited(catalog, on, from)) return next
  for (const name of childrenOf(catalog, on)) if (constraintNamed(next, name, from)) next = renameConstraint(next, name, from, to)
  return next
}
