/** The judge of the reader and of `reconcile`: drizzle-orm's own migrator, on a real PostgreSQL. */
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { defaultLedger } from '../../src/drizzle/history.ts'
import { decodeLedger, ledgerColumnsQuery, ledgerLayout, ledgerRowsQuery, type Reconciliation, reconcile } from '../../src/drizzle/ledger.ts'
import { makePlace, type Place, startServer } from '../operations/place.ts'
import { ranDatabase, saysItRan } from '../support/ran.ts'

type Entry = { readonly tag: string; readonly when: number; readonly text?: string }

let server: Awaited<ReturnType<typeof startServer>>
let database: Awaited<ReturnType<typeof ranDatabase>>
let place: Place
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  place = makePlace()
  database = await ranDatabase(server)
})
afterEach(() => place.remove())

const folder = (): string => join(place.path, 'drizzle')

/** Writes the folder anew; each migration says in the database that it ran. */
const write = (...entries: readonly Entry[]): void =>
  place.migrations(entries.map(({ tag, when, text = tag }) => ({ tag, when, sql: `-- ü\r\n${saysItRan(text)};--> statement-breakpoint\nSELECT 1` })))

const look = async (name = defaultLedger): Promise<Reconciliation> => {
  const { session } = database
  const columns = ledgerColumnsQuery(name)
  const layout = ledgerLayout(await session.query(columns.sql, columns.parameters))
  const rows = layout === 'absent' ? [] : await session.query(ledgerRowsQuery(name, layout).sql)
  return reconcile(await readHistoryFolder(folder()), decodeLedger(name, layout, rows))
}

/** Runs Drizzle's migrator and answers what it ran. */
const run = (name = defaultLedger): Promise<readonly string[]> => database.run(folder(), name)
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
    await database.session.script("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('by hand', NULL)")
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
