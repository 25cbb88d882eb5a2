/** A TypeScript schema as the statements that the project's own drizzle-kit makes of it. The schema is the user's code and runs, in a process of its own: only where it is asked for. */
import { dirname } from 'node:path'
import { ToolError } from '../../model/error.ts'
import type { Generated, Snapshots } from '../../model/world.ts'
import { laidOut } from '../laid-out.ts'
import { failureOf } from './failure.ts'
import { schemaFiles } from './files.ts'
import { anyRename, asGlob, generatedOf } from './generate.ts'
import { findKit, type Kit } from './kit.ts'
import { type Outcome, runSchema, type Task } from './run.ts'

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

/** A schema's files, the drizzle-kit that reads them, and the process in which it does. */
type Loaded = {
  readonly files: readonly string[]
  readonly kit: Kit
  readonly run: (more?: Partial<Task>) => Promise<Outcome>
  readonly failure: (outcome: Outcome) => ToolError
}

const load = async (patterns: readonly string[], { cwd, from, env, signal, patience = minute }: SchemaPlace): Promise<Loaded> => {
  const files = await schemaFiles(cwd, patterns)
  const directory = from ?? dirname(files[0] ?? cwd)
  const kit = await findKit(directory)
  return {
    files,
    kit,
    run: (more) => runSchema({ files, api: kit.api, ...more }, { cwd: directory, env, signal, patience }),
    failure: (outcome) => failureOf(outcome, { cwd, version: kit.version, patience }),
  }
}

const casingOf = ({ casing }: SchemaConfig): Partial<Task> => (casing === undefined ? {} : { casing })

/**
 * The statements that make the schema in an empty database, as drizzle-kit orders them; `patterns` are those of the config's `schema`. `generate` of 0.x knows no
 * filter of schemas, so it is left out there. Throws `no-such-file`, `no-schema-files`, `no-drizzle-kit`, `drizzle-kit-not-known`; `schema-unreadable`,
 * `schema-invalid`, `schema-empty` and `schema-timeout` (exit 3).
 */
export const schemaStatements = async (patterns: readonly string[], place: SchemaPlace, config: SchemaConfig = {}): Promise<SchemaStatements> => {
  const { kit, run, failure } = await load(patterns, place)
  const outcome = await run({ ...casingOf(config), ...(kit.isV1 && config.schemaFilter ? { schemas: config.schemaFilter } : {}) })
  const { statements } = outcome
  if (!statements) throw failure(outcome)
  if (statements.length > 0) return { statements, kit }
  throw new ToolError('schema-empty', `${patterns.join(', ')} exports no table, type or view of Drizzle for PostgreSQL.`, {
    help: 'Correct `schema` of the Drizzle config: only what its files export counts.',
    exit: 3,
  })
}

/** 0.x asks what is new and what renamed, and refuses where nobody can answer. */
const asksBack = ({ error }: Outcome): boolean => error !== undefined && /interactive prompts/i.test(error.message)

/** 0.x: the difference to the newest snapshot. */
const behindJournal = async ({ run, failure }: Loaded, config: SchemaConfig, snapshots: ReadonlyMap<string, string>): Promise<Generated> => {
  const outcome = await run({ ...casingOf(config), since: [...snapshots.values()].at(-1) ?? '{}' })
  if (asksBack(outcome)) return { statements: [], questions: [anyRename] }
  if (!outcome.statements) throw failure(outcome)
  return { statements: outcome.statements, questions: [] }
}

/** Of a schema that it refuses 1.0's `generate` says nothing; the programming interface has words. */
const unanswered = async ({ run, failure }: Loaded, outcome: Outcome): Promise<ToolError> => {
  const { at, error, timedOut, twice } = outcome
  if (at !== '' || error || timedOut || twice) return failure(outcome)
  const again = await run()
  return failure(again.statements ? outcome : again)
}

/** 1.0: `generate` itself. Its programming interface starts from one end only, sees no conflict, and is another one in each candidate. */
const behindFolders = async (loaded: Loaded, snapshots: ReadonlyMap<string, string>): Promise<Generated> => {
  const { generator, version } = loaded.kit
  if (generator === undefined)
    throw new ToolError('drizzle-kit-not-known', `drizzle-kit ${version} cannot be asked what it would generate.`, { help: '1.0.0-rc.4 and later can.' })
  const files = [...snapshots].map(([path, text]) => ({ path, text }))
  return laidOut('pgstrata-generate-', files, async (out) => {
    const outcome = await loaded.run({ generate: { module: generator, schema: loaded.files.map(asGlob), out } })
    if (outcome.answer === undefined) throw await unanswered(loaded, outcome)
    return await generatedOf(outcome.answer, version)
  })
}

const otherLayout = ({ isV1, version }: Kit): ToolError =>
  new ToolError('drizzle-kit-other-layout', `drizzle-kit ${version} ${isV1 ? 'takes no folder with a journal' : 'knows only folders with a journal'}.`, {
    help: isV1 ? '`drizzle-kit up` makes it one folder per migration.' : 'Install the drizzle-kit that has written the folder: 1.0.',
  })

/**
 * What `drizzle-kit generate` would write behind those snapshots. Nothing is written in the project. Throws as `schemaStatements`, but for `schema-empty`; `drizzle-kit-not-known` for
 * betas of 1.0, `drizzle-kit-other-layout` where the folder is not of the installed version, `drizzle-kit-refuses` (exit 3) where it refuses the snapshots.
 */
export const schemaGenerated = async (
  patterns: readonly string[],
  place: SchemaPlace,
  config: SchemaConfig,
  { layout, texts }: Snapshots,
): Promise<Generated> => {
  const loaded = await load(patterns, place)
  if (loaded.kit.isV1 !== (layout === 'folders')) throw otherLayout(loaded.kit)
  return loaded.kit.isV1 ? behindFolders(loaded, texts) : behindJournal(loaded, config, texts)
}
