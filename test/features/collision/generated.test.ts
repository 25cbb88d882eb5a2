/** Two generated histories on one base: what is said of them in memory is what PostgreSQL says. test/long/commuting.test.ts has many more. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadSql } from '../../../src/sql/parser.ts'
import { commutingAsPostgres } from '../../support/commuting.ts'
import { type Court, openCourt } from '../../support/generated-postgres.ts'

let court: Court
beforeAll(async () => {
  await loadSql()
  court = await openCourt()
})
afterAll(() => court?.[Symbol.asyncDispose]())

it('60 random pairs of histories', async () => {
  const { told } = await commutingAsPostgres(court, 60)
  console.log([...told].map(([said, count]) => `${said}: ${count}`).join(', '))
  expect(told.get('commutes / commutes')).toBeGreaterThan(10)
  expect(told.get('conflicts / conflicts')).toBeGreaterThan(5)
}, 120_000)
