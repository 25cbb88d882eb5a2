/** What `doctor --write` does to one folder, before anything is rebuilt: this much is known without a replay. */
import { ledgerTimesSql, type MovedTime } from '../../drizzle/ledger-times.ts'
import { identityFrom } from '../../drizzle/snapshot.ts'
import { treeOf } from '../../drizzle/snapshot-json.ts'
import { bareTexts, lacksFields, mayHaveBareTexts } from '../../drizzle/snapshot-lacks.ts'
import { type Chain, mendedChain } from '../../features/mend/chain.ts'
import { obstaclesIn } from '../../features/mend/obstacles.ts'
import { mendedTimes } from '../../features/mend/times.ts'
import type { Project } from '../../model/config.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'

export type Moved = MovedTime & { readonly index: number }

export type Mending = {
  readonly project: Project
  readonly history: History
  /** Why nothing can be mended. */
  readonly obstacles: readonly string[]
  readonly chain: Chain
  /** Migrations whose snapshots lack what drizzle-kit 1.0 wants. */
  readonly lacking: readonly number[]
  /** Defaults that are no JSON and stay, as the newest snapshot has them. */
  readonly kept: ReadonlySet<string>
  readonly moved: readonly Moved[]
  /** What databases need that have run the migrations which move. */
  readonly ledgerSql: string | undefined
}

const movedTimes = ({ layout, migrations }: History): readonly Moved[] => {
  if (layout === 'folders') return []
  const times = mendedTimes(migrations.map(({ when }) => when))
  return migrations.flatMap(({ tag, hash, when, index }) => {
    const becomes = times[index] ?? when
    return becomes === when ? [] : [{ index, tag, hash: hash ?? '', was: when, becomes }]
  })
}

/** Snapshots of a journal that drizzle-kit 1.0 stumbles over, and what stays in them all the same. */
const lackingIn = async (world: World, history: History): Promise<Pick<Mending, 'lacking' | 'kept'>> => {
  const snapshots = history.layout === 'folders' ? [] : history.migrations.flatMap(({ snapshot, index }) => (snapshot ? [{ path: snapshot.path, index }] : []))
  const newest = snapshots.at(-1)
  const kept = newest ? bareTexts(treeOf(await world.snapshot(history, newest.path))) : new Set<string>()
  const lacking: number[] = []
  for (const { path, index } of snapshots) {
    const text = await world.snapshot(history, path)
    const isBare = (): boolean => mayHaveBareTexts(text) && [...bareTexts(treeOf(text))].some((each) => !kept.has(each))
    if (lacksFields(text) || isBare()) lacking.push(index)
  }
  return { lacking, kept }
}

const none: Chain = { relinked: [], missing: [] }

export const mendingOf = async (world: World, project: Project, history: History): Promise<Mending> => {
  const obstacles = obstaclesIn(history)
  if (obstacles.length > 0) return { project, history, obstacles, chain: none, lacking: [], kept: new Set(), moved: [], ledgerSql: undefined }
  const moved = movedTimes(history)
  const all = history.migrations.map(({ hash, when }) => ({ hash: hash ?? '', when }))
  return {
    project,
    history,
    obstacles,
    chain: mendedChain(history, (text) => identityFrom(world.hash(text))),
    ...(await lackingIn(world, history)),
    moved,
    ledgerSql: moved.length > 0 ? ledgerTimesSql(history.ledger, moved, all) : undefined,
  }
}

export const isNeeded = ({ chain, lacking, moved }: Mending): boolean => chain.missing.length + chain.relinked.length + lacking.length + moved.length > 0
