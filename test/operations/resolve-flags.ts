import type { resolve } from '../../src/operations/resolve.ts'

export type ResolveFlags = Parameters<typeof resolve.run>[1]['flags']

/** None given. */
export const plainFlags: ResolveFlags = {
  landed: undefined,
  write: false,
  undo: false,
  choose: [],
  unproven: false,
  ledger: undefined,
  with: [],
}
