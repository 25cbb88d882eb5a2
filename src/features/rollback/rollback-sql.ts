/** A rollback as statements, and what it asks before it changes anything. */
import type { RelationName } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import type { Guard } from './guards.ts'

/** Stops the rollback where rows of a table are in the way. */
export type GuardSql = { readonly what: string; readonly table: RelationName; readonly sql: string }

/** Statements without semicolons: what asks first, what runs in the same transaction, and behind it. */
export type RollbackSql = { readonly guards: readonly GuardSql[]; readonly inside: readonly string[]; readonly afterwards: readonly string[] }

const refusal = 'The rollback would be refused: '

/** What a guard of these has said; undefined where another refusal says it. */
export const saidBy = ({ sqlstate, message }: { readonly sqlstate?: string; readonly message: string }): string | undefined =>
  sqlstate === 'P0001' && message.startsWith(refusal) ? message.slice(refusal.length).replace(/\.$/, '') : undefined

/** Asks, and stops where a row is in the way. */
export const guardSql = ({ what, table, query }: Guard): readonly GuardSql[] =>
  query === undefined
    ? []
    : [
        {
          what,
          table,
          sql: `DO $pgstrata$ BEGIN
  IF EXISTS (${query}) THEN
    RAISE EXCEPTION USING MESSAGE = ${quoteLiteral(`${refusal}${what}.`)};
  END IF;
END $pgstrata$`,
        },
      ]
