/** The judge of the reader and of `reconcile`: drizzle-orm's own migrator, on a real PostgreSQL. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { decodeLedger, ledgerColumnsQuery, ledgerLayout, ledgerRowsQuery, type Reconciliation, reconcile } from '../../src/drizzle/ledger.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { LedgerName } from '../../src/model/history.ts'
import type { Session } from '../../src/model/session.ts'
import { journalOf } from './folders.ts'

type Entry = { readonly tag: string; readonly when: number; readonly text?: string }

let engine: Engine
let session: Session
let client: pg.Client
let folder = ''
beforeAll(async () => {
  engine = await openEngine({ profile: 'replay', extensions: [] })
})
afterAll(async () => engine[Symbol.asyncDispose]())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pgstrata-migrator-'))
  const database = await engine.createDatabase()
  session = await engine.session(database)
  const [place] = await session.query(
    `SELECT current_setting('unix_socket_directories') AS host, current_setting('port')::int AS port, current_user::text AS "user"`,
  )
  client = new pg.Client({ host: String(place?.host), port: Number(place?.port), user: String(place?.user), database })
  await client.connect()
  await session.script('CREATE TABLE public.ran (id serial, tag text)')
})
afterEach(async () => {
  await client.end()
  await session[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Writes the folder anew; each migration says in the database that it ran. */
const write = (...entries: readonly Entry[]): void => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'meta'), { recursive: true })
  writeFileSync(join(folder, 'meta/_journal.json'), journalOf(entries))
  for (const { tag, text = tag } of entries)
    writeFileSync(join(folder, `${tag}.sql`), `-- ü\r\nINSERT INTO public.ran (tag) VALUES ('${text}');--> statement-breakpoint\nSELECT 1`)
}

const ledger: LedgerName = { schema: 'drizzle', table: '__drizzle_migrations' }
const look = async (name = ledger): Promise<Reconciliation> => {
  const columns = ledgerColumnsQuery(name)
  const layout = ledgerLayout(await session.query(columns.sql, columns.parameters))
  const rows = layout === 'absent' ? [] : await session.query(ledgerRowsQuery(name, layout).sql)
  return reconcile(await readHistoryFolder(folder), decodeLedger(name, layout, rows))
}

/** Runs Drizzle's migrator and answers what it ran. */
const run = async (name = ledger): Promise<readonly string[]> => {
  await session.script('TRUNCATE public.ran')
  await migrate(drizzle(client), { migrationsFolder: folder, migrationsSchema: name.schema, migrationsTable: name.table })
  return (await session.query('SELECT tag FROM public.ran ORDER BY id')).map(({ tag }) => String(tag))
}
const predicted = ({ migrations }: Reconciliation): readonly string[] => migrations.filter(({ willRun }) => willRun).map(({ migration }) => migration.tag)
const states = ({ migrations }: Reconciliation): readonly string[] => migrations.map(({ state }) => state)

const a = { tag: '0000_a', when: 1_700_000_000_001 }
const b = { tag: '0001_b', when: 1_700_000_100_002 }
const c = { tag: '0002_c', when: 1_700_000_200_003 }

describe('before and after Drizzle’s migrator', () => {
  it('a fresh database: nothing is managed, then all is up to date', async () => {
    write(a, b)
    const before = await look()
    expect([before.state, predicted(before)]).toEqual(['unmanaged', ['0000_a', '0001_b']])
    expect(await run()).toEqual(['0000_a', '0001_b'])
    const after = await look()
    expect([after.state, states(after), predicted(after), await run()]).toEqual(['up-to-date', ['applied', 'applied'], [], []])
  })

  it('a fresh database runs even what is out of order', async () => {
    write(b, { ...a, tag: '0001_late' })
    expect(predicted(await look())).toEqual(['0001_b', '0001_late'])
    expect(await run()).toEqual(['0001_b', '0001_late'])
    expect((await look()).state).toBe('up-to-date')
  })

  it.each<[string, readonly Entry[], readonly Entry[], Reconciliation['state'], readonly string[]]>([
    ['one more', [a, b], [a, b, c], 'behind', ['0002_c']],
    ['one slipped in below the newest time', [a, c], [a, b, c], 'skipped-by-watermark', []],
    ['one with the very same time', [a], [a, { ...b, when: a.when }], 'skipped-by-watermark', []],
    ['an edited file', [a, b], [a, { ...b, text: 'edited' }], 'edited', []],
    ['a renumbered file whose time was kept', [a, b], [a, { ...b, tag: '0007_b', text: '0001_b' }], 'up-to-date', []],
    ['a renumbered file with a new time', [a, b], [a, { tag: '0007_b', when: c.when, text: '0001_b' }], 'up-to-date', ['0007_b']],
    ['a squash with the times of before', [a, b, c], [{ tag: '0000_all', when: 1_700_000_050_000 }], 'skipped-by-watermark', []],
    ['a file that is gone', [a, b], [a], 'ahead', []],
  ])('%s', async (_, first, second, state, runs) => {
    write(...first)
    await run()
    write(...second)
    const before = await look()
    expect([before.state, predicted(before)]).toEqual([state, runs])
    expect(await run()).toEqual(runs.map((tag) => second.find((entry) => entry.tag === tag)?.text ?? tag))
  })

  it('a NULL time in the ledger: everything runs again', async () => {
    write(a, b)
    await run()
    await session.script("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('by hand', NULL)")
    expect(predicted(await look())).toEqual(['0000_a', '0001_b'])
    expect(await run()).toEqual(['0000_a', '0001_b'])
  })

  it('finds a ledger of another name, quotes and all', async () => {
    const name = { schema: 'My "own', table: 'applied' }
    write(a)
    await run(name)
    expect((await look(name)).state).toBe('up-to-date')
    expect((await look()).state).toBe('unmanaged')
  })
})
