/**
 * What an application's code does with the database, as data: tables as the code declares them, functions with the uses of columns in them and the calls between
 * them, and the entries (routes, procedures, jobs, pages …) from which they are reached. Impact analysis is a search in it.
 */

/** `delete` is the deletion of rows. */
export type Access = 'read' | 'write' | 'delete'

/**
 * `certain`: a named symbol in a typed statement, on a direct call path. `high`: by a row's shape, or by a type annotation. `likely`: a whole row that names no
 * column, or by an injected dependency or a function handed to a library. `possible`: `any`, a dynamic name, ambiguous SQL.
 */
export type Confidence = 'certain' | 'high' | 'likely' | 'possible'

/** `file` is relative to the root, with forward slashes; lines count from 1. */
export type CodePlace = { readonly file: string; readonly line: number }

/** What a use of a column is in its statement; `property` reads a row that a statement returned; `literal` compares or writes one of an enum's values. */
export type UseRole = 'select' | 'where' | 'join' | 'group' | 'order' | 'set' | 'values' | 'returning' | 'conflict' | 'property' | 'literal' | 'delete' | 'sql'

export type CodeUse = CodePlace & {
  /** Position in `CodeFacts.tables`. */
  readonly table: number
  /** The column's name in the database; absent for the table as such (a DELETE, `SELECT count(*)`). */
  readonly column?: string
  /** The enum value that is compared or written; only with `role: 'literal'`. */
  readonly value?: string
  readonly access: Access
  /** `implicit`: no text names the column, yet the SQL that Drizzle sends does (`select()`, `returning()`, `find*`). */
  readonly via: 'explicit' | 'implicit'
  readonly role: UseRole
  readonly confidence: Confidence
}

/** An INSERT that leaves out columns: they get their default. A column that is in neither list may be in it or not (`possible`). */
export type CodeInsert = CodePlace & { readonly table: number; readonly given: readonly string[]; readonly open: boolean }

export type CodeCall = { readonly to: number; readonly line: number; readonly confidence: Confidence }

/** A function as it is called with one kind of arguments; `0` calls are a leaf. */
export type CodeFunction = CodePlace & {
  readonly name: string
  readonly calls: readonly CodeCall[]
  readonly uses: readonly CodeUse[]
  readonly inserts: readonly CodeInsert[]
}

export type EntryKind =
  | 'route'
  | 'page'
  | 'action'
  | 'procedure'
  | 'resolver'
  | 'lambda'
  | 'worker'
  | 'cron'
  | 'callback'
  | 'cli'
  | 'boot'
  | 'test'
  | 'middleware'

/** `name` as the command line's contract has it: `GET /api/chat`, `page /chat/[id]`, `trpc router.procedure` … */
export type CodeEntry = CodePlace & {
  readonly name: string
  readonly kind: EntryKind
  /** The framework that calls it, by the name of its member. */
  readonly framework: string
  /** The functions that it runs: middleware first, then the handler; positions in `CodeFacts.functions`. */
  readonly runs: readonly { readonly to: number; readonly what: string; readonly confidence: Confidence }[]
}

export type CodeColumn = {
  readonly name: string
  readonly key: string
  readonly line: number
  /** Drizzle's builder (`text`, `timestamp`, a custom type's name). */
  readonly type: string
  readonly notNull: boolean
  /** A default in the database or in code, or an identity, or generated: an INSERT may leave it out. */
  readonly hasDefault: boolean
  /** The PostgreSQL type of a `pgEnum`. */
  readonly enumType?: string
  /** The values that the code lets it have. */
  readonly values?: readonly string[]
}

export type CodeTable = CodePlace & {
  readonly schema: string
  readonly name: string
  /** The exported constant. */
  readonly symbol: string
  readonly kind: 'table' | 'view' | 'materialized view'
  readonly columns: readonly CodeColumn[]
}

/** `pgEnum`. */
export type CodeEnum = CodePlace & { readonly schema: string; readonly name: string; readonly symbol: string; readonly values: readonly string[] }

/** A file that names a column, a value or a constraint outside any entry: client code, tests, validation schemas, a string with a constraint's name. */
export type CodeMention = CodePlace & {
  readonly category: 'ui' | 'test' | 'schema' | 'fixture' | 'type' | 'string' | 'unreached' | 'sql'
  /** Position in `CodeFacts.tables`; absent where only a text was found. */
  readonly table?: number
  readonly column?: string
  readonly value?: string
  /** The text of a string literal, where that is what was found: a constraint's or an index's name. */
  readonly text?: string
  readonly confidence: Confidence
}

/** What was met and not followed, and where: a dynamic property, a file that does not parse. */
export type CodeGap = CodePlace & { readonly why: string; readonly table?: number }

/** What is asked about, as far as it says which files have to be looked through beside the ways from entries. */
export type CodeQuestion = {
  /** Its targets, changes and statements: mentions of what they do not name are not looked for. All are where they are left out. */
  readonly texts?: readonly string[]
  /** Constraints and indexes of the database, by name. */
  readonly names?: readonly string[]
}

export type CodeFacts = {
  readonly tables: readonly CodeTable[]
  readonly enums: readonly CodeEnum[]
  readonly functions: readonly CodeFunction[]
  readonly entries: readonly CodeEntry[]
  readonly mentions: readonly CodeMention[]
  readonly gaps: readonly CodeGap[]
  /** Source files looked at, files followed statement by statement, and those that could not be parsed. */
  readonly counts: { readonly files: number; readonly followed: number; readonly unparsed: number }
}
