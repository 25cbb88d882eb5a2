import { isUsed, type Move } from '../../changes/batch.ts'
import { isConstrainedDomain } from '../../changes/domain-columns.ts'
import { columnsIn } from '../../changes/expressions.ts'
import { columnOn } from '../../changes/found-by.ts'
import { rebuiltIndexes } from '../../changes/type-change.ts'
import { type Rewrite, rewriteOf } from '../../changes/type-rewrite.ts'
import { displayType, printType } from '../../changes/types.ts'
import type { Attribute, Expression, Table } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { printExpression } from '../../sql/print.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'
import { enumRebuilds } from '../enum-rebuilds.ts'
import { plainSql } from '../plain-sql.ts'
import { freeColumn, inBatches } from '../rewrite-remedies.ts'
import { storesOf } from '../stored-rows.ts'

type Typed = Move<Change<'set-column-type'>>

const columnOf = ({ change, before }: Typed): Attribute | undefined => columnOn(before, change.on, change.column)

/** Checks that name the column: they are evaluated anew on all rows. */
const checked = (table: Table | undefined, column: string): readonly string[] =>
  [...(table?.constraints ?? [])].flatMap(([name, constraint]) =>
    constraint.type === 'check' && constraint.state === 'valid' && columnsIn(constraint.expression).has(column) ? [name] : [],
  )

const swap = ({ change: { on, column, to, using }, before }: Typed): Remedy => {
  const table = before.tables.get(on)
  const [made, kept] = [freeColumn(table, `${column}_new`), freeColumn(table, `${column}_old`)]
  const [old, next] = [quoteIdentifier(column), quoteIdentifier(made)]
  const value = using ? printExpression(using as Expression) : `${old}::${printType(to)}`
  return {
    title: 'A new column, filled in batches, then swapped',
    steps: [
      {
        when: 'instead',
        sql: [plainSql(`ALTER TABLE ${on} ADD COLUMN ${next} ${printType(to)}`)],
        note: 'From here on the application (or a trigger) writes both columns.',
      },
      {
        when: 'outside',
        sql: [plainSql(inBatches(before, on, `${next} = ${value}`, `${next} IS NULL AND ${old} IS NOT NULL`))],
        note: 'Again and again, each in its own transaction, until it updates no row.',
      },
      {
        when: 'next deployment',
        sql: [`ALTER TABLE ${on} RENAME COLUMN ${old} TO ${quoteIdentifier(kept)}`, `ALTER TABLE ${on} RENAME COLUMN ${next} TO ${old}`].map(plainSql),
        note: 'When default, NOT NULL, constraints and indexes stand on the new column too; the old one is dropped later.',
      },
    ],
  }
}

/** A shorter length can be a CHECK, which need not be written into each row. */
const asCheck = ({ change: { on, column, to, using } }: Typed, { type }: Attribute): Remedy | undefined => {
  const textual = ['text', 'varchar']
  if (using || to.array || type.array || to.name !== 'varchar' || !textual.includes(type.name) || to.typmods.length !== 1) return undefined
  const name = quoteIdentifier(`${localName(on)}_${column}_length`)
  const condition = `length(${quoteIdentifier(column)}) <= ${printExpression(to.typmods[0] as Expression)}`
  return {
    title: 'Keep the type and check the length',
    steps: [
      { when: 'instead', sql: [plainSql(`ALTER TABLE ${on} ADD CONSTRAINT ${name} CHECK (${condition}) NOT VALID`)] },
      { when: 'next deployment', sql: [plainSql(`ALTER TABLE ${on} VALIDATE CONSTRAINT ${name}`)] },
    ],
  }
}

const words = (change: Typed['change'], { type, collation }: Attribute): string => {
  const [from, to] = [displayType(type), displayType(change.to)]
  const name = `${display(change.on)}.${displayIdentifier(change.column)}`
  return from === to && JSON.stringify(collation) !== JSON.stringify(change.collation)
    ? `${name} gets another collation`
    : `${name} changes from ${from} to ${to}`
}

const rewritten = (move: Typed, attribute: Attribute): PolicyHit => {
  const { change, before } = move
  return {
    message: `${words(change, attribute)}: ${display(change.on)} is written anew, with all its indexes, while nobody can read or write it.`,
    object: keyOf('column', member(change.on, change.column)),
    relation: change.on,
    lock: { relation: change.on, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' },
    claim: { rewrites: storesOf(before, change.on) },
    ...(isConstrainedDomain(before, change.to)
      ? { help: 'Change to the type under the domain, and say what the domain checks as a CHECK of the table: NOT VALID, validated in the next deployment.' }
      : { remedy: asCheck(move, attribute) ?? swap(move) }),
  }
}

const read = (move: Typed, attribute: Attribute): PolicyHit | undefined => {
  const { on, column } = move.change
  const [indexes, checks] = [rebuiltIndexes(move.before, on, attribute, move.change).map(localName), checked(move.before.tables.get(on), column)]
  if (indexes.length === 0 && checks.length === 0) return undefined
  const done = [
    ...(indexes.length > 0 ? [`${indexes.map(displayIdentifier).join(', ')} ${indexes.length === 1 ? 'is' : 'are'} built anew`] : []),
    ...(checks.length > 0 ? [`${checks.map(displayIdentifier).join(', ')} ${checks.length === 1 ? 'is' : 'are'} checked anew on all rows`] : []),
  ].join(' and ')
  return {
    message: `${words(move.change, attribute)}: no row is written, but ${done}, while nobody can read or write ${display(on)}.`,
    object: keyOf('column', member(on, column)),
    relation: on,
    severity: 'warning',
    lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: indexes.length > 0 ? 'index build' : 'scan' },
    claim: { scans: storesOf(move.before, on) },
    help: `Drop what is in the way beforehand (indexes CONCURRENTLY, outside of the migrator) and make it again after the change: indexes CONCURRENTLY, checks NOT VALID.`,
  }
}

/** The batch may have set the time zone; where it has not, that the zone decides is the matter of another rule. */
const inZone = ({ settings }: StepView, rewrite: Rewrite): Rewrite => {
  const zone = settings.get('timezone')?.value
  if (rewrite !== 'time zone' || zone === undefined) return rewrite
  return /^\W*(?:utc|gmt|etc\/utc|0)\W*$/i.test(zone) ? 'none' : 'rewrite'
}

export const changeTypeRewrite = defineStepRule({
  id: 'change-type-rewrite',
  severity: 'error',
  weighs: 'rows',
  summary: "A column's type changes so that a table in use must be written anew.",
  why: 'Unless the stored bytes stay the same (varchar to text, a longer varchar, a wider numeric), PostgreSQL writes the whole table and its indexes anew, while nobody can read or write it.',
  instead:
    'Add a column of the new type, write both, fill it in small batches, then swap the names; for a shorter text keep the type and add a CHECK, NOT VALID first.',
  judges: {
    'set-column-type'(move, view) {
      const attribute = columnOf(move)
      if (!attribute || move.change.implied || !isUsed(move, move.change.on)) return undefined
      // An enum that is made anew is one hazard, with a rule of its own.
      if (enumRebuilds(view.batch).some(({ parts }) => parts.has(move.change))) return undefined
      const rewrite = inZone(view, rewriteOf(move.before, move.change.column, attribute.type, move.change.to, move.change.using))
      return rewrite === 'rewrite' ? rewritten(move, attribute) : rewrite === 'none' ? read(move, attribute) : undefined
    },
  },
  bad: [
    {
      shows: 'a wider integer',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, amount integer)',
      sql: 'ALTER TABLE orders ALTER COLUMN amount SET DATA TYPE bigint',
    },
    {
      shows: 'an enum that becomes text',
      given: `CREATE TYPE state AS ENUM ('new', 'paid'); CREATE TABLE "Orders" (id bigint PRIMARY KEY, "orderState" state)`,
      sql: 'ALTER TABLE "Orders" ALTER COLUMN "orderState" SET DATA TYPE text USING "orderState"::text',
    },
    {
      shows: 'arrays of another type, on a partitioned table',
      given: 'CREATE TABLE logs (at date, sizes integer[]) PARTITION BY RANGE (at); CREATE TABLE logs_rest PARTITION OF logs DEFAULT',
      sql: 'ALTER TABLE logs ALTER COLUMN sizes TYPE bigint[]',
    },
    {
      shows: 'another scale',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, price numeric(10, 2))',
      sql: 'DO $$ BEGIN ALTER TABLE orders ALTER COLUMN price TYPE numeric(12, 4); END $$',
    },
    {
      shows: 'a domain that has a CHECK',
      given: 'CREATE DOMAIN amount AS integer CHECK (VALUE >= 0); CREATE TABLE orders (id bigint PRIMARY KEY, price integer)',
      sql: 'ALTER TABLE orders ALTER COLUMN price TYPE amount',
    },
    {
      shows: 'a timestamp in a time zone that is not UTC',
      given: 'CREATE TABLE events (id bigint PRIMARY KEY, at timestamp)',
      sql: "SET LOCAL TimeZone = 'Europe/Berlin'; ALTER TABLE events ALTER COLUMN at TYPE timestamptz",
    },
    {
      shows: 'no row is written, but an index with a condition on the column is built anew',
      given: "CREATE TABLE users (id bigint PRIMARY KEY, state varchar(10)); CREATE INDEX users_open ON users (id) WHERE state = 'open'",
      sql: 'ALTER TABLE users ALTER COLUMN state TYPE varchar(20)',
    },
    {
      shows: 'no row is written, but a CHECK is evaluated anew',
      given: "CREATE TABLE users (id bigint PRIMARY KEY, state varchar(10) CHECK (state <> ''))",
      sql: 'ALTER TABLE users ALTER COLUMN state TYPE text',
    },
  ],
  good: [
    {
      shows: 'the stored bytes stay the same',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, code varchar(10) UNIQUE, price numeric(10, 2), address cidr, tags varchar(5)[])',
      sql: 'ALTER TABLE orders ALTER COLUMN code TYPE text USING code::text, ALTER COLUMN price TYPE numeric(14, 2), ALTER COLUMN address TYPE inet, ALTER COLUMN tags TYPE varchar[]',
    },
    {
      shows: 'a timestamp in UTC',
      given: 'CREATE TABLE visits (id bigint PRIMARY KEY, at timestamp)',
      sql: "SET LOCAL TimeZone = 'UTC'; ALTER TABLE visits ALTER COLUMN at TYPE timestamptz",
    },
    {
      shows: 'a domain without constraints',
      given: 'CREATE DOMAIN label AS text; CREATE TABLE users (id bigint PRIMARY KEY, name varchar(10))',
      sql: 'ALTER TABLE users ALTER COLUMN name TYPE label',
    },
    { shows: 'a table that the same batch makes', sql: ['CREATE TABLE orders (amount integer)', 'ALTER TABLE orders ALTER COLUMN amount TYPE bigint'] },
  ],
})
