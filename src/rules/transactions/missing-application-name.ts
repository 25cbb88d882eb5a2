import { display } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { waitsIn } from '../lock-waits.ts'

export const missingApplicationName = defineBatchRule({
  id: 'missing-application-name',
  severity: 'note',
  preset: 'strict',
  summary: 'A batch takes strong locks and has not set application_name.',
  why: 'When queries hang, whoever is on call looks into pg_stat_activity for the session that blocks them; a migration that has no name looks like any other connection of the application.',
  instead: "Begin the first migration with SET LOCAL application_name = 'migration', or put application_name into the connection of the migrator.",
  check({ batch }) {
    const wait = waitsIn(batch).find(({ at }) => !at.settings.has('application_name'))
    if (!wait) return []
    return [
      {
        at: wait.at,
        message: `The session that locks ${display(wait.relation)} has no application_name by which it could be found.`,
        object: 'application_name',
        relation: wait.relation,
        remedy: {
          title: 'Give the session a name',
          steps: [{ when: 'before', sql: [`SET ${wait.at.inBlock ? 'LOCAL ' : ''}application_name = 'migration'`] }],
        },
      },
    ]
  },
  bad: [
    {
      shows: 'a strong lock by a session without a name',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s';\nALTER TABLE users ADD COLUMN age int",
    },
  ],
  good: [
    {
      shows: 'a name',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s';\nSET LOCAL application_name = 'migration 0042';\nALTER TABLE users ADD COLUMN age int",
    },
    { shows: 'nothing in use is locked', sql: 'CREATE TABLE users (id bigint PRIMARY KEY)' },
  ],
})
