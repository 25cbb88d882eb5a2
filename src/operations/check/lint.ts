/** The new migrations, judged by the policy. */
import { lint } from '../../features/lint.ts'
import { type Finding, isOpenError } from '../../model/finding.ts'
import { plural } from '../../model/numbers.ts'
import { optionsOf } from '../lint/options.ts'
import { pendingIn } from '../lint/pending.ts'
import { batchData, waiverData } from '../lint/report.ts'
import type { Part } from './part.ts'
import type { Subject } from './subject.ts'

/** Where nothing is new all is shown, and nothing of it decides; `--all` judges everything. */
const asOld = (findings: readonly Finding[]): readonly Finding[] => findings.map((finding) => ({ ...finding, old: true }))

const shownText = (judged: number, isNew: boolean, findings: readonly Finding[]): string => {
  const errors = findings.filter(isOpenError).length
  const what = isNew ? plural(judged, 'new migration') : `no migration is new; ${plural(judged, 'old one', 'old ones')}`
  return errors === 0 ? `${what}, nothing dangerous` : `${what}, ${plural(errors, 'dangerous statement')}`
}

export const lintPart = async (subject: Subject): Promise<Part> => {
  const { world, history, project } = subject
  const { runner, surroundings } = await optionsOf(world)
  const pending = await pendingIn(world, project, history)
  const { steps } = await subject.settled()
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
    shown: shownText(judged, isNew, findings),
    data: { batches: isNew ? [...batchData(history, result)] : [], waivers: [...waiverData(history, result)] },
  }
}
