/** The statement for ledgers whose journal has new times, judged by drizzle-orm 0.45's own migrator on a real PostgreSQL. */
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { defaultLedger } from '../../src/drizzle/history.ts'
import { ledgerTimesSql } from '../../src/drizzle/ledger-times.ts'
import { mendedTimes } from '../../src/features/mend/times.ts'
import { makePlace, type Place, startServer } from '../operations/place.ts'
import { ranDatabase, saysItRan } from '../support/ran.ts'
import { sha256 } from './folders.ts'

type Entry = { readonly tag: string; readonly when: number; readonly sql: string }

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

const entry = (tag: string, when: number, text = tag): Entry => ({ tag, when, sql: saysItRan(text) })

/** Runs the migrator over these and answers what it ran. */
const run = (entries: readonly Entry[]): Promise<readonly string[]> => {
  place.migrations(entries)
  return database.run(join(place.path, 'drizzle'))
}

const mended = (entries: readonly Entry[]): readonly Entry[] => {
  const times = mendedTimes(entries.map(({ when }) => when))
  return entries.map((one, at) => ({ ...one, when: times[at] ?? one.when }))
}

const sqlFor = (before: readonly Entry[]): string => {
  const after = mended(before)
  const hashed = before.map(({ tag, when, sql }, at) => ({ tag, hash: sha256(sql), when, was: when, becomes: after[at]?.when ?? when }))
  return ledgerTimesSql(
    defaultLedger,
    hashed.filter(({ was, becomes }) => was !== becomes),
    hashed,
  )
}

const ledger = async (): Promise<readonly number[]> =>
  (await database.session.query('SELECT created_at FROM drizzle.__drizzle_migrations ORDER BY id')).map((row) => Number(row.created_at))

const t = 1_700_000_000_000
/** The second and third stand in one second, the last before the others: the third and the last move. */
const journal = [entry('0000_a', t), entry('0001_b', t + 1100), entry('0002_c', t + 1101), entry('0003_d', t + 9000), entry('0004_e', t + 500)]

describe('the statement for the ledgers', () => {
  it.each([1, 2, 3, 4])('of a database at migration %i: nothing runs again, nothing is left out', async (count) => {
    await run(journal.slice(0, count))
    await database.session.script(sqlFor(journal))
    await database.session.script(sqlFor(journal))
    expect(await ledger()).toEqual(
      mended(journal)
        .slice(0, count)
        .map(({ when }) => when),
    )
    expect(await run(mended(journal))).toEqual(journal.slice(count).map(({ tag }) => tag))
    expect(await run(mended(journal))).toEqual([])
  })

  it('is needed: without it one runs again', async () => {
    await run(journal.slice(0, 3))
    expect(await run(mended(journal).slice(0, 3))).toEqual(['0002_c'])
  })

  it('knows migrations with one text by their times, and one whose file was changed by its own', async () => {
    const same = [entry('0000_a', t + 2000, 'x'), entry('0001_b', t + 2001, 'x'), entry('0002_c', t + 2002), entry('0003_d', t + 2003)]
    await run(same)
    const edited = same.map((one) => (one.tag === '0002_c' ? entry(one.tag, one.when, 'edited') : one))
    await database.session.script(sqlFor(edited))
    await database.session.script(sqlFor(edited))
    expect(await ledger()).toEqual(mended(same).map(({ when }) => when))
    expect(await run(mended(edited))).toEqual([])
  })

  it('does nothing in a database without a ledger', async () => {
    await database.session.script(sqlFor(journal))
    expect(await run(mended(journal))).toEqual(journal.map(({ tag }) => tag))
  })
})
