import { display, keyOf } from '../../model/name.ts'
import { briefLock } from '../brief-locks.ts'
import { defineStepRule } from '../define.ts'

export const replicaIdentity = defineStepRule({
  id: 'replica-identity',
  severity: 'note',
  weighs: 'traffic',
  summary: 'The replica identity of a table in use is changed.',
  why: 'REPLICA IDENTITY takes ACCESS EXCLUSIVE for a moment; FULL then writes every old row into the log with each UPDATE and DELETE, NOTHING makes subscribers refuse them.',
  instead: "Begin the migration with SET LOCAL lock_timeout = '5s' and deploy again when it fails; prefer an index to FULL.",
  judges: {
    'set-replica-identity'(move, view) {
      const { on, to } = move.change
      return briefLock(move, view, on, 'ACCESS EXCLUSIVE', {
        message: `The replica identity of ${display(on)} changes, which locks it against reads and writes${to === 'full' ? '; each UPDATE and DELETE then logs the whole old row' : ''}.`,
        object: keyOf('table', on),
      })
    },
  },
  bad: [{ shows: 'FULL', given: 'CREATE TABLE orders (id bigint PRIMARY KEY)', sql: 'ALTER TABLE orders REPLICA IDENTITY FULL' }],
  good: [
    {
      shows: 'a wait that is limited',
      given: 'CREATE TABLE bills (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '3s'; ALTER TABLE bills REPLICA IDENTITY USING INDEX bills_pkey",
    },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE orders (id bigint); ALTER TABLE orders REPLICA IDENTITY FULL' },
  ],
})
