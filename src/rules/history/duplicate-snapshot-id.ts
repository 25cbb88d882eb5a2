import { allSnapshots } from '../../drizzle/history.ts'
import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleSnapshot } from '../examples.ts'

export const duplicateSnapshotId = defineHistoryRule({
  id: 'duplicate-snapshot-id',
  severity: 'warning',
  summary: 'Two snapshots have the same id.',
  why: 'A snapshot was copied by hand. A later one that names this id as its parent has two, and tools that follow the chain take either.',
  instead: '`pgstrata doctor --write` gives the copy an `id` of its own, and lets the snapshot after it name that as `prevId`.',
  bad: [
    {
      shows: 'The second is a copy of the first.',
      files: { ...cleanFolder, 'meta/0001_snapshot.json': exampleSnapshot(1, 0) },
      also: ['snapshot-fork'],
    },
  ],
  good: [{ shows: 'Each has its own.', files: cleanFolder }],
  check: ({ history }) => {
    const snapshots = allSnapshots(history)
    return snapshots.flatMap(({ id, path }, index) => {
      const first = id === undefined ? undefined : snapshots.slice(0, index).find((other) => other.id === id)
      return first ? [{ message: `${path} and ${first.path} have the same id ${id}.`, path }] : []
    })
  },
})
