import { allSnapshots } from '../../drizzle/history.ts'
import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal, exampleSnapshot, without } from '../examples.ts'

export const invalidJson = defineHistoryRule({
  id: 'invalid-json',
  severity: 'error',
  summary: 'The journal or a snapshot is not valid.',
  why: 'drizzle-kit and the migrator stop with a parser’s error; with a broken journal nothing can be migrated at all.',
  instead: 'Correct the file at this place, or bring it back from git.',
  bad: [
    {
      shows: 'A comma too many in the journal.',
      files: { ...cleanFolder, 'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name' }).replace('}\n  ]', '},\n  ]') },
    },
    { shows: 'A snapshot that was cut off.', files: { ...cleanFolder, 'meta/0001_snapshot.json': exampleSnapshot(2, 1).slice(0, 60) } },
    {
      shows: 'An entry without a tag.',
      files: { ...without(cleanFolder, '0001_name.sql', 'meta/0001_snapshot.json'), 'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '' }) },
    },
  ],
  good: [{ shows: 'Valid.', files: cleanFolder }],
  check: ({ history }) => {
    const journal = history.faults.filter((fault) => fault.type === 'journal-invalid').filter(({ conflictMarkers }) => !conflictMarkers)
    const snapshots = allSnapshots(history).flatMap(({ path, fault }) => (fault && !fault.conflictMarkers ? [{ path, ...fault }] : []))
    return [...journal, ...snapshots].map(({ path, message, line, column }) => ({
      message: `${path} is not valid: ${message}.`,
      path,
      line,
      column,
      object: message,
    }))
  },
})
