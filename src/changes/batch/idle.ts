/**
 * Statements that change nothing. PostgreSQL looks under the table's lock whether what they make is there already and whether what they take away is there at
 * all, and keeps that lock like any other: ALTER TABLE with the mode of its commands (`AlterTableGetLockLevel`), CREATE INDEX IF NOT EXISTS with SHARE.
 */
import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { type Footprint, type LockMode, lockModes } from '../../model/lock.ts'
import type { Statement } from '../../model/statement.ts'
import { child, flag, list, text } from '../../sql/tree.ts'
import { noFootprint } from '../define.ts'
import { resolveRelation } from '../expressions.ts'
import { locking } from '../footprint.ts'

const gentle = /^AT_(?:SetStatistics|SetOptions|ResetOptions|ClusterOn|DropCluster|SetRelOptions|ResetRelOptions|ValidateConstraint)$/
const switchesTrigger = /^AT_(?:Enable|Disable)(?:Always|Replica)?Trig(?:All|User)?$/

const modeOf = (command: Tree): LockMode => {
  const subtype = text(child(command, 'AlterTableCmd'), 'subtype') ?? ''
  if (gentle.test(subtype)) return 'SHARE UPDATE EXCLUSIVE'
  return switchesTrigger.test(subtype) ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE'
}

const strongest = (modes: readonly LockMode[]): LockMode => lockModes[Math.max(...modes.map((mode) => lockModes.indexOf(mode)))] ?? 'ACCESS EXCLUSIVE'

const idleMode = ({ node, tree }: Statement): LockMode | undefined => {
  if (node === 'AlterTableStmt' && text(tree, 'objtype') === 'OBJECT_TABLE') return strongest(list(tree, 'cmds').map(modeOf))
  if (node === 'IndexStmt') return flag(tree, 'concurrent') ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE'
  return undefined
}

/** What a statement without a change locks. Nothing where its table is not there, or temporary. */
export const idleFootprint = (statement: Statement, catalog: Catalog, searchPath: readonly string[]): Footprint => {
  const mode = idleMode(statement)
  const relation = mode && resolveRelation(child(statement.tree, 'relation') ?? {}, catalog, searchPath)
  return mode && relation !== undefined && catalog.tables.has(relation) ? locking(mode, relation) : noFootprint
}
