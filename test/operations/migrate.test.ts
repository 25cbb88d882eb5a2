/** `migrate` on a real PostgreSQL, beside Drizzle's own migrators. */
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Config } from '../../src/model/config.ts'
import type { Report } from '../../src/model/report.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { type Entry, makePlace, type Place, startServer } from './place.ts'

type Server = Awaited<ReturnType<typeof startServer>>
type Database = Awaited<ReturnType<Server['database']>>
type Flags = Partial<Parameters<typeof migrate.run>[1]['flags']>

let server: Server
let database: Database
let place: Place
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  place = makePlace()
  database = await server.database()
})
afterEach(() => place.remove())

const defaults = {
  to: undefined,
  yes: false,
  accept: [],
  lockTimeout: 1000,
  statementTimeout: undefined,
  retries: 10,
  wait: 300,
  cancelBlockers: false,
  undecided: undefined,
}

const run = async (flags: Flags = {}, environment = 'dev', config: Config = {}): Promise<Report> => {
  await using world = await createWorld({
    cwd: place.path,
    folder: 'drizzle',
    env: { ...process.env, URL: database.url },
    config: { environments: { dev: { url: { from: 'env', name: 'URL' } }, production: { url: { from: 'env', name: 'URL' } } }, ...config },
  })
  return await migrate.run(world, { arguments: [environment], flags: { ...defaults, ...flags } })
}

type Data = {
  readonly applied: readonly { readonly tag: string; readonly resumed: boolean }[]
  readonly retried: readonly { readonly blockers: readonly { readonly application: string }[] }[]
  readonly failed: { readonly tag: string; readonly statement: number | null; readonly sqlstate: string | null; readonly why: string; readonly done: number } | null
  readonly pending: readonly string[]
  readonly rollback: string | null
}
const dataOf = (report: Report): Data => report.data as Data
const applied = (report: Report): readonly string[] => dataOf(report).applied.map(({ tag }) => tag)
const rules = (report: Report): readonly string[] => report.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)
const ledger = async (): Promise<readonly unknown[]> => database.session.query('SELECT id, hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id')
const there = async (relation: string): Promise<boolean> => (await database.session.query('SELECT to_regclass($1) IS NOT NULL AS there', [relation]))[0]?.there === true

const users: Entry = { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);' }
const posts: Entry = {
  tag: '0001_posts',
  sql: 'CREATE TABLE posts (id bigint PRIMARY KEY, author bigint);--> statement-breakpoint\nALTER TABLE posts ADD CONSTRAINT posts_author_fk FOREIGN KEY (author) REFERENCES users (id);',
}
const index: Entry = { tag: '0002_index', sql: "SET LOCAL lock_timeout = '5s';--> statement-breakpoint\nCREATE INDEX CONCURRENTLY posts_author_idx ON posts (author);--> statement-breakpoint\nALTER TABLE posts ADD COLUMN note text;" }

describe('what is pending is run', () => {
  it('on a new database, and Drizzle’s migrator sees nothing unusual', async () => {
    place.migrations([users, posts])
    const report = await run()
    expect(rules(report)).toEqual([])
    expect(applied(report)).toEqual(['0000_users', '0001_posts'])
    const rows = await ledger()
    await database.migrate(join(place.path, 'drizzle'))
    expect(await ledger()).toEqual(rows)
    const other = await server.database()
    await other.migrate(join(place.path, 'drizzle'))
    expect(await other.session.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id')).toEqual(
      await database.session.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id'),
    )
    expect(dataOf(await run())).toMatchObject({ applied: [], pending: [], rollback: null })
  })

  it('in turns with Drizzle’s migrator', async () => {
    place.migrations([users])
    await database.migrate(join(place.path, 'drizzle'))
    place.migrations([users, posts])
    const report = await run()
    expect(applied(report)).toEqual(['0001_posts'])
    expect(dataOf(report).rollback).toBe('pgstrata rollback --to 0000_users')
    place.migrations([users, posts, { tag: '0002_more', sql: 'ALTER TABLE posts ADD COLUMN more text;' }])
    await database.migrate(join(place.path, 'drizzle'))
    expect(applied(await run())).toEqual([])
  })

  it('what PostgreSQL takes in no transaction stands alone', async () => {
    place.migrations([users, posts, index])
    const report = await run()
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(applied(report)).toEqual(['0000_users', '0001_posts', '0002_index'])
    expect(await there('posts_author_idx')).toBe(true)
    expect(await database.session.query('SELECT * FROM pgstrata.unfinished_migrations')).toEqual([])
  })

  it('only as far as --to', async () => {
    place.migrations([users, posts])
    const report = await run({ to: '0000' })
    expect([applied(report), dataOf(report).pending]).toEqual([['0000_users'], ['0001_posts']])
  })

  it('says where a statement failed; what was applied before stays, and of it nothing is left', async () => {
    place.migrations([users, { tag: '0001_bad', sql: 'ALTER TABLE users ADD COLUMN a int;--> statement-breakpoint\nSELECT 1,\n  1 / (SELECT count(*) FROM users);' }, posts])
    const report = await run()
    expect(applied(report)).toEqual(['0000_users'])
    expect(dataOf(report).failed).toMatchObject({ tag: '0001_bad', statement: 2, sqlstate: '22012', why: 'refused', done: 0 })
    expect(report.findings.at(-1)).toMatchObject({ rule: 'migration-failed', file: 'drizzle/0001_bad.sql', line: 2 })
    expect(await database.session.query("SELECT 1 FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'a'")).toEqual([])
    expect((await ledger()).length).toBe(1)
  })
})
