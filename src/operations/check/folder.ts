/** The folder itself: journal, files and snapshots, as `doctor` judges them. */

import { plural } from '../../model/numbers.ts'
import { examine } from '../examine.ts'
import { lockFindings } from '../lock-file.ts'
import { type Collisions, judgeCollisions } from './collisions.ts'
import type { Part } from './part.ts'
import type { Subject } from './subject.ts'

const shownOf = (anomalies: number, { shown, unknown }: Collisions): string => {
  if (shown !== undefined) return `${plural(anomalies, 'anomaly', 'anomalies')}; a collision: ${shown}`
  if (anomalies > 0) return `${plural(anomalies, 'anomaly', 'anomalies')} in journal, files or snapshots`
  return `journal, files and snapshots fit together${unknown.length > 0 ? '; whether they collide with what has landed is not known' : ''}`
}

export const folderPart = async ({ world, project, history }: Subject): Promise<Part> => {
  const { findings: anomaliesFound, caveats } = await examine(world, project, history)
  const collisions = await judgeCollisions(world, project)
  const findings = [...anomaliesFound, ...collisions.findings, ...(await lockFindings(world, history))]
  const anomalies = findings.filter(({ severity }) => severity !== 'note').length
  return {
    name: 'folder',
    analysed: { migrations: history.migrations.length },
    findings,
    unknown: collisions.unknown,
    shown: shownOf(anomalies, collisions),
    data: { caveats: [...caveats] },
  }
}
