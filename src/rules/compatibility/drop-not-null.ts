import { columnOn } from '../../changes/found-by.ts'
import { keyOf, member } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { columnAfter, columnBefore } from '../origins.ts'
import { displayColumn } from '../running-code.ts'

export const dropNotNull = defineStepRule({
  id: 'drop-not-null',
  severity: 'note',
  summary: 'A column that was NOT NULL before the batch may hold NULL after it.',
  why: "Code that runs while the migration does, and every other reader, takes a value for granted: Drizzle's type of the column has no null. The first row that the new release writes with NULL breaks it, and NOT NULL comes back only when no such row is left.",
  instead:
    'Release the code that reads NULL before the code that writes it: the migration first, with nobody writing NULL until the new release runs everywhere.',
  judges: {
    'drop-not-null'(move, { batch }) {
      const { change } = move
      if (change.implied) return undefined
      const old = columnBefore(batch, move, change.on, change.column)
      const now = columnAfter(batch, move, change.on, change.column)
      if (!old || !now || !columnOn(batch.before, old.on, old.column)?.notNull) return undefined
      if (columnOn(batch.after, now.on, now.column)?.notNull !== false) return undefined
      return {
        message: `Column ${displayColumn(change.on, change.column)} may hold NULL from now on, and running code that reads it does not expect that.`,
        object: keyOf('column', member(change.on, change.column)),
        relation: change.on,
      }
    },
  },
  bad: [
    {
      shows: 'a column of a table in use',
      given: 'CREATE TABLE users (id bigint, name text NOT NULL)',
      sql: 'ALTER TABLE users ALTER COLUMN name DROP NOT NULL',
    },
  ],
  good: [
    {
      shows: 'a column that goes in the same batch',
      given: 'CREATE TABLE users (id bigint, name text NOT NULL)',
      sql: 'ALTER TABLE users ALTER COLUMN name DROP NOT NULL; ALTER TABLE users DROP COLUMN name',
      also: ['drop-column'],
    },
    {
      shows: 'a column that may hold NULL already',
      given: 'CREATE TABLE users (id bigint, name text)',
      sql: 'ALTER TABLE users ALTER COLUMN name DROP NOT NULL',
    },
  ],
})
