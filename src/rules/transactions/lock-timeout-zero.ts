import { display } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { unguardedWaits } from '../lock-waits.ts'

export const lockTimeoutZero = defineBatchRule({
  id: 'lock-timeout-zero',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A batch switches lock_timeout off and then waits for a strong lock on a table in use.',
  why: 'Zero means to wait for ever, and all queries on the table queue behind the statement that waits. For CREATE INDEX CONCURRENTLY it is right to wait; for ALTER TABLE it is an outage.',
  instead: "Set it to a few seconds before the statement, SET LOCAL lock_timeout = '5s', and deploy again when it fails.",
  check({ batch }) {
    const first = unguardedWaits(batch).find(({ because }) => because === 'zero')
    if (!first?.set) return []
    const { relation, mode, at } = first.wait
    return [
      {
        at: first.set.at,
        message: `lock_timeout is switched off, and the batch then waits for ${mode} on ${display(relation)} as long as it takes.`,
        object: 'lock_timeout',
        relation,
        remedy: { title: 'Wait for a few seconds only', steps: [{ when: 'instead', sql: [`SET ${at.inBlock ? 'LOCAL ' : ''}lock_timeout = '5s'`] }] },
      },
    ]
  },
  bad: [
    {
      shows: 'zero, then a strong lock',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: 'SET LOCAL lock_timeout = 0;\nALTER TABLE users ADD COLUMN name text',
    },
    {
      shows: 'zero with a unit, in an earlier file of the batch',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: ["SET LOCAL lock_timeout = '0s'", 'ALTER TABLE users ADD COLUMN name text'],
    },
  ],
  good: [
    {
      shows: 'zero for an index that is built CONCURRENTLY, and a time-out again afterwards',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: "SET lock_timeout = 0;\nCREATE INDEX CONCURRENTLY users_name_idx ON users (name);\nSET lock_timeout = '5s';\nALTER TABLE users ADD COLUMN age int;\nRESET lock_timeout",
      runner: 'none',
    },
    { shows: 'zero, and only new tables are touched', sql: 'SET LOCAL lock_timeout = 0;\nCREATE TABLE users (id bigint PRIMARY KEY)' },
  ],
})
