/** `drift` over an environment with tenants: a dozen databases in one server, some alike, some not, one away, one closed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Config } from '../../src/model/config.ts'
import { type Report, verdictOf } from '../../src/model/report.ts'
import { check } from '../../src/operations/check.ts'
import { drift } from '../../src/operations/drift.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { build, pgstrata, startPgstrata } from '../cli/cli.ts'
import { options } from '../renderers/report.ts'
import { type DriftFlags, noFlags } from './drift-flags.ts'
import { makePlace, type Place, startServer } from './place.ts'

type Tenants = {
  readonly total: number
  readonly asked: number
  readonly shard?: string
  readonly equal: number
  readonly groups: readonly {
    readonly tenants: readonly string[]
    readonly changes: readonly { readonly kind: string; readonly object: { readonly name: string } }[]
  }[]
  readonly unknown: readonly { readonly tenant: string; readonly why: string }[]
}

const tenants = Array.from({ length: 12 }, (_, at) => `t${String(at + 1).padStart(2, '0')}`)
const away = 't11'
const closed = 't12'

let server: Awaited<ReturnType<typeof startServer>>
let place: Place
let host: string
let url: string

const on = async (database: string, sql: string): Promise<void> => {
  const client = new pg.Client({ host, port: 5432, user: 'postgres', database })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

beforeAll(async () => {
  build()
  server = await startServer()
  place = makePlace()
  place.migrations([
    {
      tag: '0000_start',
      sql: 'CREATE TABLE "users" ("id" serial PRIMARY KEY, "mail" text NOT NULL);\nCREATE TABLE "orders" ("id" integer PRIMARY KEY, "user_id" integer);',
    },
    { tag: '0001_index', sql: 'CREATE INDEX "orders_user_idx" ON "orders" ("user_id");' },
  ])
  const control = await server.database()
  host = control.host
  await control.session.script(`CREATE ROLE visitor LOGIN; CREATE TABLE tenants (name text, live boolean DEFAULT true)`)
  await control.session.script(`INSERT INTO tenants SELECT unnest('{${tenants.join(',')}}'::text[]); GRANT SELECT ON tenants TO visitor`)
  await control.session.query('CREATE DATABASE seed TEMPLATE template0')
  await on('seed', ['0000_start', '0001_index'].map((tag) => readFileSync(join(place.path, `drizzle/${tag}.sql`), 'utf8')).join('\n'))
  for (const name of tenants) if (name !== away) await control.session.query(`CREATE DATABASE ${name} TEMPLATE seed`)
  await on('t08', 'DROP INDEX orders_user_idx')
  await on('t09', 'DROP INDEX orders_user_idx')
  await on('t10', 'DROP INDEX orders_user_idx; ALTER TABLE users ADD note text')
  // The same design by another way.
  await on('t07', 'ALTER TABLE users ADD note text; ALTER TABLE users DROP note')
  await on(closed, `REVOKE CONNECT ON DATABASE ${closed} FROM PUBLIC`)
  url = `postgres://visitor@localhost/${control.name}?host=${encodeURIComponent(host)}`
})
afterAll(async () => {
  place.remove()
  await server.stop()
})

const config = (listed: NonNullable<Config['environments']>[string]['tenants'] = tenants): Config => ({
  environments: { production: { url: { from: 'env', name: 'PROD_URL' }, tenants: listed }, staging: { url: { from: 'env', name: 'PROD_URL' } } },
})

const run = async (given: readonly string[], flags: Partial<DriftFlags> = {}, of = config()): Promise<Report> => {
  await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config: of, env: { ...process.env, PROD_URL: url } })
  return await drift.run(world, {
    arguments: given,
    flags: { ...noFlags, concurrency: 4, ...flags },
  })
}

const told = (report: Report): Tenants => (report.data as unknown as { readonly tenants: Tenants }).tenants

describe('a dozen tenants against the folder', () => {
  test('are told as groups; what is away or closed is unknown by name; each difference is one finding', async () => {
    const report = await run(['folder', 'production'])
    const { total, asked, equal, groups, unknown } = told(report)
    expect([total, asked, equal]).toEqual([12, 12, 7])
    expect(groups.map((group) => [group.tenants, group.changes.map(({ kind, object }) => `${kind} ${object.name}`).toSorted()])).toEqual([
      [['t08', 't09'], ['missing public.orders_user_idx']],
      [['t10'], ['extra public.users.note', 'missing public.orders_user_idx']],
    ])
    expect(unknown).toEqual([
      { tenant: away, why: expect.stringContaining('no such database') },
      { tenant: closed, why: expect.stringContaining('may not connect') },
    ])
    expect(report.unknown.map(({ what }) => what)).toEqual([`tenant ${away} of production`, `tenant ${closed} of production`])
    expect(report.findings.map(({ rule, message }) => [rule, message.slice(0, message.indexOf(':'))]).toSorted()).toEqual([
      ['drift-extra', '1 of 12 tenants (t10)'],
      ['drift-missing', '3 of 12 tenants (t08, t09 and t10)'],
    ])
    expect(verdictOf(report)).toBe('findings')
    expect(report.analysed).toMatchObject({ tenants: 10, differences: 2 })
    const text = pretty.render(report, options)
    expect(text).toContain('7 of 12 equal to folder')
    expect(text).toContain('t08 and t09')
    expect(text + JSON.stringify(report)).not.toContain('visitor@')
  })

  test('are unknown, and not clean, where the others are as they should be and some cannot be read', async () => {
    const report = await run(['folder', 'production'], {}, config(['t01', 't02', away, closed]))
    expect(verdictOf(report)).toBe('unknown')
    expect(report.findings).toEqual([])
  })

  test('are what check looks at, not the database that lists them', async () => {
    await using world = await createWorld({
      cwd: place.path,
      folder: 'drizzle',
      config: { environments: { production: config().environments?.production as never } },
      env: { ...process.env, PROD_URL: url },
    })
    const report = await check.run(world, { arguments: [], flags: { only: 'drift', root: '.', every: false } })
    expect(report.findings.map(({ rule }) => rule).toSorted()).toEqual(['drift-extra', 'drift-missing'])
    expect(report.unknown.map(({ what }) => what)).toEqual([`tenant ${away} of production`, `tenant ${closed} of production`])
  })

  test('are all unknown where none can be read: nothing is invented', async () => {
    const report = await run(['folder', 'production'], {}, config([away, closed]))
    expect(verdictOf(report)).toBe('unknown')
    expect(told(report)).toMatchObject({ total: 2, equal: 0, groups: [] })
    expect(report.analysed.tenants).toBe(0)
  })

  test('are named by a query as well, and clean when all are equal', async () => {
    const report = await run(['folder', 'production'], {}, config({ query: `SELECT name FROM tenants WHERE name < 't08'` }))
    expect(told(report)).toMatchObject({ total: 7, equal: 7, unknown: [] })
    expect(verdictOf(report)).toBe('clean')
    await expect(run(['folder', 'production'], {}, config({ query: 'SELECT name FROM nowhere' }))).rejects.toMatchObject({
      code: 'tenants-unreadable',
      exit: 3,
    })
    await expect(run(['folder', 'production'], {}, config({ query: 'SELECT name FROM tenants WHERE false' }))).rejects.toMatchObject({ code: 'no-tenants' })
  })

  test('all parts together are the whole', async () => {
    const parts = await Promise.all(['1/3', '2/3', '3/3'].map((shard) => run(['production'], { shard })))
    expect(parts.map((part) => told(part).asked)).toEqual([4, 4, 4])
    expect(parts.reduce((sum, part) => sum + told(part).equal, 0)).toBe(7)
    expect(told(parts[1] as Report)).toMatchObject({ total: 12, shard: '2/3' })
    expect(pretty.render(parts[1] as Report, options)).toContain('2 of 3: 4 of 12 tenants')
    await expect(run(['production'], { shard: '13/13' })).rejects.toMatchObject({ code: 'no-tenants' })
  })

  test('a tenant alone is a source like any other, with statements for it', async () => {
    const report = await run(['folder', 'production/t08'], { sql: true })
    expect((report.data as { readonly sql: readonly string[] }).sql).toEqual([expect.stringContaining('CREATE INDEX')])
    expect((await run(['production/t01', 'production/t02'])).findings).toEqual([])
    expect(told(await run(['production/t08', 'production'])).groups.map((group) => group.tenants)).toEqual([
      ['t01', 't02', 't03', 't04', 't05', 't06', 't07'],
      ['t10'],
    ])
  })

  test.each([
    [['production', 'folder'], {}, 'cannot be the first source'],
    [['folder', 'production'], { sql: true }, '--sql is written for one database'],
    [['folder', 'production'], { shard: '0/3' }, 'no part of a whole'],
    [['folder', 'production'], { concurrency: 0 }, '--concurrency'],
    [['folder', 'staging'], { shard: '1/3' }, 'tenants'],
    [['folder', 'production'], { shard: '1/2', accept: 'x', until: '2099-01-01' }, '--accept wants all tenants'],
  ] as const)('%j with %j is refused', async (given, flags, message) => {
    await expect(run(given, flags)).rejects.toThrow(message)
  })

  test('what is accepted for the environment holds for all of them', async () => {
    const some = config({ query: `SELECT name FROM tenants WHERE name < 't11'` })
    expect(verdictOf(await run(['production'], { accept: 'known', until: '2099-01-01' }, some))).toBe('clean')
    const again = await run(['production'], {}, some)
    expect(verdictOf(again)).toBe('clean')
    expect(again.findings.every(({ waived }) => waived)).toBe(true)
    place.write({ 'drift.accepted.json': '{"schema":"pgstrata/accepted-drift@1","accepted":[]}' })
  })
})

describe('the command line', () => {
  const command = ['drift', 'folder', 'production', '--folder', 'drizzle', '--format', 'json', '--concurrency', '1']
  const settings = (cache: string) => ({ cwd: place.path, env: { PROD_URL: url, PGSTRATA_CACHE_DIR: join(place.path, cache) } })
  const written = () =>
    place.write({ 'pgstrata.config.json': JSON.stringify({ environments: { production: { url: { from: 'env', name: 'PROD_URL' }, tenants } } }) })
  const answerOf = (stdout: string): Tenants => JSON.parse(stdout).data.tenants

  test('keeps what it read, and sees what moved since', async () => {
    written()
    const first = pgstrata(command, settings('kept'))
    expect(first.status, first.stderr).toBe(1)
    expect(answerOf(first.stdout).equal).toBe(7)
    expect(answerOf(pgstrata(command, settings('kept')).stdout)).toEqual(answerOf(first.stdout))
    await on('t03', 'DROP INDEX orders_user_idx')
    expect(answerOf(pgstrata(command, settings('kept')).stdout).groups[0]?.tenants).toEqual(['t03', 't08', 't09'])
    await on('postgres', 'DROP DATABASE t03')
    await on('postgres', 'CREATE DATABASE t03 TEMPLATE seed')
    expect(answerOf(pgstrata(command, settings('kept')).stdout)).toEqual(answerOf(first.stdout))
  })

  test('goes on where it was cut off', async () => {
    written()
    const child = startPgstrata(command, settings('cut'))
    const content = join(place.path, 'cut', 'content')
    const files = () => (existsSync(content) ? readdirSync(content, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).length : 0)
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    for (const until = Date.now() + 20_000; files() < 3 && Date.now() < until && child.exitCode === null; )
      await new Promise((resolve) => setTimeout(resolve, 5))
    child.kill('SIGINT')
    await ended
    expect(files()).toBeGreaterThanOrEqual(3)
    const after = pgstrata(command, settings('cut'))
    expect(after.status, after.stderr).toBe(1)
    expect(answerOf(after.stdout)).toMatchObject({ total: 12, equal: 7, groups: [{ tenants: ['t08', 't09'] }, { tenants: ['t10'] }] })
  })
})
