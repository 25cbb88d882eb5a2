/** `lint`: statements and batches judged by the policy. */
import { type Batch, type BatchStep, simulateBatch } from '../changes/batch.ts'
import { emptyCatalog } from '../changes/edit.ts'
import type { Step } from '../changes/replay.ts'
import type { Runner } from '../model/config.ts'
import type { Finding } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import { ruleIds } from '../rules/all.ts'
import { type Judged, judgeBatch, type Surroundings } from '../rules/judge.ts'
import { fileOf, placeOf } from '../rules/place.ts'
import { reportedFinding } from '../rules/report.ts'
import { type BadWaiver, isBad, isExpired, type Waiver, waiversOf } from '../rules/waivers.ts'

/** What is judged: all pending migrations as they are deployed together, or each migration as if it were the new one. */
export type Pending = { readonly type: 'together'; readonly migrations: ReadonlySet<number> } | { readonly type: 'each' }

export type LintSubject = {
  readonly history: History
  readonly steps: readonly Step[]
  readonly pending: Pending
  readonly runner: Runner
}

export type WaiverUse = { readonly waiver: Waiver; readonly step: Step; readonly state: 'used' | 'unused' | 'expired' }

export type Lint = {
  readonly batches: readonly Batch[]
  /** The policy's findings, with the statement and the object that each is about, and the SQLSTATE with which PostgreSQL is said to refuse it. */
  readonly found: readonly { readonly finding: Finding; readonly at: BatchStep; readonly object: string; readonly fails?: string }[]
  readonly findings: readonly Finding[]
  readonly waivers: readonly WaiverUse[]
}

const batchesOf = ({ steps, pending, runner }: LintSubject): readonly Batch[] => {
  if (pending.type === 'together') {
    const together = steps.filter(({ migration }) => pending.migrations.has(migration))
    return together.length === 0 ? [] : [simulateBatch(together, runner, emptyCatalog)]
  }
  const files = new Map<number, Step[]>()
  for (const step of steps) {
    const file = files.get(step.migration)
    if (file) file.push(step)
    else files.set(step.migration, [step])
  }
  return [...files.values()].map((own) => simulateBatch(own, runner, emptyCatalog))
}

/** Lines of a statement that a code frame shows. */
const frameLines = 8

const sourceOf = ({ statement }: Step): string => {
  const lines = statement.text.split('\n')
  return lines.length <= frameLines ? statement.text : [...lines.slice(0, frameLines - 1), '…'].join('\n')
}

const placed = (history: History, { at, finding }: Judged): Finding => ({
  ...finding,
  ...placeOf(history, at.step),
  source: sourceOf(at.step),
  fingerprint: [finding.rule, history.migrations[at.step.migration]?.tag, finding.fingerprint.slice(finding.rule.length + 1)].filter(Boolean).join('/'),
})

const isFor = (waiver: Waiver, { finding, at }: Judged): boolean => at.step.statement === waiver.statement && waiver.rules.includes(finding.rule)

const badWaiver = (history: History, step: Step, { comment, why }: BadWaiver): Finding =>
  reportedFinding(
    'waiver-invalid',
    `The waiver does not hold: ${why}.`,
    { ...placeOf(history, step), line: comment.start.line, column: comment.start.column },
    comment.text,
  )

const staleWaiver = (history: History, { waiver, step, state }: WaiverUse): readonly Finding[] => {
  const place = { ...placeOf(history, step), line: waiver.comment.start.line, column: waiver.comment.start.column }
  const rules = waiver.rules.join(', ')
  if (state === 'unused') return [reportedFinding('waiver-unused', `The waiver allows ${rules}, and nothing of that is found here.`, place, rules)]
  if (state === 'expired') return [reportedFinding('waiver-expired', `The waiver of ${rules} held until ${waiver.until} (${waiver.reason}).`, place, rules)]
  return []
}

/** Judges the pending migrations of a history. `surroundings.only` leaves other rules' waivers alone. */
export const lint = (subject: LintSubject, surroundings: Surroundings): Lint => {
  const { history } = subject
  const batches = batchesOf(subject)
  const madeAt = (tag: string): number | undefined => history.migrations.find((migration) => migration.tag === tag)?.when
  const judged = batches.flatMap((batch) => judgeBatch(batch, { madeAt, ...surroundings }))
  const read = batches.flatMap(({ steps }) => steps.flatMap(({ step }) => waiversOf(step.statement, ruleIds).map((waiver) => ({ step, waiver }))))
  const uses = read.flatMap(({ step, waiver }): readonly WaiverUse[] => {
    if (isBad(waiver)) return []
    if (isExpired(waiver, surroundings.now)) return [{ waiver, step, state: 'expired' }]
    const asked = surroundings.only === undefined || waiver.rules.some((rule) => surroundings.only?.has(rule))
    return asked ? [{ waiver, step, state: judged.some((each) => isFor(waiver, each)) ? 'used' : 'unused' }] : []
  })
  const found = judged.map((each) => {
    const use = uses.find(({ waiver, state }) => state === 'used' && isFor(waiver, each))
    const finding = placed(history, each)
    const { object, claim } = each.hit
    return {
      at: each.at,
      object,
      finding: use ? { ...finding, waived: { reason: use.waiver.reason, until: use.waiver.until } } : finding,
      ...(claim?.fails === undefined ? {} : { fails: claim.fails }),
    }
  })
  return {
    batches,
    found,
    findings: [
      ...found.map(({ finding }) => finding),
      ...read.flatMap(({ step, waiver }) => (isBad(waiver) ? [badWaiver(history, step, waiver)] : [])),
      ...uses.flatMap((use) => staleWaiver(history, use)),
    ],
    waivers: uses,
  }
}

/** Where a statement of a batch stands, in a word: `drizzle/0042_x.sql:3`. */
export const whereabouts = (history: History, { migration, statement }: Step): string => {
  const of = history.migrations[migration]
  return of ? `${fileOf(history, of)}:${statement.start.line}` : `${statement.start.line}`
}
