import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleSnapshot } from '../examples.ts'
import { versionHit } from '../snapshot-versions.ts'

export const oldSnapshotVersion = defineHistoryRule({
  id: 'old-snapshot-version',
  severity: 'note',
  summary: 'Snapshots are of an older version than the newest.',
  why: 'drizzle-kit 0.22 and later reads version 7 only, and asks for `drizzle-kit up` first when the last snapshot is older.',
  instead: 'Run `npx drizzle-kit up`; it rewrites the snapshots in place and leaves the SQL alone.',
  bad: [{ shows: 'Version 5.', files: { ...cleanFolder, 'meta/0000_snapshot.json': exampleSnapshot(1, 0, '5') } }],
  good: [{ shows: 'Version 7.', files: cleanFolder }],
  check: ({ history }) => {
    const old = history.migrations.filter(({ snapshot }) => snapshot?.version !== undefined && Number(snapshot.version) < 7)
    return versionHit(old, [...new Set(old.map(({ snapshot }) => snapshot?.version))].sort().join(' and '))
  },
})
