/** INSERT, UPDATE, DELETE and MERGE. */
import type { Tree } from '../../../model/json.ts'
import { child, flag, list, text } from '../../../sql/tree.ts'
import { fromFrame } from './from.ts'
import { recordWritten } from './literals.ts'
import { readTargets } from './queries.ts'
import { isAround, openRange, type Reading, spoken, tableNamed } from './reading.ts'
import { type Base, columnOf, type Frame, noColumns, proposedOf, type Query, qualifiedIn, type Range, rangeOf, type Scope, within } from './scopes.ts'
import { isUnknown } from './spelling.ts'
import { withQueries } from './with.ts'

/** What a statement writes to; `fragment`: it only stands around a fragment, whose builder says the table. */
type Target = { readonly base: Base | undefined; readonly ranges: readonly Range[]; readonly fragment: boolean }

const unknownTarget = (reading: Reading): Target => {
  reading.found.unread('the name of a table in it is computed')
  return { base: undefined, ranges: [openRange('')], fragment: false }
}

const targetOf = (statement: Tree, reading: Reading): Target => {
  const relation = child(statement, 'relation') ?? {}
  if (isAround(relation)) return { base: reading.builder, ranges: [], fragment: true }
  const named = tableNamed(relation, reading)
  if (named === 'unknown') return unknownTarget(reading)
  const alias = text(child(relation, 'alias'), 'aliasname')
  if (named === 'system') return { base: undefined, ranges: [openRange(alias ?? text(relation, 'relname') ?? '')], fragment: false }
  return { base: named.base, ranges: [rangeOf(named.base, alias === undefined ? named.alias : spoken(alias, reading))], fragment: false }
}

const frameOf = ({ ranges }: Target): Frame => ({ ranges, merged: [] })

/** RETURNING also knows the row as `old` and `new`; the whole row is what the target's own name says. */
const returning = (statement: Tree, target: Target, frame: Frame, scope: Scope, reading: Reading): Query => {
  const targets = list(child(statement, 'returningClause'), 'exprs')
  if (targets.length === 0) return noColumns
  const rows: Frame = { ranges: target.base && !target.fragment ? ['old', 'new'].map((name) => rangeOf(target.base as Base, name)) : [], merged: [] }
  return readTargets(targets, within(within(scope, rows), frame), 'returning', reading)
}

const isComputed = (name: string, reading: Reading): boolean => {
  if (isUnknown(name)) reading.found.unread('a name in it is computed')
  return isUnknown(name)
}

const write = (base: Base | undefined, name: string, value: Tree | undefined, role: 'set' | 'values', reading: Reading): void => {
  if (!base || isComputed(name, reading)) return
  reading.found.columnNamed(base, name, { access: 'write', role })
  recordWritten(qualifiedIn({ ...rangeOf(base, undefined), columns: [{ name, from: [columnOf(base, name)] }] }, name), value, reading)
}

/** The SET list of UPDATE, ON CONFLICT and MERGE. */
const assignments = (targets: readonly Tree[], base: Base | undefined, scope: Scope, reading: Reading): void => {
  for (const wrapped of targets) {
    const content = child(wrapped, 'ResTarget')
    const name = text(content, 'name') ?? ''
    const value = child(content, 'val')
    if (!isAround({ relname: name })) write(base, spoken(name, reading), value, 'set', reading)
    reading.expression(content?.indirection, scope, 'set')
    reading.expression(value, scope, 'set')
  }
}

/** The expressions that an INSERT gives a column, by the columns' order. */
const givenAt = (statement: Tree, at: number): readonly (Tree | undefined)[] => {
  const select = child(child(statement, 'selectStmt'), 'SelectStmt')
  const rows = list(select, 'valuesLists')
  if (rows.length > 0) return rows.map((row) => list(child(row, 'List'), 'items')[at])
  return [child(child(list(select, 'targetList')[at], 'ResTarget'), 'val')]
}

/** The columns that an INSERT, or MERGE's, names. */
const named = (targets: readonly Tree[], reading: Reading): readonly string[] =>
  targets.map((wrapped) => spoken(text(child(wrapped, 'ResTarget'), 'name') ?? '', reading))

const insertNamed = (statement: Tree, names: readonly string[], base: Base, reading: Reading): void => {
  names.forEach((name, at) => {
    const values = givenAt(statement, at)
    for (const value of values.length > 0 ? values : [undefined]) write(base, name, value, 'values', reading)
  })
  const given = names.filter((name) => !isUnknown(name))
  reading.found.insert({ schema: base.schema, name: base.name, given, open: given.length < names.length })
}

/** An INSERT without a list of columns gives the first ones, as many as its source has. */
const insertAll = (base: Base, source: Query, reading: Reading): void => {
  const columns = base.known?.columns ?? []
  const written = source.open ? columns : columns.slice(0, source.columns.length)
  for (const { name } of written) reading.found.columnNamed(base, name, { access: 'write', role: 'values', via: 'implicit' })
  if (written.length === 0) reading.found.table(base, { access: 'write', role: 'values' })
  reading.found.insert({ schema: base.schema, name: base.name, given: written.map(({ name }) => name), open: source.open || !base.known })
}

const conflict = (statement: Tree, target: Target, scope: Scope, reading: Reading): void => {
  const clause = child(statement, 'onConflictClause')
  if (!clause) return
  const infer = child(clause, 'infer')
  const constraint = text(infer, 'conname')
  if (constraint !== undefined) reading.found.constraint(constraint)
  for (const wrapped of list(infer, 'indexElems')) {
    const element = child(wrapped, 'IndexElem') ?? {}
    const name = spoken(text(element, 'name') ?? '', reading)
    if (target.base && name !== '' && !isComputed(name, reading)) reading.found.columnNamed(target.base, name, { access: 'read', role: 'conflict' })
    reading.expression(element.expr, scope, 'conflict')
  }
  reading.expression(infer?.whereClause, scope, 'conflict')
  const excluded: Range[] = target.base ? [proposedOf(target.base)] : [openRange('excluded')]
  const both = within(scope, { ranges: [...target.ranges, ...excluded], merged: [] })
  assignments(list(clause, 'targetList'), target.base, both, reading)
  reading.expression(clause.whereClause, both, 'where')
}

export const readInsert = (statement: Tree, outer: Scope, reading: Reading): Query => {
  const scope = withQueries(statement, outer, reading)
  const target = targetOf(statement, reading)
  const select = child(statement, 'selectStmt')
  const source = select ? reading.query(select, scope) : noColumns
  const names = named(list(statement, 'cols'), reading)
  if (target.base && !target.fragment) {
    if (names.length > 0) insertNamed(statement, names, target.base, reading)
    else insertAll(target.base, source, reading)
  }
  conflict(statement, target, within(scope, frameOf(target)), reading)
  return returning(statement, target, frameOf(target), scope, reading)
}

export const readUpdate = (statement: Tree, outer: Scope, reading: Reading): Query => {
  const scope = withQueries(statement, outer, reading)
  const target = targetOf(statement, reading)
  const frame = fromFrame(list(statement, 'fromClause'), scope, reading, frameOf(target))
  const inner = within(scope, frame)
  assignments(list(statement, 'targetList'), target.base, inner, reading)
  reading.expression(statement.whereClause, inner, 'where')
  return returning(statement, target, frame, scope, reading)
}

export const readDelete = (statement: Tree, outer: Scope, reading: Reading): Query => {
  const scope = withQueries(statement, outer, reading)
  const target = targetOf(statement, reading)
  if (target.base && !target.fragment) reading.found.table(target.base, { access: 'delete', role: 'delete' })
  const frame = fromFrame(list(statement, 'usingClause'), scope, reading, frameOf(target))
  reading.expression(statement.whereClause, within(scope, frame), 'where')
  return returning(statement, target, frame, scope, reading)
}

const mergeInsert = (clause: Tree, base: Base, reading: Reading): void => {
  const values = list(clause, 'values')
  const targets = list(clause, 'targetList')
  const names = named(targets, reading)
  if (names.length === 0) return insertAll(base, { columns: values.map(() => ({ name: '', from: [] })), open: false }, reading)
  names.forEach((name, at) => {
    write(base, name, values[at], 'values', reading)
  })
  reading.found.insert({ schema: base.schema, name: base.name, given: names, open: false })
}

const mergeWhen = (clause: Tree, { base }: Target, scope: Scope, reading: Reading): void => {
  reading.expression(clause.condition, scope, 'where')
  reading.expression(clause.values, scope, 'values')
  if (clause.commandType === 'CMD_UPDATE') assignments(list(clause, 'targetList'), base, scope, reading)
  if (base && clause.commandType === 'CMD_INSERT') mergeInsert(clause, base, reading)
  if (base && clause.commandType === 'CMD_DELETE') reading.found.table(base, { access: 'delete', role: 'delete' })
}

export const readMerge = (statement: Tree, outer: Scope, reading: Reading): Query => {
  const scope = withQueries(statement, outer, reading)
  const target = targetOf(statement, reading)
  const source = child(statement, 'sourceRelation')
  const frame = fromFrame(source ? [source] : [], scope, reading, frameOf(target))
  const inner = within(scope, frame)
  reading.expression(statement.joinCondition, inner, 'join')
  for (const wrapped of list(statement, 'mergeWhenClauses')) mergeWhen(child(wrapped, 'MergeWhenClause') ?? {}, target, inner, reading)
  return returning(statement, target, frame, scope, reading)
}

/** COPY: FROM writes the listed columns or all of them, TO reads them or a query's. */
export const readCopy = (statement: Tree, scope: Scope, reading: Reading): void => {
  const query = child(statement, 'query')
  if (query) return void reading.query(query, scope)
  const { base, ranges } = targetOf(statement, reading)
  if (!base) return
  const access = flag(statement, 'is_from') ? 'write' : 'read'
  const role = access === 'write' ? 'values' : 'select'
  const listed = list(statement, 'attlist').map((node) => spoken(text(child(node, 'String'), 'sval') ?? '', reading))
  const names = listed.length > 0 ? listed : ranges.flatMap(({ columns }) => columns.map(({ name }) => name))
  for (const name of names) reading.found.columnNamed(base, name, { access, role, via: listed.length > 0 ? 'explicit' : 'implicit' })
  if (names.length === 0) reading.found.table(base, { access, role })
  if (access === 'write') reading.found.insert({ schema: base.schema, name: base.name, given: names, open: names.length === 0 })
}
