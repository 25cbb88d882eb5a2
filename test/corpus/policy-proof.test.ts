/** 200 findings on real histories, drawn at random from all that claim a lock, a rewrite, a scan or a refusal: PostgreSQL contradicts none. */
import { expect, it } from 'vitest'
import { corpus } from '../support/corpus.ts'
import { lineOf, provePolicy } from '../support/policy-proof.ts'

it('of 200 findings none is wrong', async () => {
  const { verdicts } = await provePolicy(corpus, 200, 1)
  expect(verdicts).toHaveLength(200)
  expect(verdicts.filter(({ faults }) => faults.length > 0).map(lineOf)).toEqual([])
})
