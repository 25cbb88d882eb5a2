/** The generated pairs of histories of test/features/collision, many more of them and longer ones. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { commutingAsPostgres } from '../support/commuting.ts'
import { type Court, openCourt } from '../support/generated-postgres.ts'

let court: Court
beforeAll(async () => {
  await loadSql()
  court = await openCourt()
})
afterAll(() => court?.[Symbol.asyncDispose]())

it('1,000 random pairs of histories', async () => {
  const { told } = await commutingAsPostgres(court, 1000, { base: 14, side: 3 })
  console.log([...told].map(([said, count]) => `${said}: ${count}`).join(', '))
  expect(told.get('commutes / commutes')).toBeGreaterThan(300)
  expect(told.get('conflicts / conflicts')).toBeGreaterThan(150)
}, 900_000)
