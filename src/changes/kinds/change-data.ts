import type { Change } from '../../model/change.ts'
import type { Tree } from '../../model/json.ts'
import type { Footprint } from '../../model/lock.ts'
import { display, keyOf, type RelationName } from '../../model/name.ts'
import { child, flag, list, text } from '../../sql/tree.ts'
import { namedRelation, opaqueCall, rangeList, referencing, targetCalls, writtenRelations } from '../data.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import { descendantsOf, indexesOf, locking, rewriting, together } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood } from '../refusal.ts'
import { readSettings } from '../session.ts'
import { createsTemporary } from '../temporary.ts'

const emit = (reading: Reading, command: string, relations: readonly RelationName[]): void =>
  reading.emit({ kind: 'change-data', command, relations, sql: reading.statement.text })

const writes =
  (command: string) =>
  (reading: Reading, node: Tree): void => {
    if (opaqueCall(reading, node)) return
    emit(reading, command, [...new Set([...namedRelation(reading, child(node, 'relation')), ...writtenRelations(reading, node)])])
  }

const select = (reading: Reading, node: Tree): void => {
  const into = child(child(node, 'intoClause'), 'rel')
  if (into) return createsTemporary(reading, into) ? undefined : makeFromQuery(reading, into)
  const settings = targetCalls(node, 'set_config')
  if (settings) return readSettings(reading, settings)
  if (opaqueCall(reading, node)) return
  emit(reading, 'SELECT', writtenRelations(reading, node))
}

/** A table whose columns are a query's: their types are the engine's to say. */
const makeFromQuery = (reading: Reading, range: Tree): void =>
  reading.emit({
    kind: 'opaque',
    sql: reading.statement.text,
    reason: 'the columns of the new table have the types of a query',
    touches: [keyOf('table', reading.newRelation(range))],
  })

const createTableAs = (reading: Reading, node: Tree): void => {
  const range = child(child(node, 'into'), 'rel') ?? {}
  if (createsTemporary(reading, range)) return
  if (flag(node, 'if_not_exists') && reading.findRelation(range) !== undefined) return
  makeFromQuery(reading, range)
}

const truncate = (reading: Reading, node: Tree): void => {
  const named = rangeList(reading, list(node, 'relations'))
  emit(reading, 'TRUNCATE', text(node, 'behavior') === 'DROP_CASCADE' ? referencing(reading.catalog, named) : named)
}

const copy = (reading: Reading, node: Tree): void => emit(reading, 'COPY', flag(node, 'is_from') ? namedRelation(reading, child(node, 'relation')) : [])

const refresh = (reading: Reading, node: Tree): void => {
  const view = reading.relation(child(node, 'relation') ?? {})
  const how = `${flag(node, 'concurrent') ? ' CONCURRENTLY' : ''}${flag(node, 'skipData') ? ' WITH NO DATA' : ''}`
  emit(reading, `REFRESH MATERIALIZED VIEW${how}`, [view])
}

const call = (reading: Reading, node: Tree): void => {
  if (opaqueCall(reading, { FuncCall: child(node, 'funccall') ?? {} })) return
  emit(reading, 'CALL', [])
}

/** A prepared statement is run by its name later; only rows may be its business. */
const prepare = (reading: Reading, node: Tree): void => {
  const [query] = Object.keys(child(node, 'query') ?? {})
  if (!['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(query ?? '')) notUnderstood('PREPARE of something that is not a query')
  emit(reading, 'PREPARE', [])
}

const explain = (reading: Reading, node: Tree): void => {
  if (opaqueCall(reading, node)) return
  emit(reading, 'EXPLAIN', writtenRelations(reading, node))
}

const locks = ({ command, relations }: Change<'change-data'>, before: Parameters<typeof rewriting>[0]): Footprint => {
  const named = relations.filter((name) => before.tables.has(name) || before.views.has(name))
  // The rows of a parent are its children's too; where a new row goes is not known here.
  const known = command === 'INSERT' || command === 'COPY' ? named : [...new Set(named.flatMap((name) => [name, ...descendantsOf(before, name)]))]
  if (known.length === 0) return noFootprint
  if (command.startsWith('REFRESH') && command.includes('CONCURRENTLY'))
    return together(locking('EXCLUSIVE', ...known), locking('ROW EXCLUSIVE', ...known.flatMap((name) => indexesOf(before, name))))
  if (command === 'TRUNCATE' || command.startsWith('REFRESH')) return { ...together(...known.map((name) => rewriting(before, name))), scans: [] }
  return together(locking('ROW EXCLUSIVE', ...known), ...known.map((name) => locking('ROW EXCLUSIVE', ...indexesOf(before, name))))
}

export const changeData = defineChange({
  kind: 'change-data',
  summary: 'Rows are read or written; the catalog stays as it is.',
  reads: {
    InsertStmt: writes('INSERT'),
    UpdateStmt: writes('UPDATE'),
    DeleteStmt: writes('DELETE'),
    MergeStmt: writes('MERGE'),
    SelectStmt: select,
    TruncateStmt: truncate,
    CopyStmt: copy,
    RefreshMatViewStmt: refresh,
    CallStmt: call,
    PrepareStmt: prepare,
    ExplainStmt: explain,
    'CreateTableAsStmt OBJECT_TABLE': createTableAs,
    ExecuteStmt: (reading) => emit(reading, 'EXECUTE', []),
    DeallocateStmt: (reading) => emit(reading, 'DEALLOCATE', []),
    DeclareCursorStmt: (reading) => emit(reading, 'DECLARE', []),
    FetchStmt: (reading) => emit(reading, 'FETCH', []),
    ClosePortalStmt: (reading) => emit(reading, 'CLOSE', []),
  },
  /** Only REFRESH leaves a trace: whether the view can be read. */
  apply({ command, relations }, catalog) {
    const name = relations[0]
    const view = name === undefined || !command.startsWith('REFRESH') ? undefined : catalog.views.get(name)
    const withData = !command.endsWith('WITH NO DATA')
    return name === undefined || !view || view.withData === withData ? catalog : put(catalog, 'views', name, { ...view, withData })
  },
  invert: ({ command, relations }) =>
    ['SELECT', 'EXPLAIN', 'FETCH', 'CLOSE', 'DECLARE', 'PREPARE', 'DEALLOCATE'].includes(command) && relations.length === 0
      ? []
      : { irreversible: `${command} changes rows${relations.length > 0 ? ` of ${relations.map(display).join(', ')}` : ''}; the rows before it are not known` },
  toSql: ({ sql }) => [sql],
  footprint: locks,
  describe: ({ command, relations }) =>
    relations.length === 0
      ? `${command} runs`
      : command === 'TRUNCATE'
        ? `all rows of ${relations.map(display).join(', ')} are removed`
        : `${command} changes rows of ${relations.map(display).join(', ')}`,
  touches: ({ relations }) => relations.map((name) => keyOf('table', name)),
  examples: [
    { given: `CREATE TABLE users (id int, note text)`, sql: `UPDATE users SET note = 'x' WHERE note IS NULL` },
    { given: `CREATE TABLE a (id int); CREATE TABLE b (id int)`, sql: `WITH gone AS (DELETE FROM a RETURNING id) INSERT INTO b SELECT id FROM gone` },
    { given: `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a)`, sql: `TRUNCATE a CASCADE` },
    { given: `CREATE SEQUENCE s`, sql: `SELECT setval('s', 10)` },
  ],
})
