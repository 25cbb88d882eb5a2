import { defineHistoryRule } from '../define.ts'
import { cleanBeginning, cleanFolder } from '../examples.ts'

export const deletedAppliedMigration = defineHistoryRule({
  id: 'deleted-applied-migration',
  severity: 'error',
  summary: 'A migration that has landed in the upstream branch is gone here.',
  why: 'Databases that ran it keep what it made, and nothing in the folder says so any more: fresh databases differ, and the next generated migration may make it again.',
  instead:
    'Bring the file and its journal entry back and undo it with a new migration. After a squash, let every environment run the old folder to its end first.',
  bad: [{ shows: 'The second migration was removed.', files: cleanBeginning, landed: cleanFolder }],
  good: [{ shows: 'All that has landed is there.', files: cleanFolder, landed: cleanBeginning }],
  check: ({ history, landed }) =>
    (landed?.migrations ?? [])
      .filter(({ tag }) => !history.migrations.some((migration) => migration.tag === tag))
      .map(({ tag, path }) => ({
        message: `${path} stands in ${landed?.commit.slice(0, 10)}, where it has landed, and is gone here.`,
        path: history.layout === 'journal' ? 'meta/_journal.json' : '.',
        object: tag,
      })),
})
