import { sameSecond } from '../../drizzle/ledger.ts'
import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal, exampleTime } from '../examples.ts'
import { inJournal } from '../place.ts'

export const sameSecondWhen = defineHistoryRule({
  id: 'same-second-when',
  severity: 'warning',
  summary: 'Two neighbouring migrations have a `when` in the same second.',
  why: 'drizzle-kit 1.0 knows times by the second only: `up` refuses the folder, and the upgrade of a ledger can give both rows one name and run the second migration again.',
  instead: '`pgstrata doctor --write` moves one of them, and shows the SQL that databases need first which have run them.',
  bad: [
    {
      shows: 'One millisecond apart.',
      files: { ...cleanFolder, 'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name', when: exampleTime(0) + 1 }) },
    },
  ],
  good: [{ shows: 'A day apart.', files: cleanFolder }],
  check: ({ history }) =>
    history.layout !== 'journal'
      ? []
      : history.migrations.flatMap((migration) => {
          const { tag, when, index } = migration
          const before = history.migrations[index - 1]
          if (!before || !sameSecond(before.when, when)) return []
          return [{ message: `${tag} and ${before.tag} have a \`when\` in the same second.`, ...inJournal(migration) }]
        }),
})
