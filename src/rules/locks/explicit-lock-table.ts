import { isUsed } from '../../changes/batch.ts'
import { type LockMode, lockModes } from '../../model/lock.ts'
import { display, keyOf } from '../../model/name.ts'
import { isHeld } from '../brief-locks.ts'
import { defineStepRule } from '../define.ts'

/** The weakest mode that keeps writes waiting. */
const blocking: readonly LockMode[] = lockModes.slice(lockModes.indexOf('SHARE'))

export const explicitLockTable = defineStepRule({
  id: 'explicit-lock-table',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A table in use is locked with LOCK TABLE.',
  why: 'The lock is kept until the transaction ends; under Drizzle that is when all pending files have run, so others wait for all of them.',
  instead:
    'Leave it out: each statement takes the lock that it needs. Where it is meant, put it into the last migration, set lock_timeout, and use the weakest mode that will do.',
  judges: {
    maintain(move, view) {
      const { command, relations } = move.change
      const mode = blocking.find((each) => command === `LOCK ${each}`)
      if (mode === undefined) return undefined
      return relations
        .filter((relation) => isUsed(move, relation) && !isHeld(view, relation, mode))
        .map((relation) => ({
          message: `LOCK TABLE takes ${mode} on ${display(relation)} and keeps it until the transaction ends.`,
          object: keyOf('table', relation),
          relation,
          lock: { relation, mode, duration: 'moment' as const },
        }))
    },
  },
  bad: [
    { shows: 'without a mode, which is ACCESS EXCLUSIVE', given: 'CREATE TABLE orders (id bigint PRIMARY KEY)', sql: 'LOCK TABLE orders' },
    {
      shows: 'a mode that blocks writes, in a DO block',
      given: 'CREATE TABLE "Orders" (id bigint PRIMARY KEY)',
      sql: 'DO $$ BEGIN LOCK TABLE "Orders" IN SHARE MODE; END $$',
    },
  ],
  good: [
    {
      shows: 'a mode that lets others read and write',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE',
    },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE orders (id bigint); LOCK TABLE orders' },
  ],
})
