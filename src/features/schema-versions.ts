/**
 * The ledger of our own beside Drizzle's: which version each row of Drizzle's ledger made, when it was applied and by whom. All of it but times and names can be derived
 * again from the folder.
 */
import { ledgerTable } from '../drizzle/ledger.ts'
import { accessTo } from '../drizzle/own-tables.ts'
import { PostgresRefusal } from '../model/error.ts'
import type { Ledger, LedgerName } from '../model/history.ts'
import { ownSchema } from '../model/name.ts'
import type { Row, Session } from '../model/session.ts'
import { quoteLiteral } from '../sql/print.ts'

const table = `${ownSchema}.schema_versions`
const recorder = `${ownSchema}.record_applied`
const triggerName = 'pgstrata_record_applied'

/** What the folder says of a migration. */
export type VersionRecord = {
  readonly migration: string
  readonly hash: string
  readonly version: string
  readonly description: string
  readonly changeType: string
  readonly breaking: boolean
  /** Absent where nobody knows how the migration is taken back. */
  readonly rollback?: { readonly class: string; readonly proven: boolean; readonly sql: string }
  readonly ticket?: string
}

/** Where the time comes from: our own run (of a baseline, when it was taken as applied), the trigger, `applied_at` of Drizzle 1.0, the time of the commit that wrote the row; or nobody knows. */
export type TimeSource = 'migrate' | 'baseline' | 'trigger' | 'ledger' | 'commit-timestamp' | 'unknown'

/** A row of the table. `row-gone`: Drizzle's row has been taken away by other means than `rollback --apply`. */
export type RecordedVersion = {
  readonly row: number
  readonly migration?: string
  readonly hash: string
  readonly version?: string
  readonly changeType?: string
  readonly breaking?: boolean
  readonly appliedAt?: string
  readonly appliedBy?: string
  readonly application?: string
  readonly source: TimeSource
  readonly state: 'applied' | 'rolled-back' | 'row-gone'
  readonly endedAt?: string
  readonly endedBy?: string
}

/** Makes the table where it is not there. */
export const createVersionsSql: readonly string[] = [
  `CREATE SCHEMA IF NOT EXISTS ${ownSchema}`,
  `CREATE TABLE IF NOT EXISTS ${table} (
  ledger text NOT NULL,
  ledger_id bigint NOT NULL,
  migration text,
  hash text NOT NULL,
  version text,
  description text,
  change_type text,
  breaking boolean,
  applied_at timestamptz,
  applied_by text,
  application text,
  source text NOT NULL,
  rollback_class text,
  rollback_proven boolean,
  rollback_sql text,
  ticket text,
  state text NOT NULL DEFAULT 'applied',
  ended_at timestamptz,
  ended_by text,
  PRIMARY KEY (ledger, ledger_id)
)`,
  `COMMENT ON TABLE ${table} IS 'The versions of this schema, by row of Drizzle''s ledger. Kept by pgstrata; made anew by pgstrata version ENV --sync.'`,
]

const keyOf = ({ schema, table: name }: LedgerName): string => `${schema}.${name}`

/**
 * A trigger on Drizzle's ledger that notes time and user of each new row, in the transaction of whoever writes it. It never raises: a deployment does not fail because its time could not
 * be noted, nor does it wait for that longer than 100 ms. It runs as its owner, with a search path of its own.
 */
export const createTriggerSql = (ledger: LedgerName): readonly string[] => [
  `CREATE OR REPLACE FUNCTION ${recorder}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $record$
BEGIN
  INSERT INTO ${table} (ledger, ledger_id, migration, hash, applied_at, applied_by, application, source)
  VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, NEW.id, to_jsonb(NEW) ->> 'name', NEW.hash, clock_timestamp(), session_user, current_setting('application_name'), 'trigger')
  ON CONFLICT (ledger, ledger_id) DO UPDATE SET (migration, hash, version, description, change_type, breaking, applied_at, applied_by, application, source, rollback_class, rollback_proven, rollback_sql, ticket, state, ended_at, ended_by)
    = (excluded.migration, excluded.hash, NULL, NULL, NULL, NULL, excluded.applied_at, excluded.applied_by, excluded.application, excluded.source, NULL, NULL, NULL, NULL, 'applied', NULL, NULL);
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END
$record$`,
  `REVOKE ALL ON FUNCTION ${recorder}() FROM PUBLIC`,
  `DROP TRIGGER IF EXISTS ${triggerName} ON ${ledgerTable(ledger)}`,
  `CREATE TRIGGER ${triggerName} AFTER INSERT ON ${ledgerTable(ledger)} FOR EACH ROW EXECUTE FUNCTION ${recorder}()`,
]

export const dropTriggerSql = (ledger: LedgerName): readonly string[] => [
  `DROP TRIGGER IF EXISTS ${triggerName} ON ${ledgerTable(ledger)}`,
  // Another ledger of the same database may have its own.
  `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgname = ${quoteLiteral(triggerName)}) THEN DROP FUNCTION IF EXISTS ${recorder}(); END IF; END $$`,
]

export const hasTrigger = async (session: Session, ledger: LedgerName): Promise<boolean> => {
  const [row] = await session.query(
    'SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass($1) AND tgname = $2 AND tgenabled <> $3) AS there',
    [ledgerTable(ledger), triggerName, 'D'],
  )
  return row?.there === true
}

const text = (value: string | undefined): string => (value === undefined ? 'NULL' : quoteLiteral(value))

/** A person or a job, as which user of the database. */
const whoSql = (actor: string | undefined): string => (actor === undefined ? 'session_user' : `${quoteLiteral(`${actor} as `)} || session_user`)

const derived = [
  'migration',
  'hash',
  'version',
  'description',
  'change_type',
  'breaking',
  'rollback_class',
  'rollback_proven',
  'rollback_sql',
  'ticket',
] as const

const derivedSql = ({ migration, hash, version, description, changeType, breaking, rollback, ticket }: VersionRecord): string =>
  [
    text(migration),
    text(hash),
    text(version),
    text(description),
    text(changeType),
    String(breaking),
    text(rollback?.class),
    rollback ? String(rollback.proven) : 'NULL',
    text(rollback?.sql),
    text(ticket),
  ].join(', ')

/** Notes a migration whose row has just been written to Drizzle's ledger, in the same transaction. `actor`: who runs it, where that is known. */
export const recordSql = (ledger: LedgerName, record: VersionRecord, actor: string | undefined, source: 'migrate' | 'baseline'): string =>
  `INSERT INTO ${table} (ledger, ledger_id, ${derived.join(', ')}, applied_at, applied_by, application, source)
SELECT ${text(keyOf(ledger))}, id, ${derivedSql(record)}, clock_timestamp(), ${whoSql(actor)}, current_setting('application_name'), ${text(source)}
FROM ${ledgerTable(ledger)} WHERE hash = ${text(record.hash)} ORDER BY id DESC LIMIT 1
ON CONFLICT (ledger, ledger_id) DO UPDATE SET ${[...derived, 'applied_at', 'applied_by', 'application', 'source'].map((column) => `${column} = excluded.${column}`).join(', ')}, state = 'applied', ended_at = NULL, ended_by = NULL`

/** Notes that a migration has been taken back, in the transaction that takes Drizzle's row away. */
export const takenBackSql = (ledger: LedgerName, row: number, actor: string | undefined): string =>
  `UPDATE ${table} SET state = 'rolled-back', ended_at = clock_timestamp(), ended_by = ${whoSql(actor)} WHERE ledger = ${text(keyOf(ledger))} AND ledger_id = ${row}`

const optional = <K extends string, T>(key: K, value: unknown, read: (value: unknown) => T): { readonly [P in K]?: T } =>
  value === null || value === undefined ? {} : ({ [key]: read(value) } as { readonly [P in K]?: T })

const recordedOf = (row: Row): RecordedVersion => ({
  row: Number(row.ledger_id),
  ...optional('migration', row.migration, String),
  hash: String(row.hash),
  ...optional('version', row.version, String),
  ...optional('changeType', row.change_type, String),
  ...optional('breaking', row.breaking, (value) => value === true),
  ...optional('appliedAt', row.applied_at, String),
  ...optional('appliedBy', row.applied_by, String),
  ...optional('application', row.application, String),
  source: String(row.source) as TimeSource,
  state: String(row.state) as RecordedVersion['state'],
  ...optional('endedAt', row.ended_at, String),
  ...optional('endedBy', row.ended_by, String),
})

const instant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`

/** What is noted of a ledger, by its rows; the table must be readable. */
export const readVersions = async (session: Session, ledger: LedgerName): Promise<readonly RecordedVersion[]> =>
  (
    await session.query(
      `SELECT ledger_id, migration, hash, version, change_type, breaking, ${instant('applied_at')} AS applied_at, applied_by, application, source, state, ${instant('ended_at')} AS ended_at, ended_by FROM ${table} WHERE ledger = $1 ORDER BY ledger_id`,
      [keyOf(ledger)],
    )
  ).map(recordedOf)

/** When a row of Drizzle's ledger was written, as far as the database itself knows. Of 0.x's rows only a server that keeps the times of its commits does (`track_commit_timestamp`). */
export const ledgerTimes = async (
  session: Session,
  { name, layout }: Ledger,
): Promise<ReadonlyMap<number, { readonly at: string; readonly source: TimeSource }>> => {
  if (layout === 'absent') return new Map()
  const [setting] = layout === 'journal' ? await session.query("SELECT current_setting('track_commit_timestamp') AS kept") : []
  const at = layout === 'folders' ? 'applied_at' : setting?.kept === 'on' ? 'pg_catalog.pg_xact_commit_timestamp(xmin)' : 'NULL::timestamptz'
  const rows = await session.query(`SELECT id, ${instant(at)} AS at FROM ${ledgerTable(name)}`)
  const source = layout === 'folders' ? 'ledger' : 'commit-timestamp'
  return new Map(rows.flatMap(({ id, at: time }) => (time === null || time === undefined ? [] : [[Number(id), { at: String(time), source }] as const])))
}

/** A row of Drizzle's ledger as it is to be noted; without a `record` where no file says what it was. */
export type Noted = {
  readonly row: number
  readonly hash: string
  readonly migration?: string
  readonly record?: VersionRecord
  readonly applied?: { readonly at: string; readonly source: TimeSource }
}

/**
 * Notes rows of Drizzle's ledger that are still there, in one statement. What is derived is written anew, but for the version: it stays what it was when the row was first noted. A time that is known stays
 * too. A row that has another hash now, or that Drizzle 1.0 says is younger than what was noted, is another row.
 */
export const syncRows = async (session: Session, ledger: LedgerName, rows: readonly Noted[]): Promise<void> => {
  const given = rows.map(({ row, hash, migration, record, applied }) => ({
    ledger_id: row,
    hash,
    migration: record?.migration ?? migration ?? null,
    version: record?.version ?? null,
    description: record?.description ?? null,
    change_type: record?.changeType ?? null,
    breaking: record?.breaking ?? null,
    rollback_class: record?.rollback?.class ?? null,
    rollback_proven: record?.rollback?.proven ?? null,
    rollback_sql: record?.rollback?.sql ?? null,
    ticket: record?.ticket ?? null,
    applied_at: applied?.at ?? null,
    source: applied?.source ?? 'unknown',
  }))
  const fresh = `(v.hash IS DISTINCT FROM excluded.hash OR (excluded.source = 'ledger' AND excluded.applied_at > v.applied_at))`
  const known = (column: string): string => `${column} = CASE WHEN ${fresh} OR v.applied_at IS NULL THEN excluded.${column} ELSE v.${column} END`
  const kept = (column: string): string => `${column} = CASE WHEN ${fresh} THEN excluded.${column} ELSE coalesce(v.${column}, excluded.${column}) END`
  const anew = derived
    .filter((column) => column !== 'version')
    .map((column) => `${column} = CASE WHEN ${fresh} THEN excluded.${column} ELSE coalesce(excluded.${column}, v.${column}) END`)
  await session.query(
    `INSERT INTO ${table} AS v (ledger, ledger_id, ${derived.join(', ')}, applied_at, source)
SELECT $1, g.ledger_id, ${derived.map((column) => `g.${column}`).join(', ')}, g.applied_at, g.source
FROM json_to_recordset($2::json) AS g (ledger_id bigint, migration text, hash text, version text, description text, change_type text, breaking boolean, rollback_class text, rollback_proven boolean, rollback_sql text, ticket text, applied_at timestamptz, source text)
JOIN ${ledgerTable(ledger)} AS l ON l.id = g.ledger_id AND l.hash = g.hash
ON CONFLICT (ledger, ledger_id) DO UPDATE SET ${[...anew, kept('version'), known('applied_at'), known('source')].join(', ')}, applied_by = CASE WHEN ${fresh} THEN NULL ELSE v.applied_by END, application = CASE WHEN ${fresh} THEN NULL ELSE v.application END, state = 'applied', ended_at = NULL, ended_by = NULL`,
    [keyOf(ledger), JSON.stringify(given)],
  )
}

/** Notes of rows that are no longer in Drizzle's ledger, and of which nobody has said that they were taken back. */
export const syncGone = (session: Session, ledger: LedgerName): Promise<readonly Row[]> =>
  session.query(
    `UPDATE ${table} AS v SET state = 'row-gone', ended_at = clock_timestamp() WHERE ledger = $1 AND state = 'applied' AND NOT EXISTS (SELECT FROM ${ledgerTable(ledger)} AS l WHERE l.id = v.ledger_id) RETURNING migration`,
    [keyOf(ledger)],
  )

/** Of a ledger that was made anew: what was noted of the one before is past. */
export const allGoneSql = (ledger: LedgerName): string =>
  `UPDATE ${table} SET state = 'row-gone', ended_at = clock_timestamp() WHERE ledger = ${text(keyOf(ledger))} AND state = 'applied'`

/** What is noted, for whoever asks beside something else: undefined where it is not there, or this user may not read it. */
export const versionsSeen = async (session: Session, ledger: LedgerName): Promise<readonly RecordedVersion[] | undefined> => {
  try {
    const access = await accessTo(session, 'schema_versions')
    return access === 'absent' || access === 'hidden' ? undefined : await readVersions(session, ledger)
  } catch (error) {
    // Nothing stands on it: a table of another version of ours, one that goes in this moment.
    if (error instanceof PostgresRefusal) return undefined
    throw error
  }
}

/** Drizzle's ledger with what is noted beside it; as it is where nothing is, or this user may not read it. */
export const withRecorded = async (session: Session, ledger: Ledger): Promise<Ledger> => {
  const seen = await versionsSeen(session, ledger.name)
  if (!seen) return ledger
  const noted = new Map(seen.map((each) => [each.row, each]))
  return {
    ...ledger,
    rows: ledger.rows.map((row) => {
      const found = noted.get(row.id)
      if (found?.hash !== row.hash || found.state !== 'applied') return row
      return { ...row, appliedAt: found.appliedAt ?? row.appliedAt, appliedBy: found.appliedBy, ...(found.source === 'baseline' ? { baseline: true } : {}) }
    }),
  }
}
