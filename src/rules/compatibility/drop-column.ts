import { columnOn } from '../../changes/found-by.ts'
import { statementsOf } from '../../changes/index.ts'
import { keyOf, member } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { deprecationOf } from '../deprecation.ts'
import { renamedColumn } from '../lookalikes.ts'
import { columnBefore, relationAfter } from '../origins.ts'
import { valuesWhere } from '../prechecks.ts'
import { displayColumn, dropLater } from '../running-code.ts'

export const dropColumn = defineStepRule({
  id: 'drop-column',
  severity: 'error',
  summary: 'A column that was there before the batch is dropped.',
  why: 'Its values are gone, and only a backup has them. During a deployment the previous release still runs, and Drizzle\'s queries name every column of a table: select(), insert() and returning() fail with "column does not exist" (42703), even in code that never looks at the column.',
  instead:
    'Take the column out of the schema files in one release, and drop it in a later one. Where the policy asks for it, say above the statement since when it is deprecated.',
  judges: {
    'drop-column'(move, view) {
      const { change, before } = move
      const attribute = columnOn(before, change.on, change.column)
      const old = columnBefore(view.batch, move, change.on, change.column)
      if (!attribute || change.implied || !old) return undefined
      if (relationAfter(view.batch, move, change.on) === undefined) return undefined
      const deprecated = deprecationOf(view.step.statement, view)?.state === 'fulfilled'
      if (!deprecated && renamedColumn(view.batch, move) !== undefined) return undefined
      const shown = displayColumn(change.on, change.column)
      const lost = attribute.generated ? 'is dropped' : 'is dropped with its values'
      return {
        message: `Column ${shown} ${lost}, and running code that names it fails: Drizzle's queries name every column.`,
        object: keyOf('column', member(change.on, change.column)),
        relation: change.on,
        remedy: dropLater(`column ${shown}`, statementsOf(change, before)),
        ...(attribute.generated ? {} : { precheck: valuesWhere(old.on, old.column) }),
        ...(deprecated ? { severity: 'note' } : {}),
      }
    },
  },
  bad: [
    { shows: 'a column of a table in use', given: 'CREATE TABLE users (id bigint, note text)', sql: 'ALTER TABLE users DROP COLUMN note' },
    {
      shows: 'values that the batch has moved elsewhere: running code fails all the same',
      given: 'CREATE TABLE users (id bigint, admin boolean)',
      sql: [
        'ALTER TABLE users ADD COLUMN role text',
        "UPDATE users SET role = 'admin' WHERE admin",
        'ALTER TABLE users RENAME COLUMN admin TO was_admin; ALTER TABLE users DROP COLUMN was_admin',
      ],
      also: ['backfill-in-ddl-tx'],
    },
    {
      shows: 'in a DO block, with a schema and names that need quotes',
      given: 'CREATE SCHEMA app; CREATE TABLE app."Users" (id bigint, "Note" text)',
      sql: 'DO $$ BEGIN ALTER TABLE app."Users" DROP COLUMN IF EXISTS "Note"; END $$',
    },
  ],
  good: [
    {
      shows: 'a column that the same batch added',
      given: 'CREATE TABLE users (id bigint)',
      sql: ['ALTER TABLE users ADD COLUMN a text', 'ALTER TABLE users DROP COLUMN a'],
    },
    { shows: 'a column that is not there', given: 'CREATE TABLE users (id bigint)', sql: 'ALTER TABLE users DROP COLUMN IF EXISTS note' },
    { shows: 'a table that the same batch made', sql: 'CREATE TABLE users (id bigint, note text); ALTER TABLE users DROP COLUMN note' },
  ],
})
