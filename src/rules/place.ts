/** Where a finding stands. */
import type { Step } from '../changes/replay.ts'
import type { Finding } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import { below } from '../model/path.ts'

/** A migration's file, relative to the working directory. */
export const fileOf = ({ folder }: History, { path }: Migration): string => below(folder, path)

/** Where a step's statement stands. */
export const placeOf = (
  history: History,
  { migration: at, statement }: Pick<Step, 'migration' | 'statement'>,
): Pick<Finding, 'file' | 'line' | 'column' | 'endLine' | 'migration' | 'statement'> => {
  const migration = history.migrations[at]
  if (!migration) return {}
  return {
    file: fileOf(history, migration),
    line: statement.start.line,
    column: statement.start.column,
    endLine: statement.end.line,
    migration: migration.tag,
    statement: statement.index,
  }
}
