/** A folder of drizzle-kit 1.0 on two branches: what gets along is left alone, what does not is put in line, and 1.0's own check and migrator agree. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Report } from '../../src/model/report.ts'
import { resolve } from '../../src/operations/resolve.ts'
import { makePlace, type Place, startServer } from '../operations/place.ts'
import { plainFlags } from '../operations/resolve-flags.ts'
import { drizzleKitV1, migrateV1 } from '../support/drizzle-v1.ts'

let server: Awaited<ReturnType<typeof startServer>>
let place: Place
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const head = `import { integer, pgTable, text } from 'drizzle-orm/pg-core'\n`
const users = (columns = ''): string => `export const users = pgTable('users', { id: integer().primaryKey(), name: text()${columns} })\n`
const table = (name: string): string => `export const ${name} = pgTable('${name}', { id: integer().primaryKey() })\n`

const write = (...schema: readonly string[]): void => writeFileSync(join(place.path, 'schema.mjs'), [head, ...schema].join(''))

const generate = async (name: string, ...schema: readonly string[]): Promise<void> => {
  write(...schema)
  const { status, said } = drizzleKitV1(place.path, 'generate', '--name', name)
  if (status !== 0) throw new Error(said)
  place.git('add', '-A')
  place.git('commit', '-qm', name)
  // Folders are named by the second.
  await new Promise((done) => setTimeout(done, 1_100))
}

const folders = (): readonly string[] => readdirSync(join(place.path, 'drizzle')).sort()

const run = async (write: boolean): Promise<Report> => {
  await using world = await createWorld({ cwd: place.path, folder: 'drizzle' })
  return await resolve.run(world, { arguments: [], flags: { ...plainFlags, landed: 'main', write } })
}

type Data = { readonly projects: readonly { readonly [key: string]: unknown }[] }
const dataOf = ({ data }: Report) => (data as unknown as Data).projects[0]

beforeEach(async () => {
  place = makePlace()
  place.write({ '.gitignore': 'node_modules\n' })
  place.git('init', '-q')
  await generate('users', users())
  return () => place.remove()
})

it('open ends that get along are left as they are', async () => {
  place.git('checkout', '-qb', 'feature')
  await generate('tags', users(), table('tags'))
  place.git('checkout', '-q', 'main')
  await generate('posts', users(), table('posts'))
  place.git('checkout', '-q', 'feature')
  place.git('merge', '-q', '-X', 'ours', '-m', 'merged', 'main')
  const before = folders()
  const report = await run(true)
  expect(report.findings).toEqual([])
  expect(dataOf(report)).toMatchObject({ commutes: 'commutes', moves: [], files: [] })
  expect(folders()).toEqual(before)
})

it('what both sides do is taken out of mine, which comes behind; 1.0 checks it, and databases at base, mine and landed end alike', async () => {
  const migrate = async (url: string, folder: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await migrateV1(client, folder).finally(() => client.end())
  }
  const folder = join(place.path, 'drizzle')
  const [base, landed, mine] = [await server.database(), await server.database(), await server.database()]
  for (const { url } of [base, landed, mine]) await migrate(url, folder)
  place.git('checkout', '-qb', 'feature')
  await generate('mine', users(', age: integer()'), table('tags'))
  await migrate(mine.url, folder)
  place.git('checkout', '-q', 'main')
  await generate('landed', users(', age: integer()'), table('posts'))
  await migrate(landed.url, folder)
  place.git('checkout', '-q', 'feature')
  place.git('merge', '-q', '-X', 'ours', '-m', 'merged', 'main')
  write(users(', age: integer()'), table('posts'), table('tags'))
  expect(drizzleKitV1(place.path, 'check').status).not.toBe(0)
  const report = await run(true)
  expect(report.findings).toEqual([])
  expect(dataOf(report)).toMatchObject({ rewrites: [{ class: 7 }], written: true })
  expect(drizzleKitV1(place.path, 'generate', '--explain', '--output', 'json').said).toContain('"no_changes"')
  const { status, said } = drizzleKitV1(place.path, 'check')
  expect(said).not.toContain('conflict')
  expect(status).toBe(0)
  const last = folders().at(-1) ?? ''
  expect(last).toMatch(/_mine$/)
  expect(readFileSync(join(folder, last, 'migration.sql'), 'utf8')).not.toContain('age')
  const environments = dataOf(report)?.environments as { readonly [name: string]: { readonly repair: string | null } }
  await mine.session.script(environments['a database that has run mine as it was']?.repair ?? 'SELECT 1/0')
  const columns: unknown[] = []
  for (const { url, session } of [base, landed, mine]) {
    await migrate(url, folder)
    columns.push(await session.query(`SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`))
  }
  expect(columns[1]).toEqual(columns[0])
  expect(columns[2]).toEqual(columns[0])
  expect(columns[0]).toHaveLength(5)
})
