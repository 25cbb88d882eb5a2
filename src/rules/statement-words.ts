/** Statements of a batch in messages. */
import type { BatchStep } from '../changes/batch.ts'

const longest = 60

/** The beginning of a statement on one line: `ALTER TABLE users ADD COLUMN …`. */
export const shown = ({ step }: BatchStep): string => shownText(step.statement.text)

/** The same of a statement's text. */
export const shownText = (sql: string): string => {
  const text = sql.replaceAll(/\s+/g, ' ').trim()
  return text.length <= longest ? text : `${text.slice(0, longest - 1).trimEnd()}…`
}

/** `a`, `a and b`, `a, b and c`. */
export const listed = (names: readonly string[]): string => (names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`)
