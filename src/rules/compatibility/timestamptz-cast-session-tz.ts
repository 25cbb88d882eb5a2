import { columnOn } from '../../changes/found-by.ts'
import { displayType, printType } from '../../changes/types.ts'
import type { Expression, TypeReference } from '../../model/catalog.ts'
import { keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { child, list, strings } from '../../sql/tree.ts'
import { defineStepRule } from '../define.ts'
import { columnBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { displayColumn } from '../running-code.ts'

/** Casts that read or write a local time: timestamp_timestamptz, timestamptz_timestamp, date_timestamptz (stable, not immutable, in pg_proc). */
const isLocal = (from: TypeReference, to: TypeReference): boolean =>
  [from, to].every(({ schema }) => schema === 'pg_catalog') &&
  ((to.name === 'timestamptz' && (from.name === 'timestamp' || from.name === 'date')) || (from.name === 'timestamptz' && to.name === 'timestamp'))

/** True for the column itself, or a plain cast of it: an expression such as AT TIME ZONE says which zone is meant. */
const isPlain = (using: Expression | undefined): boolean => {
  if (using === undefined) return true
  const inner = child(child(using, 'TypeCast'), 'arg') ?? using
  return strings(list(child(inner, 'ColumnRef'), 'fields')).length > 0
}

export const timestamptzCastSessionTz = defineStepRule({
  id: 'timestamptz-cast-session-tz',
  severity: 'warning',
  summary: 'A timestamp becomes a timestamptz, or the other way round, by the time zone that the session happens to have.',
  why: "The cast takes each value for a local time of the session's TimeZone, which is the server's or the role's setting: UTC on one machine, Europe/Berlin on another. Where it is not what the code meant when it wrote the values, all of them are moved by hours, silently; and where it is not UTC, the table is written anew.",
  instead: "Say the zone: SET LOCAL TimeZone = 'UTC' before it in the same migration (then the bytes stay as they are), or USING … AT TIME ZONE 'UTC'.",
  judges: {
    'set-column-type'(move, { batch, settings }) {
      const { change, before } = move
      const attribute = columnOn(before, change.on, change.column)
      if (!attribute || change.implied || columnBefore(batch, move, change.on, change.column) === undefined) return undefined
      if (!isLocal(attribute.type, change.to) || !isPlain(change.using) || settings.has('timezone')) return undefined
      const name = quoteIdentifier(change.column)
      const [from, to] = [displayType(attribute.type), displayType(change.to)]
      return {
        message: `${from} to ${to}: each value of ${displayColumn(change.on, change.column)} is taken for a local time of whatever TimeZone the session has.`,
        object: keyOf('column', member(change.on, change.column)),
        relation: change.on,
        remedy: {
          title: 'Say which time zone is meant',
          steps: [
            {
              when: 'instead',
              sql: ["SET LOCAL TimeZone = 'UTC'", plainSql(`ALTER TABLE ${change.on} ALTER COLUMN ${name} TYPE ${printType(change.to)}`)],
              note: 'If the values are UTC, as those that Drizzle and now() on a UTC server wrote. Between timestamp and timestamptz no row is written anew then.',
            },
          ],
        },
      }
    },
  },
  bad: [
    {
      shows: 'as drizzle-kit writes it when withTimezone is set',
      given: 'CREATE TABLE events (id bigint, at timestamp)',
      sql: 'ALTER TABLE "events" ALTER COLUMN "at" SET DATA TYPE timestamp with time zone',
    },
    {
      shows: 'the other way round, with a cast in USING',
      given: 'CREATE TABLE events (id bigint, at timestamptz)',
      sql: 'ALTER TABLE events ALTER COLUMN at TYPE timestamp USING at::timestamp',
    },
  ],
  good: [
    {
      shows: 'the zone is set for the transaction',
      given: 'CREATE TABLE events (id bigint, at timestamp)',
      sql: "SET LOCAL TimeZone = 'UTC'; ALTER TABLE events ALTER COLUMN at TYPE timestamptz",
    },
    {
      shows: 'the zone is said',
      given: 'CREATE TABLE events (id bigint, at timestamp)',
      sql: "ALTER TABLE events ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'Europe/Berlin'",
      also: ['change-type-rewrite'],
    },
  ],
})
