/** `timeline` over a real folder, a real git, real databases and apps that really answer. */

import { readFileSync } from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import { join } from 'node:path'
import { XMLValidator } from 'fast-xml-parser'
import pg from 'pg'
import stringWidth from 'string-width'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { createProgressSql } from '../../src/features/migrate/progress.ts'
import type { AppConfig, Config } from '../../src/model/config.ts'
import { type Report, verdictOf } from '../../src/model/report.ts'
import { timeline } from '../../src/operations/timeline.ts'
import { markdown } from '../../src/renderers/markdown.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { exampleTime } from '../../src/rules/examples.ts'
import { options } from '../renderers/report.ts'
import { type Entry, makePlace, type Place, startServer } from './place.ts'
import { noFlags } from './timeline-flags.ts'

type Flags = Partial<Parameters<typeof timeline.run>[1]['flags']>
type End = { readonly version: string; readonly stop: { readonly tag: string; readonly why: string; readonly unknown: boolean } | null }
type Data = {
  readonly total: number
  readonly versions: readonly {
    readonly version: string
    readonly tag: string
    readonly bump: string
    readonly author: { readonly name: string } | null
    readonly release: string | null
    readonly rollback: { readonly class: string; readonly loses: readonly string[]; readonly since: readonly string[] }
    readonly compatibleFrom: string
    readonly compatibleTo: string
    readonly compatible: { readonly from: End; readonly to: End }
    readonly environments?: { readonly [name: string]: string }
  }[]
  readonly environments: readonly {
    readonly name: string
    readonly version: string | null
    readonly unknown: string | null
    readonly back?: {
      readonly version: string
      readonly held: string | null
      readonly over: readonly { readonly tag: string }[]
      readonly loses: readonly string[]
      readonly broken: readonly string[]
      readonly unknown: string | null
    }
  }[]
  readonly apps: readonly {
    readonly version: string
    readonly environments: readonly string[]
    readonly schema: string | null
    readonly note: string | null
    readonly unknown: boolean
    readonly runs: { readonly from: End; readonly to: End } | null
  }[]
  readonly silent: readonly { readonly environment: string; readonly why: string }[]
}

const entries: readonly Entry[] = [
  { tag: '0000_users', sql: 'CREATE TABLE users (id integer PRIMARY KEY, name text, age integer);' },
  { tag: '0001_mail', sql: 'ALTER TABLE users ADD COLUMN mail text;' },
  { tag: '0002_index', sql: 'CREATE INDEX users_mail ON users (mail);' },
  { tag: '0003_posts', sql: 'CREATE TABLE posts (id integer);' },
  { tag: '0004_no_age', sql: 'ALTER TABLE users DROP COLUMN age;' },
  { tag: '0005_nick', sql: 'ALTER TABLE users ADD COLUMN nick text;' },
]

let server: Awaited<ReturnType<typeof startServer>>
let database: Awaited<ReturnType<(typeof server)['database']>>
let place: Place
let http: HttpServer
let port: number
/** What the app's address answers, by path. */
const answers: { readonly [path: string]: readonly [status: number, body: string] } = {
  '/text': [200, 'v1\n'],
  '/json': [200, JSON.stringify({ status: 'up', build: { commit: 'v1' } })],
  '/deep': [200, JSON.stringify({ sha: 'nothing', a: { b: 'api@v1' } })],
  '/secret': [200, 'postgres://me:hunter2@v1'],
  '/token': [200, 'hunter2'],
  '/branch': [200, 'main'],
  '/head': [200, 'api@HEAD'],
  '/page': [200, '<html>hunter2</html>'],
  '/down': [503, 'hunter2'],
}

beforeAll(async () => {
  server = await startServer()
  database = await server.database()
  place = makePlace()
  place.git('init', '-q')
  place.migrations(entries.slice(0, 4))
  await database.migrate(join(place.path, 'drizzle'))
  const commit = (count: number, author: string, tag: string): void => {
    place.migrations(entries.slice(0, count))
    place.git('add', '-A')
    place.git('commit', '-qm', tag, `--author=${author} <a@example.org>`)
    place.git('tag', tag)
  }
  commit(3, 'Ann', 'v1')
  commit(5, 'Bob', 'v2')
  place.git('tag', 'schema-v2.0.0')
  commit(6, 'Ann & Eve', 'v3')
  http = createServer((request, response) => {
    const [status, body] = answers[request.url?.split('?')[0] ?? ''] ?? [404, '']
    response.writeHead(status).end(body)
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const address = http.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(async () => {
  await new Promise((done) => http.close(done))
  place.remove()
  await server.stop()
})

const run = async (flags: Flags = {}, config: Config = {}, cwd = place.path): Promise<Report> => {
  await using world = await createWorld({ cwd, folder: 'drizzle', config, env: { ...process.env, URL: database.url } })
  return await timeline.run(world, { arguments: [], flags: { ...noFlags, ...flags } })
}
const dataOf = (report: Report): Data => report.data as Data
const told = (report: Report, width = 100): string => pretty.render(report, { ...options, width })

const withApp = (app: AppConfig, url = 'URL'): Config => ({ environments: { production: { url: { from: 'env', name: url }, app } } })
const both: Flags = { environments: 'all', appVersions: 'deployed' }

describe('the folder alone', () => {
  test('each version: bump, rollback, and from which one code runs that was written for it', async () => {
    const { versions, total } = dataOf(await run())
    expect(total).toBe(6)
    expect(versions.map(({ version, tag, compatibleFrom, compatibleTo }) => [version, tag, compatibleFrom, compatibleTo])).toEqual([
      ['2.1.0', '0005_nick', '2.1.0', '2.1.0'],
      ['2.0.0', '0004_no_age', '1.2.0', '2.1.0'],
      ['1.2.0', '0003_posts', '1.2.0', '1.2.0'],
      ['1.1.1', '0002_index', '1.1.0', '1.2.0'],
      ['1.1.0', '0001_mail', '1.1.0', '1.2.0'],
      ['1.0.0', '0000_users', '1.0.0', '1.2.0'],
    ])
    expect(versions[1]?.rollback).toMatchObject({ class: 'lossy', loses: ['all values of users.age'], since: [] })
    expect(versions[2]?.rollback).toMatchObject({ class: 'lossless', loses: [], since: ['all rows of posts'] })
    expect(versions[3]?.compatible.to.stop).toMatchObject({ tag: '0004_no_age', why: expect.stringContaining('fails'), unknown: false })
  })

  test('who wrote it and what released it, as git says', async () => {
    const { versions } = dataOf(await run())
    expect(versions.map(({ author }) => author?.name)).toEqual(['Ann & Eve', 'Bob', 'Bob', 'Ann', 'Ann', 'Ann'])
    expect(versions.map(({ release }) => release)).toEqual([null, 'schema-v2.0.0', null, null, null, null])
  })

  test('outside of any repository it works as well', async () => {
    const bare = makePlace()
    bare.migrations(entries)
    const { versions } = dataOf(await run({}, {}, bare.path))
    expect(versions.map(({ author, release }) => [author, release])).toEqual(versions.map(() => [null, null]))
    bare.remove()
  })

  test('a folder without migrations has no version yet', async () => {
    const empty = makePlace()
    empty.migrations([])
    const report = await run({ svg: 't.svg' }, {}, empty.path)
    expect(report.data).toMatchObject({ version: null, total: 0, versions: [] })
    expect(told(report)).toContain('No version yet')
    expect(XMLValidator.validate(readFileSync(join(empty.path, 't.svg'), 'utf8'))).toBe(true)
    empty.remove()
  })

  test('filters', async () => {
    const tags = async (flags: Flags): Promise<readonly string[]> => dataOf(await run(flags)).versions.map(({ tag }) => tag.slice(0, 4))
    expect(await tags({ table: 'posts' })).toEqual(['0003'])
    expect(await tags({ breaking: true })).toEqual(['0004'])
    expect(await tags({ author: 'bob' })).toEqual(['0004', '0003'])
    expect(await tags({ from: '1.2.0' })).toEqual(['0005', '0004', '0003'])
    expect(await tags({ from: '0004' })).toEqual(['0005', '0004'])
    expect(await tags({ from: 'schema-v2.0.0', table: 'public.users' })).toEqual(['0005', '0004'])
    expect(await tags({ from: new Date(exampleTime(5)).toISOString().slice(0, 10) })).toEqual(['0005'])
    await expect(tags({ table: 'user' })).rejects.toMatchObject({ code: 'no-such-table', exit: 2, help: 'Did you mean users?' })
    await expect(tags({ from: '9.9.9' })).rejects.toMatchObject({ code: 'no-such-version' })
    await expect(tags({ from: '000' })).rejects.toThrow('6 migrations begin with 000')
  })
})

test('a journal’s time that is no date is told as none', async () => {
  const other = makePlace()
  const [a, b] = entries as [Entry, Entry]
  other.migrations([
    { ...a, when: 1e20 },
    { ...b, when: 2e20 },
  ])
  const report = await run({ svg: 't.svg' }, {}, other.path)
  expect(report.data).toMatchObject({ versions: [{ when: null }, { when: null }] })
  expect(told(report)).toContain('since no date')
  const svg = readFileSync(join(other.path, 't.svg'), 'utf8')
  expect(svg).toContain('since no date')
  expect(svg).not.toContain('NaN')
  other.remove()
})

test('a table is found by its name, with quotes or without, in its schema or in any', async () => {
  const other = makePlace()
  other.migrations([
    { tag: '0000_a', sql: 'CREATE TABLE "Users" (id integer);' },
    { tag: '0001_b', sql: 'CREATE SCHEMA auth; CREATE TABLE auth."Users" (id integer);' },
    { tag: '0002_c', sql: 'CREATE TABLE "a.b" (id integer);' },
  ])
  const tags = async (table: string): Promise<readonly string[]> => dataOf(await run({ table }, {}, other.path)).versions.map(({ tag }) => tag.slice(0, 4))
  for (const table of ['Users', '"Users"']) expect(await tags(table)).toEqual(['0001', '0000'])
  for (const table of ['public.Users', '"public"."Users"', 'public."Users"']) expect(await tags(table)).toEqual(['0000'])
  expect(await tags('auth.Users')).toEqual(['0001'])
  for (const table of ['a.b', '"a.b"']) expect(await tags(table)).toEqual(['0002'])
  await expect(tags('users')).rejects.toMatchObject({ code: 'no-such-table' })
  other.remove()
})

describe('to which version one can go back without breaking the running app, and losing what', () => {
  test('the app goes on over what it does not know; what it needs holds it', async () => {
    const report = await run(both, withApp({ version: 'v1' }))
    const { environments, apps, versions } = dataOf(report)
    expect(apps).toMatchObject([
      { version: 'v1', environments: ['production'], schema: '1.1.1', unknown: false, runs: { from: { version: '1.1.0' }, to: { version: '1.2.0' } } },
    ])
    expect(environments).toMatchObject([
      {
        name: 'production',
        version: '1.2.0',
        unknown: null,
        back: { version: '1.1.0', held: 'v1', over: [{ tag: '0003_posts' }, { tag: '0002_index' }], loses: ['all rows of posts'], broken: [] },
      },
    ])
    expect(versions.map((each) => each.environments?.production)).toEqual(['pending', 'pending', 'applied', 'applied', 'applied', 'applied'])
    expect(told(report, 200)).toMatch(/back to +1\.1\.0 \(0001_mail\), over 2 migrations: 1 exact, 1 loses new rows; lost: all rows of posts/)
    expect(told(report, 200)).toMatch(/breaks at +0004_no_age: column users\.age is dropped: code that names the column fails/)
    expect(verdictOf(report)).toBe('clean')
  })

  test('application_name: a rolling deployment has two apps, and both count', async () => {
    const sha = place.git('rev-parse', 'v2').trim()
    const clients = ['api@v1', 'cron@v1', `worker@${sha}`, 'psql'].map(
      (application_name) => new pg.Client({ host: database.host, user: 'postgres', database: database.name, application_name }),
    )
    await Promise.all(clients.map((client) => client.connect()))
    const { environments, apps } = dataOf(await run(both, withApp({ applicationName: true })))
    await Promise.all(clients.map((client) => client.end()))
    expect(apps.map((each) => each.environments)).toEqual([['production'], ['production']])
    expect(apps.map(({ version, runs }) => [version, runs?.from.version, runs?.to.version])).toEqual([
      ['v1', '1.1.0', '1.2.0'],
      [sha, '1.2.0', '2.1.0'],
    ])
    expect(environments[0]?.back).toMatchObject({ version: '1.2.0', held: sha, over: [], loses: [] })
  })

  test.each([
    ['has blanks', 'api@the one of hunter2'],
    ['is an address', 'x://hunter2@v1'],
    ['is empty', 'hunter2@'],
    ['may be cut', `${'hunter2-'.repeat(7)}@v1.2.3`],
  ])('application_name: a version that %s counts as well, and is unknown', async (_what, name) => {
    const sha = place.git('rev-parse', 'v1').trim()
    const clients = ['api@v1', name, `${'x'.repeat(50)}@${sha}`].map(
      (application_name) => new pg.Client({ host: database.host, user: 'postgres', database: database.name, application_name }),
    )
    await Promise.all(clients.map((client) => client.connect()))
    const report = await run(both, withApp({ applicationName: true }))
    await Promise.all(clients.map((client) => client.end()))
    const { apps, silent, environments } = dataOf(report)
    expect(apps.map(({ version }) => version)).toEqual(['v1', sha.slice(0, 12)])
    expect(silent).toMatchObject([{ environment: 'production', why: 'a session calls itself by a version that cannot be read' }])
    expect(environments[0]?.back?.unknown).toMatch(/cannot be read/)
    expect(verdictOf(report)).toBe('unknown')
    expect(JSON.stringify(report)).not.toContain('hunter2')
  })

  test('tenants are asked for themselves, and what one says is not taken for another', async () => {
    const [one, two] = [await server.database(), await server.database()]
    for (const each of [one, two]) await each.migrate(join(place.path, 'drizzle'))
    const client = new pg.Client({ host: one.host, user: 'postgres', database: one.name, application_name: 'api@v3' })
    await client.connect()
    const config: Config = { environments: { all: { url: { from: 'env', name: 'URL' }, tenants: [one.name, two.name], app: { applicationName: true } } } }
    const { environments, apps } = dataOf(await run({ environments: `all/${one.name},all/${two.name}`, appVersions: 'deployed' }, config))
    await client.end()
    expect(apps).toMatchObject([{ version: 'v3', environments: [`all/${one.name}`] }])
    expect(environments.map(({ back }) => back?.unknown)).toEqual([null, expect.stringContaining('no session')])
  })

  test('behind what nobody could follow it is unknown whether the app runs, and never said that it breaks or goes on', async () => {
    const other = makePlace()
    const live = await server.database()
    other.git('init', '-q')
    other.migrations(entries.slice(0, 1))
    other.git('add', '-A')
    other.git('commit', '-qm', 'x')
    const opaque = "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || chr(120) || ' (id integer)'; END $$;"
    other.migrations([...entries.slice(0, 1), { tag: '0001_do', sql: opaque }])
    await live.migrate(join(other.path, 'drizzle'))
    await using world = await createWorld({
      cwd: other.path,
      folder: 'drizzle',
      config: { environments: { dev: { url: { from: 'env', name: 'URL' }, app: { version: 'HEAD' } } } },
      env: { ...process.env, URL: live.url },
    })
    const report = await timeline.run(world, { arguments: [], flags: { ...noFlags, ...both } })
    expect(dataOf(report)).toMatchObject({
      apps: [{ schema: '1.0.0', runs: { to: { version: '1.0.0', stop: { unknown: true } } } }],
      environments: [{ version: '2.0.0' }],
    })
    expect(dataOf(report).environments[0]?.back?.unknown).toMatch(/^HEAD: /)
    expect(dataOf(report).versions[0]?.rollback.class).toBe('unknown')
    expect(report.unknown).toMatchObject([{ what: 'how far dev can go back' }])
    expect(verdictOf(report)).toBe('unknown')
    other.git('add', '-A')
    other.git('commit', '-qm', 'y')
    const held = await timeline.run(world, { arguments: [], flags: { ...noFlags, ...both, svg: 't.svg' } })
    expect(dataOf(held).environments[0]?.back).toMatchObject({ version: '2.0.0', over: [], stop: { tag: '0001_do', unknown: true } })
    expect(told(held, 400)).toContain('nowhere that is known to keep HEAD running; nobody knows whether further: back over 0001_do')
    expect(readFileSync(join(other.path, 't.svg'), 'utf8')).toContain('Nobody knows whether dev can go back and keep its app running.')
    other.remove()
  })

  test('apps that are named say nothing of what an environment runs, and it is not said that nobody configured it', async () => {
    const report = await run({ environments: 'all', appVersions: 'v1' }, withApp({ version: 'v2' }))
    expect(dataOf(report).environments[0]?.back?.unknown).toMatch(/was not asked/)
    expect(verdictOf(report)).toBe('clean')
  })

  test('an app that does not run on what is there', async () => {
    const report = await run(both, withApp({ version: 'v3' }))
    expect(dataOf(report).environments[0]?.back).toMatchObject({ broken: ['v3'], over: [] })
    expect(told(report)).toContain('v3 does not run on what is there')
  })

  test.each(['/text', '/json', '/deep'])('an address that answers: %s', async (path) => {
    const app = { url: `http://127.0.0.1:${port}${path}?token=hunter2`, ...(path === '/deep' ? { path: 'a.b' } : {}) }
    const report = await run(both, withApp(app))
    expect(dataOf(report).apps).toMatchObject([{ version: 'v1', schema: '1.1.1' }])
    expect(JSON.stringify(report)).not.toContain('hunter2')
  })

  test('a command that prints it', async () => {
    expect(dataOf(await run(both, withApp({ command: 'echo api@v1' }))).apps).toMatchObject([{ version: 'v1' }])
  })

  test.each<[string, AppConfig, RegExp]>([
    ['an address that is down', { url: '/down' }, /HTTP 503/],
    ['an address that answers a page', { url: '/page' }, /no version/],
    ['an address that answers another address', { url: '/secret' }, /no version/],
    ['an address that answers what git does not know', { url: '/token' }, /no commit that git knows here/],
    ['an address that answers a branch', { url: '/branch' }, /answers the name of a branch: let it say its commit/],
    ['an address that answers HEAD', { url: '/head' }, /answers the name of a branch/],
    ['an address that nobody listens at', { url: 'http://127.0.0.1:1/?token=hunter2' }, /cannot be reached/],
    ['an address without http', { url: 'hunter2.example.org/version' }, /does not begin with http/],
    ['an address of another kind', { url: 'ftp://hunter2.example.org/version' }, /does not begin with http/],
    ['an address with a password', { url: 'http://me:hunter2@127.0.0.1:1/' }, /has a user or a password in it/],
    ['a command that fails', { command: 'echo hunter2 >&2; exit 3' }, /exit 3/],
    ['no session says it', { applicationName: true }, /no session/],
    ['a way to ask that is none', {} as AppConfig, /wants url, command/],
  ])('what does not answer is unknown, and its secrets stay where they are: %s', async (_what, app, why) => {
    const report = await run(both, withApp('url' in app && app.url.startsWith('/') ? { url: `http://127.0.0.1:${port}${app.url}` } : app))
    expect(dataOf(report).silent).toMatchObject([{ environment: 'production', why: expect.stringMatching(why) }])
    expect(dataOf(report).environments[0]?.back?.unknown).toMatch(why)
    expect(verdictOf(report)).toBe('unknown')
    expect(JSON.stringify(report)).not.toContain('hunter2')
  })

  test('an app that answers the number of its build does not mean the commit whose hash begins so, nor a branch that is called like one', async () => {
    const git = (...args: readonly string[]): string => place.git(...args).trim()
    const commit = (digits: boolean): string => {
      for (let at = 0; ; at += 1) {
        const hash = git('commit-tree', 'v2^{tree}', '-m', String(at))
        if (/^[0-9]{7}/.test(hash) === digits && (digits || /[a-f]/.test(hash.slice(0, 9)))) return hash
      }
    }
    const lettered = commit(false)
    git('branch', 'abcdef0', 'v1')
    const answer = async (text: string): Promise<Data> => dataOf(await run(both, withApp({ command: `echo ${text}` })))
    expect((await answer(lettered.slice(0, 9))).apps).toMatchObject([{ version: lettered.slice(0, 9), schema: '2.0.0' }])
    expect((await answer(`api@${lettered}`)).apps).toMatchObject([{ version: lettered, schema: '2.0.0' }])
    const numbered = commit(true)
    for (const text of [numbered.slice(0, 7), 'abcdef0']) {
      const { apps, silent } = await answer(text)
      expect(apps).toEqual([])
      expect(silent).toMatchObject([{ environment: 'production', why: expect.stringMatching(/no commit|branch/) }])
    }
    git('branch', '-D', 'abcdef0')
    expect((await answer('schema-v2.0.0')).apps).toMatchObject([{ schema: '2.0.0' }])
    expect((await answer('1')).apps).toMatchObject([{ version: '1', schema: '1.1.1' }])
  })

  test('a commit that git does not know is unknown', async () => {
    const report = await run(both, withApp({ version: 'deadbeef' }))
    expect(dataOf(report)).toMatchObject({
      apps: [{ unknown: true, runs: null }],
      environments: [{ back: { unknown: expect.stringContaining('git knows no commit deadbeef') } }],
    })
    expect(verdictOf(report)).toBe('unknown')
  })

  test('an app whose migrations are not today’s is held against the folder by its catalog', async () => {
    place.git('checkout', '-qb', 'side', 'v1')
    place.migrations([{ tag: '0000_all', sql: 'CREATE TABLE users (id integer PRIMARY KEY, name text, age integer, mail text);' }])
    place.git('add', '-A')
    place.git('commit', '-qm', 'squashed')
    place.git('checkout', '-q', '-')
    place.git('checkout', '-q', 'v3')
    const report = await run({ appVersions: 'side,v2' })
    expect(dataOf(report).apps).toMatchObject([
      {
        version: 'side',
        schema: null,
        unknown: false,
        note: expect.stringContaining('0000_all is not in the folder any more'),
        runs: { from: { version: '1.1.0' }, to: { version: '1.2.0' } },
      },
      { version: 'v2', schema: '2.0.0', note: null },
    ])
  })
})

describe('unreachable environments are unknown, never green', () => {
  const config: Config = {
    environments: {
      production: { url: { from: 'env', name: 'URL' } },
      dead: { url: { from: 'env', name: 'PGSTRATA_ABSENT' } },
      many: { url: { from: 'env', name: 'URL' }, tenants: ['a'] },
    },
  }

  test('in the data, in the verdict, in the terminal, and hatched in the drawing', async () => {
    const report = await run({ environments: 'all', svg: 'out/t.svg' }, config)
    const { versions, environments } = dataOf(report)
    expect(new Set(versions.map((each) => each.environments?.dead))).toEqual(new Set(['unknown']))
    expect(environments.map(({ unknown }) => unknown === null)).toEqual([true, false, false])
    expect(verdictOf(report)).toBe('unknown')
    expect(told(report, 200)).toContain('U unknown: the environment could not be read')
    const svg = readFileSync(join(place.path, 'out/t.svg'), 'utf8')
    expect(svg).toMatch(/<title>dead: unknown: [^<]+<\/title>.*url\(#hatch\)/)
    expect(svg).not.toContain('PGSTRATA_ABSENT')
    expect(XMLValidator.validate(svg)).toBe(true)
  })

  test('some of them by name', async () => {
    expect(dataOf(await run({ environments: 'production' }, config)).environments.map(({ name }) => name)).toEqual(['production'])
    await expect(run({ environments: 'nowhere' }, config)).rejects.toMatchObject({ code: 'no-such-environment' })
    await expect(run({ appVersions: 'v1,' })).rejects.toMatchObject({ code: 'usage' })
    await expect(run({ environments: 'all', appVersions: 'deployed' }, config)).rejects.toMatchObject({ code: 'no-apps' })
    await expect(run({ environments: 'all' })).rejects.toMatchObject({ code: 'no-environments' })
  })
})

describe('what is half done in a database', () => {
  const halfDone = async (values: string): Promise<typeof database> => {
    const live = await server.database()
    const folder = makePlace()
    folder.migrations(entries.slice(0, 4))
    await live.migrate(join(folder.path, 'drizzle'))
    folder.remove()
    for (const sql of createProgressSql) await live.session.script(sql)
    if (values !== '')
      await live.session.script(
        `INSERT INTO pgstrata.unfinished_migrations (ledger, tag, direction, hash, statements) VALUES ('drizzle.__drizzle_migrations', ${values}, 'x', 1)`,
      )
    return live
  }
  const seen = async (url: string): Promise<Report> => {
    await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config: withApp({ version: 'v1' }), env: { ...process.env, URL: url } })
    return await timeline.run(world, { arguments: [], flags: { ...noFlags, ...both } })
  }

  test.each([
    ["'0003_posts', 'rollback'", 'the rollback of 0003_posts is half done', '0003_posts'],
    ["'0004_no_age', 'migrate'", '0004_no_age is half done', '0004_no_age'],
  ])('is no version, and has no way back: %s', async (values, words, tag) => {
    const report = await seen((await halfDone(values)).url)
    const { environments, versions } = dataOf(report)
    expect(versions.find((each) => each.tag === tag)?.environments).toEqual({ production: 'unknown' })
    expect(environments[0]?.back?.unknown).toContain(words)
    expect(told(report, 200)).toContain(words)
    expect(told(report, 200)).not.toContain('up to date')
    expect(verdictOf(report)).toBe('unknown')
  })

  test('is unknown to a user who may not read it', async () => {
    const live = await halfDone('')
    expect(dataOf(await seen(live.url)).environments[0]?.back?.unknown).toBe(null)
    await live.session.script('CREATE ROLE watcher LOGIN; GRANT USAGE ON SCHEMA drizzle TO watcher; GRANT SELECT ON drizzle.__drizzle_migrations TO watcher')
    const report = await seen(live.url.replace('postgres@', 'watcher@'))
    expect(dataOf(report).environments[0]).toMatchObject({ version: '1.2.0', unknown: null, back: { unknown: expect.stringContaining('cannot be read') } })
    expect(report.unknown).toMatchObject([{ what: 'what has begun in production' }, { what: 'how far production can go back' }])
    expect(verdictOf(report)).toBe('unknown')
  })
})

test('a folder that is torn has no versions, and an app that was built with a torn one is unknown', async () => {
  const other = makePlace()
  other.git('init', '-q')
  const [a, b] = entries as [Entry, Entry]
  other.migrations([a, { tag: '0001_gone', sql: 'CREATE TABLE gone (id integer);' }])
  const whole = readFileSync(join(other.path, 'drizzle/meta/_journal.json'), 'utf8')
  const torn = whole.replace(`"when": ${exampleTime(1)}`, '"when": null')
  other.write({ 'drizzle/meta/_journal.json': torn })
  other.git('add', '-A')
  other.git('commit', '-qm', 'x')
  await expect(run({}, {}, other.path)).rejects.toMatchObject({ code: 'folder-broken' })
  other.migrations([a, b])
  const report = await run({ appVersions: 'HEAD' }, {}, other.path)
  expect(dataOf(report).apps).toMatchObject([
    { unknown: true, schema: null, runs: null, note: expect.stringContaining('not whole at that commit (meta/_journal.json: ') },
  ])
  expect(verdictOf(report)).toBe('unknown')
  other.remove()
})

test('what Drizzle skips, and a file that was edited, have marks of their own; no version is claimed', async () => {
  const other = makePlace()
  const database2 = await server.database()
  const [a, b, c] = entries as [Entry, Entry, Entry]
  other.migrations([a, { ...c, sql: 'SELECT 1;' }])
  await database2.migrate(join(other.path, 'drizzle'))
  other.migrations([a, { ...b, when: exampleTime(0) + 1 }, { ...c, when: exampleTime(1) }])
  await using world = await createWorld({
    cwd: other.path,
    folder: 'drizzle',
    config: { environments: { dev: { url: { from: 'env', name: 'URL' }, app: { version: 'x' } } } },
    env: { ...process.env, URL: database2.url },
  })
  const report = await timeline.run(world, { arguments: [], flags: { ...noFlags, ...both } })
  expect(dataOf(report).versions.map((each) => each.environments?.dev)).toEqual(['edited', 'skipped', 'applied'])
  expect(dataOf(report).environments[0]?.back?.unknown).toMatch(/beyond a hole/)
  other.remove()
})

test('a long history in a narrow terminal: nothing is cut, the old is folded', async () => {
  const long = makePlace()
  long.migrations(
    Array.from({ length: 60 }, (_, at) => ({
      tag: `${String(at).padStart(4, '0')}_a_name_that_is_as_long_as_names_are`,
      sql: at === 0 ? 'CREATE TABLE t (id integer);' : at % 10 === 0 ? `ALTER TABLE t DROP COLUMN c${at - 1};` : `ALTER TABLE t ADD COLUMN c${at} integer;`,
    })),
  )
  const report = await run({}, {}, long.path)
  for (const width of [60, 80, 120]) for (const line of told(report, width).split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
  expect(told(report)).toContain('Before that: 40 versions')
  expect(dataOf(report).versions).toHaveLength(60)
  expect(new Set(told(await run({ full: true }, {}, long.path), 200).match(/\d{4}_a_name/g)).size).toBe(60)
  long.remove()
})

test('names and comments of others are text, wherever they are shown: <script> and ]]>', async () => {
  const evil = makePlace()
  evil.migrations([
    { tag: '0000_a', sql: 'CREATE TABLE "<script>alert(1)</script>" (id integer, "]]>&" text);' },
    { tag: '0001_b', sql: `COMMENT ON TABLE "<script>alert(1)</script>" IS ']]><script>x</script> | \`y\`';` },
  ])
  const report = await run(
    { svg: 't.svg', environments: 'all' },
    { environments: { '<img src=x>': { url: { from: 'env', name: 'PGSTRATA_ABSENT' } } } },
    evil.path,
  )
  const svg = readFileSync(join(evil.path, 't.svg'), 'utf8')
  expect(XMLValidator.validate(svg)).toBe(true)
  expect(svg).not.toMatch(/<script|<img|]]>/)
  expect(svg).toContain('&lt;script&gt;')
  expect(markdown.render(report, options)).not.toMatch(/<script|<img/)
  evil.remove()
})
