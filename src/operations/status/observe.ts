/** Every database is asked for its ledger, many at once, and none for long; where one cannot be asked, what CI has seen of it is evidence. */
import { readLedger } from '../../drizzle/ledger.ts'
import { progressSeen, type Unfinished } from '../../features/migrate/progress.ts'
import { withRecorded } from '../../features/schema-versions.ts'
import { type Evidence, readEvidence, type Sighted } from '../../features/status/evidence.ts'
import type { Begun, Drift } from '../../features/status/situation.ts'
import { PostgresRefusal, refusalText, ToolError } from '../../model/error.ts'
import type { History, Ledger, LedgerName } from '../../model/history.ts'
import type { Instant, World } from '../../model/world.ts'
import { once } from '../once.ts'
import { pooled } from '../pool.ts'
import { type Lane, laneOf, type Wanted } from './lanes.ts'

/** What was seen of a database. */
export type Seen = {
  readonly ledger: Ledger
  /** Undefined where that may not be read. */
  readonly begun: readonly Begun[] | undefined
  /** `server_version_num`. */
  readonly version: number
  readonly observedAt: Instant
  /** Undefined: by ourselves, just now. */
  readonly report?: { readonly path: string; readonly isOld: boolean; readonly by?: string; readonly commit?: string; readonly drift: Drift }
}

/** Why a database was not asked. */
export type Unread = { readonly why: string; readonly help?: string }

/** A lane, and what there is to say of it: what was seen, why it was not asked, or both where there is evidence. */
export type Sight = { readonly lane: Lane; readonly seen?: Seen; readonly unread?: Unread }

export type Patience = {
  /** Milliseconds for a connection to stand, and for each answer. */
  readonly patience: number
  /** How many are asked at a time. */
  readonly concurrency: number
}

export type ObserveOptions = Patience & {
  /** Milliseconds after which what was seen counts no more. */
  readonly maxAge: number
}

/** Where `report --env` writes to and `status` reads from. */
export const evidencePath = ({ config }: Pick<World, 'config'>, environment: string): string =>
  config.environments?.[environment]?.report ?? `.pgstrata/environments/${environment}.json`

/** What a server refuses is its affair (a standby, a table of an older release): it is unknown, and the others are told. Throws what is a bug. */
const unreadOf = (error: unknown): Unread => {
  if (error instanceof PostgresRefusal) return { why: `PostgreSQL refuses to be read: ${refusalText(error)}.` }
  if (!(error instanceof ToolError)) throw error
  return { why: error.message, ...(error.help === undefined ? {} : { help: error.help }) }
}

const begunOf = ({ tag, direction, statements, hash, text }: Unfinished): Begun => ({
  migration: tag,
  direction,
  statements,
  hash,
  ...(text === undefined ? {} : { kept: true }),
})

/** Reads one ledger over a connection that is closed at once. */
const read = async (world: World, lane: Lane, patience: number): Promise<Sight> => {
  await using session = await world.reader(lane.source, patience)
  const ledger = await withRecorded(session, await readLedger(session, lane.ledger))
  const begun = (await progressSeen(session, lane.ledger))?.map(begunOf)
  return { lane, seen: { ledger, begun, version: session.version, observedAt: world.now() } }
}

const tries = 4
const pause = 250

/** A server without a free connection is asked again in a moment: it may be ourselves who have them. */
export const look = async (world: World, lane: Lane, patience: number, attempt = 1): Promise<Sight> => {
  try {
    return await read(world, lane, patience)
  } catch (error) {
    world.signal.throwIfAborted()
    if (!(error instanceof ToolError) || error.code !== 'too-many-connections' || attempt === tries) return { lane, unread: unreadOf(error) }
    await world.wait(pause * attempt)
    return look(world, lane, patience, attempt + 1)
  }
}

type Lanes = readonly Lane[] | { readonly lane: Lane; readonly unread: Unread }

/** The databases of an environment; where they cannot be listed, the environment is one that was not asked. */
const lanesOf = async (world: World, history: History, { environment, tenant }: Wanted, patience: number): Promise<Lanes> => {
  const own = laneOf(world.config, history, environment, tenant)
  if (tenant !== undefined || !world.config.environments?.[environment]?.tenants) return [own]
  try {
    const tenants = [...new Set(await world.tenants(environment, patience))].toSorted()
    // An environment without a database would not be seen at all.
    if (tenants.length === 0)
      return { lane: own, unread: { why: 'It has no tenants.', help: `Check environments.${environment}.tenants in the configuration.` } }
    if (tenants.some((each) => each.trim() === ''))
      return { lane: own, unread: { why: 'One of its tenants has an empty name.', help: `Check environments.${environment}.tenants in the configuration.` } }
    return tenants.map((each) => laneOf(world.config, history, environment, each))
  } catch (error) {
    world.signal.throwIfAborted()
    return { lane: own, unread: unreadOf(error) }
  }
}

/** Asks every database of the environments. One that cannot be asked holds nobody up. */
export const askAll = async (world: World, history: History, wanted: readonly Wanted[], { patience, concurrency }: Patience): Promise<readonly Sight[]> => {
  const listed = await pooled(wanted, concurrency, world.signal, (each) => lanesOf(world, history, each, patience))
  const lanes = listed.flatMap((each) => ('lane' in each ? [] : each))
  let done = 0
  const asked = await pooled(lanes, concurrency, world.signal, async (lane) => {
    const sight = await look(world, lane, patience)
    done += 1
    world.progress({ step: 'asking the environments', done, total: lanes.length })
    return sight
  })
  const byLane = new Map(asked.map((sight) => [sight.lane, sight]))
  return listed.flatMap((each): readonly Sight[] => ('lane' in each ? [each] : each.flatMap((lane) => byLane.get(lane) ?? [])))
}

/** Clocks differ by some seconds; a report from later than that was not written by an honest one. */
const skew = 5 * 60_000

type Found = { readonly path: string; readonly evidence: Evidence } | { readonly fault: Unread } | undefined

/** What to do where two ledgers claim one file. */
export const otherFileHelp = 'Give each ledger a file of its own: environments.NAME.report of the configuration, or --out.'

const fileFaults: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ENOTDIR: 'what its path names as a directory is none',
  ELOOP: 'its links go round in a circle',
}

/** Why a file is no evidence. Throws what is a bug. */
const faultOf = (path: string, error: unknown): Unread => {
  const words = error instanceof Error && 'code' in error && !(error instanceof ToolError) ? fileFaults[String(error.code)] : undefined
  return words === undefined ? unreadOf(error) : { why: `${path} cannot be read: ${words}.` }
}

/** A ledger that the evidence tells of and that is not this one: several folders may write to one file. */
export const otherLedger = ({ databases }: Evidence, { schema, table }: LedgerName): string | undefined => {
  const other = databases.map(({ ledger: { name } }) => name).find((name) => name.schema !== schema || name.table !== table)
  return other && `${other.schema}.${other.table}`
}

const evidenceOf = async (world: World, environment: string, ledger: LedgerName): Promise<Found> => {
  const path = evidencePath(world, environment)
  try {
    if (!(await world.files.exists(path))) return undefined
    const evidence = readEvidence(path, new TextDecoder().decode(await world.files.read(path)), environment, world.hash)
    if (!(evidence.observedAt <= world.now() + skew)) return { fault: { why: `${path} is from the future: one of the two clocks is wrong.` } }
    const other = otherLedger(evidence, ledger)
    if (other !== undefined) return { fault: { why: `${path} tells of the ledger ${other}, not of ${ledger.schema}.${ledger.table}.`, help: otherFileHelp } }
    return { path, evidence }
  } catch (error) {
    return { fault: faultOf(path, error) }
  }
}

const seenIn = ({ path, evidence }: Exclude<NonNullable<Found>, { fault: Unread }>, { ledger, begun, version, drift }: Sighted, isOld: boolean): Seen => ({
  ledger,
  begun,
  version,
  observedAt: evidence.observedAt,
  report: { path, isOld, drift, ...(evidence.by ? { by: evidence.by } : {}), ...(evidence.commit ? { commit: evidence.commit } : {}) },
})

/** Puts what CI has seen in the place of what could not be asked. A report that was changed is told, and is no evidence. */
const withEvidence = (world: World, history: History, { lane, unread }: Sight, found: NonNullable<Found>, maxAge: number): readonly Sight[] => {
  if ('fault' in found)
    return [{ lane, unread: { ...unread, why: `${unread?.why ?? ''} ${found.fault.why}`.trim(), ...(found.fault.help ? { help: found.fault.help } : {}) } }]
  const { databases, observedAt, unread: unreadThen } = found.evidence
  const isOld = world.now() - observedAt > maxAge
  const missed = unread ? { unread } : {}
  const mine = databases.filter(({ tenants }) => lane.tenant === undefined || tenants?.includes(lane.tenant))
  const sights = mine.flatMap((database): readonly Sight[] => {
    const seen = seenIn(found, database, isOld)
    if (lane.tenant !== undefined || database.tenants === undefined) return [{ lane, seen, ...missed }]
    return database.tenants.map((tenant) => ({ lane: laneOf(world.config, history, lane.environment, tenant), seen, ...missed }))
  })
  const others = unreadThen.filter(({ tenant }) => lane.tenant === undefined || lane.tenant === tenant)
  const blind = others.map(({ tenant, why }): Sight => ({ lane: laneOf(world.config, history, lane.environment, tenant), unread: { why } }))
  return sights.length + blind.length === 0 ? [{ lane, ...missed }] : [...sights, ...blind]
}

/** Asks every database, and takes evidence where one cannot be asked. */
export const observe = async (world: World, history: History, wanted: readonly Wanted[], options: ObserveOptions): Promise<readonly Sight[]> => {
  const asked = await askAll(world, history, wanted, options)
  const files = new Map(
    wanted.map(({ environment }) => [environment, once(() => evidenceOf(world, environment, laneOf(world.config, history, environment).ledger))]),
  )
  const sights = await Promise.all(
    asked.map(async (sight) => {
      const found = sight.seen ? undefined : await files.get(sight.lane.environment)?.()
      return found ? withEvidence(world, history, sight, found, options.maxAge) : [sight]
    }),
  )
  return sights.flat()
}
