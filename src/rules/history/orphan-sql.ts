import { defineHistoryRule } from '../define.ts'
import { cleanFolder } from '../examples.ts'

export const orphanSql = defineHistoryRule({
  id: 'orphan-sql',
  severity: 'warning',
  summary: 'A SQL file stands in the folder and no journal entry names it.',
  why: 'The migrator runs what the journal names and nothing else: this file never runs, on any database, and nobody is told.',
  instead:
    'If it must run, add it as a new migration (`drizzle-kit generate --custom`) and move the SQL there; if it need not, delete it or move it out of the folder.',
  bad: [{ shows: 'A file that was added by hand.', files: { ...cleanFolder, '0002_backfill.sql': 'UPDATE users SET name = id::text;' } }],
  good: [
    { shows: 'Every file is in the journal.', files: cleanFolder },
    { shows: 'The way back of a migration stands beside it.', files: { ...cleanFolder, '0001_name.down.sql': 'ALTER TABLE users DROP COLUMN name;' } },
  ],
  check: ({ history }) =>
    history.orphans.map(({ path }) => ({
      message: history.layout === 'journal' ? `${path} is not in the journal: it never runs.` : `${path} is not in a folder of its own: it never runs.`,
      path,
    })),
})
