/** All that a timeline tells: the versions of a folder, the environments that stand on them, the apps that run there. */
import { type WayBack, wayBack } from '../../features/compatibility/way-back.ts'
import type { Stop } from '../../features/version/compatibility.ts'
import type { Classified, Version } from '../../features/version/numbers.ts'
import type { History, Migration } from '../../model/history.ts'
import type { Instant, World } from '../../model/world.ts'
import type { Versioned } from '../version/classified.ts'
import { releasesOf } from '../version/releases.ts'
import { appName } from './app-name.ts'
import type { App, Said } from './apps.ts'
import { begunText, unreadBegun } from './begun.ts'
import type { Environment } from './environments.ts'
import type { Fact } from './fact.ts'
import { factsOf, type Replayed } from './facts.ts'

export type Author = { readonly name: string; readonly commit: string; readonly when: Instant }

/** One version, and the migration that made it. */
export type Entry = Fact & {
  readonly at: number
  readonly version: Version
  readonly migration: Migration
  readonly classified: Classified
  readonly author: Author | undefined
  /** The git tag that releases it. */
  readonly release: string | undefined
}

/** What is known of an environment's way back. `unknown`: why nobody can tell. */
export type Way = { readonly environment: Environment; readonly back: WayBack | undefined; readonly unknown: string | undefined }

export type Timeline = {
  readonly history: History
  /** Oldest first. */
  readonly entries: readonly Entry[]
  /** Undefined where nobody asked. */
  readonly environments: readonly Environment[] | undefined
  readonly apps: readonly App[] | undefined
  /** The environments were asked which app runs there; otherwise apps were named. */
  readonly asksDeployed: boolean
  /** Environments whose app did not say its version. */
  readonly silent: readonly Extract<Said, { readonly unknown: string }>[]
  /** Commits are missing: authors and releases may be too. */
  readonly shallow: boolean
}

const authorsIn = async (world: World, { folder }: History): Promise<ReadonlyMap<string, Author>> =>
  (await world.git.root()) === undefined ? new Map() : new Map((await world.git.authors(folder)).map(({ path, ...author }) => [path, author]))

/** The versions of a folder. In a shallow clone git would name the newest commit's author for everything. */
export const entriesOf = async (
  world: World,
  versioned: Versioned,
): Promise<{ readonly entries: readonly Entry[]; readonly shallow: boolean; readonly facts: readonly Fact[]; readonly chain: Replayed }> => {
  const { history, classes, versions } = versioned
  const shallow = (await world.git.root()) !== undefined && (await world.git.isShallow())
  const [{ facts, chain }, authors, { releases }] = await Promise.all([
    factsOf(world, versioned),
    shallow ? new Map<string, Author>() : authorsIn(world, history),
    releasesOf(world, versioned),
  ])
  const entries = history.migrations.flatMap((migration, at): readonly Entry[] => {
    const [version, classified, fact] = [versions[at], classes[at], facts[at]]
    if (!version || !classified || !fact) return []
    return [{ ...fact, at, version, migration, classified, author: authors.get(migration.path), release: releases.find((release) => release.at === at)?.tag }]
  })
  return { entries, shallow, facts, chain }
}

const nothingApplied = 'no migration is applied'
const notConfigured = 'which app runs there is not configured'
const notAsked = 'which app runs there was not asked (--app-versions without a name asks)'

/** What is no question left open: there is nothing to go back over, or nobody was to be asked. */
const settled = [undefined, nothingApplied, notConfigured, notAsked]

/** Whether nobody can tell, though all was asked. */
export const isOpen = ({ unknown }: Way): boolean => !settled.includes(unknown)

/** What stands in the way of saying which version an environment has. */
const unplaced = ({ unknown, beyond, orphans, begun, cells, prefix }: Environment): string | undefined => {
  if (unknown) return unknown.why
  if (!begun) return unreadBegun
  const [half] = begun
  if (half) return `${begunText(half)}, so it has none of the folder’s versions`
  if (prefix === 0) return nothingApplied
  if (beyond > 0) return 'migrations are applied beyond a hole, so it has none of the folder’s versions'
  if (orphans > 0) return 'its ledger has rows that no file explains'
  return cells.includes('edited') ? 'a file is not what was applied' : undefined
}

/** What keeps one from saying whether an app runs on the version that an environment has. */
const undecided = (position: number, { version, runs, unknown, note, stop }: App): string | undefined => {
  const beyond = runs && (position > runs.forth.at ? runs.forth.stop : position < runs.back.at ? runs.back.stop : undefined)
  if (!unknown && !beyond?.unknown) return undefined
  return `${appName(version)}: ${note ?? beyond?.why ?? stop?.why ?? 'nothing is known of it'}`
}

/** How far an environment can go back without breaking the apps that run there. */
export const wayOf = ({ entries, apps = [], asksDeployed, silent }: Timeline, environment: Environment): Way => {
  const position = environment.prefix - 1
  const own = apps.filter(({ environments }) => environments.includes(environment.name))
  const quiet = silent.find((each) => each.environment === environment.name)
  const [app] = own.flatMap((each) => undecided(position, each) ?? [])
  const unknown = unplaced(environment) ?? quiet?.unknown ?? app ?? (own.length > 0 ? undefined : asksDeployed ? notConfigured : notAsked)
  if (unknown !== undefined) return { environment, back: undefined, unknown }
  const ranges = own.map(({ version, runs }) => ({ app: version, from: runs?.back.at ?? Number.POSITIVE_INFINITY, to: runs?.forth.at ?? -1 }))
  const costs = entries.map((entry) => entry.back)
  return { environment, back: wayBack(position, ranges, costs), unknown: undefined }
}

/** Why the app that holds an environment goes no further back; undefined where the folder begins. */
export const holdingStop = ({ apps = [] }: Timeline, { held }: WayBack): Stop | undefined => apps.find(({ version }) => version === held)?.runs?.back.stop
