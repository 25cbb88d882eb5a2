/** The PL/pgSQL that a DO statement holds. */
import type { Tree } from '../../model/json.ts'
import { type PlPgSql, type PlPgSqlBlock, readPlPgSql } from '../../sql/plpgsql.ts'
import { child, list, stringValue, text } from '../../sql/tree.ts'
import { literalText } from '../expressions.ts'
import { notUnderstood } from '../refusal.ts'
import { expressionOf } from './texts.ts'

const option = (node: Tree, name: string): string | undefined => {
  const found = list(node, 'args')
    .map((argument) => child(argument, 'DefElem'))
    .find((argument) => text(argument, 'defname') === name)
  return stringValue(found?.arg)
}

/** The block of a DoStmt. Throws NotUnderstood when it is no PL/pgSQL. */
export const blockOf = (node: Tree): PlPgSqlBlock => {
  const language = option(node, 'language') ?? 'plpgsql'
  if (language !== 'plpgsql') return notUnderstood(`DO in the language ${language}`)
  try {
    return readPlPgSql(option(node, 'as') ?? '')
  } catch (error) {
    return notUnderstood(`PL/pgSQL's parser says: ${(error as Error).message}`)
  }
}

/** The SQL text that a statement runs, where it is a constant. */
export const constantText = (statement: PlPgSql): string | undefined => {
  if (statement.kind === 'sql') return statement.sql
  return statement.kind === 'execute' ? literalText(expressionOf(statement.expression)) : undefined
}
