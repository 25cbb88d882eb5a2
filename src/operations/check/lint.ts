/** The new migrations, judged by the policy. */
import type { Replay, Step } from '../../changes/replay.ts'
import { besidePath, type Section } from '../../features/fix/beside.ts'
import { lint, type Pending } from '../../features/lint.ts'
import { type Finding, isOpenError } from '../../model/finding.ts'
import { plural } from '../../model/numbers.ts'
import { optionsOf } from '../lint/options.ts'
import { pendingIn, pendingSections } from '../lint/pending.ts'
import { batchData, waiverData } from '../lint/report.ts'
import { firstOf, replayBehind } from '../lint/subject.ts'
import type { Part } from './part.ts'
import type { Subject } from './subject.ts'

/** Where nothing is new all is shown, and nothing of it decides; `--all` judges everything. */
const asOld = (findings: readonly Finding[]): readonly Finding[] => findings.map((finding) => ({ ...finding, old: true }))

/** The steps that are judged; what is run by hand before the pending ones is taken as done, as `lint` takes it. */
const stepsBehind = ({ scripts, start }: Subject, { steps, catalogs }: Replay, pending: Pending, before: readonly Section[]): readonly Step[] => {
  if (before.length === 0) return steps
  const first = firstOf(pending)
  const behind = replayBehind(catalogs[first - 1] ?? start.catalog, scripts.slice(first), first, before)
  return [...steps.filter(({ migration }) => migration < first), ...behind.steps]
}

const shownText = (judged: number, isNew: boolean, script: string | undefined, findings: readonly Finding[]): string => {
  const errors = findings.filter(isOpenError).length
  const behind = script === undefined ? '' : ` behind ${script}, which is taken as done`
  const what = isNew ? `${plural(judged, 'new migration')}${behind}` : `no migration is new; ${plural(judged, 'old one', 'old ones')}`
  return errors === 0 ? `${what}, nothing dangerous` : `${what}, ${plural(errors, 'dangerous statement')}`
}

export const lintPart = async (subject: Subject): Promise<Part> => {
  const { world, history, project } = subject
  const { runner, surroundings } = await optionsOf(world)
  const pending = await pendingIn(world, project, history)
  const before = await pendingSections(world, project, history, pending)
  const steps = stepsBehind(subject, await subject.settled(), pending, before)
  const result = lint({ history, steps, pending, runner }, surroundings)
  const isNew = pending.type === 'together' || world.judging.all
  const findings = isNew ? result.findings : asOld(result.findings)
  const statements = result.batches.reduce((sum, batch) => sum + batch.steps.length, 0)
  const judged = pending.type === 'together' ? pending.migrations.size : result.batches.length
  return {
    name: 'lint',
    analysed: { judged: statements },
    findings,
    unknown: [],
    shown: shownText(judged, isNew, before.length > 0 ? besidePath(project.folder, 'before') : undefined, findings),
    data: { batches: isNew ? [...batchData(history, result)] : [], waivers: [...waiverData(history, result)] },
  }
}
