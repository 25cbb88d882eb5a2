import { displayIdentifier, keyOf, quoteIdentifier, schemaOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'

export const renameSchema = defineStepRule({
  id: 'rename-schema',
  severity: 'warning',
  summary: 'A schema that was there before the batch gets another name.',
  why: "During a deployment the previous release still runs: every query that names the schema, as all of a pgSchema() table's do, fails as soon as the migration commits, and a search_path that names it silently leads elsewhere.",
  instead:
    "Rename it in the schema files only: pgSchema('old_name') may be called anything in TypeScript. Where the database is to change, make the new schema, move one table after the other, and leave views behind.",
  judges: {
    'rename-schema'({ change: { from, to } }, { batch }) {
      if (!batch.before.schemas.has(from) || batch.after.schemas.has(from)) return undefined
      const tables = [...batch.before.tables.keys()].filter((name) => schemaOf(name) === from).length
      const what = tables === 0 ? '' : ` Its ${tables === 1 ? 'table gets' : `${tables} tables get`} another name with it.`
      return {
        message: `Schema ${displayIdentifier(from)} is renamed to ${displayIdentifier(to)}: running code that names it fails as soon as the migration commits.${what}`,
        object: keyOf('schema', quoteIdentifier(from)),
      }
    },
  },
  bad: [{ shows: 'a schema with a table', given: 'CREATE SCHEMA app; CREATE TABLE app.users (id bigint)', sql: 'ALTER SCHEMA app RENAME TO "App"' }],
  good: [{ shows: 'a schema that the same batch made', sql: 'CREATE SCHEMA app; ALTER SCHEMA app RENAME TO shop' }],
})
