/** What `migrate` answers. */
import type { Outcome } from '../../features/migrate/running.ts'
import type { History, Migration } from '../../model/history.ts'
import { type Block, type Report, toned } from '../../model/report.ts'
import { fileOf } from '../../rules/place.ts'
import { type Prepared, stops } from './look.ts'
import {
  type DryRun,
  dryBlocks,
  dryText,
  failureFinding,
  finishedBlocks,
  finishedData,
  lostUnknown,
  type RunWords,
  runData,
  tagTree,
  unrecordedBlocks,
} from './run-report.ts'
import type { Target } from './target.ts'

/** What came of it, and of a dry run where it was. */
export type Ran = {
  readonly prepared: Prepared
  readonly outcome: Outcome
  readonly dry?: DryRun
  /** Why versions are not noted in our own ledger. */
  readonly unrecorded?: string
  /** The last migration that was asked for, where not all were. */
  readonly to?: string
}

const stateBlocks = ({ prepared: { plan, findings }, outcome: { finished, failure }, dry, to }: Ran): readonly Block[] => {
  if (stops(findings) && finished.length === 0 && !failure) return [toned('Nothing was run.', 'bad')]
  if (plan.run.length === 0) return [toned(to !== undefined && plan.later.length > 0 ? `Nothing up to ${to} is pending.` : 'Nothing is pending.', 'good')]
  if (dry && dry.leftOut.length > 0 && !failure) return [toned('Nothing of it stays: all of it runs but for what was left out.', 'warn')]
  return dry ? [dryText(failure !== undefined)] : []
}

/** The last one that was applied before this run; a plan that was made anew counts what the run itself had done by then. */
const lastBefore = (applied: readonly Migration[], done: Outcome['finished']): Migration | undefined => {
  const first = applied.findIndex(({ tag }) => done.some(({ migration }) => migration.tag === tag))
  return first < 0 ? applied.at(-1) : applied[first - 1]
}

/** The answer of a run that took `duration` milliseconds. */
export const reportOf = (history: History, target: Target, ran: Ran, duration: number): Report => {
  const { prepared, outcome, dry } = ran
  const { plan, findings, state } = prepared
  const { finished, failure } = outcome
  const words: RunWords = {
    rule: 'migration-failed',
    placeOf: (migration) => ({ file: fileOf(history, migration), hasLines: true }),
    next: 'migrate',
    isDry: dry !== undefined,
  }
  const done = dry ? [] : finished
  const left = plan.run.filter(({ tag }) => !done.some(({ migration }) => migration.tag === tag))
  const back = lastBefore(plan.applied, done)
  const rollback = done.length === 0 ? undefined : `pgstrata rollback ${back ? `--to ${back.tag}` : '--all'} --apply ${target.argument}`
  return {
    operation: 'migrate',
    analysed: { migrations: history.migrations.length, rows: prepared.ledger.rows.length },
    findings: [...findings, ...(failure ? [failureFinding(failure, words)] : [])],
    data: {
      environment: target.name,
      state,
      dryRun: dry?.where ?? null,
      planned: plan.run.map(({ tag }) => tag),
      applied: done.map(finishedData),
      ...runData(outcome, dry, words),
      pending: [...left, ...plan.later].map(({ tag }) => tag),
      duration: Math.round(duration),
      rollback: rollback ?? null,
      unrecorded: ran.unrecorded ?? null,
    },
    blocks: [
      { type: 'heading', level: 1, text: target.name },
      ...dryBlocks(dry),
      ...finishedBlocks(outcome, dry ? 'tried' : 'applied'),
      ...(dry && !failure ? [] : tagTree(done.length > 0 || failure ? 'still pending' : 'pending', left)),
      ...tagTree('left for later by --to', plan.later),
      ...stateBlocks(ran),
      ...unrecordedBlocks('Time and version are', ran.unrecorded ?? outcome.unrecorded, target.name),
      ...(rollback ? [{ type: 'definition' as const, items: [{ term: 'the way back', text: rollback }] }] : []),
    ],
    unknown: [...(dry?.unknown ?? []), ...lostUnknown(outcome, 'applied', words)],
    chosen: true,
  }
}
