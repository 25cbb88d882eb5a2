/** A replay in memory, judged: what could not be parsed, what PostgreSQL would refuse, what memory could not follow. */

import type { Replay, Step } from '../changes/replay.ts'
import type { Change } from '../model/change.ts'
import { refusalText } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import { displayKey } from '../model/name.ts'
import type { Script } from '../model/statement.ts'
import { fileOf, placeOf } from '../rules/place.ts'
import { unreadByPull } from '../rules/pulled.ts'
import { reportedFinding } from '../rules/report.ts'
import { baselineIn } from '../sql/baseline.ts'

/** Breakpoints cut a baseline's comment apart: these faults are told with the baseline. */
const faultFindings = (history: History, scripts: readonly Script[]): readonly Finding[] => {
  const baseline = baselineIn(scripts) && scripts[0]
  return history.migrations.flatMap((migration, at) =>
    (scripts[at] === baseline ? [] : (scripts[at]?.faults ?? [])).map((fault) =>
      reportedFinding(
        'unparsed',
        `PostgreSQL’s parser: ${fault.message}.`,
        { file: fileOf(history, migration), line: fault.at.line, column: fault.at.column, migration: migration.tag },
        `chunk ${fault.chunk}`,
      ),
    ),
  )
}

const refusalFindings = (history: History, steps: readonly Step[], pulled: boolean): readonly Finding[] =>
  steps.flatMap((step) =>
    step.refused
      ? [
          reportedFinding(
            'refused',
            `${refusalText(step.refused)}.`,
            placeOf(history, step),
            `statement ${step.statement.index}`,
            pulled ? unreadByPull(step.refused) : undefined,
          ),
        ]
      : [],
  )

const touched = ({ touches }: Change<'opaque'>): string =>
  touches === 'unknown' ? 'what it may touch is unknown' : `it may touch ${touches.map(displayKey).join(', ')}`

const opaqueFindings = (history: History, steps: readonly Step[]): readonly Finding[] =>
  steps.flatMap((step) =>
    step.changes.flatMap((change) =>
      change.kind === 'opaque'
        ? [
            reportedFinding(
              'opaque-statement',
              `Not followed in memory: ${change.reason}; ${touched(change)}.`,
              placeOf(history, step),
              `statement ${step.statement.index}`,
            ),
          ]
        : [],
    ),
  )

/** Findings of a replay. Refusals behind an unparsed chunk are its consequence as often as not, but they are true of the folder as it stands. */
export const judgeReplay = (history: History, scripts: readonly Script[], { steps }: Replay): readonly Finding[] => [
  ...faultFindings(history, scripts),
  ...refusalFindings(history, steps, baselineIn(scripts) !== undefined),
  ...opaqueFindings(history, steps),
]
