import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { loadSql } from '../../../src/sql/parser.ts'
import { aTeam, expectSerial, type Tally } from './team.ts'

beforeAll(loadSql)

it('four developers at once: any order of merges leaves one line, and the catalog of a serial order (60 drawn; 2,000 in test/long)', () => {
  const tally: Tally = { merges: 0, conflicts: 0, dropped: 0 }
  fc.assert(
    fc.property(aTeam, (drawn) => expectSerial(drawn, tally)),
    { numRuns: 60, endOnFailure: true, seed: 20261130 },
  )
  expect(tally.merges).toBeGreaterThan(150)
  expect(tally.conflicts).toBeGreaterThan(20)
})
