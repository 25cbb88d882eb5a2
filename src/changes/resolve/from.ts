/** FROM clauses: what they bring into sight, resolved. */
import type { Tree } from '../../model/json.ts'
import { child, flag, list, stringNode, strings, text, unwrap } from '../../sql/tree.ts'
import { functionColumns, type RangeColumn } from './function-columns.ts'
import { aliased, aliasOf, isKnown, joined, joinRange, naturalNames, type Part, partOf, type Range, type Scope, scopeOf } from './ranges.ts'
import { relationPart } from './relations.ts'
import type { Resolving } from './resolving.ts'

/** The items of a FROM or USING clause, in order; each sees those before it through LATERAL. */
export const fromClause = (items: readonly Tree[], outer: Scope, resolving: Resolving): readonly Part[] => {
  const parts: Part[] = []
  for (const item of items) parts.push(fromItem(item, parts, outer, resolving))
  return parts
}

/** One FROM item. `before`: what LATERAL may see. */
export const fromItem = (item: Tree, before: readonly Part[], outer: Scope, resolving: Resolving): Part => {
  const [node, content] = unwrap(item)
  switch (node) {
    case 'RangeVar':
      return relationPart(content, outer, resolving)
    case 'JoinExpr':
      return join(content, before, outer, resolving)
    case 'RangeSubselect':
      return subselect(content, flag(content, 'lateral') ? scopeOf(before, outer) : outer, resolving)
    case 'RangeFunction': {
      const tree = { RangeFunction: { ...content, functions: resolving.expression(content.functions ?? [], scopeOf(before, outer)) } }
      return partOf(tree, functionRange(content, resolving))
    }
    case 'RangeTableSample': {
      const part = fromItem(child(content, 'relation') ?? {}, before, outer, resolving)
      const args = content.args === undefined ? {} : { args: resolving.expression(content.args, scopeOf(before, outer)) }
      return { ...part, tree: { RangeTableSample: { ...content, ...args, relation: part.tree } } }
    }
    default:
      return partOf(resolving.expression(item, scopeOf(before, outer)), documentRange(node, content))
  }
}

const subselect = (content: Tree, scope: Scope, resolving: Resolving): Part => {
  const { tree, columns } = resolving.statement(child(content, 'subquery') ?? {}, scope)
  const alias = aliasOf(content)
  return partOf({ RangeSubselect: { ...content, subquery: tree } }, { name: text(alias, 'aliasname') ?? '', columns: aliased(columns, alias) })
}

const functionRange = (content: Tree, { catalog, searchPath }: Resolving): Range => {
  const alias = aliasOf(content)
  const columns = functionColumns(content, catalog, searchPath)
  const given = strings(list(alias, 'colnames')).map((name): RangeColumn => ({ name, from: [] }))
  const call = child(list(child(list(content, 'functions')[0], 'List'), 'items')[0], 'FuncCall')
  const name = text(alias, 'aliasname') ?? strings(list(call, 'funcname')).at(-1) ?? ''
  return { name, columns: columns ? aliased(columns, alias) : given.length > 0 ? given : undefined }
}

/** XMLTABLE and JSON_TABLE. */
const documentRange = (node: string, content: Tree): Range => {
  const alias = aliasOf(content)
  const names = list(content, 'columns').map(
    (column) => text(child(column, 'RangeTableFuncCol') ?? child(column, 'JsonTableColumn'), 'colname') ?? text(child(column, 'JsonTableColumn'), 'name'),
  )
  const known = names.every((name) => name !== undefined) ? names.map((name) => ({ name, from: [] })) : undefined
  return { name: text(alias, 'aliasname') ?? (node === 'JsonTable' ? 'json_table' : 'xmltable'), columns: aliased(known, alias) }
}

/** A NATURAL join with the columns that it merges written down; columns that a table gets later must not be merged too. */
const settledJoin = (join: Tree, using: readonly string[]): Tree => {
  const { isNatural: _natural, ...plain } = join
  if (using.length > 0) return { ...plain, usingClause: using.map(stringNode) }
  return text(join, 'jointype') === 'JOIN_INNER' ? plain : { ...plain, quals: { A_Const: { boolval: { boolval: true } } } }
}

const join = (join: Tree, before: readonly Part[], outer: Scope, resolving: Resolving): Part => {
  const left = fromItem(child(join, 'larg') ?? {}, before, outer, resolving)
  const right = fromItem(child(join, 'rarg') ?? {}, [...before, left], outer, resolving)
  const natural = flag(join, 'isNatural')
  const using = natural ? naturalNames(left.visible, right.visible) : strings(list(join, 'usingClause'))
  if (using === undefined) resolving.reads.lost()
  const settled = natural && using ? settledJoin(join, using) : join
  const visible = joined(left.visible, right.visible, using ?? [], text(join, 'jointype') ?? '')
  const merged = visible.slice(0, using?.length ?? 0)
  resolving.reads.record(merged.flatMap((column) => (isKnown(column) ? column.from : [])))
  const quals = join.quals === undefined ? {} : { quals: resolving.expression(join.quals, scopeOf([left, right], outer)) }
  const tree: Tree = { JoinExpr: { ...settled, ...quals, larg: left.tree, rarg: right.tree } }
  const alias = aliasOf(join)
  if (alias) return partOf(tree, joinRange(text(alias, 'aliasname') ?? '', visible, alias))
  const usingAlias = child(join, 'join_using_alias')
  const mergedRange = usingAlias ? [joinRange(text(usingAlias, 'aliasname') ?? '', merged, undefined)] : []
  return { tree, ranges: [...left.ranges, ...right.ranges, ...mergedRange], visible }
}
