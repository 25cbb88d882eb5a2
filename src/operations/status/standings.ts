/** Each database with all that there is to say of it: what was seen, what that means for every migration, and what the next deployment does. */
import { type Reconciliation, reconcile } from '../../drizzle/ledger.ts'
import { aged, type Drift, type Situation, situationOf, unseen } from '../../features/status/situation.ts'
import type { Project } from '../../model/config.ts'
import type { History, Ledger } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { baselineIn } from '../../sql/baseline.ts'
import { loadSql } from '../../sql/parser.ts'
import { readScript } from '../../sql/script.ts'
import { lookForDrift, type Pace } from './drifted.ts'
import type { Lane } from './lanes.ts'
import type { Seen, Sight, Unread } from './observe.ts'
import { type Deploy, predictor } from './predict.ts'

export type Standing = {
  readonly lane: Lane
  readonly situation: Situation
  readonly drift: Drift
  readonly seen?: Seen
  readonly unread?: Unread
  /** Undefined where nothing was seen, or too long ago. */
  readonly deploy?: Deploy
}

/** Whether the first migration is the comment that `drizzle-kit pull` writes; only a text with a comment in it is parsed. */
const isPulled = async ({ migrations }: History): Promise<boolean> => {
  if (!migrations[0]?.sql?.includes('/*')) return false
  await loadSql()
  return baselineIn(migrations.map(({ sql }) => readScript(sql ?? ''))) !== undefined
}

const notLookedAt: Drift = { state: 'not-looked-at' }

type Read = { readonly sight: Sight & { readonly seen: Seen }; readonly reconciliation: Reconciliation }

const isSeen = (sight: Sight): sight is Read['sight'] => sight.seen !== undefined

/** Ledgers that are the same to the last word are joined once: of a thousand tenants under 0.x most are. */
const joining = (history: History): ((ledger: Ledger) => Reconciliation) => {
  const known = new Map<string, Reconciliation>()
  return (ledger) => {
    const key = JSON.stringify(ledger)
    const joined = known.get(key) ?? reconcile(history, ledger)
    known.set(key, joined)
    return joined
  }
}

/** Joins what was seen with the folder. `drift`: the catalogs of databases that could be asked are compared, too. */
export const standingsOf = async (
  world: World,
  project: Project,
  history: History,
  sights: readonly Sight[],
  { drift, ...pace }: Pace & { readonly drift: boolean },
): Promise<readonly Standing[]> => {
  const pulled = await isPulled(history)
  const join = joining(history)
  const read = new Map(sights.filter(isSeen).map((sight): [Sight, Read] => [sight, { sight, reconciliation: join(sight.seen.ledger) }]))
  const live = [...read.values()].flatMap(({ sight: { lane, seen }, reconciliation }) => (seen.report ? [] : [{ lane, seen, reconciliation }]))
  const drifts = drift ? await lookForDrift(world, history, live, pace) : new Map<string, Drift>()
  const predict = predictor(world, project, history)
  const standing = async (sight: Sight): Promise<Standing> => {
    const found = read.get(sight)
    if (!found) return { ...sight, situation: unseen(history.migrations.map(({ tag }) => tag)), drift: notLookedAt }
    const { seen } = found.sight
    const seenDrift = seen.report?.drift ?? drifts.get(sight.lane.name) ?? notLookedAt
    if (seen.report?.isOld)
      return {
        ...sight,
        drift: seenDrift,
        situation: aged(situationOf(found.reconciliation, { blocked: new Set(), pulled, begun: seen.begun }, seenDrift)),
      }
    const deploy = await predict({ ledger: seen.ledger, begun: seen.begun, version: seen.version, reconciliation: found.reconciliation })
    return {
      ...sight,
      drift: seenDrift,
      deploy,
      situation: situationOf(found.reconciliation, { blocked: deploy.blocked, pulled, begun: seen.begun }, seenDrift),
    }
  }
  const standings: Standing[] = []
  for (const sight of sights) standings.push(await standing(sight))
  return standings
}
