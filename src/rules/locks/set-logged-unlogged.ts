import { isUsed } from '../../changes/batch.ts'
import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'

export const setLoggedUnlogged = defineStepRule({
  id: 'set-logged-unlogged',
  severity: 'error',
  weighs: 'rows',
  summary: 'A table in use becomes LOGGED or UNLOGGED.',
  why: 'PostgreSQL writes the whole table and its indexes anew, while nobody can read or write it; an unlogged table is empty after a crash and absent on replicas.',
  instead: 'Make a new table of the wanted kind, copy the rows in batches, and swap the names; or change it at a quiet time with lock_timeout set.',
  judges: {
    'set-persistence'(move) {
      const { on, to } = move.change
      if (!isUsed(move, on)) return undefined
      return {
        message: `${display(on)} is written anew to become ${to === 'unlogged' ? 'UNLOGGED' : 'LOGGED'}, while nobody can read or write it.`,
        object: keyOf('table', on),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' },
        claim: { rewrites: [on] },
      }
    },
  },
  bad: [
    { shows: 'a table that is no longer logged', given: 'CREATE TABLE events (id bigint PRIMARY KEY)', sql: 'ALTER TABLE events SET UNLOGGED' },
    { shows: 'a table that is logged from now on', given: 'CREATE UNLOGGED TABLE events (id bigint PRIMARY KEY)', sql: 'ALTER TABLE events SET LOGGED' },
  ],
  good: [
    { shows: 'a table that is so already', given: 'CREATE TABLE events (id bigint PRIMARY KEY)', sql: 'ALTER TABLE events SET LOGGED' },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE events (id bigint); ALTER TABLE events SET UNLOGGED' },
  ],
})
