import { defineHistoryRule } from '../define.ts'
import { cleanFolder, without } from '../examples.ts'
import { inJournal } from '../place.ts'

export const journalMissingFile = defineHistoryRule({
  id: 'journal-missing-file',
  severity: 'error',
  summary: 'The journal names a migration whose SQL file does not exist.',
  why: 'Drizzle’s migrator stops with “No file … found” before it runs anything, on every database.',
  instead: 'Bring the file back from git, or remove its entry from the journal (and its snapshot) if no database has run it.',
  bad: [{ shows: 'The second entry has no file.', files: without(cleanFolder, '0001_name.sql') }],
  good: [{ shows: 'Each entry has its file.', files: cleanFolder }],
  check: ({ history }) =>
    history.migrations
      .filter(({ sql }) => sql === undefined)
      .map((migration) => ({ message: `The journal names ${migration.tag}, but ${migration.path} does not exist.`, ...inJournal(migration) })),
})
