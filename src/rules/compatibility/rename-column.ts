import type { Move } from '../../changes/batch.ts'
import { columnOn } from '../../changes/found-by.ts'
import { printType } from '../../changes/types.ts'
import type { Change } from '../../model/change.ts'
import type { Remedy } from '../../model/finding.ts'
import { archivePrefix, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'
import { columnAfter, columnBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { routinesNaming } from '../routine-text.ts'
import { displayColumn, isFound, listed } from '../running-code.ts'

type Rename = Move<Change<'rename-column'> | Change<'rename-view-column'>>

/** A second column beside the old one, until no release names that. */
const expand = ({ change: { on, from, to }, before }: Rename): Remedy | undefined => {
  const attribute = columnOn(before, on, from)
  if (!attribute || to.startsWith(archivePrefix)) return undefined
  const [old, next] = [quoteIdentifier(from), quoteIdentifier(to)]
  return {
    title: 'Or add a second column and move over to it',
    steps: [
      { when: 'instead', sql: [plainSql(`ALTER TABLE ${on} ADD COLUMN ${next} ${printType(attribute.type)}`)], note: 'The new release writes both columns.' },
      {
        when: 'outside',
        sql: [plainSql(`UPDATE ${on} SET ${next} = ${old} WHERE ${next} IS DISTINCT FROM ${old}`)],
        note: 'In batches, when the new release runs.',
      },
      { when: 'next deployment', sql: [plainSql(`ALTER TABLE ${on} DROP COLUMN ${old}`)], note: `When no running release names ${displayColumn(on, from)}.` },
    ],
  }
}

const renamed = (move: Rename, { batch }: StepView): PolicyHit | undefined => {
  const { change } = move
  if (change.implied) return undefined
  const old = columnBefore(batch, move, change.on, change.from)
  const now = columnAfter(batch, move, change.on, change.to)
  // The last of several renames speaks.
  if (!old || !now || now.column !== change.to || old.column === change.to) return undefined
  const alias = columnOn(batch.after, old.on, old.column)
  if (isFound(batch.after, old.on, [old.column]) && !alias?.generated) return undefined
  const [from, to] = [displayColumn(old.on, old.column), displayColumn(change.on, change.to)]
  const object = keyOf('column', member(old.on, old.column))
  if (alias?.generated)
    return {
      message: `Column ${from} is renamed to ${to}; the generated column in its place serves reads, but running code that writes it fails.`,
      object,
      relation: change.on,
      severity: 'note',
    }
  const readers = routinesNaming(batch.after, change.on, old.column)
  const text = readers.length === 0 ? '' : ` So ${readers.length === 1 ? 'does' : 'do'} ${listed(readers)}, whose text still says ${old.column}.`
  const remedy = expand(move)
  return {
    message: `Column ${from} is renamed to ${to}: running code that names ${from} fails as soon as the migration commits.${text}`,
    object,
    relation: change.on,
    ...(remedy && old.column === change.from ? { remedy } : {}),
  }
}

export const renameColumn = defineStepRule({
  id: 'rename-column',
  severity: 'warning',
  summary: 'A column that was there before the batch gets another name.',
  why: 'During a deployment the previous release still runs, and Drizzle names every column of a table in its queries: all of them fail with "column does not exist" (42703), until the new release runs everywhere.',
  instead:
    "Rename the property in the schema files and keep the column: newName: text('old_name'). Where the database is to change, add a second column and move over to it.",
  judges: { 'rename-column': renamed, 'rename-view-column': renamed },
  bad: [
    { shows: 'a column of a table in use', given: 'CREATE TABLE users (id bigint, name text)', sql: 'ALTER TABLE users RENAME COLUMN name TO "fullName"' },
    {
      shows: 'a generated column under the old name serves reads only',
      given: 'CREATE TABLE users (id bigint, name text)',
      sql: 'ALTER TABLE users RENAME COLUMN name TO full_name; ALTER TABLE users ADD COLUMN name text GENERATED ALWAYS AS (full_name) VIRTUAL',
    },
  ],
  good: [
    {
      shows: 'the table renamed behind a view with the old names',
      given: 'CREATE TABLE users (id bigint, name text)',
      sql: 'ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME COLUMN name TO full_name; CREATE VIEW users AS SELECT id, full_name AS name FROM people',
    },
    {
      shows: 'a column that the same batch added',
      given: 'CREATE TABLE users (id bigint)',
      sql: ['ALTER TABLE users ADD COLUMN a text', 'ALTER TABLE users RENAME COLUMN a TO b'],
    },
  ],
})
