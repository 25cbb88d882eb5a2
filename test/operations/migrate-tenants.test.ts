/** `migrate` over all databases of an environment with tenants, on a real PostgreSQL. */
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { WorldOptions } from '../../src/cli/world.ts'
import { createProgressSql } from '../../src/features/migrate/progress.ts'
import { ToolError } from '../../src/model/error.ts'
import { exitCodeOf, type Report, verdictOf } from '../../src/model/report.ts'
import { migrateFleet } from '../../src/operations/migrate/fleet.ts'
import type { MigrateFlags } from '../../src/operations/migrate/options.ts'
import { targetOf } from '../../src/operations/migrate/target.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { options } from '../renderers/report.ts'
import { migrateFlags } from './migrate-flags.ts'
import { type Entry, eachInItsPlace } from './place.ts'

const here = eachInItsPlace()

const users: Entry = { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);' }
const unique: Entry = { tag: '0001_unique', sql: 'ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE (name);' }
const index: Entry = { tag: '0001_index', sql: 'CREATE INDEX CONCURRENTLY users_name_idx ON users (name);' }
const posts: Entry = { tag: '0002_posts', sql: 'CREATE TABLE posts (id bigint PRIMARY KEY);' }

type Database = typeof here.database
let tenants: Record<'a' | 'b' | 'c', Database>
beforeEach(async () => {
  tenants = { a: await here.server.database(), b: await here.server.database(), c: await here.server.database() }
  here.place.migrations([users])
  for (const { migrate: drizzle } of Object.values(tenants)) await drizzle(join(here.place.path, 'drizzle'))
  here.place.migrations([users, unique, posts])
})

const run = async (
  flags: Partial<MigrateFlags> = {},
  names = Object.values(tenants).map(({ name }) => name),
  isProtected = false,
  { argument = 'all', ...more }: Pick<WorldOptions, 'signal' | 'progress'> & { readonly argument?: string } = {},
): Promise<Report> => {
  await using world = await here.world({
    ...more,
    config: { environments: { all: { url: { from: 'env', name: 'URL' }, tenants: names, protected: isProtected } } },
  })
  return await migrate.run(world, { arguments: [argument], flags: { ...migrateFlags, accept: ['policy'], ...flags } })
}
const states = ({ data }: Report): readonly string[] =>
  (data as { readonly tenants: readonly { readonly outcome: string }[] }).tenants.map(({ outcome }) => outcome)
const textOf = (report: Report): string => pretty.render(report, { ...options, width: 160 })
const applied = async ({ session }: Database): Promise<number> =>
  Number((await session.query('SELECT count(*)::int AS rows FROM drizzle.__drizzle_migrations'))[0]?.rows)
const all = (): Promise<readonly number[]> => Promise.all(Object.values(tenants).map(applied))

describe('an environment with tenants', () => {
  it('is migrated database by database, and those that fared alike are told together', async () => {
    await tenants.b.migrate(join(here.place.path, 'drizzle'))
    const report = await run({ concurrency: 2 })
    expect(states(report)).toEqual(['migrated', 'nothing pending', 'migrated'])
    expect(await all()).toEqual([3, 3, 3])
    const text = pretty.render(report, { ...options, width: 120 })
    expect(text).toContain('3 of 3 databases have come to the end.')
    expect(text).toMatch(/2 +migrated +0001_unique, 0002_posts/)
    expect(states(await run())).toEqual(['nothing pending', 'nothing pending', 'nothing pending'])
  })

  it('stops behind a database that is not brought to its end, unless --keep-going', async () => {
    await tenants.b.session.script("INSERT INTO users VALUES (1, 'twice'), (2, 'twice')")
    const report = await run()
    expect([states(report), await all()]).toEqual([
      ['migrated', 'failed', 'not begun'],
      [3, 1, 1],
    ])
    expect(report.findings.filter(({ rule }) => rule === 'migration-failed')).toMatchObject([
      { message: expect.stringContaining(`${tenants.b.name}: 0001_unique: could not create unique index`) as string },
    ])
    expect([states(await run({ keepGoing: true })), await all()]).toEqual([
      ['nothing pending', 'failed', 'migrated'],
      [3, 1, 3],
    ])
  })

  it('one that is not there is unknown, by name', async () => {
    const report = await run({ keepGoing: true }, [tenants.a.name, 'no_such_tenant', tenants.c.name])
    expect([states(report), report.unknown]).toMatchObject([
      ['migrated', 'unknown', 'migrated'],
      [{ what: 'all/no_such_tenant', why: expect.stringContaining('no such database') as string }],
    ])
  })

  it('is tried in each of them with --dry-run=environment, and nothing stays', async () => {
    const steps: string[] = []
    const report = await run({ dryRun: 'environment' }, undefined, false, { progress: ({ step }) => void steps.push(step) })
    expect(states(report)).toEqual(['tried', 'tried', 'tried'])
    expect(steps).toContain(`all/${tenants.a.name}: tried`)
    expect(textOf(report)).toContain('3 of 3 databases would come to the end.')
    expect(textOf(report)).not.toContain('migrated')
    expect(await all()).toEqual([1, 1, 1])
  })

  it('says what a dry run in each of them has left out', async () => {
    here.place.migrations([users, index, posts])
    const report = await run({ dryRun: 'environment' })
    expect(states(report)).toEqual(['tried', 'tried', 'tried'])
    expect(textOf(report)).toContain('3 of 3 databases would come to the end but for what was left out.')
    expect(textOf(report)).toContain(
      `Left out in ${tenants.a.name}, ${tenants.b.name} and ${tenants.c.name}: CREATE INDEX CONCURRENTLY (0001_index, line 1) takes no transaction.`,
    )
    const one = await run({ dryRun: 'environment' }, undefined, false, { argument: `all/${tenants.a.name}` })
    expect(textOf(one)).toContain('all of it runs but for what was left out')
    here.place.migrations([users, index])
    const untried = await run({ dryRun: 'environment' })
    expect(states(untried)).toEqual(['left out', 'left out', 'left out'])
    expect(textOf(untried)).toContain('0 of 3 databases would come to the end; in 3 nothing could be tried.')
  })

  it('says of --to how far they have come, and what is left for later', async () => {
    await tenants.b.migrate(join(here.place.path, 'drizzle'))
    expect(states(await run({ to: '0001' }))).toEqual(['migrated', 'nothing pending', 'migrated'])
    const report = await run({ to: '0001' })
    expect(states(report)).toEqual(['left for later', 'nothing pending', 'left for later'])
    expect(textOf(report)).toContain('3 of 3 databases have come to 0001_unique.')
    expect(textOf(report)).toContain(`Left for later by --to in ${tenants.a.name} and ${tenants.c.name}: 0002_posts.`)
    const one = await run({ to: '0001' }, undefined, false, { argument: `all/${tenants.a.name}` })
    expect(textOf(one)).toContain('Nothing up to 0001_unique is pending.')
    await expect(run({ to: '0009' })).rejects.toMatchObject({ code: 'no-such-migration' })
  })

  it('says once why versions are not noted', async () => {
    for (const { session } of [tenants.a, tenants.c]) await session.script('CREATE SCHEMA pgstrata; CREATE TYPE pgstrata.schema_versions AS ENUM ()')
    const report = await run()
    expect(states(report)).toEqual(['migrated', 'migrated', 'migrated'])
    expect(textOf(report)).toMatch(new RegExp(`not noted in pgstrata.schema_versions of ${tenants.a.name} and ${tenants.c.name}: it cannot be made`))
    const why = expect.stringContaining('it cannot be made') as string
    expect(report.data).toMatchObject({ tenants: [{ unrecorded: why }, { unrecorded: null }, { unrecorded: why }] })
  })

  it('wants --yes where it is protected, one database for a copy or a baseline, and databases', async () => {
    await expect(run({}, undefined, true)).rejects.toMatchObject({ code: 'protected' })
    await expect(run({ dryRun: 'environment' }, undefined, true)).rejects.toMatchObject({
      code: 'protected',
      help: expect.stringContaining('--dry-run=environment --yes') as string,
    })
    await expect(run({ dryRun: 'copy' }, undefined, true)).rejects.toMatchObject({ help: expect.stringContaining('--dry-run=environment --yes') as string })
    expect(states(await run({ dryRun: 'environment', yes: true }, undefined, true))).toEqual(['tried', 'tried', 'tried'])
    await expect(run({ dryRun: 'copy' })).rejects.toMatchObject({ code: 'usage' })
    await expect(run({ baseline: '0000' })).rejects.toMatchObject({ code: 'usage' })
    await expect(run({ concurrency: 0 })).rejects.toMatchObject({ code: 'usage' })
    await expect(run({}, [])).rejects.toMatchObject({ code: 'no-tenants' })
    expect(await all()).toEqual([1, 1, 1])
  })
})

const exit = (report: Report): number => exitCodeOf(verdictOf(report))
const reasons = ({ unknown }: Report): readonly string[] => unknown.map(({ what, why }) => `${what}: ${why}`)

describe('what happens to one of many databases is told with the others', () => {
  it('a server that refuses makes it unknown', async () => {
    await using other = await here.server.connect(tenants.b.name)
    await other.script(`ALTER DATABASE ${tenants.b.name} SET statement_timeout = '300ms'`)
    for (const sql of createProgressSql) await other.script(sql)
    await other.script('BEGIN; LOCK TABLE pgstrata.unfinished_migrations')
    const report = await run({ keepGoing: true })
    await other.script('ROLLBACK')
    expect([states(report), exit(report)]).toEqual([['migrated', 'unknown', 'migrated'], 3])
    expect(reasons(report)).toEqual([`all/${tenants.b.name}: canceling statement due to statement timeout (SQLSTATE 57014).`])
    expect(await all()).toEqual([3, 1, 3])
  })

  it('Ctrl-C while it waits for its turn', async () => {
    await using other = await here.server.connect(tenants.b.name)
    await other.query("SELECT pg_advisory_lock(hashtextextended('pgstrata migrate drizzle.__drizzle_migrations', 0))")
    const controller = new AbortController()
    const report = await run({}, undefined, false, {
      signal: controller.signal,
      progress: ({ step }) => {
        if (step.includes('waiting')) controller.abort()
      },
    })
    expect([states(report), exit(report)]).toEqual([['migrated', 'stopped', 'not begun'], 3])
    expect(reasons(report)).toEqual([
      `all/${tenants.b.name}: The run was stopped while it was at work there.`,
      `all: ${tenants.c.name}: The run was stopped before.`,
    ])
    expect(pretty.render(report, { ...options, width: 120 })).toContain('1 was not begun (the run was stopped).')
    expect(await all()).toEqual([3, 1, 1])
  })

  it('Ctrl-C in a statement of one, while another waits', async () => {
    here.place.migrations([users, { tag: '0001_slow', sql: 'SELECT pg_sleep(60);' }])
    await using other = await here.server.connect(tenants.a.name)
    await other.query("SELECT pg_advisory_lock(hashtextextended('pgstrata migrate drizzle.__drizzle_migrations', 0))")
    const controller = new AbortController()
    const running = run({ concurrency: 2 }, undefined, false, { signal: controller.signal })
    const asleep = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND state = 'active' AND datname = current_database()"
    while ((await tenants.b.session.query(asleep)).length === 0) await new Promise((done) => setTimeout(done, 50))
    controller.abort()
    const report = await running
    expect(states(report)).toEqual(['stopped', 'stopped', 'not begun'])
    expect(report.findings.at(-1)?.message).toContain(`${tenants.b.name}: 0001_slow: The run was stopped`)
  })

  it('a bug is thrown, when nobody is at work any more', async () => {
    await using world = await here.world()
    const history = await world.history({ type: 'folder', path: 'drizzle' }, { snapshots: false })
    const targets = new Map(['a', 'b', 'c'].map((name) => [name, targetOf(here.database.url, {}, history)]))
    const ended: number[] = []
    let begun = 0
    const work = async (): Promise<never> => {
      const mine = begun++
      if (mine === 0) throw new TypeError('a bug')
      await new Promise((done) => setTimeout(done, 200))
      ended.push(mine)
      throw new ToolError('unreachable', 'It is not there.')
    }
    await expect(migrateFleet(world, history, 'all', targets, { concurrency: 2, keepGoing: true, dry: false }, work)).rejects.toThrow(TypeError)
    expect([begun, ended]).toEqual([2, [1]])
  })
})
