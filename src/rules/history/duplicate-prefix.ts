import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal, without } from '../examples.ts'

const prefixOf = (path: string): string => path.split('_')[0] ?? ''

export const duplicatePrefix = defineHistoryRule({
  id: 'duplicate-prefix',
  severity: 'warning',
  summary: 'Two SQL files have the same prefix.',
  why: 'Snapshots are named by the prefix alone, so the two share one and the later has overwritten the earlier. It mostly means that a merge took both sides.',
  instead: 'Give the later one the next free number: file, journal entry and snapshot together.',
  bad: [
    { shows: 'A stray file with a number that is taken.', files: { ...cleanFolder, '0001_other.sql': 'SELECT 1;' }, also: ['orphan-sql'] },
    {
      shows: 'Two entries with one number.',
      files: {
        ...without(cleanFolder, 'meta/_journal.json'),
        'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name' }, { tag: '0001_age' }),
        '0001_age.sql': 'SELECT 1;',
      },
      also: ['missing-snapshot', 'prefix-not-index'],
    },
  ],
  good: [{ shows: 'Each number once.', files: cleanFolder }],
  check: ({ history }) => {
    if (history.layout !== 'journal') return []
    const paths = [...history.migrations.map(({ path }) => path), ...history.orphans.map(({ path }) => path)].filter((path) => /^\d/.test(path))
    const byPrefix = new Map<string, Set<string>>()
    for (const path of paths) byPrefix.set(prefixOf(path), (byPrefix.get(prefixOf(path)) ?? new Set()).add(path))
    return [...byPrefix]
      .filter(([, same]) => same.size > 1)
      .map(([prefix, same]) => ({ message: `${[...same].join(' and ')} have the same prefix ${prefix}.`, path: [...same].at(-1) ?? '', object: prefix }))
  },
})
