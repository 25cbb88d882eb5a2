/** What an index may serve as: the order of a table's rows, or the identity of a row for replication. */
import type { Catalog, Index } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { localName, qualified, type RelationName, schemaOf } from '../model/name.ts'
import { columnOf, editTable, tableOf, withFields } from './edit.ts'
import { refuse } from './refusal.ts'

type Facts = Pick<Index, 'unique' | 'where' | 'method'> & { readonly columns: readonly (string | undefined)[]; readonly deferrable: boolean }

/** One index of a table, a constraint's too; `columns` has undefined for an expression. Refuses with 42704. */
const factsOf = (catalog: Catalog, on: RelationName, name: string): Facts => {
  const constraint = tableOf(catalog, on).constraints.get(name)
  if (constraint?.type === 'primary key' || constraint?.type === 'unique')
    return { unique: true, method: 'btree', columns: constraint.columns, deferrable: constraint.deferrable }
  if (constraint?.type === 'exclusion')
    return {
      unique: false,
      method: constraint.method,
      columns: [],
      deferrable: constraint.deferrable,
      ...(constraint.where ? { where: constraint.where } : {}),
    }
  const index = catalog.indexes.get(qualified(schemaOf(on), name))
  if (index?.relation !== on) return refuse('42704', `index "${name}" for table "${localName(on)}" does not exist`)
  return { ...index, columns: index.elements.map((element) => (typeof element.on === 'string' ? element.on : undefined)), deferrable: false }
}

/** Refuses an index that CLUSTER cannot follow (`check_index_is_clusterable`). */
export const refuseUnclusterable = (catalog: Catalog, on: RelationName, name: string): void => {
  const { method, where } = factsOf(catalog, on, name)
  if (method !== 'btree' && method !== 'gist') refuse('0A000', `cannot cluster on index "${name}" because access method does not support clustering`)
  if (where !== undefined) refuse('0A000', `cannot cluster on partial index "${name}"`)
}

/** Refuses an index that does not tell every row (`ATExecReplicaIdentity`). */
export const refuseUnidentifying = (catalog: Catalog, on: RelationName, name: string): void => {
  const { unique, deferrable, columns, where } = factsOf(catalog, on, name)
  if (!unique) refuse('42809', `cannot use non-unique index "${name}" as replica identity`)
  if (deferrable) refuse('0A000', `cannot use non-immediate index "${name}" as replica identity`)
  if (columns.includes(undefined)) refuse('0A000', `cannot use expression index "${name}" as replica identity`)
  if (where !== undefined) refuse('0A000', `cannot use partial index "${name}" as replica identity`)
  const nullable = columns.find((column) => column !== undefined && !columnOf(catalog, on, column).notNull)
  if (nullable !== undefined) refuse('42809', `index "${name}" cannot be used as replica identity because column "${nullable}" is nullable`)
}

/** The table's catalog when one of its indexes is gone: it orders no rows any more, and as identity of a row it is as good as none (manual, REPLICA IDENTITY). */
export const forgetIndex = (catalog: Catalog, on: RelationName, name: string): Catalog => {
  const table = catalog.tables.get(on)
  if (!table) return catalog
  const identifies = typeof table.replicaIdentity === 'object' && table.replicaIdentity.index === name
  if (table.clusterOn !== name && !identifies) return catalog
  return editTable(catalog, on, (known) =>
    withFields(known, { ...(known.clusterOn === name ? { clusterOn: undefined } : {}), ...(identifies ? { replicaIdentity: 'nothing' as const } : {}) }),
  )
}

/** The changes that let an index that is back serve as it did before. */
export const rememberIndex = (before: Catalog, on: RelationName, name: string): readonly Change[] => {
  const { clusterOn, replicaIdentity } = before.tables.get(on) ?? {}
  return [
    ...(clusterOn === name ? [{ kind: 'set-cluster-index', on, to: clusterOn } as const] : []),
    ...(typeof replicaIdentity === 'object' && replicaIdentity.index === name ? [{ kind: 'set-replica-identity', on, to: replicaIdentity } as const] : []),
  ]
}
