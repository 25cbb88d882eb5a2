/** The PL/pgSQL that a DO statement holds. */
import type { Tree } from '../../model/json.ts'
import type { Statement } from '../../model/statement.ts'
import { type PlPgSql, type PlPgSqlBlock, readPlPgSql } from '../../sql/plpgsql.ts'
import { expressionOf, statementsOf } from '../../sql/texts.ts'
import { list, optionNamed, stringValue } from '../../sql/tree.ts'
import { literalText } from '../expressions.ts'
import { NotUnderstood, notUnderstood } from '../refusal.ts'

const option = (node: Tree, name: string): string | undefined => stringValue(optionNamed(list(node, 'args'), name)?.arg)

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

/** The statements of a DoStmt; none when it is no PL/pgSQL, which is opaque when it is read. */
export const bodyOf = (node: Tree): readonly PlPgSql[] => {
  try {
    return blockOf(node).body
  } catch (error) {
    if (error instanceof NotUnderstood) return []
    throw error
  }
}

/** The SQL text that a statement runs, where it is a constant. */
const constantText = (statement: PlPgSql): string | undefined => {
  if (statement.kind === 'sql') return statement.sql
  return statement.kind === 'execute' ? literalText(expressionOf(statement.expression)) : undefined
}

/** The SQL statements that a statement runs, where its text is a constant and SQL. */
export const constantStatements = (statement: PlPgSql): readonly Statement[] => statementsOf(constantText(statement) ?? '') ?? []
