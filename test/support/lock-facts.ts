/** Measures, in one engine, what every statement of the list locks, writes anew and scans. */
import type { Engine } from '../../src/model/engine.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import type { Session } from '../../src/model/session.ts'
import { type Facts, factsSeen } from './footprints.ts'
import { type LockStatement, lockStatements, preparation, scenery } from './lock-statements.ts'
import { observe, observeOutside, type Seen, wantsNoTransaction } from './observe.ts'

export type Measured = { readonly statement: LockStatement; readonly facts: Facts | { readonly refused: string }; readonly seen?: Seen }

/** A zone in which timestamp and timestamptz are not the same bytes; and no hash or merge, so that only what must be scanned is. */
const surroundings = `SET TimeZone = 'Europe/Berlin'; SET enable_hashjoin = off; SET enable_mergejoin = off`

/** In a new database of a new cluster: the tables and rows that all statements start from. */
const prepare = async (session: Session): Promise<void> => {
  await session.script(preparation)
  await session.script(scenery)
}

/** Tablespaces inside of the data directory came with PostgreSQL 15. They are the cluster's. */
const makeTablespace = async (session: Session): Promise<void> => {
  await session.script('SET allow_in_place_tablespaces = on')
  await session.script(`CREATE TABLESPACE fast LOCATION ''`)
  await session.script('RESET ALL')
}

/** A statement that cannot run in a transaction changes its database: each gets a copy of its own. */
const outside = async (engine: Engine, sql: string): Promise<Seen> => {
  const database = await engine.template(scenery, prepare)
  const session = await engine.session(database)
  try {
    return await observeOutside(engine, database, session, sql)
  } finally {
    await session[Symbol.asyncDispose]()
    await engine.dropDatabase(database)
  }
}

const inside = async (session: Session, sql: string): Promise<Seen> => {
  await session.script('BEGIN')
  try {
    return await observe(session, sql)
  } finally {
    await session.script('ROLLBACK')
  }
}

const measured = async (engine: Engine, session: Session, statement: LockStatement): Promise<Measured> => {
  try {
    const seen = await inside(session, statement.sql).catch((error: unknown) => {
      if (wantsNoTransaction(error)) return outside(engine, statement.sql)
      throw error
    })
    return { statement, facts: factsSeen(seen, statement.kind), seen }
  } catch (error) {
    if (error instanceof PostgresRefusal) return { statement, facts: { refused: error.sqlstate } }
    throw error
  }
}

/** All statements that the engine's major knows. Each starts from the same committed tables and rows. */
export const measureLocks = async (engine: Engine): Promise<readonly Measured[]> => {
  const major = Math.floor(engine.version / 10000)
  const database = await engine.createDatabase()
  await using session = await engine.session(database)
  if (major >= 15) await makeTablespace(session)
  await prepare(session)
  await session.script(surroundings)
  const found: Measured[] = []
  for (const statement of lockStatements) if (major >= (statement.from ?? 0)) found.push(await measured(engine, session, statement))
  return found
}
