/** "kill -9 at each statement of a 12-statement history with CONCURRENTLY in it … connection cut …: no half state that the next `migrate` does not explain and finish" */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Report } from '../../src/model/report.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { migrateFlags } from '../operations/migrate-flags.ts'
import { type Entry, makePlace, type Place, startServer } from '../operations/place.ts'
import { cutAfterEach, type Database, killedAtEach, type Server, wholeRun } from '../support/interrupted.ts'

const history: readonly Entry[] = [
  {
    tag: '0000_base',
    sql: [
      'CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)',
      "CREATE TABLE logs (at date NOT NULL, what text) PARTITION BY RANGE (at); CREATE TABLE logs_2030 PARTITION OF logs FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
      'CREATE INDEX users_old_idx ON users (name)',
    ].join(';\n--> statement-breakpoint\n'),
  },
  {
    tag: '0001_concurrently',
    sql: [
      "INSERT INTO users (name) VALUES ('once')",
      'CREATE INDEX CONCURRENTLY users_name_idx ON users (lower(name))',
      'DROP INDEX CONCURRENTLY users_old_idx',
      'REINDEX TABLE CONCURRENTLY users',
      "INSERT INTO users (name) VALUES ('twice')",
    ].join(';\n--> statement-breakpoint\n'),
  },
  {
    tag: '0002_hatch',
    sql: [
      "SET lock_timeout = '3s'",
      'ALTER TABLE users ADD COLUMN note text',
      'COMMIT',
      'ALTER TABLE logs DETACH PARTITION logs_2030 CONCURRENTLY',
      "UPDATE users SET note = coalesce(note, '') || 'x'",
    ].join(';\n--> statement-breakpoint\n'),
  },
  { tag: '0003_last', sql: 'CREATE UNIQUE INDEX CONCURRENTLY ON users (name)' },
]

let server: Server
let place: Place
beforeAll(async () => {
  server = await startServer()
  place = makePlace()
  place.migrations(history)
})
afterAll(async () => {
  await server.stop()
  place.remove()
})

const run = async (url: string): Promise<Report> => {
  await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config: {} })
  return await migrate.run(world, {
    arguments: [url],
    flags: { ...migrateFlags, accept: ['policy'] },
  })
}

/** All that the migrations leave behind, but for times and ids of rows that were tried and rolled back. */
const stateOf = async (database: Database): Promise<unknown> => ({
  catalog: await server.fingerprint(database.session),
  ledger: await database.session.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id'),
  users: await database.session.query('SELECT name, note FROM users ORDER BY name'),
  invalid: await database.session.query('SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid'),
  unfinished: await database.session.query('SELECT tag FROM pgstrata.unfinished_migrations'),
})

const interruption = { fresh: () => server.database(), run, stateOf }

describe('a migrate that ends in the middle', () => {
  let whole: unknown
  let queries = 0
  beforeAll(async () => {
    const known = await wholeRun({ server, ...interruption })
    whole = known.whole
    queries = known.queries
  })

  it('the history is what the line says', () => {
    expect(whole).toMatchObject({
      users: [
        { name: 'once', note: 'x' },
        { name: 'twice', note: 'x' },
      ],
      invalid: [],
      unfinished: [],
    })
    expect(history.flatMap(({ sql }) => sql.split('--> statement-breakpoint')).length).toBeGreaterThanOrEqual(12)
    expect(queries).toBeGreaterThan(40)
  })

  it('cut after each query that it sends: the next one finishes it', async () => {
    expect(await cutAfterEach({ server, ...interruption, whole }, queries)).toBeGreaterThan(10)
  })

  it('kill -9 of the command, at each query', async () => {
    const command = (url: string): readonly string[] => ['migrate', url, '--folder', 'drizzle', '--accept', 'policy']
    expect(await killedAtEach({ server, ...interruption, whole }, queries, place.path, command)).toBeGreaterThan(10)
  })
})
