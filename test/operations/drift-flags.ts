/** The flags of `drift` as they are when none is given. */
import type { drift } from '../../src/operations/drift.ts'

export type DriftFlags = Parameters<typeof drift.run>[1]['flags']

export const noFlags: DriftFlags = {
  include: [],
  exclude: [],
  facets: undefined,
  sql: false,
  rename: [],
  accept: undefined,
  until: undefined,
  shard: undefined,
  concurrency: 8,
}
