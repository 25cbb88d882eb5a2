import type { Tree } from './json.ts'

/** A place in a text file: characters (UTF-16 units, as JavaScript counts) from the start, and the line and column a person sees (from 1). */
export type Position = { readonly offset: number; readonly line: number; readonly column: number }

/** One SQL statement, with its own text and tree. */
export type Statement = {
  /** Without leading comments and without the closing semicolon. */
  readonly text: string
  readonly start: Position
  readonly end: Position
  /** Position in its file, from 0. */
  readonly index: number
  /** Position of the chunk (the text between two `--> statement-breakpoint`) it stands in, from 0. */
  readonly chunk: number
  /** The node's name in PostgreSQL's grammar: `AlterTableStmt`. */
  readonly node: string
  /** What that node holds, without locations. */
  readonly tree: Tree
  /** Comments directly above it, without their marks; where waivers and notes stand. */
  readonly comments: readonly Comment[]
}

export type Comment = { readonly text: string; readonly start: Position }

/** A stretch of SQL that PostgreSQL's parser refuses. */
export type SyntaxFault = { readonly message: string; readonly at: Position; readonly chunk: number; readonly text: string }

/** What a SQL file holds. A fault does not hide the other chunks' statements. */
export type Script = {
  readonly statements: readonly Statement[]
  readonly faults: readonly SyntaxFault[]
  readonly chunks: readonly Chunk[]
  /** What stands in a file that is one big comment, where that is SQL which makes tables: `drizzle-kit pull` writes its first migration so. None of it runs: `statements` is empty then. */
  readonly commented?: Commented
}

/** SQL inside a comment, read as if the marks were taken off; places are the file's. */
export type Commented = {
  readonly statements: readonly Statement[]
  readonly faults: readonly SyntaxFault[]
  /** Those among the statements that are no SQL as they are written, and stand here without the part that is none. */
  readonly mended: readonly Statement[]
}

/** What the migrator sends in one query: the text between two breakpoints. */
export type Chunk = { readonly text: string; readonly start: Position; readonly statements: number }
