import { display } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { unguardedWaits } from '../lock-waits.ts'
import { shown } from '../statement-words.ts'

export const lockTimeoutAfterDangerousStatement = defineBatchRule({
  id: 'lock-timeout-after-dangerous-statement',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A batch sets lock_timeout only after it has waited for a strong lock.',
  why: 'The setting holds for later statements. The one before it waits for its lock without an end, and everybody queues behind it.',
  instead: 'Move the setting to the beginning of the first migration of the batch.',
  check({ batch }) {
    const first = unguardedWaits(batch).find(({ because }) => because === 'late')
    if (!first?.set) return []
    const { relation, mode, at } = first.wait
    return [
      {
        at: first.set.at,
        message: `lock_timeout is set after “${shown(at)}”, which waits for ${mode} on ${display(relation)} without it.`,
        object: 'lock_timeout',
        relation,
        remedy: {
          title: 'Set it first',
          steps: [{ when: 'before', sql: [first.set.at.step.statement.text], note: 'At the beginning of the batch; take it away here.' }],
        },
      },
    ]
  },
  bad: [
    {
      shows: 'a column is added first',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "ALTER TABLE users ADD COLUMN a text;\nSET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN b text",
    },
    {
      shows: 'the setting stands in the second file of the batch',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: ['ALTER TABLE users ADD COLUMN a text', "SET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN b text"],
    },
  ],
  good: [
    {
      shows: 'new tables before it',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "CREATE TABLE tags (id bigint PRIMARY KEY);\nSET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN b text",
    },
  ],
})
