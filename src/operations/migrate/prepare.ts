/** Makes what the run writes to: Drizzle's ledger, and where a migration does not fit into one transaction, the place that knows how far it is. */
import { createLedgerSql, upgradeLedgerSql } from '../../drizzle/ledger-write.ts'
import { createProgressSql } from '../../features/migrate/progress.ts'
import type { Segment } from '../../features/migrate/segments.ts'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { History, Layout, Ledger } from '../../model/history.ts'
import { quoteIdentifier } from '../../model/name.ts'
import type { Session } from '../../model/session.ts'
import { quoteLiteral } from '../../sql/print.ts'

/** Some migration ends in a later segment than the one in which it begins. */
const isLong = (segments: readonly Segment[]): boolean => segments.some((segment) => segment.type === 'alone' || segment.acts.at(-1)?.type === 'run')

const inTransaction = async (session: Session, statements: readonly string[], what: string): Promise<void> => {
  try {
    await session.script(['BEGIN', "SET LOCAL lock_timeout = '5s'", ...statements, 'COMMIT'].join(';\n'))
  } catch (error) {
    await session.script('ROLLBACK').catch(() => undefined)
    if (!(error instanceof PostgresRefusal)) throw error
    throw new ToolError('ledger-not-made', `${what} cannot be made: ${error.message}.`, {
      help: error.sqlstate === '42501' ? 'Run it once as a user who may: GRANT CREATE ON DATABASE … TO this user.' : 'Nothing was changed. Run it again.',
    })
  }
}

/** The layout that the ledger has afterwards. `named`: rows of 0.x's ledger with their names in 1.0. Throws `ledger-not-made`. */
export const prepare = async (
  session: Session,
  history: History,
  ledger: Ledger,
  segments: readonly Segment[],
  named: Parameters<typeof upgradeLedgerSql>[1] | undefined,
): Promise<Layout> => {
  const { name } = ledger
  if (ledger.layout === 'absent') await inTransaction(session, createLedgerSql(name, history.layout), `The ledger ${name.schema}.${name.table}`)
  if (named) await inTransaction(session, upgradeLedgerSql(name, named), `The columns that drizzle-orm 1.0 needs in ${name.schema}.${name.table}`)
  if (isLong(segments)) await inTransaction(session, createProgressSql, 'The table that knows how far a migration is')
  return ledger.layout === 'absent' || named ? history.layout : ledger.layout
}

/** Whether the user may keep other migrators off the ledger while a transaction runs (manual, LOCK). */
export const mayLock = async (session: Session, { name: { schema, table } }: Ledger): Promise<boolean> => {
  const name = quoteLiteral(`${quoteIdentifier(schema)}.${quoteIdentifier(table)}`)
  const [row] = await session.query(`SELECT ${['UPDATE', 'DELETE', 'TRUNCATE'].map((each) => `has_table_privilege(${name}, '${each}')`).join(' OR ')} AS may`)
  return row?.may === true
}
