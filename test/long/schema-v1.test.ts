/** The same schema through drizzle-kit 1.0: one catalog. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { schemaGenerated, schemaStatements } from '../../src/adapters/schema/index.ts'
import { createWorld } from '../../src/cli/world.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { PrintedCatalog } from '../../src/model/printed.ts'
import { root } from '../cli/cli.ts'
import { useDrizzleV1, versionOfV1 as version } from '../support/drizzle-v1.ts'

const shop = join(root, 'examples/shop')
const signal = new AbortController().signal

let place: string
let engine: Engine
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'pgstrata-kit-v1-'))
  cpSync(join(shop, 'schema.ts'), join(place, 'schema.ts'))
  cpSync(join(shop, 'drizzle.config.ts'), join(place, 'drizzle.config.ts'))
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }))
  useDrizzleV1(place)
  engine = await openEngine({ extensions: [], profile: 'replay' })
})
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]()
  rmSync(place, { recursive: true, force: true })
})

const printed = async (cwd: string, kit: string): Promise<PrintedCatalog> => {
  await using world = await createWorld({ cwd })
  const { scripts, notes, unknown } = await world.sql({ type: 'schema' })
  expect(unknown).toEqual([])
  expect(notes).toEqual([`SQL of schema.ts by drizzle-kit ${kit}`])
  await using session = await engine.session(await engine.createDatabase())
  for (const { sql } of scripts) await session.script(engine.adapt(sql))
  return await engine.print(session)
}

/** 1.0 gives constraints the names that PostgreSQL would. */
const asV1 = (text: string): string =>
  text
    .replaceAll('order_items_order_id_product_id_pk', 'order_items_pkey')
    .replaceAll(/_unique\b/g, '_key')
    .replaceAll(/_fk\b/g, '_fkey')

const lines = ({ objects }: PrintedCatalog): readonly string[] =>
  objects.map(({ kind, identity, value }) => asV1(`${kind} ${identity} ${JSON.stringify(value)}`)).toSorted()

it('the shop is what 0.31 makes of it, but for the names of constraints', async () => {
  const kit = String(JSON.parse(readFileSync(join(root, 'node_modules/drizzle-kit/package.json'), 'utf8')).version)
  const [old, now] = [await printed(shop, kit), await printed(place, version)]
  expect(now.objects.length).toBeGreaterThan(100)
  expect(lines(now)).toEqual(lines(old))
})

it('its filter of schemas counts', async () => {
  writeFileSync(
    join(place, 'two.ts'),
    `import { integer, pgSchema, pgTable } from 'drizzle-orm/pg-core'\nexport const other = pgSchema('other')\nexport const a = other.table('a', { id: integer() })\nexport const b = pgTable('b', { id: integer() })`,
  )
  const made = async (schemaFilter?: readonly string[]) =>
    (await schemaStatements(['two.ts'], { cwd: place, env: process.env, signal }, schemaFilter ? { schemaFilter } : {})).statements.filter((sql) =>
      sql.includes('TABLE'),
    )
  expect(await made()).toHaveLength(2)
  expect(await made(['public'])).toHaveLength(1)
})

it('what it refuses is said in its own words', async () => {
  writeFileSync(
    join(place, 'same.ts'),
    `import { index, integer, pgTable } from 'drizzle-orm/pg-core'\nconst t = (name: string) => pgTable(name, { id: integer() }, ({ id }) => [index('same').on(id)])\nexport const [a, b] = [t('a'), t('b')]`,
  )
  const refused = { code: 'schema-invalid', message: expect.stringMatching(/drizzle-kit 1[.]0[.]0-rc[.]5 .*same/) }
  const at = { cwd: place, env: process.env, signal }
  await expect(schemaStatements(['same.ts'], at)).rejects.toMatchObject(refused)
  await expect(schemaGenerated(['same.ts'], at, {}, { layout: 'folders', texts: new Map() })).rejects.toMatchObject(refused)
})
