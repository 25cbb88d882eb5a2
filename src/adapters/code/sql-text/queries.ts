/** SELECT, VALUES and set operations: what they read and the columns that they answer. */
import type { Tree } from '../../../model/json.ts'
import { outputName } from '../../../sql/output-names.ts'
import { child, list, stringValue, text } from '../../../sql/tree.ts'
import { columnIn, referred } from './columns.ts'
import type { Role } from './found.ts'
import { fromFrame } from './from.ts'
import type { OutputColumn } from './nouns.ts'
import { type Reading, spoken } from './reading.ts'
import { type Frame, type Query, type Range, type Scope, shownBy, within } from './scopes.ts'
import { withQueries } from './with.ts'

/** A bare `*` means the innermost FROM; in a fragment that has none, the builder's. */
const starFrame = ({ frames }: Scope): Frame | undefined => frames.find(({ ranges }) => ranges.length > 0)

const readWhole = (range: Range, role: Role, reading: Reading): void => {
  // What a sub-select or a WITH query shows was recorded where it reads it.
  if (range.base && !range.proposed) reading.found.whole(range, role)
}

const star = (scope: Scope, role: Role, reading: Reading): Query => {
  const frame = starFrame(scope)
  if (!frame) return { columns: [], open: true }
  for (const range of frame.ranges) readWhole(range, role, reading)
  return { columns: shownBy(frame), open: frame.ranges.some(({ open }) => open) }
}

const nameOf = (target: Tree, value: Tree, reading: Reading): string => spoken(text(target, 'name') ?? outputName(value), reading)

const target = (wrapped: Tree, scope: Scope, role: Role, reading: Reading): Query => {
  const content = child(wrapped, 'ResTarget') ?? {}
  const value = child(content, 'val') ?? {}
  const reference = child(value, 'ColumnRef')
  const found = reference && list(reference, 'fields').some((field) => 'A_Star' in field) ? referred(reference, scope, reading) : undefined
  if (found === 'all') return star(scope, role, reading)
  if (found && 'row' in found) {
    readWhole(found.row, role, reading)
    return { columns: found.row.columns, open: found.row.open }
  }
  reading.expression(value, scope, role)
  const meaning = columnIn(value, scope, reading)
  return { columns: [{ name: nameOf(content, value, reading), from: meaning && !meaning.candidates ? meaning.column.from : [] }], open: false }
}

/** A target list or RETURNING: what it reads, and its columns. */
export const readTargets = (targets: readonly Tree[], scope: Scope, role: Role, reading: Reading): Query => {
  const queries = targets.map((wrapped) => target(wrapped, scope, role, reading))
  return { columns: queries.flatMap(({ columns }) => columns), open: queries.some(({ open }) => open) }
}

const bareName = (expression: Tree | undefined): string | undefined => {
  const fields = list(child(expression, 'ColumnRef'), 'fields')
  return fields.length === 1 ? stringValue(fields[0]) : undefined
}

/** The output column that an item of ORDER BY or GROUP BY names, by its name or its number. */
const outputMeant = (expression: Tree | undefined, outputs: readonly OutputColumn[]): OutputColumn | undefined => {
  const name = bareName(expression)
  if (name !== undefined) return outputs.find((column) => column.name === name)
  const constant = child(expression, 'A_Const')
  const number = child(constant, 'ival')?.ival
  return typeof number === 'number' ? outputs[number - 1] : undefined
}

/** One item of ORDER BY: an output's name comes before a column's; of GROUP BY: after. */
const item = (expression: Tree | undefined, outputs: readonly OutputColumn[], scope: Scope, role: 'order' | 'group', reading: Reading): void => {
  const output = outputMeant(expression, outputs)
  const own = role === 'group' && bareName(expression) !== undefined && columnIn(expression, scope, reading)?.confidence === 'certain'
  if (output && !own) reading.found.column({ column: output, confidence: 'certain' }, { access: 'read', role })
  else reading.expression(expression, scope, role)
}

const sort = (select: Tree, { columns }: Query, scope: Scope, reading: Reading): void => {
  for (const wrapped of list(select, 'sortClause')) item(child(child(wrapped, 'SortBy'), 'node'), columns, scope, 'order', reading)
}

const groups = (select: Tree, { columns }: Query, scope: Scope, reading: Reading): void => {
  for (const wrapped of list(select, 'groupClause')) item(wrapped, columns, scope, 'group', reading)
}

const limits = (select: Tree, scope: Scope, reading: Reading): void => {
  reading.expression(select.limitCount, scope, 'select')
  reading.expression(select.limitOffset, scope, 'select')
}

const values = (select: Tree, scope: Scope, reading: Reading): Query => {
  reading.expression(select.valuesLists, scope, 'values')
  const width = list(child(list(select, 'valuesLists')[0], 'List'), 'items').length
  return { columns: Array.from({ length: width }, (_, at) => ({ name: `column${at + 1}`, from: [] })), open: false }
}

/** A UNION's columns have the names of its left side and come from both. */
const either = (left: Query, right: Query): Query => ({
  columns: left.columns.map(({ name, from }, at) => ({ name, from: [...from, ...(right.columns[at]?.from ?? [])] })),
  open: left.open || right.open,
})

const arms = (select: Tree, scope: Scope, reading: Reading): Query => {
  const [left, right] = [child(select, 'larg') ?? {}, child(select, 'rarg') ?? {}]
  const result = either(readSelect(left, scope, reading), readSelect(right, scope, reading))
  sort(select, result, scope, reading)
  limits(select, scope, reading)
  return result
}

const plain = (select: Tree, outer: Scope, exists: boolean, reading: Reading): Query => {
  const scope = within(outer, fromFrame(list(select, 'fromClause'), outer, reading))
  const role: Role = reading.wrapper === select ? 'sql' : 'select'
  const targets = exists ? list(select, 'targetList').filter((wrapped) => !isStarTarget(wrapped)) : list(select, 'targetList')
  const result = readTargets(targets, scope, role, reading)
  reading.expression(select.whereClause, scope, 'where')
  groups(select, result, scope, reading)
  reading.expression(select.havingClause, scope, 'where')
  reading.expression(select.windowClause, scope, 'order')
  reading.expression(
    list(select, 'distinctClause').filter((node) => Object.keys(node).length > 0),
    scope,
    'select',
  )
  sort(select, result, scope, reading)
  limits(select, scope, reading)
  return result
}

const isStarTarget = (wrapped: Tree): boolean =>
  list(child(child(child(wrapped, 'ResTarget'), 'val'), 'ColumnRef'), 'fields').some((field) => 'A_Star' in field)

/** A SELECT's content. `exists`: the `*` of EXISTS (SELECT * …) reads no column. */
export const readSelect = (select: Tree, outer: Scope, reading: Reading, exists = false): Query => {
  const scope = withQueries(select, outer, reading)
  if (list(select, 'valuesLists').length > 0) return values(select, scope, reading)
  if (child(select, 'larg')) return arms(select, scope, reading)
  return plain(select, scope, exists, reading)
}
