import type { Move } from '../../changes/batch.ts'
import { plainColumns } from '../../changes/columns-of.ts'
import { display, displayIdentifier, keyOf, member, type RelationName } from '../../model/name.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'
import { columnAfter, columnBefore, relationAfter, relationBefore } from '../origins.ts'
import { listed } from '../running-code.ts'
import { hasPartialKey, uniqueKeyOf, uniqueKeyOfColumns, uniqueKeys } from '../unique-keys.ts'

/** What is lost, unless the table or one of the columns goes too, or another key promises the same. */
const lost = (
  move: Move,
  { batch }: StepView,
  { on, columns, key, what }: { readonly on: RelationName; readonly columns: readonly string[]; readonly key: string; readonly what: string },
): PolicyHit | undefined => {
  const name = relationAfter(batch, move, on)
  if (relationBefore(batch, move, on) === undefined || name === undefined) return undefined
  if (columns.some((column) => columnBefore(batch, move, on, column) === undefined || columnAfter(batch, move, on, column) === undefined)) return undefined
  const renamed = columns.map((column) => columnAfter(batch, move, on, column)?.column ?? column)
  const keys = uniqueKeys(batch.after, name)
  if (keys.has(key) || keys.has(uniqueKeyOfColumns(renamed))) return undefined
  const conflict = `ON CONFLICT (${columns.map(displayIdentifier).join(', ')})`
  return {
    message: hasPartialKey(batch.after, name, renamed)
      ? `${what} is dropped, and what takes its place holds for some rows only: running code that says ${conflict} without just that WHERE fails.`
      : `${what} is dropped: nothing keeps duplicates out of ${display(on)} any more, and running code that says ${conflict} fails.`,
    object: keyOf('table', on),
    relation: on,
  }
}

export const dropUnique = defineStepRule({
  id: 'drop-unique',
  severity: 'warning',
  summary: 'A primary key, unique constraint or unique index that was there before the batch is dropped, and nothing takes its place.',
  why: 'INSERT … ON CONFLICT (columns), which is what onConflictDoUpdate({ target }) sends, needs a unique index on just these columns and fails without one (42P10). Duplicates that come in meanwhile stand in the way of making it again.',
  instead:
    'Take ON CONFLICT on these columns out of the code in one release, and drop the index in a later one. Where only its shape changes, make the new one first.',
  judges: {
    'drop-constraint'(move, view) {
      const { change, before } = move
      const constraint = before.tables.get(change.on)?.constraints.get(change.name)
      if (change.implied || (constraint?.type !== 'primary key' && constraint?.type !== 'unique')) return undefined
      const word = constraint.type === 'primary key' ? 'Primary key' : 'Unique constraint'
      return lost(move, view, {
        on: change.on,
        columns: constraint.columns,
        key: uniqueKeyOfColumns(constraint.columns),
        what: `${word} ${display(member(change.on, change.name))}`,
      })
    },
    'drop-index'(move, view) {
      const { change, before } = move
      const index = before.indexes.get(change.name)
      if (change.implied || !index?.unique) return undefined
      const columns = plainColumns(index.elements)
      // Of expressions only the columns that stand alone can be named.
      if (columns.length < index.elements.length) return undefined
      return lost(move, view, {
        on: index.relation,
        columns,
        key: uniqueKeyOf(index),
        what: `Unique index ${display(change.name)} on ${listed(columns.map(displayIdentifier))}`,
      })
    },
  },
  bad: [
    {
      shows: 'a unique constraint',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text CONSTRAINT users_email_key UNIQUE)',
      sql: 'ALTER TABLE users DROP CONSTRAINT users_email_key',
    },
    {
      shows: 'a unique index that comes back for fewer rows',
      given: 'CREATE TABLE users (id bigint, email text, gone boolean); CREATE UNIQUE INDEX users_email_key ON users (email)',
      sql: 'DROP INDEX users_email_key;\n--> statement-breakpoint\nCREATE UNIQUE INDEX users_email_key ON users (email) WHERE NOT gone',
      also: ['drop-index-not-concurrent', 'index-not-concurrent'],
    },
  ],
  good: [
    {
      shows: 'a constraint whose place a unique index takes',
      given: 'CREATE TABLE users (id bigint, email text CONSTRAINT users_email_key UNIQUE)',
      sql: 'ALTER TABLE users DROP CONSTRAINT users_email_key;\n--> statement-breakpoint\nCREATE UNIQUE INDEX users_email_idx ON users (email)',
      also: ['index-not-concurrent'],
    },
    {
      shows: 'a constraint whose column goes',
      given: 'CREATE TABLE users (id bigint, email text CONSTRAINT users_email_key UNIQUE)',
      sql: 'ALTER TABLE users DROP CONSTRAINT users_email_key; ALTER TABLE users DROP COLUMN email',
      also: ['drop-column'],
    },
  ],
})
