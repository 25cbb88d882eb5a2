/** The SQL that stands in a DO block, whatever conditions it stands under. */
import type { Tree } from '../../model/json.ts'
import type { Statement } from '../../model/statement.ts'
import { type PlPgSql, readPlPgSql } from '../../sql/plpgsql.ts'
import { child, list, stringValue, text } from '../../sql/tree.ts'
import { allOf } from '../do-block/nested.ts'
import { expressionOf, statementsOf } from '../do-block/texts.ts'
import { literalText } from '../expressions.ts'

const option = (node: Tree, name: string): string | undefined => {
  const found = list(node, 'args')
    .map((argument) => child(argument, 'DefElem'))
    .find((argument) => text(argument, 'defname') === name)
  return stringValue(found?.arg)
}

const bodyOf = (node: Tree): readonly PlPgSql[] => {
  if ((option(node, 'language') ?? 'plpgsql') !== 'plpgsql') return []
  try {
    return readPlPgSql(option(node, 'as') ?? '').body
  } catch {
    // What PL/pgSQL's parser refuses becomes opaque when it is read.
    return []
  }
}

const sqlOf = (statement: PlPgSql): string => {
  if (statement.kind === 'sql') return statement.sql
  return statement.kind === 'execute' ? (literalText(expressionOf(statement.expression)) ?? '') : ''
}

/** The statements of a DO block, in the order of the text, as far as their text is a constant. */
export const blockStatements = (node: Tree): readonly Statement[] => allOf(bodyOf(node)).flatMap((statement) => statementsOf(sqlOf(statement)) ?? [])
