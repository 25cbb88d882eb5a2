import { type Batch, isUsed, type Move } from '../../changes/batch.ts'
import { printType, userTypeName } from '../../changes/types.ts'
import type { Attribute, Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, keyOf, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { child, list } from '../../sql/tree.ts'
import { plainStatements } from '../data-statements.ts'
import { defineStepRule } from '../define.ts'
import { movesBefore, relationBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { rowsWhere } from '../prechecks.ts'
import { displayColumn } from '../running-code.ts'

/** True where the rows that are there get a value: a default of the column or of its domain, an identity, an expression. */
const isFilled = ({ default: value, identity, generated, type }: Attribute, catalog: Catalog): boolean => {
  const name = userTypeName(type)
  const domain = name === undefined ? undefined : catalog.types.get(name)
  return value !== undefined || identity !== undefined || generated !== undefined || (domain?.kind === 'domain' && domain.default !== undefined)
}

const mustBeThere = ({ notNull }: Attribute): boolean => notNull !== false && !notNull.notValid

/** A key makes its column NOT NULL after the column was added. */
const isPrimaryKey = ({ on, attribute }: Change<'add-column'>, moves: readonly Move[]): boolean =>
  moves.some(
    ({ change }) =>
      change.kind === 'add-constraint' && change.on === on && change.constraint.type === 'primary key' && change.constraint.columns.includes(attribute.name),
  )

const asKeyLater =
  'Add the column without the key, fill it, build a unique index CONCURRENTLY, and take that as the key (ADD PRIMARY KEY USING INDEX) in the next deployment.'

/** True where the batch has removed all rows before. */
const isEmptied = (batch: Batch, move: Move, on: RelationName): boolean =>
  movesBefore(batch, move).some(
    ({ change }) =>
      change.kind === 'change-data' &&
      change.relations.includes(on) &&
      (change.command === 'TRUNCATE' || (change.command === 'DELETE' && !/\bwhere\b/i.test(change.sql))),
  )

/** True where the batch has put rows into the table before, one by one: then there are some, also in a table that it made itself. */
const isFilledBefore = (batch: Batch, move: Move, on: RelationName): boolean =>
  movesBefore(batch, move).some(
    ({ change }) =>
      change.kind === 'change-data' &&
      change.relations.includes(on) &&
      plainStatements(change.sql).some(
        ({ node, tree }) => node === 'InsertStmt' && list(child(child(tree, 'selectStmt'), 'SelectStmt'), 'valuesLists').length > 0,
      ),
  )

const inThreeSteps = ({ on, attribute }: Change<'add-column'>): Remedy => {
  const column = quoteIdentifier(attribute.name)
  return {
    title: 'Add it, fill it, then make it NOT NULL',
    steps: [
      {
        when: 'instead',
        sql: [plainSql(`ALTER TABLE ${on} ADD COLUMN ${column} ${printType(attribute.type)}`)],
        note: 'The new release writes the column; the running one need not know it.',
      },
      { when: 'outside', sql: [], note: `Fill ${displayColumn(on, attribute.name)} in batches, when the new release runs.` },
      {
        when: 'next deployment',
        sql: [plainSql(`ALTER TABLE ${on} ALTER COLUMN ${column} SET NOT NULL`)],
        note: 'See set-not-null for how to do this without a scan under the lock.',
      },
    ],
  }
}

export const addColumnNotNullNoDefault = defineStepRule({
  id: 'add-column-not-null-no-default',
  severity: 'error',
  summary: 'A NOT NULL column without a default is added to a table that may have rows.',
  why: 'It works on an empty database and fails on the first one with rows (23502), with all other migrations of the batch. Where the table is empty, the next INSERT of code that does not know the column fails.',
  instead: 'Give it a default, which costs nothing if it is constant. Or add it without NOT NULL, fill it, and set NOT NULL in the next deployment.',
  judges: {
    'add-column'(move, { batch, moves }) {
      const { change, after } = move
      const { on, attribute } = change
      const isKey = isPrimaryKey(change, moves)
      if (change.implied || !(isKey || mustBeThere(attribute)) || isFilled(attribute, after) || isEmptied(batch, move, on)) return undefined
      const isOwn = !isUsed(move, on)
      if (isOwn && !isFilledBefore(batch, move, on)) return undefined
      const what = `Column ${displayColumn(on, attribute.name)} is ${isKey ? 'the primary key' : 'NOT NULL'} and has no default`
      const hit = { object: keyOf('column', member(on, attribute.name)), relation: on, claim: { fails: '23502' } }
      if (isOwn)
        return { ...hit, message: `${what}, and this batch has put rows into ${display(on)}: it fails.`, help: 'Write the column into the CREATE TABLE.' }
      return {
        ...hit,
        message: `${what}: this fails if ${display(on)} has a row, and INSERTs of running code fail if it has none.`,
        ...(isKey ? { help: asKeyLater } : { remedy: inThreeSteps(change) }),
        precheck: rowsWhere(relationBefore(batch, move, on) ?? on),
      }
    },
  },
  bad: [
    {
      shows: 'a column of a table in use',
      given: 'CREATE TABLE users (id bigint)',
      rows: 'INSERT INTO users VALUES (1)',
      sql: 'ALTER TABLE users ADD COLUMN name text NOT NULL',
    },
    {
      shows: 'a primary key, which makes it NOT NULL',
      given: 'CREATE TABLE users (name text)',
      rows: "INSERT INTO users VALUES ('a')",
      sql: 'ALTER TABLE users ADD COLUMN id bigint PRIMARY KEY',
      also: ['add-column-inline-unique'],
    },
    {
      shows: 'a table that the batch has filled itself',
      sql: 'CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1); ALTER TABLE users ADD COLUMN name text NOT NULL',
    },
    {
      shows: 'in a DO block, filled too late',
      given: 'CREATE SCHEMA app; CREATE TABLE app."Users" (id bigint)',
      rows: 'INSERT INTO app."Users" VALUES (1)',
      sql: `DO $$ BEGIN ALTER TABLE app."Users" ADD COLUMN "fullName" text NOT NULL; UPDATE app."Users" SET "fullName" = '' WHERE id > 0; END $$`,
    },
  ],
  good: [
    { shows: 'with a default', given: 'CREATE TABLE users (id bigint)', sql: "ALTER TABLE users ADD COLUMN name text NOT NULL DEFAULT ''" },
    { shows: 'a table that the same batch made', sql: ['CREATE TABLE users (id bigint)', 'ALTER TABLE users ADD COLUMN name text NOT NULL'] },
    {
      shows: 'a column that is there already',
      given: 'CREATE TABLE users (id bigint, name text)',
      sql: 'ALTER TABLE users ADD COLUMN IF NOT EXISTS name text NOT NULL',
    },
    {
      shows: "a domain's default",
      given: "CREATE DOMAIN label AS text DEFAULT ''; CREATE TABLE users (id bigint)",
      sql: 'ALTER TABLE users ADD COLUMN name label NOT NULL',
    },
  ],
})
