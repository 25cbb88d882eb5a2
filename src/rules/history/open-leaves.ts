import { openLeaves } from '../../drizzle/append.ts'
import { defineHistoryRule } from '../define.ts'
import { exampleFolders } from '../examples.ts'

export const openLeavesRule = defineHistoryRule({
  id: 'open-leaves',
  severity: 'note',
  summary: 'Several snapshots are nobody’s parent.',
  why: 'drizzle-kit 1.0 takes all open ends together as the present schema. That works while they do not touch the same things.',
  instead: 'The next generated migration joins them. Until then, look at what each branch changed before merging another.',
  bad: [
    {
      shows: 'Two ends.',
      files: exampleFolders({ a: [], b: [1], c: [1] }),
      also: ['snapshot-fork'],
    },
  ],
  good: [
    {
      shows: 'One end.',
      files: exampleFolders({ a: [], b: [1] }),
    },
  ],
  check: ({ history }) => {
    const ids = new Set(history.layout === 'folders' ? openLeaves(history) : [])
    const leaves = history.migrations.filter(({ snapshot }) => ids.has(snapshot?.id ?? ''))
    const last = leaves.at(-1)
    if (!last || leaves.length < 2) return []
    return [
      {
        message: `${leaves.length} snapshots are open ends: ${leaves.map(({ tag }) => tag).join(', ')}.`,
        path: last.snapshot?.path ?? last.path,
        object: leaves.map(({ tag }) => tag).join(','),
      },
    ]
  },
})
