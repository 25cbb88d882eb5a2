import { defineHistoryRule } from '../define.ts'
import { cleanFolder } from '../examples.ts'

export const editedAfterCommit = defineHistoryRule({
  id: 'edited-after-commit',
  severity: 'warning',
  summary: 'A migration was changed after the commit that added it.',
  why: 'Drizzle never compares hashes: databases that ran the earlier text keep what it made, fresh ones get the new text, and the two differ without a word.',
  instead: 'Bring the first text back and write the difference as a new migration. If no database had run it yet, nothing is wrong.',
  bad: [{ shows: 'git saw it change.', files: cleanFolder, edited: ['0001_name.sql'] }],
  good: [{ shows: 'Unchanged since it was added.', files: cleanFolder, edited: ['meta/_journal.json'] }],
  check: ({ history, edited, landed }) =>
    history.migrations.flatMap(({ tag, path, hash }) => {
      const edit = edited.find((one) => one.path === path)
      // What is not as it landed is found by a rule of its own.
      const landedHash = landed?.migrations.find((each) => each.tag === tag)?.hash
      return edit && (landedHash === undefined || landedHash === hash)
        ? [{ message: `${path} was added in ${edit.added.slice(0, 10)} and changed in ${edit.edited.slice(0, 10)}.`, path, migration: tag }]
        : []
    }),
})
