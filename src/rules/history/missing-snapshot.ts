import { defineHistoryRule } from '../define.ts'
import { cleanFolder, without } from '../examples.ts'

export const missingSnapshot = defineHistoryRule({
  id: 'missing-snapshot',
  severity: 'warning',
  summary: 'A migration has no snapshot of its own.',
  why: 'drizzle-kit compares the schema with the newest snapshot: without the last one it writes the last changes again. `drizzle-kit up` to 1.0 refuses a folder in which any is missing.',
  instead: 'Bring the snapshot back from git. If there never was one, `pgstrata doctor --write` rebuilds it from what the SQL makes.',
  bad: [
    { shows: 'The last migration has no snapshot.', files: without(cleanFolder, 'meta/0001_snapshot.json') },
    { shows: 'A folder of drizzle-kit 1.0 without its snapshot.json.', files: { '20260101000000_users/migration.sql': 'CREATE TABLE users (id integer);' } },
  ],
  good: [{ shows: 'Each migration has its snapshot.', files: cleanFolder }],
  check: ({ history }) =>
    history.migrations
      .filter(({ snapshot }) => !snapshot)
      .map(({ tag, path, index }) => ({
        message:
          index === history.migrations.length - 1
            ? `${tag} is the last migration and has no snapshot: the next \`drizzle-kit generate\` will write its changes again.`
            : `${tag} has no snapshot.`,
        path,
        migration: tag,
      })),
})
