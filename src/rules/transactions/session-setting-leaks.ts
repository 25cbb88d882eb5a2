import type { Severity } from '../../model/finding.ts'
import { defineBatchRule } from '../define.ts'
import { setsOf } from '../lock-waits.ts'

/** Settings that change what queries of the application mean or may do: whoever gets the connection next is surprised. */
const meaning: ReadonlySet<string> = new Set([
  'search_path',
  'role',
  'session_authorization',
  'row_security',
  'session_replication_role',
  'default_transaction_isolation',
  'default_transaction_read_only',
  'timezone',
  'datestyle',
  'intervalstyle',
  'standard_conforming_strings',
  'check_function_bodies',
  'default_tablespace',
])
/** Settings that only change how long things may take. */
const manner: ReadonlySet<string> = new Set([
  'lock_timeout',
  'statement_timeout',
  'transaction_timeout',
  'idle_in_transaction_session_timeout',
  'deadlock_timeout',
  'maintenance_work_mem',
  'work_mem',
  'synchronous_commit',
])

const severityOf = (setting: string): Severity | undefined =>
  meaning.has(setting) || setting.includes('.') ? 'warning' : manner.has(setting) ? 'note' : undefined

export const sessionSettingLeaks = defineBatchRule({
  id: 'session-setting-leaks',
  severity: 'warning',
  summary: 'A setting is made with SET and stays with the connection when the batch is done.',
  why: 'SET without LOCAL lasts as long as the connection. Where migrations run on a connection of a pool, the application gets it next, with another search path, role or time-out than it expects; and migrations that are deployed together resolve names differently than each by itself. A setting that only limits time is a note.',
  instead: 'Use SET LOCAL, which ends with the transaction; outside of a transaction RESET the setting at the end of the file.',
  check({ batch }) {
    return [...batch.left.keys()].flatMap((setting) => {
      const severity = severityOf(setting)
      const last = setsOf(batch, setting).findLast(({ change }) => !change.local)
      if (!severity || !last) return []
      const { at, change } = last
      const value = change.value?.join(', ') ?? ''
      const local = at.step.statement.text.replace(/^SET\s+(SESSION\s+)?/i, 'SET LOCAL ')
      return [
        {
          at,
          message: `${setting} stays ${value === '' ? 'empty' : `“${value}”`} for whoever uses the connection after the batch.`,
          object: setting,
          severity,
          remedy:
            at.inBlock && local !== at.step.statement.text && !/authorization/i.test(local)
              ? { title: 'Let it end with the transaction', steps: [{ when: 'instead' as const, sql: [local] }] }
              : {
                  title: 'Take it back',
                  steps: [{ when: 'after' as const, sql: [`RESET ${setting}`], note: 'As the last statement of the file.' }],
                },
        },
      ]
    })
  },
  bad: [
    {
      shows: 'a search path, as pg_dump writes it',
      sql: "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.users (id bigint PRIMARY KEY)",
    },
    {
      shows: 'a time-out',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET lock_timeout = '5s';\nALTER TABLE users ADD COLUMN age int",
    },
    { shows: 'a role', given: 'CREATE ROLE owner; GRANT CREATE ON SCHEMA public TO owner', sql: 'SET ROLE owner;\nCREATE TABLE users (id bigint PRIMARY KEY)' },
  ],
  good: [
    {
      shows: 'SET LOCAL',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN age int",
    },
    {
      shows: 'taken back at the end',
      given: 'CREATE SCHEMA app',
      sql: 'SET search_path TO app;\nCREATE TABLE users (id bigint PRIMARY KEY);\nRESET search_path',
    },
  ],
})
