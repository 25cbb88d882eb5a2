/** Where each environment stands in the folder, as its own ledger says. One that cannot be read is unknown, with the reason. */
import { type Reconciliation, readLedger, reconcile } from '../../drizzle/ledger.ts'
import { progressSeen } from '../../features/migrate/progress.ts'
import type { Begun } from '../../features/status/situation.ts'
import type { LaneState } from '../../features/timeline/picture.ts'
import type { Config } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { History, Ledger } from '../../model/history.ts'
import type { SourceRef } from '../../model/source.ts'
import type { Instant, World } from '../../model/world.ts'
import { pooled } from '../pool.ts'
import { displaySource, parseSource } from '../source-ref.ts'

export type EnvironmentSource = Extract<SourceRef, { readonly type: 'environment' }>

export type Environment = {
  readonly source: EnvironmentSource
  readonly name: string
  /** By the position of the migration. */
  readonly cells: readonly LaneState[]
  /** How many migrations from the first one on are applied. */
  readonly prefix: number
  /** How many are applied beyond a hole. */
  readonly beyond: number
  /** Rows of the ledger that no file explains, and that are not from before a squash. */
  readonly orphans: number
  /** What our own runs have begun there and not finished; undefined where that may not be read. */
  readonly begun: readonly Begun[] | undefined
  readonly observedAt: Instant
  /** Why nothing is known. */
  readonly unknown?: { readonly why: string; readonly help: string | undefined }
}

export const atOnce = 8

/** Milliseconds for a connection to stand, and for each answer. */
export const patience = 5_000

/** What has begun and is not finished is neither applied nor pending. */
const cellsOf = ({ migrations }: Reconciliation, begun: readonly Begun[]): readonly LaneState[] => {
  const lastApplied = migrations.findLastIndex(({ row }) => row !== undefined)
  const halfDone = new Set(begun.map(({ migration }) => migration))
  return migrations.map(({ state, migration }, at) => {
    if (halfDone.has(migration.tag)) return 'unknown'
    if (state === 'applied-edited') return 'edited'
    return state === 'pending' && at < lastApplied ? 'out-of-order' : state
  })
}

const unread = (source: EnvironmentSource, history: History, observedAt: Instant, why: string, help: string | undefined): Environment => ({
  source,
  name: displaySource(source),
  cells: history.migrations.map(() => 'unknown'),
  prefix: 0,
  beyond: 0,
  orphans: 0,
  begun: undefined,
  observedAt,
  unknown: { why, help },
})

type Read = { readonly ledger: Ledger; readonly begun: readonly Begun[] | undefined }

/** The ledger, and what has begun and is not in it yet, or still is: both over one connection. */
const read = async (world: World, history: History, source: EnvironmentSource): Promise<Read> => {
  await using session = await world.reader(source, patience)
  const ledger = await readLedger(session, world.config.environments?.[source.name]?.ledger ?? history.ledger)
  const begun = (await progressSeen(session, ledger.name))?.map(({ tag, direction, statements }): Begun => ({ migration: tag, direction, statements }))
  return { ledger, begun }
}

const environmentOf = async (world: World, history: History, source: EnvironmentSource): Promise<Environment> => {
  if (source.tenant === undefined && world.config.environments?.[source.name]?.tenants !== undefined)
    return unread(source, history, world.now(), 'it has many databases', `Name one: --environments=${source.name}/TENANT`)
  try {
    const { ledger, begun } = await read(world, history, source)
    const found = reconcile(history, ledger)
    return {
      source,
      name: displaySource(source),
      cells: cellsOf(found, begun ?? []),
      prefix: found.prefix,
      beyond: found.outOfOrder,
      orphans: found.state === 'baseline' ? 0 : found.unknown.length,
      begun,
      observedAt: world.now(),
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return unread(source, history, world.now(), error.message, error.help)
  }
}

const noEnvironments = (): ToolError =>
  new ToolError('no-environments', 'The configuration names no environment.', {
    help: 'Name one in pgstrata.config.ts: environments: { production: { url: env("DATABASE_URL") } }; the timeline of the folder needs none.',
  })

/** Protected ones first, then as the configuration has them. */
const all = ({ environments = {} }: Config): readonly string[] =>
  Object.keys(environments).toSorted((a, b) => Number(isProtected(environments, b)) - Number(isProtected(environments, a)))

const isProtected = (environments: NonNullable<Config['environments']>, name: string): boolean => environments[name]?.protected ?? name === 'production'

/** `all`, or names by comma. Throws `no-environments`, `no-such-environment`. */
export const chosenEnvironments = (config: Config, chosen: string): readonly EnvironmentSource[] => {
  const known = all(config)
  if (known.length === 0) throw noEnvironments()
  const names = chosen === 'all' ? known : chosen.split(',').map((name) => name.trim())
  return names.map((name) => {
    const source = name === '' ? undefined : parseSource(name, config)
    if (source?.type === 'environment') return source
    throw new ToolError('no-such-environment', `There is no environment ${JSON.stringify(name)} in the configuration.`, {
      help: `Environments: ${known.join(', ')}.`,
    })
  })
}

export const readEnvironments = (world: World, history: History, sources: readonly EnvironmentSource[]): Promise<readonly Environment[]> =>
  pooled(sources, atOnce, world.signal, (source) => environmentOf(world, history, source))
