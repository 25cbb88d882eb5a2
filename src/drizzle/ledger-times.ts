/** The SQL that a database needs which has run migrations whose times in the journal change. */
import type { LedgerName } from '../model/history.ts'
import { quoteIdentifier } from '../model/name.ts'
import { quoteLiteral } from '../sql/print.ts'

/** One migration's time, before and after. */
export type MovedTime = { readonly tag: string; readonly hash: string; readonly was: number; readonly becomes: number }

const row = ({ hash, was, becomes }: MovedTime, hashes: ReadonlyMap<string, number>, times: ReadonlyMap<number, number>): string =>
  `(${quoteLiteral(hash)}, ${was}::bigint, ${becomes}::bigint, ${hashes.get(hash) === 1}, ${times.get(was) === 1})`

const counted = <T>(values: readonly T[]): ReadonlyMap<T, number> => {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/**
 * One statement, so all or nothing: it does nothing where there is no ledger, and nothing more when it runs again. A row is known by its hash; by hash and time where
 * several migrations have the hash; by its time alone where the file was changed after it had run, and no other migration had that time.
 * @param all every migration of the journal, with its old time
 */
export const ledgerTimesSql = (
  { schema, table }: LedgerName,
  moved: readonly MovedTime[],
  all: readonly { readonly hash: string; readonly when: number }[],
): string => {
  const ledger = `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`
  const [hashes, times] = [counted(all.map(({ hash }) => hash)), counted(all.map(({ when }) => when))]
  return [
    `-- The times of ${moved.length === 1 ? 'one migration' : `${moved.length} migrations`} have changed in meta/_journal.json: ${moved.map(({ tag }) => tag).join(', ')}.`,
    '-- Run this in every database that has them, right before its first migration with the changed journal: without it Drizzle may run one of them again.',
    'DO $ledger$',
    'BEGIN',
    `  IF to_regclass(${quoteLiteral(ledger)}) IS NULL THEN RETURN; END IF;`,
    `  LOCK TABLE ${ledger} IN SHARE ROW EXCLUSIVE MODE;`,
    `  UPDATE ${ledger} AS ledger SET created_at = moved.becomes`,
    '  FROM (VALUES',
    `    ${moved.map((each) => row(each, hashes, times)).join(',\n    ')}`,
    '  ) AS moved (hash, was, becomes, own_hash, own_time)',
    '  WHERE ledger.created_at <> moved.becomes AND (',
    '    (ledger.hash = moved.hash AND (moved.own_hash OR ledger.created_at = moved.was))',
    '    OR (moved.own_time AND ledger.created_at = moved.was',
    `      AND NOT EXISTS (SELECT FROM ${ledger} AS other WHERE other.hash = moved.hash))`,
    '  );',
    'END',
    '$ledger$;',
    '',
  ].join('\n')
}
