/** WITH: its queries by name, for what comes after them. */
import type { Tree } from '../../../model/json.ts'
import { child, flag, list, strings, text } from '../../../sql/tree.ts'
import { type Reading, spoken } from './reading.ts'
import { type Query, renamed, type Scope } from './scopes.ts'

const named = (scope: Scope, name: string, { columns, open }: Query, names: readonly string[]): Scope => ({
  ...scope,
  queries: new Map([...scope.queries, [name, { columns: renamed(columns, names), open }]]),
})

/** A recursive query sees itself with the columns of its first arm. */
const recursive = (content: Tree, query: Tree, name: string, scope: Scope, reading: Reading): Scope => {
  const first = child(child(query, 'SelectStmt'), 'larg')
  const columns = strings(list(content, 'aliascolnames'))
  const seen = first ? reading.found.quietly(() => reading.query({ SelectStmt: first }, scope)) : undefined
  return seen ? named(scope, name, seen, columns) : scope
}

const withQuery = (wrapped: Tree, isRecursive: boolean, scope: Scope, reading: Reading): Scope => {
  const content = child(wrapped, 'CommonTableExpr') ?? {}
  const query = child(content, 'ctequery') ?? {}
  const name = spoken(text(content, 'ctename') ?? '', reading)
  const inner = isRecursive ? recursive(content, query, name, scope, reading) : scope
  return named(scope, name, reading.query(query, inner), strings(list(content, 'aliascolnames')))
}

/** The scope of a statement with the queries of its WITH in sight. */
export const withQueries = (statement: Tree, scope: Scope, reading: Reading): Scope => {
  const clause = child(statement, 'withClause')
  return list(clause, 'ctes').reduce((inner, wrapped) => withQuery(wrapped, flag(clause, 'recursive'), inner, reading), scope)
}
