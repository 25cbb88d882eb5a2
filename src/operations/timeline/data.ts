/** A timeline for machines: complete, whatever is folded for people. */
import type { End, Interval, Stop } from '../../features/version/compatibility.ts'
import { displayVersion } from '../../features/version/numbers.ts'
import type { Json } from '../../model/json.ts'
import type { App } from './apps.ts'
import type { Environment } from './environments.ts'
import { type Entry, holdingStop, type Timeline, type Way, wayOf } from './timeline.ts'
import { lossesOf, stopsOf, versionAt } from './words.ts'

type Entries = readonly Entry[]

/** Null where a journal holds a number that is no time. */
const time = (when: number): string | null => (Number.isNaN(new Date(when).getTime()) ? null : new Date(when).toISOString())

const stopData = (entries: Entries, stop: Stop | undefined): Json =>
  stop ? { tag: entries[stop.at]?.migration.tag ?? null, what: stop.what, why: stop.why, unknown: stop.unknown } : null

const endData = (entries: Entries, { at, stop, risks }: End): Json => ({
  version: versionAt(entries, at),
  tag: entries[at]?.migration.tag ?? null,
  risks,
  stop: stopData(entries, stop),
})

const runsData = (entries: Entries, { back, forth }: Interval): Json => ({ from: endData(entries, back), to: endData(entries, forth) })

const environmentsAt = (environments: readonly Environment[], at: number): Json =>
  Object.fromEntries(environments.map(({ name, cells }) => [name, cells[at] ?? 'unknown']))

const versionData = (entries: Entries, environments: readonly Environment[] | undefined, entry: Entry): Json => {
  const { at, version, migration, classified, author, release, back, runs, touched, tables, columns } = entry
  return {
    position: at,
    version: displayVersion(version),
    tag: migration.tag,
    when: time(migration.when),
    author: author ? { name: author.name, commit: author.commit, when: time(author.when) } : null,
    release: release ?? null,
    bump: classified.bump,
    breaking: classified.breaking,
    why: classified.why,
    flags: classified.flags,
    changes: classified.entries.map(({ section, text, breaking }) => ({ section, text, breaking })),
    tables: touched,
    size: { tables, columns },
    rollback: { class: back.class, loses: back.loses, since: back.since, stoppedBy: back.stoppedBy, ...(back.why === undefined ? {} : { why: back.why }) },
    compatibleFrom: versionAt(entries, runs.back.at),
    compatibleTo: versionAt(entries, runs.forth.at),
    compatible: runsData(entries, runs),
    ...(environments ? { environments: environmentsAt(environments, at) } : {}),
  }
}

const wayData = (timeline: Timeline, { back, unknown }: Way): Json => {
  const { entries } = timeline
  return back
    ? {
        version: versionAt(entries, back.to),
        tag: entries[back.to]?.migration.tag ?? null,
        held: back.held ?? null,
        stop: stopData(entries, holdingStop(timeline, back)),
        broken: back.broken,
        over: back.over.map(({ at, cost }) => ({ tag: entries[at]?.migration.tag ?? null, class: cost.class })),
        loses: lossesOf(back),
        stoppedBy: stopsOf(back),
        unknown: null,
      }
    : { unknown: unknown ?? null }
}

const environmentData = (timeline: Timeline, environment: Environment): Json => {
  const { entries, apps } = timeline
  const { name, prefix, beyond, orphans, begun, observedAt, unknown } = environment
  const last = prefix === 0 ? undefined : entries[prefix - 1]
  return {
    name,
    version: last ? displayVersion(last.version) : null,
    tag: last?.migration.tag ?? null,
    outOfOrder: beyond,
    orphans,
    begun: begun?.map((each) => ({ ...each })) ?? null,
    observedAt: time(observedAt),
    unknown: unknown?.why ?? null,
    ...(apps ? { back: wayData(timeline, wayOf(timeline, environment)) } : {}),
  }
}

const appData = (entries: Entries, { version, environments, commit, at, runs, note, stop, unknown }: App): Json => ({
  version,
  environments,
  commit: commit ?? null,
  schema: at === undefined ? null : versionAt(entries, at),
  runs: runs ? runsData(entries, runs) : null,
  note: note ?? null,
  stop: stopData(entries, stop),
  unknown,
})

/** Newest first. `shown`: what the filter has left. */
export const dataOf = (timeline: Timeline, shown: readonly Entry[]): Json => {
  const { entries, environments, apps, silent, shallow, history } = timeline
  const last = entries.at(-1)
  return {
    folder: history.folder,
    version: last ? displayVersion(last.version) : null,
    tag: last?.migration.tag ?? null,
    total: entries.length,
    shallow,
    versions: shown.toReversed().map((entry) => versionData(entries, environments, entry)),
    ...(environments ? { environments: environments.map((environment) => environmentData(timeline, environment)) } : {}),
    ...(apps ? { apps: apps.map((app) => appData(entries, app)), silent: silent.map(({ environment, unknown }) => ({ environment, why: unknown })) } : {}),
  }
}
