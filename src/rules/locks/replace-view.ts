import { display, keyOf } from '../../model/name.ts'
import { briefLock } from '../brief-locks.ts'
import { defineStepRule } from '../define.ts'

export const replaceView = defineStepRule({
  id: 'replace-view',
  severity: 'note',
  weighs: 'traffic',
  summary: 'The query of a view in use is replaced.',
  why: 'CREATE OR REPLACE VIEW takes ACCESS EXCLUSIVE on the view: it waits for all running queries of it, and all new ones queue behind it, inside a batch until the batch ends.',
  instead: "Begin the migration with SET LOCAL lock_timeout = '5s' and deploy again when it fails.",
  judges: {
    'replace-view'(move, view) {
      const { name, implied } = move.change
      if (implied) return undefined
      return briefLock(move, view, name, 'ACCESS EXCLUSIVE', {
        message: `The query of view ${display(name)} is replaced, which locks it against reads.`,
        object: keyOf('view', name),
      })
    },
  },
  bad: [
    {
      shows: 'a view that an earlier migration made',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY); CREATE VIEW numbers AS SELECT id FROM orders',
      sql: 'CREATE OR REPLACE VIEW numbers AS SELECT id FROM orders WHERE id > 0',
    },
  ],
  good: [
    {
      shows: 'a view that is not there yet',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'CREATE OR REPLACE VIEW numbers AS SELECT id FROM orders',
    },
    {
      shows: 'a wait that is limited',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY); CREATE VIEW ids AS SELECT id FROM orders',
      sql: "SET LOCAL lock_timeout = '3s'; CREATE OR REPLACE VIEW ids AS SELECT id FROM orders WHERE id > 0",
    },
  ],
})
