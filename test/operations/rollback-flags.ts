import type { rollback } from '../../src/operations/rollback.ts'
import { runFlags } from './migrate-flags.ts'

export type RollbackFlags = Parameters<typeof rollback.run>[1]['flags']

/** None given. */
export const plainFlags: RollbackFlags = {
  to: undefined,
  all: false,
  write: false,
  check: false,
  archive: false,
  until: undefined,
  contract: false,
  rebuild: false,
  keep: false,
  unproven: false,
  apply: undefined,
  acceptLoss: false,
  ...runFlags,
}
