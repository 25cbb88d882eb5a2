/** The drawing of a timeline. */
import { draw } from '../../features/timeline/draw.ts'
import { monthOf } from '../../features/timeline/layers.ts'
import type { Bracket, Lane, Picture, PictureVersion } from '../../features/timeline/picture.ts'
import { displayVersion } from '../../features/version/numbers.ts'
import { plural } from '../../model/numbers.ts'
import { appName } from './app-name.ts'
import type { App } from './apps.ts'
import type { Environment } from './environments.ts'
import { type Entry, holdingStop, type Timeline, wayOf } from './timeline.ts'
import { changeTexts, gradeOf, rangeText, some, stateText, versionAt } from './words.ts'

type Entries = readonly Entry[]

const listedRows = 20

const pictured = (entry: Entry): PictureVersion => ({
  version: displayVersion(entry.version),
  major: entry.version.major,
  tag: entry.migration.tag,
  when: entry.migration.when,
  author: entry.author?.name,
  release: entry.release,
  bump: entry.classified.bump,
  breaking: entry.classified.breaking,
  what: some(changeTexts(entry), 3),
  back: gradeOf(entry.back),
  tables: entry.tables,
  columns: entry.columns,
  layers: entry.layers,
})

const laneOf = (entries: Entries, environment: Environment): Lane => ({
  name: environment.name,
  label: environment.unknown ? 'unknown' : versionAt(entries, environment.prefix - 1),
  note: stateText(environment),
  prefix: environment.prefix,
  states: environment.cells,
  // A drawing is published; why a server does not answer names hosts and users.
  unknown: environment.unknown && 'it could not be read',
})

const bracketOf = ({ version, environments, runs }: App): readonly Bracket[] =>
  runs
    ? [
        {
          name: environments.length === 0 ? appName(version) : `${appName(version)} on ${environments.join(', ')}`,
          from: runs.back.at,
          to: runs.forth.at,
          deployed: environments.length > 0,
        },
      ]
    : []

const looseText = ({ version, unknown, note, stop }: App): string =>
  `${appName(version)}: ${unknown ? 'unknown' : 'runs on no version'}, ${note ?? (stop ? `${stop.what}: ${stop.why}` : 'nobody knows why')}`

/** The first environment's way back, which is what people ask first. */
const waySentence = (timeline: Timeline): string | undefined => {
  const { entries, environments = [], apps } = timeline
  if (!apps) return undefined
  const ways = environments.map((environment) => wayOf(timeline, environment))
  const known = ways.find(({ back }) => back !== undefined)
  if (!known?.back) return undefined
  const { name } = known.environment
  if (known.back.broken.length > 0) return `${name} runs an app that does not go with its schema.`
  const open = holdingStop(timeline, known.back)?.unknown === true
  if (known.back.over.length === 0)
    return open ? `Nobody knows whether ${name} can go back and keep its app running.` : `${name} cannot go back without breaking its app.`
  const way = `${name} can go back ${plural(known.back.over.length, 'version')}, to ${versionAt(entries, known.back.to)}, and keep its app running`
  return `${way}${open ? '; nobody knows whether further' : ''}.`
}

const answerOf = (timeline: Timeline): string => {
  const { entries } = timeline
  const [first, last] = [entries[0], entries.at(-1)]
  if (!first || !last) return 'No version yet.'
  const counted = `${plural(entries.length, 'version')} since ${monthOf(first.migration.when)}.`
  return `${counted} ${waySentence(timeline) ?? `Today’s code runs on ${rangeText(entries, last.runs)}.`}`
}

export const pictureOf = (timeline: Timeline, chosen: Entries): Picture => {
  const { entries, environments = [], apps = [], silent, history } = timeline
  return {
    answer: answerOf(timeline),
    folder: history.folder,
    versions: entries.map(pictured),
    lanes: environments.map((environment) => laneOf(entries, environment)),
    brackets: apps.flatMap(bracketOf).toSorted((a, b) => Number(a.deployed) - Number(b.deployed) || a.from - b.from),
    loose: [
      ...apps.filter(({ runs }) => runs === undefined).map(looseText),
      ...silent.map(({ environment }) => `app of ${environment}: unknown, it did not say its version`),
    ],
    listed: chosen
      .slice(-listedRows)
      .map(({ at }) => at)
      .toReversed(),
  }
}

export const drawn = (timeline: Timeline, chosen: Entries): string => draw(pictureOf(timeline, chosen))
