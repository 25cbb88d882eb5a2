import { display } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { columnsObject, isBuiltin, judgingColumns, listedColumns, verb } from '../written-columns.ts'

export const preferText = defineStepRule({
  id: 'prefer-text',
  severity: 'note',
  preset: 'taste',
  summary: 'A column has a limited varchar type.',
  why: 'A varchar(n) is stored as text is; the limit only costs: making it smaller later rewrites and may refuse rows, and too long values fail where a CHECK could be changed without a scan.',
  instead: 'Use text. Where the length is a rule of the data, add a CHECK, which can be changed with NOT VALID and VALIDATE.',
  judges: judgingColumns((columns) => {
    const found = columns.filter(({ type }) => isBuiltin(type, 'varchar') && type.typmods.length > 0)
    const [first] = found
    return (
      first && {
        message: `${listedColumns(found)} of ${display(first.on)} ${verb(found, 'is limited by its type', 'are limited by their types')}.`,
        object: columnsObject(found),
      }
    )
  }),
  bad: [
    { shows: 'a limit by habit', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(255) NOT NULL, name varchar(100))' },
    {
      shows: 'a wider limit',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100))',
      sql: "SET LOCAL lock_timeout = '5s'; ALTER TABLE users ALTER COLUMN email TYPE varchar(255)",
    },
  ],
  good: [
    { shows: 'text', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL)' },
    { shows: 'varchar without a limit', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar NOT NULL)' },
  ],
})
