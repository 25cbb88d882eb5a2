/** Law 5, whole: what one statement does to a database's own catalog is a difference. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { type Court, openCourt } from '../support/generated-postgres.ts'
import { everyExcuse, law5, missesOf, told } from '../support/law-5.ts'

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
    for (const [what, statements] of tally.excused) console.log(`excused ${statements.length}: ${what}`)
    expect(missesOf(tally)).toEqual([])
    expect(tally.seen).toBe(5000)
    expect(tally.kinds.size).toBeGreaterThan(200)
    expect(tally.nothing).toBeLessThan(1000)
    expect([...tally.excused.values()].flat().length).toBeLessThan(250)
    expect([...tally.excused.keys()].sort(), 'each excuse is needed').toEqual([...everyExcuse].sort())
  }, 1_800_000)
})
