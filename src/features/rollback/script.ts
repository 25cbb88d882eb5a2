/** The rollback of a migration as the text of a file: what it belongs to, what it costs, and statements in one transaction. */
import type { SqlStep } from '../../changes/to-sql.ts'
import type { LedgerName, Migration } from '../../model/history.ts'
import { quoteIdentifier, type RelationName } from '../../model/name.ts'
import { plainSql } from '../../rules/plain-sql.ts'
import { quoteLiteral } from '../../sql/print.ts'
import type { Guard } from './guards.ts'
import type { Rollback } from './rollback.ts'

/** Stops the rollback where rows of a table are in the way. */
export type GuardSql = { readonly what: string; readonly table: RelationName; readonly sql: string }

/** Statements without semicolons: what asks first, what runs in the same transaction, and behind it. */
export type RollbackSql = { readonly guards: readonly GuardSql[]; readonly inside: readonly string[]; readonly afterwards: readonly string[] }

/** As little quoted as a person would: a migration's own names stand on the search path too. */
const statementsIn = (steps: readonly SqlStep[]): readonly string[] => steps.flatMap(({ statements }) => statements.map(plainSql))

/** Stops before anything has run. */
const guardSql = ({ what, table, query }: Guard): readonly GuardSql[] =>
  query === undefined
    ? []
    : [
        {
          what,
          table,
          sql: `DO $pgstrata$ BEGIN
  IF EXISTS (${query}) THEN
    RAISE EXCEPTION USING MESSAGE = ${quoteLiteral(`The rollback would be refused: ${what}.`)};
  END IF;
END $pgstrata$`,
        },
      ]

/** Drizzle runs a migration again whose row is gone. */
const forgetSql = ({ schema, table }: LedgerName, { hash }: Migration): string =>
  `DELETE FROM ${quoteIdentifier(schema)}.${quoteIdentifier(table)} WHERE hash = ${quoteLiteral(hash ?? '')}`

/** A routine may come back before what it reads. */
const makesRoutine = ({ inverse }: Rollback): boolean =>
  inverse.steps.some(({ change }) => change.kind === 'create-routine' || change.kind === 'replace-routine')

/** All statements of a rollback: guards first, the ledger's row last. */
export const rollbackSql = (rollback: Rollback, ledger: LedgerName): RollbackSql => ({
  guards: rollback.guards.flatMap(guardSql),
  inside: [
    ...(makesRoutine(rollback) ? ['SET LOCAL check_function_bodies = off'] : []),
    ...statementsIn(rollback.inverse.steps),
    forgetSql(ledger, rollback.migration),
  ],
  afterwards: statementsIn(rollback.inverse.afterwards),
})

const listed = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`-- ${title}:`, ...lines.map((line) => `--   ${line}`)]

const hashLine = /^-- of sha256 ([0-9a-f]{64})$/m

/** The hash of the migration that a file was made for; undefined where it says none. */
export const boundHash = (text: string): string | undefined => hashLine.exec(text)?.[1]

/** The file: to be run by psql, or by hand, where the migration is the last one applied. */
export const scriptText = (rollback: Rollback, ledger: LedgerName): string => {
  const { migration, inverse, loses, since, guards } = rollback
  const { guards: asking, inside, afterwards } = rollbackSql(rollback, ledger)
  const unasked = guards.filter(({ query }) => query === undefined).map(({ what }) => what)
  return `${[
    `-- Rollback of ${migration.tag}, made by pgstrata.`,
    `-- of sha256 ${migration.hash ?? ''}`,
    ...listed(
      'Does not bring back',
      loses.map(({ what }) => what),
    ),
    ...listed(
      'Removes what was written since',
      since.map(({ what }) => what),
    ),
    ...listed('May be refused where', unasked),
    ...listed(
      'Other order of columns',
      inverse.reordered.map((on) => on.replaceAll('"', '')),
    ),
    'BEGIN;',
    "SET LOCAL lock_timeout = '5s';",
    ...[...asking.map(({ sql }) => sql), ...inside].map((sql) => `${sql};`),
    'COMMIT;',
    ...afterwards.map((sql) => `${sql};`),
  ].join('\n')}\n`
}
