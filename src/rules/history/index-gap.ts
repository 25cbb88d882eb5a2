import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal, exampleSnapshot, without } from '../examples.ts'
import { inJournal } from '../place.ts'

export const indexGap = defineHistoryRule({
  id: 'index-gap',
  severity: 'note',
  summary: 'The journal’s `idx` jumps or goes back.',
  why: 'Nothing reads it but drizzle-kit, which counts on from the last one. A gap tells of a migration that was taken out by hand.',
  instead: 'Nothing, if it was removed on purpose. Otherwise bring its entry, SQL and snapshot back.',
  bad: [
    {
      shows: '0, then 2.',
      files: {
        ...without(cleanFolder, '0001_name.sql', 'meta/0001_snapshot.json'),
        'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0002_name', idx: 2 }),
        '0002_name.sql': 'SELECT 1;',
        'meta/0002_snapshot.json': exampleSnapshot(2, 1),
      },
    },
  ],
  good: [{ shows: '0, 1.', files: cleanFolder }],
  check: ({ history }) =>
    history.migrations.flatMap((migration) => {
      const { index, entry } = migration
      const wanted = index === 0 ? 0 : (history.migrations[index - 1]?.entry?.idx ?? -1) + 1
      // A number that stands twice has a rule of its own.
      const twice = entry && history.migrations.slice(0, index).some((other) => other.entry?.idx === entry.idx)
      return !entry || twice || entry.idx === wanted ? [] : [{ message: `${migration.tag} has idx ${entry.idx}; ${wanted} was next.`, ...inJournal(migration) }]
    }),
})
