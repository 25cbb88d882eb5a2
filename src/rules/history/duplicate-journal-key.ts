import { defineHistoryRule } from '../define.ts'
import { cleanFolder } from '../examples.ts'

export const duplicateJournalKey = defineHistoryRule({
  id: 'duplicate-journal-key',
  severity: 'error',
  summary: 'One object of the journal holds a key twice.',
  why: 'JSON readers take the last one: two entries melted into one, and the first migration is lost without a word. `merge=union` in .gitattributes does this.',
  instead: 'Split the entry into two, and remove `merge=union` for the journal.',
  bad: [
    {
      shows: 'Two entries in one pair of braces.',
      files: {
        ...cleanFolder,
        'meta/_journal.json':
          '{ "version": "7", "dialect": "postgresql", "entries": [\n  { "idx": 0, "version": "7", "when": 1760000000123, "tag": "0000_users", "breakpoints": true,\n    "idx": 1, "version": "7", "when": 1760000900123, "tag": "0001_name", "breakpoints": true }\n] }',
      },
      also: ['orphan-sql', 'orphan-snapshot', 'broken-snapshot-chain', 'index-gap'],
    },
  ],
  good: [{ shows: 'Each key once.', files: cleanFolder }],
  check: ({ history }) =>
    history.faults
      .filter((fault) => fault.type === 'journal-duplicate-key')
      .map(({ path, key, line }, index) => ({
        message: `The journal holds "${key}" twice in one object: one of the two migrations is lost.`,
        path,
        line,
        object: `${key}-${index}`,
      })),
})
