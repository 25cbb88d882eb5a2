/** Judges a batch by the policy rules and makes their hits findings. */
import type { Batch, BatchStep } from '../changes/batch.ts'
import type { ChangeKind } from '../model/change.ts'
import type { Config } from '../model/config.ts'
import type { Finding, FindingLock } from '../model/finding.ts'
import type { LockMode } from '../model/lock.ts'
import { display, isArchived, type RelationName } from '../model/name.ts'
import type { Usage } from '../model/profile.ts'
import type { Instant } from '../model/world.ts'
import type { BatchRule, PolicyContext, PolicyHit, PolicyRule, StepRule, StepView } from './define.ts'
import { policyRules } from './policy.ts'
import { severityOf, usageText } from './severity.ts'

export type Surroundings = {
  readonly policy: NonNullable<Config['policy']>
  readonly postgres: number
  readonly usage: (relation: RelationName) => Usage
  readonly now: Instant
  /** When a migration was made, by its tag: what deprecation is measured against. Default: not known. */
  readonly madeAt?: (tag: string) => Instant | undefined
  /** Only these rules. Default: all. */
  readonly only?: ReadonlySet<string>
}

/** A finding with the statement it is about; its place is the caller's to add. */
export type Judged = { readonly at: BatchStep; readonly rule: PolicyRule; readonly hit: PolicyHit; readonly finding: Finding }

/** What waits for a lock (manual 13.3.1). */
export const blockedBy = (mode: LockMode): FindingLock['blocks'] =>
  mode === 'ACCESS EXCLUSIVE' ? 'reads and writes' : ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE'].includes(mode) ? 'writes' : 'schema changes'

const holdsFor = ({ versions }: PolicyRule, postgres: number): boolean =>
  versions === undefined || (postgres >= (versions.from ?? 0) && postgres <= (versions.to ?? Number.POSITIVE_INFINITY))

type AnyJudge = (move: StepView['moves'][number], view: StepView) => PolicyHit | readonly PolicyHit[] | undefined

const asList = <T>(found: T | readonly T[] | undefined): readonly T[] => (found === undefined ? [] : Array.isArray(found) ? found : [found as T])

/** The rules that look at a kind of change. */
const judgesOf = (rules: readonly StepRule[]): ReadonlyMap<ChangeKind, readonly { readonly rule: StepRule; readonly judge: AnyJudge }[]> => {
  const found = new Map<ChangeKind, { readonly rule: StepRule; readonly judge: AnyJudge }[]>()
  for (const rule of rules)
    for (const [kind, judge] of Object.entries(rule.judges ?? {}) as [ChangeKind, AnyJudge][]) found.set(kind, [...(found.get(kind) ?? []), { rule, judge }])
  return found
}

const isStepRule = (rule: PolicyRule): rule is StepRule => rule.scope === 'step'
const isBatchRule = (rule: PolicyRule): rule is BatchRule => rule.scope === 'batch'

type Hit = { readonly rule: PolicyRule; readonly hit: PolicyHit; readonly at: BatchStep }

/** What a DO block does only where rows say so may happen: the words say it, and no test can count on seeing it. */
const underCondition = ({ conditional }: StepView['moves'][number], hit: PolicyHit): PolicyHit => {
  if (!conditional) return hit
  const { claim: _claim, ...rest } = hit
  return { ...rest, message: `${hit.message} The DO block does it under a condition that rows or variables decide.` }
}

const hitsIn = (batch: Batch, rules: readonly PolicyRule[], context: PolicyContext): readonly Hit[] => {
  const stepRules = rules.filter(isStepRule)
  const judges = judgesOf(stepRules)
  const whole = stepRules.filter(({ statement }) => statement !== undefined)
  const hits: Hit[] = []
  for (const at of batch.steps) {
    const view: StepView = { ...context, ...at }
    for (const move of at.moves)
      for (const { rule, judge } of judges.get(move.change.kind) ?? [])
        for (const hit of asList(judge(move, view))) hits.push({ rule, hit: underCondition(move, hit), at })
    for (const rule of whole) {
      const found = rule.statement?.(view)
      // Most rules find nothing in most statements.
      if (found !== undefined) for (const hit of asList(found)) hits.push({ rule, hit, at })
    }
  }
  const inBatch = rules
    .filter(isBatchRule)
    .flatMap((rule) => rule.check({ ...context, before: batch.before, after: batch.after }).map(({ at, ...hit }) => ({ rule, hit, at })))
  return [...hits, ...inBatch].sort((a, b) => a.at.position - b.at.position)
}

/** One hit a rule and object of a statement. */
const distinct = (hits: readonly Hit[]): readonly Hit[] => [
  ...new Map(hits.map((each) => [`${each.rule.id} ${each.at.position} ${each.hit.object}`, each])).values(),
]

const lockOf = ({ lock }: PolicyHit): FindingLock | undefined =>
  lock && { relation: display(lock.relation), mode: lock.mode, blocks: blockedBy(lock.mode), duration: lock.duration }

const toFinding = ({ rule, hit }: Hit, severity: Finding['severity'], usage: Usage): Finding => {
  const known = rule.weighs === undefined || hit.relation === undefined ? '' : usageText(usage)
  const lock = lockOf(hit)
  return {
    rule: rule.id,
    severity,
    message: known === '' || hit.relation === undefined ? hit.message : `${hit.message} (${display(hit.relation)}: ${known})`,
    help: hit.help ?? rule.instead,
    docs: `rules/${rule.id}`,
    ...(lock ? { lock } : {}),
    ...(hit.remedy ? { remedy: hit.remedy } : {}),
    ...(hit.precheck === undefined ? {} : { precheck: hit.precheck }),
    fingerprint: [rule.id, hit.object].join('/'),
  }
}

/** Judges a batch. Rules that the policy has switched off, or that do not hold for the major, find nothing. */
export const judgeBatch = (batch: Batch, { policy, postgres, usage, now, madeAt = () => undefined, only }: Surroundings): readonly Judged[] => {
  const rules = policyRules.filter((rule) => holdsFor(rule, postgres) && (only === undefined || only.has(rule.id)))
  const deprecation = policy.deprecation && { ...policy.deprecation, madeAt }
  const context: PolicyContext = { batch, runner: batch.runner, postgres, usage, now, ...(deprecation ? { deprecation } : {}) }
  return distinct(hitsIn(batch, rules, context)).flatMap((each) => {
    // No running code knows an archive.
    if (isArchived(each.hit.object)) return []
    const known = each.hit.relation === undefined ? {} : usage(each.hit.relation)
    const severity = severityOf(each.rule, each.hit, policy, known)
    return severity === undefined ? [] : [{ at: each.at, rule: each.rule, hit: each.hit, finding: toFinding(each, severity, known) }]
  })
}
