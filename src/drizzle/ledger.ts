/** Drizzle's ledger: how to ask for it, and what its rows say about a folder. */
import { PostgresRefusal, ToolError } from '../model/error.ts'
import type { History, Layout, Ledger, LedgerName, LedgerRow, Migration } from '../model/history.ts'
import { quoteIdentifier } from '../model/name.ts'
import type { Row, Session } from '../model/session.ts'

/** A query with its parameters. */
export type Query = { readonly sql: string; readonly parameters: readonly string[] }

/** Its name in SQL. */
export const ledgerTable = ({ schema, table }: LedgerName): string => `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`

/** Asks for the names of the ledger's columns, and whether row level security may hide rows from this user; no rows when there is no such table. */
export const ledgerColumnsQuery = (name: LedgerName): Query => ({
  sql: 'SELECT attname AS "column", pg_catalog.row_security_active(attrelid) AS hides FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum',
  parameters: [ledgerTable(name)],
})

/** Which migrator made the ledger, from the answer to `ledgerColumnsQuery`: drizzle-orm 1.0 added `name` and `applied_at`. */
export const ledgerLayout = (columns: readonly Row[]): Layout | 'absent' =>
  columns.length === 0 ? 'absent' : columns.some(({ column }) => column === 'name') ? 'folders' : 'journal'

/** Asks for the ledger's rows in the order in which they were written. */
export const ledgerRowsQuery = (name: LedgerName, layout: Layout): Query => ({
  sql: `SELECT id, hash, created_at${layout === 'folders' ? ', name, applied_at' : ''} FROM ${ledgerTable(name)} ORDER BY id`,
  parameters: [],
})

const numberOf = (value: unknown): number | undefined =>
  value === null || value === undefined || value === '' || !Number.isFinite(Number(value)) ? undefined : Number(value)
const textOf = (value: unknown): string | undefined => (value === null || value === undefined ? undefined : String(value))

/** Rows of `ledgerRowsQuery` → ledger. Drivers give a bigint as text or as a number: both are read. */
export const decodeLedger = (name: LedgerName, layout: Layout | 'absent', rows: readonly Row[]): Ledger => ({
  name,
  layout,
  rows: rows.map((row): LedgerRow => {
    const base = { id: numberOf(row.id) ?? 0, hash: textOf(row.hash) ?? '', createdAt: numberOf(row.created_at) }
    return layout === 'folders' ? { ...base, name: textOf(row.name), appliedAt: textOf(row.applied_at) } : base
  }),
})

/** What the server refuses here is the database's affair: unknown, and no fault of ours. */
const unreadableLedger = ({ schema, table }: LedgerName, refusal: PostgresRefusal): ToolError => {
  const denied = refusal.sqlstate === '42501'
  return new ToolError(denied ? 'no-permission' : 'ledger-unreadable', `The ledger ${schema}.${table} cannot be read: ${refusal.message}.`, {
    help: denied
      ? `GRANT USAGE ON SCHEMA ${quoteIdentifier(schema)} and SELECT ON ${quoteIdentifier(schema)}.${quoteIdentifier(table)} to this user.`
      : 'Check that migrations.schema and migrations.table of the Drizzle config name the table that Drizzle writes.',
    exit: 3,
  })
}

/** A SELECT would answer fewer rows, and no error: what is applied would look pending. */
const hiddenRows = ({ schema, table }: LedgerName): ToolError =>
  new ToolError('no-permission', `Row level security is on for the ledger ${schema}.${table}: which of its rows are hidden from this user cannot be said.`, {
    help: `Ask as the owner of the table or a role with BYPASSRLS, or ALTER TABLE ${quoteIdentifier(schema)}.${quoteIdentifier(table)} DISABLE ROW LEVEL SECURITY.`,
    exit: 3,
  })

/** Reads the ledger over a session. Throws `no-permission` and `ledger-unreadable` (exit 3). */
export const readLedger = async (session: Session, name: LedgerName): Promise<Ledger> => {
  const columns = ledgerColumnsQuery(name)
  try {
    const found = await session.query(columns.sql, columns.parameters)
    if (found.some(({ hides }) => hides === true)) throw hiddenRows(name)
    const layout = ledgerLayout(found)
    return decodeLedger(name, layout, layout === 'absent' ? [] : await session.query(ledgerRowsQuery(name, layout).sql))
  } catch (error) {
    throw error instanceof PostgresRefusal ? unreadableLedger(name, error) : error
  }
}

/** What became of one migration in one database. `skipped`: v0's migrator will never run it, for a later `when` has been applied. */
export type MigrationState = 'applied' | 'applied-edited' | 'pending' | 'skipped'

export type ReconciledMigration = {
  readonly migration: Migration
  readonly state: MigrationState
  /** The ledger row that stands for it. */
  readonly row?: LedgerRow
  /** Drizzle's own migrator would run it at its next start, whatever its state: a v1 folder that was renamed after it was applied runs again. */
  readonly willRun: boolean
}

/**
 * `unmanaged`: no ledger. `skipped-by-watermark`: at least one is skipped. `diverged`: applied beyond a hole, or rows without a file while migrations are pending.
 * `ahead`: rows without a file, nothing pending. `edited`: a file differs from what was applied. `behind`: pending only. `baseline`: all is applied, and the rows
 * without a file are older than the folder's first migration (squashed). Else `up-to-date`.
 */
export type LedgerState = 'up-to-date' | 'behind' | 'ahead' | 'diverged' | 'edited' | 'skipped-by-watermark' | 'unmanaged' | 'baseline'

export type Reconciliation = {
  readonly state: LedgerState
  readonly migrations: readonly ReconciledMigration[]
  /** Rows that no file of the folder explains. */
  readonly unknown: readonly LedgerRow[]
  /** Those of them that are older than the folder's first migration, which is applied: the folder was squashed, and they say nothing of it. */
  readonly squashed: readonly LedgerRow[]
  /** How many migrations from the first one on are applied without a hole. */
  readonly prefix: number
  /** How many are applied beyond the first hole. */
  readonly outOfOrder: number
}

/** The second of a time in milliseconds. */
export const secondOf = (when: number): number => Math.floor(when / 1000)

/** As drizzle-orm 1.0 compares times: its folders know them by the second only. */
export const sameSecond = (a: number, b: number): boolean => secondOf(a) === secondOf(b)

/** What a row may know a migration by. */
type Face = Pick<Migration, 'tag' | 'hash' | 'when'>

type JoinContext = {
  readonly layout: Layout
  readonly tags: ReadonlySet<string>
  /** Texts that several migrations have (empty custom ones): such a hash alone says nothing. */
  readonly shared: ReadonlySet<string>
}

/** Ways in which a row may stand for a migration, best first; each row and each migration is joined once. Hash before name before time, as drizzle-orm upgrades its table. */
const joins: readonly ((migration: Face, row: LedgerRow, context: JoinContext) => boolean)[] = [
  ({ hash, tag }, row) => row.hash === hash && row.name === tag,
  ({ hash, when }, row) => row.hash === hash && row.name === undefined && row.createdAt === when,
  ({ hash, when }, row, { layout }) =>
    row.hash === hash && row.name === undefined && layout === 'folders' && row.createdAt !== undefined && sameSecond(row.createdAt, when),
  ({ hash }, row, { tags, shared }) => row.hash === hash && !shared.has(row.hash) && (row.name === undefined || !tags.has(row.name)),
  ({ tag }, row) => row.name === tag,
  ({ when }, row, { layout }) =>
    row.name === undefined && row.createdAt !== undefined && (layout === 'folders' ? sameSecond(row.createdAt, when) : row.createdAt === when),
]

/** The row of each migration that has one. `before`: as what else a database may have run it; that counts first. */
export const joinRows = (
  migrations: readonly Migration[],
  rows: readonly LedgerRow[],
  layout: Layout,
  before: (migration: Migration) => readonly Face[] = () => [],
): ReadonlyMap<Migration, LedgerRow> => {
  const joined = new Map<Migration, LedgerRow>()
  const free = new Set(rows)
  const faces = new Map(migrations.map((migration) => [migration, [...before(migration), migration]]))
  const hashes = migrations.map(({ hash }) => hash ?? '')
  const shared = new Set(hashes.filter((hash, at) => hashes.indexOf(hash) !== at))
  const context = { layout, tags: new Set([...faces.values()].flatMap((each) => each.map(({ tag }) => tag))), shared }
  for (const matches of joins)
    for (const migration of migrations) {
      if (joined.has(migration) || migration.hash === undefined || free.size === 0) continue
      const row = faces
        .get(migration)
        ?.map((face) => [...free].find((candidate) => matches(face, candidate, context)))
        .find((found) => found !== undefined)
      if (!row) continue
      joined.set(migration, row)
      free.delete(row)
    }
  return joined
}

/** Which migrations Drizzle's migrator would run. v0: `when` above the newest row's; v1: a name that is not in the ledger (a v0 table gets its names first). */
const runner = (history: History, ledger: Ledger, joined: ReadonlyMap<Migration, LedgerRow>): ((migration: Migration) => boolean) => {
  if (ledger.rows.length === 0) return () => true
  if (history.layout === 'folders') {
    const names = new Set(ledger.rows.map(({ name }) => name))
    return ledger.layout === 'journal' ? (migration) => !joined.has(migration) : ({ tag }) => !names.has(tag)
  }
  // v0 asks for the first row by `created_at desc`, where PostgreSQL puts NULL first, and reads NULL as 0: everything is then run again.
  const watermark = ledger.rows.some(({ createdAt }) => createdAt === undefined) ? 0 : Math.max(...ledger.rows.map(({ createdAt }) => createdAt ?? 0))
  return ({ when }) => watermark < when
}

const stateOf = (migration: Migration, row: LedgerRow | undefined, willRun: boolean): MigrationState =>
  row ? (row.hash === migration.hash ? 'applied' : 'applied-edited') : willRun ? 'pending' : 'skipped'

export const isApplied = ({ state }: ReconciledMigration): boolean => state === 'applied' || state === 'applied-edited'

const squashedOf = ([first]: readonly ReconciledMigration[], unknown: readonly LedgerRow[]): readonly LedgerRow[] =>
  first && isApplied(first) ? unknown.filter(({ createdAt }) => createdAt !== undefined && createdAt < first.migration.when) : []

type Joined = Omit<Reconciliation, 'state' | 'prefix'>

const overall = (ledger: Ledger, { migrations, unknown, squashed, outOfOrder }: Joined): LedgerState => {
  const pending = migrations.some(({ state }) => state === 'pending')
  if (ledger.layout === 'absent') return 'unmanaged'
  if (migrations.some(({ state }) => state === 'skipped')) return 'skipped-by-watermark'
  if (outOfOrder > 0) return 'diverged'
  if (unknown.length > squashed.length) return pending ? 'diverged' : 'ahead'
  if (migrations.some(({ state }) => state === 'applied-edited')) return 'edited'
  if (pending) return 'behind'
  return unknown.length > 0 ? 'baseline' : 'up-to-date'
}

/** Joins a folder with a database's ledger: by hash, then by name, then by time; never by id or count, for rows and files come and go. */
export const reconcile = (history: History, ledger: Ledger): Reconciliation => {
  const joined = joinRows(history.migrations, ledger.rows, history.layout)
  const runs = runner(history, ledger, joined)
  const migrations = history.migrations.map((migration): ReconciledMigration => {
    const row = joined.get(migration)
    const willRun = runs(migration)
    return { migration, state: stateOf(migration, row, willRun), willRun, ...(row ? { row } : {}) }
  })
  const used = new Set(joined.values())
  const unknown = ledger.rows.filter((row) => !used.has(row))
  const hole = migrations.findIndex((migration) => !isApplied(migration))
  const prefix = hole < 0 ? migrations.length : hole
  const outOfOrder = migrations.slice(prefix).filter(isApplied).length
  const joinedAll = { migrations, unknown, squashed: squashedOf(migrations, unknown), outOfOrder }
  return { ...joinedAll, state: overall(ledger, joinedAll), prefix }
}

/** A migration with the row that stands for it. */
export type AppliedMigration = { readonly migration: Migration; readonly row: LedgerRow }

/** What a database has run, in the order in which it did. */
export const appliedIn = ({ migrations }: Reconciliation): readonly AppliedMigration[] =>
  migrations.flatMap(({ migration, row }) => (row ? [{ migration, row }] : [])).toSorted((a, b) => a.row.id - b.row.id)
