/** Every example of a class, there and back: where code is said to run, PostgreSQL refuses nothing of it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PostgresRefusal } from '../../src/model/error.ts'
import type { Migration } from '../../src/model/history.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { examples } from '../features/version/examples.ts'
import { startServer } from '../operations/place.ts'
import { judgeByPostgres, type Verdict } from '../support/app-code.ts'

let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  await loadSql()
  server = await startServer()
})
afterAll(() => server.stop())

const migrationsOf = (...scripts: readonly string[]): readonly Migration[] =>
  scripts.map((sql, index) => ({ tag: `000${index}`, index, path: `000${index}.sql`, sql, hash: undefined, when: 0 }))

/** Undefined where this server cannot run the example: it lacks an extension, or a role is there already. */
const judged = async (before: string, last: string): Promise<Verdict | undefined> => {
  const database = await server.database()
  try {
    return await judgeByPostgres(database.session, migrationsOf(before, last))
  } catch (error) {
    if (error instanceof PostgresRefusal) return undefined
    throw error
  } finally {
    await server.drop(database)
  }
}

test('every example of a class', async () => {
  const wrong: string[] = []
  let [tried, left] = [0, 0]
  for (const { what, before, last } of examples) {
    const verdict = await judged(before, last)
    if (!verdict) {
      left++
      continue
    }
    tried += verdict.tried
    wrong.push(...verdict.refused.map(({ app, on, refusal }) => `${what}: ${app} on ${on}: ${refusal}`))
  }
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(500)
  expect(left).toBeLessThan(examples.length / 8)
})
