/** On which versions code runs, with PostgreSQL as the judge: what the code does is really run on each version. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Chain, type Interval, intervalOf, intervalOfCatalog, notFollowed } from '../../../src/features/version/compatibility.ts'
import type { Migration } from '../../../src/model/history.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { startServer } from '../../operations/place.ts'
import { chainFrom, refusedOf } from '../../support/app-code.ts'

let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  await loadSql()
  server = await startServer()
})
afterAll(() => server.stop())

const chain = (migrations: readonly string[]): Chain =>
  chainFrom(migrations.map((sql, index): Migration => ({ tag: `000${index}_x`, index, path: `000${index}_x.sql`, sql, hash: undefined, when: 0 })))

type Case = {
  readonly what: string
  readonly migrations: readonly string[]
  /** The version that the code was written for, and what it does. */
  readonly app: number
  readonly does: readonly string[]
  readonly runs: readonly [from: number, to: number]
  /** Why code is said to break where these statements run all the same. */
  readonly argued?: string
}

const users = 'CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, age varchar(3))'
const reads = 'SELECT id, name, age FROM users'
const adds = "INSERT INTO users (id, name, age) VALUES (1, 'a', '1')"
const mood = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE people (id integer PRIMARY KEY, mood mood)"

const cases: readonly Case[] = [
  {
    what: 'a new column: older code goes on, newer code cannot do without it',
    migrations: [users, 'ALTER TABLE users ADD COLUMN mail text', 'CREATE INDEX i ON users (mail)'],
    app: 1,
    does: ['SELECT id, name, age, mail FROM users', "INSERT INTO users (id, name, mail) VALUES (1, 'a', 'm')"],
    runs: [1, 2],
  },
  { what: 'seen from the older code', migrations: [users, 'ALTER TABLE users ADD COLUMN mail text'], app: 0, does: [reads, adds], runs: [0, 1] },
  {
    what: 'a new table',
    migrations: [users, 'CREATE TABLE posts (id integer PRIMARY KEY)'],
    app: 1,
    does: [reads, 'SELECT id FROM posts'],
    runs: [1, 1],
  },
  { what: 'a dropped column', migrations: [users, 'ALTER TABLE users DROP COLUMN age'], app: 0, does: [reads], runs: [0, 0] },
  {
    what: 'a dropped column that comes back takes NULL: code goes back over it',
    migrations: [users, 'ALTER TABLE users DROP COLUMN age'],
    app: 1,
    does: ['SELECT id, name FROM users', "INSERT INTO users (id, name) VALUES (1, 'a')"],
    runs: [0, 1],
  },
  {
    what: 'a dropped column that comes back wants a value',
    migrations: [users, 'ALTER TABLE users DROP COLUMN name'],
    app: 1,
    does: ['SELECT id, age FROM users', "INSERT INTO users (id, age) VALUES (1, '1')"],
    runs: [1, 1],
  },
  {
    what: 'a dropped table comes back, and nobody minds',
    migrations: [`${users}; CREATE TABLE old (id integer)`, 'DROP TABLE old'],
    app: 1,
    does: [reads, adds],
    runs: [0, 1],
  },
  { what: 'a renamed column, forwards', migrations: [users, 'ALTER TABLE users RENAME COLUMN name TO full_name'], app: 0, does: [reads], runs: [0, 0] },
  {
    what: 'a renamed column, backwards',
    migrations: [users, 'ALTER TABLE users RENAME COLUMN name TO full_name'],
    app: 1,
    does: ['SELECT id, full_name FROM users'],
    runs: [1, 1],
  },
  { what: 'a renamed table', migrations: [users, 'ALTER TABLE users RENAME TO people'], app: 1, does: ['SELECT id FROM people'], runs: [1, 1] },
  {
    what: 'NOT NULL that is set',
    migrations: [users, 'ALTER TABLE users ALTER COLUMN age SET NOT NULL'],
    app: 0,
    does: ["INSERT INTO users (id, name) VALUES (1, 'a')"],
    runs: [0, 0],
  },
  {
    what: 'NOT NULL that is dropped: code that writes NULL cannot go back',
    migrations: [users, 'ALTER TABLE users ALTER COLUMN name DROP NOT NULL'],
    app: 1,
    does: ['INSERT INTO users (id) VALUES (1)'],
    runs: [1, 1],
  },
  {
    what: 'a default that is dropped',
    migrations: ["CREATE TABLE t (id integer, kind text NOT NULL DEFAULT 'a')", 'ALTER TABLE t ALTER COLUMN kind DROP DEFAULT'],
    app: 0,
    does: ['INSERT INTO t (id) VALUES (1)'],
    runs: [0, 0],
  },
  {
    what: 'a default that is made: code counts on it',
    migrations: ['CREATE TABLE t (id integer, kind text NOT NULL)', "ALTER TABLE t ALTER COLUMN kind SET DEFAULT 'a'"],
    app: 1,
    does: ['INSERT INTO t (id) VALUES (1)'],
    runs: [1, 1],
  },
  {
    what: 'a default in a key: the second row that leaves it out is refused',
    migrations: ['CREATE TABLE t (id integer, code text UNIQUE)', "ALTER TABLE t ALTER COLUMN code SET DEFAULT 'a'"],
    app: 0,
    does: ['INSERT INTO t (id) VALUES (1)', 'INSERT INTO t (id) VALUES (2)'],
    runs: [0, 0],
  },
  {
    what: 'a default that a CHECK refuses',
    migrations: ['CREATE TABLE t (id integer, org integer CHECK (org > 5))', 'ALTER TABLE t ALTER COLUMN org SET DEFAULT 0'],
    app: 0,
    does: ['INSERT INTO t (id) VALUES (1)'],
    runs: [0, 0],
  },
  {
    what: 'a default that refers to no row',
    migrations: [
      'CREATE TABLE o (id integer PRIMARY KEY); CREATE TABLE t (id integer, org integer REFERENCES o)',
      'ALTER TABLE t ALTER COLUMN org SET DEFAULT 1',
    ],
    app: 0,
    does: ['INSERT INTO t (id) VALUES (1)'],
    runs: [0, 0],
  },
  {
    what: 'a default that its CHECK lets in',
    migrations: ['CREATE TABLE t (id integer, org integer CHECK (org > 5))', 'ALTER TABLE t ALTER COLUMN org SET DEFAULT 6'],
    app: 0,
    does: ['INSERT INTO t (id) VALUES (1)'],
    runs: [0, 1],
  },
  {
    what: 'a type that is widened: what is written now did not fit before',
    migrations: [users, 'ALTER TABLE users ALTER COLUMN age TYPE text'],
    app: 1,
    does: ["INSERT INTO users (id, name, age) VALUES (1, 'a', 'very old')"],
    runs: [1, 1],
  },
  {
    what: 'seen from the code that wrote less',
    migrations: [users, 'ALTER TABLE users ALTER COLUMN age TYPE text'],
    app: 0,
    does: [reads, adds],
    runs: [0, 1],
  },
  {
    what: 'integer to bigint and back',
    migrations: [users, 'ALTER TABLE users ALTER COLUMN id TYPE bigint'],
    app: 1,
    does: ["INSERT INTO users (id, name) VALUES (3000000000, 'a')"],
    runs: [1, 1],
  },
  {
    what: 'a new label',
    migrations: [mood, "ALTER TYPE mood ADD VALUE 'happy'"],
    app: 1,
    does: ["SELECT 'happy'::mood"],
    runs: [1, 1],
  },
  {
    what: 'seen from code that does not know it',
    migrations: [mood, "ALTER TYPE mood ADD VALUE 'happy'"],
    app: 0,
    does: ["INSERT INTO people VALUES (1, 'ok')"],
    runs: [0, 1],
  },
  {
    what: 'an enum that is rebuilt without a label',
    migrations: [
      mood,
      "CREATE TYPE mood2 AS ENUM ('ok'); ALTER TABLE people ALTER COLUMN mood TYPE mood2 USING mood::text::mood2; DROP TYPE mood; ALTER TYPE mood2 RENAME TO mood",
    ],
    app: 0,
    does: ["INSERT INTO people VALUES (1, 'sad')"],
    runs: [0, 0],
  },
  {
    what: 'a CHECK that is made, and one that comes back',
    migrations: [users, 'ALTER TABLE users ADD CONSTRAINT adult CHECK (id > 17)', 'ALTER TABLE users DROP CONSTRAINT adult'],
    app: 2,
    does: [adds],
    runs: [2, 2],
  },
  { what: 'seen from before', migrations: [users, 'ALTER TABLE users ADD CONSTRAINT adult CHECK (id > 17)'], app: 0, does: [adds], runs: [0, 0] },
  {
    what: 'a unique key that is dropped: going back, a second value is refused',
    migrations: [users, 'ALTER TABLE users ADD CONSTRAINT one UNIQUE (name)', 'ALTER TABLE users DROP CONSTRAINT one'],
    app: 2,
    does: [adds, "INSERT INTO users (id, name) VALUES (2, 'a')"],
    runs: [2, 2],
  },
  {
    what: 'a foreign key that is dropped, and comes back',
    migrations: [`${users}; CREATE TABLE posts (author integer REFERENCES users (id))`, 'ALTER TABLE posts DROP CONSTRAINT posts_author_fkey'],
    app: 1,
    does: ['INSERT INTO posts VALUES (7)'],
    runs: [1, 1],
  },
  {
    what: 'what was made and dropped behind the code is nothing to it',
    migrations: [users, 'CREATE TABLE tmp (id integer)', 'DROP TABLE tmp', 'ALTER TABLE users ADD COLUMN x integer', 'ALTER TABLE users DROP COLUMN x'],
    app: 0,
    does: [reads, adds],
    runs: [0, 4],
  },
  {
    what: 'a key on a new column keeps nothing out, until the column fills itself',
    migrations: [
      users,
      'ALTER TABLE users ADD COLUMN kind text',
      'ALTER TABLE users ADD CONSTRAINT kinds UNIQUE (kind)',
      "ALTER TABLE users ALTER COLUMN kind SET DEFAULT 'a'",
    ],
    app: 0,
    does: [adds, "INSERT INTO users (id, name) VALUES (2, 'b')"],
    runs: [0, 2],
  },
  {
    what: 'a view, and a function',
    migrations: [users, 'CREATE VIEW names AS SELECT name FROM users; CREATE FUNCTION one() RETURNS integer LANGUAGE sql RETURN 1'],
    app: 1,
    does: ['SELECT name FROM names', 'SELECT one()'],
    runs: [1, 1],
  },
  {
    what: 'a generated column',
    migrations: [users, 'ALTER TABLE users ADD COLUMN up text GENERATED ALWAYS AS (upper(name)) STORED'],
    app: 0,
    does: [reads, adds],
    runs: [0, 1],
  },
  {
    what: 'an identity that is made always',
    migrations: ['CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY)', 'ALTER TABLE t ALTER COLUMN id SET GENERATED ALWAYS'],
    app: 0,
    does: ['INSERT INTO t (id) VALUES (1)'],
    runs: [0, 0],
  },
  {
    what: 'indexes, comments and rows are nothing to code',
    migrations: [users, 'CREATE INDEX i ON users (age)', "COMMENT ON TABLE users IS 'x'", "UPDATE users SET age = '1'"],
    app: 2,
    does: [reads, adds],
    runs: [0, 3],
  },
  {
    what: 'a schema that is renamed',
    migrations: ['CREATE SCHEMA a; CREATE TABLE a.t (id integer)', 'ALTER SCHEMA a RENAME TO b'],
    app: 1,
    does: ['SELECT id FROM b.t'],
    runs: [1, 1],
  },
  {
    what: 'an author who says that nobody reads it',
    migrations: [users, '-- pgstrata: not breaking because nobody reads it\nALTER TABLE users DROP COLUMN age', 'CREATE TABLE x (id integer)'],
    app: 0,
    does: ['SELECT id, name FROM users'],
    runs: [0, 2],
  },
  {
    what: 'an author who says it of the whole migration',
    migrations: [users, '-- pgstrata: not breaking because nobody reads it\n\nALTER TABLE users DROP COLUMN age', 'CREATE TABLE x (id integer)'],
    app: 0,
    does: ['SELECT id, name FROM users'],
    runs: [0, 2],
  },
  {
    what: 'an author who says that it breaks',
    migrations: [users, '-- pgstrata: breaking because the workers sort by it\n\nCREATE INDEX i ON users (age)'],
    app: 0,
    does: [reads],
    runs: [0, 0],
    argued: 'the author knows more than the schema says',
  },
]

test.each(cases)('PostgreSQL agrees: $what', async ({ migrations, app, does, runs: [from, to], argued }) => {
  const found = intervalOf(chain(migrations), app)
  expect([found.back.at, found.forth.at]).toEqual([from, to])
  expect(found.back.stop === undefined).toBe(from === 0)
  expect(found.forth.stop === undefined).toBe(to === migrations.length - 1)
  for (const { stop } of [found.back, found.forth]) if (stop) expect(`${stop.what}: ${stop.why}`.length).toBeGreaterThan(20)
  const database = await server.database()
  for (const [at, sql] of migrations.entries()) {
    await database.session.script(sql)
    const refusal = await refusedOf(database.session, does)
    if (at >= from && at <= to) expect(refusal).toBeUndefined()
    else if ((at === from - 1 || at === to + 1) && argued === undefined) expect(refusal).toBeDefined()
  }
  await server.drop(database)
})

describe('unknown is never compatible', () => {
  const opaque = "DO $$ BEGIN EXECUTE 'ALTER TABLE users DROP COLUMN ' || chr(97) || 'ge'; END $$"
  test.each([
    ['a statement that memory cannot follow', opaque],
    ['a text that the parser refuses', 'ALTER TABLE users FROB'],
    ['a statement that PostgreSQL would refuse', 'ALTER TABLE nowhere ADD COLUMN x integer'],
  ])('%s', (_what, sql) => {
    const history = chain([users, sql, 'CREATE INDEX i ON users (name)'])
    expect(intervalOf(history, 0).forth).toMatchObject({ at: 0, stop: { at: 1, unknown: true } })
    expect(intervalOf(history, 2).back).toMatchObject({ at: 1, stop: { at: 1, unknown: true } })
    expect(intervalOfCatalog(history, chain([users]))).toMatchObject({ nearest: { at: 1, unknown: true } })
    expect(intervalOfCatalog(chain([users]), history)).toMatchObject({ nearest: { unknown: true } })
  })

  const makes = "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || chr(120) || ' (id integer)'; END $$"
  test.each<[string, string, number, readonly string[]]>([
    ['drops what was there', 'DROP TABLE IF EXISTS x', 2, ['SELECT id FROM x']],
    ['drops one of two', 'DROP TABLE IF EXISTS users, x', 2, ['SELECT id FROM x']],
    ['drops a column of it', 'ALTER TABLE IF EXISTS x DROP COLUMN id', 2, ['SELECT id FROM x']],
    ['makes what was there otherwise', 'CREATE TABLE IF NOT EXISTS x (other integer)', 3, ['SELECT other FROM x']],
  ])('behind it IF [NOT] EXISTS is not followed either: a statement that %s', async (_what, sql, app, does) => {
    const migrations = [users, makes, 'CREATE INDEX i ON users (name)', sql]
    const history = chain(migrations)
    const { back, forth } = intervalOf(history, app)
    if (app === 2) expect(forth).toMatchObject({ at: 2, stop: { at: 3, unknown: true } })
    else expect(back).toMatchObject({ at: 3, stop: { at: 3, unknown: true } })
    expect(notFollowed(history, 3)).toMatchObject({ unknown: true })
    const database = await server.database()
    for (const each of migrations) await database.session.script(each)
    expect(await refusedOf(database.session, does)).toBeDefined()
    await server.drop(database)
  })

  test('without one before it, IF [NOT] EXISTS is followed, and so is what drops what memory knows', () => {
    expect(notFollowed(chain([users, 'DROP TABLE IF EXISTS x', 'CREATE TABLE IF NOT EXISTS y (id integer)']), 2)).toBeUndefined()
    expect(notFollowed(chain([users, makes, 'ALTER TABLE users DROP COLUMN IF EXISTS age']), 2)).toBeUndefined()
  })

  test('an author may say what it comes to', () => {
    const history = chain([users, makes, '-- pgstrata: not breaking because nobody reads x\n\nDROP TABLE IF EXISTS x', 'CREATE INDEX i ON users (name)'])
    expect(intervalOf(history, 1).forth.at).toBe(3)
    expect(intervalOf(history, 3).back).toMatchObject({ at: 2, stop: { at: 2, unknown: true } })
  })

  test('an author may say what it is; the way back stays unknown', () => {
    const history = chain([users, `-- pgstrata: change minor because it only drops what is not used\n${opaque}`])
    expect(intervalOf(history, 0).forth.at).toBe(1)
    expect(intervalOf(history, 1).back).toMatchObject({ at: 1, stop: { unknown: true } })
  })
})

describe('code that other migrations made', () => {
  const today = (): Chain => chain([`${users}; CREATE TABLE posts (id integer)`, 'ALTER TABLE users ADD COLUMN mail text', 'ALTER TABLE users DROP COLUMN age'])
  const ends = (found: ReturnType<typeof intervalOfCatalog>): readonly number[] | undefined => ('back' in found ? endsOf(found) : undefined)
  const endsOf = ({ back, forth }: Interval): readonly number[] => [back.at, forth.at]

  test('a squashed folder: by the catalog', () => {
    expect(ends(intervalOfCatalog(today(), chain([users, 'CREATE TABLE posts (id integer)'])))).toEqual([0, 1])
    expect(ends(intervalOfCatalog(today(), chain([users, 'CREATE TABLE posts (id integer)', 'ALTER TABLE users ADD COLUMN mail text'])))).toEqual([1, 1])
  })
  test('none suits: the reason', () => {
    expect(intervalOfCatalog(today(), chain(['CREATE TABLE other (id integer)']))).toMatchObject({
      nearest: { at: 2, what: 'table other is dropped', unknown: false },
    })
  })
})

test('what code may meet on the way is told', () => {
  const history = chain([mood, "ALTER TYPE mood ADD VALUE 'happy'", 'ALTER TABLE people ALTER COLUMN mood SET DEFAULT NULL'])
  expect(intervalOf(history, 0).forth.risks).toContain('reader-risk')
})
