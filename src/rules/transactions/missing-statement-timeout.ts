import { type BatchStep, isAtLeast } from '../../changes/batch.ts'
import { display, type RelationName } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { hasRows, isRefused, isWork, workedOn } from '../lock-waits.ts'

/** The table that a statement has to wait for, if only behind a VACUUM or a CONCURRENTLY; LOCK waits in every mode. */
const awaited = ({ footprint, held, step }: BatchStep): RelationName | undefined =>
  footprint.locks.find(({ relation, mode }) => {
    const own = held.get(relation)
    if ((own && isAtLeast(own, mode)) || !hasRows(step.before, relation)) return false
    return isAtLeast(mode, 'SHARE UPDATE EXCLUSIVE') || step.statement.node === 'LockStmt'
  })?.relation

const needsLimit = (at: BatchStep): boolean => isWork(at) || (awaited(at) !== undefined && !isRefused(at))

export const missingStatementTimeout = defineBatchRule({
  id: 'missing-statement-timeout',
  severity: 'warning',
  preset: 'strict',
  weighs: 'rows',
  summary: 'A batch locks or works through tables in use and has not set statement_timeout.',
  why: 'A statement that takes longer than was thought, or waits for a lock that somebody keeps, holds its own locks until it is done or somebody cancels it by hand. Even COMMENT waits behind a VACUUM.',
  instead:
    "Begin the first migration with SET LOCAL statement_timeout = '60s', or as long as the tables' users can wait; on PostgreSQL 17 and later transaction_timeout does the same for the batch.",
  check({ batch, postgres }) {
    const limits = postgres >= 17 ? ['statement_timeout', 'transaction_timeout'] : ['statement_timeout']
    const at = batch.steps.find((each) => needsLimit(each) && !limits.some((limit) => each.settings.has(limit)))
    const relation = at && (workedOn(at)[0] ?? awaited(at))
    if (!at || relation === undefined) return []
    return [
      {
        at,
        message: `The batch begins its work on ${display(relation)} without a statement_timeout.`,
        object: 'statement_timeout',
        relation,
        remedy: {
          title: 'Limit how long a statement may take',
          steps: [{ when: 'before', sql: [`SET ${at.inBlock ? 'LOCAL ' : ''}statement_timeout = '60s'`], note: 'First in the batch.' }],
        },
      },
    ]
  },
  bad: [
    {
      shows: 'a lock_timeout alone does not limit the work',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: "SET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN age int",
    },
    {
      shows: 'a comment waits for the end of a VACUUM',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: "COMMENT ON COLUMN users.name IS 'as it is spoken'",
    },
    {
      shows: 'LOCK waits in every mode',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: 'LOCK TABLE users IN ACCESS SHARE MODE',
    },
  ],
  good: [
    {
      shows: 'both are set',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: "SET LOCAL lock_timeout = '5s';\nSET LOCAL statement_timeout = '60s';\nALTER TABLE users ADD COLUMN age int",
    },
    {
      shows: 'a limit for the whole transaction, on PostgreSQL 17 and later',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: "SET LOCAL lock_timeout = '5s';\nSET LOCAL transaction_timeout = '5min';\nALTER TABLE users ADD COLUMN age int",
    },
    { shows: 'only new tables', sql: 'CREATE TABLE users (id bigint PRIMARY KEY)' },
  ],
})
