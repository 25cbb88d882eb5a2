/** Real merges, resolved: both sides' migrations in one line, and databases of every kind brought to one catalog by Drizzle's own migrator. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { neededRoles } from '../../src/changes/needed-roles.ts'
import { replay } from '../../src/changes/replay.ts'
import { prepare } from '../../src/changes/run-start.ts'
import { startOf } from '../../src/changes/start.ts'
import { ledgerSql, runMigration } from '../../src/drizzle/run.ts'
import { outlookOf } from '../../src/features/collision/ledgers.ts'
import { type Resolution, resolution } from '../../src/features/collision/resolution.ts'
import { judgeSnapshots } from '../../src/features/snapshots.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { History, Ledger, Migration } from '../../src/model/history.ts'
import { differences, isColumnOrder, type PrintedCatalog } from '../../src/model/printed.ts'
import { judgeHistory } from '../../src/rules/run.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { corpus, unpackMerges } from './corpus.ts'
import { type CaseSides, type MergeCase, mergeCases, questionOf, type SideFolder, sidesOfCase } from './merge-cases.ts'

let root = ''
let engine: Engine
let host = ''
let cases: readonly MergeCase[] = []

type Resolved = { readonly sides: CaseSides; readonly landed: SideFolder; readonly mine: SideFolder; readonly found: Resolution }

/** The branch that is merged in (main, in most of these merges) has landed. */
const resolved = (each: MergeCase): Resolved => {
  const sides = sidesOfCase(each, corpus)
  const [landed, mine] = [sides.theirs, sides.ours]
  return { sides, landed, mine, found: resolution(questionOf(sides.base, landed, mine)) }
}

const textAfter = ({ landed, found }: Resolved, path: string): string | undefined => found.rebase?.files.get(path) ?? landed.texts.get(path)

const folderAfter = ({ landed, found }: Resolved): History => found.rebase?.history ?? landed.history

const anomalies = (history: History): ReadonlySet<string> =>
  new Set(
    judgeHistory({ history, edited: [], now: Date.now(), statementsInChunk: () => [] })
      .filter(({ severity }) => severity !== 'note')
      .map(({ fingerprint }) => fingerprint),
  )

const statementsOf = (migrations: readonly Migration[]): readonly string[] =>
  migrations.flatMap(({ sql }) => readScript(sql ?? '').statements.map(({ text }) => text)).toSorted()

const without = (all: readonly string[], some: readonly string[]): readonly string[] => {
  const rest = [...all]
  for (const each of some) {
    const at = rest.indexOf(each)
    if (at >= 0) rest.splice(at, 1)
  }
  return rest
}

const catalogsOf = (history: History) => {
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const start = startOf(scripts)
  return { scripts, start, replayed: replay(scripts, start.catalog) }
}

const snapshotDifferences = async (history: History, load: (path: string) => string | undefined, on?: Engine): Promise<ReadonlySet<string>> => {
  const { start, replayed } = catalogsOf(history)
  const { differences: found, undecided } = await judgeSnapshots({
    history,
    catalogs: replayed.catalogs,
    assumed: start.assumed,
    prefixes: 'last',
    extensions: [...replayed.catalog.extensions.keys()],
    loadSnapshot: async (path) => load(path) ?? '',
    ...(on ? { engine: on } : {}),
  })
  return new Set([...found.map((each) => `${each.in} ${each.object}`), ...undecided.map(({ object }) => `undecided ${object}`)])
}

const writeFolder = (history: History, journal: string): string => {
  const folder = mkdtempSync(join(root, 'folder-'))
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  put('meta/_journal.json', journal)
  for (const { path, sql } of history.migrations) put(path, engine.adapt(sql ?? ''))
  return folder
}

/** Drizzle's own migrator. */
const run = async (database: string, folder: string): Promise<void> => {
  const client = new pg.Client({ host, port: 5432, user: 'postgres', database })
  await client.connect()
  try {
    await migrate(drizzle(client), { migrationsFolder: folder })
  } finally {
    await client.end()
  }
}

const ledgerIn = async (database: string): Promise<Ledger> => {
  await using session = await engine.session(database)
  const rows = await session.query('SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id')
  return {
    name: { schema: 'drizzle', table: '__drizzle_migrations' },
    layout: 'journal',
    rows: rows.map((row) => ({ id: Number(row.id), hash: String(row.hash), createdAt: Number(row.created_at) })),
  }
}

const insertRows = (migrations: readonly Migration[]): string =>
  migrations.length === 0
    ? ''
    : `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ${migrations.map(({ hash, when }) => `('${hash}', ${when})`).join(', ')}`

/** A database at the ground on which both sides stand, its ledger filled as the migrator fills it. */
const ground = async (common: readonly Migration[], all: History): Promise<string> => {
  const { start, replayed } = catalogsOf(all)
  const name = await engine.createDatabase()
  await using session = await engine.session(name)
  const roles = [...new Set([...neededRoles(replayed.steps), ...start.platform.roles])]
  await prepare(session, { before: start.platform.sql, extensions: start.extensions, roles })
  await session.script(ledgerSql({ schema: 'drizzle', table: '__drizzle_migrations' }))
  for (const { sql } of common) await runMigration(engine, session, readScript(sql ?? ''))
  const rows = insertRows(common)
  if (rows !== '') await session.script(rows)
  return name
}

const printed = async (database: string): Promise<PrintedCatalog> => {
  await using session = await engine.session(database)
  return await engine.print(session, { exclude: [{ schema: 'drizzle', table: '__drizzle_migrations' }] })
}

/** Databases that cannot be: that side's own migrations do not run, whatever is merged with them. */
const cannotBe: { readonly [name: string]: string } = {
  'icssc+AntAlmanac 5adb3a2d8e3f': 'landed: column "email" cannot be cast automatically to type boolean',
  'lmnr-ai+lmnr 5f71cb470481': 'mine: function api_key() does not exist',
  'simstudioai+sim e79e9e7367b3': 'mine: trigger "trg_increment_row_count" for relation "user_table_rows" already exists',
}

/** What is wrong with the way of one database to the resolved folder. */
const upgrade = async (database: string, { found, ...rest }: Resolved, folder: string): Promise<string | undefined> => {
  const outlook = outlookOf(folderAfter({ found, ...rest }), await ledgerIn(database), found)
  try {
    if (outlook.repair !== undefined) {
      await using session = await engine.session(database)
      await session.script(engine.adapt(outlook.repair))
    } else if (outlook.again.length > 0 || outlook.skips.length > 0) return 'no repair is offered'
    await run(database, folder)
    return undefined
  } catch (error) {
    return String(error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}` : error)
  }
}

type Way = 'base' | 'mine' | 'landed' | 'both'

const messageOf = (error: unknown): string => (error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error))

type Folders = { readonly template: string; readonly landed: string; readonly mine: string }

/** Brings a copy of the ground to where a database of that kind stands. */
const bringTo = async (database: string, way: Way, { sides, landed, mine, found }: Resolved, folders: Folders): Promise<void> => {
  const { common, mine: own } = questionOf(sides.base, landed, mine).sides
  if (way === 'landed' || way === 'both') await run(database, folders.landed)
  if (way === 'mine') {
    await using session = await engine.session(database)
    // Its rows are mine's own: a branch may have given what both have other times.
    const known = new Set(common.map(({ tag }) => tag))
    await session.script(['DELETE FROM drizzle.__drizzle_migrations', insertRows(mine.history.migrations.filter(({ tag }) => known.has(tag)))].join(';'))
    await run(database, folders.mine)
  }
  if (way === 'both' && found.rewrites.length === 0) {
    await using session = await engine.session(database)
    for (const { sql } of own) await runMigration(engine, session, readScript(sql ?? ''))
    if (own.length > 0) await session.script(insertRows(own))
  }
}

const upgradesOf = async (each: Resolved): Promise<readonly string[]> => {
  const { sides, landed, mine } = each
  const all = folderAfter(each)
  const target = writeFolder(all, textAfter(each, 'meta/_journal.json') ?? '')
  const [template, landedFolder, mineFolder] = [
    await ground(questionOf(sides.base, landed, mine).sides.common, all),
    writeFolder(landed.history, landed.texts.get('meta/_journal.json') ?? ''),
    writeFolder(mine.history, mine.texts.get('meta/_journal.json') ?? ''),
  ]
  const wrong: string[] = []
  const catalogs = new Map<Way, PrintedCatalog>()
  for (const way of ['landed', 'mine', 'both', 'base'] as const) {
    const database = await engine.createDatabase(template)
    try {
      await bringTo(database, way, each, { template, landed: landedFolder, mine: mineFolder })
    } catch (error) {
      return [`${way}: ${messageOf(error)}`]
    }
    const why = await upgrade(database, each, target)
    if (why !== undefined) wrong.push(`${way}: ${why}`)
    else catalogs.set(way, await printed(database))
    await engine.dropDatabase(database)
  }
  const base = catalogs.get('base')
  for (const [way, catalog] of catalogs) {
    const other = base ? differences(base, catalog).filter((difference) => !isColumnOrder(difference)) : []
    if (other.length > 0) wrong.push(`${way} ends otherwise: ${other.map(({ kind, identity }) => `${kind} ${identity}`).join(', ')}`)
  }
  await engine.dropDatabase(template)
  return wrong
}

/** The proof. `every`: databases are brought along for each nth of the cases that resolve; all else is looked at for all. */
export const proveMerges = (every: number): void => {
  beforeAll(async () => {
    root = unpackMerges()
    await loadSql()
    engine = await openEngine({ profile: 'replay', extensions: ['vector', 'pg_trgm', 'uuid-ossp', 'pgcrypto', 'btree_gin'] })
    await using session = await engine.session(await engine.createDatabase())
    host = String((await session.query(`SELECT current_setting('unix_socket_directories') AS host`))[0]?.host)
    cases = mergeCases(root)
  })
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]()
    rmSync(root, { recursive: true, force: true })
  })

  describe('all 118 cases of merges.tar.xz', () => {
    it('are detected, or proven to commute; none loses SQL', () => {
      expect(cases).toHaveLength(118)
      const wrong: string[] = []
      const counts: { [verdict: string]: number } = {}
      for (const each of cases) {
        const one = resolved(each)
        const { found, landed, mine, sides } = one
        const verdict = found.stops.length > 0 ? `stops, class ${[...new Set(found.stops.map((stop) => stop.class))].join(' and ')}` : 'resolved'
        counts[verdict] = (counts[verdict] ?? 0) + 1
        if (found.stops.length > 0) continue
        const say = (what: string): void => void wrong.push(`${each.name}: ${what}`)
        const before = anomalies(landed.history)
        for (const anomaly of anomalies(folderAfter(one))) if (!before.has(anomaly)) say(`(a) ${anomaly}`)
        for (const [path, text] of landed.texts)
          if (path !== 'meta/_journal.json' && found.rebase?.files.has(path) && found.rebase.files.get(path) !== text) say(`(b) ${path} is not as it landed`)
        const { landed: landedNew, common, mine: mineNew } = questionOf(sides.base, landed, mine).sides
        const expected = statementsOf([...common, ...landedNew, ...mineNew])
        const named = found.rewrites.map(({ from }) => from)
        const added = found.rewrites.flatMap(({ to }) => to)
        const kept = without(without(statementsOf(folderAfter(one).migrations), added), without(expected, named))
        const lost = without(without(expected, named), statementsOf(folderAfter(one).migrations))
        if (kept.length > 0 || lost.length > 0) say(`(c) statements differ: ${[...kept, ...lost].join(' | ').slice(0, 200)}`)
        if (found.rewrites.some(({ conflict }) => ![4, 7, 11, 14].includes(conflict.class))) say('(c) a statement of another class was changed unasked')
      }
      expect(wrong).toEqual([])
      // Class 9 and 8: a migration that differs in nothing but its line ends, and what one side drops and the other one uses behind it.
      const stops = { 'stops, class 19': 10, 'stops, class 19 and 23': 1, 'stops, class 23': 1, 'stops, class 8': 1, 'stops, class 9 and 8': 1 }
      expect(counts).toEqual({ resolved: 104, ...stops })
    })
    it('(d) the folder replays on the engine, (e) the last snapshot equals the replay, (f) databases at base, mine, landed and both upgrade to one and the same catalog', async () => {
      const wrong: string[] = []
      const chosen = cases.filter((_, at) => at % every === 0)
      expect(chosen.length).toBeGreaterThan(30)
      for (const each of chosen) {
        const one = resolved(each)
        if (one.found.stops.length > 0) continue
        const now = await snapshotDifferences(folderAfter(one), (path) => textAfter(one, path), engine)
        const before =
          now.size === 0
            ? now
            : new Set([
                ...(await snapshotDifferences(one.landed.history, (path) => one.landed.texts.get(path), engine)),
                ...(await snapshotDifferences(one.mine.history, (path) => one.mine.texts.get(path), engine)),
              ])
        for (const difference of now) if (!before.has(difference)) wrong.push(`${each.name}: (e) ${difference}`)
        const upgrades = await upgradesOf(one)
        const known = cannotBe[each.name]
        if (known !== undefined) expect(upgrades).toEqual([known])
        else wrong.push(...upgrades.map((why) => `${each.name}: (f) ${why}`))
      }
      expect(wrong).toEqual([])
    }, 1_200_000)
  })
}
