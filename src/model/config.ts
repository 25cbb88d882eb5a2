/** `pgstrata.config.ts`, all optional (reference/config in the docs). */
import type { Severity } from './finding.ts'
import type { Facet } from './printed.ts'

/** Where a secret comes from: never a literal. */
export type Secret = { readonly from: 'env'; readonly name: string } | { readonly from: 'command'; readonly command: string }

export type EnvironmentConfig = {
  readonly url: Secret
  readonly protected?: boolean
  readonly tenants?: readonly string[] | { readonly query: string }
  readonly ledger?: { readonly schema: string; readonly table: string }
  /** Where `status` finds what `report --env` has written of it. Default: .pgstrata/environments/NAME.json. */
  readonly report?: string
  readonly app?: AppConfig
}

/** Where it is known from which version of the app is deployed: a commit, a tag or another ref of git. */
export type AppConfig =
  /** An address that answers it, as text or as JSON; `path`: where in the JSON, `build.commit`. */
  | { readonly url: string; readonly path?: string }
  /** A command that prints it. */
  | { readonly command: string }
  /** Sessions of the database that call themselves `api@VERSION`. */
  | { readonly applicationName: true }
  /** It is written here. */
  | { readonly version: string }

/** How pending files are grouped into transactions: all in one (Drizzle's migrator), each in its own, or none. */
export type Runner = 'drizzle' | 'per-file' | 'none'

/** How the versions of a schema are numbered. */
export type VersionConfig = {
  /** The version that the first migration makes, `7.3.0`: numbering goes on there after the folder was squashed. 1.0.0 where it is absent. */
  readonly baseline?: string
  /** What the names of git tags begin with that mark releases: `schema-v` makes `schema-v1.2.0`. */
  readonly tagPrefix?: string
  /** Whether `migrate` notes versions, times and users in `pgstrata.schema_versions`; it does unless this is false. */
  readonly record?: boolean
}

export type Config = {
  readonly projects?: { readonly [name: string]: { readonly drizzle: string; readonly version?: VersionConfig } }
  readonly environments?: { readonly [name: string]: EnvironmentConfig }
  readonly engine?: 'auto' | 'embedded' | 'pglite' | { readonly url: string }
  readonly postgres?: 14 | 15 | 16 | 17 | 18
  readonly runner?: Runner
  readonly landed?: string
  readonly policy?: {
    readonly preset?: 'recommended' | 'strict' | 'taste'
    readonly rules?: { readonly [id: string]: Severity | 'off' }
    readonly tables?: { readonly [name: string]: { readonly traffic?: 'high'; readonly rules?: { readonly [id: string]: Severity | 'off' } } }
    readonly approvals?: { readonly [level in 'low' | 'medium' | 'high' | 'critical']?: number }
    readonly deprecation?: { readonly days: number }
  }
  readonly drift?: {
    readonly facets?: readonly Facet[]
    readonly exclude?: readonly string[]
    readonly preset?: 'rds' | 'supabase' | 'neon'
    readonly accepted?: string
  }
  /** For all projects; what a project says of itself goes first. */
  readonly version?: VersionConfig
  readonly docs?: { readonly folder?: string; readonly existing?: 'keep' | 'consolidate' | 'archive' }
}

/** A Drizzle project: what its config says, read without running it where that is possible. */
export type Project = {
  readonly name: string
  /** The Drizzle config, or undefined when `--folder` named a folder. */
  readonly config?: string
  /** Absolute or relative to the working directory. */
  readonly folder: string
  readonly schema: readonly string[]
  readonly ledger: { readonly schema: string; readonly table: string }
  readonly schemaFilter?: readonly string[]
  readonly tablesFilter?: readonly string[]
  readonly casing?: 'snake_case' | 'camelCase'
  readonly entities?: { readonly roles?: boolean | { readonly provider?: string; readonly include?: readonly string[]; readonly exclude?: readonly string[] } }
  readonly breakpoints: boolean
  readonly prefix: 'index' | 'timestamp' | 'unix' | 'supabase' | 'none'
  /** How the config was read: run, read statically because it could not be run, or none. */
  readonly read: 'run' | 'static' | 'none'
  readonly notes: readonly string[]
}

/** What is said of a project's versions; what it says of itself goes before what is said for all. */
export const versionConfigOf = (config: Config, project: Pick<Project, 'name'> | undefined): VersionConfig => ({
  ...config.version,
  ...(project && config.projects?.[project.name]?.version),
})
