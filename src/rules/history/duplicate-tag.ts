import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal } from '../examples.ts'
import { inJournal } from '../place.ts'

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
      .map((migration) => ({ message: `${migration.tag} stands twice in the journal.`, object: String(migration.index), ...inJournal(migration) })),
})
