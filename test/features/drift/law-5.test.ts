import { afterAll, beforeAll, describe, it } from 'vitest'
import { loadSql } from '../../../src/sql/parser.ts'
import { type Court, openCourt } from '../../support/generated-postgres.ts'
import { law5 } from '../../support/law-5.ts'

let court: Court
beforeAll(async () => {
  await loadSql()
  court = await openCourt()
})
afterAll(() => court?.[Symbol.asyncDispose]())

describe('law 5', () => {
  it('x', async () => {
    const tally = await law5(court, { statements: Number(process.env.N ?? 200) })
    console.log([...tally.kinds].sort().map(([k, n]) => `${n} ${k}`).join('\n'))
    console.log(JSON.stringify([...tally.excused], undefined, 1))
  }, 900000)
})
