/** What `doctor --write` does to one folder, before anything is rebuilt: this much is known without a replay. */
import { ledgerTimesSql, type MovedTime } from '../../drizzle/ledger-times.ts'
import { lacksFields } from '../../drizzle/snapshot-lacks.ts'
import { type Chain, mendedChain } from '../../features/mend/chain.ts'
import { obstaclesIn } from '../../features/mend/obstacles.ts'
import { mendedTimes } from '../../features/mend/times.ts'
import type { Project } from '../../model/config.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { snapshotId } from '../follow-up.ts'

export type Moved = MovedTime & { readonly index: number }

export type Mending = {
  readonly project: Project
  readonly history: History
  /** Why nothing can be mended. */
  readonly obstacles: readonly string[]
  readonly chain: Chain
  /** Migrations whose snapshots lack what drizzle-kit 1.0 wants. */
  readonly lacking: readonly number[]
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

const lackingIn = async (world: World, history: History): Promise<readonly number[]> => {
  const lacking: number[] = []
  if (history.layout === 'folders') return lacking
  for (const { snapshot, index } of history.migrations) if (snapshot && lacksFields(await world.snapshot(history, snapshot.path))) lacking.push(index)
  return lacking
}

const none: Chain = { relinked: [], missing: [] }

export const mendingOf = async (world: World, project: Project, history: History): Promise<Mending> => {
  const obstacles = obstaclesIn(history)
  if (obstacles.length > 0) return { project, history, obstacles, chain: none, lacking: [], moved: [], ledgerSql: undefined }
  const moved = movedTimes(history)
  const all = history.migrations.map(({ hash, when }) => ({ hash: hash ?? '', when }))
  return {
    project,
    history,
    obstacles,
    chain: mendedChain(history, (text) => snapshotId(world, text)),
    lacking: await lackingIn(world, history),
    moved,
    ledgerSql: moved.length > 0 ? ledgerTimesSql(history.ledger, moved, all) : undefined,
  }
}

export const isNeeded = ({ chain, lacking, moved }: Mending): boolean => chain.missing.length + chain.relinked.length + lacking.length + moved.length > 0
