/** Where a finding stands. */
import type { Step } from '../changes/replay.ts'
import { journalPath } from '../drizzle/journal.ts'
import type { Finding } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import { below } from '../model/path.ts'
import type { RuleHit } from './define.ts'

/** A migration's file, relative to the working directory. */
export const fileOf = ({ folder }: History, { path }: Migration): string => below(folder, path)

/** A migration's line in the journal, as far as it has one. */
export const inJournal = ({ tag, entry }: Pick<Migration, 'tag' | 'entry'>): Pick<RuleHit, 'path' | 'migration' | 'line'> => ({
  path: journalPath,
  migration: tag,
  ...(entry ? { line: entry.line } : {}),
})

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
