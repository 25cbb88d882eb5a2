/** Whole histories, applied by `migrate` and taken back by `rollback --apply --all`: each in one transaction, whatever stands in it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Report } from '../../src/model/report.ts'
import type { World } from '../../src/model/world.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { rollback } from '../../src/operations/rollback.ts'
import { migrateFlags } from '../operations/migrate-flags.ts'
import { makePlace, startServer } from '../operations/place.ts'
import { plainFlags } from '../operations/rollback-flags.ts'
import { copyHistory, historyNames, needCorpus } from '../support/corpus.ts'
import { type Database, errors, type Server } from '../support/interrupted.ts'

let server: Server
beforeAll(async () => {
  needCorpus()
  server = await startServer()
})
afterAll(() => server.stop())

/** What stops a way back, rightly or not; nothing is left of it then. */
const stopped: Readonly<Record<string, string>> = {
  // The history itself writes rows for which an older column has no value.
  'gh-next': 'The rollback would be refused: gh_next_repositories has rows',
  // GRANT … ON ALL FUNCTIONS reaches those of an extension, and its inverse does not know them.
  tambo: 'role "project_api_key" cannot be dropped',
}

const relations = async ({ session }: Database): Promise<readonly unknown[]> =>
  session.query(
    "SELECT oid::regclass::text FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'S') AND relnamespace <> 'pg_toast'::regnamespace AND relnamespace::regnamespace::text NOT IN ('drizzle', 'pgstrata')",
  )

const inWorld = async <T>(cwd: string, work: (world: World) => Promise<T>): Promise<T> => {
  await using world = await createWorld({ cwd, folder: 'drizzle', config: {} })
  return await work(world)
}

const thereAndBack = async (name: string): Promise<{ readonly applied: number; readonly report: Report; readonly left: readonly unknown[] }> => {
  const place = makePlace()
  const database = await server.database()
  try {
    copyHistory(name, place.path)
    const there = await inWorld(place.path, (world) => migrate.run(world, { arguments: [database.url], flags: { ...migrateFlags, accept: ['policy'] } }))
    // Each way back is proven by itself over the corpus; here they stand in one transaction.
    const flags = { ...plainFlags, apply: database.url, all: true, unproven: true, acceptLoss: true }
    const report = await inWorld(place.path, (world) => rollback.run(world, { arguments: [], flags }))
    return { applied: (there.data as { readonly applied: readonly unknown[] }).applied.length, report, left: await relations(database) }
  } finally {
    await server.drop(database)
    place.remove()
  }
}

describe('all the way and back', () => {
  let all = 0

  test.each(historyNames)('%s', async (name) => {
    const { applied, report, left } = await thereAndBack(name)
    const { rolledBack, transactions } = report.data as { readonly rolledBack: readonly unknown[]; readonly transactions: number }
    const why = stopped[name]
    expect(errors(report)).toEqual(why === undefined ? [] : [expect.stringContaining(why)])
    if (why !== undefined) return expect(rolledBack).toEqual([])
    expect([rolledBack.length, left]).toEqual([applied, []])
    expect(transactions).toBeLessThanOrEqual(1)
    all += rolledBack.length
  })

  test('most of the corpus was', () => expect(all).toBeGreaterThan(800))
})
