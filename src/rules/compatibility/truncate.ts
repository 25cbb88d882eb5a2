import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { rowsWhere } from '../prechecks.ts'
import { listed } from '../running-code.ts'
import { truncatedBy } from '../truncated.ts'

export const truncate = defineStepRule({
  id: 'truncate',
  severity: 'error',
  summary: 'All rows of a table are removed by TRUNCATE.',
  why: 'The rows are gone as soon as the migration commits, on every database that it runs on, production too. Until then nobody reads or writes the table: TRUNCATE takes ACCESS EXCLUSIVE.',
  instead: 'Leave it out of the migrations. Where rows stand in the way of a change, change or delete those that do, by a condition.',
  judges: {
    'change-data'(move, view) {
      const truncated = truncatedBy(move, view)
      if (!truncated || truncated.along.length > 0) return undefined
      const { named } = truncated
      const [first] = named
      if (first === undefined) return undefined
      return {
        message: `TRUNCATE removes all rows of ${listed(named.map(display))}.`,
        object: keyOf('table', first),
        relation: first,
        lock: { relation: first, mode: 'ACCESS EXCLUSIVE', duration: 'moment' },
        precheck: rowsWhere(first),
      }
    },
  },
  bad: [
    { shows: 'a table in use', given: 'CREATE TABLE orders (id bigint)', sql: 'TRUNCATE TABLE orders' },
    { shows: 'CASCADE that reaches nothing else, in a DO block', given: 'CREATE TABLE orders (id bigint)', sql: 'DO $$ BEGIN TRUNCATE orders CASCADE; END $$' },
  ],
  good: [
    { shows: 'a table that the same batch made', sql: 'CREATE TABLE orders (id bigint); TRUNCATE orders' },
    { shows: 'rows removed by a condition', given: 'CREATE TABLE orders (id bigint, customer bigint)', sql: 'DELETE FROM orders WHERE customer IS NULL' },
  ],
})
