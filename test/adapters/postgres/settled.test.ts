/** Readings of a catalog that changes meanwhile, and of one that cannot be read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedEngine } from '../../../src/adapters/engines/index.ts'
import { catalogReading } from '../../../src/adapters/postgres/catalog-query.ts'
import { type ConnectOptions, connect, fingerprintOf, introspect, type PostgresSession, rawFingerprint } from '../../../src/adapters/postgres/index.ts'
import { rawReading } from '../../../src/adapters/postgres/raw-query.ts'
import { digestIn } from '../../../src/adapters/postgres/settle.ts'
import type { Engine } from '../../../src/model/engine.ts'
import { PostgresRefusal, ToolError } from '../../../src/model/error.ts'
import { differences, type PrintedCatalog } from '../../../src/model/printed.ts'
import type { Session } from '../../../src/model/session.ts'
import { base, mutations } from './fixture.ts'

let engine: Engine
let owner: Session
let database: string
let host: string

const connected = (more: Partial<ConnectOptions> = {}): Promise<PostgresSession> => connect({ host, user: 'postgres', database, ...more })

beforeAll(async () => {
  engine = await embeddedEngine({ profile: 'replay', extensions: [] })
  database = await engine.createDatabase()
  owner = await engine.session(database)
  await owner.script(base)
  // The reader's transaction holds locks: nothing here may wait for it.
  await owner.script(`SET lock_timeout = '3s'`)
  const [row] = await owner.query(`SELECT current_setting('unix_socket_directories') AS host`)
  host = String(row?.host)
})
afterAll(async () => engine[Symbol.asyncDispose]())

const refused = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Runs `work` while another session repeats statements, until it is done; each round says how often it is through. */
const during = async <T>(statements: readonly string[], work: (rounds: () => number) => Promise<T>): Promise<T> => {
  await using other = await connected()
  const state = { done: false, rounds: 0 }
  const loop = (async () => {
    while (!state.done) {
      for (const sql of statements) await other.script(sql)
      state.rounds += 1
    }
  })()
  try {
    return await work(() => state.rounds)
  } finally {
    state.done = true
    await loop
  }
}

/** Between every two texts of a reading something happens. */
const meddled = (session: Session, meddle: (sql: string) => Promise<unknown>): Session => ({
  version: session.version,
  query: (sql, parameters) => session.query(sql, parameters),
  script: async (sql) => {
    await meddle(sql)
    return session.script(sql)
  },
  results: async (sql) => {
    await meddle(sql)
    return session.results(sql)
  },
  cancel: () => session.cancel(),
  [Symbol.asyncDispose]: async () => undefined,
})

describe('a catalog that changes while it is read', () => {
  const tables = Array.from({ length: 60 }, (_, n) => `racing_${n}`)
  const make = tables
    .map(
      (name) =>
        `CREATE TABLE ${name} (id integer PRIMARY KEY, x text DEFAULT 'x', y integer CHECK (y > 0)); CREATE INDEX ON ${name} (x); CREATE VIEW v_${name} AS SELECT id, x FROM ${name}`,
    )
    .join(';')
  const drop = `DROP TABLE ${tables.join(', ')} CASCADE`

  it('is mixed up by a query alone: an error, or objects that are half there', async () => {
    await using reader = await connected({ readOnly: true })
    const { first, second } = catalogReading({ version: reader.version })
    const halves = ({ objects }: PrintedCatalog) =>
      objects.filter(({ kind, value }) => (kind === 'index' || kind === 'constraint' || kind === 'view') && !('definition' in value)).length
    const once = async (): Promise<PrintedCatalog> => {
      const looked = await reader.results(`BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL search_path = ''; ${first.join(';')}`)
      const { statements, printed } = second(looked.slice(2))
      return printed(await reader.results(statements.join(';')))
    }
    const seen = await during([make, drop], async () => {
      for (let n = 0; n < 200; n += 1) {
        const answer = await once().catch((error: unknown) => error as PostgresRefusal)
        await reader.script('ROLLBACK')
        if (answer instanceof PostgresRefusal) return answer.sqlstate
        if (halves(answer) > 0) return 'halves'
      }
      return 'nothing'
    })
    expect(['XX000', '42P01', 'halves']).toContain(seen)
  })

  it('is never answered half: what is answered was there at one moment, or it is said that it keeps changing', async () => {
    await using reader = await connected({ readOnly: true })
    const without = await introspect(reader)
    await owner.script(make)
    const all = await introspect(reader)
    await owner.script(drop)
    const moments = [without.fingerprint, all.fingerprint]
    const answers = await during([make, 'SELECT pg_sleep(0.4)', drop, 'SELECT pg_sleep(0.4)'], async () => {
      const list: (PrintedCatalog | unknown)[] = []
      for (let n = 0; n < 6; n += 1) list.push(await introspect(reader).catch((error: unknown) => error))
      return list
    })
    for (const answer of answers) {
      if (answer instanceof ToolError) expect(answer).toMatchObject({ code: 'catalog-changing', exit: 3 })
      else expect(moments).toContain((answer as PrintedCatalog).fingerprint)
    }
    expect(answers.some((answer) => !(answer instanceof Error))).toBe(true)
  })

  it('is read again when it changed once', async () => {
    const session = await connected()
    let meddled_ = 0
    const once = meddled(session, async (sql) => {
      if (sql.includes('AS quiet') && meddled_++ === 0) await owner.script('CREATE TABLE late (id integer)')
    })
    const printed = await introspect(once)
    expect(meddled_).toBe(2)
    expect(printed.objects.filter(({ identity }) => identity.startsWith('"public"."late"')).length).toBeGreaterThan(0)
    await owner.script('DROP TABLE late')
    await session.close()
  })

  it.each([
    ['to and fro', 'ALTER FUNCTION add_one(integer) RENAME TO plus_one; ALTER FUNCTION plus_one(integer) RENAME TO add_one'],
    ['by a new object', 'DROP TABLE IF EXISTS late; CREATE TABLE late (id integer)'],
    ['by a comment', `COMMENT ON TABLE customers IS 'who buys'`],
  ])('and never rests, %s, is said to', async (_, sql) => {
    await using session = await connected()
    const never = meddled(session, async (text) => {
      if (text.includes('AS quiet')) await owner.script(sql)
    })
    for (const read of [introspect, fingerprintOf])
      expect(await refused(read(never))).toMatchObject({ code: 'catalog-changing', exit: 3, help: expect.any(String) })
    expect(await session.query('SELECT pg_current_xact_id_if_assigned() IS NULL AS idle, now() = statement_timestamp() AS own')).toEqual([
      { idle: true, own: true },
    ])
    await owner.script('DROP TABLE IF EXISTS late')
  })

  it('is not said of what other sessions do to rows, statistics and temporary tables', async () => {
    await using session = await connected()
    await using other = await connected()
    const busy = meddled(session, async (sql) => {
      if (sql.includes('AS quiet'))
        await other.script(
          `CREATE TEMPORARY TABLE passing (id serial PRIMARY KEY, x text DEFAULT 'x'); INSERT INTO customers VALUES (7, 'x'); DELETE FROM customers; ANALYZE`,
        )
    })
    expect((await introspect(busy)).fingerprint).toBe((await introspect(owner)).fingerprint)
  })
})

describe('the raw fingerprint', () => {
  const raw = (sql: string) => async () => {
    try {
      await owner.script(`BEGIN;${sql}`)
      const moved = await digestIn(owner, rawReading({ version: owner.version, of: 'moved' }))
      return [await rawFingerprint(owner, { inTransaction: true }), moved]
    } finally {
      await owner.script('ROLLBACK')
    }
  }
  let before: readonly string[]
  beforeAll(async () => {
    before = await raw('SELECT 1')()
  })

  it.each(Object.entries(mutations))('sees %s', async (_, sql) => {
    for (const [place, now] of (await raw(sql)()).entries()) expect(now).not.toBe(before[place])
  })

  it('is the same as long as nothing changes, in a transaction and outside', async () => {
    expect(await rawFingerprint(owner)).toBe(before[0])
    expect(await rawFingerprint(owner)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('sees two changes in one transaction', async () => {
    try {
      await owner.script(`BEGIN; COMMENT ON TABLE customers IS 'a'`)
      const first = await rawFingerprint(owner, { inTransaction: true })
      await owner.script(`COMMENT ON TABLE customers IS 'b'`)
      expect(await rawFingerprint(owner, { inTransaction: true })).not.toBe(first)
    } finally {
      await owner.script('ROLLBACK')
    }
  })

  it('sees roles and the database’s settings when asked', async () => {
    const all = () => rawFingerprint(owner, { shared: true, inTransaction: true })
    const of = await all()
    for (const sql of [
      'ALTER ROLE strata_reader LOGIN',
      'GRANT strata_reader TO strata_writer',
      `COMMENT ON ROLE strata_reader IS 'x'`,
      `ALTER ROLE strata_reader SET work_mem = '5MB'`,
    ]) {
      await owner.script(`BEGIN;${sql}`)
      expect(await all()).not.toBe(of)
      await owner.script('ROLLBACK')
    }
  })

  it.each([
    'ANALYZE',
    'VACUUM',
    'VACUUM FREEZE',
    'VACUUM FULL animals',
    'VACUUM FULL customers',
    'REINDEX TABLE customers',
    'REINDEX TABLE animals',
    'TRUNCATE animals CASCADE',
    'REFRESH MATERIALIZED VIEW sums',
    'CREATE TEMPORARY TABLE passing (id serial)',
  ])('stays through %s', async (sql) => {
    const earlier = await rawFingerprint(owner)
    await owner.query(sql)
    expect(await rawFingerprint(owner)).toBe(earlier)
  })
})

describe('a catalog that cannot be read', () => {
  const failing = (session: Session, instead: string): Session =>
    ({
      version: session.version,
      query: session.query.bind(session),
      script: session.script.bind(session),
      results: (sql: string) => session.results(sql.includes('pg_get_indexdef') ? instead : sql),
      cancel: session.cancel.bind(session),
    }) as unknown as Session

  it('for a refusal that lasts, is said to at once and not to be changing', async () => {
    await using session = await connected()
    const error = await refused(introspect(failing(session, `SELECT 'x'::regclass`)))
    expect(error).toMatchObject({ code: 'catalog-unreadable', exit: 3, message: expect.stringContaining('42P01') })
  })

  it.each([
    ['a statement that takes too long', { statementTimeout: 100 }, 'SELECT pg_sleep(5)', 'statement-timeout'],
    ['no permission', { user: 'strata_login' }, 'SELECT * FROM pg_authid', 'no-permission'],
  ])('for %s', async (_, options, sql, code) => {
    await owner.script('DO $$ BEGIN CREATE ROLE strata_login LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$')
    await using session = await connected({ readOnly: true, ...options })
    expect(await refused(introspect(failing(session, sql)))).toMatchObject({ code, exit: 3, help: expect.any(String) })
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it.each([
    [1, undefined],
    [99, 'standby-conflict'],
  ])('because replay on a standby ends the query, %i times', async (times, code) => {
    await using session = await connected()
    let left = times
    const conflicting = meddled(session, async (sql) => {
      if (!sql.includes('AS quiet') || left-- <= 0) return
      await session.script(`DO $$ BEGIN RAISE EXCEPTION 'canceling statement due to conflict with recovery' USING ERRCODE = '40001'; END $$`)
    })
    const answer = await introspect(conflicting).catch((error: unknown) => error)
    if (code === undefined) expect(answer).toMatchObject({ fingerprint: (await introspect(owner)).fingerprint })
    else expect(answer).toMatchObject({ code, exit: 3 })
  })

  it('because a relation is locked: after the lock time-out, not later', async () => {
    await using holder = await connected()
    await using reader = await connected({ readOnly: true, lockTimeout: 200, statementTimeout: 20_000 })
    await holder.script('BEGIN; LOCK TABLE billing.invoices IN ACCESS EXCLUSIVE MODE')
    const start = Date.now()
    expect(await refused(introspect(reader))).toMatchObject({ code: 'lock-timeout', exit: 3 })
    expect(Date.now() - start).toBeLessThan(15_000)
    await holder.script('ROLLBACK')
    expect((await introspect(reader)).fingerprint).toBe((await introspect(owner)).fingerprint)
  })

  it('because the connection breaks in the middle', async () => {
    await using reader = await connected({ readOnly: true })
    const broken = meddled(reader, async (sql) => {
      if (sql.includes('AS quiet')) await owner.query('SELECT pg_terminate_backend($1)', [reader.backend])
    })
    const error = await refused(introspect(broken))
    expect(error).toMatchObject({ code: 'connection-lost', exit: 3 })
    expect(String((error as Error).stack)).not.toContain(database + '@')
  })
})

it('settings of a database or a role change nothing of what is printed', async () => {
  const sql = `CREATE TABLE moments (at timestamptz DEFAULT '2025-01-01 00:00:00+00', span interval DEFAULT '1 day 02:00', bytes bytea DEFAULT '\\x01ff', n float8 DEFAULT 0.1, d date DEFAULT '2025-02-03') PARTITION BY RANGE (at);
    CREATE TABLE moments_1 PARTITION OF moments FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2025-02-01 00:00:00+00')`
  await owner.script(sql)
  const plain = await introspect(owner)
  await owner.script(`CREATE ROLE strata_abroad LOGIN SUPERUSER; ALTER ROLE strata_abroad SET timezone = 'Asia/Tokyo'; ALTER ROLE strata_abroad SET datestyle = 'German'; ALTER ROLE strata_abroad SET intervalstyle = 'iso_8601';
    ALTER ROLE strata_abroad SET bytea_output = 'escape'; ALTER ROLE strata_abroad SET extra_float_digits = -15; ALTER ROLE strata_abroad SET quote_all_identifiers = on`)
  await using abroad = await connected({ user: 'strata_abroad' })
  expect(differences(plain, await introspect(abroad))).toEqual([])
  await abroad.script('BEGIN')
  expect(differences(plain, await introspect(abroad, { inTransaction: true }))).toEqual([])
  expect(await abroad.query(`SELECT current_setting('timezone') AS zone, current_setting('datestyle') AS style`)).toEqual([
    { zone: 'Asia/Tokyo', style: 'German, DMY' },
  ])
  await abroad.script('ROLLBACK')
  await owner.script('DROP TABLE moments; DROP ROLE strata_abroad')
})

describe('a role without any privilege', () => {
  it('prints what a superuser prints, but for what is named', async () => {
    await owner.script(`CREATE ROLE strata_nobody LOGIN; CREATE USER MAPPING FOR PUBLIC SERVER remote OPTIONS (user 'someone'); CREATE USER MAPPING FOR strata_nobody SERVER remote OPTIONS (user 'nobody');
      REVOKE ALL ON SCHEMA public FROM PUBLIC; REVOKE SELECT ON customers FROM PUBLIC; ALTER ROLE strata_reader SET work_mem = '5MB'; CREATE TABLE secret (id integer); ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
      CREATE SUBSCRIPTION incoming CONNECTION 'dbname=nowhere password=canary-4711' PUBLICATION everything WITH (connect = false, slot_name = NONE);
      COMMENT ON ROLE strata_reader IS 'x'; SELECT lo_create(4711)`)
    const all = await introspect(owner, { shared: true })
    expect(all.hidden).toBeUndefined()
    await using nobody = await connected({ user: 'strata_nobody', readOnly: true })
    const seen = await introspect(nobody, { shared: true })
    expect(seen.hidden).toEqual([{ kind: 'user mapping', why: expect.stringContaining('PUBLIC SERVER "remote"') }])
    const named = new Set(seen.hidden?.map(({ kind }) => kind))
    expect(differences(all, seen).filter(({ kind }) => !named.has(kind))).toEqual([])
    expect(differences(all, seen).length).toBeGreaterThan(0)
    expect(await rawFingerprint(nobody, { shared: true })).not.toBe(await rawFingerprint(owner, { shared: true }))
  })

  it('names nothing where nothing is hidden', async () => {
    await owner.script('DROP USER MAPPING FOR PUBLIC SERVER remote; DROP USER MAPPING FOR strata_nobody SERVER remote')
    await using nobody = await connected({ user: 'strata_nobody', readOnly: true })
    const seen = await introspect(nobody)
    expect(seen.hidden).toBeUndefined()
    expect(differences(await introspect(owner), seen)).toEqual([])
  })
})
