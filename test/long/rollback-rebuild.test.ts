/** "With rebuild 100 % exact" over the three largest histories; test/corpus/rollback.test.ts does the others. */
import { beforeAll, describe, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { needCorpus } from '../support/corpus.ts'
import { expectExact, large, rollbacksOf } from '../support/round-trip.ts'

beforeAll(async () => {
  needCorpus()
  await loadSql()
})

describe('over the largest corpora: with rebuild every round trip is exact', () => {
  it.each(large)('%s', async (name) => expectExact(name, await rollbacksOf(name)), 45 * 60_000)
})
