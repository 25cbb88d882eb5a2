/** Whether a text can stand as a statement of its own. */
import { readStatements } from './script.ts'

/** Why a text is not one statement; undefined where it is. */
export const whyNotOne = (sql: string): string | undefined => {
  try {
    return readStatements(sql).length === 1 ? undefined : 'It is not one statement.'
  } catch (error) {
    if (error instanceof SyntaxError) return `It is no SQL: ${error.message}.`
    throw error
  }
}
