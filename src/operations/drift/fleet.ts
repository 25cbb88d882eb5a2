/** One source against all databases of an environment: each is asked for its fingerprint, and only one of those that are alike is read in full. */
import type { Comparison } from '../../features/drift/compare.ts'
import { ordered, type Shard, shardOf } from '../../features/drift/shard.ts'
import { ToolError } from '../../model/error.ts'
import type { SourceRef } from '../../model/source.ts'
import type { World } from '../../model/world.ts'
import { pooled } from '../pool.ts'
import { keepComparison, keptComparison, keyOfComparison } from './kept.ts'
import { type DriftOptions, type Sides, settled } from './run.ts'
import { facetsOf, type Selected, selectionOf } from './select.ts'
import { isLive, type ReadSide, readBeside, readLive } from './sides.ts'

export type FleetOptions = DriftOptions & { readonly shard: Shard | undefined; readonly concurrency: number }

/** Few enough for a server that others need, too. */
export const usualConcurrency = 8

/** A database that could not be read, and why. */
export type Unread = { readonly tenant: string; readonly why: string; readonly help?: string }

/** Databases of which one comparison holds. */
export type Told = { readonly tenants: readonly string[]; readonly comparison: Comparison }

export type Fleet = {
  readonly environment: string
  /** How many databases the environment has, and those of them that were asked. */
  readonly total: number
  readonly asked: readonly string[]
  readonly unread: readonly Unread[]
  /** Undefined where not one database could be read. `sides[1]` stands for all of them. */
  readonly read?: { readonly sides: Sides; readonly selection: Selected; readonly told: readonly Told[] }
}

/** What stops the reading of all of them is no affair of one. */
const concernsAll = ({ exit, code }: ToolError): boolean => exit !== 3 || code === 'no-secret' || code === 'secret-command-failed'

const attempt = async <T>(tenant: string, reading: () => Promise<T>): Promise<{ readonly value: T } | { readonly unread: Unread }> => {
  try {
    return { value: await reading() }
  } catch (error) {
    if (!(error instanceof ToolError) || concernsAll(error)) throw error
    return { unread: { tenant, why: error.message, ...(error.help === undefined ? {} : { help: error.help }) } }
  }
}

const refOf = (environment: string, tenant: string): SourceRef => ({ type: 'environment', name: environment, tenant })

type Scanned = { readonly classes: ReadonlyMap<string, readonly string[]>; readonly unread: readonly Unread[] }

/** The databases by their fingerprints, in the order of their names: they answer in any order, and the report is the same each time. */
const scan = async (world: World, environment: string, tenants: readonly string[], shared: boolean, concurrency: number): Promise<Scanned> => {
  let done = 0
  const answers = await pooled(tenants, concurrency, world.signal, async (tenant) => {
    const answer = await attempt(tenant, () => world.fingerprint(refOf(environment, tenant), { shared }))
    done += 1
    world.progress({ step: `reading the databases of ${environment}`, done, total: tenants.length })
    return { tenant, answer }
  })
  const classes = new Map<string, string[]>()
  for (const { tenant, answer } of answers) {
    if (!('value' in answer)) continue
    const alike = classes.get(answer.value)
    if (alike) alike.push(tenant)
    else classes.set(answer.value, [tenant])
  }
  return { classes, unread: answers.flatMap(({ answer }) => ('unread' in answer ? answer.unread : [])) }
}

/** What is compared with the databases, and one of them that stands for all. */
type Expected = { readonly sides: Sides; readonly selection: Selected; readonly shared: boolean }

const expectedOf = async (
  world: World,
  source: SourceRef,
  environment: string,
  tenants: readonly string[],
  options: FleetOptions,
): Promise<Expected | undefined> => {
  const facets = facetsOf(world, options.facets, isLive(source))
  const shared = facets.has('roles')
  for (const tenant of tenants) {
    const answer = await attempt(tenant, () => readLive(world, refOf(environment, tenant), environment, shared))
    if ('unread' in answer) continue
    const live: ReadSide = { ...answer.value, source: { type: 'environment', name: environment } }
    const sides: Sides = [await readBeside(world, source, live, shared), live]
    return { sides, selection: await selectionOf(world, { ...options, facets }, sides), shared }
  }
  return undefined
}

/** Compares one of the databases with this fingerprint, for all of them. One that moved meanwhile speaks for itself alone. */
const tell = async (
  world: World,
  { sides, selection, shared }: Expected,
  environment: string,
  [fingerprint, tenants]: readonly [string, readonly string[]],
): Promise<Pick<Fleet, 'unread'> & { readonly told: readonly Told[] }> => {
  const key = keyOfComparison(world, sides, fingerprint, selection)
  const kept = await keptComparison(world, key)
  if (kept) return { told: [{ tenants, comparison: kept }], unread: [] }
  const told: Told[] = []
  const unread: Unread[] = []
  for (const [at, tenant] of tenants.entries()) {
    const answer = await attempt(tenant, () => readLive(world, refOf(environment, tenant), environment, shared))
    if ('unread' in answer) {
      unread.push(answer.unread)
      continue
    }
    const { comparison } = await settled(world, [sides[0], answer.value], selection)
    if (answer.value.printed.fingerprint === fingerprint) {
      await keepComparison(world, key, comparison)
      return { told: [...told, { tenants: tenants.slice(at), comparison }], unread }
    }
    told.push({ tenants: [tenant], comparison })
  }
  return { told, unread }
}

const askedOf = (all: readonly string[], environment: string, shard: Shard | undefined): readonly string[] => {
  const asked = shard ? shardOf(all, shard) : all
  if (asked.length > 0) return asked
  throw new ToolError(
    'no-tenants',
    all.length === 0 ? `${environment} has no tenants.` : `Part ${shard?.index} of ${shard?.of} of the ${all.length} tenants of ${environment} is empty.`,
    {
      help: all.length === 0 ? `Check environments.${environment}.tenants in the configuration.` : `--shard i/${all.length} at most.`,
    },
  )
}

/** Reads and compares. Throws what reading the first source throws, and `no-tenants`. */
export const compareFleet = async (world: World, source: SourceRef, environment: string, options: FleetOptions): Promise<Fleet> => {
  const all = ordered((await world.tenants(environment)) ?? [])
  const asked = askedOf(all, environment, options.shard)
  const shared = facetsOf(world, options.facets, isLive(source)).has('roles')
  const { classes, unread } = await scan(world, environment, asked, shared, options.concurrency)
  const found = { environment, total: all.length, asked }
  const expected = await expectedOf(world, source, environment, [...classes.values()].flat(), options)
  if (!expected) return { ...found, unread: [...unread, ...goneSince(classes)] }
  const answers = await pooled([...classes], options.concurrency, world.signal, (each) => tell(world, expected, environment, each))
  const told = answers.flatMap((each) => each.told)
  return {
    ...found,
    unread: [...unread, ...answers.flatMap((each) => each.unread)],
    read: { sides: expected.sides, selection: expected.selection, told },
  }
}

/** Databases that answered once and then no more. */
const goneSince = (classes: ReadonlyMap<string, readonly string[]>): readonly Unread[] =>
  [...classes.values()].flat().map((tenant) => ({ tenant, why: 'It answered, and could not be read any more a moment later.' }))
