import type { PrintedCatalog } from './printed.ts'
import type { Session } from './session.ts'

/** Why an engine is wanted: `replay` is as fast as it can be, `measure` writes WAL and syncs as production does. */
export type EngineProfile = 'replay' | 'measure'

export type EngineNeed = {
  /** The major that answers as production does. Where there is none of it, another one answers and says so. */
  readonly major?: number
  readonly extensions: readonly string[]
  readonly profile: EngineProfile
  /** An engine that truly has the extensions is preferred to one that imitates or lacks them. */
  readonly genuine?: true
}

export type PrintOptions = {
  /** Tables that are left out, with what belongs to them: the ledger. */
  readonly exclude?: readonly { readonly schema: string; readonly table: string }[]
  /** The session's transaction is open and stays so. */
  readonly inTransaction?: boolean
}

/** A PostgreSQL that we start, or are given, for replay and proofs. Nothing in it outlives the run. */
export interface Engine extends AsyncDisposable {
  readonly name: 'embedded' | 'pglite' | 'server'
  /** `server_version_num`. */
  readonly version: number
  /** Extensions that the engine lacks and imitates: same names, no behaviour. Named in every report. */
  readonly stubbed: readonly string[]
  /** Extensions that were asked for and are neither there nor imitated. */
  readonly missing: readonly string[]
  /** What it cannot observe, in words for a report. */
  readonly caveats: readonly string[]
  /** A new database, empty or a copy of `template`; its name. */
  createDatabase(template?: string): Promise<string>
  dropDatabase(name: string): Promise<void>
  /** A connection to one of its databases. */
  session(database: string): Promise<Session>
  /** The catalog of a session's database, as this engine prints it. */
  print(session: Session, options?: PrintOptions): Promise<PrintedCatalog>
  /** The fingerprint that `print` would give; only the hash leaves the server. */
  fingerprint(session: Session, options?: PrintOptions): Promise<string>
  /** SQL as this engine can run it: options of imitated extensions taken out. The same on both sides of a comparison. */
  adapt(sql: string): string
  /**
   * A database in which `key`'s SQL has been run, from the cache if it can be: `fill` runs only when the cache has none. Each call is a new copy.
   */
  template(key: string, fill: (session: Session) => Promise<void>): Promise<string>
}
