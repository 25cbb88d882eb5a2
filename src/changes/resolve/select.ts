/** SELECT, VALUES, UNION and their like. */
import type { Json, Tree } from '../../model/json.ts'
import { child, list, text } from '../../sql/tree.ts'
import { fromClause } from './from.ts'
import { grouped, orderedBy, readPrimaryKeys } from './grouping.ts'
import { type Scope, scopeOf, type Visible } from './ranges.ts'
import { type Output, type Resolving, withClauses } from './resolving.ts'
import { targetList } from './targets.ts'
import { withQueries } from './with.ts'

/** A SELECT's content. */
export const select = (statement: Tree, outer: Scope, resolving: Resolving): Output => {
  const { scope, clause } = withQueries(statement, outer, resolving)
  const base = clause ? { ...statement, withClause: clause } : statement
  if (list(statement, 'valuesLists').length > 0) return values(base, scope, resolving)
  return child(statement, 'larg') ? setOperation(base, scope, resolving) : plainSelect(base, scope, resolving)
}

const values = (statement: Tree, scope: Scope, resolving: Resolving): Output => {
  const rows = list(statement, 'valuesLists')
  const first = list(child(rows[0], 'List'), 'items')
  const columns = first.map((_, at) => ({ name: `column${at + 1}`, from: [] }))
  const inner = { ...scopeOf([], scope), visible: columns.map((column): Visible => ({ ...column, fields: [column.name] })) }
  const clauses = withClauses(statement, ['sortClause', 'limitOffset', 'limitCount'], inner, resolving)
  return { tree: { ...clauses, valuesLists: resolving.expression(rows, scope) }, columns }
}

const setOperation = (statement: Tree, scope: Scope, resolving: Resolving): Output => {
  const left = select(child(statement, 'larg') ?? {}, scope, resolving)
  const right = select(child(statement, 'rarg') ?? {}, scope, resolving)
  const columns = left.columns?.map(({ name }) => ({ name, from: [] }))
  return { tree: { ...withClauses(statement, ['limitOffset', 'limitCount'], scope, resolving), larg: left.tree, rarg: right.tree }, columns }
}

const plainSelect = (statement: Tree, outer: Scope, resolving: Resolving): Output => {
  const parts = fromClause(list(statement, 'fromClause'), outer, resolving)
  const scope = scopeOf(parts, outer)
  const targets = targetList(list(statement, 'targetList'), scope, resolving)
  const outputs = targets.columns?.map(({ name }) => name) ?? []
  const named = new Set([...outputs, ...list(statement, 'targetList').flatMap((item) => text(child(item, 'ResTarget'), 'name') ?? [])])
  const next: Record<string, Json> = {
    ...withClauses(statement, ['whereClause', 'havingClause', 'windowClause', 'limitOffset', 'limitCount'], scope, resolving),
    ...(targets.tree.length > 0 ? { targetList: targets.tree } : {}),
    ...(parts.length > 0 ? { fromClause: parts.map(({ tree }) => tree) } : {}),
  }
  if (statement.distinctClause) next.distinctClause = list(statement, 'distinctClause').map((item) => orderedBy(item, scope, named, resolving))
  if (statement.sortClause) {
    next.sortClause = list(statement, 'sortClause').map((item) => {
      const sort = child(item, 'SortBy') ?? {}
      return { SortBy: { ...sort, node: orderedBy(child(sort, 'node') ?? {}, scope, named, resolving) } }
    })
  }
  if (statement.groupClause) next.groupClause = list(statement, 'groupClause').map((item) => grouped(item, scope, outputs, resolving))
  readPrimaryKeys(next, scope, resolving)
  return { tree: next, columns: targets.columns }
}
