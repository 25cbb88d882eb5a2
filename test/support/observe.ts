/** What PostgreSQL is seen to do when a statement runs: the locks it takes, the relations it writes anew and those it reads from end to end. */
import type { Engine } from '../../src/model/engine.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import { type LockMode, lockModes } from '../../src/model/lock.ts'
import { qualified, type RelationName } from '../../src/model/name.ts'
import type { Row, Session } from '../../src/model/session.ts'

/** A relation of a user: no system catalog, nothing of TOAST, nothing temporary. */
export type SeenRelation = { readonly name: RelationName; readonly kind: string; readonly file: string; readonly scans: number }
type Relations = ReadonlyMap<string, SeenRelation>

export type SeenLock = { readonly relation: RelationName; readonly mode: LockMode }

/** Relations are named as before the statement; one that it makes has its new name. */
export type Seen = {
  /** All that the transaction holds after the statement; outside of a transaction: all that it was seen to hold or wait for. */
  readonly held: readonly SeenLock[]
  /** Those that it did not hold before. */
  readonly taken: readonly SeenLock[]
  /** Tables, materialised views, sequences and indexes that have another file than before. */
  readonly rewrites: readonly RelationName[]
  /** Tables and materialised views on which a sequential scan began. */
  readonly scans: readonly RelationName[]
  /** The relations that were there before it, with `pg_class.relkind`. */
  readonly before: ReadonlyMap<RelationName, string>
  /** Seen from another session while it ran outside of a transaction: locks that nobody held up, indexes' above all, are missing. */
  readonly outside?: true
}

const mine = (pid: string) =>
  `SELECT relation::text AS oid, mode FROM pg_catalog.pg_locks WHERE pid = ${pid} AND locktype = 'relation' AND relation >= 16384
     AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())`

/** `counter`: the function that counts scans, of the session's transaction or of all. */
const relationsQuery = (counter: 'pg_stat_get_xact_numscans' | 'pg_stat_get_numscans') => `
  SELECT c.oid::text AS oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind, c.relfilenode::text AS file,
         CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.${counter}(c.oid)::int ELSE 0 END AS scans
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.oid >= 16384 AND n.nspname !~ '^pg_(toast|temp)' AND c.relkind <> 'c'`

const relationsOf = (rows: readonly Row[]): Relations =>
  new Map(
    rows.map(({ oid, schema, name, kind, file, scans }) => [
      String(oid),
      { name: qualified(String(schema), String(name)), kind: String(kind), file: String(file), scans: Number(scans) },
    ]),
  )

/** `AccessExclusiveLock` → `ACCESS EXCLUSIVE`. */
const modeOf = (mode: string): LockMode => {
  const words = mode
    .replace(/Lock$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase()
  const known = lockModes.find((each) => each === words)
  if (known === undefined) throw new Error(`PostgreSQL names a lock mode that is not in the manual: ${mode}`)
  return known
}

type Locks = readonly { readonly oid: string; readonly mode: LockMode }[]
const locksOf = (rows: readonly Row[]): Locks => rows.map(({ oid, mode }) => ({ oid: String(oid), mode: modeOf(String(mode)) }))

const distinct = <T>(items: readonly T[], key: (item: T) => string): readonly T[] => [...new Map(items.map((item) => [key(item), item])).values()]

/** Locks by name: by each name that the relation had. What has none (made and dropped in between) is left out. */
const named = (locks: Locks, ...names: readonly Relations[]): readonly SeenLock[] =>
  distinct(
    locks.flatMap(({ oid, mode }) =>
      distinct(
        names.flatMap((relations) => relations.get(oid)?.name ?? []),
        String,
      ).map((relation) => ({ relation, mode })),
    ),
    ({ relation, mode }) => `${relation} ${mode}`,
  )

/** The relation as it is now. An index that ALTER TABLE or REINDEX made again has another oid and the same name. */
const nowOf = (oid: string, { name, kind }: SeenRelation, after: Relations): SeenRelation | undefined =>
  after.get(oid) ?? (kind === 'i' || kind === 'I' ? [...after.values()].find((each) => each.name === name) : undefined)

const rewritten = (before: Relations, after: Relations): readonly RelationName[] =>
  [...before].flatMap(([oid, was]) => {
    const now = nowOf(oid, was, after)
    return now !== undefined && now.file !== was.file && was.file !== '0' ? [was.name] : []
  })

const scanned = (before: Relations, after: Relations): readonly RelationName[] =>
  [...after].flatMap(([oid, { name, scans }]) => (scans > (before.get(oid)?.scans ?? 0) ? [before.get(oid)?.name ?? name] : []))

const seen = (before: Relations, after: Relations, held: Locks, earlier: Locks, known: Relations = new Map()): Seen => {
  const had = new Set(earlier.map(({ oid, mode }) => `${oid} ${mode}`))
  // What is new has its new name, what was there its old one; an earlier one still, where the batch has renamed or dropped it.
  const fresh = new Map([...after].filter(([oid]) => !before.has(oid) && !known.has(oid)))
  return {
    held: named(held, before, fresh, known),
    taken: named(
      held.filter(({ oid, mode }) => !had.has(`${oid} ${mode}`)),
      before,
      fresh,
    ),
    rewrites: rewritten(before, after),
    scans: scanned(before, after),
    before: new Map([...before.values()].map(({ name, kind }) => [name, kind])),
  }
}

/** Counters and locks of the session's own transaction, in one round trip each. */
const look = async (session: Session): Promise<{ readonly relations: Relations; readonly locks: Locks }> => ({
  relations: relationsOf(await session.query(relationsQuery('pg_stat_get_xact_numscans'))),
  locks: locksOf(await session.query(`${mine('pg_backend_pid()')} AND granted`)),
})

/** The user's relations at one moment. `kinds`: `pg_class.relkind` by name. */
export type There = { readonly relations: Relations; readonly kinds: ReadonlyMap<RelationName, string> }

export const relationsIn = async (session: Session): Promise<There> => {
  const { relations } = await look(session)
  return { relations, kinds: new Map([...relations.values()].map(({ name, kind }) => [name, kind])) }
}

/**
 * Runs a statement in the session's open transaction and says what it did. A refusal is thrown, and leaves the transaction aborted. `there`: what was there
 * earlier in the transaction, under names that it may have no more.
 */
export const observe = async (session: Session, sql: string, there?: There): Promise<Seen> => {
  const before = await look(session)
  await session.script(sql)
  const after = await look(session)
  return seen(before.relations, after.relations, after.locks, before.locks, there?.relations)
}

/** Modes in which others hold every table, so that a statement outside of a transaction has to wait wherever it takes a lock that counts. Weakest last. */
const barriers = ['SHARE UPDATE EXCLUSIVE', 'ROW EXCLUSIVE', 'ACCESS SHARE'] as const

const patience = 20_000
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Sessions that hold all tables, by process id. */
const raiseBarriers = async (engine: Engine, database: string, relations: Relations): Promise<ReadonlyMap<string, Session>> => {
  const raised = new Map<string, Session>()
  // Partitions apart: who waits for the partitioned table first has them still before it.
  for (const [mode, kind] of barriers.flatMap((mode) => [[mode, 'p'] as const, [mode, 'r'] as const])) {
    const tables = [...relations.values()].filter((relation) => relation.kind === kind).map(({ name }) => name)
    if (tables.length === 0) continue
    const session = await engine.session(database)
    const [row] = await session.query('SELECT pg_backend_pid()::text AS pid')
    raised.set(String(row?.pid), session)
    // The planner takes ACCESS SHARE on the indexes too; what is not executed counts as no scan.
    const statements = tables.map((table) => (mode === 'ACCESS SHARE' ? `EXPLAIN SELECT FROM ONLY ${table}` : `LOCK TABLE ONLY ${table} IN ${mode} MODE`))
    await session.script(['BEGIN', ...statements].join(';\n'))
  }
  return raised
}

/**
 * Runs a statement that PostgreSQL refuses inside a transaction block, while others hold every table: each time it has to wait, what it holds and what it
 * waits for is noted, and the one it waits for lets go. Scans are the server's own counts, so nobody else may use the database.
 */
export const observeOutside = async (engine: Engine, database: string, session: Session, sql: string): Promise<Seen> => {
  await using watcher = await engine.session(database)
  const [row] = await session.query('SELECT pg_backend_pid()::text AS pid')
  const pid = String(row?.pid)
  const flush = engine.version >= 150000 ? 'SELECT pg_stat_force_next_flush(); SELECT 1' : 'SELECT pg_sleep(1)'
  const relations = async (): Promise<Relations> => {
    await session.script(flush)
    return relationsOf(await watcher.query(relationsQuery('pg_stat_get_numscans')))
  }
  const before = await relations()
  const waiting = await raiseBarriers(engine, database, before)
  const noted: { readonly oid: string; readonly mode: LockMode }[] = []
  let settled = false
  let refusal: unknown
  const running = session
    .script(sql)
    .catch((error: unknown) => {
      refusal = error
    })
    .finally(() => {
      settled = true
    })
  try {
    const until = performance.now() + patience
    while (!settled) {
      if (performance.now() > until) throw new Error(`it still waits after ${patience} ms: ${sql}`)
      await pause(3)
      const [blocked] = await watcher.query(`SELECT pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(${pid}), ' ') AS by`)
      const by = String(blocked?.by ?? '')
      if (by === '') continue
      noted.push(...locksOf(await watcher.query(mine(pid))))
      await waiting.get(by.split(' ')[0] ?? '')?.script('ROLLBACK')
    }
  } finally {
    for (const each of waiting.values()) await each[Symbol.asyncDispose]()
    await running
  }
  if (refusal !== undefined) throw refusal
  return { ...seen(before, await relations(), noted, []), outside: true }
}

/** Refused because it cannot run inside a transaction block (25001), or, in a DO block or procedure, because it ends one (2D000). */
export const wantsNoTransaction = (error: unknown): boolean => error instanceof PostgresRefusal && ['25001', '2D000'].includes(error.sqlstate)

/** Runs a statement by itself, in a transaction where PostgreSQL allows it, and keeps what it did. A refusal is thrown. */
export const observeAlone = async (engine: Engine, database: string, session: Session, sql: string): Promise<Seen> => {
  try {
    await session.script('BEGIN')
    const found = await observe(session, sql)
    await session.script('COMMIT')
    return found
  } catch (error) {
    await session.script('ROLLBACK')
    if (!wantsNoTransaction(error)) throw error
    return observeOutside(engine, database, session, sql)
  }
}
