/** A directory with migrations, and a real PostgreSQL that Drizzle's own migrator has worked on. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { createWorld, type WorldOptions } from '../../src/cli/world.ts'
import type { Config } from '../../src/model/config.ts'
import type { Session } from '../../src/model/session.ts'
import { exampleTime } from '../../src/rules/examples.ts'

/** One migration of a folder that a test writes; `when` defaults to one a day. */
export type Entry = { readonly tag: string; readonly sql: string; readonly when?: number }

/** A journal as drizzle-kit writes it. */
export const journal = (entries: readonly Entry[], dialect = 'postgresql'): string =>
  JSON.stringify(
    { version: '7', dialect, entries: entries.map(({ tag, when }, idx) => ({ idx, version: '7', when: when ?? exampleTime(idx), tag, breakpoints: true })) },
    null,
    2,
  )

export type Place = ReturnType<typeof makePlace>

/** A new directory; other accounts may enter it. */
export const makePlace = () => {
  const path = mkdtempSync(join(tmpdir(), 'pgstrata-place-'))
  chmodSync(path, 0o755)
  const write = (files: { readonly [file: string]: string }): void => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, file)), { recursive: true })
      writeFileSync(join(path, file), text)
    }
  }
  return {
    path,
    write,
    /** Writes a migrations folder anew. */
    migrations(entries: readonly Entry[], folder = 'drizzle'): void {
      rmSync(join(path, folder), { recursive: true, force: true })
      write({
        [`${folder}/meta/_journal.json`]: journal(entries),
        ...Object.fromEntries(entries.map(({ tag, sql }) => [`${folder}/${tag}.sql`, sql])),
      })
    },
    /** Writes a migrations folder anew, its migrations called by their number. */
    numbered(...sql: readonly string[]): void {
      this.migrations(sql.map((text, at) => ({ tag: `000${at}_m`, sql: text })))
    },
    /** A world in it with a cache of its own. The caller disposes it. */
    world: (options: WorldOptions = {}) => createWorld({ cwd: path, config: {}, env: { ...process.env, XDG_CACHE_HOME: join(path, '.cache') }, ...options }),
    git(...args: readonly string[]): string {
      const { status, stdout, stderr } = spawnSync(
        'git',
        ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', '-c', 'init.defaultBranch=main', ...args],
        { cwd: path, encoding: 'utf8' },
      )
      if (status !== 0) throw new Error(stderr)
      return stdout
    },
    remove: (): void => rmSync(path, { recursive: true, force: true }),
  }
}

/** A running server with databases of one's own. */
export const startServer = async () => {
  const engine = await openEngine({ profile: 'replay', extensions: [] })
  const sessions: Session[] = []
  const leave = async ({ session }: { readonly session: Session }): Promise<void> => {
    sessions.splice(sessions.indexOf(session), 1)
    await session[Symbol.asyncDispose]()
  }
  return {
    /** A new database, empty or a copy of one that nobody is connected to: how to reach it, and ways to work on it. */
    async database(template?: string) {
      const name = await engine.createDatabase(template)
      const session = await engine.session(name)
      sessions.push(session)
      const [row] = await session.query(`SELECT current_setting('unix_socket_directories') AS host, current_setting('hba_file') AS hba`)
      const host = String(row?.host)
      return {
        name,
        session,
        host,
        hba: String(row?.hba),
        url: `postgres://postgres@localhost/${name}?host=${encodeURIComponent(host)}`,
        /** Runs Drizzle's migrator over a folder. */
        async migrate(migrationsFolder: string, ledger = { schema: 'drizzle', table: '__drizzle_migrations' }): Promise<void> {
          const client = new pg.Client({ host, port: 5432, user: 'postgres', database: name })
          await client.connect()
          try {
            await migrate(drizzle(client), { migrationsFolder, migrationsSchema: ledger.schema, migrationsTable: ledger.table })
          } finally {
            await client.end()
          }
        },
      }
    },
    fingerprint: (session: Session): Promise<string> => engine.fingerprint(session, { exclude: [{ schema: 'drizzle', table: '__drizzle_migrations' }] }),
    async drop({ name, session }: { readonly name: string; readonly session: Session }): Promise<void> {
      await leave({ session })
      await engine.dropDatabase(name)
    },
    /** Ends the connection to a database, which stays: it can then be copied. */
    leave,
    /** One more connection to one of its databases; the caller ends it. */
    connect: (name: string): Promise<Session> => engine.session(name),
    async stop(): Promise<void> {
      for (const session of sessions) await session[Symbol.asyncDispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}

/** A server for a test file, and for each of its tests a new database and a new directory. To be called at the top of the file. */
export const eachInItsPlace = () => {
  let server: Awaited<ReturnType<typeof startServer>>
  let database: Awaited<ReturnType<(typeof server)['database']>>
  let place: Place
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    place = makePlace()
    database = await server.database()
  })
  afterEach(async () => {
    place.remove()
    await server.drop(database)
  })
  const url = { from: 'env', name: 'URL' } as const
  return {
    /** A world in which `dev` and `production` are the database. The caller disposes it. */
    world: ({ config = {}, ...options }: Omit<WorldOptions, 'config'> & { readonly config?: Config } = {}) =>
      createWorld({
        cwd: place.path,
        folder: 'drizzle',
        env: { ...process.env, URL: database.url },
        config: { environments: { dev: { url }, production: { url } }, ...config },
        ...options,
      }),
    /** The rows of Drizzle's ledger. */
    ledger: (): Promise<readonly unknown[]> => database.session.query('SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id'),
    has: async (relation: string): Promise<boolean> =>
      (await database.session.query('SELECT to_regclass($1) IS NOT NULL AS there', [relation]))[0]?.there === true,
    get server() {
      return server
    },
    get database() {
      return database
    },
    get place() {
      return place
    },
  }
}
