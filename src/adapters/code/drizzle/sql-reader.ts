/** The seam to who reads SQL text: a template as it is given, and what comes back. */
import type { Access, UseRole } from '../../../model/code.ts'
import type { Confidence } from '../value.ts'

export type SqlTable = { readonly schema: string; readonly name: string }

/** A text or what stands in a hole, in their order. `other` is a hole that may be any SQL; `read` where it is a statement or a condition that counts by itself. */
export type SqlPart =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'table'; readonly table: SqlTable }
  | { readonly is: 'column'; readonly table: SqlTable; readonly column: string }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'value'; readonly strings: readonly string[] }
  | { readonly is: 'other'; readonly read: boolean }

/** `role` is absent where the text is a part of a statement: its place in that says it. `table` has no schema where the text names none. */
export type SqlUse = {
  readonly table: { readonly schema?: string; readonly name: string }
  readonly column?: string
  readonly value?: string
  readonly access: Access
  readonly role?: UseRole
  readonly via: 'explicit' | 'implicit'
  readonly confidence: Confidence
}

export type SqlInsert = { readonly table: SqlTable; readonly given: readonly string[]; readonly open: boolean }

/** A column of the rows that a statement answers, by the name that the database gives it. */
export type SqlOutput = { readonly name: string; readonly from: readonly { readonly table: SqlTable; readonly column: string }[] }

export type SqlReading = {
  readonly uses: readonly SqlUse[]
  readonly inserts: readonly SqlInsert[]
  /** Absent where no rows come, or where some of their columns are not known. */
  readonly output?: readonly SqlOutput[]
  /** What could not be read, and why. */
  readonly unread: readonly string[]
}

/** Where a text stands: `from` are the tables of the statement around it; `whole`: it is a statement itself. */
export type SqlPlace = { readonly from: readonly SqlTable[]; readonly whole: boolean }

/** Undefined: nobody reads it, and only what stands in the holes counts. */
export type SqlReader = (parts: readonly SqlPart[], place: SqlPlace) => SqlReading | undefined

export const holesOnly: SqlReader = () => undefined
