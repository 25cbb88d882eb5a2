import { isUsed } from '../../changes/batch.ts'
import { display } from '../../model/name.ts'
import { dataStatementsOf, lockedMeanwhile } from '../data-statements.ts'
import { defineStepRule } from '../define.ts'

export const updateWithoutWhere = defineStepRule({
  id: 'update-without-where',
  severity: 'warning',
  weighs: 'rows',
  summary: 'An UPDATE without WHERE changes every row of a table in use in one transaction.',
  why: 'Every row is written again and stays locked until the batch ends; queries that update one of them wait, replicas fall behind, and the table grows to twice its size. It also runs over rows that have the value already.',
  instead:
    'Change the rows in portions, each in a transaction of its own, by a job that is not the migrator, with a WHERE that leaves out rows that are right already.',
  judges: {
    'change-data'(move, view) {
      // With a strong lock held it is `backfill-in-ddl-tx`.
      if (lockedMeanwhile(view)) return undefined
      return dataStatementsOf(move, view)
        .filter(({ command, target, where, reads }) => command === 'UPDATE' && !where && reads.length === 0 && isUsed(move, target))
        .map(({ target }) => ({
          message: `Every row of ${display(target)} is written again, in one transaction.`,
          object: target,
          relation: target,
        }))
    },
  },
  bad: [
    { shows: 'every row of a table in use', given: 'CREATE TABLE users (id bigint PRIMARY KEY, seen boolean)', sql: 'UPDATE users SET seen = false' },
    {
      shows: 'a condition that always holds',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, seen boolean)',
      sql: 'UPDATE public.users SET seen = false WHERE true',
    },
    ...['1 = 1', 'NOT false', "NULL IS NULL AND 'a' = 'a'", "seen OR 't'::boolean"].map((condition) => ({
      shows: `another condition that always holds, ${condition}`,
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, seen boolean)',
      sql: `UPDATE users SET seen = false WHERE ${condition}`,
    })),
    {
      shows: 'inside of a query',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, seen boolean)',
      sql: 'WITH changed AS (UPDATE users SET seen = false RETURNING id) SELECT count(*) FROM changed',
    },
  ],
  good: [
    { shows: 'some rows', given: 'CREATE TABLE users (id bigint PRIMARY KEY, seen boolean)', sql: 'UPDATE users SET seen = false WHERE seen IS NULL' },
    { shows: 'a table that the batch made', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, seen boolean);\nUPDATE users SET seen = false' },
  ],
})
