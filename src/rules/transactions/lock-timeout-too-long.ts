import { display } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { setsOf, timeoutSet, waitsUnder } from '../lock-waits.ts'

/** Requests of most applications have given up by then (common time-outs of proxies and pools are 5 to 30 s). */
const longest = 10_000

export const lockTimeoutTooLong = defineBatchRule({
  id: 'lock-timeout-too-long',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A batch waits for strong locks under a lock_timeout of more than ten seconds.',
  why: 'While a statement waits for its lock, all queries on the table queue behind it. A time-out that is longer than the patience of the application does not spare it the outage.',
  instead: "Use a few seconds, SET LOCAL lock_timeout = '5s', and deploy again when it fails; several short attempts hurt less than a long one.",
  check({ batch }) {
    for (const set of setsOf(batch, 'lock_timeout')) {
      const timeout = timeoutSet(set) ?? 0
      const wait = timeout > longest ? waitsUnder(batch, set)[0] : undefined
      if (!wait) continue
      const { relation, mode } = wait
      const seconds = Math.round(timeout / 1000)
      return [
        {
          at: set.at,
          message: `A lock_timeout of ${seconds} s lets queries on ${display(relation)} queue for up to ${seconds} s behind the wait for ${mode}.`,
          object: 'lock_timeout',
          relation,
          remedy: { title: 'Wait for a few seconds only', steps: [{ when: 'instead', sql: [`SET ${set.change.local ? 'LOCAL ' : ''}lock_timeout = '5s'`] }] },
        },
      ]
    }
    return []
  },
  bad: [
    {
      shows: 'five minutes',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5min';\nALTER TABLE users ADD COLUMN name text",
    },
    {
      shows: 'a number without a unit is milliseconds',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: 'SET LOCAL lock_timeout = 60000;\nALTER TABLE users ADD COLUMN name text',
    },
  ],
  good: [
    {
      shows: 'five seconds',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: 'SET LOCAL lock_timeout = 5000;\nALTER TABLE users ADD COLUMN name text',
    },
    {
      shows: 'long, but no lock is waited for that anybody waits behind',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5min';\nCOMMENT ON TABLE users IS 'people'",
    },
  ],
})
