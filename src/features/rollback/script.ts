/** The rollback of a migration as the text of a file: what it belongs to, what it costs, and statements in one transaction. */
import type { SqlStep } from '../../changes/to-sql.ts'
import type { LedgerName, Migration } from '../../model/history.ts'
import { quoteIdentifier } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import type { Inverse } from './inverse.ts'

/** Statements without semicolons, in one transaction and behind it. */
export type RollbackSql = { readonly inside: readonly string[]; readonly afterwards: readonly string[] }

const statementsIn = (steps: readonly SqlStep[]): readonly string[] => steps.flatMap(({ statements }) => statements)

/** The statements of a rollback; `check_function_bodies` is off where a routine comes back before what it reads. */
export const rollbackSql = ({ steps, afterwards }: Inverse): RollbackSql => {
  const makesRoutine = steps.some(({ change }) => change.kind === 'create-routine' || change.kind === 'replace-routine')
  return { inside: [...(makesRoutine ? ['SET LOCAL check_function_bodies = off'] : []), ...statementsIn(steps)], afterwards: statementsIn(afterwards) }
}

/** Drizzle runs a migration again whose row is gone. */
export const forgetSql = ({ schema, table }: LedgerName, { hash }: Migration): string =>
  `DELETE FROM ${quoteIdentifier(schema)}.${quoteIdentifier(table)} WHERE "hash" = ${quoteLiteral(hash ?? '')}`
