import { display } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { columnsObject, isBuiltin, judgingColumns, listedColumns, verb } from '../written-columns.ts'

export const preferJsonb = defineStepRule({
  id: 'prefer-jsonb',
  severity: 'warning',
  preset: 'taste',
  summary: 'A column has the type json.',
  why: 'PostgreSQL keeps json as text: it has no equality (DISTINCT, GROUP BY and UNION on it fail), no GIN index, and is parsed anew at each access.',
  instead: 'Use jsonb. Keep json only where blanks, key order and duplicate keys of the text matter.',
  judges: judgingColumns((columns) => {
    const found = columns.filter(({ type }) => isBuiltin(type, 'json'))
    const [first] = found
    return (
      first && {
        message: `${listedColumns(found)} of ${display(first.on)} ${verb(found, 'has', 'have')} no equality operator and no index; jsonb has both.`,
        object: columnsObject(found),
      }
    )
  }),
  bad: [
    { shows: 'a new table', sql: 'CREATE TABLE events (id bigint PRIMARY KEY, payload json NOT NULL)' },
    {
      shows: 'a new column',
      given: 'CREATE TABLE events (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s'; ALTER TABLE events ADD COLUMN payload json",
    },
  ],
  good: [{ shows: 'jsonb', sql: 'CREATE TABLE events (id bigint PRIMARY KEY, payload jsonb NOT NULL)' }],
})
