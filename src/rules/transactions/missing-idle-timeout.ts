import { display } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { waitsIn } from '../lock-waits.ts'

const setting = 'idle_in_transaction_session_timeout'

export const missingIdleTimeout = defineBatchRule({
  id: 'missing-idle-timeout',
  severity: 'note',
  preset: 'strict',
  weighs: 'traffic',
  summary: 'A batch holds strong locks in a transaction and has not set idle_in_transaction_session_timeout.',
  why: 'When the migrating process hangs or loses its network between two statements, the server keeps the transaction and its locks until the connection is found dead, which can take hours.',
  instead: `Begin the first migration with SET LOCAL ${setting} = '30s'.`,
  check({ batch, postgres }) {
    const wait = waitsIn(batch).find(
      ({ at }) => (at.block === 'runner' || at.block === 'own') && !at.settings.has(setting) && !(postgres >= 17 && at.settings.has('transaction_timeout')),
    )
    if (!wait) return []
    const { at, relation, mode } = wait
    return [
      {
        at,
        message: `${mode} on ${display(relation)} stays if the migrating process hangs: ${setting} is not set.`,
        object: setting,
        relation,
        lock: { relation, mode, duration: 'moment' },
        remedy: {
          title: 'Let the server end what nobody continues',
          steps: [{ when: 'before', sql: [`SET LOCAL ${setting} = '30s'`], note: 'First in the batch.' }],
        },
      },
    ]
  },
  bad: [
    {
      shows: 'a strong lock in a transaction',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN age int",
    },
  ],
  good: [
    {
      shows: 'the setting stands first',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: `SET LOCAL lock_timeout = '5s';\nSET LOCAL ${setting} = '30s';\nALTER TABLE users ADD COLUMN age int`,
    },
    {
      shows: 'no transaction that could stay open',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET lock_timeout = '5s';\nALTER TABLE users ADD COLUMN age int;\nRESET lock_timeout",
      runner: 'none',
    },
  ],
})
