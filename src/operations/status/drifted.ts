/** Whether the catalog of a database is what its applied migrations make. */
import type { Reconciliation } from '../../drizzle/ledger.ts'
import type { Acceptance } from '../../features/drift/accepted.ts'
import { type Drift, ledgerKey } from '../../features/status/situation.ts'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { History } from '../../model/history.ts'
import type { SourceRef } from '../../model/source.ts'
import type { World } from '../../model/world.ts'
import { compareFleet } from '../drift/fleet.ts'
import { judgeFleet } from '../drift/fleet-report.ts'
import type { Judged } from '../drift/judge.ts'
import { compareSources, judgeCompared, readAcceptedFile } from '../drift/run.ts'
import { pooled } from '../pool.ts'
import type { Lane } from './lanes.ts'
import { look, type Seen } from './observe.ts'

export type Subject = { readonly lane: Lane; readonly seen: Seen; readonly reconciliation: Reconciliation }

export type Pace = { readonly concurrency: number; readonly patience: number }

const unknown = (why: string): Drift => ({ state: 'unknown', why })

/** The last migration of the part of the folder that the database has run, if that is all that it has run. */
const expectedOf = (
  history: History,
  { seen: { begun = [] }, reconciliation: { migrations, unknown: rows, squashed, prefix, outOfOrder } }: Subject,
): { readonly upTo: string } | Drift => {
  const [half] = begun
  if (half) return unknown(`${half.direction === 'rollback' ? `The rollback of ${half.migration}` : half.migration} has begun and not ended.`)
  if (rows.length > squashed.length) return unknown('Rows without a file have done what the folder does not say.')
  if (migrations.some(({ state }) => state === 'applied-edited')) return unknown('A file was edited after it was applied: what was run is not in the folder.')
  if (outOfOrder > 0) return unknown('Migrations are applied beyond a hole: no state of the folder has just these.')
  const last = history.migrations[prefix - 1]
  return last ? { upTo: last.tag } : unknown('No migration is applied that could say what should be there.')
}

/** What was accepted between the folder and an environment holds for a part of the folder too: each is accepted by both definitions. */
const forPart = (accepted: readonly Acceptance[], upTo: string | undefined): readonly Acceptance[] =>
  accepted.map((each) =>
    upTo !== undefined && each.between.startsWith('folder →') ? { ...each, between: each.between.replace('folder', `folder@${upTo}`) } : each,
  )

const driftOf = (judged: readonly Judged[], doubts: readonly { readonly what: string; readonly why: string }[]): Drift => {
  const open = judged.filter(({ accepted }) => !accepted).length
  const [doubt] = doubts
  if (open > 0) return { state: 'drifted', differences: open }
  return doubt ? unknown(`${doubt.what}: ${doubt.why}`) : { state: 'none' }
}

const usual = { include: [], exclude: [], facets: undefined } as const

const ofOne = async (world: World, folder: SourceRef, lane: Lane, accepted: readonly Acceptance[]): Promise<Drift> => {
  const compared = await compareSources(world, [folder, lane.source], usual)
  const { judged } = await judgeCompared(world, compared, accepted)
  return driftOf(judged, compared.comparison.unknown)
}

/** The environment as if it had these tenants alone. */
const ofTenants = async (
  world: World,
  folder: SourceRef,
  lanes: readonly Lane[],
  accepted: readonly Acceptance[],
  concurrency: number,
): Promise<ReadonlyMap<string, Drift>> => {
  const tenants = lanes.flatMap(({ tenant }) => tenant ?? [])
  const environment = lanes[0]?.environment ?? ''
  const fleet = await compareFleet({ ...world, tenants: async () => tenants }, folder, environment, { ...usual, shard: undefined, concurrency })
  const { groups } = await judgeFleet(world, fleet, accepted, undefined)
  const judged = (tenant: string): readonly Judged[] => groups.find((group) => group.tenants.includes(tenant))?.differences ?? []
  const told = (fleet.read?.told ?? []).flatMap(({ tenants: alike, comparison }) =>
    alike.map((tenant): readonly [string, Drift] => [tenant, driftOf(judged(tenant), comparison.unknown)]),
  )
  return new Map([...fleet.unread.map(({ tenant, why }): readonly [string, Drift] => [tenant, unknown(why)]), ...told])
}

/** The drift of those that end at one migration; what stops the comparison makes it unknown. */
const ofGroup = async (
  world: World,
  history: History,
  lanes: readonly Lane[],
  upTo: string,
  concurrency: number,
): Promise<readonly (readonly [string, Drift])[]> => {
  const part = upTo === history.migrations.at(-1)?.tag ? undefined : upTo
  const folder: SourceRef = { type: 'folder', path: history.folder, ...(part === undefined ? {} : { upTo: part }) }
  try {
    const accepted = forPart(await readAcceptedFile(world), part)
    const [first] = lanes
    if (first && first.tenant === undefined) return [[first.name, await ofOne(world, folder, first, accepted)]]
    const found = await ofTenants(world, folder, lanes, accepted, concurrency)
    return lanes.map(({ name, tenant }) => [name, found.get(tenant ?? '') ?? unknown('It was not read.')])
  } catch (error) {
    if (!(error instanceof ToolError || error instanceof PostgresRefusal)) throw error
    return lanes.map(({ name }) => [name, unknown(error.message)])
  }
}

/** What is not as it was when the ledger was read is no drift: somebody may have migrated it between the two readings. */
const stillDrifted = async (world: World, { lane, seen }: Subject, drift: Drift, patience: number): Promise<Drift> => {
  if (drift.state !== 'drifted') return drift
  const { seen: now, unread } = await look(world, lane, patience)
  if (!now) return unknown(`Whether it was migrated while it was looked at cannot be said. ${unread?.why ?? ''}`.trim())
  return standKey(now) === standKey(seen) ? drift : unknown('It was migrated while it was looked at.')
}

const standKey = ({ ledger, begun }: Seen): string => JSON.stringify([ledgerKey(ledger), begun])

/** The drift of each database, by the names of the lanes. Databases that have run the same part of the folder are compared together. */
export const lookForDrift = async (
  world: World,
  history: History,
  subjects: readonly Subject[],
  { concurrency, patience }: Pace,
): Promise<ReadonlyMap<string, Drift>> => {
  const found = new Map<string, Drift>()
  const groups = new Map<string, { readonly upTo: string; readonly lanes: Lane[] }>()
  for (const subject of subjects) {
    const { lane } = subject
    const expected = expectedOf(history, subject)
    if (!('upTo' in expected)) {
      found.set(lane.name, expected)
      continue
    }
    const key = JSON.stringify([lane.tenant === undefined ? lane.name : lane.environment, expected.upTo])
    const group = groups.get(key)
    if (group) group.lanes.push(lane)
    else groups.set(key, { upTo: expected.upTo, lanes: [lane] })
  }
  // One after the other: each builds its part of the folder in an engine, and reads many databases itself.
  for (const { lanes, upTo } of groups.values()) for (const [name, drift] of await ofGroup(world, history, lanes, upTo, concurrency)) found.set(name, drift)
  const told = await pooled(subjects, concurrency, world.signal, async (subject): Promise<readonly [string, Drift]> => {
    const { name } = subject.lane
    return [name, await stillDrifted(world, subject, found.get(name) ?? unknown('It was not read.'), patience)]
  })
  return new Map(told)
}
