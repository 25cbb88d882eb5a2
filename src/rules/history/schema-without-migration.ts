import { plural } from '../../model/numbers.ts'
import { defineHistoryRule } from '../define.ts'
import { cleanFolder, exampleJournal, exampleSnapshot } from '../examples.ts'

const grown = {
  ...cleanFolder,
  'meta/_journal.json': exampleJournal({ tag: '0000_users' }, { tag: '0001_name' }, { tag: '0002_age' }),
  'meta/0002_snapshot.json': exampleSnapshot(3, 2),
  '0002_age.sql': 'ALTER TABLE users ADD COLUMN age integer;',
}

export const schemaWithoutMigration = defineHistoryRule({
  id: 'schema-without-migration',
  severity: 'warning',
  summary: 'The TypeScript schema is changed, and there is no new migration.',
  why: 'The code expects what no database has: queries over a new column fail as soon as they are deployed.',
  instead: 'Run drizzle-kit generate and commit what it writes. If only types, relations or comments changed, nothing is wrong.',
  bad: [{ shows: 'The schema changed, the folder did not.', files: cleanFolder, landed: cleanFolder, schemaChanges: ['src/db/schema.ts'] }],
  good: [
    { shows: 'The schema changed and a migration came with it.', files: grown, landed: cleanFolder, schemaChanges: ['src/db/schema.ts'] },
    { shows: 'Nothing of the schema changed.', files: cleanFolder, landed: cleanFolder, schemaChanges: [] },
  ],
  check({ history, landed, schemaChanges = [] }) {
    const [first, ...others] = schemaChanges
    const isNew = ({ tag }: { readonly tag: string }): boolean => !landed?.migrations.some((each) => each.tag === tag)
    if (first === undefined || !landed || history.migrations.some(isNew)) return []
    const more = others.length === 0 ? '' : ` and ${plural(others.length, 'more file')} of the schema`
    return [{ message: `${first}${more} changed since ${landed.commit.slice(0, 10)}, and no migration is new.`, path: '.', object: 'schema' }]
  },
})
