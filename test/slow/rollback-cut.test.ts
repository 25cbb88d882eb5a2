/**
 * "Two `migrate` at once, kill -9 at each statement of a 12-statement history with CONCURRENTLY in it, a lock held by another session for longer than the time-out, connection
 * cut …: no half state that the next `migrate` does not explain and finish; an app writing all the time sees no stall over lock_timeout + 100 ms from *waiting* … The same for
 * `rollback --apply`."
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { createProgressSql } from '../../src/features/migrate/progress.ts'
import type { Report } from '../../src/model/report.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { rollback } from '../../src/operations/rollback.ts'
import { migrateFlags } from '../operations/migrate-flags.ts'
import { type Entry, makePlace, type Place, startServer } from '../operations/place.ts'
import { plainFlags, type RollbackFlags } from '../operations/rollback-flags.ts'
import { cutAfterEach, type Database, errors, killedAtEach, type Server, wholeRun } from '../support/interrupted.ts'

const statements = (...each: readonly string[]): string => each.join(';\n--> statement-breakpoint\n')

const history: readonly Entry[] = [
  {
    tag: '0000_base',
    sql: statements(
      'CREATE TABLE users (id bigint PRIMARY KEY, name text, age int)',
      'CREATE INDEX users_name_idx ON users (name)',
      'CREATE INDEX users_age_idx ON users (age)',
      'CREATE UNIQUE INDEX users_lower_idx ON users (lower(name))',
      "INSERT INTO users SELECT n, 'user ' || n, n FROM generate_series(1, 100) AS n",
    ),
  },
  {
    tag: '0001_fewer',
    sql: statements('DROP INDEX CONCURRENTLY users_name_idx', 'DROP INDEX CONCURRENTLY users_lower_idx', 'ALTER TABLE users ADD COLUMN a int'),
  },
  { tag: '0002_more', sql: statements('CREATE TABLE posts (id bigint PRIMARY KEY, author bigint REFERENCES users (id))', 'CREATE INDEX ON posts (author)') },
  {
    tag: '0003_least',
    sql: statements('ALTER TABLE users RENAME COLUMN name TO title', 'DROP INDEX CONCURRENTLY users_age_idx', 'ALTER TABLE users ADD COLUMN b int'),
  },
  { tag: '0004_last', sql: statements('CREATE INDEX CONCURRENTLY users_b_idx ON users (b)', 'COMMENT ON TABLE users IS $$all of them$$') },
]

let server: Server
let place: Place
let applied: string
beforeAll(async () => {
  server = await startServer()
  place = makePlace()
  place.migrations(history)
  const database = await server.database()
  expect(errors(await forward(database.url))).toEqual([])
  applied = database.name
  await server.leave(database)
})
afterAll(async () => {
  await server.stop()
  place.remove()
})

const forward = async (url: string): Promise<Report> => {
  await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config: {} })
  return await migrate.run(world, { arguments: [url], flags: { ...migrateFlags, accept: ['policy'] } })
}

/** What it does is proven elsewhere: here it is run over and over. */
const back = async (url: string, flags: Partial<RollbackFlags> = {}): Promise<Report> => {
  await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config: {} })
  return await rollback.run(world, { arguments: [], flags: { ...plainFlags, apply: url, to: '0000', unproven: true, acceptLoss: true, ...flags } })
}

/** A run that has nothing left to do says so by having nothing to take back. */
const stateOf = async (database: Database): Promise<unknown> => ({
  catalog: await server.fingerprint(database.session),
  ledger: await database.session.query('SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id'),
  users: await database.session.query('SELECT count(*)::int, sum(age)::int, max(name) FROM users'),
  invalid: await database.session.query('SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid'),
  unfinished: await database.session.query('SELECT tag FROM pgstrata.unfinished_migrations'),
})

const interruption = { fresh: (): Promise<Database> => server.database(applied), run: back, stateOf }

describe('a rollback --apply that ends in the middle', () => {
  let whole: unknown
  let queries = 0
  beforeAll(async () => {
    const known = await wholeRun({ server, ...interruption })
    whole = known.whole
    queries = known.queries
  })

  it('leads back to the catalog of the first migration', async () => {
    const database = await server.database()
    place.migrations(history.slice(0, 1))
    expect(errors(await forward(database.url))).toEqual([])
    place.migrations(history)
    for (const sql of createProgressSql) await database.session.script(sql)
    expect(await stateOf(database)).toEqual(whole)
    expect(history.flatMap(({ sql }) => sql.split('--> statement-breakpoint')).length).toBeGreaterThanOrEqual(12)
    expect(queries).toBeGreaterThan(40)
    await server.drop(database)
  })

  it('cut after each query that it sends: the next one explains and finishes it', async () => {
    expect(await cutAfterEach({ server, ...interruption, whole }, queries)).toBeGreaterThan(10)
  })

  it('kill -9 of the command, at each query', async () => {
    const command = (url: string): readonly string[] => ['rollback', '--to', '0000', '--apply', url, '--folder', 'drizzle', '--unproven', '--accept-loss']
    expect(await killedAtEach({ server, ...interruption, whole }, queries, place.path, command)).toBeGreaterThan(10)
  })

  it('two at once, and a migrate beside them: one after the other, nothing twice', async () => {
    const database = await interruption.fresh()
    const reports = await Promise.all([back(database.url), back(database.url)])
    expect(reports.flatMap(errors)).toEqual([])
    expect(await stateOf(database)).toEqual(whole)
    const both = await Promise.all([forward(database.url), back(database.url)])
    expect(both.flatMap(errors)).toEqual([])
    expect(errors(await back(database.url))).toEqual([])
    expect((await stateOf(database)) as object).toMatchObject({ catalog: (whole as { readonly catalog: string }).catalog, invalid: [], unfinished: [] })
    await server.drop(database)
  })

  // A machine that stands still for a moment is no stall of ours.
  it('an app writing all the time sees no stall over lock_timeout + 100 ms from waiting, while another session holds a lock for longer', {
    retry: 3,
  }, async () => {
    const database = await interruption.fresh()
    {
      await using reader = await server.connect(database.name)
      await using app = await server.connect(database.name)
      await reader.script('BEGIN; SELECT * FROM users')
      let ended = false
      let longest = 0
      let writes = 0
      const writing = (async () => {
        while (!ended) {
          const start = performance.now()
          await app.query(`INSERT INTO users (id) VALUES (${1_000 + writes++})`)
          longest = Math.max(longest, performance.now() - start)
        }
      })()
      const lockTimeout = 300
      const report = await back(database.url, { lockTimeout, retries: 3 })
      ended = true
      await writing
      expect((report.data as { readonly failed: { readonly why: string; readonly tag: string } }).failed).toMatchObject({ why: 'locked' })
      expect(writes).toBeGreaterThan(10)
      expect(longest).toBeLessThan(lockTimeout + 100)
      await reader.script('COMMIT')
    }
    expect(errors(await back(database.url))).toEqual([])
    await server.drop(database)
  })
})
