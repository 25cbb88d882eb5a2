import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { aTeam, expectSerial, type Tally } from '../features/collision/team.ts'

beforeAll(loadSql)

it('four developers at once: 2,000 random histories of up to 6 branches × 4 migrations, merged in random order through resolve', () => {
  const tally: Tally = { merges: 0, conflicts: 0, dropped: 0 }
  fc.assert(
    fc.property(aTeam, (drawn) => expectSerial(drawn, tally)),
    { numRuns: 2_000, endOnFailure: true },
  )
  console.log(`${tally.merges} merges, ${tally.conflicts} conflicts, ${tally.dropped} migrations given up or landed already`)
  expect(tally.merges).toBeGreaterThan(6_000)
  expect(tally.conflicts).toBeGreaterThan(1_000)
})
