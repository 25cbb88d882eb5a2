import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { rowsWhere } from '../prechecks.ts'
import { listed } from '../running-code.ts'
import { truncatedBy } from '../truncated.ts'

export const truncateCascade = defineStepRule({
  id: 'truncate-cascade',
  severity: 'error',
  summary: 'TRUNCATE … CASCADE empties tables that the statement does not name.',
  why: 'CASCADE follows every foreign key onto the table, and those onto what it finds, whatever their ON DELETE says. A table that somebody adds next year is emptied too.',
  instead: 'Name the tables that are to be emptied, without CASCADE; better, delete rows by a condition.',
  judges: {
    'change-data'(move, view) {
      const truncated = truncatedBy(move, view)
      const first = truncated?.along[0]
      if (!truncated || first === undefined) return undefined
      const named = truncated.named.length === 0 ? '' : ` of ${listed(truncated.named.map(display))} and`
      return {
        message: `TRUNCATE … CASCADE removes all rows${named} of what refers to it: ${listed(truncated.along.map(display))}.`,
        object: keyOf('table', first),
        relation: first,
        lock: { relation: first, mode: 'ACCESS EXCLUSIVE', duration: 'moment' },
        precheck: rowsWhere(first),
      }
    },
  },
  bad: [
    {
      shows: 'tables that refer to the named one, at any distance',
      given:
        'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users); CREATE TABLE items (order_id bigint REFERENCES orders)',
      sql: 'TRUNCATE users CASCADE',
    },
  ],
  good: [
    {
      shows: 'CASCADE where nothing refers to the table',
      given: 'CREATE TABLE logs (id bigint PRIMARY KEY)',
      sql: 'TRUNCATE logs CASCADE',
      also: ['truncate'],
    },
  ],
})
