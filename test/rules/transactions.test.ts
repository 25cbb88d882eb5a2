/** What the rules on transactions, time-outs and held locks say of PostgreSQL, seen in a real server. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { Session } from '../../src/model/session.ts'
import type { SqlExample } from '../../src/rules/define.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { judged } from './policy.ts'

await loadSql()

let engine: Engine
let database: string
let batch: Session
let application: Session

beforeAll(async () => {
  engine = await openEngine({ extensions: [], profile: 'replay' })
})
afterAll(async () => engine?.[Symbol.asyncDispose]())

const given = `CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users, note text);
  INSERT INTO users SELECT n FROM generate_series(1, 50) n; INSERT INTO orders SELECT n, n FROM generate_series(1, 50) n`

beforeEach(async () => {
  database = await engine.createDatabase()
  batch = await engine.session(database)
  application = await engine.session(database)
  await batch.script(given)
})
afterEach(async () => {
  await batch?.[Symbol.asyncDispose]()
  await application?.[Symbol.asyncDispose]()
})

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'done'
  } catch (error) {
    return (error as { sqlstate?: string }).sqlstate ?? String(error)
  }
}

const idsOf = (example: Omit<SqlExample, 'shows'>, id: string): readonly (string | undefined)[] =>
  judged({ shows: '', ...example }, [id])
    .filter(({ rule }) => rule.id === id)
    .map(({ finding }) => finding.severity)

describe('lock-order-deadlock', () => {
  const schema = 'CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users, note text)'

  it('parent, then child: an INSERT into the child and the batch end in a deadlock', async () => {
    await batch.script(`SET deadlock_timeout = '50ms'; BEGIN; ALTER TABLE users ADD COLUMN a int`)
    const insert = codeOf(application.query('INSERT INTO orders VALUES (100, 1)'))
    await batch.query('SELECT pg_sleep(0.1)')
    const codes = [await codeOf(batch.script('ALTER TABLE orders ADD COLUMN a int')), await codeOf(batch.script('COMMIT')), await insert]
    expect(codes.filter((code) => code === '40P01').length).toBe(1)
    expect(idsOf({ given: schema, sql: 'ALTER TABLE users ADD COLUMN a int; ALTER TABLE orders ADD COLUMN a int' }, 'lock-order-deadlock').length).toBe(1)
  })

  it('child, then parent: the INSERT waits and both are done', async () => {
    await batch.script(`SET deadlock_timeout = '50ms'; BEGIN; ALTER TABLE orders ADD COLUMN a int`)
    const insert = codeOf(application.query('INSERT INTO orders (id, user_id) VALUES (100, 1)'))
    await batch.query('SELECT pg_sleep(0.1)')
    const codes = [await codeOf(batch.script('ALTER TABLE users ADD COLUMN a int')), await codeOf(batch.script('COMMIT')), await insert]
    expect(codes).toEqual(['done', 'done', 'done'])
    expect(idsOf({ given: schema, sql: 'ALTER TABLE orders ADD COLUMN a int; ALTER TABLE users ADD COLUMN a int' }, 'lock-order-deadlock')).toEqual([])
  })

  it('a parent that is only kept from writes (SHARE ROW EXCLUSIVE) lets the INSERT check its key', async () => {
    const first = 'CREATE TABLE notes (user_id int REFERENCES users)'
    await batch.script(`BEGIN; ${first}`)
    await application.script(`BEGIN; INSERT INTO orders VALUES (100, 1); COMMIT`)
    await batch.script('ALTER TABLE orders ADD COLUMN a int; COMMIT')
    expect(idsOf({ given: schema, sql: `${first}; ALTER TABLE orders ADD COLUMN a int` }, 'lock-order-deadlock')).toEqual([])
  })
})

describe('backfill-in-ddl-tx and work-after-AX', () => {
  it('nobody reads the table until the batch has ended', async () => {
    await batch.script('BEGIN; ALTER TABLE users ADD COLUMN domain text; UPDATE users SET domain = name')
    await application.script(`SET lock_timeout = '50ms'`)
    expect(await codeOf(application.query('SELECT 1 FROM users'))).toBe('55P03')
    expect(await codeOf(application.query('SELECT 1 FROM orders'))).toBe('done')
    await batch.script('COMMIT')
    expect(await codeOf(application.query('SELECT 1 FROM users'))).toBe('done')
  })

  it('without a lock before it an UPDATE lets others read', async () => {
    await batch.script(`BEGIN; UPDATE users SET name = 'x'`)
    await application.script(`SET lock_timeout = '50ms'`)
    expect(await codeOf(application.query('SELECT 1 FROM users'))).toBe('done')
    await batch.script('ROLLBACK')
  })
})

describe('missing-lock-timeout', () => {
  it('everybody queues behind a lock that waits, and a time-out lets them go on', async () => {
    await using reader = await engine.session(database)
    await application.script('BEGIN; SELECT 1 FROM users')
    const waiting = codeOf(batch.script(`SET lock_timeout = '400ms'; ALTER TABLE users ADD COLUMN a int`))
    await reader.query('SELECT pg_sleep(0.1)')
    await reader.script(`SET lock_timeout = '50ms'`)
    expect(await codeOf(reader.query('SELECT 1 FROM users'))).toBe('55P03')
    expect(await waiting).toBe('55P03')
    expect(await codeOf(reader.query('SELECT 1 FROM users'))).toBe('done')
    await application.script('ROLLBACK')
  })

  const known = (usage: { readonly rows?: number; readonly busy?: true; readonly writes?: number }, sql: string): readonly (string | undefined)[] =>
    judged({ shows: '', given: 'CREATE TABLE users (id int PRIMARY KEY, name text)', sql }, [], { policy: {}, usage: () => usage })
      .filter(({ rule }) => rule.id === 'missing-lock-timeout')
      .map(({ finding }) => finding.severity)

  it('is a note, and a warning where many rows or much traffic are known', () => {
    expect(known({}, 'ALTER TABLE users ADD COLUMN a int')).toEqual(['note'])
    expect(known({}, 'ALTER TABLE users ALTER COLUMN name SET NOT NULL')).toEqual(['note'])
    expect(known({ rows: 5_000_000 }, 'ALTER TABLE users ADD COLUMN a int')).toEqual(['warning'])
    expect(known({ writes: 0 }, 'ALTER TABLE users ALTER COLUMN name SET NOT NULL')).toEqual(['note'])
  })
})

describe('settings', () => {
  const shown = async (setting: string): Promise<unknown> => (await batch.query(`SHOW ${setting}`))[0]?.[setting]

  it('SET LOCAL is over with its transaction, and does nothing outside of one', async () => {
    await batch.script(`BEGIN; SET LOCAL lock_timeout = '5s'`)
    expect(await shown('lock_timeout')).toBe('5s')
    await batch.script('COMMIT')
    expect(await shown('lock_timeout')).toBe('0')
    await batch.script(`SET LOCAL lock_timeout = '5s'`)
    expect(await shown('lock_timeout')).toBe('0')
  })

  it('SET stays with the session behind the COMMIT, and goes with a ROLLBACK', async () => {
    await batch.script(`BEGIN; SET lock_timeout = '5s'; COMMIT`)
    expect(await shown('lock_timeout')).toBe('5s')
    await batch.script(`BEGIN; SET lock_timeout = '9s'; ROLLBACK`)
    expect(await shown('lock_timeout')).toBe('5s')
  })

  it('RESET ALL spares the role', async () => {
    await batch.script('SET ROLE pg_monitor; RESET ALL')
    expect(await shown('role')).toBe('pg_monitor')
    await batch.script('RESET ROLE')
  })
})

describe('manual-commit-in-drizzle-tx and transaction-nesting', () => {
  it('what stands before the COMMIT stays when the rest fails', async () => {
    await batch.script('BEGIN')
    await batch.script('CREATE TABLE kept (id int); BEGIN; COMMIT')
    expect(await codeOf(batch.script('SELECT 1 / 0'))).toBe('22012')
    await batch.script('ROLLBACK')
    expect(await codeOf(batch.query('SELECT 1 FROM kept'))).toBe('done')
  })
})

describe('merge-alter-tables', () => {
  const counted = async (): Promise<number> => Number((await batch.query(`SELECT pg_stat_get_xact_numscans('users'::regclass)::int AS scans`))[0]?.scans)

  const scans = async (sql: string): Promise<number> => {
    await batch.script('BEGIN; ALTER TABLE users ADD COLUMN a int DEFAULT 1, ADD COLUMN b int DEFAULT 1')
    const before = await counted()
    await batch.script(sql)
    const after = await counted()
    await batch.script('ROLLBACK')
    return after - before
  }

  it('one statement is one pass for checks and NOT NULL', async () => {
    expect(await scans('ALTER TABLE users ALTER a SET NOT NULL; ALTER TABLE users ADD CHECK (b > 0)')).toBe(2)
    expect(await scans('ALTER TABLE users ALTER a SET NOT NULL, ADD CHECK (b > 0)')).toBe(1)
  })

  it('keys take a pass each all the same', async () => {
    expect(await scans('ALTER TABLE users ADD UNIQUE (id, a), ADD UNIQUE (id, b)')).toBe(2)
  })
})

describe('DO blocks under conditions', () => {
  it('are judged as if they ran, and the words say so', () => {
    const found = judged(
      {
        shows: '',
        given: 'CREATE TABLE users (id int PRIMARY KEY, name text)',
        sql: 'DO $$ BEGIN IF EXISTS (SELECT 1 FROM users WHERE name IS NULL) THEN CREATE INDEX users_name_idx ON users (name); ALTER TABLE users ADD a int; END IF; END $$',
      },
      ['index-not-concurrent'],
    ).filter(({ rule }) => rule.id === 'index-not-concurrent')
    expect(found.map(({ finding, hit }) => [finding.message.includes('under a condition'), hit.claim])).toEqual([[true, undefined]])
  })
})
