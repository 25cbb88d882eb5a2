/** Where each environment stands in the folder, as its own ledger says. One that cannot be read is unknown, with the reason. */
import { type Reconciliation, reconcile } from '../../drizzle/ledger.ts'
import type { LaneState } from '../../features/timeline/picture.ts'
import type { Config } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { History } from '../../model/history.ts'
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
  readonly observedAt: Instant
  /** Why nothing is known. */
  readonly unknown?: { readonly why: string; readonly help: string | undefined }
}

const atOnce = 8

const cellsOf = ({ migrations }: Reconciliation): readonly LaneState[] => {
  const lastApplied = migrations.findLastIndex(({ row }) => row !== undefined)
  return migrations.map(({ state }, at) => (state === 'applied-edited' ? 'edited' : state === 'pending' && at < lastApplied ? 'out-of-order' : state))
}

const unread = (source: EnvironmentSource, history: History, observedAt: Instant, why: string, help: string | undefined): Environment => ({
  source,
  name: displaySource(source),
  cells: history.migrations.map(() => 'unknown'),
  prefix: 0,
  beyond: 0,
  orphans: 0,
  observedAt,
  unknown: { why, help },
})

const environmentOf = async (world: World, history: History, source: EnvironmentSource): Promise<Environment> => {
  if (source.tenant === undefined && world.config.environments?.[source.name]?.tenants !== undefined)
    return unread(source, history, world.now(), 'it has many databases', `Name one: --environments=${source.name}/TENANT`)
  try {
    const found = reconcile(history, await world.ledger(source, history))
    return {
      source,
      name: displaySource(source),
      cells: cellsOf(found),
      prefix: found.prefix,
      beyond: found.outOfOrder,
      orphans: found.state === 'baseline' ? 0 : found.unknown.length,
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
