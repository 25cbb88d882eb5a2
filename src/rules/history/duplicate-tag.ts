import { journalPath } from '../../drizzle/journal.ts'
import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal } from '../examples.ts'

export const duplicateTag = defineHistoryRule({
  id: 'duplicate-tag',
  severity: 'error',
  summary: 'The journal names one migration twice.',
  why: 'A fresh database runs the file twice: the second time fails on what the first has made.',
  instead: 'Remove the second entry from the journal.',
  bad: [
    {
      shows: 'The same tag in two entries.',
      files: { ...cleanFolder, 'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name' }, { tag: '0001_name' }) },
      also: ['missing-snapshot', 'prefix-not-index'],
    },
  ],
  good: [{ shows: 'Each tag once.', files: cleanFolder }],
  check: ({ history }) =>
    history.migrations
      .filter(({ tag, index }) => history.migrations.findIndex((other) => other.tag === tag) < index)
      .map(({ tag, entry, index }) => ({
        message: `${tag} stands twice in the journal.`,
        path: journalPath,
        migration: tag,
        object: String(index),
        ...(entry ? { line: entry.line } : {}),
      })),
})
