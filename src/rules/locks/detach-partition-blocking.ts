import { isUsed } from '../../changes/batch.ts'
import { display, keyOf } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { child, flag, text } from '../../sql/tree.ts'
import { isHeld } from '../brief-locks.ts'
import { alterCommands } from '../commands.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { plainSql } from '../plain-sql.ts'
import { defaultPartition } from '../stored-rows.ts'

/** CONCURRENTLY, or FINALIZE of one that was. */
const isGentle = ({ step }: StepView): boolean =>
  alterCommands(step.statement).some(
    (command) => text(command, 'subtype') === 'AT_DetachPartitionFinalize' || flag(child(child(command, 'def'), 'PartitionCmd'), 'concurrent'),
  )

export const detachPartitionBlocking = defineStepRule({
  id: 'detach-partition-blocking',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A partition is detached from a table in use without CONCURRENTLY.',
  why: 'DETACH PARTITION takes ACCESS EXCLUSIVE on the whole partitioned table: all queries on any of its partitions wait, inside a batch until the batch ends.',
  instead: 'Detach it CONCURRENTLY, outside of a transaction, before the migration; the migration then detaches it only where it still is a partition.',
  judges: {
    'detach-partition'(move, view) {
      const { parent, child: partition } = move.change
      if (isGentle(view) || !isUsed(move, parent) || isHeld(view, parent, 'ACCESS EXCLUSIVE')) return undefined
      const found = {
        message: `Detaching ${display(partition)} locks all of ${display(parent)}, against reads too.`,
        object: keyOf('table', partition),
        relation: parent,
        lock: { relation: parent, mode: 'ACCESS EXCLUSIVE', duration: 'moment' },
      } as const
      const other = defaultPartition(move.before, parent)
      if (other !== undefined)
        return {
          ...found,
          help: `CONCURRENTLY is refused while ${display(parent)} has a default partition (${display(other)}): set lock_timeout, and deploy again when it fails.`,
        }
      const still = `SELECT FROM pg_inherits WHERE inhrelid = to_regclass(${quoteLiteral(plainSql(partition))})`
      return {
        ...found,
        remedy: {
          title: 'Detach it without blocking anyone',
          steps: [
            {
              when: 'outside',
              sql: [plainSql(`ALTER TABLE ${parent} DETACH PARTITION ${partition} CONCURRENTLY`)],
              note: 'Before the migration is deployed; not in a transaction.',
            },
            {
              when: 'instead',
              sql: [`DO $$ BEGIN IF EXISTS (${still}) THEN ${plainSql(`ALTER TABLE ${parent} DETACH PARTITION ${partition}`)}; END IF; END $$`],
              note: 'Finds it done, and detaches it on other databases.',
            },
          ],
        },
      }
    },
  },
  bad: [
    {
      shows: 'a partition of a table that an earlier migration made',
      given: "CREATE TABLE logs (at date) PARTITION BY RANGE (at); CREATE TABLE logs_2030 PARTITION OF logs FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
      sql: 'ALTER TABLE logs DETACH PARTITION logs_2030',
    },
    {
      shows: 'beside a default partition, where CONCURRENTLY is refused',
      given:
        "CREATE TABLE logs (at date) PARTITION BY RANGE (at); CREATE TABLE logs_2030 PARTITION OF logs FOR VALUES FROM ('2030-01-01') TO ('2031-01-01'); CREATE TABLE logs_rest PARTITION OF logs DEFAULT",
      sql: 'ALTER TABLE logs DETACH PARTITION logs_2030',
    },
  ],
  good: [
    {
      shows: 'CONCURRENTLY, run outside of a transaction',
      given: "CREATE TABLE logs (at date) PARTITION BY RANGE (at); CREATE TABLE logs_2030 PARTITION OF logs FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
      sql: 'ALTER TABLE logs DETACH PARTITION logs_2030 CONCURRENTLY',
      runner: 'none',
    },
    {
      shows: 'a partitioned table that the same batch makes',
      sql: 'CREATE TABLE logs (at date) PARTITION BY RANGE (at); CREATE TABLE logs_rest PARTITION OF logs DEFAULT; ALTER TABLE logs DETACH PARTITION logs_rest',
    },
  ],
})
