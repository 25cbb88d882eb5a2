/** WITH: the queries that a statement names before it begins. */
import type { Tree } from '../../model/json.ts'
import { child, flag, list, strings, text } from '../../sql/tree.ts'
import type { RangeColumn } from './function-columns.ts'
import { emptyScope, type Scope } from './ranges.ts'
import type { Resolving } from './resolving.ts'

/** The level of a statement's WITH queries, and the clause resolved. */
export const withQueries = (statement: Tree, outer: Scope, resolving: Resolving): { readonly scope: Scope; readonly clause: Tree | undefined } => {
  const clause = child(statement, 'withClause')
  if (!clause) return { scope: outer, clause }
  const known = new Map<string, readonly RangeColumn[] | undefined>()
  const scope: Scope = { ...emptyScope, common: known, outer }
  const ctes = list(clause, 'ctes').map((item) => {
    const cte = child(item, 'CommonTableExpr') ?? {}
    const query = child(cte, 'ctequery') ?? {}
    if (flag(clause, 'recursive')) known.set(text(cte, 'ctename') ?? '', recursiveColumns(cte, query, scope, resolving))
    const { tree, columns } = resolving.statement(query, scope)
    known.set(text(cte, 'ctename') ?? '', namedColumns(cte, columns))
    return { CommonTableExpr: { ...cte, ctequery: tree } }
  })
  return { scope, clause: { ...clause, ctes } }
}

/** What a recursive query can see of itself: the columns of its first arm. */
const recursiveColumns = (cte: Tree, query: Tree, scope: Scope, resolving: Resolving): readonly RangeColumn[] | undefined => {
  const union = child(query, 'SelectStmt')
  if (!child(union, 'larg')) return undefined
  return namedColumns(cte, resolving.afresh().statement({ SelectStmt: firstArm(union ?? {}) }, scope).columns)
}

/** The leftmost SELECT of a UNION, INTERSECT or EXCEPT; the query itself when it is none. */
export const firstArm = (select: Tree): Tree => {
  const left = child(select, 'larg')
  return left ? firstArm(left) : select
}

/** A query's columns under the names of its list, and those that SEARCH and CYCLE add. */
const namedColumns = (cte: Tree, columns: readonly RangeColumn[] | undefined): readonly RangeColumn[] | undefined => {
  const names = strings(list(cte, 'aliascolnames'))
  const search = child(cte, 'search_clause')
  const cycle = child(cte, 'cycle_clause')
  const added = [text(search, 'search_seq_column'), text(cycle, 'cycle_mark_column'), text(cycle, 'cycle_path_column')].filter((name) => name !== undefined)
  return columns && [...columns.map((column, at) => ({ ...column, name: names[at] ?? column.name })), ...added.map((name) => ({ name, from: [] }))]
}
