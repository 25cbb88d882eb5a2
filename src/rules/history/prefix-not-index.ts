import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal, exampleSnapshot, without } from '../examples.ts'
import { inJournal } from '../place.ts'

export const prefixNotIndex = defineHistoryRule({
  id: 'prefix-not-index',
  severity: 'note',
  summary: 'A file’s number is not its `idx`.',
  why: 'drizzle-kit names the next file by `idx`: where file numbers and `idx` part, it will one day take a number that is in use.',
  instead: 'Set `idx` to the number in the file’s name, if the order stays the same.',
  bad: [
    {
      shows: 'File 0005 with idx 1.',
      files: {
        ...without(cleanFolder, '0001_name.sql', 'meta/0001_snapshot.json'),
        'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0005_name' }),
        '0005_name.sql': 'SELECT 1;',
        'meta/0005_snapshot.json': exampleSnapshot(2, 1),
      },
    },
  ],
  good: [{ shows: 'They agree.', files: cleanFolder }],
  check: ({ history }) =>
    history.migrations.flatMap((migration) => {
      const { tag, entry } = migration
      const [, digits] = /^(\d{4,9})_/.exec(tag) ?? []
      return !entry || digits === undefined || Number(digits) === entry.idx ? [] : [{ message: `${tag} has idx ${entry.idx}.`, ...inJournal(migration) }]
    }),
})
