/** Law 5, whole: what one statement does to a database's own catalog is a difference. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { type Court, openCourt } from '../support/generated-postgres.ts'
import { excusesOf, law5, missesOf, told } from '../support/law-5.ts'

let court: Court

beforeAll(async () => {
  await loadSql()
  court = await openCourt()
})
afterAll(() => court?.[Symbol.asyncDispose]())

describe('Law 5 of DESIGN.md over generated DDL (fast-check)', () => {
  it('5,000 random single statements, 0 missed', async () => {
    const tally = await law5(court, { statements: 5000 })
    console.log(told(tally))
    for (const excuse of excusesOf(tally)) console.log(excuse)
    expect(missesOf(tally)).toEqual([])
    expect(tally.seen).toBe(5000)
    expect(tally.kinds.size).toBeGreaterThan(200)
    expect(tally.nothing).toBeLessThan(1000)
    expect([...tally.excused.values()].flat().length).toBeLessThan(250)
    expect(
      excusesOf(tally).filter((excuse) => excuse.startsWith('excused 0 ')),
      'excuses that nothing needs',
    ).toEqual([])
  }, 1_800_000)
})
