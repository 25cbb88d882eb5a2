/** A DO block while it is read. */
import type { PostgresRefusal } from '../../model/error.ts'
import type { Tree } from '../../model/json.ts'
import { type PlPgSql, type PlPgSqlBlock, printDo } from '../../sql/plpgsql.ts'
import { expressionOf } from '../../sql/texts.ts'
import { type Answer, answer, knownValue, type Variables } from '../conditions.ts'
import type { Reading } from '../reading.ts'

/** Reads one statement's node into a reading. */
export type ReadNode = (reading: Reading, nodeName: string, node: Tree) => void

export type Run = {
  readonly reading: Reading
  readonly readNode: ReadNode
  readonly block: PlPgSqlBlock
  readonly variables: Variables
  /** The error that a handler is dealing with: what a bare RAISE raises again. */
  readonly handling?: PostgresRefusal
  /** Statements before this one that gave variables their values: opaque pieces need them to run by themselves. */
  readonly prelude: readonly PlPgSql[]
  /** True where rows have decided before whether this is reached: rows may change here, the catalog cannot be followed. */
  readonly doubtful?: true
}

/** The SQL text that a statement runs, when it is known here. */
export const textOf = (run: Run, statement: PlPgSql): string | undefined => {
  if (statement.kind === 'sql') return statement.sql
  const expression = statement.kind === 'execute' ? expressionOf(statement.expression) : undefined
  const value = expression === undefined ? undefined : knownValue(run.reading, expression, run.variables)
  return typeof value === 'string' ? value : undefined
}

/** Whether a condition holds. */
export const conditionOf = (run: Run, condition: string): Answer => {
  const expression = expressionOf(condition)
  return expression === undefined ? 'unknown' : answer(run.reading, expression, run.variables)
}

/** A piece of the block as a DO block of its own. */
export const alone = (run: Run, statements: readonly PlPgSql[]): string => printDo(run.block, [...run.prelude, ...statements])
