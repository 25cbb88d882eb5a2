/** Releases as git tags name them. Nothing is ever written to git. */
import type { Release } from '../../features/version/changelog.ts'
import { displayVersion, parseVersion } from '../../features/version/numbers.ts'
import { ToolError } from '../../model/error.ts'
import type { Unknown } from '../../model/finding.ts'
import type { World } from '../../model/world.ts'
import { migrationsAt, upstreamOf } from '../landed.ts'
import type { Versioned } from './classified.ts'

/** A tag whose name says another version than the folder. */
export type Mismatch = { readonly tag: string; readonly says: string; readonly version: string | undefined; readonly why: string }

export type Releases = { readonly releases: readonly Release[]; readonly mismatches: readonly Mismatch[]; readonly unknown: readonly Unknown[] }

const mismatchOf = (tag: string, says: string, at: number, versioned: Versioned): Mismatch | undefined => {
  if (at < 0) return { tag, says, version: undefined, why: 'its commit has no migration of this folder: the folder was squashed or made anew since' }
  const version = versioned.versions[at]
  const own = version && displayVersion(version)
  if (own === says) return undefined
  const help = at === 0 ? `; version.baseline '${says}' in the configuration makes it so` : ''
  return { tag, says, version: own, why: `the folder makes ${own} at ${versioned.history.migrations[at]?.tag}${help}` }
}

/** The releases that tags name, by the migrations that their commits have. */
export const releasesOf = async (world: World, versioned: Versioned): Promise<Releases> => {
  const { tagPrefix } = versioned.numbering
  const releases: Release[] = []
  const mismatches: Mismatch[] = []
  for (const { name, commit } of await world.git.tags(tagPrefix)) {
    const says = name.slice(tagPrefix.length)
    if (!parseVersion(says)) continue
    const there = new Set((await migrationsAt(world, commit, versioned.history)).map(({ tag }) => tag))
    const at = versioned.history.migrations.findLastIndex(({ tag }) => there.has(tag))
    const mismatch = mismatchOf(name, says, at, versioned)
    if (mismatch) mismatches.push(mismatch)
    if (at >= 0 && !releases.some((other) => other.at === at)) releases.push({ tag: name, at })
  }
  const shallow = (await world.git.root()) !== undefined && (await world.git.isShallow())
  const unknown = shallow
    ? [
        {
          what: 'which versions are released',
          why: 'the clone is shallow: tags and commits may be missing',
          help: 'Fetch the whole history: git fetch --unshallow --tags',
        },
      ]
    : []
  return { releases, mismatches, unknown }
}

/** How many migrations from the first one on have landed; all where there is no upstream branch. */
export const landedCount = async (world: World, { history }: Versioned): Promise<number> => {
  const found = (await upstreamOf(world, world.judging.since))?.find(({ project }) => project.folder === history.folder)
  if (!found) return history.migrations.length
  const first = history.migrations.findIndex(({ tag }) => !found.landed.has(tag))
  return first < 0 ? history.migrations.length : first
}

/** A tag that would name a version, at the commit that brought its migration. */
export type Proposal = { readonly tag: string; readonly version: string; readonly migration: string; readonly commit: string }

/** Tags for the versions that have landed and have none. Of migrations that one commit brought, the last one's version is the release. */
export const proposals = async (world: World, versioned: Versioned, existing: readonly Release[]): Promise<readonly Proposal[]> => {
  const { history, versions, numbering } = versioned
  if ((await world.git.root()) === undefined)
    throw new ToolError('no-repository', 'There is no git repository here whose commits could be tagged.', { help: 'Run it inside the repository.' })
  const commits = new Map((await world.git.added(history.folder)).map(({ path, commit }) => [path, commit]))
  const tagged = new Set(existing.map(({ at }) => at))
  const landed = await landedCount(world, versioned)
  return history.migrations.slice(0, landed).flatMap((migration, at): readonly Proposal[] => {
    const commit = commits.get(migration.path)
    const next = history.migrations[at + 1]
    const version = versions[at]
    const isLast = next === undefined || at + 1 >= landed || commits.get(next.path) !== commit
    if (commit === undefined || version === undefined || tagged.has(at) || !isLast) return []
    const text = displayVersion(version)
    return [{ tag: `${numbering.tagPrefix}${text}`, version: text, migration: migration.tag, commit }]
  })
}
