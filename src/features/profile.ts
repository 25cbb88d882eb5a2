/** The statistics profile of a database: how many rows, how big, how busy. Counts only, never a value. */
import { ToolError } from '../model/error.ts'
import { isObject } from '../model/json.ts'
import { display, qualified, type RelationName } from '../model/name.ts'
import type { StatisticsProfile, Usage } from '../model/profile.ts'
import type { Row, Session } from '../model/session.ts'

/**
 * One row for each table, partition, partitioned table and materialised view. Counters since `seconds` ago (pg_stat_reset, or the start of the server).
 * `reltuples` is -1 where the table was never analysed (14 and later); a table without a page has no rows whatever it says.
 */
const question = `
  SELECT n.nspname AS schema, c.relname AS name, pn.nspname AS parent_schema, pc.relname AS parent,
         CASE WHEN c.relkind = 'p' THEN 0
              WHEN pg_catalog.pg_relation_size(c.oid) = 0 THEN 0
              WHEN c.reltuples >= 0 THEN c.reltuples
              WHEN s.n_live_tup > 0 THEN s.n_live_tup END::float8 AS rows,
         pg_catalog.pg_total_relation_size(c.oid)::float8 AS bytes,
         (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::float8 AS writes,
         (s.seq_scan + coalesce(s.idx_scan, 0))::float8 AS reads,
         greatest(1, extract(epoch FROM pg_catalog.now() - coalesce(d.stats_reset, pg_catalog.pg_postmaster_start_time())))::float8 AS seconds
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_stat_database d ON d.datname = pg_catalog.current_database()
  LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
  LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
  LEFT JOIN pg_catalog.pg_class pc ON pc.oid = i.inhparent
  LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^(pg_|information_schema$)'
  ORDER BY 1, 2`

type Mutable = { -readonly [K in keyof Usage]: Usage[K] }

const round = (value: number): number => Math.round(value * 100) / 100

const usageOf = ({ rows, bytes, writes, reads, seconds }: Row): Usage => {
  const per = Number(seconds)
  return {
    ...(rows === null || rows === undefined ? {} : { rows: Math.round(Number(rows)) }),
    bytes: Number(bytes),
    ...(writes === null || writes === undefined ? {} : { writes: round(Number(writes) / per) }),
    ...(reads === null || reads === undefined ? {} : { reads: round(Number(reads) / per) }),
  }
}

const nameOf = (row: Row): RelationName => qualified(String(row.schema), String(row.name))
const parentOf = (row: Row): RelationName | undefined => (typeof row.parent === 'string' ? qualified(String(row.parent_schema), row.parent) : undefined)

/** A partitioned table is as big and as busy as its partitions together; what is unknown of one is unknown of the whole. */
const withPartitions = (rows: readonly Row[]): ReadonlyMap<RelationName, Usage> => {
  const usages = new Map(rows.map((row) => [nameOf(row), { ...usageOf(row) } as Mutable]))
  const parents = new Map(rows.flatMap((row) => (parentOf(row) === undefined ? [] : [[nameOf(row), parentOf(row) as RelationName] as const])))
  for (const row of rows) {
    const own = usageOf(row)
    for (let parent = parents.get(nameOf(row)); parent !== undefined; parent = parents.get(parent)) {
      const whole = usages.get(parent)
      if (!whole) continue
      for (const key of ['rows', 'bytes', 'writes', 'reads'] as const) {
        if (own[key] === undefined) delete whole[key]
        else if (whole[key] !== undefined) whole[key] = round((whole[key] ?? 0) + (own[key] ?? 0))
      }
    }
  }
  return usages
}

/** Reads the profile over a session that may only read. `observedAt`: ISO 8601. Throws `PostgresRefusal`. */
export const readProfile = async (session: Session, environment: string, observedAt: string): Promise<StatisticsProfile> => ({
  schema: 'pgstrata/profile@1',
  environment,
  observedAt,
  postgres: Math.floor(session.version / 10_000),
  relations: Object.fromEntries(withPartitions(await session.query(question))),
})

const isUsage = (value: unknown): value is Usage =>
  isObject(value) &&
  Object.entries(value).every(([key, number]) => ['rows', 'bytes', 'writes', 'reads'].includes(key) && typeof number === 'number' && number >= 0)

/** A profile from its file's text. Throws `profile-invalid`. */
export const parseProfile = (text: string, path: string): StatisticsProfile => {
  const invalid = (why: string): ToolError =>
    new ToolError('profile-invalid', `${path} is no statistics profile: ${why}.`, { help: 'Make one with pgstrata profile ENVIRONMENT --out FILE.' })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(cause instanceof Error ? `it is not JSON (${cause.message})` : 'it is not JSON')
  }
  if (!isObject(value) || value.schema !== 'pgstrata/profile@1') throw invalid('its "schema" is not pgstrata/profile@1')
  const { environment, observedAt, postgres, relations } = value
  if (typeof environment !== 'string' || typeof observedAt !== 'string' || Number.isNaN(Date.parse(observedAt)))
    throw invalid('"environment" or "observedAt" is missing')
  if (typeof postgres !== 'number') throw invalid('"postgres" is not a number')
  if (!isObject(relations)) throw invalid('"relations" is missing')
  const wrong = Object.entries(relations).find(([, usage]) => !isUsage(usage))
  if (wrong) throw invalid(`the numbers of ${display(wrong[0])} cannot be read`)
  return { schema: 'pgstrata/profile@1', environment, observedAt, postgres, relations: relations as StatisticsProfile['relations'] }
}
