/** Makes what the run writes to: Drizzle's ledger, and where a migration does not fit into one transaction, the place that knows how far it is. */
import { ledgerTable } from '../../drizzle/ledger.ts'
import { createLedgerSql, upgradeLedgerSql } from '../../drizzle/ledger-write.ts'
import { accessTo, grantsFor, makingIn } from '../../drizzle/own-tables.ts'
import { addLedgerSql, createProgressSql, doneSql, progressTable, readProgress } from '../../features/migrate/progress.ts'
import type { Segment } from '../../features/migrate/segments.ts'
import { refusalOf, ToolError } from '../../model/error.ts'
import type { History, Layout, Ledger } from '../../model/history.ts'
import { ownSchema, quoteIdentifier } from '../../model/name.ts'
import type { Session } from '../../model/session.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { inTransaction } from './own-work.ts'

/** Some migration ends in a later segment than the one in which it begins. */
const isLong = (segments: readonly Segment[]): boolean => segments.some((segment) => segment.type === 'alone' || segment.acts.at(-1)?.type === 'run')

/** `right`: what lets this user do it, where it may not. */
type Making = { readonly statements: readonly string[]; readonly right: string }

const make = async (session: Session, { statements, right }: Making, what: string): Promise<void> => {
  const refusal = await refusalOf(() => inTransaction(session, statements))
  if (refusal)
    throw new ToolError('ledger-not-made', `${what} cannot be made: ${refusal.message}.`, {
      help: refusal.sqlstate === '42501' ? `Run it once as a user who may: ${right}.` : 'Nothing was changed. Run it again.',
    })
}

const mayCreate = 'GRANT CREATE ON DATABASE … TO this user'

/** Without a ledger everything begins anew: how far something was in one that is gone says nothing any more. */
const makeLedger = async (session: Session, { name }: Ledger, layout: Layout): Promise<void> => {
  const stale = (await readProgress(session, name)).map((begun) => doneSql(name, begun))
  const making = {
    statements: [...createLedgerSql(name, layout), ...stale],
    right: stale.length > 0 ? `${mayCreate}, ${grantsFor('unfinished_migrations')}` : mayCreate,
  }
  await make(session, making, `The ledger ${name.schema}.${name.table}`)
}

const progressWhat = 'The table that knows how far a migration is'

/** An older version has made it without that column. */
const knowsLedger = async (session: Session): Promise<boolean> => {
  const [row] = await session.query(
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = 'ledger_oid' AND NOT a.attisdropped) AS there",
    [ownSchema, 'unfinished_migrations'],
  )
  return row?.there === true
}

/** Makes only what is not there: a user who may write to the table need not own it. Throws `ledger-not-made`, `no-permission`. */
const makeProgress = async (session: Session): Promise<void> => {
  const access = await accessTo(session, 'unfinished_migrations')
  if (access === 'absent') return make(session, await makingIn(session, createProgressSql), progressWhat)
  if (access !== 'writable')
    throw new ToolError('no-permission', `How far a migration is stands in ${progressTable}, which this user may not write to: nothing was run.`, {
      help: `${grantsFor('unfinished_migrations')}.`,
    })
  if (!(await knowsLedger(session)))
    await make(session, { statements: [addLedgerSql], right: `its owner runs ${addLedgerSql}` }, `A column of ${progressTable}`)
}

/** The layout that the ledger has afterwards. `named`: rows of 0.x's ledger with their names in 1.0. Throws `ledger-not-made`, `no-permission`. */
export const prepare = async (
  session: Session,
  history: History,
  ledger: Ledger,
  segments: readonly Segment[],
  named: Parameters<typeof upgradeLedgerSql>[1] | undefined,
): Promise<Layout> => {
  const { name } = ledger
  if (ledger.layout === 'absent') await makeLedger(session, ledger, history.layout)
  if (named) {
    const upgrade = { statements: upgradeLedgerSql(name, named), right: `ALTER TABLE ${ledgerTable(name)} OWNER TO this user` }
    await make(session, upgrade, `The columns that drizzle-orm 1.0 needs in ${name.schema}.${name.table}`)
  }
  if (isLong(segments)) await makeProgress(session)
  return ledger.layout === 'absent' || named ? history.layout : ledger.layout
}

/** Whether the user may keep other migrators off the ledger while a transaction runs (manual, LOCK). */
export const mayLock = async (session: Session, { name: { schema, table } }: Ledger): Promise<boolean> => {
  const name = quoteLiteral(`${quoteIdentifier(schema)}.${quoteIdentifier(table)}`)
  const [row] = await session.query(`SELECT ${['UPDATE', 'DELETE', 'TRUNCATE'].map((each) => `has_table_privilege(${name}, '${each}')`).join(' OR ')} AS may`)
  return row?.may === true
}
