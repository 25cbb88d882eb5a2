/** Statements that PostgreSQL refuses inside of a transaction block (`PreventInTransactionBlock`, 25001; each tried on 18.4). */
import { relationKind } from '../changes/names.ts'
import { readOptions } from '../changes/types.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Tree } from '../model/json.ts'
import { qualified, type RelationName } from '../model/name.ts'
import type { Statement } from '../model/statement.ts'
import { child, flag, list, text } from '../sql/tree.ts'
import { alterCommands } from './commands.ts'

type Words = string | undefined

const isOn = (options: Readonly<Record<string, string>>, name: string): boolean => {
  const value = options[name]
  return value !== undefined && !['off', 'false', '0'].includes(value.toLowerCase())
}

/** The relation that a range names, in its schema or in `public`. */
const relationOf = (range: Tree | undefined): RelationName | undefined => {
  const name = text(range, 'relname')
  return name === undefined ? undefined : qualified(text(range, 'schemaname') ?? 'public', name)
}

const isPartitionedThing = (catalog: Catalog, range: Tree | undefined): boolean => {
  const name = relationOf(range)
  if (name === undefined || relationKind(catalog, name) === undefined) return false
  return catalog.tables.get(catalog.indexes.get(name)?.relation ?? name)?.kind === 'partitioned'
}

const reindex = (tree: Tree, catalog: Catalog): Words => {
  const what = (text(tree, 'kind') ?? '').replace('REINDEX_OBJECT_', '')
  if (isOn(readOptions(list(tree, 'params')), 'concurrently')) return `REINDEX ${what} CONCURRENTLY`
  if (!['INDEX', 'TABLE'].includes(what)) return `REINDEX ${what}`
  return isPartitionedThing(catalog, child(tree, 'relation')) ? `REINDEX of a partitioned ${what.toLowerCase()}` : undefined
}

const cluster = (tree: Tree, catalog: Catalog): Words => {
  const relation = child(tree, 'relation')
  if (!relation) return 'CLUSTER of all tables'
  return isPartitionedThing(catalog, relation) ? 'CLUSTER of a partitioned table' : undefined
}

const detachesConcurrently = (command: Tree): boolean =>
  text(command, 'subtype') === 'AT_DetachPartition' && flag(child(child(command, 'def'), 'PartitionCmd'), 'concurrent')

/** A subscription makes its slot on the other server. */
const makesSlot = (tree: Tree): boolean => {
  const { create_slot, connect } = readOptions(list(tree, 'options'))
  return create_slot !== 'false' && connect !== 'false'
}

const byNode: Readonly<Record<string, (tree: Tree, catalog: Catalog) => Words>> = {
  IndexStmt: (tree) => (flag(tree, 'concurrent') ? 'CREATE INDEX CONCURRENTLY' : undefined),
  DropStmt: (tree) => (flag(tree, 'concurrent') ? 'DROP INDEX CONCURRENTLY' : undefined),
  ReindexStmt: reindex,
  ClusterStmt: cluster,
  VacuumStmt: (tree) => (flag(tree, 'is_vacuumcmd') ? 'VACUUM' : undefined),
  CreatedbStmt: () => 'CREATE DATABASE',
  DropdbStmt: () => 'DROP DATABASE',
  AlterDatabaseStmt: (tree) => ('tablespace' in readOptions(list(tree, 'options')) ? 'ALTER DATABASE … SET TABLESPACE' : undefined),
  CreateTableSpaceStmt: () => 'CREATE TABLESPACE',
  DropTableSpaceStmt: () => 'DROP TABLESPACE',
  AlterSystemStmt: () => 'ALTER SYSTEM',
  DiscardStmt: (tree) => (text(tree, 'target') === 'DISCARD_ALL' ? 'DISCARD ALL' : undefined),
  CreateSubscriptionStmt: (tree) => (makesSlot(tree) ? 'CREATE SUBSCRIPTION with a new slot' : undefined),
}

/** The words of a statement that cannot run in a transaction block; undefined for one that can. */
export const refusedInBlock = (statement: Statement, catalog: Catalog): Words =>
  statement.node === 'AlterTableStmt'
    ? alterCommands(statement).some(detachesConcurrently)
      ? 'DETACH PARTITION … CONCURRENTLY'
      : undefined
    : byNode[statement.node]?.(statement.tree, catalog)

/** The same for what a DO block runs: a function is no place for it either. */
export const refusedInFunction = (change: Change): Words => {
  if (change.kind === 'create-index' && change.concurrently) return 'CREATE INDEX CONCURRENTLY'
  if (change.kind === 'drop-index' && change.concurrently) return 'DROP INDEX CONCURRENTLY'
  if (change.kind !== 'maintain') return undefined
  return /^VACUUM|^REINDEX (?:SCHEMA|DATABASE|SYSTEM)| CONCURRENTLY$/.test(change.command) ? change.command : undefined
}
