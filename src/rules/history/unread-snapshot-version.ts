import { readableVersions } from '../../drizzle/snapshot.ts'
import { defineHistoryRule } from '../define.ts'
import { exampleFolders } from '../examples.ts'
import { versionHit } from '../snapshot-versions.ts'

export const unreadSnapshotVersion = defineHistoryRule({
  id: 'unread-snapshot-version',
  severity: 'warning',
  summary: 'Snapshots are of a version whose content pgstrata cannot read yet.',
  why: 'The SQL is read and judged all the same, but what drizzle-kit believes the schema to be is not compared with it.',
  instead: 'Nothing; read the reports knowing that the snapshots took no part in them.',
  bad: [
    {
      shows: 'Version 10, which no drizzle-kit has written so far.',
      files: exampleFolders({ users: [] }, '10'),
    },
  ],
  good: [{ shows: 'Version 8.', files: exampleFolders({ users: [] }) }],
  check: ({ history }) => {
    const unread = history.migrations.filter(
      ({ snapshot }) => snapshot?.version !== undefined && Number(snapshot.version) >= 7 && !readableVersions.includes(snapshot.version),
    )
    return versionHit(unread, unread[0]?.snapshot?.version)
  },
})
