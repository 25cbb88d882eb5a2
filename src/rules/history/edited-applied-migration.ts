import { defineHistoryRule } from '../define.ts'
import { cleanBeginning, cleanFolder } from '../examples.ts'

const edited = { ...cleanFolder, '0001_name.sql': 'ALTER TABLE users ADD COLUMN name varchar(80);' }

export const editedAppliedMigration = defineHistoryRule({
  id: 'edited-applied-migration',
  severity: 'error',
  summary: 'A migration that has landed in the upstream branch is changed here.',
  why: 'Databases that ran it keep what the landed text made and never run it again: Drizzle does not compare hashes. Fresh databases get the new text, and the two differ without a word.',
  instead: 'Bring the landed text back (git checkout UPSTREAM -- FILE) and write the difference as a new migration.',
  bad: [{ shows: 'The column’s type is another one than in the upstream branch.', files: edited, landed: cleanFolder }],
  good: [
    { shows: 'As it landed.', files: cleanFolder, landed: cleanFolder },
    { shows: 'It is new here.', files: edited, landed: cleanBeginning },
  ],
  check: ({ history, landed }) =>
    history.migrations.flatMap(({ tag, path, hash }) => {
      const before = landed?.migrations.find((each) => each.tag === tag)
      if (!landed || before?.hash === undefined || hash === undefined || before.hash === hash) return []
      return [{ message: `${path} is not what it was in ${landed.commit.slice(0, 10)}, where it has landed.`, path, migration: tag }]
    }),
})
