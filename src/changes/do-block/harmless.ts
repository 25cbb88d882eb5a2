/** Statements that only rows or the session feel: no catalog shows them. */
import type { Tree } from '../../model/json.ts'
import type { Statement } from '../../model/statement.ts'
import { leadingText } from '../../sql/plpgsql/leading-text.ts'
import { inside } from '../../sql/plpgsql/nested.ts'
import type { PlPgSql } from '../../sql/plpgsql.ts'
import { statementsOf } from '../../sql/texts.ts'
import { child, list, strings, text } from '../../sql/tree.ts'
import { callsDdl } from '../data.ts'
import type { Reading } from '../reading.ts'
import { type Run, textOf } from './run.ts'

/** Nodes of statements about rows and the session. */
export const dataNodes: ReadonlySet<string> = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'TruncateStmt',
  'CopyStmt',
  'CallStmt',
  'ExplainStmt',
  'PrepareStmt',
  'ExecuteStmt',
  'DeallocateStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'DeclareCursorStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'VacuumStmt',
  'ReindexStmt',
  'LockStmt',
  'NotifyStmt',
  'ListenStmt',
  'UnlistenStmt',
  'DiscardStmt',
  'LoadStmt',
  'CheckPointStmt',
  'RefreshMatViewStmt',
  'ConstraintsSetStmt',
])

const temporaryRange = (node: Tree): Tree | undefined => child(child(node, 'into'), 'rel') ?? child(node, 'relation')

/** A temporary relation's statement: it leaves no trace in the catalog. */
const isTemporary = (reading: Reading, { node, tree }: Statement): boolean => {
  if (node === 'CreateStmt' || node === 'CreateTableAsStmt') return text(temporaryRange(tree), 'relpersistence') === 't'
  if (node === 'AlterTableStmt' || node === 'IndexStmt') return reading.isTemporary(child(tree, 'relation') ?? {})
  if (node !== 'DropStmt') return false
  return list(tree, 'objects').every((object) => reading.session.temporary.has(strings(list(child(object, 'List'), 'items')).at(-1) ?? ''))
}

/** True for a statement that only rows or the session feel, in what it calls too. */
export const isData = (reading: Reading, statement: Statement): boolean =>
  isTemporary(reading, statement) || (dataNodes.has(statement.node) && callsDdl(reading, { [statement.node]: statement.tree }) === undefined)

const dataWords = /^\s*(select|insert|update|delete|merge|with|truncate|analyze|set|lock|copy)\b/i

/** The command of a computed statement that begins with one about rows: `UPDATE`. */
export const dataCommand = (expression: string): string | undefined => dataWords.exec(leadingText(expression))?.[1]?.toUpperCase()

const allData = (run: Run, sql: string): boolean | undefined => statementsOf(sql)?.every((statement) => isData(run.reading, statement))

/** True when a statement can change no catalog, whatever rows and variables hold. */
export const harmless = (run: Run, statement: PlPgSql): boolean => {
  if (statement.kind === 'sql' || statement.kind === 'execute') {
    const sql = textOf(run, statement)
    if (sql !== undefined) return allData(run, sql) ?? false
    return statement.kind === 'execute' && dataCommand(statement.expression) !== undefined
  }
  if (!inside(statement).every((inner) => harmless(run, inner))) return false
  // What a loop walks may be an expression.
  return statement.kind !== 'loop' || (allData(run, statement.source ?? '') ?? true)
}
