import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal } from '../examples.ts'
import { inJournal } from '../place.ts'

export const handMadeWhen = defineHistoryRule({
  id: 'hand-made-when',
  severity: 'note',
  summary: 'A `when` is a whole second, so a person or a script wrote it.',
  why: 'drizzle-kit writes milliseconds. A time that was made by hand is where order goes wrong first.',
  instead: 'Nothing, if the order is right. Let `drizzle-kit generate --custom` make the entry next time.',
  bad: [
    {
      shows: 'A round number.',
      files: { ...cleanFolder, 'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name', when: 1_770_000_000_000 }) },
    },
  ],
  good: [{ shows: 'Milliseconds as drizzle-kit writes them.', files: cleanFolder }],
  check: ({ history }) =>
    history.layout !== 'journal'
      ? []
      : history.migrations
          .filter(({ when }) => when % 1000 === 0)
          .map((migration) => ({ message: `${migration.tag} has when ${migration.when}: a whole second, written by hand.`, ...inJournal(migration) })),
})
