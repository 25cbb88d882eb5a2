import type { RelationName } from '../../model/name.ts'
import { display, displayIdentifier, keyOf, quoteIdentifier, schemaOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { relationBefore } from '../origins.ts'
import { dropLater, listed } from '../running-code.ts'

export const dropSchema = defineStepRule({
  id: 'drop-schema',
  severity: 'error',
  summary: 'A schema that was there before the batch is dropped.',
  why: 'With CASCADE every table in it goes, with all rows. Queries of the previous release that name the schema fail, and without CASCADE a search_path that names it silently leads elsewhere.',
  instead: 'Drop what is in the schema by name, in a release after the one that stopped using it, and the empty schema last, without CASCADE.',
  judges: {
    'drop-schema'(move, view) {
      const { name } = move.change
      if (!view.batch.before.schemas.has(name)) return undefined
      const tables = view.moves.flatMap(({ change }): readonly RelationName[] =>
        change.kind === 'drop-table' && schemaOf(change.name) === name && relationBefore(view.batch, { change }, change.name) !== undefined
          ? [change.name]
          : [],
      )
      const shown = displayIdentifier(name)
      return {
        message:
          tables.length === 0
            ? `Schema ${shown} is dropped; running code that names it, or has it in its search_path, no longer finds what it means.`
            : `Schema ${shown} is dropped, and with it ${tables.length === 1 ? 'the table' : `${tables.length} tables:`} ${listed(tables.map(display))}, with all rows.`,
        object: keyOf('schema', quoteIdentifier(name)),
        remedy: dropLater(`schema ${shown}`, [`DROP SCHEMA ${quoteIdentifier(name)}`]),
        ...(tables.length === 0 ? { severity: 'warning' } : {}),
      }
    },
  },
  bad: [
    {
      shows: 'a schema with all that is in it',
      given: 'CREATE SCHEMA app; CREATE TABLE app.users (id bigint); CREATE TABLE app.orders (id bigint)',
      sql: 'DROP SCHEMA app CASCADE',
    },
    { shows: 'an empty schema', given: 'CREATE SCHEMA "App"', sql: 'DROP SCHEMA IF EXISTS "App"' },
  ],
  good: [
    { shows: 'a schema that is not there', sql: 'DROP SCHEMA IF EXISTS app' },
    { shows: 'a schema that the same batch made', sql: ['CREATE SCHEMA scratch; CREATE TABLE scratch.t (id bigint)', 'DROP SCHEMA scratch CASCADE'] },
  ],
})
