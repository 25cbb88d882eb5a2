/** `migrate` on a real PostgreSQL, beside Drizzle's own migrators. */
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { LedgerMoved } from '../../src/features/migrate/running.ts'
import type { Config } from '../../src/model/config.ts'
import { ToolError } from '../../src/model/error.ts'
import type { Migration } from '../../src/model/history.ts'
import type { Report } from '../../src/model/report.ts'
import { inTurns } from '../../src/operations/migrate/enter.ts'
import type { MigrateFlags } from '../../src/operations/migrate/options.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { exampleTime } from '../../src/rules/examples.ts'
import { migrateFlags } from './migrate-flags.ts'
import { type Entry, eachInItsPlace } from './place.ts'

type Flags = Partial<MigrateFlags>

const here = eachInItsPlace()

const run = async (flags: Flags = {}, environment = 'dev', config: Config = {}): Promise<Report> => {
  await using world = await here.world({ config })
  return await migrate.run(world, { arguments: [environment], flags: { ...migrateFlags, ...flags } })
}

type Data = {
  readonly applied: readonly { readonly tag: string; readonly resumed: boolean }[]
  readonly retried: readonly { readonly blockers: readonly { readonly application: string }[] }[]
  readonly failed: {
    readonly tag: string
    readonly statement: number | null
    readonly sqlstate: string | null
    readonly why: string
    readonly done: number
  } | null
  readonly pending: readonly string[]
  readonly rollback: string | null
}
const dataOf = (report: Report): Data => report.data as Data
const applied = (report: Report): readonly string[] => dataOf(report).applied.map(({ tag }) => tag)
const rules = (report: Report): readonly string[] => report.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)

const users: Entry = { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);' }
const posts: Entry = {
  tag: '0001_posts',
  sql: 'CREATE TABLE posts (id bigint PRIMARY KEY, author bigint);--> statement-breakpoint\nALTER TABLE posts ADD CONSTRAINT posts_author_fk FOREIGN KEY (author) REFERENCES users (id);',
}
const index: Entry = {
  tag: '0002_index',
  sql: "SET LOCAL lock_timeout = '5s';--> statement-breakpoint\nCREATE INDEX CONCURRENTLY posts_author_idx ON posts (author);--> statement-breakpoint\nALTER TABLE posts ADD COLUMN note text;",
}

describe('what is pending is run', () => {
  it('on a new database, and Drizzle’s migrator sees nothing unusual', async () => {
    here.place.migrations([users, posts])
    const report = await run()
    expect(rules(report)).toEqual([])
    expect(applied(report)).toEqual(['0000_users', '0001_posts'])
    const rows = await here.ledger()
    await here.database.migrate(join(here.place.path, 'drizzle'))
    expect(await here.ledger()).toEqual(rows)
    const other = await here.server.database()
    await other.migrate(join(here.place.path, 'drizzle'))
    expect(await other.session.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id')).toEqual(
      await here.database.session.query('SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id'),
    )
    expect(dataOf(await run())).toMatchObject({ applied: [], pending: [], rollback: null })
  })

  it('in turns with Drizzle’s migrator', async () => {
    here.place.migrations([users])
    await here.database.migrate(join(here.place.path, 'drizzle'))
    here.place.migrations([users, posts])
    const report = await run()
    expect(applied(report)).toEqual(['0001_posts'])
    expect(dataOf(report).rollback).toBe('pgstrata rollback --to 0000_users --apply dev')
    here.place.migrations([users, posts, { tag: '0002_more', sql: 'ALTER TABLE posts ADD COLUMN more text;' }])
    await here.database.migrate(join(here.place.path, 'drizzle'))
    expect(applied(await run())).toEqual([])
  })

  it('what PostgreSQL takes in no transaction stands alone', async () => {
    here.place.migrations([users, posts, index])
    const report = await run()
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(applied(report)).toEqual(['0000_users', '0001_posts', '0002_index'])
    expect(await here.has('posts_author_idx')).toBe(true)
    expect(await here.database.session.query('SELECT * FROM pgstrata.unfinished_migrations')).toEqual([])
  })

  it('only as far as --to', async () => {
    here.place.migrations([users, posts])
    const report = await run({ to: '0000' })
    expect([applied(report), dataOf(report).pending]).toEqual([['0000_users'], ['0001_posts']])
  })

  it('says where a statement failed; what was applied before stays, and of it nothing is left', async () => {
    here.place.migrations([
      users,
      { tag: '0001_bad', sql: 'ALTER TABLE users ADD COLUMN a int;--> statement-breakpoint\nSELECT 1,\n  1 / (SELECT count(*) FROM users);' },
      posts,
    ])
    const report = await run()
    expect(applied(report)).toEqual(['0000_users'])
    expect(dataOf(report).failed).toMatchObject({ tag: '0001_bad', statement: 2, sqlstate: '22012', why: 'refused', done: 0 })
    expect(report.findings.at(-1)).toMatchObject({ rule: 'migration-failed', file: 'drizzle/0001_bad.sql', line: 2 })
    expect(await here.database.session.query("SELECT 1 FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'a'")).toEqual([])
    expect((await here.ledger()).length).toBe(1)
  })
})

describe('locks', () => {
  const change: Entry = { tag: '0001_change', sql: 'ALTER TABLE users ADD COLUMN a int;' }
  beforeEach(async () => {
    here.place.migrations([users])
    await run()
    here.place.migrations([users, change])
  })

  it('that are not to be had are given back, tried for again, and whoever holds them is named', async () => {
    await using reader = await here.server.connect(here.database.name)
    await reader.script("SET application_name = 'reports'; BEGIN; SELECT * FROM users")
    const report = await run({ lockTimeout: 100, retries: 2 })
    expect(dataOf(report)).toMatchObject({ applied: [], pending: ['0001_change'], failed: { why: 'locked', sqlstate: '55P03', done: 0 } })
    expect(dataOf(report).retried.map(({ blockers }) => blockers.map(({ application }) => application))).toEqual([['reports'], ['reports']])
    expect(report.findings.at(-1)?.message).toContain('reports')
    await reader.script('COMMIT')
    expect(applied(await run({ lockTimeout: 100, retries: 2 }))).toEqual(['0001_change'])
  })

  it('are had as soon as they are free', async () => {
    await using reader = await here.server.connect(here.database.name)
    await reader.script('BEGIN; SELECT * FROM users')
    const running = run({ lockTimeout: 100 })
    await new Promise((done) => setTimeout(done, 1_500))
    await reader.script('COMMIT')
    const report = await running
    expect(applied(report)).toEqual(['0001_change'])
    expect(dataOf(report).retried.length).toBeGreaterThan(0)
  })

  it('are taken from whoever runs a statement, if that is asked for', async () => {
    await using reader = await here.server.connect(here.database.name)
    const long = reader.query('SELECT pg_sleep(60) FROM (SELECT count(*) FROM users) AS all_users').then(
      () => 'ended',
      () => 'cancelled',
    )
    await new Promise((done) => setTimeout(done, 300))
    expect(applied(await run({ lockTimeout: 2_000, cancelBlockers: true }))).toEqual(['0001_change'])
    expect(await long).toBe('cancelled')
  })

  it('an app that writes all the time waits for no longer than the lock time-out', async () => {
    here.place.migrations([
      users,
      { tag: '0001_change', sql: 'ALTER TABLE users ADD COLUMN a int;--> statement-breakpoint\nALTER TABLE users ADD COLUMN b int;' },
    ])
    await using reader = await here.server.connect(here.database.name)
    await using app = await here.server.connect(here.database.name)
    await reader.script('BEGIN; SELECT * FROM users')
    let ended = false
    let longest = 0
    let writes = 0
    const writing = (async () => {
      while (!ended) {
        const start = performance.now()
        await app.query(`INSERT INTO users (id) VALUES (${writes++})`)
        longest = Math.max(longest, performance.now() - start)
      }
    })()
    const lockTimeout = 300
    const report = await run({ lockTimeout, retries: 2 })
    ended = true
    await writing
    expect(dataOf(report).failed?.why).toBe('locked')
    expect(writes).toBeGreaterThan(10)
    // In a busy CI the machine itself may stand still for a while; bench and the closing tests have it at + 100 ms.
    expect(longest).toBeLessThan(lockTimeout + 1_000)
    await reader.script('COMMIT')
  })
})

describe('several at once', () => {
  it('one runs, the other waits and finds nothing to do', async () => {
    here.place.migrations([users, posts, index])
    const reports = await Promise.all([run(), run()])
    expect(reports.map((report) => report.findings.filter(({ severity }) => severity === 'error'))).toEqual([[], []])
    expect(reports.flatMap(applied).toSorted()).toEqual(['0000_users', '0001_posts', '0002_index'])
    expect((await here.ledger()).length).toBe(3)
  })

  it('says that another one is at work, when it may not wait', async () => {
    here.place.migrations([users])
    await using other = await here.server.connect(here.database.name)
    await other.query("SELECT pg_advisory_lock(hashtextextended('pgstrata migrate drizzle.__drizzle_migrations', 0))")
    await expect(run({ wait: 0 })).rejects.toMatchObject({ code: 'another-migrate', exit: 3 })
  })

  it('with Drizzle’s migrator: nothing runs twice', async () => {
    here.place.migrations([users])
    await run()
    here.place.migrations([users, posts])
    await using other = await here.server.connect(here.database.name)
    // Drizzle's migrator in the middle of its transaction.
    await other.script(
      'BEGIN; CREATE TABLE posts (id bigint PRIMARY KEY, author bigint); ALTER TABLE posts ADD CONSTRAINT posts_author_fk FOREIGN KEY (author) REFERENCES users (id)',
    )
    const hash = (await import('node:crypto')).createHash('sha256').update(posts.sql).digest('hex')
    await other.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [hash, exampleTime(1)])
    const running = run({ lockTimeout: 100 })
    await new Promise((done) => setTimeout(done, 700))
    await other.script('COMMIT')
    const report = await running
    expect([applied(report), report.findings]).toEqual([[], []])
    expect((await here.ledger()).length).toBe(2)
  })
})

describe('a run whose ledger another migrator writes meanwhile', () => {
  it('plans anew, and still tells what it had applied before', async () => {
    here.place.migrations([users])
    await run()
    const entries: readonly Entry[] = [
      users,
      { tag: '0001_a', sql: 'CREATE TABLE a (id int);' },
      { tag: '0002_b', sql: 'ALTER TABLE users ADD COLUMN b int;' },
      { tag: '0003_c', sql: 'SELECT 1;' },
    ]
    here.place.migrations(entries)
    await using other = await here.server.connect(here.database.name)
    await other.script('BEGIN; SELECT * FROM users')
    const running = run({ lockTimeout: 100, accept: ['out-of-order'] })
    while (!(await here.has('a'))) await new Promise((done) => setTimeout(done, 25))
    const hash = (await import('node:crypto')).createHash('sha256').update('SELECT 1;').digest('hex')
    await here.database.session.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [hash, exampleTime(3)])
    await other.script('COMMIT')
    const report = await running
    expect([applied(report), dataOf(report).failed]).toEqual([['0001_a', '0002_b'], null])
    expect((await here.ledger()).length).toBe(4)
  })
})

/** The list: "What Drizzle does that users do not know". That `created_at` is no time of application: schema-versions.test.ts. */
it('a later turn that cannot be begun tells what the ones before it have applied', async () => {
  const migration = { tag: '0001_a' } as Migration
  const moved = new LedgerMoved({ finished: [{ migration, milliseconds: 1, statements: [], resumed: false }], retries: [] })
  const stopped = new ToolError('connection-lost', 'The connection is gone.', { help: 'Again.', exit: 3 })
  const turns = [moved, stopped]
  const once = async (): Promise<never> => {
    throw turns.shift()
  }
  await expect(inTurns(once)).rejects.toMatchObject({
    code: 'connection-lost',
    message: 'The connection is gone. Before that, applied: 0001_a.',
    help: 'Again.',
    exit: 3,
  })
  const always = async (): Promise<never> => {
    throw moved
  }
  await expect(inTurns(always, 'taken back')).rejects.toMatchObject({ code: 'ledger-moves', message: expect.stringContaining('taken back: 0001_a') as string })
})

describe('Each silent failure of Drizzle is announced before it happens', () => {
  it('a migration that it would skip', async () => {
    here.place.migrations([users, { ...posts, when: exampleTime(5) }])
    await run()
    const late: Entry = { tag: '0002_late', sql: 'CREATE TABLE late (id int);', when: exampleTime(3) }
    here.place.migrations([users, { ...posts, when: exampleTime(5) }, late])
    const report = await run()
    expect([rules(report), applied(report)]).toEqual([['ledger-skipped'], []])
    expect(applied(await run({ accept: ['out-of-order'] }))).toEqual(['0002_late'])
    expect(rules(await run())).toEqual([])
  })

  it('a file that is not what was applied', async () => {
    here.place.migrations([users])
    await run()
    here.place.migrations([{ ...users, sql: `${users.sql}\n-- edited` }, posts])
    const report = await run()
    expect([rules(report), applied(report)]).toEqual([['ledger-edited'], []])
    expect(applied(await run({ accept: ['edited'] }))).toEqual(['0001_posts'])
  })

  it('a row that no file explains', async () => {
    here.place.migrations([users, posts])
    await run()
    here.place.migrations([users, { tag: '0001_other', sql: 'CREATE TABLE other (id int);', when: exampleTime(9) }])
    const report = await run()
    expect([rules(report), applied(report)]).toEqual([['ledger-unknown-row'], []])
    expect(applied(await run({ accept: ['unknown-rows'] }))).toEqual(['0001_other'])
  })

  it('a value that is added to a type and used in one transaction', async () => {
    here.place.migrations([{ tag: '0000_type', sql: "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood);" }])
    await run()
    here.place.migrations([
      { tag: '0000_type', sql: "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood);" },
      { tag: '0001_value', sql: "ALTER TYPE mood ADD VALUE 'b';" },
      { tag: '0002_use', sql: "ALTER TABLE t ALTER COLUMN m SET DEFAULT 'b';" },
    ])
    // Drizzle's one transaction is refused; one for each is not.
    const together = await run({}, 'dev', { runner: 'drizzle' })
    expect([together.findings.some(({ severity }) => severity === 'error'), applied(together)]).toEqual([true, []])
    expect(applied(await run())).toEqual(['0001_value', '0002_use'])
  })

  it('CREATE INDEX CONCURRENTLY in its one transaction', async () => {
    here.place.migrations([users, posts, index])
    const together = await run({}, 'dev', { runner: 'drizzle' })
    expect([rules(together).includes('concurrently-in-tx'), applied(together), await here.has('users')]).toEqual([true, [], false])
  })
})

describe('an environment', () => {
  it('that is protected wants to be confirmed', async () => {
    here.place.migrations([users])
    await expect(run({}, 'production')).rejects.toMatchObject({ code: 'protected', message: expect.stringContaining('0000_users') })
    expect(await here.has('users')).toBe(false)
    expect(applied(await run({ yes: true }, 'production'))).toEqual(['0000_users'])
  })

  it('that nobody has named is said to be none', async () => {
    here.place.migrations([users])
    await expect(run({}, 'stagign')).rejects.toMatchObject({ code: 'no-such-environment', help: expect.stringContaining('dev, production') })
  })

  it('of which the user may not make a ledger', async () => {
    here.place.migrations([users])
    await here.database.session.script(
      `DO $$ BEGIN CREATE ROLE no_maker LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; REVOKE CREATE ON DATABASE ${here.database.name} FROM PUBLIC`,
    )
    await using world = await here.world()
    const url = here.database.url.replace('postgres@', 'no_maker@')
    await expect((async () => await migrate.run(world, { arguments: [url], flags: migrateFlags }))()).rejects.toMatchObject({
      code: 'ledger-not-made',
      help: expect.stringContaining('GRANT CREATE'),
    })
  })
})

describe('a user who owns nothing of pgstrata', () => {
  const urlAs = (role: string): string => here.database.url.replace('postgres@', `${role}@`)
  const concurrently: Entry = { tag: '0001_index', sql: 'CREATE INDEX CONCURRENTLY users_name ON users (name);' }
  const ranAs = async (role: string): Promise<Report> => {
    await using world = await here.world()
    return await migrate.run(world, { arguments: [urlAs(role)], flags: { ...migrateFlags, accept: ['policy'] } })
  }
  const withRights = async (role: string): Promise<void> => {
    here.place.migrations([users])
    await run()
    await here.database.session.script(
      `DO $$ BEGIN CREATE ROLE ${role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT ALL ON SCHEMA drizzle, public TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA drizzle TO ${role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA drizzle TO ${role}; ALTER TABLE users OWNER TO ${role}`,
    )
    here.place.migrations([users, concurrently])
  }
  const grant = (help: string | undefined, role: string): string =>
    (help ?? '')
      .replace(/^.*?GRANT/s, 'GRANT')
      .replace(' and ', ` TO ${role}; GRANT `)
      .replace(/to this user\.?/, `TO ${role}`)

  it('runs what takes no transaction with the rights that the message names', async () => {
    await withRights('runner_a')
    const refused = (await ranAs('runner_a').catch((error: unknown) => error)) as { readonly code: string; readonly help: string }
    expect(refused).toMatchObject({ code: 'ledger-not-made', help: expect.stringContaining('GRANT USAGE, CREATE ON SCHEMA pgstrata to this user') })
    await here.database.session.script(grant(refused.help, 'runner_a'))
    const report = await ranAs('runner_a')
    expect([rules(report), applied(report)]).toEqual([[], ['0001_index']])
  })

  it('also where somebody else has made the table, and not without the right to take rows out of it', async () => {
    await withRights('runner_b')
    here.place.migrations([users, posts, index])
    await run()
    await here.database.session.script(
      'GRANT USAGE ON SCHEMA pgstrata TO runner_b; GRANT SELECT, INSERT, UPDATE ON pgstrata.unfinished_migrations TO runner_b; GRANT ALL ON ALL TABLES IN SCHEMA drizzle TO runner_b',
    )
    here.place.migrations([users, posts, index, { ...concurrently, tag: '0003_names' }])
    const refused = (await ranAs('runner_b').catch((error: unknown) => error)) as { readonly code: string; readonly help: string }
    expect(refused.code).toBe('no-permission')
    await here.database.session.script(grant(refused.help, 'runner_b'))
    const report = await ranAs('runner_b')
    expect([rules(report), applied(report)]).toEqual([[], ['0003_names']])
    expect(JSON.stringify(report.blocks)).toContain('GRANT USAGE ON SCHEMA pgstrata and SELECT, INSERT, UPDATE ON pgstrata.schema_versions')
  })
})

describe('Ctrl-C', () => {
  it('ends the statement, leaves nothing of it, and tells how far it came', async () => {
    here.place.migrations([users, { tag: '0001_slow', sql: 'ALTER TABLE users ADD COLUMN slow int;--> statement-breakpoint\nSELECT pg_sleep(60);' }])
    const controller = new AbortController()
    await using world = await here.world({ signal: controller.signal })
    const running = migrate.run(world, { arguments: [here.database.url], flags: migrateFlags })
    for (let active = 0; active === 0; ) {
      await new Promise((done) => setTimeout(done, 50))
      const rows = await here.database.session.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active' AND datname = current_database()",
      )
      active = rows.length
    }
    controller.abort()
    const report = await running
    expect(applied(report)).toEqual(['0000_users'])
    expect(dataOf(report)).toMatchObject({ failed: { tag: '0001_slow', statement: 2, why: 'stopped', done: 0 }, pending: ['0001_slow'] })
    expect(await here.database.session.query("SELECT 1 FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'slow'")).toEqual([])
  })
})

describe('a dry run', () => {
  const fails: Entry = {
    tag: '0002_fails',
    sql: 'ALTER TABLE posts ADD COLUMN kind text NOT NULL;--> statement-breakpoint\nALTER TABLE users ALTER COLUMN name TYPE int USING name::int;',
  }

  it('on a copy runs all over invented rows, and touches nothing', async () => {
    here.place.migrations([users, posts])
    await run({ to: '0000' })
    here.place.migrations([users, posts, index])
    const before = await here.server.fingerprint(here.database.session)
    const report = await run({ dryRun: 'copy' }, 'production')
    expect([rules(report), report.unknown]).toEqual([[], []])
    expect(report.data).toMatchObject({
      dryRun: 'copy',
      applied: [],
      tried: [{ tag: '0001_posts' }, { tag: '0002_index' }],
      pending: ['0001_posts', '0002_index'],
      rollback: null,
    })
    expect(await here.server.fingerprint(here.database.session)).toBe(before)
    expect((await here.ledger()).length).toBe(1)
  })

  it('on a copy fails where rows stand against it', async () => {
    here.place.migrations([users, posts])
    await run()
    here.place.migrations([users, posts, fails])
    const report = await run({ dryRun: 'copy', accept: ['policy'] })
    expect(dataOf(report).failed).toMatchObject({ tag: '0002_fails', statement: 1, sqlstate: '23502' })
  })

  it('in the environment is rolled back, and says what it has left out', async () => {
    here.place.migrations([users, posts])
    await run({ to: '0000' })
    here.place.migrations([users, posts, index])
    await expect(run({ dryRun: 'environment' }, 'production')).rejects.toMatchObject({ code: 'protected' })
    const report = await run({ dryRun: 'environment', yes: true }, 'production')
    expect(report.data).toMatchObject({
      dryRun: 'environment',
      applied: [],
      tried: [{ tag: '0001_posts' }, { tag: '0002_index' }],
      leftOut: [{ tag: '0002_index', line: 2, words: 'CREATE INDEX CONCURRENTLY' }],
    })
    expect([await here.has('posts'), (await here.ledger()).length]).toEqual([false, 1])
  })
})

describe('a run that ended in the middle', () => {
  it('of an index that was being built is gone on with', async () => {
    here.place.migrations([users, posts])
    await run()
    here.place.migrations([users, posts, index])
    await using blocker = await here.server.connect(here.database.name)
    // The build waits for this transaction, and leaves an index that is not valid when it is cancelled.
    await blocker.script('BEGIN; INSERT INTO users (id) VALUES (1); INSERT INTO posts (id, author) VALUES (1, 1)')
    const first = run({ statementTimeout: 700 })
    await new Promise((done) => setTimeout(done, 1_000))
    await here.database.session.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND pid <> pg_backend_pid() AND datname = current_database()",
    )
    const report = await first
    expect(dataOf(report)).toMatchObject({ applied: [], failed: { tag: '0002_index', statement: 2, why: 'lost', done: 1 } })
    expect(report.unknown.length).toBe(1)
    await blocker.script('COMMIT')
    const second = await run()
    expect(dataOf(second)).toMatchObject({ applied: [{ tag: '0002_index', resumed: true }], failed: null })
    expect(await here.database.session.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'posts_author_idx'::regclass")).toEqual([{ indisvalid: true }])
  })

  const two: Entry = {
    tag: '0002_two',
    sql: 'ALTER TABLE posts ADD COLUMN note text;--> statement-breakpoint\nCREATE UNIQUE INDEX CONCURRENTLY i ON posts (author);',
  }
  const half = async (): Promise<void> => {
    here.place.migrations([users, posts])
    await run()
    await here.database.session.script('INSERT INTO users (id) VALUES (1); INSERT INTO posts (id, author) VALUES (1, 1), (2, 1)')
    here.place.migrations([users, posts, two])
    expect(dataOf(await run()).failed).toMatchObject({ tag: '0002_two', done: 1 })
  }
  const reset = 'DROP SCHEMA public, drizzle CASCADE; CREATE SCHEMA public'
  const unfinished = (): Promise<readonly unknown[]> => here.database.session.query('SELECT tag FROM pgstrata.unfinished_migrations')
  const notes = async (): Promise<readonly unknown[]> =>
    here.database.session.query("SELECT attname FROM pg_attribute WHERE attrelid = 'posts'::regclass AND attname = 'note'")

  it('in a ledger that is gone with all the rest begins anew, and that is told', async () => {
    await half()
    await here.database.session.script(reset)
    const report = await run()
    expect([rules(report), applied(report)]).toEqual([[], ['0000_users', '0001_posts', '0002_two']])
    expect(dataOf(report).applied.map(({ resumed }) => resumed)).toEqual([false, false, false])
    expect(report.findings.find(({ rule }) => rule === 'migration-unfinished')).toMatchObject({ severity: 'note', migration: '0002_two' })
    expect([await notes(), await unfinished()]).toEqual([[{ attname: 'note' }], []])
  })

  it('beside another ledger is gone on with only where somebody says so', async () => {
    await half()
    await here.database.session.script(reset)
    here.place.migrations([users, posts])
    await here.database.migrate(join(here.place.path, 'drizzle'))
    here.place.migrations([users, posts, two])
    const report = await run()
    expect([rules(report), applied(report)]).toEqual([['migration-unfinished'], []])
    const help = report.findings.find(({ rule }) => rule === 'migration-unfinished')?.help ?? ''
    const [, ended, adopted] = /(DELETE .*?)\. .*?(UPDATE .*?);/.exec(help) ?? []
    await here.database.session.script(`${adopted}`)
    expect(rules(await run({ dryRun: 'environment' }))).toEqual([])
    await here.database.session.script(`${ended}`)
    expect(applied(await run())).toEqual(['0002_two'])
    expect(await notes()).toEqual([{ attname: 'note' }])
  })

  it('and was begun by a version that did not know in which ledger is gone on with', async () => {
    await half()
    await here.database.session.script('ALTER TABLE pgstrata.unfinished_migrations DROP COLUMN ledger_oid; DELETE FROM posts WHERE id = 2')
    expect(dataOf(await run())).toMatchObject({ applied: [{ tag: '0002_two', resumed: true }], failed: null })
    expect(await unfinished()).toEqual([])
  })

  it('is unknown to a user who may not read how far it came', async () => {
    here.place.migrations([users])
    await run()
    await here.database.session.script('CREATE TABLE pgstrata.unfinished_migrations (); CREATE ROLE stranger LOGIN')
    await here.database.session.script('GRANT ALL ON SCHEMA drizzle TO stranger; GRANT ALL ON ALL TABLES IN SCHEMA drizzle TO stranger')
    await using world = await here.world()
    const asStranger = migrate.run(world, { arguments: [here.database.url.replace('postgres@', 'stranger@')], flags: migrateFlags })
    await expect(asStranger).rejects.toMatchObject({
      code: 'no-permission',
      exit: 3,
      help: expect.stringContaining('GRANT USAGE ON SCHEMA pgstrata') as string,
    })
  })

  it('whose file has been changed since is not gone on with', async () => {
    here.place.migrations([users, posts])
    await run()
    here.place.migrations([users, posts, { tag: '0002_two', sql: 'CREATE INDEX CONCURRENTLY i ON posts (author);--> statement-breakpoint\nSELECT 1/0;' }])
    expect(dataOf(await run()).failed).toMatchObject({ done: 1, statement: 2 })
    here.place.migrations([users, posts, { tag: '0002_two', sql: 'CREATE INDEX CONCURRENTLY i ON posts (author);--> statement-breakpoint\nSELECT 1;' }])
    expect(rules(await run())).toEqual(['migration-unfinished'])
  })
})
