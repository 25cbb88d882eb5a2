/** The folder as it will be, looked at before anything is written: its order, its replay in memory and in PostgreSQL, its newest snapshot. */

import type { Readings } from '../../changes/readings.ts'
import type { Commutation } from '../../features/collision/commute.ts'
import type { Rebase } from '../../features/collision/rebase.ts'
import type { Sides } from '../../features/collision/sides.ts'
import { judgeReplay } from '../../features/judged-replay.ts'
import { judgeSnapshots } from '../../features/snapshots.ts'
import type { Project } from '../../model/config.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { History } from '../../model/history.ts'
import { displayKey } from '../../model/name.ts'
import { plural } from '../../model/numbers.ts'
import type { Text } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import { judgeHistory } from '../../rules/run.ts'
import { type Subject, subjectOf } from '../check/subject.ts'
import { runOrders } from './orders.ts'
import type { Verified } from './verified.ts'

/** A folder that is looked at. */
type Standing = 'landed' | 'mine' | 'after'

export type Candidate = {
  readonly project: Project
  readonly landed: History
  readonly mine: History
  readonly after: History
  readonly moves: Rebase['moves']
  readonly sides: Sides
  readonly commutation: Commutation
  readonly readings: Readings
  /** A file below the folder, as each side has it and as it will be. */
  readonly load: { readonly [S in Standing]: (path: string) => Promise<string> }
}

/** What was wrong before is not the resolution's: only what is new counts. */
const without = (findings: readonly Finding[], before: readonly Finding[]): readonly Finding[] => {
  const known = new Set(before.map(({ fingerprint }) => fingerprint))
  return findings.filter(({ fingerprint, severity }) => severity !== 'note' && !known.has(fingerprint))
}

const judged = (world: World, history: History): readonly Finding[] =>
  judgeHistory({ history, edited: [], now: world.now(), statementsInChunk: () => [] }, world.config.policy)

/** What mine had where it stood is not new where it stands now. */
const movedAlong = (findings: readonly Finding[], { moves }: Candidate): readonly Finding[] =>
  findings.flatMap((finding) => moves.map(({ from, to }) => ({ ...finding, fingerprint: finding.fingerprint.replaceAll(from.tag, to.tag) })))

const order = (world: World, candidate: Candidate): Verified => {
  const before = [...judged(world, candidate.landed), ...movedAlong(judged(world, candidate.mine), candidate)]
  const findings = without(judged(world, candidate.after), before)
  return { name: 'order', findings, unknown: [], shown: findings.length === 0 ? 'numbers, times and snapshots are one line' : 'the line is broken' }
}

const replayed = (before: Subject, after: Subject): Verified => {
  const judge = ({ history, scripts, replayed: replay }: Subject): readonly Finding[] => judgeReplay(history, scripts, replay)
  const findings = without(judge(after), judge(before))
  return { name: 'replay', findings, unknown: [], shown: findings.length === 0 ? 'every statement finds what it needs' : 'PostgreSQL would refuse it' }
}

const textOf = (shown: Text): string => (typeof shown === 'string' ? shown : shown.map((span) => (typeof span === 'string' ? span : span.text)).join(''))

/** What has landed and does not run by itself is not mine's fault; but then nobody can see whether mine runs behind it. */
const inPostgres = async (before: Subject, after: Subject): Promise<Verified> => {
  const { findings: found, unknown, shown } = await after.proof()
  const errors = found.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return { name: 'postgres', findings: [], unknown, shown: textOf(shown) }
  const landed = (await before.proof()).findings.find(({ severity }) => severity === 'error')
  if (!landed) return { name: 'postgres', findings: errors, unknown, shown: textOf(shown) }
  const why = `what has landed does not run by itself: ${landed.message}`
  return { name: 'postgres', findings: [], unknown: [...unknown, { what: 'whether mine runs behind what has landed', why }], shown: why }
}

type Judged = Awaited<ReturnType<typeof judgeSnapshots>>

const judgeNewest = async ({ project, load }: Candidate, which: Standing, subject: Subject, proven: boolean): Promise<Judged> => {
  const running = proven ? await subject.engine() : undefined
  const { catalogs, catalog } = proven ? await subject.settled() : subject.replayed
  return judgeSnapshots({
    history: subject.history,
    project,
    catalogs,
    extensions: [...catalog.extensions.keys()],
    assumed: subject.start.assumed,
    pulled: subject.start.baseline !== undefined,
    prefixes: 'last',
    loadSnapshot: load[which],
    ...(running && !('unavailable' in running) && running.missing.length === 0 ? { engine: running } : {}),
  })
}

const differenceKeys = ({ differences, undecided }: Judged): readonly string[] => [
  ...differences.map(({ in: side, object }) => `${side} ${object}`),
  ...undecided.map(({ object }) => `undecided ${object}`),
]

/** Where an object may be told otherwise. */
const sides = ['sql', 'snapshot', 'both', 'undecided'] as const

const asUnknown = ({ object, why }: Judged['undecided'][number]): Unknown => ({
  what: `whether the newest snapshot says ${displayKey(object)} as the SQL makes it`,
  why,
  help: 'Run it without --unproven. What PostgreSQL cannot read either, compare by hand.',
})

/** What a side's own newest snapshot said otherwise already is not the resolution's. A finding stands for each difference, in their order. */
const snapshot = async (
  candidate: Candidate,
  before: readonly (readonly ['landed' | 'mine', () => Subject])[],
  after: Subject,
  proven: boolean,
): Promise<Verified> => {
  const now = await judgeNewest(candidate, 'after', after, proven)
  const keys = differenceKeys(now)
  const old = new Set<string>()
  for (const [which, subject] of before) {
    if (keys.every((key) => old.has(key))) break
    for (const key of differenceKeys(await judgeNewest(candidate, which, subject(), proven))) old.add(key)
  }
  const fresh = now.findings.filter((_, at) => !old.has(keys[at] ?? ''))
  const findings = fresh.filter(({ severity }) => severity !== 'note')
  const undecided = now.undecided.filter(({ object }) => !sides.some((side) => old.has(`${side} ${object}`)))
  const known = keys.length > fresh.length ? `, but for ${plural(keys.length - fresh.length, 'object')} that it said otherwise before` : ''
  return {
    name: 'snapshot',
    findings,
    unknown: [...now.unknown, ...undecided.map(asUnknown)],
    shown:
      now.compared.length === 0
        ? 'there is none to compare'
        : findings.length > 0
          ? 'the newest says something else than the SQL makes'
          : undecided.length > 0
            ? `it is not known whether the newest says ${plural(undecided.length, 'object')} as the SQL makes ${undecided.length === 1 ? 'it' : 'them'}`
            : `the newest says what the SQL makes${known}`,
  }
}

/** Each check's answer. `proven`: also in a PostgreSQL that is started for it. */
export const verify = async (world: World, candidate: Candidate, proven: boolean): Promise<readonly Verified[]> => {
  const [before, after] = [
    subjectOf(world, candidate.project, candidate.landed, false, candidate.readings),
    subjectOf(world, candidate.project, candidate.after, false, candidate.readings),
  ]
  const orders = proven ? await runOrders(after, candidate.sides, candidate.commutation) : undefined
  return [
    order(world, candidate),
    replayed(before, after),
    ...(orders ? [orders] : []),
    ...(proven ? [await inPostgres(before, after)] : []),
    await snapshot(
      candidate,
      [
        ['landed', () => before],
        ['mine', () => subjectOf(world, candidate.project, candidate.mine, false, candidate.readings)],
      ],
      after,
      proven,
    ),
  ]
}
