/** A folder whose migrations Drizzle's migrator cannot run, and ours can: every verb that builds it in PostgreSQL goes on all the same. */
import { beforeEach, expect, it } from 'vitest'
import type { Config } from '../../src/model/config.ts'
import type { Report } from '../../src/model/report.ts'
import type { World } from '../../src/model/world.ts'
import { check } from '../../src/operations/check.ts'
import { drift } from '../../src/operations/drift.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { rollback } from '../../src/operations/rollback.ts'
import { status } from '../../src/operations/status.ts'
import { noFlags } from './drift-flags.ts'
import { migrateFlags } from './migrate-flags.ts'
import { eachInItsPlace } from './place.ts'
import { plainFlags } from './rollback-flags.ts'
import { statusFlags } from './status-flags.ts'

const here = eachInItsPlace()

const apart = 'CREATE INDEX CONCURRENTLY users_name_idx ON users (name)'
beforeEach(() =>
  here.place.migrations([
    { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);' },
    { tag: '0001_index', sql: `ALTER TABLE users ADD COLUMN mail text;\n${apart};\nALTER TABLE users ADD COLUMN note text;` },
    { tag: '0002_more', sql: 'ALTER TABLE users ADD COLUMN more text;' },
  ]),
)

const inWorld = async (run: (world: World) => Promise<Report>, config: Config = {}): Promise<Report> => {
  await using world = await here.world({ config: { environments: { dev: { url: { from: 'env', name: 'URL' } } }, ...config } })
  return await run(world)
}
const replayed = (config: Config): Promise<Report> =>
  inWorld((world) => check.run(world, { arguments: [], flags: { only: 'replay', root: '.', every: false } as never }), config)

it('check says what Drizzle’s migrator would be refused, and compares the rest; ours is refused nothing', async () => {
  const found = await replayed({})
  expect(found.findings.map(({ rule, migration, message }) => [rule, migration, message.includes('25001')])).toEqual([['engine-refuses', '0001_index', true]])
  expect(found.analysed).toMatchObject({ compared: 1 })
  expect(await replayed({ runner: 'per-file' })).toMatchObject({ findings: [], unknown: [], analysed: { compared: 1 } })
})

it('drift, status, rollback and a baseline see what it makes', async () => {
  const migrated = (flags: Partial<typeof migrateFlags>) =>
    inWorld((world) => migrate.run(world, { arguments: ['dev'], flags: { ...migrateFlags, accept: ['policy'], ...flags } }))
  await migrated({})
  expect(await inWorld((world) => drift.run(world, { arguments: ['folder', 'dev'], flags: noFlags }))).toMatchObject({ findings: [], unknown: [] })
  expect((await inWorld((world) => status.run(world, { arguments: [], flags: { ...statusFlags, drift: true } }))).data).toMatchObject({
    environments: [{ state: 'in-sync', drift: { state: 'none' } }],
  })
  const back = await inWorld((world) => rollback.run(world, { arguments: [], flags: { ...plainFlags, to: '0000' } }))
  expect(back).toMatchObject({ findings: [], unknown: [] })
  expect(
    (back.data as { readonly migrations: readonly { readonly proof: { readonly schema: string } }[] }).migrations.map(({ proof }) => proof.schema),
  ).toEqual(['exact', 'exact'])
  await here.database.session.script('DROP TABLE drizzle.__drizzle_migrations')
  expect(await migrated({ accept: [], baseline: '0002' })).toMatchObject({ findings: [], data: { marked: ['0000_users', '0001_index', '0002_more'] } })
})

it('what fails otherwise is refused as before, and nothing of it stays', async () => {
  here.place.migrations([{ tag: '0000_bad', sql: `CREATE TABLE users (id bigint, name text);\n${apart};\nSELECT 1 / 0;` }])
  const { findings } = await replayed({ runner: 'per-file' })
  expect(findings.map(({ rule, message }) => [rule, message.includes('22012')])).toEqual([['engine-refuses', true]])
})
