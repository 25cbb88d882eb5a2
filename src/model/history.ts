/** A migrations folder, read: what Drizzle's files say, before anyone judges it. */

/** A file below the migrations folder, as bytes decoded from UTF-8. */
export type FolderFile = {
  /** Relative to the folder, with forward slashes. */
  readonly path: string
  readonly text: string
  /** sha256 of the file's bytes, hex: Drizzle's ledger hash for a migration. */
  readonly hash: string
}

/** v0: `meta/_journal.json` and one .sql per migration; v1: one folder per migration. */
export type Layout = 'journal' | 'folders'

export type SnapshotHead = {
  readonly path: string
  readonly id?: string
  /** One parent in v0 (the all-zero id at the root), several in v1. */
  readonly prevIds: readonly string[]
  readonly version?: string
  readonly dialect?: string
  /** Why the file could not be read as JSON. */
  readonly fault?: { readonly message: string; readonly line: number; readonly column: number; readonly conflictMarkers: boolean }
}

/** One migration in the order in which it runs. */
export type Migration = {
  readonly tag: string
  /** Position in the history, from 0. */
  readonly index: number
  /** The SQL file, relative to the folder. */
  readonly path: string
  /** The whole file; undefined when the journal names a file that is missing. */
  readonly sql: string | undefined
  /** sha256 of the SQL file, hex, as Drizzle's ledger has it; undefined when the file is missing. */
  readonly hash: string | undefined
  /** Milliseconds: the journal's `when`, or a v1 folder's time. */
  readonly when: number
  readonly snapshot?: SnapshotHead
  /** Its journal entry, v0 only. `line` is the entry's first line in the journal. */
  readonly entry?: JournalEntry
}

export type JournalEntry = {
  readonly idx: number
  readonly version: string
  readonly when: number
  readonly tag: string
  readonly breakpoints: boolean
  readonly line: number
}

/** What is wrong with a folder's own files. Rules of scope `history` turn these and the history's shape into findings. */
export type FolderFault =
  | {
      readonly type: 'journal-invalid'
      readonly path: string
      readonly message: string
      readonly line: number
      readonly column: number
      readonly conflictMarkers: boolean
    }
  | { readonly type: 'journal-duplicate-key'; readonly path: string; readonly key: string; readonly line: number }
  | { readonly type: 'conflict-markers'; readonly path: string; readonly line: number }

export type History = {
  /** As the user named it or the config gave it; relative to the working directory where possible. */
  readonly folder: string
  readonly layout: Layout
  /** Top-level `version` of the journal; the newest snapshot version in v1. */
  readonly version?: string
  readonly migrations: readonly Migration[]
  /** SQL files that no journal entry names. */
  readonly orphans: readonly FolderFile[]
  /** Snapshot files that no migration names. */
  readonly orphanSnapshots: readonly SnapshotHead[]
  readonly faults: readonly FolderFault[]
  /** Where Drizzle's migrator keeps its ledger. */
  readonly ledger: LedgerName
}

export type LedgerName = { readonly schema: string; readonly table: string }

/** Drizzle's ledger as the database holds it. */
export type Ledger = {
  readonly name: LedgerName
  /** v1 has `name` and `applied_at`. */
  readonly layout: Layout | 'absent'
  readonly rows: readonly LedgerRow[]
}

export type LedgerRow = {
  readonly id: number
  readonly hash: string
  readonly createdAt: number | undefined
  readonly name?: string | undefined
  readonly appliedAt?: string | undefined
  /** As our own ledger has it, like the next. */
  readonly appliedBy?: string | undefined
  /** It was taken as applied, and nothing was run for it. */
  readonly baseline?: true | undefined
}
