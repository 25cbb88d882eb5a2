import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { type Batch, isUsed, simulateBatch } from '../../src/changes/batch.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { replay } from '../../src/changes/replay.ts'
import type { Runner } from '../../src/model/config.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { LockMode } from '../../src/model/lock.ts'
import { display, qualified } from '../../src/model/name.ts'
import type { Session } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'

await loadSql()

const given = `
  CREATE TABLE users (id int PRIMARY KEY, name text, seen boolean);
  CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users, note text);
  CREATE INDEX orders_note_idx ON orders (note)`

/** The pending files (texts of statements, or of chunks between breakpoints) on top of what is given. */
const batchOf = (files: string | readonly string[], runner: Runner = 'drizzle', before = given): Batch => {
  const scripts = [before, ...(typeof files === 'string' ? [files] : files)].map(readScript)
  for (const { faults } of scripts) if (faults[0]) throw new Error(faults[0].message)
  const { steps, catalogs } = replay(scripts)
  const refused = steps.find((step) => step.refused)
  if (refused) throw new Error(`${refused.statement.text}: ${refused.refused?.message}`)
  return simulateBatch(
    steps.filter(({ migration }) => migration > 0),
    runner,
    catalogs[0] ?? emptyCatalog,
  )
}

const broken = (...chunks: readonly string[]): string => chunks.join('\n--> statement-breakpoint\n')
const transactions = ({ steps }: Batch): readonly number[] => steps.map(({ transaction }) => transaction)
const blocks = ({ steps }: Batch): readonly (string | undefined)[] => steps.map(({ block }) => block)
const heldAt = ({ steps }: Batch, at: number): Readonly<Record<string, LockMode>> =>
  Object.fromEntries([...(steps[at]?.held ?? [])].map(([relation, mode]) => [display(relation), mode]))
const settingsAt = ({ steps }: Batch, at: number): Readonly<Record<string, string>> =>
  Object.fromEntries([...(steps[at]?.settings ?? [])].map(([name, { value }]) => [name, value]))
const usedAt = ({ steps }: Batch, at: number, relation: string): boolean => {
  const [schema = '', name = ''] = relation.split('.')
  const move = steps[at]?.moves[0]
  if (!move) throw new Error(`statement ${at} moves nothing`)
  return isUsed(move, qualified(schema, name))
}

describe('transactions', () => {
  const two = ['ALTER TABLE users ADD a int; ALTER TABLE users ADD b int', 'ALTER TABLE users ADD c int']

  it('drizzle runs all files in one', () => {
    const batch = batchOf(two)
    expect(transactions(batch)).toEqual([0, 0, 0])
    expect(blocks(batch)).toEqual(['runner', 'runner', 'runner'])
  })

  it('per-file runs each in one', () => {
    const batch = batchOf(two, 'per-file')
    expect(transactions(batch)).toEqual([0, 0, 1])
    expect(heldAt(batch, 1)).toMatchObject({ users: 'ACCESS EXCLUSIVE' })
    expect(heldAt(batch, 2)).toEqual({})
  })

  it('none runs each statement by itself, in one chunk or not', () => {
    const batch = batchOf(two, 'none')
    expect(new Set(transactions(batch)).size).toBe(3)
    expect(blocks(batch)).toEqual([undefined, undefined, undefined])
    expect(heldAt(batch, 2)).toEqual({})
  })

  it('none with an explicit block', () => {
    const batch = batchOf('BEGIN; ALTER TABLE users ADD a int; ALTER TABLE users ADD b int; COMMIT; ALTER TABLE users ADD c int', 'none')
    expect(blocks(batch)).toEqual(['own', 'own', 'own', 'own', undefined])
    expect(heldAt(batch, 2)).toMatchObject({ users: 'ACCESS EXCLUSIVE' })
    expect(heldAt(batch, 4)).toEqual({})
    expect(batch.open).toBe(false)
  })

  it('a block that is never closed', () => {
    expect(batchOf('BEGIN; ALTER TABLE users ADD a int', 'none').open).toBe(true)
    expect(batchOf('BEGIN; ALTER TABLE users ADD a int').open).toBe(false)
  })

  it("COMMIT ends drizzle's transaction for the rest of the batch, in later files too", () => {
    const batch = batchOf([broken('ALTER TABLE users ADD a int', 'COMMIT', 'ALTER TABLE users ADD b int'), 'ALTER TABLE users ADD c int'])
    expect(blocks(batch)).toEqual(['runner', 'runner', undefined, undefined])
    expect(heldAt(batch, 1)).toMatchObject({ users: 'ACCESS EXCLUSIVE' })
    expect(heldAt(batch, 2)).toEqual({})
    expect(new Set(transactions(batch)).size).toBe(3)
  })

  it('per-file begins again after a file that committed', () => {
    const batch = batchOf([broken('COMMIT', 'ALTER TABLE users ADD b int'), 'ALTER TABLE users ADD c int'], 'per-file')
    expect(blocks(batch)).toEqual(['runner', undefined, 'runner'])
  })

  it('a chunk of several statements outside of a transaction is one by itself', () => {
    const batch = batchOf(broken('COMMIT', 'ALTER TABLE users ADD a int; ALTER TABLE users ADD b int', 'ALTER TABLE users ADD c int'))
    expect(blocks(batch)).toEqual(['runner', 'implicit', 'implicit', undefined])
    expect(heldAt(batch, 2)).toMatchObject({ users: 'ACCESS EXCLUSIVE' })
    expect(heldAt(batch, 3)).toEqual({})
  })

  it('COMMIT AND CHAIN begins another at once', () => {
    const batch = batchOf('ALTER TABLE users ADD a int; COMMIT AND CHAIN; ALTER TABLE users ADD b int')
    expect(blocks(batch)).toEqual(['runner', 'runner', 'runner'])
    expect(transactions(batch)).toEqual([0, 0, 1])
    expect(heldAt(batch, 2)).toEqual({})
  })

  it('BEGIN inside of an open transaction and savepoints change nothing', () => {
    const batch = batchOf('ALTER TABLE users ADD a int; BEGIN; SAVEPOINT s; RELEASE s; ALTER TABLE users ADD b int')
    expect(transactions(batch)).toEqual([0, 0, 0, 0, 0])
    expect(heldAt(batch, 4)).toMatchObject({ users: 'ACCESS EXCLUSIVE' })
  })

  it('BEGIN after a COMMIT opens one of its own, and ROLLBACK ends it', () => {
    const batch = batchOf(broken('COMMIT', 'BEGIN', 'ALTER TABLE users ADD a int', 'ROLLBACK', 'ALTER TABLE orders ADD b int'))
    expect(blocks(batch)).toEqual(['runner', 'own', 'own', 'own', undefined])
    expect(heldAt(batch, 4)).toEqual({})
  })
})

describe('held locks', () => {
  it('grow over the batch, the strongest mode of each relation', () => {
    const batch = batchOf([
      'CREATE INDEX users_name_idx ON users (name)',
      'ALTER TABLE users ADD a int',
      "UPDATE orders SET note = ''",
      'ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey',
    ])
    expect(heldAt(batch, 0)).toEqual({})
    expect(heldAt(batch, 1)).toEqual({ users: 'SHARE' })
    expect(heldAt(batch, 2)).toEqual({ users: 'ACCESS EXCLUSIVE' })
    expect(heldAt(batch, 3)).toMatchObject({ users: 'ACCESS EXCLUSIVE', orders: 'ROW EXCLUSIVE' })
  })

  it('on relations that the batch made are nobody’s concern, on the parents of their foreign keys they are', () => {
    const batch = batchOf(
      'CREATE TABLE items (id int, order_id int REFERENCES orders); ALTER TABLE items ADD a int; CREATE INDEX items_a_idx ON items (a); DROP INDEX items_a_idx',
    )
    expect(heldAt(batch, 3)).toEqual({ orders: 'SHARE ROW EXCLUSIVE' })
  })

  it('follow a table to its new name, schema and schema’s name', () => {
    const batch = batchOf(
      'CREATE SCHEMA app; ALTER TABLE orders RENAME TO purchases; ALTER TABLE purchases SET SCHEMA app; ALTER SCHEMA app RENAME TO shop; ALTER TABLE shop.purchases ADD a int',
    )
    expect(heldAt(batch, 2)).toEqual({ purchases: 'ACCESS EXCLUSIVE' })
    expect(heldAt(batch, 3)).toMatchObject({ 'app.purchases': 'ACCESS EXCLUSIVE' })
    expect(heldAt(batch, 4)).toMatchObject({ 'shop.purchases': 'ACCESS EXCLUSIVE' })
  })

  it('are listed once a relation, from the statement that took the strongest to the end of the transaction', () => {
    const { locks } = batchOf(['CREATE INDEX users_name_idx ON users (name)', 'ALTER TABLE users ADD a int', 'SELECT 1'])
    expect(locks.filter(({ relation }) => relation === '"public"."users"')).toEqual([
      { relation: '"public"."users"', mode: 'ACCESS EXCLUSIVE', from: 1, to: 2 },
    ])
    const apart = batchOf(['ALTER TABLE users ADD a int', 'ALTER TABLE users ADD b int'], 'per-file').locks
    expect(apart.map(({ from, to }) => [from, to])).toEqual([
      [0, 0],
      [1, 1],
    ])
  })
})

describe('relations that the batch made', () => {
  it('are not used by anybody, nor are their indexes', () => {
    const batch = batchOf([
      'CREATE TABLE items (id int PRIMARY KEY, a int)',
      'CREATE INDEX items_a_idx ON items (a)',
      'DROP INDEX items_a_idx; ALTER TABLE users ADD c int',
    ])
    expect(usedAt(batch, 1, 'public.items')).toBe(false)
    expect(usedAt(batch, 2, 'public.items_a_idx')).toBe(false)
    expect(usedAt(batch, 2, 'public.items_pkey')).toBe(false)
    expect(usedAt(batch, 3, 'public.users')).toBe(true)
    expect(usedAt(batch, 3, 'public.orders_note_idx')).toBe(true)
  })

  it('stay so under a new name, in another schema, and after a commit', () => {
    const batch = batchOf(
      broken(
        'CREATE SCHEMA app; CREATE TABLE items (id int)',
        'ALTER TABLE items RENAME TO things',
        'ALTER TABLE things SET SCHEMA app',
        'COMMIT',
        'ALTER TABLE app.things ADD a int',
      ),
    )
    expect(usedAt(batch, 5, 'app.things')).toBe(false)
    expect(batch.steps[5]?.footprint.locks).toEqual([])
  })

  it('are new again when a table in use was dropped and made anew', () => {
    const batch = batchOf('DROP TABLE orders; CREATE TABLE orders (id int); ALTER TABLE orders ADD a int')
    expect(batch.steps[0]?.footprint.locks).toContainEqual({ relation: '"public"."orders"', mode: 'ACCESS EXCLUSIVE' })
    expect(batch.steps[2]?.footprint.locks).toEqual([])
  })

  it('a name that is free again for a renamed table in use', () => {
    const batch = batchOf('CREATE TABLE fresh (id int); DROP TABLE fresh; ALTER TABLE users RENAME TO fresh; ALTER TABLE fresh ADD a int')
    expect(usedAt(batch, 3, 'public.fresh')).toBe(true)
  })

  it('tables of a query’s rows, which memory cannot follow, are new too', () => {
    const { steps } = replay([given, 'CREATE TABLE copied AS SELECT * FROM users', 'SELECT 1'].map(readScript))
    const batch = simulateBatch(steps.slice(3), 'drizzle', emptyCatalog)
    const move = batch.steps[1]?.moves[0]
    expect([...(move?.fresh.keys() ?? [])]).toEqual(['"public"."copied"'])
  })
})

describe('settings', () => {
  it('SET LOCAL ends with its transaction and uncovers the session’s value', () => {
    const batch = batchOf(broken("SET lock_timeout = '5s'", "SET LOCAL lock_timeout = '1s'", 'SELECT 1', 'COMMIT', 'SELECT 2'))
    expect(settingsAt(batch, 2)).toEqual({ lock_timeout: '1s' })
    expect(settingsAt(batch, 4)).toEqual({ lock_timeout: '5s' })
    expect(Object.fromEntries(batch.left)).toEqual({ lock_timeout: { value: '5s', local: false } })
  })

  it('SET LOCAL outside of a transaction does nothing', () => {
    expect(settingsAt(batchOf("SET LOCAL lock_timeout = '1s'; SELECT 1", 'none'), 1)).toEqual({})
  })

  it('a local DEFAULT hides the session’s value until the end', () => {
    const batch = batchOf(broken("SET lock_timeout = '5s'", 'SET LOCAL lock_timeout TO DEFAULT', 'SELECT 1', 'COMMIT', 'SELECT 2'))
    expect(settingsAt(batch, 2)).toEqual({})
    expect(settingsAt(batch, 4)).toEqual({ lock_timeout: '5s' })
  })

  it('RESET, RESET ALL and DISCARD ALL take them back; RESET ALL spares the role', () => {
    expect(settingsAt(batchOf("SET lock_timeout = '5s'; RESET lock_timeout; SELECT 1"), 2)).toEqual({})
    expect(settingsAt(batchOf("SET lock_timeout = '5s'; SET ROLE app; RESET ALL; SELECT 1", 'drizzle', `${given}; CREATE ROLE app`), 3)).toEqual({
      role: 'app',
    })
    expect(settingsAt(batchOf("SET lock_timeout = '5s'; DISCARD ALL; SELECT 1", 'none'), 2)).toEqual({})
    expect(settingsAt(batchOf("SET lock_timeout = '5s'; DISCARD PLANS; SELECT 1", 'none'), 2)).toEqual({ lock_timeout: '5s' })
  })

  it('a rollback takes back what its transaction set', () => {
    const batch = batchOf("SET lock_timeout = '5s'; BEGIN; SET lock_timeout = '9s'; ROLLBACK; SELECT 1", 'none')
    expect(settingsAt(batch, 3)).toEqual({ lock_timeout: '9s' })
    expect(settingsAt(batch, 4)).toEqual({ lock_timeout: '5s' })
  })

  it('last over files, SET LOCAL under drizzle too, and not under per-file', () => {
    const files = ["SET LOCAL lock_timeout = '5s'", 'SELECT 1']
    expect(settingsAt(batchOf(files), 1)).toEqual({ lock_timeout: '5s' })
    expect(settingsAt(batchOf(files, 'per-file'), 1)).toEqual({})
  })
})

describe('DO blocks', () => {
  const inBlock = (body: string): string => `DO $$ BEGIN ${body} END $$`
  const kinds = (batch: Batch): readonly string[] => (batch.steps[0]?.moves ?? []).map(({ change, conditional }) => `${change.kind}${conditional ? '?' : ''}`)

  it('are their statements where memory can answer their conditions', () => {
    expect(
      kinds(batchOf(inBlock("IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'users') THEN DROP TABLE orders; END IF; ALTER TABLE users ADD a int;"))),
    ).toEqual(['add-column'])
  })

  it('show what rows decide as conditional, with its locks', () => {
    const batch = batchOf([inBlock('IF EXISTS (SELECT 1 FROM users WHERE seen) THEN ALTER TABLE users ADD a int; UPDATE users SET a = 1; END IF;'), 'SELECT 1'])
    expect(kinds(batch)).toEqual(['opaque', 'add-column?', 'change-data?'])
    expect(heldAt(batch, 1)).toMatchObject({ users: 'ACCESS EXCLUSIVE' })
    expect(batch.after.tables.get(qualified('public', 'users'))?.columns.map(({ name }) => name)).toEqual(['id', 'name', 'seen'])
  })

  it('show both branches, each against what stood before it', () => {
    const batch = batchOf(inBlock('IF (SELECT count(*) FROM users) > 5 THEN DROP TABLE orders; ELSE ALTER TABLE orders ADD a int; END IF;'))
    expect(kinds(batch)).toEqual(expect.arrayContaining(['drop-table?', 'add-column?']))
  })

  it('show statements of loops, and constant texts that are executed; never computed ones', () => {
    const batch = batchOf(inBlock(`FOR i IN 1..2 LOOP EXECUTE 'ALTER TABLE users ADD b int'; EXECUTE 'ALTER TABLE users ADD c' || i || ' int'; END LOOP;`))
    expect(kinds(batch)).toEqual(['opaque', 'add-column?'])
  })

  it('a table that is made under a condition is nobody’s either', () => {
    const batch = batchOf(
      inBlock('IF EXISTS (SELECT 1 FROM users WHERE seen) THEN CREATE TABLE extra (id int); CREATE INDEX extra_id_idx ON extra (id); END IF;'),
    )
    expect(batch.steps[0]?.footprint.locks).toEqual([])
  })
})

describe('PostgreSQL', () => {
  let engine: Engine
  let session: Session
  beforeAll(async () => {
    engine = await openEngine({ extensions: [], profile: 'replay' })
    session = await engine.session(await engine.createDatabase())
    await session.script(given)
  })
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await engine?.[Symbol.asyncDispose]()
  })

  const modes: Readonly<Record<string, LockMode>> = {
    ShareLock: 'SHARE',
    ShareUpdateExclusiveLock: 'SHARE UPDATE EXCLUSIVE',
    ShareRowExclusiveLock: 'SHARE ROW EXCLUSIVE',
    ExclusiveLock: 'EXCLUSIVE',
    AccessExclusiveLock: 'ACCESS EXCLUSIVE',
  }
  const strength = ['SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE']

  /** The strongest lock on each table in use, as the server shows it. */
  const seen = async (): Promise<Readonly<Record<string, string>>> => {
    const rows = await session.query(`SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
      WHERE l.pid = pg_backend_pid() AND c.relname IN ('users', 'orders', 'purchases') AND c.relkind = 'r'`)
    const found: Record<string, string> = {}
    for (const { relname, mode } of rows) {
      const known = modes[String(mode)]
      const name = String(relname)
      if (known && strength.indexOf(known) > strength.indexOf(found[name] ?? '')) found[name] = known
    }
    return found
  }

  it.each([
    ['several files', ['CREATE INDEX i ON users (name)', 'ALTER TABLE orders ALTER note SET NOT NULL', 'ALTER TABLE users ADD a int']],
    ['a foreign key of a new table', ['CREATE TABLE items (order_id int REFERENCES orders)', 'CREATE INDEX items_i ON items (order_id)', 'DROP TABLE items']],
    ['a rename', ['ALTER TABLE orders RENAME TO purchases', 'CREATE INDEX j ON users (name)', 'ALTER TABLE purchases DROP CONSTRAINT orders_user_id_fkey']],
    [
      'a DO block with a handler',
      ['DO $$ BEGIN ALTER TABLE users ADD name text; EXCEPTION WHEN duplicate_column THEN NULL; END $$', 'ALTER TABLE orders ADD b int'],
    ],
    ['a column that is there', ['ALTER TABLE users ADD COLUMN IF NOT EXISTS name text']],
    ['a column and a NOT NULL that are not there', ['ALTER TABLE users DROP COLUMN IF EXISTS a, ALTER name DROP NOT NULL']],
    ['a constraint that is not there', ['ALTER TABLE orders DROP CONSTRAINT IF EXISTS a_check']],
    ['a default that is not there', ['ALTER TABLE orders ALTER note DROP DEFAULT']],
    ['row security that is off', ['ALTER TABLE public.users DISABLE ROW LEVEL SECURITY']],
    ['an index that is there', ['CREATE INDEX IF NOT EXISTS orders_note_idx ON orders (note)']],
    ['a foreign key that is valid', ['ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey']],
    ['triggers that are on, and there are none', ['ALTER TABLE orders ENABLE TRIGGER USER']],
    ['options that are not set', ['ALTER TABLE orders RESET (fillfactor)']],
    ['a table that is not there', ['ALTER TABLE IF EXISTS nothing ADD COLUMN IF NOT EXISTS a int']],
    ['rows decide, and do it', ['DO $$ BEGIN IF (SELECT count(*) FROM users) = 0 THEN ALTER TABLE users ADD z int; END IF; END $$', 'SELECT 1']],
  ] as const)('holds the locks that memory says: %s', async (_what, files) => {
    const batch = batchOf([...files, 'SELECT 1'])
    await session.script('BEGIN')
    try {
      for (const { step, position } of batch.steps) {
        const held = Object.fromEntries(
          Object.entries(heldAt(batch, position)).filter(([name, mode]) => ['users', 'orders', 'purchases'].includes(name) && strength.includes(mode)),
        )
        expect(held).toEqual(await seen())
        await session.script(step.statement.text)
      }
    } finally {
      await session.script('ROLLBACK')
    }
  })
})
