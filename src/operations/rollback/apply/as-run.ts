/** A history as a database has run it: in its own order, and with what takes no transaction outside of one. */
import type { Step } from '../../../changes/replay.ts'
import type { History } from '../../../model/history.ts'
import type { Statement } from '../../../model/statement.ts'
import { refusedInBlock } from '../../../rules/refused-in-block.ts'
import { breakpoint } from '../../../sql/chunks.ts'
import { text as textIn } from '../../../sql/tree.ts'

const isCommit = ({ node, tree }: Statement): boolean => node === 'TransactionStmt' && textIn(tree, 'kind') === 'TRANS_STMT_COMMIT'

/** The text with the statement in a chunk of its own, behind a COMMIT where none stands before it. */
const setApart = (sql: string, { start, end }: Statement, commits: boolean): string =>
  [
    sql.slice(0, start.offset),
    ...(commits ? ['COMMIT;\n', breakpoint, '\n'] : []),
    sql.slice(start.offset, end.offset),
    ';\n',
    breakpoint,
    '\n',
    sql.slice(end.offset),
  ].join('')

/** What `migrate` takes out of its transaction is written as Drizzle's users write it, so that a history can be run the way Drizzle runs it. */
const apart = (sql: string, steps: readonly Step[]): string => {
  const alone = steps.filter(({ statement, before }) => refusedInBlock(statement, before) !== undefined)
  const first = alone[0]
  if (!first) return sql
  const committed = steps.some(({ statement }) => isCommit(statement) && statement.index < first.statement.index)
  // From the last one on, so that the places of the others stay right.
  return alone.reduceRight((text, step) => setApart(text, step.statement, step === first && !committed), sql)
}

/** The same history, every migration of which runs under Drizzle's rules. */
export const asRun = (history: History, steps: readonly Step[]): History => ({
  ...history,
  migrations: history.migrations.map((migration) =>
    migration.sql === undefined
      ? migration
      : {
          ...migration,
          sql: apart(
            migration.sql,
            steps.filter((step) => step.migration === migration.index),
          ),
        },
  ),
})
