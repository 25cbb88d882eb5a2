/** The rollback of a migration as the text of a file: what it belongs to, what it costs, and statements in one transaction. */
import type { SqlStep } from '../../changes/to-sql.ts'
import type { LedgerName, Migration } from '../../model/history.ts'
import { display, quoteIdentifier } from '../../model/name.ts'
import { plainSql } from '../../rules/plain-sql.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { sinceSchemaFor } from './keep-since.ts'
import type { Rollback } from './rollback.ts'
import { guardSql, type RollbackSql } from './rollback-sql.ts'

/** As little quoted as a person would: a migration's own names stand on the search path too. */
export const statementsIn = (steps: readonly SqlStep[]): readonly string[] => steps.flatMap(({ statements }) => statements.map(plainSql))

/** Drizzle runs a migration again whose row is gone. */
export const forgetSql = ({ schema, table }: LedgerName, { hash }: Migration): string =>
  `DELETE FROM ${quoteIdentifier(schema)}.${quoteIdentifier(table)} WHERE hash = ${quoteLiteral(hash ?? '')}`

/** A routine may come back before what it reads. */
export const withRoutines = (steps: readonly SqlStep[]): readonly string[] =>
  steps.some(({ change }) => change.kind === 'create-routine' || change.kind === 'replace-routine') ? ['SET LOCAL check_function_bodies = off'] : []

/** All statements of a rollback: guards first, the ledger's row last. */
export const rollbackSql = (rollback: Rollback, ledger: LedgerName): RollbackSql => ({
  guards: rollback.guards.flatMap(guardSql),
  inside: [
    ...rollback.keeping,
    ...withRoutines(rollback.inverse.steps),
    ...statementsIn(rollback.inverse.steps),
    ...rollback.inverse.rebuild.map(plainSql),
    forgetSql(ledger, rollback.migration),
  ],
  afterwards: statementsIn(rollback.inverse.afterwards),
})

/** Lines of a comment, under a title; none where there is nothing to list. */
export const listed = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`-- ${title}:`, ...lines.map((line) => `--   ${line}`)]

const hashLine = /^-- of sha256 ([0-9a-f]{64})$/m

/** The hash of the migration that a file was made for; undefined where it says none. */
export const boundHash = (text: string): string | undefined => hashLine.exec(text)?.[1]

/** The file: to be run by psql, or by hand, where the migration is the last one applied. */
export const scriptText = (rollback: Rollback, ledger: LedgerName): string =>
  fileText(
    rollback,
    listed(
      'Does not bring back',
      rollback.loses.map(({ what }) => what),
    ),
    rollbackSql(rollback, ledger),
  )

/** How long a file waits for its locks where it is run by hand. */
export const fileLockTimeout = "SET LOCAL lock_timeout = '5s'"

/** A file with its head. `old`: what it says of the rows from before. */
export const fileText = (
  { migration, inverse, since, keeping, guards }: Rollback,
  old: readonly string[],
  { guards: asking, inside, afterwards }: RollbackSql,
): string => {
  const unasked = guards.filter(({ query }) => query === undefined).map(({ what }) => what)
  return `${[
    `-- Rollback of ${migration.tag}, made by pgstrata.`,
    `-- of sha256 ${migration.hash ?? ''}`,
    ...old,
    ...listed(
      keeping.length > 0 ? `Removes what was written since, and keeps it in ${sinceSchemaFor(migration.tag)}` : 'Removes what was written since',
      since.map(({ what }) => what),
    ),
    ...listed('May be refused where', unasked),
    ...listed(
      'Other order of columns',
      inverse.reordered.map(({ on, why }) => `${display(on)}${why === undefined ? '' : `: ${why}`}`),
    ),
    'BEGIN;',
    `${fileLockTimeout};`,
    ...[...asking.map(({ sql }) => sql), ...inside].map((sql) => `${sql};`),
    'COMMIT;',
    ...afterwards.map((sql) => `${sql};`),
  ].join('\n')}\n`
}
