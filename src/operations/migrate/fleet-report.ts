/** What became of all databases of an environment with tenants, told once for those that fared alike. */
import { namesText } from '../../features/drift/groups.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { History } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import { plural } from '../../model/numbers.ts'
import { type Block, type Report, type Text, toned } from '../../model/report.ts'
import type { Ran } from './report.ts'

/** Why nobody has heard the end of a database. */
export type Why = { readonly code: string; readonly message: string; readonly help?: string | undefined }

/** What became of one database. `ran` and `report` are absent where it was not begun, or could not be. `left out`: all that is pending in it takes no transaction, and a dry run is one. `left for later`: nothing is pending up to what `--to` names, and something is behind it. */
export type Fared = {
  readonly tenant: string
  readonly state: 'migrated' | 'tried' | 'left out' | 'left for later' | 'nothing pending' | 'stopped' | 'failed' | 'unknown' | 'not begun'
  readonly ran?: Ran
  readonly report?: Report
  readonly why?: Why
}

/** Those behind which nobody else is begun. */
export const isBad = ({ state }: Fared): boolean => state === 'stopped' || state === 'failed' || state === 'unknown'

const finishedIn = ({ ran }: Fared): readonly string[] => (ran?.outcome.finished ?? []).map(({ migration }) => migration.tag)

/** What a dry run has not tried. */
const leftOutIn = ({ ran }: Fared): readonly string[] =>
  (ran?.dry?.leftOut ?? []).map(({ migration, line, words }) => `${words} (${migration.tag}, line ${line})`)

const grouped = <T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] => {
  const found = new Map<string, T[]>()
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item])
  return [...found.values()]
}

/** A finding that several databases have is told once, with their names. */
const findingsOf = (fared: readonly Fared[]): readonly Finding[] =>
  grouped(
    fared.flatMap(({ tenant, report }) => (report?.findings ?? []).map((finding) => ({ tenant, finding }))),
    ({ finding }) => JSON.stringify([finding.rule, finding.severity, finding.message]),
  ).flatMap((same) => {
    const [first] = same
    return first ? [{ ...first.finding, message: `${namesText(same.map(({ tenant }) => tenant))}: ${first.finding.message}` }] : []
  })

export const goesOn = 'Run it again: it goes on from there.'

const namesOf = (fared: readonly Fared[]): string => namesText(fared.map(({ tenant }) => tenant))

/** Those that a stop has kept from being begun. */
const keptBack = (environment: string, fared: readonly Fared[]): readonly Unknown[] => {
  const left = fared.filter(({ state }) => state === 'not begun')
  return left.length === 0 ? [] : [{ what: `${environment}: ${namesOf(left)}`, why: 'The run was stopped before.', help: goesOn }]
}

const unknownOf = (environment: string, fared: readonly Fared[], stopped: boolean): readonly Unknown[] => [
  ...fared.flatMap(({ tenant, report, why }): readonly Unknown[] => [
    ...(report?.unknown ?? []).map((unknown) => ({ ...unknown, what: `${unknown.what} in ${environment}/${tenant}` })),
    ...(why ? [{ what: `${environment}/${tenant}`, why: why.message, ...(why.help === undefined ? {} : { help: why.help }) }] : []),
  ]),
  ...(stopped ? keptBack(environment, fared) : []),
]

const tones = {
  migrated: 'good',
  tried: 'good',
  'left out': 'warn',
  'left for later': 'muted',
  'nothing pending': 'muted',
  stopped: 'bad',
  failed: 'bad',
  unknown: 'bad',
  'not begun': 'warn',
} as const

const table = (fared: readonly Fared[]): Block => ({
  type: 'table',
  columns: [{ title: 'databases', align: 'right' }, { title: '' }, { title: 'migrations' }, { title: 'which' }],
  rows: grouped(fared, (each) => JSON.stringify([each.state, finishedIn(each)])).map((same): readonly Text[] => {
    const [first] = same
    const state = first?.state ?? 'unknown'
    return [String(same.length), [{ text: state, tone: tones[state] }], first ? finishedIn(first).join(', ') : '', namesOf(same)]
  }),
})

/** How a run of all of them ended. `stopped`: by the user. */
export type Ended = { readonly dry: boolean; readonly stopped: boolean; readonly duration: number }

const endTone = (fared: readonly Fared[], done: number): 'good' | 'warn' | 'bad' => {
  if (fared.some((each) => leftOutIn(each).length > 0) && !fared.some(isBad)) return 'warn'
  return done === fared.length ? 'good' : 'bad'
}

/** With `--to`, the last migration that was asked for. */
const endOf = (fared: readonly Fared[]): string => fared.find(({ ran }) => ran?.to !== undefined && ran.prepared.plan.later.length > 0)?.ran?.to ?? 'the end'

const laterIn = ({ ran }: Fared): readonly string[] => (ran?.prepared.plan.later ?? []).map(({ tag }) => tag)

const laterBlocks = (fared: readonly Fared[]): readonly Block[] =>
  together(fared, (each) => (laterIn(each).length === 0 ? [] : [laterIn(each).join(', ')])).map(({ words, names }) =>
    toned(`Left for later by --to in ${names}: ${words}.`, 'muted'),
  )

const sentence = (fared: readonly Fared[], { dry, stopped }: Ended): Text => {
  const count = (...states: readonly Fared['state'][]): number => fared.filter(({ state }) => states.includes(state)).length
  const [done, bad, left, untried] = [
    count('migrated', 'tried', 'left for later', 'nothing pending'),
    fared.filter(isBad).length,
    count('not begun'),
    count('left out'),
  ]
  const butFor = fared.some((each) => each.state === 'tried' && leftOutIn(each).length > 0) ? ' but for what was left out' : ''
  return [
    {
      text: `${done} of ${plural(fared.length, 'database')} ${dry ? 'would come' : done === 1 ? 'has come' : 'have come'} to ${endOf(fared)}${butFor}`,
      tone: endTone(fared, done),
    },
    untried > 0 ? `; in ${untried} nothing could be tried` : '',
    bad > 0 ? `; ${bad} ${dry ? 'would not' : bad === 1 ? 'has not' : 'have not'}` : '',
    left > 0 ? `; ${left} ${left === 1 ? 'was' : 'were'} not begun (${stopped ? 'the run was stopped' : '--keep-going begins them all the same'})` : '',
    '.',
  ]
}

/** The same words of several databases, once, with their names. */
const together = (fared: readonly Fared[], wordsOf: (each: Fared) => readonly string[]): readonly { readonly words: string; readonly names: string }[] =>
  grouped(
    fared.flatMap((each) => wordsOf(each).map((words) => ({ words, each }))),
    ({ words }) => words,
  ).map((same) => ({ words: same[0]?.words ?? '', names: namesOf(same.map(({ each }) => each)) }))

const leftOutBlocks = (fared: readonly Fared[]): readonly Block[] =>
  together(fared, leftOutIn).map(({ words, names }) => toned(`Left out in ${names}: ${words} takes no transaction.`, 'warn'))

const dataOf = (environment: string, fared: readonly Fared[], duration: number): Json => ({
  environment,
  tenants: fared.map(({ tenant, state, report, why }) => ({
    tenant,
    outcome: state,
    ...((report?.data ?? {}) as { readonly [key: string]: Json }),
    ...(why ? { error: { code: why.code, message: why.message } } : {}),
  })),
  duration: Math.round(duration),
})

const unrecordedBlocks = (environment: string, fared: readonly Fared[]): readonly Block[] =>
  together(fared, ({ ran }) => (ran?.unrecorded === undefined ? [] : [ran.unrecorded])).map(({ words, names }) =>
    toned(
      `Time and version are not noted in pgstrata.schema_versions of ${names}: ${words}. Once in each, as a user who may: pgstrata version ${environment}/TENANT --sync.`,
      'muted',
    ),
  )

/** The answer for all of them. */
export const fleetReport = (history: History, environment: string, fared: readonly Fared[], ended: Ended): Report => ({
  operation: 'migrate',
  analysed: { migrations: history.migrations.length, databases: fared.filter(({ state }) => state !== 'not begun').length },
  findings: findingsOf(fared),
  data: dataOf(environment, fared, ended.duration),
  blocks: [
    { type: 'heading', level: 1, text: environment },
    { type: 'text', text: sentence(fared, ended) },
    ...leftOutBlocks(fared),
    ...laterBlocks(fared),
    table(fared),
    ...unrecordedBlocks(environment, fared),
  ],
  unknown: unknownOf(environment, fared, ended.stopped),
  chosen: true,
})
