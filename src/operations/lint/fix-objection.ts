/** Why fixed migrations are not written: they must run, make the schema that the unfixed ones make, and bring no finding of their own. */
import { diff } from '../../changes/diff.ts'
import { replay, type Step } from '../../changes/replay.ts'
import { refusalsWhileNotValid } from '../../features/fix/not-valid.ts'
import type { Beside } from '../../features/fix.ts'
import type { Lint } from '../../features/lint.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Finding } from '../../model/finding.ts'
import { readScript } from '../../sql/script.ts'
import type { Subject } from './subject.ts'

type Judged = { readonly subject: Subject; readonly result: Lint }
type Fixed = Judged & { readonly next: readonly Beside[] }

const pendingSteps = ({ replayed, pending }: Subject): readonly Step[] =>
  replayed.steps.filter(({ migration }) => pending.type === 'each' || pending.migrations.has(migration))

/** Statements that PostgreSQL would not run, each with its reason. */
const refusals = (subject: Subject): readonly string[] =>
  pendingSteps(subject).flatMap((step) => (step.refused ? [`a later statement would fail (${step.refused.message})`] : refusalsWhileNotValid(step)))

const decides = ({ severity, waived, old }: Finding): boolean => severity !== 'note' && !waived && !old

/** The first finding of a rule that has more of them than before. */
const brought = (was: Lint, now: Lint): Finding | undefined => {
  const of = ({ findings }: Lint, rule: string): number => findings.filter((finding) => finding.rule === rule && decides(finding)).length
  return now.findings.find((finding) => decides(finding) && of(now, finding.rule) > of(was, finding.rule))
}

/** Before PostgreSQL 18 a NOT NULL has no name in the catalog. */
const isUnnamed = (change: Change, { tables }: Catalog): boolean =>
  change.kind === 'rename-constraint' && (tables.get(change.on)?.columns.some(({ notNull }) => notNull !== false && notNull.name === change.from) ?? false)

const followUpSteps = ({ subject, next }: Fixed) =>
  replay([{ statements: next.flatMap(({ sql }) => readScript(sql.join(';\n')).statements) }], subject.replayed.catalog)

/** Why the fixed migrations do not do in the place of the unfixed ones; undefined where they do. `postgres`: production's major. */
export const objection = (was: Judged, now: Fixed, postgres: number): string | undefined => {
  const known = refusals(was.subject)
  const refusal = refusals(now.subject).find((reason) => !known.includes(reason))
  if (refusal !== undefined) return refusal
  const { steps, catalog } = followUpSteps(now)
  const late = steps.find(({ refused }) => refused)?.refused
  if (late) return `what it leaves to the next deployment would fail there (${late.message})`
  const finding = brought(was.result, now.result)
  if (finding) return `it would bring ${finding.rule} (${finding.file ?? finding.migration ?? ''}:${finding.line ?? 1})`
  const wanted = was.subject.replayed.catalog
  const differs = diff(wanted, catalog).some((change) => postgres >= 18 || !isUnnamed(change, wanted))
  return differs ? 'the schema would not be the same in the end' : undefined
}

/** What is left to the next deployment, without what a pending migration does already. */
export const contentsOf = (fixed: Fixed): readonly Beside[] => {
  const idle = new Set(followUpSteps(fixed).steps.flatMap(({ changes, statement }) => (changes.length === 0 ? [statement.text] : [])))
  return fixed.next.flatMap(({ migration, sql }) => {
    const own = sql.filter((text) => !idle.has(text.replace(/;\s*$/, '')))
    return own.length > 0 ? [{ migration, sql: own }] : []
  })
}
