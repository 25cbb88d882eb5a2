/** A history's baseline, as a finding. */
import { type Baseline, type LeftOut, leftOut } from '../changes/baseline.ts'
import type { Finding } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import { plural } from '../model/numbers.ts'
import type { Script } from '../model/statement.ts'
import { fileOf } from '../rules/place.ts'
import { reportedFinding } from '../rules/report.ts'

const shown = 3
const shownText = 60

const short = (sql: string): string => {
  const line = sql.replaceAll(/\s+/g, ' ')
  return line.length > shownText ? `${line.slice(0, shownText)}…` : line
}

const leftText = (left: readonly LeftOut[]): string => {
  if (left.length === 0) return ''
  const named = left.slice(0, shown).map(({ sql, line, why }) => `${short(sql)} (line ${line}: ${why})`)
  const more = left.length > shown ? `; and ${left.length - shown} more` : ''
  return ` Left out, because PostgreSQL refuses it: ${named.join('; ')}${more}.`
}

const mendedText = ({ commented, mended }: Baseline): string => {
  const count = new Set([...commented.mended, ...mended.keys()]).size
  return count === 0
    ? ''
    : ` ${count} of ${commented.statements.length} statements are taken without a part that PostgreSQL refuses: drizzle-kit wrote it wrongly, or it needs what pull does not read.`
}

/** What Drizzle's migrator does with the file on a new database. */
const onNewDatabase = ({ faults }: Script): string =>
  faults.length > 0 ? 'a new database refuses it (42601: its breakpoints cut the comment apart)' : 'a new database gets nothing from it'

/** One note, where the history has a baseline. */
export const judgeBaseline = (history: History, [script]: readonly Script[], baseline: Baseline | undefined): readonly Finding[] => {
  const [migration] = history.migrations
  if (!baseline || !script || !migration) return []
  const tables = baseline.steps.filter(({ statement }) => statement.node === 'CreateStmt').length
  const what = `${plural(tables, 'table')} in a comment`
  return [
    reportedFinding(
      'pulled-baseline',
      `${what}: taken as there already; ${onNewDatabase(script)}.${mendedText(baseline)}${leftText(leftOut(baseline))}`,
      { file: fileOf(history, migration), line: 1, migration: migration.tag },
      '',
    ),
  ]
}
