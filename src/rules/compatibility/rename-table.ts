import type { Move } from '../../changes/batch.ts'
import { statementsOf } from '../../changes/index.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, keyOf, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { identifiers } from '../../sql/print.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'
import { relationAfter, relationBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { routinesNamingRelation } from '../routine-text.ts'
import { columnsOf, isFound, listed } from '../running-code.ts'

/** Old queries go on working through a view of the old name: PostgreSQL reads and writes a table through it. */
const behindView = (move: Move, from: RelationName, to: RelationName, invoker: boolean): Remedy => ({
  title: `Leave a view under the old name`,
  steps: [
    {
      when: 'instead',
      sql: [
        ...statementsOf(move.change, move.before),
        `CREATE VIEW ${from}${invoker ? ' WITH (security_invoker = true)' : ''} AS SELECT ${identifiers(columnsOf(move.before, from) ?? [])} FROM ${to}`,
      ].map(plainSql),
      note: 'The view passes reads, INSERT, UPDATE and DELETE on to the table.',
    },
    { when: 'next deployment', sql: [plainSql(`DROP VIEW ${from}`)], note: `When no running release names ${display(from)}.` },
  ],
})

const kinds = { View: 'view', Sequence: 'sequence', Table: 'table' } as const

/** The last of several renames speaks, for the name that running code knows. */
const renamed = (move: Move, { batch, postgres }: StepView, from: RelationName, to: RelationName): PolicyHit | undefined => {
  const old = relationBefore(batch, move, from)
  if (old === undefined || old === to || relationAfter(batch, move, to) !== to) return undefined
  if (isFound(batch.after, old, columnsOf(batch.before, old) ?? [])) return undefined
  const what = batch.before.views.has(old) ? 'View' : batch.before.sequences.has(old) ? 'Sequence' : 'Table'
  const readers = routinesNamingRelation(batch.after, old)
  const text = readers.length === 0 ? '' : ` So ${readers.length === 1 ? 'does' : 'do'} ${listed(readers)}, whose text still says ${display(old)}.`
  return {
    message: `${what} ${display(old)} is renamed to ${display(to)}: running code that names ${display(old)} fails as soon as the migration commits.${text}`,
    object: keyOf(kinds[what], old),
    relation: from,
    ...(old === from && what === 'Table' ? { remedy: behindView(move, from, to, postgres >= 15) } : {}),
  }
}

export const renameTable = defineStepRule({
  id: 'rename-table',
  severity: 'warning',
  summary: 'A table, a view or a sequence of its own that was there before the batch gets another name.',
  why: 'During a deployment the previous release still runs: every query that names the old one fails with "relation does not exist" (42P01), and no moment exists at which both releases work.',
  instead:
    "Rename it in the schema files only: pgTable('old_name', …) may be called anything in TypeScript. Where the database is to change, leave a view under the old name until no release uses it.",
  judges: {
    'rename-table': (move, view) => renamed(move, view, move.change.name, qualified(schemaOf(move.change.name), move.change.to)),
    'rename-view': (move, view) => renamed(move, view, move.change.name, qualified(schemaOf(move.change.name), move.change.to)),
    // A column's own sequence is found by its column.
    'rename-sequence': (move, view) =>
      move.before.sequences.get(move.change.name)?.ownedBy
        ? undefined
        : renamed(move, view, move.change.name, qualified(schemaOf(move.change.name), move.change.to)),
  },
  bad: [
    { shows: 'another name', given: 'CREATE TABLE users (id bigint)', sql: 'ALTER TABLE users RENAME TO people' },
    {
      shows: 'a sequence, which nextval() names',
      given: 'CREATE SEQUENCE order_numbers',
      sql: 'ALTER SEQUENCE order_numbers RENAME TO numbers',
    },
    {
      shows: 'two renames in two files, one finding',
      given: 'CREATE TABLE users (id bigint)',
      sql: ['ALTER TABLE users RENAME TO people', 'ALTER TABLE people RENAME TO "People"'],
    },
  ],
  good: [
    {
      shows: 'a view under the old name',
      given: 'CREATE TABLE users (id bigint, email text)',
      sql: 'ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT id, email FROM people',
    },
    {
      shows: 'the sequence of a column',
      given: 'CREATE TABLE users (id serial PRIMARY KEY)',
      sql: 'ALTER SEQUENCE users_id_seq RENAME TO user_numbers',
    },
    { shows: 'there and back', given: 'CREATE TABLE users (id bigint)', sql: ['ALTER TABLE users RENAME TO people', 'ALTER TABLE people RENAME TO users'] },
    { shows: 'a table that the same batch made', sql: 'CREATE TABLE users (id bigint); ALTER TABLE users RENAME TO people' },
  ],
})
