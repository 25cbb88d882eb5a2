/** Every source that is not a live database, as SQL: run in PostgreSQL they agree, and what is not there is said. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { createWorld } from '../../src/cli/world.ts'
import type { Engine } from '../../src/model/engine.ts'
import { differences, type PrintedCatalog } from '../../src/model/printed.ts'
import type { SourceSql } from '../../src/model/world.ts'
import { parseSource } from '../../src/operations/source-ref.ts'
import { build, root, temporary } from './cli.ts'

const shop = join(root, 'examples/shop')

const sqlOf = async (source: string, options: Parameters<typeof createWorld>[0] = { cwd: shop }): Promise<SourceSql> => {
  await using world = await createWorld(options)
  return await world.sql(parseSource(source))
}

/** drizzle-kit takes seconds, more where other tests run beside it. */
const patience = 120_000

describe('the shop', { timeout: patience }, () => {
  let engine: Engine
  beforeAll(async () => {
    build()
    engine = await openEngine({ extensions: [], profile: 'replay' })
  })
  afterAll(() => engine[Symbol.asyncDispose]())

  const printed = async ({ scripts, unknown }: SourceSql): Promise<PrintedCatalog> => {
    expect(unknown).toEqual([])
    await using session = await engine.session(await engine.createDatabase())
    for (const { sql } of scripts) await session.script(engine.adapt(sql))
    await session.script('RESET ALL')
    return await engine.print(session)
  }

  /** Columns that were added later stand last, wherever the code has them. */
  const unplaced = (value: object = {}): object => ({ ...value, position: 0 })
  const differing = (a: PrintedCatalog, b: PrintedCatalog): readonly string[] =>
    differences(a, b).flatMap(({ kind, identity, from, to }) =>
      JSON.stringify(unplaced(from)) === JSON.stringify(unplaced(to)) ? [] : [`${kind} ${identity}`],
    )

  /** What neither schemas nor snapshots can say. */
  const byHand = ['owner routine "public"."number_order"()', 'routine "public"."number_order"()', 'trigger "public"."orders"."orders_number"']

  test.each([
    ['schema', 'folder'],
    ['drizzle/meta/0012_snapshot.json', 'folder@0012'],
  ])('%s makes the catalog of %s, but for the order of columns, the function and the trigger', async (source, folder) => {
    const [one, other] = [await printed(await sqlOf(folder)), await printed(await sqlOf(source))]
    expect(one.objects.length).toBeGreaterThan(100)
    expect(differing(one, other)).toEqual(byHand)
  })

  test('the schema of the built library, from another directory', async () => {
    const program = `import { createWorld } from ${JSON.stringify(join(root, 'dist/index.js'))}
      await using world = await createWorld({ cwd: ${JSON.stringify(shop)} })
      console.log(JSON.stringify(await world.sql({ type: 'schema' })))`
    // Node 20 has no \`await using\`: esbuild takes it away.
    const { transformSync } = await import('esbuild')
    const { code } = transformSync(program, { target: 'node20', format: 'esm' })
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: '/', encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(await sqlOf('schema'))
  })

  test('in memory a snapshot and the schema have the folder’s objects', async () => {
    await using world = await createWorld({ cwd: shop })
    const names = async (source: string) => {
      const { tables, indexes, types, views } = await world.catalog(parseSource(source))
      return [tables, indexes, types, views].map((objects) => [...objects.keys()].toSorted())
    }
    expect(await names('schema')).toEqual(await names('folder'))
  })
})

describe('in a directory of its own', () => {
  let place: ReturnType<typeof temporary>
  beforeEach(() => {
    place = temporary(true)
    symlinkSync(join(root, 'node_modules'), join(place.path, 'node_modules'))
  })
  afterEach(() => place.remove())

  const put = (path: string, text: string | Uint8Array): void => writeFileSync(join(place.path, path), text)
  const here = (source: string, options: object = {}) => sqlOf(source, { cwd: place.path, ...options })
  const git = (...args: readonly string[]) =>
    expect(spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: place.path }).status).toBe(0)

  test('folder and folder@TAG are their migrations, with their history', async () => {
    const { scripts, history, notes } = await here('folder@0001')
    expect(scripts.map(({ name }) => name)).toEqual(['drizzle/0000_customers_and_addresses.sql', 'drizzle/0001_categories_and_products.sql'])
    expect(history?.migrations).toHaveLength(2)
    expect(notes).toEqual([])
    expect((await here('./drizzle')).scripts).toHaveLength(15)
    rmSync(join(place.path, 'drizzle/0001_categories_and_products.sql'))
    await expect(here('folder')).rejects.toMatchObject({ code: 'journal-missing-file' })
  })

  test('git:REF is the folder as it was; of several projects one must be chosen', async () => {
    put('.gitignore', 'node_modules')
    git('init', '-q', '-b', 'main')
    git('add', '.')
    git('commit', '-qm', 'shop')
    for (const name of ['a', 'b']) {
      mkdirSync(join(place.path, name))
      put(`${name}/drizzle.config.json`, JSON.stringify({ dialect: 'postgresql', out: name === 'a' ? '../drizzle' : './migrations', schema: './schema.ts' }))
      put(`${name}/package.json`, JSON.stringify({ name, scripts: {} }))
    }
    put('package.json', JSON.stringify({ workspaces: ['a', 'b'] }))
    cpSync(join(place.path, 'drizzle'), join(place.path, 'b/migrations'), { recursive: true })
    rmSync(join(place.path, 'drizzle/0000_customers_and_addresses.sql'))

    await expect(here('git:main')).rejects.toMatchObject({ code: 'several-projects' })
    expect((await here('git:main', { project: 'a' })).scripts).toHaveLength(15)
    expect((await here('git:main', { folder: 'drizzle' })).scripts[0]?.sql).toContain('CREATE TABLE')
    await expect(here('git:main', { project: 'b' })).rejects.toMatchObject({
      code: 'no-folder',
      message: 'The folder b/migrations is not in the commit main.',
    })
    await expect(here('git:absent', { project: 'a' })).rejects.toMatchObject({ code: 'no-such-ref' })
  })

  test('a dump is SQL, and says what was left out', async () => {
    put('dump.sql', '\\restrict x\nCREATE TABLE t (a int);\nCOPY t (a) FROM stdin;\n1\n\\.\n\\i more.sql\nCREATE TABLE u (a int;\n')
    const { scripts, notes, unknown } = await here('dump.sql')
    expect(scripts[0]?.sql.split('\n')[1]).toBe('CREATE TABLE t (a int);')
    expect(notes).toEqual(['1 row of 1 COPY left out', '2 commands of psql left out (\\i, \\restrict)'])
    expect(unknown).toEqual([{ what: '\\i at dump.sql:6', why: 'It reads another file.' }])
    await using world = await createWorld({ cwd: place.path })
    await expect(world.catalog({ type: 'sql', path: 'dump.sql' })).rejects.toMatchObject({ message: expect.stringContaining('dump.sql:7:') })
  })

  test('what a catalog’s source does not say stays with the catalog', async () => {
    put('dump.sql', 'CREATE TABLE t (a int);\n\\i more.sql\n')
    await using world = await createWorld({ cwd: place.path })
    expect(world.unknownIn(await world.catalog({ type: 'sql', path: 'dump.sql' }))).toMatchObject([{ what: '\\i at dump.sql:2' }])
  })

  test('a file in UTF-16 is read, one in another format is refused', async () => {
    put('wide.sql', Buffer.from('\uFEFFCREATE TABLE "é" ();', 'utf16le'))
    put('custom.sql', 'PGDMP\x01\x0e')
    expect((await here('wide.sql')).scripts[0]?.sql).toBe('CREATE TABLE "é" ();')
    await expect(here('custom.sql')).rejects.toMatchObject({ code: 'dump-not-plain', help: expect.stringContaining('pg_restore') })
  })

  test.each(['absent.sql', 'absent.json', 'absent.ts'])('%s is not there', (path) =>
    expect(here(path)).rejects.toMatchObject({ code: 'no-such-file', exit: 2, message: expect.stringContaining(path) }),
  )

  test('snapshots of versions that are not read are named', async () => {
    put('nine.json', JSON.stringify({ version: '9', dialect: 'postgres' }))
    put('package.json', JSON.stringify({ name: 'x', version: '1.2.3' }))
    await expect(here('nine.json')).rejects.toMatchObject({ code: 'snapshot-incomplete', message: expect.stringContaining('version 9') })
    await expect(here('package.json')).rejects.toMatchObject({ code: 'snapshot-version-not-supported', message: expect.stringContaining('1.2.3') })
  })

  test('a config without a schema is named', async () => {
    put('drizzle.config.json', JSON.stringify({ dialect: 'postgresql', out: './drizzle' }))
    await expect(here('schema')).rejects.toMatchObject({ code: 'no-schema-files', message: expect.stringContaining('drizzle.config.json') })
  })

  test('a live database is none of these', async () => {
    const error = await sqlOf('postgres://u:hunter22@localhost/db').catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'source-not-supported', exit: 2 })
    expect(String(error)).not.toContain('hunter22')
  })
})
