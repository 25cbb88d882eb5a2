/** A TypeScript schema as the statements that the project's own drizzle-kit makes of it. The schema is the user's code and runs, in a process of its own: only where it is asked for. */
import { dirname } from 'node:path'
import { ToolError } from '../../model/error.ts'
import { failureOf } from './failure.ts'
import { schemaFiles } from './files.ts'
import { findKit, type Kit } from './kit.ts'
import { runSchema } from './run.ts'

export type SchemaPlace = {
  /** The working directory: paths go from it, and are shown so. */
  readonly cwd: string
  /** Where drizzle-kit is run and looked for; default: beside the first file. */
  readonly from?: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Milliseconds until a schema that does not end is stopped. */
  readonly patience?: number
}

/** What the Drizzle config says about the schema. */
export type SchemaConfig = { readonly casing?: string; readonly schemaFilter?: readonly string[] }

export type SchemaStatements = { readonly statements: readonly string[]; readonly kit: Pick<Kit, 'version'> }

const minute = 60_000

type Asked = { readonly patterns: readonly string[]; readonly place: SchemaPlace; readonly config: SchemaConfig; readonly since?: string }

const ask = async ({ patterns, place, config, since }: Asked): Promise<SchemaStatements> => {
  const { cwd, env, signal, patience = minute } = place
  const files = await schemaFiles(cwd, patterns)
  const from = place.from ?? dirname(files[0] ?? cwd)
  const kit = await findKit(from)
  if (since !== undefined && kit.isV1)
    throw new ToolError('drizzle-kit-not-known', `drizzle-kit ${kit.version} is not asked what it would generate.`, {
      help: '`drizzle-kit generate --explain` of 1.0 says it without writing anything.',
    })
  const task = {
    files,
    api: kit.api,
    ...(kit.isV1 && config.schemaFilter ? { schemas: config.schemaFilter } : {}),
    ...(config.casing === undefined ? {} : { casing: config.casing }),
    ...(since === undefined ? {} : { since }),
  }
  const outcome = await runSchema(task, { cwd: from, env, signal, patience })
  const { statements } = outcome
  if (!statements) throw failureOf(outcome, { cwd, version: kit.version, patience })
  return { statements, kit }
}

/**
 * The statements that make the schema in an empty database, as drizzle-kit orders them; `patterns` are those of the config's `schema`. `generate` of 0.x knows no
 * filter of schemas, so it is left out there. Throws `no-such-file`, `no-schema-files`, `no-drizzle-kit`, `drizzle-kit-not-known`; `schema-unreadable`,
 * `schema-invalid`, `schema-empty` and `schema-timeout` (exit 3).
 */
export const schemaStatements = async (patterns: readonly string[], place: SchemaPlace, config: SchemaConfig = {}): Promise<SchemaStatements> => {
  const asked = await ask({ patterns, place, config })
  if (asked.statements.length > 0) return asked
  throw new ToolError('schema-empty', `${patterns.join(', ')} exports no table, type or view of Drizzle for PostgreSQL.`, {
    help: 'Correct `schema` of the Drizzle config: only what its files export counts.',
    exit: 3,
  })
}

/** The statements that `drizzle-kit generate` would write behind that snapshot (its text); none where the schema is what the snapshot says. Throws as `schemaStatements`, but for `schema-empty`. */
export const schemaSince = (patterns: readonly string[], place: SchemaPlace, config: SchemaConfig, snapshot: string): Promise<SchemaStatements> =>
  ask({ patterns, place, config, since: snapshot })
