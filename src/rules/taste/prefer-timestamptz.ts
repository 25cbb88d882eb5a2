import { display } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { columnsObject, isBuiltin, judgingColumns, listedColumns, verb } from '../written-columns.ts'

export const preferTimestamptz = defineStepRule({
  id: 'prefer-timestamptz',
  severity: 'warning',
  preset: 'taste',
  summary: 'A column keeps a moment without its time zone.',
  why: 'A timestamp without time zone is a reading of some clock: which one, only the writer knew. Clients in other zones, and the hour that comes twice in autumn, read another moment.',
  instead: 'Use timestamptz. It takes the same eight bytes, stores UTC and is shown in the zone of the session.',
  judges: judgingColumns((columns) => {
    const found = columns.filter(({ type }) => isBuiltin(type, 'timestamp'))
    const [first] = found
    return (
      first && {
        message: `${listedColumns(found)} of ${display(first.on)} ${verb(found, 'does', 'do')} not say in which time zone.`,
        object: columnsObject(found),
      }
    )
  }),
  bad: [
    { shows: 'the default of many generators', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, created_at timestamp DEFAULT now() NOT NULL)' },
    {
      shows: 'a new column',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s'; ALTER TABLE users ADD COLUMN seen_at timestamp(3)",
    },
  ],
  good: [{ shows: 'with its zone', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, created_at timestamptz DEFAULT now() NOT NULL)' }],
})
