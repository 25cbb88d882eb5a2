import { isUsed } from '../../changes/batch.ts'
import { display, keyOf, localName, type RelationName } from '../../model/name.ts'
import { child, flag, list, strings } from '../../sql/tree.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { duplicatePrecheck, mayHoldDuplicates } from '../duplicate-precheck.ts'

/** The file clears away what an earlier attempt may have left: it can simply run again. */
const isCleared = ({ batch, step, position }: StepView, name: RelationName): boolean =>
  batch.steps.some(
    (earlier) =>
      earlier.position < position &&
      earlier.step.migration === step.migration &&
      earlier.step.statement.node === 'DropStmt' &&
      flag(earlier.step.statement.tree, 'missing_ok') &&
      list(earlier.step.statement.tree, 'objects').some((object) => strings(list(child(object, 'List'), 'items')).at(-1) === localName(name)),
  )

export const uniqueMayFail = defineStepRule({
  id: 'unique-may-fail',
  severity: 'warning',
  summary: 'A unique index is built CONCURRENTLY over rows that may hold duplicates.',
  why: 'Duplicates make it fail (23505), and the half-built index stays: INVALID, used by no query, kept up to date by every write, and in the way of the next attempt, which IF NOT EXISTS takes for done. It is a note where the file drops such a rest itself, before it builds.',
  instead: 'Look for duplicates first, and decide which rows stay. After a failure: DROP INDEX CONCURRENTLY, then build again.',
  judges: {
    // Built the ordinary way, a unique index or constraint blocks writes too: those rules carry the same query.
    'create-index'(move, view) {
      const { inBlock, batch } = view
      const { name, index, concurrently, implied } = move.change
      if (implied || !concurrently || inBlock || !index.unique || !isUsed(move, index.relation) || !mayHoldDuplicates(move, batch)) return undefined
      const precheck = duplicatePrecheck(move, batch)
      const cleared = isCleared(view, name)
      return {
        message: `Duplicates in ${display(index.relation)} make unique index ${display(name)} fail${cleared ? '; the next attempt drops what is left of it.' : ' and leave it behind, invalid.'}`,
        object: keyOf('index', name),
        relation: index.relation,
        ...(cleared ? { severity: 'note' as const } : {}),
        ...(precheck === undefined ? {} : { precheck }),
        claim: { fails: '23505' },
      }
    },
  },
  bad: [
    {
      shows: 'with a runner that uses no transaction',
      given: 'CREATE TABLE users (id bigint, email text)',
      rows: "INSERT INTO users VALUES (1, 'a'), (2, 'a')",
      sql: 'CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (lower(email)) WHERE id > 0',
      runner: 'none',
    },
  ],
  good: [
    {
      shows: 'a column that is new, and NULL in every row',
      given: 'CREATE TABLE users (id bigint, email text)',
      sql: 'ALTER TABLE users ADD COLUMN handle text;\nCREATE UNIQUE INDEX CONCURRENTLY users_handle_key ON users (handle)',
      runner: 'none',
    },
    {
      shows: 'an index that is not unique',
      given: 'CREATE TABLE users (id bigint, email text)',
      sql: 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email)',
      runner: 'none',
    },
    { shows: 'a table that the same batch made', sql: 'CREATE TABLE users (id bigint, email text); CREATE UNIQUE INDEX ON users (email)' },
  ],
})
