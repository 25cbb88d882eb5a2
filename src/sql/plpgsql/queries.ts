/** All SQL in a PL/pgSQL body, wherever it stands: statements, conditions, assignments, what is returned. */
import type { Tree } from '../../model/json.ts'
import { parsePlPgSqlRaw } from '../parser.ts'
import { dollarQuote } from '../plpgsql.ts'
import { child, list, text, unwrap, walk } from '../tree.ts'

export type PlPgSqlQueries = {
  /** Each one a statement; an expression is the SELECT of it. */
  readonly queries: readonly string[]
  readonly variables: readonly string[]
  /** EXECUTE of a text that is put together. */
  readonly computed: boolean
}

/** What PL/pgSQL says of a text (`RawParseMode`): 0 a statement, 2 an expression, from 3 on an assignment. */
const asStatement = (expression: Tree): string => {
  const [sql, mode] = [text(expression, 'query') ?? '', Number(expression.parseMode ?? 0)]
  if (mode === 0) return sql
  return `SELECT ${mode === 2 ? sql : sql.replace(/^.*?:?=/s, '')}`
}

const constant = (sql: string): string | undefined => /^\s*'((?:[^']|'')*)'\s*$/.exec(sql)?.[1]?.replaceAll("''", "'")

/** `header` is what stands before the body: `DO`, or a CREATE FUNCTION up to AS. Throws `SqlError`. */
export const queriesIn = (header: string, body: string): PlPgSqlQueries => {
  const whole = child(list(parsePlPgSqlRaw(`${header} ${dollarQuote(body)}`), 'plpgsql_funcs')[0], 'PLpgSQL_function')
  const queries: string[] = []
  let computed = false
  walk(whole, (node) => {
    const executed = child(child(child(node, 'PLpgSQL_stmt_dynexecute') ?? child(node, 'PLpgSQL_stmt_dynfors'), 'query'), 'PLpgSQL_expr')
    const text = executed && constant(String(executed.query ?? ''))
    if (executed && text === undefined) computed = true
    if (text !== undefined) queries.push(text)
    const expression = child(node, 'PLpgSQL_expr')
    if (expression) queries.push(asStatement(expression))
    return undefined
  })
  const variables = list(whole, 'datums').flatMap((datum) => text(unwrap(datum)[1], 'refname') ?? [])
  return { queries, variables, computed }
}
