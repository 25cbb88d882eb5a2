/** A timeline for people: what is true now, then the versions, the newest on top. */
import { laneLetters } from '../../features/timeline/lanes.ts'
import { gradeWords } from '../../features/timeline/list.ts'
import type { Grade, LaneState } from '../../features/timeline/picture.ts'
import { dayOf } from '../../features/version/changelog.ts'
import type { Stop } from '../../features/version/compatibility.ts'
import { type Bump, displayVersion, flagWords } from '../../features/version/numbers.ts'
import { plural } from '../../model/numbers.ts'
import { type Block, type Text, type Tone, toned } from '../../model/report.ts'
import { appName } from './app-name.ts'
import type { App } from './apps.ts'
import type { Environment } from './environments.ts'
import { type Entry, holdingStop, type Timeline, type Way, wayOf } from './timeline.ts'
import {
  aheadText,
  behindText,
  breakAhead,
  breakText,
  changeTexts,
  costText,
  gradeOf,
  lossesOf,
  rangeText,
  some,
  stateText,
  stateWords,
  stopsOf,
  versionAt,
} from './words.ts'

type Item = { readonly term: string; readonly text: Text }
type Entries = readonly Entry[]

const bumpTones: Readonly<Record<Bump, Tone>> = { unknown: 'bad', major: 'bad', minor: 'plain', patch: 'muted', none: 'muted' }
const gradeTones: Readonly<Record<Grade, Tone>> = { exact: 'good', 'new rows': 'plain', data: 'bad', unknown: 'warn' }
const cellTones: Readonly<Record<LaneState, Tone>> = {
  applied: 'good',
  edited: 'warn',
  pending: 'plain',
  skipped: 'bad',
  'out-of-order': 'warn',
  unknown: 'warn',
}

const placeText = (entries: Entries, at: number): Text => [{ text: versionAt(entries, at), tone: 'strong' }, ` (${entries[at]?.migration.tag ?? ''})`]

/** What code of today's folder can go on with. */
const todayItems = (entries: Entries): readonly Item[] => {
  const last = entries.at(-1)
  if (!last) return []
  const { back } = last.runs
  const breaking = entries.filter(({ classified }) => classified.breaking).length
  return [
    { term: 'today', text: placeText(entries, last.at) },
    {
      term: 'versions',
      text: `${entries.length} since ${dayOf(entries[0]?.migration.when ?? 0)}, ${breaking === 0 ? 'none breaking' : `${breaking} breaking`}`,
    },
    {
      term: 'today’s code',
      text: back.stop
        ? ['runs on ', { text: rangeText(entries, last.runs), tone: 'strong' }, `; ${behindText(entries, back.stop)}`]
        : ['runs on ', { text: rangeText(entries, last.runs), tone: 'strong' }],
    },
  ]
}

/** What holds an environment at the version that it can go back to. */
const heldText = (entries: Entries, stop: Stop | undefined): string =>
  stop ? `; ${stop.unknown ? 'nobody knows whether further' : 'no further'}: ${behindText(entries, stop)}` : ''

/** Where it cannot go back at all. */
const nowhereText = (held: string | undefined, stop: Stop | undefined): string => {
  if (held === undefined) return 'nowhere: it is the first version'
  return stop?.unknown ? `nowhere that is known to keep ${appName(held)} running` : `nowhere, without breaking ${appName(held)}`
}

const wayText = (timeline: Timeline, { back, unknown }: Way): Text => {
  const { entries } = timeline
  if (!back) return [{ text: 'unknown', tone: 'warn' }, `: ${unknown}`]
  if (back.broken.length > 0) return [{ text: `${back.broken.map(appName).join(', ')} does not run on what is there`, tone: 'bad' }]
  const stop = holdingStop(timeline, back)
  const held = heldText(entries, stop)
  if (back.over.length === 0) return `${nowhereText(back.held, stop)}${held}`
  const [losses, stops] = [lossesOf(back), stopsOf(back)]
  return [
    { text: versionAt(entries, back.to), tone: 'strong' },
    ` (${entries[back.to]?.migration.tag ?? ''}), over ${costText(back)}`,
    losses.length === 0 ? '' : `; lost: ${some(losses, 4)}`,
    stops.length === 0 ? '' : `; rows may stop it: ${some(stops, 2)}`,
    held,
  ]
}

/** Why an app goes no further than the environment's way back, and what breaks it next. */
const appItems = (entries: Entries, environment: Environment, apps: readonly App[]): readonly Item[] =>
  apps.flatMap((app): readonly Item[] => {
    const { version, runs, note, stop, unknown } = app
    const text: Text = runs
      ? [{ text: appName(version), tone: 'strong' }, ` runs on ${rangeText(entries, runs)}${note === undefined ? '' : ` (${note})`}`]
      : [
          { text: appName(version), tone: 'strong' },
          unknown ? { text: ' unknown', tone: 'warn' } : { text: ' runs on no version of the folder', tone: 'bad' },
          `: ${[note, stop && `${stop.what}: ${stop.why}`].filter((part) => part !== undefined).join('; ')}`,
        ]
    const next = environment.unknown ? undefined : breakAhead(app, environment)
    return [
      { term: 'app', text },
      ...(next ? [{ term: next.unknown ? 'unknown from' : 'breaks at', text: [{ text: aheadText(entries, next), tone: 'warn' }] satisfies Text }] : []),
    ]
  })

const environmentBlocks = (timeline: Timeline, environment: Environment): readonly Block[] => {
  const { entries, apps, silent } = timeline
  const { name, prefix, unknown } = environment
  const own = (apps ?? []).filter(({ environments }) => environments.includes(environment.name))
  const state: Text = unknown
    ? [{ text: 'unknown', tone: 'warn' }, `: ${unknown.why}`]
    : [...(prefix === 0 ? ['no migration is applied'] : [...placeText(entries, prefix - 1)]), `: ${stateText(environment)}`]
  return [
    { type: 'heading', level: 2, text: name },
    {
      type: 'definition',
      items: [
        { term: 'version', text: state },
        ...appItems(entries, environment, own),
        ...silent
          .filter((each) => each.environment === environment.name)
          .map(({ unknown: why }): Item => ({ term: 'app', text: [{ text: 'unknown', tone: 'warn' }, `: ${why}`] })),
        ...(apps && !unknown ? [{ term: 'back to', text: wayText(timeline, wayOf(timeline, environment)) }] : []),
      ],
    },
  ]
}

/** Apps that were asked for by name, or whose environment is not shown. */
const looseApps = ({ entries, apps = [], environments = [] }: Timeline): readonly Block[] => {
  const shown = new Set(environments.map(({ name }) => name))
  const loose = apps.filter((app) => !app.environments.some((name) => shown.has(name)))
  if (loose.length === 0) return []
  return [
    { type: 'heading', level: 2, text: 'App versions' },
    {
      type: 'definition',
      items: loose.map(({ version, environments: where, runs, note, stop, unknown }) => ({
        term: appName(version),
        text: runs
          ? [
              'runs on ',
              { text: rangeText(entries, runs), tone: 'strong' },
              where.length === 0 ? '' : ` (${where.join(', ')})`,
              note === undefined ? '' : `; ${note}`,
              runs.back.stop ? `; no further ${behindText(entries, runs.back.stop)}` : '',
              runs.forth.stop ? `; not with ${aheadText(entries, runs.forth.stop)}` : '',
            ]
          : [
              unknown ? { text: 'unknown', tone: 'warn' } : { text: 'runs on no version of the folder', tone: 'bad' },
              `: ${[note, stop && `${stop.what}: ${stop.why}`].filter((part) => part !== undefined).join('; ')}`,
            ],
      })),
    },
  ]
}

const marks = (environments: readonly Environment[], at: number): Text =>
  environments.flatMap(({ cells }, place) => {
    const state = cells[at] ?? 'unknown'
    return [...(place === 0 ? [] : [' ']), { text: laneLetters[state], tone: cellTones[state] }]
  })

const row = ({ environments }: Timeline, entry: Entry): readonly Text[] => {
  const { version, classified, migration, author, release, back } = entry
  const grade = gradeOf(back)
  const called =
    classified.breaking === (classified.bump === 'major' || classified.bump === 'unknown') ? '' : classified.breaking ? ', breaking' : ', not breaking'
  return [
    [{ text: displayVersion(version), tone: 'strong' }, ' ', { text: `${classified.bump}${called}`, tone: bumpTones[classified.bump] }],
    [
      migration.tag,
      { text: ` ${dayOf(migration.when)}${author ? `, ${author.name}` : ''}`, tone: 'muted' },
      ...(release === undefined ? [] : [{ text: ` ${release}`, tone: 'good' } as const]),
    ],
    some(changeTexts(entry), 1),
    [{ text: gradeWords[grade], tone: gradeTones[grade] }],
    ...(environments ? [marks(environments, entry.at)] : []),
  ]
}

const versionTable = (timeline: Timeline, shown: Entries): readonly Block[] =>
  shown.length === 0
    ? []
    : [
        {
          type: 'table',
          columns: [
            { title: 'version' },
            { title: 'migration', least: 18 },
            { title: 'what changed', least: 22 },
            { title: 'going back' },
            ...(timeline.environments ? [{ title: timeline.environments.map(({ name }) => name.slice(0, 1)).join(' ') }] : []),
          ],
          rows: shown.toReversed().map((entry) => row(timeline, entry)),
        },
      ]

/** Neighbours with one first number are one line. */
type Fold = { readonly entries: Entries }

const foldsOf = (entries: Entries): readonly Fold[] => {
  const folds: Entry[][] = []
  for (const entry of entries) {
    const last = folds.at(-1)
    if (last?.[0]?.version.major === entry.version.major) last.push(entry)
    else folds.push([entry])
  }
  return folds.map((each) => ({ entries: each }))
}

const foldRow = ({ entries }: Fold): readonly Text[] => {
  const [first, last] = [entries[0], entries.at(-1)]
  if (!first || !last) return []
  const decisive = entries.find(({ classified }) => classified.breaking)
  const [from, to] = [first, last].map(({ version }) => displayVersion(version))
  const [begun, ended] = [first, last].map(({ migration }) => dayOf(migration.when))
  return [
    [{ text: from === to ? (from ?? '') : `${from} to ${to}`, tone: 'strong' }],
    String(entries.length),
    begun === ended ? (begun ?? '') : `${begun} to ${ended}`,
    decisive ? `${decisive.migration.tag}: ${breakText(decisive) ?? ''}` : '',
  ]
}

/** How many lines of folded versions are shown, and how many versions are open, before all that is older becomes one line. */
const openRows = 20
const foldedRows = 12
const mostOpen = 60

/** One line for all that is older still. */
const restBlocks = (rest: Entries): readonly Block[] => {
  const [first, last] = [rest[0], rest.at(-1)]
  if (!first || !last) return []
  const breaking = rest.filter(({ classified }) => classified.breaking).length
  const text = `${displayVersion(first.version)} to ${displayVersion(last.version)}: ${plural(rest.length, 'version')} more, ${breaking} breaking (--full shows all).`
  return [toned(text, 'muted')]
}

const foldTable = (older: Entries): readonly Block[] => {
  if (older.length === 0) return []
  const folds = foldsOf(older)
  const shown = folds.slice(-foldedRows)
  return [
    { type: 'heading', level: 2, text: `Before that: ${plural(older.length, 'version')}` },
    {
      type: 'table',
      columns: [{ title: 'versions' }, { title: 'number', align: 'right' }, { title: 'when' }, { title: 'what broke', least: 24 }],
      rows: shown.toReversed().map(foldRow),
    },
    ...restBlocks(folds.slice(0, folds.length - shown.length).flatMap(({ entries }) => entries)),
  ]
}

/** Open: the newest ones, those where environments differ, and those where something is odd. */
const openIn = ({ environments = [], entries }: Timeline): ReadonlySet<number> => {
  const known = environments.filter(({ unknown }) => !unknown)
  const surface = Math.min(...known.map(({ prefix }) => prefix - 1), entries.length - openRows)
  const odd = (at: number): boolean => known.some(({ cells }) => !['applied', 'pending'].includes(cells[at] ?? 'applied'))
  return new Set(entries.flatMap(({ at }) => (at >= Math.max(surface, entries.length - mostOpen) || odd(at) ? [at] : [])))
}

const legend = ({ environments = [] }: Timeline, shown: Entries): readonly Block[] => {
  const states = (Object.keys(laneLetters) as readonly LaneState[]).filter((state) =>
    shown.some(({ at }) => environments.some(({ cells }) => cells[at] === state)),
  )
  if (states.length === 0) return []
  return [
    {
      type: 'text',
      text: [
        {
          text: `Environments: ${environments.map(({ name }) => name).join(', ')}. ${states.map((state) => `${laneLetters[state]} ${stateWords[state]}`).join(', ')}.`,
          tone: 'muted',
        },
      ],
    },
  ]
}

const risksText = (entries: Entries): readonly Block[] => {
  const risks = entries.at(-1)?.runs.back.risks ?? []
  return risks.length === 0 ? [] : [toned(`On older versions: ${risks.map((risk) => flagWords[risk]).join('; ')}.`, 'muted')]
}

export type Shown = {
  /** What the filter has left, oldest first. */
  readonly chosen: Entries
  readonly filtered: boolean
  /** Nothing is folded. */
  readonly full: boolean
  readonly written: string | undefined
}

export const blocksOf = (timeline: Timeline, { chosen, filtered, full, written }: Shown): readonly Block[] => {
  const { entries, environments, history, shallow } = timeline
  const open = full || filtered ? undefined : openIn(timeline)
  const shown = open ? chosen.filter(({ at }) => open.has(at)) : chosen
  return [
    { type: 'heading', level: 1, text: history.folder },
    entries.length === 0
      ? { type: 'text', text: 'No version yet: the first migration makes it (drizzle-kit generate).' }
      : { type: 'definition', items: todayItems(entries) },
    ...risksText(entries),
    ...(environments ?? []).flatMap((environment) => environmentBlocks(timeline, environment)),
    ...looseApps(timeline),
    ...(filtered
      ? [{ type: 'text', text: chosen.length === 0 ? 'No version is like that.' : `${chosen.length} of ${plural(entries.length, 'version')}:` } satisfies Block]
      : []),
    ...versionTable(timeline, shown),
    ...legend(timeline, shown),
    ...foldTable(open ? chosen.filter(({ at }) => !open.has(at)) : []),
    ...(shallow ? [toned('The clone is shallow: authors are not told, and releases may be missing.', 'warn')] : []),
    ...(written === undefined ? [] : [{ type: 'text', text: `Drawn into ${written}.` } satisfies Block]),
  ]
}
