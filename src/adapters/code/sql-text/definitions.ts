/** DDL and the other statements without rows that code sends: what of tables they name. */
import type { Tree } from '../../../model/json.ts'
import { child, list, strings, stringValue, text, unwrap, walk } from '../../../sql/tree.ts'
import { recordFunction } from './expressions.ts'
import { fromFrame } from './from.ts'
import { type Reading, spoken, tableNamed } from './reading.ts'
import { type Base, noFrame, rangeOf, type Scope, within } from './scopes.ts'

type Definition = (content: Tree, scope: Scope, reading: Reading) => void

const touch = (base: Base, access: 'read' | 'write', reading: Reading): void => reading.found.table(base, { access, role: 'sql' })

const baseOf = (relation: Tree | undefined, reading: Reading): Base | undefined => {
  if (!relation) return undefined
  const named = tableNamed(relation, reading)
  if (named === 'unknown') reading.found.unread('the name of a table in it is computed')
  return typeof named === 'string' ? undefined : named.base
}

const inTable = (base: Base, scope: Scope): Scope => within(scope, { ranges: [rangeOf(base, undefined)], merged: [] })

const column = (base: Base, name: string, access: 'read' | 'write', reading: Reading): void =>
  reading.found.columnNamed(base, spoken(name, reading), { access, role: 'sql' })

const indexElements = (nodes: readonly Tree[], base: Base, scope: Scope, reading: Reading): void => {
  for (const wrapped of nodes) {
    const element = child(wrapped, 'IndexElem')
    const name = text(element, 'name')
    if (name !== undefined) column(base, name, 'read', reading)
    reading.expression(element?.expr, scope, 'sql')
  }
}

const createIndex: Definition = (content, scope, reading) => {
  const name = text(content, 'idxname')
  if (name !== undefined) reading.found.index(spoken(name, reading))
  const base = baseOf(child(content, 'relation'), reading)
  if (!base) return
  const inner = inTable(base, scope)
  indexElements([...list(content, 'indexParams'), ...list(content, 'indexIncludingParams')], base, inner, reading)
  reading.expression(content.whereClause, inner, 'sql')
}

const constraint = (content: Tree, base: Base, scope: Scope, reading: Reading): void => {
  const name = text(content, 'conname')
  if (name !== undefined) reading.found.constraint(name)
  for (const key of strings([...list(content, 'keys'), ...list(content, 'fk_attrs')])) column(base, key, 'read', reading)
  const other = baseOf(child(content, 'pktable'), reading)
  if (other) for (const key of strings(list(content, 'pk_attrs'))) column(other, key, 'read', reading)
  if (other) touch(other, 'read', reading)
  reading.expression(content.raw_expr, scope, 'sql')
}

const constraintCommands = new Set(['AT_DropConstraint', 'AT_ValidateConstraint', 'AT_AlterConstraint'])
/** Commands whose `name` is no column: a trigger, a rule, an index, an owner. */
const otherNames = /Trig|Rule|Cluster|SetTableSpace|ReplicaIdentity|AddOf|ChangeOwner|AccessMethod/

const command = (content: Tree, base: Base, scope: Scope, reading: Reading): void => {
  const subtype = text(content, 'subtype') ?? ''
  const name = text(content, 'name')
  const added = text(child(child(content, 'def'), 'ColumnDef'), 'colname')
  if (name !== undefined && constraintCommands.has(subtype)) reading.found.constraint(name)
  else if (name !== undefined && !otherNames.test(subtype)) column(base, name, 'write', reading)
  if (added !== undefined) column(base, added, 'write', reading)
  walk(content.def, (node) => {
    const own = child(node, 'Constraint')
    if (own) constraint(own, base, scope, reading)
    return own ? false : undefined
  })
  reading.expression(child(child(content, 'def'), 'ColumnDef')?.raw_default, scope, 'sql')
}

const alterTable: Definition = (content, scope, reading) => {
  const base = baseOf(child(content, 'relation'), reading)
  if (!base) return
  touch(base, 'write', reading)
  for (const wrapped of list(content, 'cmds')) command(child(wrapped, 'AlterTableCmd') ?? {}, base, inTable(base, scope), reading)
}

const rename: Definition = (content, _scope, reading) => {
  const subject = text(content, 'subname')
  if (content.renameType === 'OBJECT_INDEX') return reading.found.index(text(child(content, 'relation'), 'relname') ?? '')
  const base = baseOf(child(content, 'relation'), reading)
  if (!base) return
  touch(base, 'write', reading)
  if (subject !== undefined && content.renameType === 'OBJECT_COLUMN') column(base, subject, 'write', reading)
  if (subject !== undefined && content.renameType === 'OBJECT_TABCONSTRAINT') reading.found.constraint(subject)
}

const relations = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW'])

const drop: Definition = (content, _scope, reading) => {
  for (const object of list(content, 'objects')) {
    const names = strings(list(child(object, 'List'), 'items'))
    const [schema, name = ''] = [names.at(-2), names.at(-1)]
    if (content.removeType === 'OBJECT_INDEX') reading.found.index(spoken(name, reading))
    if (!relations.has(text(content, 'removeType') ?? '')) continue
    const base = baseOf({ relname: name, ...(schema === undefined ? {} : { schemaname: schema }) }, reading)
    if (base) touch(base, 'write', reading)
  }
}

const truncate: Definition = (content, _scope, reading) => {
  for (const wrapped of list(content, 'relations')) {
    const base = baseOf(child(wrapped, 'RangeVar'), reading)
    if (base) reading.found.table(base, { access: 'delete', role: 'delete' })
  }
}

const callProcedure: Definition = (content, scope, reading) => {
  const called = child(content, 'funccall')
  recordFunction(called, reading)
  reading.expression(called?.args, scope, 'sql')
}

/** EXPLAIN, PREPARE, DECLARE CURSOR, CREATE VIEW, CREATE TABLE AS: a query inside, and maybe a name for it. */
const ofQuery = (content: Tree, scope: Scope, reading: Reading): void => {
  const query = child(content, 'query')
  if (query) reading.query(query, scope)
}

const prepared: Definition = (_content, _scope, reading) => reading.found.unread('it runs a statement that was prepared elsewhere')

const setConstraints: Definition = (content, _scope, reading) => {
  for (const wrapped of list(content, 'constraints')) reading.found.constraint(text(child(wrapped, 'RangeVar'), 'relname') ?? '')
}

const reindex: Definition = (content, scope, reading) => {
  if (content.kind === 'REINDEX_OBJECT_INDEX') reading.found.index(text(child(content, 'relation'), 'relname') ?? '')
  else anyOther(content, scope, reading)
}

/** A statement of which only the tables that it names matter, and the expressions over the one that it is about. */
const anyOther: Definition = (content, scope, reading) => {
  const tables: Tree[] = []
  walk(content, (node) => {
    const range = child(node, 'RangeVar') ?? (typeof node.relname === 'string' ? node : undefined)
    if (range) tables.push(range)
    if (!('SelectStmt' in node)) return undefined
    reading.query(node, scope)
    return false
  })
  for (const range of tables) {
    const base = baseOf(range, reading)
    if (base) touch(base, 'read', reading)
  }
  const frame = fromFrame(
    tables.map((range) => ({ RangeVar: range })),
    scope,
    reading,
    noFrame,
  )
  for (const key of ['qual', 'with_check', 'whenClause']) reading.expression(content[key], within(scope, frame), 'sql')
}

const commented: Definition = (content, _scope, reading) => {
  if (content.objtype !== 'OBJECT_COLUMN') return
  const names = list(child(child(content, 'object'), 'List'), 'items').map((node) => stringValue(node) ?? '')
  const base = baseOf({ relname: names.at(-2) ?? '', ...(names.length > 2 ? { schemaname: names.at(-3) ?? '' } : {}) }, reading)
  if (base) column(base, names.at(-1) ?? '', 'read', reading)
}

const created: Definition = (content, scope, reading) => {
  const base = baseOf(child(content, 'relation'), reading)
  if (!base) return
  touch(base, 'write', reading)
  for (const wrapped of list(content, 'tableElts')) {
    const [node, element] = unwrap(wrapped)
    if (node === 'Constraint') constraint(element, base, inTable(base, scope), reading)
  }
}

const nothing: Definition = () => {}

const definitions: { readonly [node: string]: Definition | undefined } = {
  IndexStmt: createIndex,
  AlterTableStmt: alterTable,
  RenameStmt: rename,
  DropStmt: drop,
  TruncateStmt: truncate,
  CallStmt: callProcedure,
  CreateStmt: created,
  ExplainStmt: ofQuery,
  PrepareStmt: ofQuery,
  DeclareCursorStmt: ofQuery,
  ViewStmt: ofQuery,
  CreateTableAsStmt: ofQuery,
  ExecuteStmt: prepared,
  CommentStmt: commented,
  ConstraintsSetStmt: setConstraints,
  ReindexStmt: reindex,
  TransactionStmt: nothing,
  VariableSetStmt: nothing,
}

export const readDefinition = (node: string, content: Tree, scope: Scope, reading: Reading): void => (definitions[node] ?? anyOther)(content, scope, reading)
