/** The world's catalog of a database: read only, the ledger left out, what it lacks said by name. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diff } from '../../src/changes/diff.ts'
import { createWorld } from '../../src/cli/world.ts'
import { startServer } from '../operations/place.ts'
import { root } from './cli.ts'

const shop = join(root, 'examples/shop')

describe('a database', () => {
  let server: Awaited<ReturnType<typeof startServer>>
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  test('an environment and a URL give the catalog that its migrations made', async () => {
    const database = await server.database()
    await database.migrate(join(shop, 'drizzle'))
    await using world = await createWorld({
      cwd: shop,
      config: { environments: { staging: { url: { from: 'env', name: 'STAGING' } } } },
      env: { ...process.env, STAGING: database.url },
    })
    const live = await world.catalog({ type: 'environment', name: 'staging' })
    const folder = await world.catalog({ type: 'folder' })
    expect([...live.tables.keys()].sort()).toEqual([...folder.tables.keys()].sort())
    expect([...live.indexes.keys()].sort()).toEqual([...folder.indexes.keys()].sort())
    expect([...live.schemas.keys()].sort()).toEqual([...folder.schemas.keys()].sort())
    expect(world.unknownIn(live)).toEqual([])
    expect(diff(live, await world.catalog({ type: 'url', url: database.url }))).toEqual([])
  })

  test('what memory cannot hold does not stop the answer, and is named', async () => {
    const database = await server.database()
    await database.session.script('CREATE TYPE pair AS (a int); CREATE TABLE typed OF pair; CREATE TABLE plain (a int)')
    await using world = await createWorld({ cwd: shop })
    const live = await world.catalog({ type: 'url', url: database.url })
    expect([...live.tables.keys()]).toEqual(['"public"."plain"'])
    expect(world.unknownIn(live)).toMatchObject([{ what: expect.stringContaining('table "public"."typed"'), why: expect.stringContaining('OF a type') }])
    expect(JSON.stringify(world.unknownIn(live))).not.toContain('postgres:postgres')
  })
})
