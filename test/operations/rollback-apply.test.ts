/** `rollback --apply ENV` on a real PostgreSQL, beside `migrate` and Drizzle's own migrators. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { ToolError } from '../../src/model/error.ts'
import type { Report } from '../../src/model/report.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { rollback } from '../../src/operations/rollback.ts'
import { exampleTime } from '../../src/rules/examples.ts'
import { cuttingProxy } from '../support/cutting-proxy.ts'
import { migrateFlags } from './migrate-flags.ts'
import { type Entry, eachInItsPlace } from './place.ts'
import { plainFlags, type RollbackFlags } from './rollback-flags.ts'

const here = eachInItsPlace()

const up = async (flags: { readonly to?: string } = {}): Promise<Report> => {
  await using world = await here.world()
  return await migrate.run(world, { arguments: ['dev'], flags: { ...migrateFlags, accept: ['policy'], ...flags } })
}

/** Without an engine: for tests that are not about the proof. */
const back = async (flags: Partial<RollbackFlags> = {}, tags: readonly string[] = []): Promise<Report> => {
  await using world = await here.world()
  return await rollback.run(world, { arguments: tags, flags: { ...plainFlags, apply: 'dev', unproven: true, ...flags } })
}

const proven = (flags: Partial<RollbackFlags> = {}): Promise<Report> => back({ unproven: false, ...flags })

const write = async (flags: Partial<RollbackFlags>, tags: readonly string[] = []): Promise<void> => {
  await using world = await here.world()
  const report = await rollback.run(world, { arguments: tags, flags: { ...plainFlags, write: true, ...flags } })
  expect(rules(report)).toEqual([])
}

type Data = {
  readonly migrations: readonly {
    readonly tag: string
    readonly class: string
    readonly file: string | null
    readonly lost: readonly { readonly rows: number }[]
  }[]
  readonly rolledBack: readonly { readonly tag: string; readonly resumed: boolean }[]
  readonly tried: readonly { readonly tag: string }[]
  readonly transactions: number
  readonly failed: { readonly tag: string; readonly why: string; readonly done: number; readonly sqlstate: string | null } | null
  readonly remaining: readonly string[]
  readonly applied: readonly string[]
}
const dataOf = (report: Report): Data => report.data as Data
const gone = (report: Report): readonly string[] => dataOf(report).rolledBack.map(({ tag }) => tag)
const rules = (report: Report): readonly string[] => report.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)
const messages = (report: Report): string => report.findings.map(({ message, help }) => `${message} ${help ?? ''}`).join('\n')

const users: Entry = { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);' }
const note: Entry = { tag: '0001_note', sql: 'ALTER TABLE users ADD COLUMN note text;' }
const posts: Entry = {
  tag: '0002_posts',
  sql: 'CREATE TABLE posts (id bigint PRIMARY KEY, author bigint REFERENCES users (id));--> statement-breakpoint\nCREATE INDEX posts_author_idx ON posts (author);',
}
const noIndex: Entry = { tag: '0003_no_index', sql: 'DROP INDEX CONCURRENTLY posts_author_idx;' }

describe('the last one is taken back', () => {
  it('with its row, and Drizzle’s migrator runs it again', async () => {
    here.place.migrations([users, note])
    await here.database.migrate(join(here.place.path, 'drizzle'))
    const listener = new pg.Client({ host: here.database.host, port: 5432, user: 'postgres', database: here.database.name })
    await listener.connect()
    const heard: (string | undefined)[] = []
    listener.on('notification', ({ payload }) => heard.push(payload))
    await listener.query('LISTEN pgstrata')
    const rows = await here.ledger()
    const report = await proven()
    expect([messages(report), gone(report), report.unknown]).toEqual(['', ['0001_note'], []])
    expect(dataOf(report)).toMatchObject({ remaining: [], applied: ['0000_users'], failed: null, transactions: 1, forward: 'pgstrata migrate dev' })
    expect(dataOf(report).migrations).toMatchObject([{ tag: '0001_note', class: 'lossless', proof: { schema: 'exact' }, file: null, lost: [] }])
    await listener.query('SELECT 1')
    await listener.end()
    expect(heard).toEqual([JSON.stringify({ rolledBack: '0001_note', hash: createHash('sha256').update(note.sql).digest('hex') })])
    expect(await here.ledger()).toEqual(rows.slice(0, 1))
    expect(
      await here.database.session.query("SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped"),
    ).toEqual([{ attname: 'id' }, { attname: 'name' }])
    await here.database.migrate(join(here.place.path, 'drizzle'))
    expect((await here.ledger()).length).toBe(2)
    expect(gone(await back())).toEqual(['0001_note'])
  })

  it('and it is proven in the major of the database', async () => {
    here.place.migrations([users, { ...note, sql: `${note.sql} -- for one major` }])
    await up()
    await using world = await here.world()
    const majors: (number | undefined)[] = []
    const engine: typeof world.engine = (need) => {
      majors.push(need.major)
      return world.engine(need)
    }
    const report = await rollback.run({ ...world, engine }, { arguments: [], flags: { ...plainFlags, apply: 'dev' } })
    const major = Math.floor(here.database.session.version / 10_000)
    expect([rules(report), gone(report), majors]).toEqual([[], ['0001_note'], [major, major]])
  })

  it('all behind --to in one transaction, and back again', async () => {
    here.place.migrations([users])
    await up()
    const before = await here.server.fingerprint(here.database.session)
    here.place.migrations([users, note, posts])
    await up()
    const report = await proven({ to: '0000' })
    expect([messages(report), gone(report), dataOf(report).transactions]).toEqual(['', ['0002_posts', '0001_note'], 1])
    expect([await here.server.fingerprint(here.database.session), (await here.ledger()).length]).toEqual([before, 1])
    expect((await up()).data).toMatchObject({ applied: [{ tag: '0001_note' }, { tag: '0002_posts' }] })
    expect(gone(await back({ all: true }))).toEqual(['0002_posts', '0001_note', '0000_users'])
    expect(await here.ledger()).toEqual([])
    expect(rules(await back())).toEqual([])
  })

  it('all or nothing: where one of them is refused, none is taken back', async () => {
    here.place.migrations([
      { ...users, sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);' },
      { tag: '0001_null', sql: 'ALTER TABLE users ALTER COLUMN name DROP NOT NULL;' },
      { tag: '0002_note', sql: 'ALTER TABLE users ADD COLUMN note text;' },
    ])
    await up()
    await here.database.session.script('INSERT INTO users (id) VALUES (1)')
    const report = await back({ to: '0000' })
    expect([rules(report), gone(report)]).toEqual([['rollback-stopped'], []])
    expect(messages(report)).toContain('0001_null: The rollback would be refused: users.name holds NULLs (SQLSTATE P0001). Nothing of it is left.')
    expect((await here.ledger()).length).toBe(3)
    expect(await here.database.session.query('SELECT note FROM users')).toEqual([{ note: null }])
  })

  it('what PostgreSQL takes in no transaction stands alone, behind the rest', async () => {
    here.place.migrations([users, note, posts, noIndex])
    await up()
    const report = await proven({ to: '0001' })
    expect([rules(report), gone(report)]).toEqual([[], ['0003_no_index', '0002_posts']])
    expect(dataOf(report).transactions).toBeGreaterThan(2)
    expect(await here.database.session.query('SELECT * FROM pgstrata.unfinished_migrations')).toEqual([])
  })
})

describe('the file beside the migration is what is run', () => {
  it('with its own COMMIT and CONCURRENTLY, and the row goes once', async () => {
    here.place.migrations([users, note])
    await up()
    await write({}, ['0001'])
    const { readFileSync, writeFileSync } = await import('node:fs')
    const path = join(here.place.path, 'drizzle/0001_note.down.sql')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, `${text}CREATE INDEX CONCURRENTLY by_hand ON users (name);\nDROP INDEX CONCURRENTLY by_hand;\n`)
    const report = await proven()
    expect([messages(report), gone(report)]).toEqual(['', ['0001_note']])
    expect(dataOf(report).migrations).toMatchObject([{ file: 'drizzle/0001_note.down.sql', proof: { schema: 'exact' } }])
    expect((await here.ledger()).length).toBe(1)
  })

  it('and what one file sets is not heeded by the next one in the same transaction', async () => {
    here.place.migrations([users, note, posts])
    await up()
    const head = ({ sql }: Entry): string => `-- of sha256 ${createHash('sha256').update(sql).digest('hex')}`
    here.place.write({
      'drizzle/0002_posts.down.sql': `${head(posts)}\nBEGIN;\nSET TRANSACTION READ WRITE;\nSET search_path = nowhere;\nSET LOCAL lock_timeout = '7s';\nDROP TABLE public.posts;\nCOMMIT;\n`,
      'drizzle/0001_note.down.sql': `${head(note)}\nALTER TABLE users DROP COLUMN note;\n`,
    })
    const report = await back({ to: '0000' })
    expect([rules(report), gone(report), dataOf(report).transactions]).toEqual([[], ['0002_posts', '0001_note'], 1])
  })

  it('not where it was made for another text', async () => {
    here.place.migrations([users, note])
    await up()
    here.place.write({ 'drizzle/0001_note.down.sql': '-- of sha256 '.padEnd(77, '0') })
    expect(rules(await back())).toEqual(['rollback-stale'])
    expect((await here.ledger()).length).toBe(2)
  })

  it('rows that an archive keeps come back', async () => {
    const filled: Entry = { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text, age int);' }
    here.place.migrations([filled, { tag: '0001_less', sql: 'ALTER TABLE users DROP COLUMN name;--> statement-breakpoint\nUPDATE users SET age = age + 1;' }])
    await up({ to: '0000' })
    await here.database.session.script("INSERT INTO users VALUES (1, 'a', 10), (2, 'b', 20)")
    await write({ archive: true }, ['0001'])
    await up()
    expect(await here.database.session.query('SELECT id, age FROM users ORDER BY id')).toEqual([
      { id: '1', age: 11 },
      { id: '2', age: 21 },
    ])
    const report = await proven()
    expect([rules(report), gone(report)]).toEqual([[], ['0001_less']])
    expect(await here.database.session.query('SELECT id, name, age FROM users ORDER BY id')).toEqual([
      { id: '1', name: 'a', age: 10 },
      { id: '2', name: 'b', age: 20 },
    ])
  })
})

describe('it refuses, before anything is touched', () => {
  it('when other migrations stand on it', async () => {
    here.place.migrations([users, note, posts])
    await up()
    await expect(back({}, ['0001'])).rejects.toMatchObject({
      code: 'not-the-last',
      message: expect.stringContaining('0002_posts was applied behind it'),
      help: expect.stringContaining('pgstrata rollback --to 0000_users --apply dev'),
    })
  })

  it('what is not applied here, or not there at all', async () => {
    here.place.migrations([users, note])
    await up({ to: '0000' })
    await expect(back({}, ['0001'])).rejects.toMatchObject({ code: 'not-applied' })
    await expect(back({}, ['0007'])).rejects.toMatchObject({ code: 'no-such-migration' })
    await expect(back({ apply: 'stagign' })).rejects.toMatchObject({ code: 'no-such-environment' })
    await expect(back({ apply: undefined, yes: true })).rejects.toMatchObject({ code: 'usage' })
    await expect(back({ write: true })).rejects.toMatchObject({ code: 'usage' })
  })

  it('when rows would be lost without --accept-loss; an empty column is no loss', async () => {
    here.place.migrations([users, note, posts])
    await up()
    await here.database.session.script("INSERT INTO users VALUES (1, 'a', NULL), (2, 'b', 'x'), (3, 'c', 'y'); INSERT INTO posts VALUES (1, 1)")
    const report = await back({ to: '0000' })
    expect([rules(report), gone(report)]).toEqual([['rollback-loses', 'rollback-loses'], []])
    expect(messages(report)).toContain('Taking back 0002_posts loses all rows of posts (1 row).')
    expect(messages(report)).toContain('Taking back 0001_note loses all values of users.note (written in 2 rows).')
    expect(gone(await back({ to: '0000', acceptLoss: true }))).toEqual(['0002_posts', '0001_note'])
  })

  it('when something is written into what was empty, between the look and the lock', async () => {
    here.place.migrations([users, posts])
    await up()
    await using app = await here.server.connect(here.database.name)
    await app.script('BEGIN; INSERT INTO users (id) VALUES (1); INSERT INTO posts (id, author) VALUES (1, 1)')
    const running = back({ lockTimeout: 5_000 })
    for (let waits = 0; waits === 0; ) {
      await new Promise((done) => setTimeout(done, 25))
      waits = (await here.database.session.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")).length
    }
    await app.script('COMMIT')
    const report = await running
    expect([rules(report), gone(report)]).toEqual([['rollback-stopped'], []])
    expect(messages(report)).toContain('all rows of posts: something has been written there meanwhile')
    expect(await here.has('posts')).toBe(true)
  })

  it('when a file leaves the transaction in which what is empty is watched', async () => {
    here.place.migrations([users, posts])
    await up()
    const hash = createHash('sha256').update(posts.sql).digest('hex')
    here.place.write({ 'drizzle/0002_posts.down.sql': `-- of sha256 ${hash}\nDROP INDEX CONCURRENTLY posts_author_idx;\nDROP TABLE posts;\n` })
    const report = await back()
    expect([rules(report), gone(report)]).toEqual([['rollback-loses'], []])
    expect(messages(report)).toContain('Taking back 0002_posts cannot be watched: the file leaves its transaction.')
    expect(gone(await back({ acceptLoss: true }))).toEqual(['0002_posts'])
  })

  it('when a rollback that was begun would lose what was written meanwhile', async () => {
    here.place.migrations([users, note])
    await up()
    const hash = createHash('sha256').update(note.sql).digest('hex')
    const sql = 'CREATE INDEX CONCURRENTLY by_hand ON users (name);\nALTER TABLE users DROP COLUMN note;\n'
    here.place.write({ 'drizzle/0001_note.down.sql': `-- of sha256 ${hash}\n${sql}` })
    await using blocker = await here.server.connect(here.database.name)
    await blocker.script('BEGIN; SELECT FROM users')
    expect(dataOf(await back({ acceptLoss: true, lockTimeout: 100, retries: 0 })).failed).toMatchObject({ why: 'locked', done: 1 })
    await blocker.script("COMMIT; INSERT INTO users VALUES (1, 'a', 'x')")
    const report = await back()
    expect(rules(report)).toContain('rollback-loses')
    expect(messages(report)).toContain('all values of users.note (written in 1 row)')
    expect(await here.database.session.query('SELECT note FROM users')).toEqual([{ note: 'x' }])
    expect(gone(await back({ acceptLoss: true }))).toEqual(['0001_note'])
  })

  it('when a file only says in a comment that it keeps a copy', async () => {
    here.place.migrations([users, note])
    await up()
    await here.database.session.script("INSERT INTO users VALUES (1, 'a', 'x')")
    const hash = createHash('sha256').update(note.sql).digest('hex')
    const head = `-- of sha256 ${hash}\n-- keeps it in pgstrata_archive_0001_since\n`
    here.place.write({ 'drizzle/0001_note.down.sql': `${head}ALTER TABLE users DROP COLUMN note;\n` })
    expect(rules(await back())).toEqual(['rollback-loses'])
    const copy = 'CREATE SCHEMA pgstrata_archive_0001_since;\nCREATE TABLE pgstrata_archive_0001_since.users AS SELECT id, note FROM users;\n'
    here.place.write({ 'drizzle/0001_note.down.sql': `${head}${copy}ALTER TABLE users DROP COLUMN note;\n` })
    expect(gone(await back())).toEqual(['0001_note'])
  })

  it('and --keep copies what was written since', async () => {
    here.place.migrations([users, note])
    await up()
    await here.database.session.script("INSERT INTO users VALUES (1, 'a', 'x')")
    const report = await back({ keep: true })
    expect([rules(report), gone(report)]).toEqual([[], ['0001_note']])
    expect(await here.database.session.query('SELECT id, note FROM pgstrata_archive_0001_since.users')).toEqual([{ id: '1', note: 'x' }])
  })

  it('when the migration itself has dropped rows', async () => {
    here.place.migrations([users, { tag: '0001_nameless', sql: 'ALTER TABLE users DROP COLUMN name;' }])
    await up({ to: '0000' })
    await here.database.session.script("INSERT INTO users VALUES (1, 'a')")
    await up()
    const report = await back()
    expect([rules(report), messages(report)]).toEqual([['rollback-loses'], expect.stringContaining('all values of users.name (1 row)')])
    expect(gone(await back({ acceptLoss: true }))).toEqual(['0001_nameless'])
  })

  it('when somebody has changed what it works on by hand', async () => {
    here.place.migrations([users, note, { tag: '0002_other', sql: 'CREATE TABLE other (id int);' }])
    await up()
    await here.database.session.script('ALTER TABLE other ADD COLUMN by_hand int')
    const report = await proven()
    expect([rules(report), gone(report)]).toEqual([['rollback-drift'], []])
    expect(gone(await proven({ accept: ['drift'] }))).toEqual(['0002_other'])
    await here.database.session.script('CREATE INDEX by_hand ON users (note)')
    expect(rules(await proven())).toEqual(['rollback-drift'])
    await here.database.session.script('DROP INDEX by_hand; CREATE TABLE elsewhere (id int)')
    const told = await proven()
    expect([rules(told), gone(told)]).toEqual([[], ['0001_note']])
    expect(messages(told)).toContain('extra table public.elsewhere')
  })

  it('when somebody has changed anything by hand, and the file is one that somebody has written', async () => {
    here.place.migrations([users, note])
    await up()
    await here.database.session.script('CREATE TABLE elsewhere (id int)')
    const hash = createHash('sha256').update(note.sql).digest('hex')
    here.place.write({ 'drizzle/0001_note.down.sql': `-- of sha256 ${hash}\nALTER TABLE users DROP COLUMN note RESTRICT;\n` })
    expect(rules(await proven())).toEqual(['rollback-drift'])
    const unproven = await back({ dryRun: 'environment' })
    expect([rules(unproven), messages(unproven)]).toEqual([[], expect.stringContaining('was not compared with what its migrations make: --unproven')])
    await write({}, ['0001'])
    expect([gone(await proven())]).toEqual([['0001_note']])
  })

  it('when it cannot be compared, unless that is accepted', async () => {
    here.place.migrations([users, note])
    await up()
    await using world = await here.world()
    const blind = {
      ...world,
      printed: async () => {
        throw new ToolError('no-permission', 'The catalog is hidden.', { exit: 3 })
      },
    }
    const run = (accept: readonly string[]): Promise<Report> => rollback.run(blind, { arguments: [], flags: { ...plainFlags, apply: 'dev', accept } })
    const report = await run([])
    expect([gone(report), report.unknown]).toEqual([
      [],
      [expect.objectContaining({ why: 'The catalog is hidden', help: expect.stringContaining('--accept drift') })],
    ])
    const accepted = await run(['drift'])
    expect([gone(accepted), messages(accepted)]).toEqual([['0001_note'], expect.stringContaining('was not compared')])
  })

  it('when the file is not what was applied, or a row behind it has no file', async () => {
    here.place.migrations([users, note])
    await up()
    here.place.migrations([users, { ...note, sql: `${note.sql}\n-- edited` }])
    expect(rules(await back())).toEqual(['ledger-edited'])
    here.place.migrations([users, note])
    await here.database.session.script("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('gone', 1)")
    expect(rules(await back())).toEqual(['ledger-unknown-row'])
    expect(gone(await back({ accept: ['unknown-rows'] }))).toEqual(['0001_note'])
  })

  it('when it has run more than this folder knows, though nothing of the folder would go', async () => {
    here.place.migrations([users, note])
    await up()
    here.place.migrations([users])
    const report = await back({ to: '0000' })
    expect([rules(report), gone(report)]).toEqual([['ledger-unknown-row'], []])
    expect(JSON.stringify(report.blocks)).not.toContain('Nothing of it is applied')
    expect(rules(await back({ to: '0000', accept: ['unknown-rows'] }))).toEqual([])
    here.place.migrations([{ ...users, sql: 'SELECT 1;' }])
    expect(rules(await back())).toContain('ledger-unknown-row')
  })

  it('when there is no ledger', async () => {
    here.place.migrations([users])
    await expect(back()).rejects.toMatchObject({ code: 'no-ledger', message: expect.stringContaining('no ledger drizzle.__drizzle_migrations') })
  })

  it('when it could not be proven', async () => {
    here.place.migrations([users])
    await up()
    const bad: Entry = { tag: '0001_bad', sql: 'SELECT 1 / 0;' }
    here.place.migrations([users, bad])
    const hash = createHash('sha256').update(bad.sql).digest('hex')
    await here.database.session.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [hash, exampleTime(1)])
    const report = await proven()
    expect([gone(report), report.unknown]).toEqual([
      [],
      [
        expect.objectContaining({ why: expect.stringContaining('0001_bad does not run itself'), help: expect.stringContaining('--unproven') }),
        expect.objectContaining({ what: 'whether dev is what its migrations make', help: expect.stringContaining('--accept drift') }),
      ],
    ])
    expect(gone(await back())).toEqual(['0001_bad'])
  })

  it('when it does not lead back', async () => {
    here.place.migrations([users, note])
    await up()
    const hash = createHash('sha256').update(note.sql).digest('hex')
    here.place.write({ 'drizzle/0001_note.down.sql': `-- of sha256 ${hash}\nBEGIN;\nALTER TABLE users RENAME COLUMN note TO notes;\nCOMMIT;\n` })
    const report = await proven()
    expect([rules(report), gone(report)]).toEqual([['rollback-failed'], []])
    expect((await here.ledger()).length).toBe(2)
  })

  it('without --yes in a protected environment', async () => {
    here.place.migrations([users, note])
    await up()
    await expect(back({ apply: 'production' })).rejects.toMatchObject({
      code: 'protected',
      message: expect.stringContaining('1 migration would be taken back: 0001_note'),
    })
    expect(gone(await back({ apply: 'production', yes: true }))).toEqual(['0001_note'])
  })

  it('when the user may not take the row out', async () => {
    here.place.migrations([users, note])
    await up()
    await here.database.session.script(
      'DO $$ BEGIN CREATE ROLE no_deleter LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT USAGE ON SCHEMA drizzle TO no_deleter; GRANT SELECT ON drizzle.__drizzle_migrations TO no_deleter',
    )
    await expect(back({ apply: here.database.url.replace('postgres@', 'no_deleter@') })).rejects.toMatchObject({ code: 'no-permission' })
  })
})

describe('a row that does not go', () => {
  const trigger =
    'CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; CREATE TRIGGER keep BEFORE DELETE ON drizzle.__drizzle_migrations FOR EACH ROW EXECUTE FUNCTION keep()'
  const policy =
    'DO $$ BEGIN CREATE ROLE sees_only LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT ALL ON SCHEMA drizzle TO sees_only; GRANT ALL ON ALL TABLES IN SCHEMA drizzle TO sees_only; ALTER TABLE users OWNER TO sees_only; GRANT CREATE ON SCHEMA public TO sees_only; ALTER TABLE drizzle.__drizzle_migrations ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON drizzle.__drizzle_migrations FOR SELECT USING (true)'

  it('because of a trigger takes all of it back', async () => {
    here.place.migrations([users, note])
    await up()
    await here.database.session.script(trigger)
    const report = await back({ apply: here.database.url })
    expect([rules(report), gone(report)]).toEqual([['rollback-stopped'], []])
    expect(messages(report)).toContain('The row of 0001_note stays in "drizzle"."__drizzle_migrations": a policy or a trigger keeps it')
    expect(await here.database.session.query('SELECT note FROM users')).toEqual([])
    expect((await here.ledger()).length).toBe(2)
  })

  it('because a policy may hide it is not begun with', async () => {
    here.place.migrations([users, note])
    await up()
    await here.database.session.script(policy)
    await expect(back({ apply: here.database.url.replace('postgres@', 'sees_only@') })).rejects.toMatchObject({ code: 'no-permission', exit: 3 })
    expect((await here.ledger()).length).toBe(2)
  })
})

describe('what Drizzle does not say is said before it happens', () => {
  it('a migration that its migrator would not run again', async () => {
    here.place.migrations([users, { ...note, when: exampleTime(9) }])
    await up()
    const late: Entry = { tag: '0002_late', sql: 'CREATE TABLE late (id int);', when: exampleTime(3) }
    here.place.migrations([users, { ...note, when: exampleTime(9) }, late])
    await (async () => {
      await using world = await here.world()
      return await migrate.run(world, { arguments: ['dev'], flags: { ...migrateFlags, accept: ['policy', 'out-of-order'] } })
    })()
    const report = await back()
    expect([rules(report), gone(report)]).toEqual([[], ['0002_late']])
    expect(messages(report)).toContain('0002_late is older than a row that stays: Drizzle’s migrator will not run it again.')
  })
})

describe('a dry run', () => {
  it('on a copy takes all back over invented rows, and touches nothing', async () => {
    here.place.migrations([users, note, posts, noIndex])
    await up()
    const before = await here.server.fingerprint(here.database.session)
    const report = await back({ to: '0000', dryRun: 'copy', apply: 'production' })
    expect([rules(report), report.unknown, gone(report)]).toEqual([[], [], []])
    expect(dataOf(report).tried.map(({ tag }) => tag)).toEqual(['0003_no_index', '0002_posts', '0001_note'])
    expect([await here.server.fingerprint(here.database.session), (await here.ledger()).length]).toEqual([before, 4])
  })

  it('on a copy runs over empty tables where invented rows are in the way, and says so', async () => {
    here.place.migrations([
      { tag: '0000_type', sql: "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood);" },
      { tag: '0001_value', sql: "ALTER TYPE mood ADD VALUE 'b';" },
    ])
    await up()
    const report = await back({ dryRun: 'copy' })
    expect([rules(report), dataOf(report).tried.length]).toEqual([[], 1])
    expect(JSON.stringify(report.blocks)).toContain('over empty tables, because invented rows were in the way (t.m holds b')
  })

  it('that is refused says that nothing of it stays', async () => {
    here.place.migrations([users, note])
    await up()
    const hash = createHash('sha256').update(note.sql).digest('hex')
    here.place.write({ 'drizzle/0001_note.down.sql': `-- of sha256 ${hash}\nCREATE INDEX CONCURRENTLY by_hand ON users (name);\nSELECT 1 / 0;\n` })
    const report = await back({ dryRun: 'copy', acceptLoss: true })
    expect(dataOf(report).failed).toMatchObject({ tag: '0001_note', done: 0 })
    expect(messages(report)).toContain('It was only tried, and nothing of it stays.')
  })

  it('in the environment is rolled back', async () => {
    here.place.migrations([users, note, posts])
    await up()
    const report = await back({ to: '0000', dryRun: 'environment' })
    expect([rules(report), gone(report), dataOf(report).tried.length]).toEqual([[], [], 2])
    expect([await here.has('posts'), (await here.ledger()).length]).toEqual([true, 3])
  })
})

/** The turn of whoever runs in this database. */
const turn = "SELECT pg_try_advisory_lock(hashtextextended('pgstrata migrate drizzle.__drizzle_migrations', 0))"

/** Until so many beside the one who has it have asked for it. */
const waitingForTheirTurn = async (many: number): Promise<void> => {
  for (let waiting = 0; waiting <= many; ) {
    await new Promise((done) => setTimeout(done, 25))
    const rows = await here.database.session.query(
      "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid() AND datname = current_database()",
    )
    waiting = rows.length
  }
}

describe('locks', () => {
  it('held by another session for longer than the time-out are given back, tried for again, and whoever holds them is named', async () => {
    here.place.migrations([users, note])
    await up()
    await using blocker = await here.server.connect(here.database.name)
    await blocker.script("SET application_name = 'nightly report'; BEGIN; SELECT * FROM users")
    const report = await back({ lockTimeout: 100, retries: 1 })
    expect(dataOf(report).failed).toMatchObject({ tag: '0001_note', why: 'locked', done: 0 })
    expect(messages(report)).toContain('nightly report')
    expect((await here.ledger()).length).toBe(2)
    await blocker.script('COMMIT')
    expect(gone(await back())).toEqual(['0001_note'])
  })

  it('that it asks for itself are not waited for longer, whatever the file before has set', async () => {
    const apart: Entry = { tag: '0002_apart', sql: 'CREATE TABLE apart (id int);' }
    here.place.migrations([users, note, apart])
    await up()
    const hash = createHash('sha256').update(apart.sql).digest('hex')
    here.place.write({ 'drizzle/0002_apart.down.sql': `-- of sha256 ${hash}\nSET LOCAL lock_timeout = 0;\nSET statement_timeout = 0;\nDROP TABLE apart;\n` })
    await using blocker = await here.server.connect(here.database.name)
    await blocker.script('BEGIN; SELECT FROM users')
    const report = await back({ to: '0000', lockTimeout: 200, retries: 0 })
    expect(dataOf(report).failed).toMatchObject({ tag: '0001_note', why: 'locked', done: 0 })
    await blocker.script('COMMIT')
    expect(gone(await back({ to: '0000' }))).toEqual(['0002_apart', '0001_note'])
  }, 20_000)

  it('two at once mean the same one: one takes it back, the other says that it is gone; a migrate waits for a rollback', async () => {
    here.place.migrations([users, note, posts])
    await up()
    // Both have come before either has its turn.
    await using other = await here.server.connect(here.database.name)
    await other.query(turn)
    const both = Promise.allSettled([back(), back()])
    await waitingForTheirTurn(2)
    await other.query(turn.replace('pg_try_advisory_lock', 'pg_advisory_unlock'))
    const results = await both
    expect(results.flatMap((each) => (each.status === 'fulfilled' ? gone(each.value) : []))).toEqual(['0002_posts'])
    expect(results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))).toMatchObject([{ code: 'not-applied' }])
    expect((await here.ledger()).length).toBe(2)
    const [forward, backward] = await Promise.all([up(), back({ to: '0000' })])
    expect([rules(forward), rules(backward)]).toEqual([[], []])
    await up()
    expect([(await here.ledger()).length, await here.has('posts')]).toEqual([3, true])
  })

  it('the way back of a migrate that has planned anew leads before what it had applied by then', async () => {
    here.place.migrations([users])
    await up()
    here.place.migrations([
      users,
      { tag: '0001_first', sql: 'CREATE TABLE first (id int);' },
      { tag: '0002_second', sql: 'CREATE INDEX CONCURRENTLY second ON users (name);' },
    ])
    await using blocker = await here.server.connect(here.database.name)
    await blocker.script('BEGIN; INSERT INTO users (id) VALUES (1)')
    const running = up()
    for (let active = 0; active === 0; ) {
      await new Promise((done) => setTimeout(done, 25))
      active = (
        await here.database.session.query(
          "SELECT 1 FROM pg_stat_activity WHERE query ILIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock' AND datname = current_database()",
        )
      ).length
    }
    await here.database.session.script("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('another', 1)")
    await blocker.script('COMMIT')
    expect((await running).data).toMatchObject({
      applied: [{ tag: '0001_first' }, { tag: '0002_second', resumed: true }],
      rollback: 'pgstrata rollback --to 0000_users --apply dev',
    })
  })

  it('one that another migrator writes behind meanwhile is not taken for the newer one', async () => {
    here.place.migrations([users, note, posts])
    await up({ to: '0001' })
    await using other = await here.server.connect(here.database.name)
    await other.query(turn)
    const running = back().catch((error: unknown) => error)
    await waitingForTheirTurn(1)
    await here.database.migrate(join(here.place.path, 'drizzle'))
    await other.query(turn.replace('pg_try_advisory_lock', 'pg_advisory_unlock'))
    expect(await running).toMatchObject({ code: 'not-the-last' })
    expect((await here.ledger()).length).toBe(3)
  })
})

describe('Ctrl-C', () => {
  it('ends the statement, and leaves all as it was', async () => {
    here.place.migrations([users, note])
    await up()
    const hash = createHash('sha256').update(note.sql).digest('hex')
    here.place.write({ 'drizzle/0001_note.down.sql': `-- of sha256 ${hash}\nALTER TABLE users DROP COLUMN note;\nSELECT pg_sleep(60);\n` })
    const controller = new AbortController()
    await using world = await here.world({ signal: controller.signal })
    const running = rollback.run(world, { arguments: [], flags: { ...plainFlags, apply: 'dev', unproven: true } })
    for (let active = 0; active === 0; ) {
      await new Promise((done) => setTimeout(done, 25))
      active = (
        await here.database.session.query(
          "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active' AND datname = current_database()",
        )
      ).length
    }
    controller.abort()
    const report = await running
    expect(dataOf(report)).toMatchObject({ rolledBack: [], failed: { tag: '0001_note', why: 'stopped', done: 0 }, remaining: ['0001_note'] })
    expect(await here.database.session.query('SELECT note FROM users')).toEqual([])
  })
})

describe('a rollback of whose COMMIT nobody has heard', () => {
  /** Cut when the server has the last query of a run, its COMMIT. */
  const lost = async (flags: Partial<RollbackFlags> = {}): Promise<Report> => {
    here.place.migrations([users, note, posts])
    await up()
    const { host, name } = here.database
    const through = (directory: string): string => `postgres://postgres@localhost/${name}?host=${encodeURIComponent(directory)}`
    const queries = await (async () => {
      await using proxy = await cuttingProxy(host, 5432)
      expect(rules(await back({ ...flags, apply: through(proxy.directory) }))).toEqual([])
      return proxy.queries()
    })()
    await up()
    await using proxy = await cuttingProxy(host, 5432, queries)
    return await back({ ...flags, apply: through(proxy.directory) })
  }

  it('names what it was, so that a repeat takes back no other', async () => {
    const report = await lost()
    expect(dataOf(report)).toMatchObject({ rolledBack: [], failed: { tag: '0002_posts', why: 'lost' }, remaining: [] })
    expect(messages(report)).toContain('Nobody has heard whether it is done')
    expect(messages(report)).not.toContain('Nothing of it is left')
    expect(JSON.stringify(report.blocks)).not.toContain('still applied')
    expect(report.unknown).toEqual([
      expect.objectContaining({
        what: 'whether 0002_posts is taken back',
        help: expect.stringContaining('pgstrata rollback 0002_posts --apply postgres://… tells'),
      }),
    ])
    await expect(back({}, ['0002_posts'])).rejects.toMatchObject({ code: 'not-applied' })
    expect((await here.ledger()).length).toBe(2)
  })

  it('and of each migration that stood in the same transaction', async () => {
    const report = await lost({ to: '0000' })
    expect(report.unknown).toEqual([
      expect.objectContaining({
        what: 'whether 0002_posts, 0001_note are taken back',
        help: expect.stringContaining('pgstrata rollback --to 0000 --apply postgres://… tells'),
      }),
    ])
    expect(dataOf(report).remaining).toEqual([])
  })
})

describe('a rollback that ended in the middle', () => {
  const half = async (): Promise<void> => {
    here.place.migrations([users, note, posts, noIndex])
    await up()
    await using blocker = await here.server.connect(here.database.name)
    // The build waits for this transaction.
    await blocker.script('BEGIN; INSERT INTO users (id) VALUES (1); INSERT INTO posts (id, author) VALUES (1, 1)')
    const first = back({ statementTimeout: 400 })
    for (let active = 0; active === 0; ) {
      await new Promise((done) => setTimeout(done, 50))
      const rows = await here.database.session.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'CREATE INDEX CONCURRENTLY%' AND pid <> pg_backend_pid() AND datname = current_database()",
      )
      active = rows.length
    }
    const report = await first
    expect(dataOf(report)).toMatchObject({ rolledBack: [], failed: { tag: '0003_no_index', why: 'lost' } })
    expect(report.unknown.length).toBe(1)
    await blocker.script('ROLLBACK')
  }

  it('is explained to migrate, and gone on with by the next one, whatever the file says by then', async () => {
    await half()
    expect(await here.ledger()).toHaveLength(4)
    const forward = await up()
    expect([rules(forward), messages(forward)]).toEqual([['migration-unfinished'], expect.stringContaining('pgstrata rollback 0003_no_index --apply dev')])
    here.place.write({ 'drizzle/0003_no_index.down.sql': 'SELECT 1 / 0;' })
    const report = await back()
    expect([rules(report), dataOf(report).rolledBack]).toMatchObject([[], [{ tag: '0003_no_index', resumed: true }]])
    expect(await here.has('posts_author_idx')).toBe(true)
    expect(await here.database.session.query('SELECT * FROM pgstrata.unfinished_migrations')).toEqual([])
  })

  it('and whose row somebody has taken out meanwhile is explained to both, with what ends it', async () => {
    await half()
    await here.database.session.script('DELETE FROM drizzle.__drizzle_migrations WHERE id = 4')
    for (const report of [await up(), await back(), await back({}, ['0003_no_index'])])
      expect([rules(report), report.findings.map(({ help }) => help)]).toEqual([
        ['migration-unfinished'],
        [expect.stringContaining("DELETE FROM pgstrata.unfinished_migrations WHERE ledger = 'drizzle.__drizzle_migrations' AND tag = '0003_no_index'")],
      ])
    expect(await here.ledger()).toHaveLength(3)
  })

  it('a migrate that has not ended is explained to rollback', async () => {
    here.place.migrations([users, note, { tag: '0002_two', sql: 'CREATE INDEX CONCURRENTLY i ON users (name);--> statement-breakpoint\nSELECT 1/0;' }])
    await up()
    const report = await back()
    expect([rules(report), messages(report)]).toEqual([
      ['migration-unfinished'],
      expect.stringContaining('pgstrata migrate dev --to 0002_two goes on with it.'),
    ])
    expect((await here.ledger()).length).toBe(2)
  })
})
