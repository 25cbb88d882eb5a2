import { isUsed } from '../../changes/batch.ts'
import { printBound } from '../../changes/print.ts'
import { display, keyOf } from '../../model/name.ts'
import { isHeld } from '../brief-locks.ts'
import { defineStepRule } from '../define.ts'
import { mayBeSpared } from '../partition-bounds.ts'
import { makesPartition } from '../partitions.ts'
import { plainSql } from '../plain-sql.ts'
import { defaultPartition, storesOf } from '../stored-rows.ts'

export const createPartitionOf = defineStepRule({
  id: 'create-partition-of',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A partition is made with CREATE TABLE … PARTITION OF a table in use.',
  why: 'PARTITION OF takes ACCESS EXCLUSIVE on the whole partitioned table: queries on any of its partitions wait, inside a batch until the batch ends.',
  instead: 'Make a plain table with CREATE TABLE … (LIKE parent) and attach it: ATTACH PARTITION lets everybody read and write the parent.',
  judges: {
    'attach-partition'(move, view) {
      const { parent, child, bound } = move.change
      if (!makesPartition(move, view) || !isUsed(move, parent) || isHeld(view, parent, 'ACCESS EXCLUSIVE')) return undefined
      const other = bound.is_default === true ? undefined : defaultPartition(move.before, parent)
      const read = other !== undefined && isUsed(move, other) && !mayBeSpared(move.before, parent, other) ? other : undefined
      return {
        message: `Making the partition ${display(child)} locks all of ${display(parent)}, against reads too${read === undefined ? '' : `, while the default partition ${display(read)} is read from end to end`}.`,
        object: keyOf('table', child),
        relation: parent,
        lock: { relation: parent, mode: 'ACCESS EXCLUSIVE', duration: read === undefined ? 'moment' : 'scan' },
        ...(read === undefined ? {} : { claim: { scans: storesOf(move.before, read) } }),
        remedy: {
          title: 'Make it apart and attach it',
          steps: [
            {
              when: 'instead',
              sql: [
                `CREATE TABLE ${child} (LIKE ${parent} INCLUDING ALL EXCLUDING IDENTITY)`,
                `ALTER TABLE ${parent} ATTACH PARTITION ${child} ${printBound(bound)}`,
              ].map(plainSql),
              note: 'ATTACH takes SHARE UPDATE EXCLUSIVE on the parent: reads and writes go on.',
            },
          ],
        },
      }
    },
  },
  bad: [
    {
      shows: 'a partition of a table that an earlier migration made',
      given: 'CREATE TABLE logs (at date) PARTITION BY RANGE (at)',
      sql: "CREATE TABLE logs_2030 PARTITION OF logs FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
    },
    {
      shows: 'beside a default partition, which is read for it',
      given: 'CREATE TABLE logs (at date) PARTITION BY RANGE (at); CREATE TABLE logs_rest PARTITION OF logs DEFAULT',
      sql: "CREATE TABLE logs_2030 PARTITION OF logs FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
    },
  ],
  good: [
    {
      shows: 'a plain table that is attached',
      given: 'CREATE TABLE logs (at date) PARTITION BY RANGE (at)',
      sql: "CREATE TABLE logs_2030 (LIKE logs); ALTER TABLE logs ATTACH PARTITION logs_2030 FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
    },
    {
      shows: 'a partitioned table that the same batch makes',
      sql: ['CREATE TABLE logs (at date) PARTITION BY RANGE (at)', "CREATE TABLE logs_2030 PARTITION OF logs FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')"],
    },
  ],
})
