/** The folder itself: journal, files and snapshots, as `doctor` judges them. */

import { examine } from '../examine.ts'
import { lockFindings } from '../lock-file.ts'
import { plural } from '../plural.ts'
import { judgeCollisions } from './collisions.ts'
import type { Part } from './part.ts'
import type { Subject } from './subject.ts'

export const folderPart = async ({ world, project, history }: Subject): Promise<Part> => {
  const { findings: anomaliesFound, caveats } = await examine(world, project, history)
  const collisions = await judgeCollisions(world, project)
  const findings = [...anomaliesFound, ...collisions.findings, ...(await lockFindings(world, history))]
  const anomalies = findings.filter(({ severity }) => severity !== 'note').length
  return {
    name: 'folder',
    analysed: { migrations: history.migrations.length },
    findings,
    unknown: [],
    shown:
      collisions.shown !== undefined
        ? `${plural(anomalies, 'anomaly', 'anomalies')}; a collision: ${collisions.shown}`
        : anomalies === 0
          ? 'journal, files and snapshots fit together'
          : `${plural(anomalies, 'anomaly', 'anomalies')} in journal, files or snapshots`,
    data: { caveats: [...caveats] },
  }
}
