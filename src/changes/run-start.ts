/** What a history takes for granted, made in the database that it will run in. */
import { runBaseline } from '../drizzle/run.ts'
import type { Engine } from '../model/engine.ts'
import { quoteIdentifier } from '../model/name.ts'
import type { Session } from '../model/session.ts'
import type { Script } from '../model/statement.ts'
import { type Baseline, baselineOn, isTakenAs } from './baseline.ts'
import { type Replay, replay } from './replay.ts'

/** What must be there before the first migration. */
export type Ground = {
  /** Statements that make what the migrations take for granted of their platform: run before all else. */
  readonly before?: readonly string[]
  readonly extensions: readonly string[]
  readonly roles: readonly string[]
}

/** Makes it. A role that is there already (another history in this engine) is left as it is. */
export const prepare = async (session: Session, { before = [], extensions, roles }: Ground): Promise<void> => {
  if (before.length > 0) await session.script(before.join(';\n'))
  const present = new Set((await session.query('SELECT rolname FROM pg_roles')).map(({ rolname }) => String(rolname)))
  for (const role of roles) if (!present.has(role)) await session.script(`CREATE ROLE ${quoteIdentifier(role)} NOLOGIN`)
  for (const extension of extensions) await session.script(`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(extension)}`)
}

/** A history as it will run: its scripts, its replay in memory, and what the database had before it. */
export type Standing = { readonly scripts: readonly Script[]; readonly replayed: Replay; readonly baseline?: Baseline }

const emptyScript: Script = { statements: [], faults: [], chunks: [] }

/** Makes the baseline. Where PostgreSQL takes less of it than memory, memory does without that too, and reads all migrations again. */
export const withBaseline = async (engine: Engine, session: Session, standing: Standing): Promise<Standing> => {
  const { baseline, replayed } = standing
  if (!baseline) return standing
  const scripts = [emptyScript, ...standing.scripts.slice(1)]
  const taken = await runBaseline(
    engine,
    session,
    baseline.steps.map(({ statement }) => statement),
    [...baseline.refused.keys()],
  )
  if (isTakenAs(taken, baseline)) return { scripts, replayed, baseline }
  const asTaken = baselineOn(baseline.on, baseline.commented, taken)
  return { scripts, replayed: replay(scripts, asTaken.catalog), baseline: asTaken }
}
