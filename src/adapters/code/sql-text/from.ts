/** The ranges that FROM, USING and JOIN bring into sight. */
import type { Tree } from '../../../model/json.ts'
import { child, flag, list, strings, text, unwrap } from '../../../sql/tree.ts'
import type { OutputColumn } from './nouns.ts'
import { isAround, openRange, type Reading, spoken, tableNamed } from './reading.ts'
import { type Frame, type Meaning, noFrame, type Range, rangeOf, renamed, type Scope, shownBy, unqualified, within } from './scopes.ts'

const joined = (left: Frame, right: Frame): Frame => ({ ranges: [...left.ranges, ...right.ranges], merged: [...left.merged, ...right.merged] })

const one = (range: Range | undefined): Frame => (range ? { ranges: [range], merged: [] } : noFrame)

const aliasOf = (node: Tree, reading: Reading): { readonly name: string | undefined; readonly columns: readonly string[] } => {
  const alias = child(node, 'alias')
  const name = text(alias, 'aliasname')
  return { name: name === undefined ? undefined : spoken(name, reading), columns: strings(list(alias, 'colnames')) }
}

/** A table's range; a WITH query's name hides a table's. */
const relation = (range: Tree, scope: Scope, reading: Reading): Range | undefined => {
  if (isAround(range)) return undefined
  const { name: alias, columns } = aliasOf(range, reading)
  const name = spoken(text(range, 'relname') ?? '', reading)
  const query = text(range, 'schemaname') === undefined ? scope.queries.get(name) : undefined
  if (query) return { name: alias ?? name, columns: renamed(query.columns, columns), open: query.open }
  const named = tableNamed(range, reading)
  if (named === 'unknown') reading.found.unread('the name of a table in it is computed')
  if (named === 'unknown' || named === 'system') return openRange(alias ?? name)
  reading.found.range(named.base)
  return rangeOf(named.base, alias ?? named.alias, columns)
}

const columnsOfList = (definitions: readonly Tree[]): readonly OutputColumn[] =>
  definitions.map((definition) => ({ name: text(child(definition, 'ColumnDef'), 'colname') ?? '', from: [] }))

const functionName = (node: Tree): string | undefined => {
  const call = child(list(child(list(node, 'functions')[0], 'List'), 'items')[0], 'FuncCall')
  return strings(list(call, 'funcname')).at(-1)
}

/** A function's rows: its columns are known where the alias or a list of definitions says them. */
const functionRange = (node: Tree, scope: Scope, reading: Reading): Range => {
  reading.expression(node.functions, scope, 'select')
  const { name, columns } = aliasOf(node, reading)
  const listed = columnsOfList(list(node, 'coldeflist'))
  const known = columns.length > 0 ? columns.map((column) => ({ name: column, from: [] })) : listed
  const shown = name ?? functionName(node) ?? ''
  // A function that answers one value has one column, of its alias's name.
  return known.length > 0 ? { name: shown, columns: known, open: false } : { name: shown, columns: [{ name: shown, from: [] }], open: true }
}

const subselect = (node: Tree, scope: Scope, reading: Reading): Range => {
  const query = child(node, 'subquery')
  const { columns, open } = query ? reading.query(query, scope) : { columns: [], open: true }
  const alias = aliasOf(node, reading)
  return { name: alias.name ?? '', columns: renamed(columns, alias.columns), open }
}

const side = (frame: Frame, name: string, scope: Scope): Meaning | undefined => unqualified({ ...scope, frames: [frame] }, name)

/** The columns of USING, or for NATURAL the names that both sides are known to have. */
const shared = (join: Tree, left: Frame, right: Frame, reading: Reading): readonly string[] => {
  if (!flag(join, 'isNatural')) return strings(list(join, 'usingClause')).map((name) => spoken(name, reading))
  const names = (frame: Frame) => frame.ranges.flatMap(({ columns }) => columns.map(({ name }) => name))
  const others = new Set(names(right))
  return [...new Set(names(left))].filter((name) => others.has(name))
}

const merge = (join: Tree, left: Frame, right: Frame, scope: Scope, reading: Reading): readonly OutputColumn[] =>
  shared(join, left, right, reading).map((name) => {
    const meanings = [side(left, name, scope), side(right, name, scope)]
    for (const meaning of meanings)
      if (meaning) reading.found.column(meaning, { access: 'read', role: 'join', via: flag(join, 'isNatural') ? 'implicit' : 'explicit' })
    return { name, from: meanings.flatMap((meaning) => meaning?.column.from ?? []).slice(0, 1) }
  })

const join = (node: Tree, scope: Scope, before: Frame, reading: Reading): Frame => {
  const left = item(child(node, 'larg') ?? {}, scope, before, reading)
  const right = item(child(node, 'rarg') ?? {}, scope, joined(before, left), reading)
  const both = joined(left, right)
  const merged = merge(node, left, right, scope, reading)
  reading.expression(node.quals, within(scope, joined(before, both)), 'join')
  const alias = aliasOf(node, reading)
  const result = { ...both, merged: [...merged, ...both.merged] }
  if (alias.name === undefined) return result
  return one({ name: alias.name, columns: renamed(shownBy(result), alias.columns), open: both.ranges.some(({ open }) => open) })
}

/** `before`: what stands left of it in the same FROM, which LATERAL and functions see. */
const item = (wrapped: Tree, scope: Scope, before: Frame, reading: Reading): Frame => {
  const [node, content] = unwrap(wrapped)
  switch (node) {
    case 'RangeVar':
      return one(relation(content, scope, reading))
    case 'RangeTableSample':
      return item(child(content, 'relation') ?? {}, scope, before, reading)
    case 'RangeSubselect':
      return one(subselect(content, flag(content, 'lateral') ? within(scope, before) : scope, reading))
    case 'RangeFunction':
      return one(functionRange(content, within(scope, before), reading))
    case 'JoinExpr':
      return join(content, scope, before, reading)
    default: {
      // JSON_TABLE and XMLTABLE: their columns are computed.
      reading.expression(content, within(scope, before), 'select')
      return one(openRange(aliasOf(content, reading).name ?? ''))
    }
  }
}

export const fromFrame = (items: readonly Tree[], scope: Scope, reading: Reading, first: Frame = noFrame): Frame => {
  let frame = first
  for (const wrapped of items) frame = joined(frame, item(wrapped, scope, frame, reading))
  return frame
}
