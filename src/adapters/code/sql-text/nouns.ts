/** SQL as code writes it, and what it was found to do. */
import type { Access, CodeUse, Confidence, UseRole } from '../../../model/code.ts'

/** What of a `CodeTable` matters here; the values of an enum column let its literals be seen. */
export type KnownTable = {
  readonly schema: string
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly enumType?: string; readonly values?: readonly string[] }[]
}

export type TablePart = { readonly schema: string; readonly name: string /** As Drizzle's `alias(table, name)` gives one. */; readonly alias?: string }
export type ColumnPart = { readonly schema: string; readonly table: string; readonly name: string }

/** A piece of an `sql` template; a string is its text. */
export type SqlPart =
  | string
  | { readonly table: TablePart }
  | { readonly column: ColumnPart }
  /** A parameter, with the strings that it may be, where they are known. */
  | { readonly value: { readonly strings?: readonly string[] } }
  /** `sql.identifier(x)`; without a name where x is not known. */
  | { readonly identifier: { readonly name?: string } }
  | { readonly nested: readonly SqlPart[] }
  /** Something that may be any SQL: `sql.raw(x)`, a fragment that comes from elsewhere; `read` where that counts by itself. */
  | { readonly unknown: true; readonly read?: true }

/** Where a text is used, which says how to read it; `statement` for `execute(sql)` and strings that clients send. */
export type SqlPlace = 'statement' | 'select' | 'from' | 'condition' | 'group' | 'order' | 'assignment' | 'unknown'

export type SqlContext = {
  readonly place: SqlPlace
  readonly tables: readonly KnownTable[]
  /** The tables of the builder that the fragment stands in (`.from(t)`, joins, `update(t)`). */
  readonly builder?: readonly TablePart[]
}

export type TableName = { readonly schema: string; readonly name: string }

export type SqlUse = {
  /** Of the first candidate, where several tables may be meant. */
  readonly schema: string
  readonly table: string
  /** Absent for the table as such. */
  readonly column?: string
  /** With the role `literal`: a value that is compared with the column or written to it. Only of columns whose values are known. */
  readonly value?: string
  readonly access: Access
  readonly role: Exclude<UseRole, 'property'>
  readonly via: CodeUse['via']
  readonly confidence: Confidence
  /** All tables whose column may be meant, where that is more than one. */
  readonly candidates?: readonly TableName[]
  /** It was a `column` part: whoever gave it may have reported that it is named, though not how it is used. */
  readonly symbol?: true
}

export type ColumnName = { readonly schema: string; readonly table: string; readonly column: string }

/** `from` is empty for what is computed; the arms of a UNION may give it several. */
export type OutputColumn = { readonly name: string; readonly from: readonly ColumnName[] }

export type SqlInsert = TableName & { readonly given: readonly string[] /** Other columns may be given too. */; readonly open: boolean }

export type SqlReading = {
  readonly uses: readonly SqlUse[]
  readonly inserts: readonly SqlInsert[]
  /** Functions and procedures that are called: `name` or `schema.name`. */
  readonly functions: readonly string[]
  readonly constraints: readonly string[]
  readonly indexes: readonly string[]
  /** The rows that one whole statement answers, by the names that the database gives; undefined where it answers none, or where some are not known. */
  readonly output?: readonly OutputColumn[]
  /** What could not be read, and why; empty where all was understood. */
  readonly unread: readonly string[]
}
