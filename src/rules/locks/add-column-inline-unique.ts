import { isUsed } from '../../changes/batch.ts'
import { columnOn, isPartitioned } from '../../changes/found-by.ts'
import { display, displayIdentifier, keyOf, member } from '../../model/name.ts'
import { addColumn, inlineColumn } from '../commands.ts'
import { defineStepRule } from '../define.ts'
import { isRewritten } from '../statement-rewrites.ts'
import { storesOf } from '../stored-rows.ts'
import { usingIndexLater } from '../unique-remedies.ts'

export const addColumnInlineUnique = defineStepRule({
  id: 'add-column-inline-unique',
  severity: 'error',
  weighs: 'rows',
  summary: 'A column is added to a table in use with UNIQUE or PRIMARY KEY inside of its definition.',
  why: 'PostgreSQL builds the index under ACCESS EXCLUSIVE: nobody can read or write the table until all rows are read and sorted.',
  instead:
    'Add the column in one deployment; build the unique index CONCURRENTLY outside of the migrator, and let the constraint take it over with USING INDEX in the next.',
  judges: {
    'add-constraint'(move, view) {
      const { on, name, constraint, implied } = move.change
      if (implied || (constraint.type !== 'unique' && constraint.type !== 'primary key') || !isUsed(move, on) || isRewritten(view, on)) return undefined
      const column = inlineColumn(move, view)
      if (column === undefined) return undefined
      const attribute = columnOn(move.before, on, column)
      const same = attribute?.default === undefined ? '' : ' All rows get the same default, so two of them are enough to make it fail.'
      return {
        message: `The index ${displayIdentifier(name)} of the new column ${display(member(on, column))} is built while nobody can read or write ${display(on)}.${same}`,
        object: keyOf('constraint', member(on, name)),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'index build' },
        claim: { scans: storesOf(move.before, on) },
        ...(isPartitioned(move.before, on) ? {} : { remedy: usingIndexLater(addColumn(move.before, on, column), on, name, constraint) }),
      }
    },
  },
  bad: [
    { shows: 'UNIQUE inside of ADD COLUMN', given: 'CREATE TABLE users (id bigint PRIMARY KEY)', sql: 'ALTER TABLE users ADD COLUMN email text UNIQUE' },
    {
      shows: 'in a DO block, with a name of its own',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: 'DO $$ BEGIN ALTER TABLE users ADD COLUMN IF NOT EXISTS email text CONSTRAINT "Email" UNIQUE NULLS NOT DISTINCT; END $$',
    },
  ],
  good: [
    {
      shows: 'the column, then an index that was built outside',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE UNIQUE INDEX users_email_key ON users (email)',
      sql: 'ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key',
    },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE users (id bigint); ALTER TABLE users ADD COLUMN email text UNIQUE' },
  ],
})
