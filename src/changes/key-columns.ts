/** Columns that keys need to be NOT NULL. */
import type { Catalog } from '../model/catalog.ts'
import { qualified, type RelationName, schemaOf } from '../model/name.ts'
import { tableOf } from './edit.ts'
import { refuse } from './refusal.ts'

/** Refuses (42P16) to let a column of the primary key be null. */
export const refusePrimaryColumn = (catalog: Catalog, on: RelationName, column: string): void => {
  for (const constraint of tableOf(catalog, on).constraints.values()) {
    if (constraint.type === 'primary key' && constraint.columns.includes(column)) refuse('42P16', `column "${column}" is in a primary key`)
  }
}

/** The same, and for a column of the index that is the replica identity. */
export const refuseKeyColumn = (catalog: Catalog, on: RelationName, column: string): void => {
  refusePrimaryColumn(catalog, on, column)
  const { constraints, replicaIdentity } = tableOf(catalog, on)
  if (typeof replicaIdentity !== 'object') return
  const constraint = constraints.get(replicaIdentity.index)
  const columns =
    constraint && 'columns' in constraint
      ? constraint.columns
      : (catalog.indexes.get(qualified(schemaOf(on), replicaIdentity.index))?.elements ?? []).map((element) => element.on)
  if (columns.includes(column)) refuse('42P16', `column "${column}" is in index used as replica identity`)
}
