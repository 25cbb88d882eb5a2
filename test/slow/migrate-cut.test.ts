/** "kill -9 at each statement of a 12-statement history with CONCURRENTLY in it … connection cut …: no half state that the next `migrate` does not explain and finish" */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Report } from '../../src/model/report.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { root } from '../cli/cli.ts'
import { type Entry, makePlace, type Place, startServer } from '../operations/place.ts'
import { cuttingProxy } from '../support/cutting-proxy.ts'

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

type Server = Awaited<ReturnType<typeof startServer>>
type Database = Awaited<ReturnType<Server['database']>>

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
    flags: {
      to: undefined,
      yes: false,
      accept: ['policy'],
      lockTimeout: 1_000,
      statementTimeout: undefined,
      retries: 10,
      wait: 60,
      cancelBlockers: false,
      undecided: undefined,
    },
  })
}

const through = ({ name }: Database, directory: string): string => `postgres://postgres@localhost/${name}?host=${encodeURIComponent(directory)}`

/** All that the migrations leave behind, but for times and ids of rows that were tried and rolled back. */
const stateOf = async (database: Database): Promise<unknown> => ({
  catalog: await server.fingerprint(database.session),
  ledger: await database.session.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id'),
  users: await database.session.query('SELECT name, note FROM users ORDER BY name'),
  invalid: await database.session.query('SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid'),
  unfinished: await database.session.query('SELECT tag FROM pgstrata.unfinished_migrations'),
})

const errors = ({ findings }: Report): readonly string[] =>
  findings.filter(({ severity, waived }) => severity === 'error' && !waived).map(({ message }) => message)

describe('a migrate that ends in the middle', () => {
  let whole: unknown
  let queries = 0
  beforeAll(async () => {
    const database = await server.database()
    await using proxy = await cuttingProxy(database.host, 5432)
    expect(errors(await run(through(database, proxy.directory)))).toEqual([])
    queries = proxy.queries()
    whole = await stateOf(database)
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

  // Before a query and after the one before it the server knows the same: it is cut where it has the query and nobody hears the answer.
  it('cut after each query that it sends: the next one finishes it', async () => {
    let resumed = 0
    for (let at = 1; at <= queries; at++) {
      const database = await server.database()
      {
        await using proxy = await cuttingProxy(database.host, 5432, at)
        const first = await run(through(database, proxy.directory)).catch((error: unknown) => error)
        // Before anything is run the connection's loss stops it; later it is a finding, and the end is unknown.
        if (first instanceof Error) expect(first, `query ${at}`).toMatchObject({ exit: 3 })
        else expect((first as Report).unknown.length, `query ${at}`).toBe(1)
      }
      const second = await run(database.url)
      expect(errors(second), `query ${at}`).toEqual([])
      if ((second.data as { readonly applied: readonly { readonly resumed: boolean }[] }).applied.some((each) => each.resumed)) resumed++
      expect(await stateOf(database), `query ${at}`).toEqual(whole)
      await server.drop(database)
    }
    expect(resumed).toBeGreaterThan(10)
  })

  it('kill -9 of the command, at any moment', async () => {
    let killed = 0
    for (const after of [250, 500, 700, 800, 900, 1_000, 1_100, 1_300]) {
      const database = await server.database()
      const child = spawn(process.execPath, [join(root, 'dist/cli.js'), 'migrate', database.url, '--folder', 'drizzle', '--accept', 'policy'], {
        cwd: place.path,
        stdio: 'ignore',
      })
      const ended = once(child, 'exit')
      await new Promise((done) => setTimeout(done, after))
      if (child.kill('SIGKILL')) killed++
      await ended
      expect(errors(await run(database.url)), `after ${after} ms`).toEqual([])
      expect(await stateOf(database), `after ${after} ms`).toEqual(whole)
      await server.drop(database)
    }
    expect(killed).toBeGreaterThan(0)
  })
})
