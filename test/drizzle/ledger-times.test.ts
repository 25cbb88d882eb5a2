/** The statement for ledgers whose journal has new times, judged by drizzle-orm 0.45's own migrator on a real PostgreSQL. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { defaultLedger } from '../../src/drizzle/history.ts'
import { ledgerTimesSql } from '../../src/drizzle/ledger-times.ts'
import { mendedTimes } from '../../src/features/mend/times.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { Session } from '../../src/model/session.ts'
import { journalOf, sha256 } from './folders.ts'

type Entry = { readonly tag: string; readonly when: number; readonly text: string }

let engine: Engine
let session: Session
let client: pg.Client
let folder = ''
beforeAll(async () => {
  engine = await openEngine({ profile: 'replay', extensions: [] })
})
afterAll(async () => engine[Symbol.asyncDispose]())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pgstrata-ledger-'))
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

const entry = (tag: string, when: number, text = tag): Entry => ({ tag, when, text: `INSERT INTO public.ran (tag) VALUES ('${text}')` })

/** Runs the migrator over these and answers what it ran. */
const run = async (entries: readonly Entry[]): Promise<readonly string[]> => {
  mkdirSync(join(folder, 'meta'), { recursive: true })
  writeFileSync(join(folder, 'meta/_journal.json'), journalOf(entries))
  for (const { tag, text } of entries) writeFileSync(join(folder, `${tag}.sql`), text)
  await session.script('TRUNCATE public.ran')
  await migrate(drizzle(client), { migrationsFolder: folder })
  return (await session.query('SELECT tag FROM public.ran ORDER BY id')).map(({ tag }) => String(tag))
}

const mended = (entries: readonly Entry[]): readonly Entry[] => {
  const times = mendedTimes(entries.map(({ when }) => when))
  return entries.map((one, at) => ({ ...one, when: times[at] ?? one.when }))
}

const sqlFor = (before: readonly Entry[]): string => {
  const after = mended(before)
  const hashed = before.map(({ tag, when, text }, at) => ({ tag, hash: sha256(text), when, was: when, becomes: after[at]?.when ?? when }))
  return ledgerTimesSql(
    defaultLedger,
    hashed.filter(({ was, becomes }) => was !== becomes),
    hashed,
  )
}

const ledger = async (): Promise<readonly number[]> =>
  (await session.query('SELECT created_at FROM drizzle.__drizzle_migrations ORDER BY id')).map((row) => Number(row.created_at))

const t = 1_700_000_000_000
/** The second and third stand in one second, the last before the others: the third and the last move. */
const journal = [entry('0000_a', t), entry('0001_b', t + 1100), entry('0002_c', t + 1101), entry('0003_d', t + 9000), entry('0004_e', t + 500)]

describe('the statement for the ledgers', () => {
  it.each([1, 2, 3, 4])('of a database at migration %i: nothing runs again, nothing is left out', async (count) => {
    await run(journal.slice(0, count))
    await session.script(sqlFor(journal))
    await session.script(sqlFor(journal))
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
    await session.script(sqlFor(edited))
    await session.script(sqlFor(edited))
    expect(await ledger()).toEqual(mended(same).map(({ when }) => when))
    expect(await run(mended(edited))).toEqual([])
  })

  it('does nothing in a database without a ledger', async () => {
    await session.script(sqlFor(journal))
    expect(await run(mended(journal))).toEqual(journal.map(({ tag }) => tag))
  })
})
