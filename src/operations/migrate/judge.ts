/** The pending migrations as a database will meet them: behind what it has run, in the order in which it ran it; judged by the policy, in the batches of a runner. `migrate` and `status` share it. */
import type { Step } from '../../changes/replay.ts'
import { judgeReplay } from '../../features/judged-replay.ts'
import { lint } from '../../features/lint.ts'
import type { Pending } from '../../features/migrate/segments.ts'
import type { Project, Runner } from '../../model/config.ts'
import type { Finding } from '../../model/finding.ts'
import type { History, Migration } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { type Subject, subjectOf } from '../check/subject.ts'
import { optionsOf } from '../lint/options.ts'

/** A finding that says that PostgreSQL will refuse a statement; `sqlstate` where a rule foretells it, and does not see it in the replay. */
export type Refusal = { readonly finding: Finding; readonly sqlstate?: string }

export type Judged = {
  readonly pending: readonly Pending[]
  readonly findings: readonly Finding[]
  readonly refusals: readonly Refusal[]
  /** Extensions and such that the migrations take for granted. */
  readonly history: History
  readonly subject: Subject
}

/** What is judged, behind what. */
type Pair = { readonly applied: readonly Migration[]; readonly run: readonly Migration[] }

const inOrder = (history: History, migrations: readonly Migration[]): History => ({
  ...history,
  migrations: migrations.map((migration, index) => ({ ...migration, index })),
})

/** What our runner does by itself: takes statements out of its transaction, and limits how long one waits for locks. */
const runnerDoes = new Set(['concurrently-in-tx', 'missing-lock-timeout'])

/** What a replay is refused with. */
const refusing = new Set(['refused', 'unparsed'])

/** Judges `run` behind `applied`, for that major of PostgreSQL. The parser must be loaded. */
export const judgePending = async (
  world: World,
  project: Project,
  history: History,
  { applied, run }: Pair,
  runner: Runner,
  major?: number,
): Promise<Judged> => {
  const ordered = inOrder(history, [...applied, ...run])
  const subject = subjectOf(world, project, ordered, false)
  const replayed = await subject.settled()
  const options = await optionsOf(world, { runner, pgVersion: major })
  const migrations = new Set(run.map((_, at) => applied.length + at))
  const { findings, found } = lint({ history: ordered, steps: replayed.steps, pending: { type: 'together', migrations }, runner }, options.surroundings)
  const tags = new Set(run.map(({ tag }) => tag))
  const ofReplay = judgeReplay(ordered, subject.scripts, replayed).filter(({ migration }) => migration !== undefined && tags.has(migration))
  const stepsOf = (at: number): readonly Step[] => replayed.steps.filter(({ migration }) => migration === at)
  const isMet = ({ rule }: Finding): boolean => runner === 'drizzle' || !runnerDoes.has(rule)
  return {
    history: ordered,
    subject,
    pending: run.map((migration, at) => ({ migration, steps: stepsOf(applied.length + at) })),
    findings: [...ofReplay, ...findings.filter(isMet)],
    refusals: [
      ...ofReplay.flatMap((finding) => (refusing.has(finding.rule) ? [{ finding }] : [])),
      ...found.flatMap(({ finding, fails }) => (fails === undefined || !isMet(finding) ? [] : [{ finding, sqlstate: fails }])),
    ],
  }
}

export type Judge = (pair: Pair) => Promise<Judged>

/** Many databases are alike: what is pending behind the same migrations is judged once. */
export const judgeOf = (world: World, project: Project, history: History, runner: Runner): Judge => {
  const known = new Map<string, Promise<Judged>>()
  return (pair) => {
    const key = JSON.stringify([pair.applied, pair.run].map((migrations) => migrations.map(({ tag }) => tag)))
    const judged = known.get(key) ?? judgePending(world, project, history, pair, runner)
    known.set(key, judged)
    return judged
  }
}
