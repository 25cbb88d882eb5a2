/** On which versions code runs, over real histories, with PostgreSQL as the judge. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { createWorld } from '../../src/cli/world.ts'
import { timeline } from '../../src/operations/timeline.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { startServer } from '../operations/place.ts'
import { noFlags } from '../operations/timeline-flags.ts'
import { isArgued, judgeByPostgres } from '../support/app-code.ts'
import { corpus, needCorpus } from '../support/corpus.ts'

let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  needCorpus()
  await loadSql()
  server = await startServer()
})
afterAll(() => server.stop())

test.each(['musubi', 'zero'])(
  '%s: where code is said to run, all of it runs; where it is said to break, something is refused, or the reason is argued',
  async (name) => {
    const database = await server.database()
    const { migrations } = await readHistoryFolder(join(corpus, name), { snapshots: false, name })
    const { refused, tried, broken, unbroken } = await judgeByPostgres(database.session, migrations, 2)
    await server.drop(database)
    expect(refused).toEqual([])
    expect(unbroken.filter(({ why }) => !isArgued(why))).toEqual([])
    expect(tried).toBeGreaterThan(migrations.length)
    expect(broken).toBeGreaterThan(unbroken.length)
  },
)

test('a long history is told and drawn in seconds, each of its 298 versions with the others on which its code runs', async () => {
  const began = performance.now()
  await using world = await createWorld({ cwd: corpus, folder: 'sim', config: {} })
  const { versions } = (await timeline.run(world, { arguments: [], flags: noFlags })).data as {
    readonly versions: readonly { readonly compatibleFrom: string }[]
  }
  expect(versions.map(({ compatibleFrom }) => /^\d+[.]\d+[.]\d+$/.test(compatibleFrom))).toEqual(Array(298).fill(true))
  expect(performance.now() - began).toBeLessThan(30_000)
})
