/** The one port to the outside. Only operations hold it; what is below them is given values or a narrower port. */
import type { Catalog } from './catalog.ts'
import type { CodeFacts, CodeQuestion } from './code.ts'
import type { Config, Project } from './config.ts'
import type { Engine, EngineNeed } from './engine.ts'
import type { Unknown } from './finding.ts'
import type { FolderFile, History, Layout, Ledger } from './history.ts'
import type { PrintedCatalog } from './printed.ts'
import type { Session } from './session.ts'
import type { SourceRef } from './source.ts'
import type { Removal, TypeEvidence } from './type-evidence.ts'

/** Milliseconds since 1970, UTC. */
export type Instant = number

/** A file's new bytes, or its removal. Paths are relative to the working directory. `executable`: it is to be run (a hook); otherwise a file keeps the mode that it has. */
export type FileEdit = { readonly path: string; readonly bytes: Uint8Array; readonly executable?: true } | { readonly path: string; readonly remove: true }

/** Takes a written set of edits back. */
export type Undo = { undo(): Promise<void> }

export type Progress = { readonly step: string; readonly done: number; readonly total: number | undefined }

/** `snapshots: false`: snapshots are left out where nothing but the migrations is asked for; reading them takes longer than all the rest. */
export type HistoryOptions = { readonly snapshots?: boolean }

/** Content hash → bytes. Never needed for a right answer. */
export interface Cache {
  get(key: string): Promise<Uint8Array | undefined>
  /** Parts are kept one behind the other, as if they were one. */
  put(key: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void>
}

export interface Files {
  read(path: string): Promise<Uint8Array>
  exists(path: string): Promise<boolean>
  /** A path, absolute or however it was typed, as all others are told: relative to the working directory, with forward slashes. */
  place(path: string): string
  /** Paths of all files below a directory, relative to it, with forward slashes; none where there is no such directory. What begins with a dot is left out. */
  list(directory: string): Promise<readonly string[]>
  /** All or nothing, even if the process is killed in the middle. */
  write(edits: readonly FileEdit[]): Promise<Undo>
}

/** What git is in the middle of, with conflicts or without. */
export type Underway = {
  readonly kind: 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'other'
  /** The commit that is being brought in; absent where git does not say (`stash pop`, `am`). */
  readonly theirs?: string
}

export interface Git {
  /** The repository's root, or undefined outside one. */
  root(): Promise<string | undefined>
  /** The branch that is checked out; undefined where none is. */
  branch(): Promise<string | undefined>
  /** Whether the first commit is the second one, or one that it comes from. */
  isAncestor(commit: string, of: string): Promise<boolean>
  /** Undefined where nothing is underway. */
  underway(): Promise<Underway | undefined>
  /** Paths below `folder`, relative to it, that are in conflict in the index. */
  conflicts(folder: string): Promise<readonly string[]>
  /** A path as git calls it: from the repository's root. Throws `no-repository`. */
  fromRoot(path: string): Promise<string>
  /** What the clone's own configuration says; undefined where it says nothing. */
  setting(key: string): Promise<string | undefined>
  /** Writes into the clone's own configuration; undefined takes the key out. All that is ever written to git. */
  configure(key: string, value: string | undefined): Promise<void>
  /** Where git keeps a file of that name in its own directory, relative to the working directory. */
  ownPath(name: string): Promise<string>
  /** Paths below `folder` at `ref`, relative to it. */
  pathsAt(ref: string, folder: string): Promise<readonly string[]>
  /** The files below `folder` as one side of the conflicts in the index has them: 1 the base, 2 where one stands, 3 what comes in. Files without a conflict are all sides'. */
  stage(stage: 1 | 2 | 3, folder: string): Promise<readonly FolderFile[]>
  /** The tags whose names begin so, with the commits that they name. */
  tags(prefix: string): Promise<readonly { readonly name: string; readonly commit: string }[]>
  /** Paths below `folder` with the commit of this branch that (last) added them; a merge counts as one commit. */
  added(folder: string): Promise<readonly { readonly path: string; readonly commit: string }[]>
  /** Paths below `folder` with who (last) added them in the history of HEAD, merged branches too, and when; a renamed file is its first author's. */
  authors(folder: string): Promise<readonly { readonly path: string; readonly commit: string; readonly name: string; readonly when: Instant }[]>
  /** The commit a ref names, or undefined when there is no such ref. */
  resolve(ref: string): Promise<string | undefined>
  mergeBase(a: string, b: string): Promise<string | undefined>
  /** True where history is cut off (a shallow clone). */
  isShallow(): Promise<boolean>
  /** Files below `folder` at `ref`; `wanted` spares those whose path (below the folder) it does not want. */
  filesAt(ref: string, folder: string, wanted?: (path: string) => boolean): Promise<readonly FolderFile[]>
  /** What the next commit will hold: the files below `folder` as they are staged, and the paths among them (relative to it) that it adds, changes or removes. */
  staged(folder: string): Promise<{ readonly files: readonly FolderFile[]; readonly changed: readonly string[] }>
  /** Paths, relative to the working directory, that are not as at the commit: changed, added (untracked ones too) or removed; below `folder` alone, if it is given. */
  changedSince(commit: string, folder?: string): Promise<readonly string[]>
  /** Paths below `folder` that were changed after the commit that added them, with that commit and the last one. */
  editedAfterAdded(folder: string): Promise<readonly { readonly path: string; readonly added: string; readonly edited: string }[]>
}

/** Which migrations are judged; the others are what they stand on. */
export type Judging = {
  /** Only those that are absent at the merge base with this ref. */
  readonly since?: string
  /** Every one, landed or not. */
  readonly all: boolean
}

/** A text of SQL, and what it is called in messages; its lines are the file's. */
export type SourceScript = { readonly name: string; readonly sql: string }

/** A source as what makes it. */
export type SourceSql = {
  /** In the order in which they run in an empty database. What they take for granted (extensions, roles) must be there. */
  readonly scripts: readonly SourceScript[]
  /** The history that the scripts are, of a folder or a git ref. */
  readonly history?: History
  /** What of the source cannot be said as SQL, by name. */
  readonly unknown: readonly Unknown[]
  /** What is left out knowingly, in words for a report: the rows of a dump, psql's own commands. */
  readonly notes: readonly string[]
}

/** The snapshots that `drizzle-kit generate` starts from, by path below the folder: of a journal the newest one, of 1.0's folders all of them. */
export type Snapshots = { readonly layout: Layout; readonly texts: ReadonlyMap<string, string> }

/** What `drizzle-kit generate` would write; nothing of both where the schema is what the snapshots say. */
export type Generated = {
  readonly statements: readonly string[]
  /** What it asks first, in words: where something may be new or renamed, it writes nothing before it is told. There are no statements then. */
  readonly questions: readonly string[]
}

/** `shared`: also the cluster's objects: roles, and the database's own settings. */
export type PrintedOptions = { readonly shared?: boolean }

/** How to ask which version of the app is deployed. */
export type Question = { readonly url: string } | { readonly command: string }

export interface World {
  /** The Drizzle projects of the working directory, or the one that the flags chose. */
  projects(): Promise<readonly Project[]>
  history(at: SourceRef, options?: HistoryOptions): Promise<History>
  /**
   * The catalog of a source in memory: of what `sql` gives, replayed; of a database, read from the server (its ledger left out). What could not be taken into it does not stop the answer: `unknownIn` says it.
   */
  catalog(of: SourceRef): Promise<Catalog>
  /**
   * A source as SQL: the migrations of a folder, the text of a .sql file, what a snapshot or a TypeScript schema says. The last one runs the user's code, in a process of its own.
   * Throws `source-not-supported` for a live database, and what reading the source throws.
   */
  sql(of: SourceRef): Promise<SourceSql>
  /**
   * What the project's own drizzle-kit would generate behind these snapshots. Runs the user's code, in a process of its own; nothing is written in the project. Throws where no schema is named or it does not load,
   * where there is no drizzle-kit or one that cannot be asked, and where it refuses the snapshots.
   */
  generated(project: Project, behind: Snapshots): Promise<Generated>
  /** A live database's catalog as its own server prints it, Drizzle's ledger left out; kept while nothing in the database's catalog moves. Throws what connecting throws, and `source-not-supported` for another source. */
  printed(of: SourceRef, options?: PrintedOptions): Promise<PrintedCatalog>
  /** The fingerprint that `printed` would have, or another one where something is hidden from the user; only the hash leaves the server. Throws what `printed` throws. */
  fingerprint(of: SourceRef, options?: PrintedOptions): Promise<string>
  /** The databases of an environment with `tenants`: as the configuration lists them, or as its query answers. Undefined where it has none. `patience` as for `reader`. */
  tenants(environment: string, patience?: number): Promise<readonly string[] | undefined>
  /** What a catalog of this world lacks, by name: objects of a database that memory cannot hold, statements that it could not follow. An operation that answers from the catalog reports these. */
  unknownIn(catalog: Catalog): readonly Unknown[]
  ledger(of: SourceRef, history: History): Promise<Ledger>
  /** The text of a snapshot or another file of a folder's history. */
  snapshot(history: History, path: string): Promise<string>
  engine(need: EngineNeed): Promise<Engine>
  /** `patience`: milliseconds in which the connection must stand, and each statement be answered; a server that hangs is then left. */
  reader(of: SourceRef, patience?: number): Promise<Session>
  /** A connection that writes, to the server itself: it has no time limits. Throws `pooled-connection` where a pooler may serve each transaction by another backend. */
  writer(of: SourceRef): Promise<Session>
  readonly files: Files
  readonly git: Git
  /**
   * What the code below a directory does with the database; as it is there, or as it was at a commit. Nothing of it is run. `ask` is called once threads have begun
   * to read the code: what takes time to be known is found out meanwhile. Throws `no-directory`, and `no-repository` and `no-such-ref` for a commit.
   */
  code(root: string, ask: () => Promise<CodeQuestion>, commit?: string): Promise<CodeFacts>
  /**
   * What the project's TypeScript compiler says of the code below a directory when parts of its schema are gone, for each target, given as its parts. It runs in a process of its own, and
   * nothing of the code is run. What it could not be asked is in the notes.
   */
  types(root: string, targets: readonly (readonly Removal[])[]): Promise<readonly TypeEvidence[]>
  readonly cache: Cache
  /** What an app answers at its own address, or what a command of the configuration prints; `of` names the environment in messages. Throws `app-silent` (exit 3). */
  ask(question: Question, of: string): Promise<string>
  /** sha256 of a text, hex. */
  hash(text: string): string
  now(): Instant
  /** Who gives the command, as continuous integration or the machine calls him. */
  readonly actor: string | undefined
  /** Resolves when that many milliseconds have passed, or as soon as `until` settles; rejects when the user stops the run. */
  wait(milliseconds: number, until?: Promise<unknown>): Promise<void>
  readonly config: Config
  readonly judging: Judging
  /** All of standard input. */
  input(): Promise<string>
  progress(event: Progress): void
  /** Fires when the user stops the run. */
  readonly signal: AbortSignal
}
