import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal, exampleTime } from '../examples.ts'
import { inJournal } from '../place.ts'

export const journalWhenNotMonotonic = defineHistoryRule({
  id: 'journal-when-not-monotonic',
  severity: 'error',
  summary: 'A migration’s `when` is not later than all before it.',
  why: 'drizzle-orm below 1.0 remembers one time only, the newest. A database that has an earlier entry with a later `when` never runs this migration, and `migrate` reports success.',
  instead:
    '`pgstrata doctor --write` puts the times in order, and shows the SQL that databases need first which have run it: a new `when` alone makes them run it again.',
  bad: [
    {
      shows: 'The second is older than the first.',
      files: { ...cleanFolder, 'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name', when: exampleTime(0) - 86_400_017 }) },
    },
  ],
  good: [{ shows: 'Times rise.', files: cleanFolder }],
  check: ({ history }) =>
    history.layout !== 'journal'
      ? []
      : history.migrations.flatMap((migration) => {
          const { tag, when, index } = migration
          const newest = history.migrations
            .slice(0, index)
            .reduce<(typeof history.migrations)[number] | undefined>((best, other) => (best && best.when >= other.when ? best : other), undefined)
          if (!newest || when > newest.when) return []
          return [
            {
              message: `${tag} has when ${when}, not later than ${newest.tag} (${newest.when}): a database that has run ${newest.tag} skips it silently.`,
              ...inJournal(migration),
            },
          ]
        }),
})
