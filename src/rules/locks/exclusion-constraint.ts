import { isUsed } from '../../changes/batch.ts'
import { display, displayIdentifier, keyOf, member } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { isRewritten } from '../statement-rewrites.ts'
import { storesOf } from '../stored-rows.ts'

export const exclusionConstraint = defineStepRule({
  id: 'exclusion-constraint',
  severity: 'error',
  weighs: 'rows',
  summary: 'An exclusion constraint is added to a table in use.',
  why: 'ADD EXCLUDE builds its index under ACCESS EXCLUSIVE and compares all rows; it can neither be NOT VALID nor take over an index that is there.',
  instead: 'There is no gentle way: add it at a quiet time with lock_timeout set, or to a new table into which the rows are copied.',
  judges: {
    'add-constraint'(move, view) {
      const { on, name, constraint, implied } = move.change
      if (implied || constraint.type !== 'exclusion' || !isUsed(move, on) || isRewritten(view, on)) return undefined
      return {
        message: `The index of the exclusion constraint ${displayIdentifier(name)} is built while nobody can read or write ${display(on)}.`,
        object: keyOf('constraint', member(on, name)),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'index build' },
        claim: { scans: storesOf(move.before, on) },
      }
    },
  },
  bad: [
    {
      shows: 'bookings that may not overlap',
      given: 'CREATE TABLE bookings (id bigint PRIMARY KEY, during tstzrange)',
      sql: 'ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&)',
    },
  ],
  good: [
    { shows: 'a new table', sql: 'CREATE TABLE bookings (id bigint PRIMARY KEY, during tstzrange, EXCLUDE USING gist (during WITH &&))' },
    {
      shows: 'a table that the same batch makes',
      sql: ['CREATE TABLE bookings (during tstzrange)', 'ALTER TABLE bookings ADD EXCLUDE USING gist (during WITH &&)'],
    },
  ],
})
