import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal } from '../examples.ts'
import { inJournal } from '../place.ts'

export const duplicateIndex = defineHistoryRule({
  id: 'duplicate-index',
  severity: 'warning',
  summary: 'Two journal entries have the same `idx`.',
  why: 'drizzle-kit counts on from the last entry’s `idx`, so a number that stands twice leads to a prefix that stands twice. It mostly means that a merge took both sides.',
  instead: 'Number the entries in their order, from 0 on without a gap.',
  bad: [
    {
      shows: 'Both entries say 0.',
      files: { ...cleanFolder, 'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name', idx: 0 }) },
      also: ['prefix-not-index'],
    },
  ],
  good: [{ shows: 'Each index once.', files: cleanFolder }],
  check: ({ history }) =>
    history.migrations.flatMap((migration) => {
      const { tag, index, entry } = migration
      const first = entry && history.migrations.slice(0, index).find((other) => other.entry?.idx === entry.idx)
      return entry && first ? [{ message: `${tag} and ${first.tag} both have idx ${entry.idx}.`, ...inJournal(migration) }] : []
    }),
})
