/** Texts that may be SQL, as trees. */
import type { Tree } from '../model/json.ts'
import type { Statement } from '../model/statement.ts'
import { readExpression } from './print.ts'
import { readStatements } from './script.ts'

const unlessRefused = <T>(parse: (sql: string) => T, sql: string): T | undefined => {
  try {
    return parse(sql)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The statements of a text; undefined when it is no SQL. */
export const statementsOf = (sql: string): readonly Statement[] | undefined => unlessRefused(readStatements, sql)

/** The expression of a text; undefined when it is none. */
export const expressionOf = (sql: string): Tree | undefined => unlessRefused(readExpression, sql)
