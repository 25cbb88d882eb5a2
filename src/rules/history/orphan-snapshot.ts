import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleSnapshot } from '../examples.ts'

export const orphanSnapshot = defineHistoryRule({
  id: 'orphan-snapshot',
  severity: 'warning',
  summary: 'A snapshot belongs to no migration.',
  why: 'drizzle-kit compares with the last snapshot in the folder by name, journal or not: a stray one there makes the next migration start from the wrong schema.',
  instead: 'Delete it if its migration was removed on purpose; otherwise bring the journal entry and the SQL file back.',
  bad: [{ shows: 'A migration was removed, its snapshot stayed.', files: { ...cleanFolder, 'meta/0002_snapshot.json': exampleSnapshot(3, 2) } }],
  good: [{ shows: 'Every snapshot has its migration.', files: cleanFolder }],
  check: ({ history }) => history.orphanSnapshots.map(({ path }) => ({ message: `${path} belongs to no migration.`, path })),
})
