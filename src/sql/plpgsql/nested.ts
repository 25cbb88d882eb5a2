/** Statements of PL/pgSQL that stand inside of others. */
import type { PlPgSql } from '../plpgsql.ts'

/** The statements directly inside of one. */
export const inside = (statement: PlPgSql): readonly PlPgSql[] => {
  switch (statement.kind) {
    case 'if':
      return [...statement.branches.flatMap(({ body }) => body), ...statement.otherwise]
    case 'block':
      return [...statement.body, ...statement.handlers.flatMap(({ body }) => body)]
    case 'loop':
      return statement.body
    default:
      return []
  }
}

/** All statements of some, those inside of others too. */
export const allOf = (statements: readonly PlPgSql[]): readonly PlPgSql[] => statements.flatMap((statement) => [statement, ...allOf(inside(statement))])

/** The statements of one that stand under a condition, in a loop or in a handler; a block's own are none. */
export const conditional = (statement: PlPgSql): readonly PlPgSql[] =>
  statement.kind === 'block' ? [...statement.body.flatMap(conditional), ...allOf(statement.handlers.flatMap(({ body }) => body))] : allOf(inside(statement))
