/** Reads the text of Drizzle's `sql` templates for its model. */
import type { SqlPart as DrizzlePart, SqlReading as DrizzleReading, SqlUse as DrizzleUse, SqlOutput, SqlReader } from '../drizzle/sql-reader.ts'
import { type KnownTable, type OutputColumn, readSqlText, type SqlPart, type SqlReading, type SqlUse } from './index.ts'

const partOf = (part: DrizzlePart): SqlPart => {
  switch (part.is) {
    case 'text':
      return part.text
    case 'table':
      return { table: part.table }
    case 'column':
      return { column: { schema: part.table.schema, table: part.table.name, name: part.column } }
    case 'name':
      return { identifier: { name: part.name } }
    case 'value':
      return { value: { strings: part.strings } }
    case 'other':
      return part.read ? { unknown: true, read: true } : { unknown: true }
  }
}

/** The builder knows what a fragment is for: a role that only says that it is SQL is left to it. */
const usesOf = ({ schema, table, candidates, role, column, value, access, via, confidence }: SqlUse): readonly DrizzleUse[] =>
  (candidates ?? [{ schema, name: table }]).map((named) => ({
    table: named,
    ...(column === undefined ? {} : { column }),
    ...(value === undefined ? {} : { value }),
    ...(role === 'sql' ? {} : { role }),
    access,
    via,
    confidence,
  }))

const outputOf = ({ name, from }: OutputColumn): SqlOutput => ({
  name,
  from: from.map(({ schema, table, column }) => ({ table: { schema, name: table }, column })),
})

const readingOf = ({ uses, inserts, output, unread }: SqlReading): DrizzleReading => ({
  uses: uses.flatMap(usesOf),
  inserts: inserts.map(({ schema, name, given, open }) => ({ table: { schema, name }, given, open })),
  ...(output && { output: output.map(outputOf) }),
  unread,
})

/** `tables` are asked at each text, since they are met on the way. */
export const sqlReader =
  (tables: () => readonly KnownTable[]): SqlReader =>
  (parts, { from, whole }) =>
    readingOf(
      readSqlText(parts.map(partOf), {
        place: whole ? 'statement' : 'unknown',
        tables: tables(),
        builder: from.map(({ schema, name }) => ({ schema, name })),
      }),
    )
