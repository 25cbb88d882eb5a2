/** Law 5, a sample of it: test/long/law-5.test.ts has all 5,000. PostgreSQL's own rows are the judge of what a statement did. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadSql } from '../../../src/sql/parser.ts'
import { type Court, openCourt } from '../../support/generated-postgres.ts'
import { law5, missesOf, told } from '../../support/law-5.ts'

let court: Court

beforeAll(async () => {
  await loadSql()
  court = await openCourt()
})
afterAll(() => court?.[Symbol.asyncDispose]())

describe('Law 5 of DESIGN.md over generated DDL (fast-check)', () => {
  it('100 random single statements, 0 missed', async () => {
    const tally = await law5(court, { statements: 100 })
    console.log(told(tally))
    expect(missesOf(tally)).toEqual([])
    expect(tally.seen).toBe(100)
    expect(tally.kinds.size).toBeGreaterThan(40)
    expect(tally.nothing).toBeLessThan(30)
  }, 120_000)

  it('a comparison that sees nothing is told so, with the rows that were changed', async () => {
    const tally = await law5(court, { statements: 5, sees: () => false })
    expect(tally.seen).toBe(0)
    expect(missesOf(tally)).toHaveLength(5)
    for (const miss of missesOf(tally)) expect(miss).toMatch(/\n {2}([-+] )?pg_\w+ /)
  })
})
