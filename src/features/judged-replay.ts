/** A replay in memory, judged: what could not be parsed, what PostgreSQL would refuse, what memory could not follow. */

import type { Replay, Step } from '../changes/replay.ts'
import type { Change } from '../model/change.ts'
import type { Finding } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import { displayKey } from '../model/name.ts'
import type { Script, Statement } from '../model/statement.ts'
import { reportedFinding } from '../rules/report.ts'

const fileOf = (history: History, migration: Migration): string =>
  history.folder === '.' ? migration.path : `${history.folder.replace(/\/$/, '')}/${migration.path}`

type Place = { readonly history: History; readonly migration: Migration; readonly statement: Statement }

const placed = ({ history, migration, statement }: Place): Pick<Finding, 'file' | 'line' | 'column' | 'endLine' | 'migration' | 'statement'> => ({
  file: fileOf(history, migration),
  line: statement.start.line,
  column: statement.start.column,
  endLine: statement.end.line,
  migration: migration.tag,
  statement: statement.index,
})

/** Where a step's statement stands, for findings. */
export const placeOf = (history: History, step: Step): Pick<Finding, 'file' | 'line' | 'column' | 'endLine' | 'migration' | 'statement'> => {
  const migration = history.migrations[step.migration]
  return migration ? placed({ history, migration, statement: step.statement }) : {}
}

const faultFindings = (history: History, scripts: readonly Script[]): readonly Finding[] =>
  history.migrations.flatMap((migration, at) =>
    (scripts[at]?.faults ?? []).map((fault) =>
      reportedFinding(
        'unparsed',
        `PostgreSQL’s parser: ${fault.message}.`,
        { file: fileOf(history, migration), line: fault.at.line, column: fault.at.column, migration: migration.tag },
        `chunk ${fault.chunk}`,
      ),
    ),
  )

const refusalFindings = (history: History, steps: readonly Step[]): readonly Finding[] =>
  steps.flatMap((step) =>
    step.refused
      ? [
          reportedFinding(
            'refused',
            `${step.refused.message} (SQLSTATE ${step.refused.sqlstate}).`,
            placeOf(history, step),
            `statement ${step.statement.index}`,
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
  ...refusalFindings(history, steps),
  ...opaqueFindings(history, steps),
]
