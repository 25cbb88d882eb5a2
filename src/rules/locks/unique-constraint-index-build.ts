import { isUsed, type Move } from '../../changes/batch.ts'
import { isPartitioned } from '../../changes/found-by.ts'
import type { Change } from '../../model/change.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { inlineColumn } from '../commands.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { columnBefore, relationBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { duplicateRows } from '../prechecks.ts'
import { isRewritten } from '../statement-rewrites.ts'
import { storesOf } from '../stored-rows.ts'
import { notNullFirst, usingIndex } from '../unique-remedies.ts'

/** Values that clash now, with the names that table and columns have before the batch. */
const precheck = (
  move: Move<Change<'add-constraint'>>,
  { batch }: StepView,
  columns: readonly string[],
  nullsNotDistinct: boolean,
  primary: boolean,
): string | undefined => {
  const relation = relationBefore(batch, move, move.change.on)
  const before = columns.map((column) => columnBefore(batch, move, move.change.on, column)?.column)
  const known = before.filter((column) => column !== undefined)
  if (relation === undefined || known.length < columns.length) return undefined
  const clashing = duplicateRows(
    relation,
    known.map((on) => ({ on })),
    { nullsNotDistinct: nullsNotDistinct || primary },
  )
  const nulls = primary ? known.map((column) => ` OR ${quoteIdentifier(column)} IS NULL`).join('') : ''
  return plainSql(clashing.replace(/(?= LIMIT \d+$)/, nulls))
}

export const uniqueConstraintIndexBuild = defineStepRule({
  id: 'unique-constraint-index-build',
  severity: 'error',
  weighs: 'rows',
  summary: 'UNIQUE or PRIMARY KEY is added to a table in use, and its index is built at once.',
  why: 'ADD UNIQUE and ADD PRIMARY KEY build their index under ACCESS EXCLUSIVE: nobody can read or write the table until all rows are read and sorted.',
  instead:
    'Build a unique index CONCURRENTLY, outside of a transaction, before the migration; the migration then takes it over with ADD CONSTRAINT … USING INDEX.',
  judges: {
    'add-constraint'(move, view) {
      const { on, name, constraint, usingIndex: index, implied } = move.change
      if (implied || index !== undefined || (constraint.type !== 'unique' && constraint.type !== 'primary key')) return undefined
      if (!isUsed(move, on) || isRewritten(view, on) || inlineColumn(move, view) !== undefined) return undefined
      const partitioned = isPartitioned(move.before, on)
      const nullable = view.moves.flatMap(({ change }) => (change.kind === 'set-not-null' && change.implied && change.on === on ? [change] : []))
      const check = precheck(move, view, constraint.columns, constraint.nullsNotDistinct, nullable.length > 0)
      return {
        message: `The index of ${constraint.type === 'unique' ? 'the constraint' : 'the primary key'} ${displayIdentifier(name)} is built while nobody can read or write ${display(on)}.`,
        object: keyOf('constraint', member(on, name)),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'index build' },
        claim: { scans: storesOf(move.before, on) },
        ...(check === undefined || constraint.withoutOverlaps ? {} : { precheck: check }),
        ...(partitioned
          ? {
              help: `Build a unique index CONCURRENTLY on each partition, add the constraint with ALTER TABLE ONLY ${display(on)}, then attach each partition's index to its index.`,
            }
          : constraint.withoutOverlaps
            ? { help: 'A key WITHOUT OVERLAPS cannot take over an index: add it at a quiet time, with lock_timeout set.' }
            : { remedy: usingIndex(on, name, constraint, notNullFirst(on, nullable, view.postgres)) }),
      }
    },
  },
  bad: [
    {
      shows: 'UNIQUE on a table that an earlier migration made',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text)',
      sql: 'ALTER TABLE users ADD CONSTRAINT users_email_unique UNIQUE (email)',
      rows: "INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 9) AS n",
    },
    {
      shows: 'a primary key',
      given: 'CREATE TABLE members (team bigint, "userId" bigint)',
      sql: 'ALTER TABLE members ADD PRIMARY KEY (team, "userId")',
    },
    {
      shows: 'in a DO block, in a schema',
      given: 'CREATE SCHEMA app; CREATE TABLE app.users (id bigint PRIMARY KEY, email text)',
      sql: 'DO $$ BEGIN ALTER TABLE app.users ADD CONSTRAINT one_email UNIQUE NULLS NOT DISTINCT (email); EXCEPTION WHEN duplicate_table THEN NULL; END $$',
    },
  ],
  good: [
    {
      shows: 'an index that was built before is taken over',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE UNIQUE INDEX users_email_key ON users (email)',
      sql: 'ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key',
    },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE users (email text); ALTER TABLE users ADD UNIQUE (email)' },
  ],
})
