import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readSecret } from '../../src/adapters/secrets.ts'
import { createWorld } from '../../src/cli/world.ts'
import type { SourceRef } from '../../src/model/source.ts'
import { parseSource } from '../../src/operations/source-ref.ts'
import { root, temporary } from './cli.ts'

const shop = join(root, 'examples/shop')

describe('the shop', () => {
  test('its project is found by its config', async () => {
    await using world = await createWorld({ cwd: shop })
    expect(await world.projects()).toMatchObject([{ folder: 'drizzle', ledger: { schema: 'drizzle', table: '__drizzle_migrations' } }])
  })

  test('folder, folder@TAG and a path give its history', async () => {
    await using world = await createWorld({ cwd: shop })
    const tags = async (text: string) => (await world.history(parseSource(text))).migrations.map(({ tag }) => tag)
    expect(await tags('folder')).toHaveLength(15)
    expect(await tags('./drizzle')).toHaveLength(15)
    expect((await tags('folder@0002_orders')).at(-1)).toBe('0002_orders')
    await expect(tags('folder@0002_absent')).rejects.toMatchObject({ name: 'ToolError' })
  })

  test('its catalog is that of its migrations, up to a tag where one is named', async () => {
    await using world = await createWorld({ cwd: shop })
    const tables = async (text: string) => [...(await world.catalog(parseSource(text))).tables.keys()].sort()
    expect(await tables('folder@0001_categories_and_products')).toEqual([
      '"public"."addresses"',
      '"public"."categories"',
      '"public"."customers"',
      '"public"."products"',
    ])
  })

  test.each<SourceRef>([{ type: 'schema' }, { type: 'snapshot', path: 'x.json' }, { type: 'url', url: 'postgres://u:hunter22@localhost/db' }])(
    'a $type is not yet a source of a history: said so',
    async (source) => {
      await using world = await createWorld({ cwd: shop })
      const error = await world.history(source).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'source-not-supported', exit: 2, help: expect.stringContaining('folder@TAG') })
      expect(String(error)).not.toContain('hunter22')
    },
  )

  test('an environment that is not configured is named', async () => {
    await using world = await createWorld({ cwd: shop, config: { environments: { staging: { url: { from: 'env', name: 'STAGING' } } } }, env: {} })
    await expect(world.reader({ type: 'environment', name: 'production' })).rejects.toMatchObject({
      code: 'no-such-environment',
      help: 'Environments: staging.',
    })
    await expect(world.reader({ type: 'environment', name: 'staging' })).rejects.toMatchObject({
      code: 'no-secret',
      exit: 3,
      message: expect.stringContaining('STAGING'),
    })
  })

  test('an engine of another name is refused', () => expect(createWorld({ cwd: shop, engine: 'oracle' })).rejects.toMatchObject({ code: 'usage' }))
  test('a project of another name is refused', async () => {
    await using world = await createWorld({ cwd: shop, project: 'absent' })
    await expect(world.projects()).rejects.toMatchObject({ code: 'no-such-project' })
  })
})

describe('in a directory of its own', () => {
  let place: ReturnType<typeof temporary>
  beforeEach(() => {
    place = temporary(true)
  })
  afterEach(() => place.remove())

  test('git:REF reads the folder and its snapshots as they were', async () => {
    const git = (...args: readonly string[]) =>
      expect(spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: place.path }).status).toBe(0)
    git('init', '-q', '-b', 'main')
    git('add', '.')
    git('commit', '-qm', 'shop')
    const snapshot = join(place.path, 'drizzle/meta/0000_snapshot.json')
    writeFileSync(snapshot, '{}')
    await using world = await createWorld({ cwd: place.path, folder: 'drizzle' })
    const history = await world.history({ type: 'git', ref: 'main' })
    expect(history.migrations).toHaveLength(15)
    expect(JSON.parse(await world.snapshot(history, 'meta/0000_snapshot.json'))).toHaveProperty('tables')
    expect(await world.snapshot(await world.history({ type: 'folder' }), 'meta/0000_snapshot.json')).toBe('{}')
  })

  test('the catalog of SQL that cannot be parsed, or is refused, is unknown', async () => {
    writeFileSync(join(place.path, 'a.sql'), 'CREATE TABEL x ();')
    writeFileSync(join(place.path, 'b.sql'), 'CREATE TABLE x ();\nALTER TABLE y ADD COLUMN a int;')
    await using world = await createWorld({ cwd: place.path })
    await expect(world.catalog({ type: 'sql', path: 'a.sql' })).rejects.toMatchObject({
      code: 'unparsed',
      exit: 3,
      message: expect.stringContaining('a.sql:1:'),
    })
    await expect(world.catalog({ type: 'sql', path: 'b.sql' })).rejects.toMatchObject({
      code: 'refused',
      exit: 3,
      message: expect.stringMatching(/b[.]sql:2.*42P01/),
    })
  })

  test('several projects want a choice', async () => {
    for (const name of ['a', 'b']) {
      mkdirSync(join(place.path, name))
      writeFileSync(
        join(place.path, name, 'drizzle.config.json'),
        JSON.stringify({ dialect: 'postgresql', out: `../${name === 'a' ? 'drizzle' : 'other'}`, schema: './schema.ts' }),
      )
      writeFileSync(join(place.path, name, 'package.json'), JSON.stringify({ name, scripts: {} }))
    }
    cpSync(join(place.path, 'drizzle'), join(place.path, 'other'), { recursive: true })
    writeFileSync(join(place.path, 'package.json'), JSON.stringify({ workspaces: ['a', 'b'] }))
    await using world = await createWorld({ cwd: place.path })
    await expect(world.history({ type: 'folder' })).rejects.toMatchObject({ code: 'several-projects', help: expect.stringContaining('--project') })
    await using chosen = await createWorld({ cwd: place.path, project: 'a' })
    expect((await chosen.history({ type: 'folder' })).migrations).toHaveLength(15)
  })
})

describe('secrets', () => {
  test('of a variable and of a command', async () => {
    expect(await readSecret({ from: 'env', name: 'X' }, 'staging', { X: 'value' })).toBe('value')
    expect(await readSecret({ from: 'command', command: `${JSON.stringify(process.execPath)} -p 1+1` }, 'staging', {})).toBe('2')
  })

  test('a command that fails does not show what it printed', async () => {
    const error = await readSecret({ from: 'command', command: 'echo hunter22; exit 3' }, 'staging', {}).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'secret-command-failed', exit: 3 })
    expect((error as Error).message).toContain('exit 3')
    expect((error as Error).message).not.toContain('hunter22')
    expect((error as Error).cause).toBeUndefined()
  })
})
