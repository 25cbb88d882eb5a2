/** Generated histories, in memory and in a real server: PostgreSQL is the judge. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { type Court, holdsInPostgres, openCourt } from '../support/generated-postgres.ts'

let court: Court

beforeAll(async () => {
  await loadSql()
  court = await openCourt()
})
afterAll(() => court?.[Symbol.asyncDispose]())

describe('generated histories, against PostgreSQL', () => {
  it(
    'both refuse the same; law 3; differences and inverses, written as SQL, lead where they say',
    () => holdsInPostgres(court, { runs: 25, length: 15 }),
    120_000,
  )
})
