/** Databases that had a folder applied see no re-run after `doctor --write`: not by drizzle-orm 0.45's migrator, nor, after `up`, by 1.0.0-rc.5's. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { Session } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { makePlace, type Place } from '../operations/place.ts'
import { copyHistory, needCorpus } from '../support/corpus.ts'
import { doctored } from '../support/doctored.ts'
import { drizzleKitV1, migrateV1, useDrizzleV1 } from '../support/drizzle-v1.ts'
import { replayedFolder } from '../support/replayed.ts'

let place: Place
beforeAll(async () => {
  needCorpus()
  await loadSql()
})
beforeEach(() => {
  place = makePlace()
  useDrizzleV1(place.path)
})
afterEach(() => place.remove())

/** What imitated extensions cannot take is left out of a query. */
class Client extends pg.Client {
  adapt: (sql: string) => string = (sql) => sql
  override query(...words: unknown[]): never {
    const [first, ...rest] = words
    const adapted =
      typeof first === 'string'
        ? this.adapt(first)
        : typeof first === 'object' && first !== null && 'text' in first
          ? { ...first, text: this.adapt(String(first.text)) }
          : first
    return (super.query as (...all: unknown[]) => never)(adapted, ...rest)
  }
}

type Database = { readonly name: string; readonly session: Session; readonly client: Client }

const openDatabase = async (engine: Engine, fill: readonly string[]): Promise<Database> => {
  const name = await engine.createDatabase()
  const session = await engine.session(name)
  const [at] = await session.query(
    `SELECT current_setting('unix_socket_directories') AS host, current_setting('port')::int AS port, current_user::text AS "user"`,
  )
  const client = new Client({ host: String(at?.host), port: Number(at?.port), user: String(at?.user), database: name })
  client.adapt = (sql) => engine.adapt(sql)
  await client.connect()
  for (const sql of fill) await session.script(sql)
  return { name, session, client }
}

const closeDatabase = async (engine: Engine, { name, session, client }: Database): Promise<void> => {
  await client.end()
  await session[Symbol.asyncDispose]()
  await engine.dropDatabase(name)
}

type Journal = { readonly entries: readonly { readonly tag: string; readonly when: number }[] }
const journalPath = (folder: string): string => join(folder, 'meta/_journal.json')
const journalIn = (folder: string): Journal => JSON.parse(readFileSync(journalPath(folder), 'utf8'))

/** The first `count` migrations by Drizzle's own migrator: at once as on a new database; where PostgreSQL refuses that (a label used as soon as it is added), one by one. */
const migrateTo = async ({ client }: Database, folder: string, count: number): Promise<void> => {
  const journal = journalIn(folder)
  const upTo = async (end: number): Promise<void> => {
    writeFileSync(journalPath(folder), JSON.stringify({ ...journal, entries: journal.entries.slice(0, end) }))
    await migrate(drizzle(client as pg.Client), { migrationsFolder: folder })
  }
  try {
    await upTo(count)
  } catch {
    for (let end = 1; end <= count; end++) await upTo(end)
  } finally {
    writeFileSync(journalPath(folder), JSON.stringify(journal))
  }
}

const ledgerOf = async ({ session }: Database): Promise<readonly string[]> =>
  (await session.query('SELECT hash FROM drizzle.__drizzle_migrations ORDER BY id')).map(({ hash }) => String(hash))

const catalogOf = async (engine: Engine, { session }: Database): Promise<readonly string[]> =>
  (await engine.print(session, { exclude: [{ schema: 'drizzle', table: '__drizzle_migrations' }] })).objects.map((object) => JSON.stringify(object)).toSorted()

const mended = async (): Promise<string | undefined> => {
  const { data } = await doctored(place.path, true)
  return (data as { projects: [{ repairs: { ledgerSql: string | null } }] }).projects[0].repairs.ledgerSql ?? undefined
}

const stations = (before: Journal, after: Journal): readonly number[] => {
  const moved = before.entries.flatMap(({ when }, at) => (after.entries[at]?.when === when ? [] : [at + 1]))
  return [...new Set([before.entries.length, ...moved.slice(0, 1), ...moved.slice(-1)])]
}

describe('a database that stands at the end of the folder, or at a migration whose time moves', () => {
  it.each([
    'kaneo',
    'forge',
    'lmnr',
    'claude-code-hub',
    'munin',
    'tambo',
    'gh-next',
    'musubi',
    'zero',
    'llmgateway',
    'ai-chatbot',
    'dokploy',
    'ctrlplane',
    'sim',
  ])('%s', async (name) => {
    const [folder, old] = [copyHistory(name, place.path), join(place.path, 'old')]
    cpSync(folder, old, { recursive: true })
    const { history, assumed, extensions, roles } = await replayedFolder(old)
    const hashes = history.migrations.map(({ hash }) => hash)
    await using engine = await openEngine({ extensions, profile: 'replay' })
    const ledgerSql = await mended()
    const all = journalIn(old).entries.length
    const databases: (readonly [Database, number])[] = []
    for (const [at, count] of stations(journalIn(old), journalIn(folder)).entries()) {
      const fill = [...(at === 0 ? roles.map((role) => `CREATE ROLE "${role}"`) : []), ...assumed.map((extension) => `CREATE EXTENSION "${extension}"`)]
      const database = await openDatabase(engine, fill)
      databases.push([database, count])
      await migrateTo(database, old, count)
      const [ledger, catalog] = [await ledgerOf(database), await catalogOf(engine, database)]
      expect(ledger).toHaveLength(count)
      for (const _ of ['once', 'twice']) if (ledgerSql !== undefined) await database.session.script(ledgerSql)
      await migrateTo(database, folder, count)
      expect(await ledgerOf(database)).toEqual(ledger)
      expect(await catalogOf(engine, database)).toEqual(catalog)
    }
    expect(drizzleKitV1(place.path, 'up')).toMatchObject({ status: 0 })
    for (const [database, count] of databases) {
      const [ledger, catalog] = [await ledgerOf(database), await catalogOf(engine, database)]
      await migrateV1(database.client, folder)
      const now = await ledgerOf(database)
      expect(now).toHaveLength(all)
      expect(now.slice(0, count)).toEqual(ledger)
      expect(now.toSorted()).toEqual(hashes.toSorted())
      if (count === all) expect(await catalogOf(engine, database)).toEqual(catalog)
      await closeDatabase(engine, database)
    }
  })
})
