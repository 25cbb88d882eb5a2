import { type Batch, isAtLeast } from '../../changes/batch.ts'
import type { Remedy } from '../../model/finding.ts'
import { display } from '../../model/name.ts'
import type { Usage } from '../../model/profile.ts'
import { type BatchView, defineBatchRule } from '../define.ts'
import { during, isWork, unguardedWaits, type Wait } from '../lock-waits.ts'
import { shown } from '../statement-words.ts'

/** From here on a table is seldom without a query on it that a lock has to wait for. */
const manyRows = 1_000_000

/** The first statement that works through a table in use while the transaction holds what it waited for. */
const workUnder = (batch: Batch, { at, relation }: Wait) => {
  const lock = batch.locks.find((held) => held.relation === relation && held.from <= at.position && held.to >= at.position)
  return at.inBlock && lock ? during(batch, { ...lock, from: at.position }).find(isWork) : isWork(at) ? at : undefined
}

const isLarge = ({ rows, busy }: Usage): boolean => busy === true || (rows ?? 0) >= manyRows

/** The wait that is worth the word: a table that is known to be large or busy, else one that is held over work, else the first. */
const gravest = ({ batch, usage }: BatchView, waits: readonly Wait[]): Wait | undefined =>
  waits.find(({ relation }) => isLarge(usage(relation))) ?? waits.find((wait) => workUnder(batch, wait)) ?? waits[0]

const header = ({ at }: Wait): Remedy => ({
  title: 'Give up instead of making everybody wait',
  steps: [
    at.inBlock
      ? { when: 'before', sql: ["SET LOCAL lock_timeout = '5s'"], note: 'First in the batch; when it fails, nothing has happened: deploy again.' }
      : { when: 'before', sql: ["SET lock_timeout = '5s'"], note: 'Outside of a transaction SET LOCAL does nothing. RESET lock_timeout at the end.' },
  ],
  ...(at.block === 'runner' ? { mechanical: true } : {}),
})

export const missingLockTimeout = defineBatchRule({
  id: 'missing-lock-timeout',
  severity: 'note',
  weighs: 'traffic',
  summary: 'A batch waits for a strong lock on a table in use and has not set lock_timeout.',
  why: 'A lock that has to wait (behind a long query, an autovacuum, an idle transaction) makes everybody queue behind it: the table stands still although nothing has been done yet. It is a warning where the table is known to be large or busy, and a note otherwise.',
  instead: "Begin the first migration of the batch with SET LOCAL lock_timeout = '5s', and deploy again when it fails.",
  check(view) {
    const { batch, usage } = view
    const waits = unguardedWaits(batch)
      .filter(({ because }) => because === 'never')
      .map(({ wait }) => wait)
    const wait = gravest(view, waits)
    if (!wait) return []
    const { at, relation, mode } = wait
    const work = workUnder(batch, wait)
    const queue = isAtLeast(mode, 'ACCESS EXCLUSIVE') ? 'reads and writes' : 'writes'
    const over = work ? (work === at ? ' It is then held for as long as the statement works.' : ` It is then held over “${shown(work)}”.`) : ''
    return [
      {
        at,
        message: `The batch waits for ${mode} on ${display(relation)} without a lock_timeout; ${queue} queue behind it.${over}`,
        object: 'lock_timeout',
        relation,
        severity: isLarge(usage(relation)) ? 'warning' : 'note',
        lock: { relation, mode, duration: 'moment' },
        remedy: header(wait),
      },
    ]
  },
  bad: [
    { shows: 'a column added to a table in use', given: 'CREATE TABLE users (id bigint PRIMARY KEY)', sql: 'ALTER TABLE users ADD COLUMN name text' },
    {
      shows: 'once for all files of the batch',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: ['ALTER TABLE users ADD COLUMN a text', 'ALTER TABLE users ADD COLUMN b text'],
    },
    {
      shows: 'the parent of a new table’s foreign key is locked as well',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: 'CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users)',
      also: ['create-table-fk-locks-parent'],
    },
    {
      shows: 'the setting was taken back before the statement',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s';\nRESET lock_timeout;\nALTER TABLE users ADD COLUMN name text",
    },
  ],
  good: [
    {
      shows: 'the setting stands first',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN name text",
    },
    {
      shows: 'it stands in the first file of a batch that Drizzle runs in one transaction',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: ["SET LOCAL lock_timeout = '5s'", 'ALTER TABLE users ADD COLUMN name text'],
    },
    { shows: 'nothing in use is locked', sql: 'CREATE TABLE users (id bigint PRIMARY KEY); ALTER TABLE users ADD COLUMN name text' },
    {
      shows: 'a lock that neither reads nor writes wait for',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "COMMENT ON TABLE users IS 'people'",
    },
  ],
})
