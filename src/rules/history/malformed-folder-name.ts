import { timedFolder } from '../../drizzle/history.ts'
import { defineHistoryRule } from '../define.ts'
import { exampleFolderSnapshot, exampleFolders } from '../examples.ts'

export const malformedFolderName = defineHistoryRule({
  id: 'malformed-folder-name',
  severity: 'error',
  summary: 'A migration’s folder does not begin with 14 digits of time.',
  why: 'drizzle-orm 1.0 takes the time from the name’s first 14 characters; without it the ledger row is refused, and the whole run with it.',
  instead: 'Name the folder YYYYMMDDHHMMSS_name (UTC), before any database has run it.',
  bad: [{ shows: 'No time.', files: { 'add_users/migration.sql': 'SELECT 1;', 'add_users/snapshot.json': exampleFolderSnapshot(1, []) } }],
  good: [
    {
      shows: 'A time and a name.',
      files: exampleFolders({ users: [] }),
    },
  ],
  check: ({ history }) =>
    history.layout !== 'folders'
      ? []
      : history.migrations
          .filter(({ tag }) => !timedFolder.test(tag))
          .map(({ tag, path }) => ({ message: `The folder ${tag} does not begin with 14 digits of time.`, path, migration: tag })),
})
