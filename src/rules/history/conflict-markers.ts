import { allSnapshots } from '../../drizzle/history.ts'
import { defineHistoryRule } from '../define.ts'
import { cleanFolder } from '../examples.ts'

const message = (path: string): string => `${path} still holds git’s conflict markers.`

export const conflictMarkers = defineHistoryRule({
  id: 'conflict-markers',
  severity: 'error',
  summary: 'A file still holds git’s conflict markers.',
  why: 'The merge was committed unfinished: the SQL fails on every database, or drizzle-kit cannot read the folder at all.',
  instead: 'Redo the merge for this folder: `pgstrata resolve`.',
  bad: [
    { shows: 'In a SQL file.', files: { ...cleanFolder, '0001_name.sql': '<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> feature\n' } },
    { shows: 'In a snapshot.', files: { ...cleanFolder, 'meta/0001_snapshot.json': '{\n<<<<<<< HEAD\n  "id": "a"\n=======\n  "id": "b"\n>>>>>>> feature\n}' } },
    {
      shows: 'In the journal.',
      files: { ...cleanFolder, 'meta/_journal.json': '{\n<<<<<<< HEAD\n  "version": "7"\n=======\n  "version": "6"\n>>>>>>> feature\n}' },
    },
  ],
  good: [
    { shows: 'No markers.', files: cleanFolder },
    {
      shows: 'A line of equal signs in a comment is none.',
      files: { ...cleanFolder, '0001_name.sql': '-- Names\n-- =======\nALTER TABLE users ADD COLUMN name text;' },
    },
  ],
  check: ({ history }) => {
    const faults = history.faults.filter((fault) => fault.type === 'conflict-markers' || (fault.type === 'journal-invalid' && fault.conflictMarkers))
    const snapshots = allSnapshots(history).flatMap(({ path, fault }) => (fault?.conflictMarkers ? [{ path, line: fault.line }] : []))
    return [...faults, ...snapshots].map(({ path, line }) => ({ message: message(path), path, line }))
  },
})
