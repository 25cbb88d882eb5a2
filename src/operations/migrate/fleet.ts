/** All databases of an environment with tenants, migrated one by one or some at a time: what becomes of each, told once for those that fared alike. */
import { namesText } from '../../features/drift/groups.ts'
import type { Outcome } from '../../features/migrate/running.ts'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { History } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import type { Block, Report, Text } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import { plural } from '../plural.ts'
import { pooled } from '../pool.ts'
import { stops } from './look.ts'
import { type Ran, reportOf } from './report.ts'
import type { Target } from './target.ts'

/** `dry`: nothing of it stays. */
export type FleetOptions = { readonly concurrency: number; readonly keepGoing: boolean; readonly dry: boolean }

/** Why nobody has heard the end of a database. */
type Why = { readonly code: string; readonly message: string; readonly help?: string | undefined }

/** What became of one database. `report` is absent where it was not begun, or could not be. */
type Fared = {
  readonly tenant: string
  readonly state: 'migrated' | 'nothing pending' | 'stopped' | 'failed' | 'unknown' | 'not begun'
  readonly report?: Report
  readonly why?: Why
}

const stateOf = ({ prepared, outcome }: { readonly prepared: Ran['prepared']; readonly outcome: Outcome }): Fared['state'] => {
  if (outcome.failure?.why === 'stopped') return 'stopped'
  if (outcome.failure) return outcome.failure.why === 'lost' ? 'unknown' : 'failed'
  if (stops(prepared.findings)) return 'stopped'
  return outcome.finished.length > 0 ? 'migrated' : 'nothing pending'
}

/** Those behind which nobody else is begun. */
const isBad = ({ state }: Fared): boolean => state === 'stopped' || state === 'failed' || state === 'unknown'

const appliedIn = ({ report }: Fared): readonly string[] => {
  const { applied = [], tried = [] } = (report?.data ?? {}) as {
    readonly applied?: readonly { readonly tag: string }[]
    readonly tried?: readonly { readonly tag: string }[]
  }
  return [...applied, ...tried].map(({ tag }) => tag)
}

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

const goesOn = 'Run it again: it goes on from there.'

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

const tones = { migrated: 'good', 'nothing pending': 'muted', stopped: 'bad', failed: 'bad', unknown: 'bad', 'not begun': 'warn' } as const

const table = (fared: readonly Fared[]): Block => ({
  type: 'table',
  columns: [{ title: 'databases', align: 'right' }, { title: '' }, { title: 'migrations' }, { title: 'which' }],
  rows: grouped(fared, (each) => JSON.stringify([each.state, appliedIn(each)])).map((same): readonly Text[] => {
    const [first] = same
    const state = first?.state ?? 'unknown'
    return [String(same.length), [{ text: state, tone: tones[state] }], first ? appliedIn(first).join(', ') : '', namesOf(same)]
  }),
})

const sentence = (fared: readonly Fared[], dry: boolean, stopped: boolean): Text => {
  const count = (...states: readonly Fared['state'][]): number => fared.filter(({ state }) => states.includes(state)).length
  const [done, bad, left] = [count('migrated', 'nothing pending'), fared.filter(isBad).length, count('not begun')]
  return [
    {
      text: `${done} of ${plural(fared.length, 'database')} ${dry ? 'would come' : done === 1 ? 'has come' : 'have come'} to the end`,
      tone: done === fared.length ? 'good' : 'bad',
    },
    bad > 0 ? `; ${bad} ${dry ? 'would not' : bad === 1 ? 'has not' : 'have not'}` : '',
    left > 0 ? `; ${left} ${left === 1 ? 'was' : 'were'} not begun (${stopped ? 'the run was stopped' : '--keep-going begins them all the same'})` : '',
    '.',
  ]
}

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

/** Why the server, or the user, has kept us from hearing the end; throws what is neither: a bug. */
const whyOf = (error: unknown, stopped: boolean): { readonly state: 'stopped' | 'unknown'; readonly why: Why } => {
  if (stopped) return { state: 'stopped', why: { code: 'stopped', message: 'The run was stopped while it was at work there.', help: goesOn } }
  if (error instanceof ToolError) return { state: 'unknown', why: error }
  if (!(error instanceof PostgresRefusal)) throw error
  const { message, sqlstate, hint } = error
  return { state: 'unknown', why: { code: 'refused', message: `${message.replace(/\.$/, '')} (SQLSTATE ${sqlstate}).`, help: hint ?? goesOn } }
}

type Work = (tenant: string, target: Target) => Promise<Fared>

/** Does the work in one database after the other, `concurrency` at a time. A bug is thrown when nobody is at work any more: no connection is closed under anybody's hands. */
const eachOf = async (
  world: World,
  environment: string,
  targets: ReadonlyMap<string, Target>,
  { concurrency, keepGoing }: FleetOptions,
  work: Work,
): Promise<readonly Fared[]> => {
  const bugs: unknown[] = []
  let halted = false
  let done = 0
  const once: Work = async (tenant, target) => {
    if (halted || world.signal.aborted) return { tenant, state: 'not begun' }
    try {
      return await work(tenant, target)
    } catch (error) {
      halted = true
      bugs.push(error)
      return { tenant, state: 'unknown' }
    }
  }
  const fared = await pooled([...targets], concurrency, new AbortController().signal, async ([tenant, target]) => {
    const told = await once(tenant, target)
    if (isBad(told) && !keepGoing) halted = true
    world.progress({ step: `${environment}/${told.tenant}: ${told.state}`, done: ++done, total: targets.size })
    return told
  })
  if (bugs.length > 0) throw bugs[0]
  return fared
}

/**
 * Migrates each of these databases, `concurrency` at a time. Where one of them is not brought to its end, no further one is begun unless `keepGoing`. One that cannot be reached, or whose server refuses what we ask, is unknown, by name.
 */
export const migrateFleet = async (
  world: World,
  history: History,
  environment: string,
  targets: ReadonlyMap<string, Target>,
  options: FleetOptions,
  run: (target: Target) => Promise<Ran>,
): Promise<Report> => {
  const started = world.now()
  const fared = await eachOf(world, environment, targets, options, async (tenant, target) => {
    const begun = world.now()
    try {
      const ran = await run(target)
      return { tenant, state: stateOf(ran), report: reportOf(history, target, ran, world.now() - begun) }
    } catch (error) {
      return { tenant, ...whyOf(error, world.signal.aborted) }
    }
  })
  const stopped = world.signal.aborted
  return {
    operation: 'migrate',
    analysed: { migrations: history.migrations.length, databases: fared.filter(({ state }) => state !== 'not begun').length },
    findings: findingsOf(fared),
    data: dataOf(environment, fared, world.now() - started),
    blocks: [{ type: 'heading', level: 1, text: environment }, { type: 'text', text: sentence(fared, options.dry, stopped) }, table(fared)],
    unknown: unknownOf(environment, fared, stopped),
    chosen: true,
  }
}
