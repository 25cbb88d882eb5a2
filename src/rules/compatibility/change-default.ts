import { keyOf, member } from '../../model/name.ts'
import { defaultChange } from '../default-changes.ts'
import { defineStepRule } from '../define.ts'
import { displayColumn } from '../running-code.ts'

export const changeDefault = defineStepRule({
  id: 'change-default',
  severity: 'note',
  summary: 'A column gets another default than it had before the batch.',
  why: 'Code that runs while the migration does leaves the column out of its INSERTs, or sends DEFAULT for it, as Drizzle does for every column without a value: its rows get the new value although it counts on the old one. Rows that are there keep theirs.',
  instead:
    'Write the value in the code (with $default, or in values()) before the default changes, where the difference matters. Update the rows that are to have the new one.',
  judges: {
    'set-default'(move, { batch }) {
      const { change } = move
      const changed = defaultChange(move, batch)
      if (changed?.to === undefined) return undefined
      return {
        message: `The default of column ${displayColumn(change.on, change.column)} changes from ${short(changed.from)} to ${short(changed.to)}: rows that running code inserts without it get the new value, rows that are there do not.`,
        object: keyOf('column', member(change.on, change.column)),
        relation: change.on,
      }
    },
  },
  bad: [
    { shows: 'another value', given: 'CREATE TABLE jobs (id bigint, retries integer DEFAULT 3)', sql: 'ALTER TABLE jobs ALTER COLUMN retries SET DEFAULT 5' },
  ],
  good: [
    { shows: 'a first default', given: 'CREATE TABLE jobs (id bigint, retries integer)', sql: 'ALTER TABLE jobs ALTER COLUMN retries SET DEFAULT 5' },
    {
      shows: 'the same one again',
      given: 'CREATE TABLE jobs (id bigint, retries integer DEFAULT 3)',
      sql: 'ALTER TABLE jobs ALTER COLUMN retries SET DEFAULT 3',
    },
  ],
})

const short = (value: string): string => (value.length > 40 ? `${value.slice(0, 39)}…` : value)
