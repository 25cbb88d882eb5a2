/** The generated histories of test/changes, many more of them. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { holdsInMemory } from '../support/generated-memory.ts'
import { type Court, holdsInPostgres, openCourt } from '../support/generated-postgres.ts'

beforeAll(loadSql)

describe('generated histories', () => {
  it('5,000 in memory', () => holdsInMemory({ runs: 5000, length: 25 }), 900_000)

  describe('against PostgreSQL', () => {
    let court: Court
    beforeAll(async () => {
      court = await openCourt()
    })
    afterAll(() => court?.[Symbol.asyncDispose]())

    it('500 in a server', () => holdsInPostgres(court, { runs: 500, length: 15 }), 900_000)
  })
})
