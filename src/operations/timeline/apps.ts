/** Versions of the app, and on which versions of the schema they run. */
import { namesOf, versionIn } from '../../features/compatibility/answer.ts'
import { changedText, placed } from '../../features/compatibility/placed.ts'
import { runningIn } from '../../features/compatibility/sessions.ts'
import { type Interval, intervalOfCatalog, type Stop } from '../../features/version/compatibility.ts'
import type { AppConfig } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { History, Migration } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { wholeMigrationsIn } from '../landed.ts'
import { displaySource } from '../source-ref.ts'
import { type EnvironmentSource, patience } from './environments.ts'
import type { Fact } from './fact.ts'
import { type Replayed, replayedChain } from './facts.ts'

/** A version of the app, as somebody has said it. `unknown`: nobody could say. */
export type Said =
  | {
      readonly environment: string | undefined
      readonly version: string
      /** Where an app has answered it, and git knows what it names. */
      readonly commit?: string
    }
  | { readonly environment: string; readonly unknown: string; readonly help: string | undefined }

type Named = Extract<Said, { readonly version: string }>

export type App = {
  readonly version: string
  /** Where it runs now. */
  readonly environments: readonly string[]
  readonly commit: string | undefined
  /** Its own schema's version, by position; undefined where other migrations made it. */
  readonly at: number | undefined
  /** Undefined where it runs on none, or nobody knows. */
  readonly runs: Interval | undefined
  /** Why it is not in the folder, or why nothing is known. */
  readonly note: string | undefined
  /** What stands against it where it runs nowhere. */
  readonly stop: Stop | undefined
  readonly unknown: boolean
}

const wrong = (source: EnvironmentSource, why: string): Said => ({
  environment: displaySource(source),
  unknown: why,
  help: `environments.${source.name}.app of the configuration says how it is asked.`,
})

/** The commit of what an app answers: of a tag, or the one whose hash that is. */
const answeredCommit = async (world: World, version: string): Promise<string | undefined> => {
  const { tags, commit } = namesOf(version)
  for (const tag of tags) {
    const tagged = await world.git.resolve(tag)
    if (tagged !== undefined) return tagged
  }
  const found = commit === undefined ? undefined : await world.git.resolve(commit)
  // A branch may be called like a hash.
  return commit !== undefined && found?.startsWith(commit) ? found : undefined
}

const isBranch = async (world: World, version: string): Promise<boolean> => {
  if (version === 'HEAD') return true
  for (const ref of [`refs/heads/${version}`, `refs/remotes/${version}`, `refs/remotes/origin/${version}`])
    if ((await world.git.resolve(ref)) !== undefined) return true
  return false
}

/** What an app has answered, where git knows it: anything else may be a secret, and is not repeated. */
const answered = async (world: World, source: EnvironmentSource, version: string): Promise<Said> => {
  const commit = await answeredCommit(world, version)
  if (commit !== undefined) return { environment: displaySource(source), version, commit }
  return (await isBranch(world, version))
    ? wrong(source, 'its app answers the name of a branch: let it say its commit')
    : wrong(source, 'what its app answers is no commit that git knows here')
}

/** All sessions count, those too whose version cannot be read. */
const fromSessions = async (world: World, source: EnvironmentSource): Promise<readonly Said[]> => {
  await using session = await world.reader(source, patience)
  const { versions, unread } = await runningIn(session)
  if (versions.length + unread === 0) return [wrong(source, 'no session of its database calls itself NAME@VERSION')]
  return [
    ...(unread === 0 ? [] : [wrong(source, 'a session calls itself by a version that cannot be read')]),
    ...(await Promise.all(versions.map((version) => answered(world, source, version)))),
  ]
}

const fromAnswer = async (
  world: World,
  source: EnvironmentSource,
  app: Exclude<AppConfig, { readonly applicationName: true } | { readonly version: string }>,
): Promise<Said> => {
  const version = versionIn(await world.ask(app, source.name), 'url' in app ? app.path : undefined)
  return version === undefined ? wrong(source, 'what the app answers is no version') : await answered(world, source, version)
}

/** The versions of the app that an environment runs, all of them; none where the configuration does not say how to ask. */
export const deployedIn = async (world: World, source: EnvironmentSource): Promise<readonly Said[]> => {
  const app = world.config.environments?.[source.name]?.app
  if (app === undefined) return []
  try {
    if ('version' in app) return [{ environment: displaySource(source), version: app.version }]
    if ('applicationName' in app) return await fromSessions(world, source)
    if ('url' in app || 'command' in app) return [await fromAnswer(world, source, app)]
    return [wrong(source, 'environments.NAME.app wants url, command, applicationName or version')]
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return [{ environment: displaySource(source), unknown: error.message, help: error.help }]
  }
}

/** What somebody has named himself may be any ref. `2.1.0` is often tagged `v2.1.0`. No ref has a blank in it. */
const commitOf = async (world: World, version: string): Promise<string | undefined> =>
  /\s/.test(version) ? undefined : ((await world.git.resolve(version)) ?? world.git.resolve(`v${version}`))

type Found = Pick<App, 'commit' | 'at' | 'runs' | 'note' | 'stop' | 'unknown'>

const lost = (commit: string | undefined, note: string): Found => ({ commit, at: undefined, runs: undefined, note, stop: undefined, unknown: true })

const byCatalog = async (chain: Replayed, migrations: readonly Migration[], commit: string, note: string): Promise<Found> => {
  const found = intervalOfCatalog(await chain(), await replayedChain(migrations, undefined))
  if ('back' in found) return { commit, at: undefined, runs: found, note, stop: undefined, unknown: false }
  const unknown = found.nearest?.unknown ?? true
  return { commit, at: undefined, runs: undefined, note, stop: found.nearest, unknown }
}

const locate = async (world: World, history: History, facts: readonly Fact[], chain: Replayed, { version, commit: known }: Named): Promise<Found> => {
  const commit = known ?? (await commitOf(world, version))
  if (commit === undefined) return lost(undefined, `git knows no commit ${version}: fetch it, or let the app say its commit`)
  const migrations = await wholeMigrationsIn(world, commit, history)
  if (migrations.length === 0) return lost(commit, `the folder ${history.folder} has no migrations at that commit`)
  const place = placed(migrations, history)
  if ('changed' in place) return byCatalog(chain, migrations, commit, `its migrations are not today’s: ${changedText(place, history)}`)
  return { commit, at: place.at, runs: facts[place.at]?.runs, note: undefined, stop: undefined, unknown: false }
}

/** Whether two have said the same: `v1` of the configuration is any ref, an answered one is a tag. */
const sameApp = (a: Named, b: Named): boolean => a.version === b.version && a.commit === b.commit

/** Each version once, with the environments that run it. A folder that cannot be read at its commit is unknown too. */
export const appsOf = async (world: World, history: History, facts: readonly Fact[], chain: Replayed, said: readonly Said[]): Promise<readonly App[]> => {
  const named = said.filter((each): each is Named => 'version' in each)
  const apps: App[] = []
  for (const one of named.filter((each, at) => named.findIndex((other) => sameApp(each, other)) === at)) {
    const environments = [...new Set(named.filter((each) => sameApp(each, one)).flatMap(({ environment }) => environment ?? []))]
    const { version } = one
    try {
      apps.push({ version, environments, ...(await locate(world, history, facts, chain, one)) })
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      apps.push({ version, environments, ...lost(undefined, error.message) })
    }
  }
  return apps
}
