/** A database held against the folder: what is pending in it, how it would meet it, and what stands against that. */
import { positionOf } from '../../drizzle/history.ts'
import { readLedger, reconcile } from '../../drizzle/ledger.ts'
import { judgeLedger } from '../../features/ledger.ts'
import { namesFor, type Plan, planOf } from '../../features/migrate/plan.ts'
import { readProgress, type Unfinished } from '../../features/migrate/progress.ts'
import { type Segment, segmentsOf } from '../../features/migrate/segments.ts'
import type { Runner } from '../../model/config.ts'
import { asWarnings, type Finding, isOpenError } from '../../model/finding.ts'
import type { History, Ledger } from '../../model/history.ts'
import type { Session } from '../../model/session.ts'
import type { Judge, Judged } from './judge.ts'
import type { Options } from './options.ts'
import type { Target } from './target.ts'

/** A database as it is found, and what is to be done. */
export type Prepared = {
  readonly ledger: Ledger
  readonly state: string
  readonly plan: Plan
  readonly judged: Judged
  readonly findings: readonly Finding[]
  readonly segments: readonly Segment[]
  /** What is gone on with: it has begun beside this very ledger. */
  readonly unfinished: readonly Unfinished[]
  readonly named: ReturnType<typeof namesFor>
}

/** What is looked at, and for what. */
export type Looking = { readonly history: History; readonly target: Target; readonly options: Options; readonly runner: Runner; readonly judge: Judge }

/** Reads the ledger and what has begun, and judges what is pending. Throws what reading the ledger throws, `no-such-migration`, `missing-file`, `unsupported-statement`. */
export const look = async (session: Session, { history, target, options, runner, judge }: Looking): Promise<Prepared> => {
  const ledger = await readLedger(session, target.ledger)
  const [unfinished, reconciliation] = [await readProgress(session, target.ledger), reconcile(history, ledger)]
  const last = options.to === undefined ? undefined : positionOf(history, options.to)
  const plan = planOf(history, {
    reconciliation,
    judged: judgeLedger(history, reconciliation),
    unfinished,
    ledger: target.ledger,
    environment: target.argument,
    accepted: options.accepted,
    last,
  })
  const judged = await judge(plan)
  const policy = options.accepted.has('policy') ? asWarnings(judged.findings) : judged.findings
  return {
    ledger,
    state: reconciliation.state,
    plan,
    judged,
    findings: [...plan.findings, ...policy],
    segments: segmentsOf(judged.pending, runner),
    unfinished: unfinished.filter((begun) => begun.ledger === undefined),
    named: namesFor(history, ledger, reconciliation),
  }
}

/** Something that nobody has taken upon himself. */
export const stops = (findings: readonly Finding[]): boolean => findings.some(isOpenError)
