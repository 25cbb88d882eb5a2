import { isUnknownType } from '../../changes/assumed/values.ts'
import { columnOn } from '../../changes/found-by.ts'
import { displayType, printType } from '../../changes/types.ts'
import type { Remedy } from '../../model/finding.ts'
import { keyOf, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { isPartOfRebuild } from '../enum-rebuilds.ts'
import { columnBefore, isWrittenBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { rowsWhere } from '../prechecks.ts'
import { displayColumn } from '../running-code.ts'
import { type Loss, lossOf, type TypeChange } from '../type-loss.ts'

const withUsing = (on: RelationName, { column, to, default: value }: TypeChange): Remedy => {
  const name = quoteIdentifier(column)
  const alter = `ALTER TABLE ${on} ALTER COLUMN ${name}`
  return {
    title: 'Say how the values become the new type',
    steps: [
      {
        when: 'instead',
        sql: [...(value === undefined ? [] : [`${alter} DROP DEFAULT`]), `${alter} TYPE ${printType(to)} USING ${name}::text::${printType(to)}`].map(plainSql),
        ...(value === undefined ? {} : { note: 'And SET DEFAULT after it, with a value of the new type.' }),
      },
    ],
  }
}

const outcome: Readonly<Record<Loss['how'], string>> = { refused: 'is refused', fails: 'may fail', loses: 'may lose values' }

export const typeNarrowing = defineStepRule({
  id: 'type-narrowing',
  severity: 'error',
  summary: "A column's new type does not hold all values of its old one.",
  why: 'One value that does not fit makes the statement fail, and with it all other migrations of the batch; so it works on every small database and fails in production. What an explicit cast cuts or rounds is lost without a word. Running code that writes such values fails from then on.',
  instead:
    'Ask production first for values that do not fit. Better: add a second column of the new type, let the code write both, move the values over in batches, and drop the old one later.',
  judges: {
    'set-column-type'(move, { batch, postgres }) {
      const { change, before } = move
      const attribute = columnOn(before, change.on, change.column)
      // A type that is assumed may hold anything: change-type-rewrite says what that means.
      if (!attribute || isUnknownType(attribute.type) || attribute.generated || change.implied || isPartOfRebuild(batch, change)) return undefined
      const asked: TypeChange = { column: change.column, from: attribute.type, to: change.to, using: change.using, default: attribute.default }
      const loss = lossOf(asked, before, postgres)
      const old = columnBefore(batch, move, change.on, change.column)
      if (!loss || (!old && loss.how !== 'refused')) return undefined
      const asks = old && loss.condition !== undefined && old.column === change.column ? rowsWhere(old.on, loss.condition) : undefined
      const shown = displayColumn(change.on, change.column)
      const isChanged = isWrittenBefore(batch, move, change.on)
      const mind = isChanged ? ' An earlier statement of the batch changes rows of the table: see that none is left.' : ''
      return {
        message: `${displayType(attribute.type)} to ${displayType(change.to)} ${outcome[loss.how]}: column ${shown} ${loss.words}.${mind}`,
        object: keyOf('column', member(change.on, change.column)),
        relation: change.on,
        ...(loss.how === 'refused' ? { remedy: withUsing(change.on, asked) } : {}),
        ...(asks === undefined ? {} : { precheck: asks }),
        ...(loss.code === undefined || isChanged ? {} : { claim: { fails: loss.code } }),
        ...(loss.slight ? { severity: 'warning' } : {}),
      }
    },
  },
  bad: [
    {
      shows: 'a shorter varchar',
      given: 'CREATE TABLE users (id bigint, name text)',
      rows: "INSERT INTO users VALUES (1, repeat('x', 300))",
      sql: 'ALTER TABLE users ALTER COLUMN name SET DATA TYPE varchar(255)',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'USING with a cast cuts what is too long',
      given: 'CREATE TABLE users (id bigint, name text)',
      sql: 'ALTER TABLE users ALTER COLUMN name SET DATA TYPE varchar(255) USING name::varchar(255)',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'bigint to integer',
      given: 'CREATE TABLE users (id bigint, points bigint)',
      rows: 'INSERT INTO users VALUES (1, 3000000000)',
      sql: 'ALTER TABLE users ALTER COLUMN points SET DATA TYPE integer',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'text to uuid',
      given: 'CREATE TABLE users (id text)',
      rows: "INSERT INTO users VALUES ('user_1')",
      sql: 'ALTER TABLE users ALTER COLUMN id SET DATA TYPE uuid USING id::uuid',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'a type that PostgreSQL does not cast to by itself, as older drizzle-kit writes it',
      given: 'CREATE TABLE users (id bigint, age text)',
      sql: 'ALTER TABLE "users" ALTER COLUMN "age" SET DATA TYPE integer',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'a default that does not follow',
      given: "CREATE TABLE users (id bigint, age text DEFAULT '0')",
      sql: 'ALTER TABLE users ALTER COLUMN age SET DATA TYPE integer USING age::integer',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'fewer digits behind the point',
      given: 'CREATE TABLE prices (id bigint, amount numeric(12, 6))',
      rows: 'INSERT INTO prices VALUES (1, 100000.5)',
      sql: 'ALTER TABLE prices ALTER COLUMN amount SET DATA TYPE numeric(5, 2)',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'a moment to a day',
      given: 'CREATE TABLE events (id bigint, at timestamp)',
      sql: 'ALTER TABLE events ALTER COLUMN at SET DATA TYPE date',
      also: ['change-type-rewrite'],
    },
  ],
  good: [
    { shows: 'a longer varchar', given: 'CREATE TABLE users (name varchar(50))', sql: 'ALTER TABLE users ALTER COLUMN name SET DATA TYPE varchar(255)' },
    {
      shows: 'text of an enum whose values are short',
      given: "CREATE TYPE s AS ENUM ('open'); CREATE TABLE orders (s s)",
      sql: 'ALTER TABLE orders ALTER COLUMN s TYPE varchar(8)',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'integer to bigint',
      given: 'CREATE TABLE users (points integer)',
      sql: 'ALTER TABLE users ALTER COLUMN points TYPE bigint',
      also: ['change-type-rewrite'],
    },
    {
      shows: 'an expression that says what becomes of the values',
      given: 'CREATE TABLE users (verified timestamptz)',
      sql: 'ALTER TABLE users ALTER COLUMN verified TYPE boolean USING verified IS NOT NULL',
      also: ['change-type-rewrite'],
    },
    { shows: 'a table that the same batch made', sql: 'CREATE TABLE users (name text); ALTER TABLE users ALTER COLUMN name TYPE varchar(10)' },
  ],
})
